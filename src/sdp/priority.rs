//! Priorities of candidates by which a new path is preferred to the one that has gone.

/// The priority that no usual candidate reaches: the types' preferences end at 126 (RFC 8445 5.1.2.2).
const ABOVE_ALL: u32 = 127 << 24;
/// Restarts that are told apart; the later ones are all the last.
const MAX_RESTARTS: u32 = 31;
/// Behind the number of the restart: the upper bits of a priority, by which the candidates of one restart keep their order.
const ORDER_BITS: u32 = 19;

/// A description, or the line of a candidate, with priorities above those of all earlier restarts. The far end may hold the
/// path that has gone for the better one, by the order of the host's interfaces, and keep to it until it times out: then the
/// sound comes back seconds later. Priorities are for the agent to choose (RFC 8445 5.1.2).
pub fn preferred(text: &str, restarts: u32) -> String {
    let base = ABOVE_ALL | (restarts.min(MAX_RESTARTS) << ORDER_BITS);
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_candidate = line.strip_prefix("a=").unwrap_or(line).starts_with("candidate:");
        match line.splitn(5, ' ').collect::<Vec<_>>()[..] {
            [foundation, component, transport, priority, rest]
                if is_candidate && let Ok(priority) = priority.parse::<u32>() =>
            {
                let priority = (base | ((priority & 0x7fff_ffff) >> (31 - ORDER_BITS))).to_string();
                out.push_str(&[foundation, component, transport, &priority, rest].join(" "));
            }
            _ => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_restart_stands_above_all_before_it_in_its_own_order() {
        let priorities = |text: &str| -> Vec<u32> {
            text.lines()
                .filter(|l| l.contains("candidate:"))
                .filter_map(|l| l.split(' ').nth(3)?.parse().ok())
                .collect()
        };
        // As Firefox counts its interfaces: the second one is less than the first, whichever is there.
        let (first, second) = (2_122_252_543, 2_122_187_007);
        let sdp = format!(
            "v=0\r\nm=audio 9 RTP/AVP 0\r\na=candidate:0 1 UDP {first} 192.0.2.1 9 typ host\r\n\
             a=candidate:1 1 UDP {second} 192.0.2.2 9 typ host\r\na=candidate:2 1 UDP 1686052863 192.0.2.3 9 typ srflx\r\n"
        );
        let mut highest = first;
        for restarts in [1, 2, 31] {
            let raised = preferred(&sdp, restarts);
            let order = priorities(&raised);
            assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
            assert!(order.iter().all(|p| *p > highest && *p < 1 << 31), "{order:?}");
            highest = order.first().copied().unwrap();
            assert_eq!(raised.lines().count(), sdp.lines().count());
            assert!(
                raised.starts_with("v=0\r\nm=audio 9 RTP/AVP 0\r\na=candidate:0 1 UDP ")
                    && raised.ends_with(" 192.0.2.3 9 typ srflx\r\n")
            );
        }
        let line = format!("candidate:1 1 UDP {second} 192.0.2.2 9 typ host");
        assert_eq!(priorities(&preferred(&line, 1)), priorities(&preferred(&sdp, 1)).get(1..2).unwrap());
        for odd in ["", "candidate:", "candidate:1 1 UDP -1 h 9 typ host", "candidate:1 1 UDP", "a=mid:0 1 UDP 5 x\n\n"]
        {
            assert_eq!(preferred(odd, 99), odd);
        }
    }
}
