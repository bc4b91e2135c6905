//! Three phones, the proxies and the registrar between them, a network that delays and breaks, and apps that do what
//! comes to their mind, by seed: whatever happens, each call ends once, both ends agree when it is quiet, and nothing
//! is left behind.
//!
//! `cargo test --test simulation` walks through a second's worth of seeds, `npm run test:simulation` through 100,000.
//! `VIASIP_SEED=7` is one seed, `VIASIP_SEED=0-9999` many; a seed that fails prints what happened.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod apps;
mod compositor;
mod invariants;
mod listeners;
mod message;
mod network;
mod phone;
mod proxy;
mod registrar;
mod reload;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, available_parallelism};

use world::World;

/// Seeds of one run unless the environment says otherwise.
const SEEDS: u64 = 300;

/// Seconds after which a walk that comes no further counts as hung.
const PATIENCE_S: u64 = 60;
/// Failed seeds after which a walk ends.
const MOST_FAILURES: usize = 20;

/// What the walk has to come by, or it proves nothing.
const KINDS: [&str; 52] = [
    "confirmed",
    "ended",
    "failed",
    "hold",
    "unhold",
    "renegotiated",
    "refused",
    "CANCEL",
    "UPDATE",
    "PRACK",
    "reliable",
    "early answer",
    "early offer",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "MESSAGE",
    "OPTIONS",
    "INFO",
    "REGISTER",
    "registered",
    "replaces",
    "refer",
    "transferred",
    "line broken",
    "silent line",
    "flow broken",
    "silent flow",
    "second first",
    "rings by the other flow",
    "media gone",
    "page anew",
    "resumed",
    "recovered",
    "doubled",
    "overtaken",
    "clock jump",
    "media fault",
    "both at once",
    "forked",
    "late",
    "subscribed",
    "anonymous",
    "PUBLISH",
    "published",
    "watched",
    "watched anew",
    "account",
    "wrong account",
    "no account",
    "late account",
    "unanswered",
];
const STATUSES: [u16; 18] = [180, 183, 200, 202, 401, 404, 407, 408, 412, 422, 423, 430, 480, 481, 487, 491, 500, 503];

#[test]
fn three_phones_in_a_bad_network() {
    let chosen = std::env::var("VIASIP_SEED").ok().map(|text| seeds(&text).expect("VIASIP_SEED=7 or 0-9999"));
    let seeds = chosen.unwrap_or(0..SEEDS);
    let count = seeds.end - seeds.start;
    let started = std::time::Instant::now();
    let next = AtomicU64::new(seeds.start);
    let workers = available_parallelism().map_or(1, usize::from).min(count as usize);
    let walks: Vec<Walk> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| walk(&next, seeds.end))).collect();
        let mut seen = (seeds.start, std::time::Instant::now());
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::sleep(std::time::Duration::from_millis(5));
            let at = next.load(Ordering::Relaxed);
            if at != seen.0 {
                seen = (at, std::time::Instant::now());
            }
            if seen.1.elapsed().as_secs() > PATIENCE_S {
                // The agent itself loops: nothing ends that but the end of the process.
                eprintln!("one of the seeds before {at} stands still");
                std::process::exit(101);
            }
        }
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut met = BTreeMap::new();
    let mut failed = Vec::new();
    for walk in walks {
        for (kind, times) in walk.met {
            *met.entry(kind).or_insert(0) += times;
        }
        failed.extend(walk.failed);
    }
    failed.sort();
    if let Some((first, _)) = failed.first() {
        let (why, ladder) = again(*first);
        println!("{ladder}");
        for (seed, why) in &failed {
            println!("seed {seed}: {why}");
        }
        panic!("seed {first}: {why}\nAgain: VIASIP_SEED={first} cargo test --test simulation");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{count} seeds in {seconds:.1} s, {:.0} a second: {met:?}", count as f64 / seconds);
    if count >= SEEDS {
        let statuses = STATUSES.map(|status| status.to_string());
        for kind in KINDS.into_iter().chain(statuses.iter().map(String::as_str)) {
            assert!(met.get(kind).is_some_and(|n| *n > count / 1_000), "{kind} is not met: {met:?}");
        }
    }
}

/// `7` or `0-9999`.
fn seeds(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..last.parse::<u64>().ok()? + 1)
}

/// What one thread came by.
#[derive(Default)]
struct Walk {
    met: BTreeMap<String, u64>,
    failed: Vec<(u64, String)>,
}

/// Takes one seed after the other until there is none, or too many fail.
fn walk(next: &AtomicU64, end: u64) -> Walk {
    let mut walk = Walk::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return walk;
        }
        let mut world = World::new(seed, false);
        if let Err(why) = outcome(&mut world) {
            walk.failed.push((seed, why));
            if walk.failed.len() >= MOST_FAILURES {
                next.store(end, Ordering::Relaxed);
            }
        }
        for (kind, times) in &world.met {
            *walk.met.entry((*kind).to_owned()).or_default() += times;
        }
        *walk.met.entry("rings by the other flow".to_owned()).or_default() += world.proxy.rung_anew;
        for (status, times) in &world.statuses {
            *walk.met.entry(status.to_string()).or_default() += times;
        }
    }
}

fn outcome(world: &mut World) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| world.run())).unwrap_or_else(|_| Err("it panicked".into()))
}

/// The same seed once more, with its ladder.
fn again(seed: u64) -> (String, String) {
    let mut world = World::new(seed, true);
    let why = outcome(&mut world).err().unwrap_or_else(|| "not again".into());
    (why, world.ladder.unwrap_or_default().join("\n"))
}
