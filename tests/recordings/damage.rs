//! What a line, or somebody on it, can make of a frame.

use viasip::entropy::Entropy;

const ODD_BYTES: &[u8] = b"\r\n;,<>\"@:=%\0*\\/[]() \t\xff\xc3.?&-+";
const NUMBERS: [&str; 10] = [
    "0",
    "-1",
    "1",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "99999999999999999999999999",
    "000000000000000000007",
];
const STATUSES: [&str; 24] = [
    "100", "180", "183", "199", "200", "202", "204", "300", "302", "400", "401", "403", "407", "408", "412", "422",
    "423", "481", "487", "489", "491", "500", "503", "699",
];
/// As long as a frame may become.
const LONGEST: usize = 65_000;

/// The frame with a damage or two; `others` lend it lines and bodies.
pub fn damaged(frame: &str, others: &[String], random: &mut Entropy) -> Vec<u8> {
    let mut bytes = frame.as_bytes().to_vec();
    let mut counted = random.below(4) == 0;
    for _ in 0..=random.below(3) {
        counted |= match random.below(16) {
            0..3 => bytes_damaged(&mut bytes, random),
            3..8 => lines_damaged(&mut bytes, others, random),
            8..10 => number_damaged(&mut bytes, random),
            10 => start_line_damaged(&mut bytes, others, random),
            11..15 => body_damaged(&mut bytes, others, random),
            _ => stretched(&mut bytes, random),
        };
    }
    if counted {
        count_body(&mut bytes);
    }
    bytes
}

fn below(random: &mut Entropy, bound: usize) -> usize {
    random.below(bound as u64) as usize
}

fn pick<'a, T: ?Sized>(all: &[&'a T], random: &mut Entropy) -> &'a T {
    all[below(random, all.len())]
}

/// Bytes are changed, lost or added, or the rest is cut off. False: the body's length is no longer what it says.
fn bytes_damaged(bytes: &mut Vec<u8>, random: &mut Entropy) -> bool {
    let at = below(random, bytes.len() + 1);
    match random.below(8) {
        0..2 if at < bytes.len() => bytes[at] = random.below(256) as u8,
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 => drop(bytes.drain(at..(at + below(random, 24)).min(bytes.len()))),
        4 => bytes.truncate(at),
        _ => bytes.insert(at, ODD_BYTES[below(random, ODD_BYTES.len())]),
    }
    false
}

/// Header lines come twice, get lost, change places, get the value of another, are folded.
fn lines_damaged(bytes: &mut Vec<u8>, others: &[String], random: &mut Entropy) -> bool {
    let (head, body) = split(bytes);
    let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
    if lines.len() < 2 {
        return false;
    }
    let at = 1 + below(random, lines.len() - 1);
    let foreign = others[below(random, others.len())].clone();
    let foreign: Vec<&str> = foreign.lines().take_while(|line| !line.is_empty()).skip(1).collect();
    match random.below(12) {
        0..2 => {
            let times = if random.below(20) == 0 { below(random, 300) } else { 1 };
            for _ in 0..times {
                lines.insert(at, lines[at].clone());
            }
        }
        2..4 => drop(lines.remove(at)),
        4 => {
            let other = 1 + below(random, lines.len() - 1);
            lines.swap(at, other);
        }
        5..7 if !foreign.is_empty() => {
            // The value of the same field of another frame, or of any field.
            let name = lines[at].split(':').next().unwrap_or_default().to_owned();
            let same = foreign.iter().find(|line| line.starts_with(&name) && random.below(2) == 0);
            let value = same.unwrap_or(&pick(&foreign, random)).split_once(": ").map_or("", |(_, value)| value);
            lines[at] = format!("{name}: {value}");
        }
        7 if !foreign.is_empty() => lines.insert(at, pick(&foreign, random).to_owned()),
        8 => {
            let middle = lines[at].char_indices().nth(below(random, lines[at].chars().count())).map_or(0, |(at, _)| at);
            lines[at].insert_str(middle, pick(&["\r\n ", "\r\n", "\n", ", ", ";", "\""], random));
        }
        9 => {
            // A parameter less.
            if let Some((before, after)) = lines[at].split_once(';') {
                let rest = after.split_once(';').map_or(String::new(), |(_, rest)| format!(";{rest}"));
                lines[at] = format!("{before}{rest}");
            }
        }
        10 => {
            let other = 1 + below(random, lines.len() - 1);
            let value = lines[other].split_once(':').map_or("", |(_, value)| value).to_owned();
            lines[at].push(',');
            lines[at].push_str(&value);
        }
        _ => lines[at] = lines[at].to_uppercase(),
    }
    *bytes = lines.join("\r\n").into_bytes();
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(&body);
    false
}

/// A number becomes huge, or nothing.
fn number_damaged(bytes: &mut Vec<u8>, random: &mut Entropy) -> bool {
    let mut runs = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()) {
            let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            runs.push(at..at + length);
        }
    }
    if !runs.is_empty() {
        let run = runs.swap_remove(below(random, runs.len()));
        bytes.splice(run, pick(&NUMBERS, random).bytes());
    }
    random.below(2) == 0
}

/// Another status, or the start line of another frame.
fn start_line_damaged(bytes: &mut Vec<u8>, others: &[String], random: &mut Entropy) -> bool {
    let Some(end) = bytes.windows(2).position(|pair| pair == b"\r\n") else { return false };
    if bytes.starts_with(b"SIP/2.0 ") && bytes.len() > 11 && random.below(4) > 0 {
        bytes.splice(8..11, pick(&STATUSES, random).bytes());
    } else {
        let other = others[below(random, others.len())].lines().next().unwrap_or_default().to_owned();
        bytes.splice(..end, other.into_bytes());
    }
    false
}

/// The body of another frame, or lines of it twice, gone, or a hundred times.
fn body_damaged(bytes: &mut Vec<u8>, others: &[String], random: &mut Entropy) -> bool {
    let (head, body) = split(bytes);
    let foreign = split(others[below(random, others.len())].as_bytes()).1;
    let mut lines: Vec<&[u8]> = body.split_inclusive(|b| *b == b'\n').collect();
    let foreign: Vec<&[u8]> = foreign.split_inclusive(|b| *b == b'\n').collect();
    if lines.is_empty() || random.below(8) == 0 {
        lines.clone_from(&foreign);
    }
    if !lines.is_empty() {
        let at = below(random, lines.len());
        match random.below(7) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at]),
            2 => lines.swap(0, at),
            3 => lines.truncate(at),
            4 if !foreign.is_empty() => lines.insert(at, foreign[below(random, foreign.len())]),
            5 => {
                let times = below(random, 60);
                lines.splice(at..at, vec![lines[at]; times]);
            }
            _ => {
                // All of it again and again.
                let times = below(random, 8);
                lines = std::iter::repeat_n(&lines, times).flatten().copied().collect();
            }
        }
    }
    let mut body = lines.concat();
    if random.below(3) == 0 && !body.is_empty() {
        let at = below(random, body.len());
        body[at] = ODD_BYTES[below(random, ODD_BYTES.len())];
    }
    body.truncate(LONGEST.saturating_sub(head.len()));
    *bytes = head.into_bytes();
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    random.below(8) > 0
}

/// A piece of it comes so often that the frame gets as long as it may.
fn stretched(bytes: &mut Vec<u8>, random: &mut Entropy) -> bool {
    if bytes.is_empty() {
        return false;
    }
    let at = below(random, bytes.len());
    let piece = bytes[at..(at + 1 + below(random, 40)).min(bytes.len())].to_vec();
    let room = LONGEST.saturating_sub(bytes.len()) / piece.len();
    let times = if random.below(20) == 0 { room } else { room.min(below(random, 40)) };
    bytes.splice(at..at, piece.repeat(times));
    random.below(2) == 0
}

/// Makes Content-Length true again, so that a damaged body is read.
fn count_body(bytes: &mut Vec<u8>) {
    let (head, body) = split(bytes);
    let lines: Vec<&str> = head.split_inclusive('\n').filter(|line| !line.starts_with("Content-Length")).collect();
    *bytes = format!("{}Content-Length: {}\r\n\r\n", lines.concat(), body.len()).into_bytes();
    bytes.extend_from_slice(&body);
}

/// Start line and header lines with their ends, and the body.
fn split(bytes: &[u8]) -> (String, Vec<u8>) {
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned() + if end < bytes.len() { "\r\n" } else { "" };
    (head, bytes.get(end + 4..).unwrap_or_default().to_vec())
}
