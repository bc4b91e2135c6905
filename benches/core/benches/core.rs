//! What the core costs without a browser: reading a message, writing one, and a whole call of two agents.
//!
//! It compares with the run before. How it stands beside other libraries is the business of `benches/browser`.

// Helpers of tests are test code, which clippy sees only in functions marked as tests; the macros of criterion write
// public functions.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../../tests/support/mod.rs"]
mod support;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use support::{CONTACT, Pair, SDP, Side, invite, request};
use viasip::message::{Frame, Reply, parse};

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for (name, frame) in [
        ("MESSAGE", request("MESSAGE", "bob", "1", "", 1, CONTACT, "hello")),
        ("INVITE", invite("bob", "1", SDP)),
        ("10 kB", request("MESSAGE", "bob", "1", "", 1, CONTACT, &"x".repeat(10_000))),
    ] {
        group.throughput(Throughput::Bytes(frame.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| parse(black_box(frame.as_bytes()))));
    }
}

fn write(criterion: &mut Criterion) {
    let Ok(Frame::Request(request)) = parse(invite("bob", "1", SDP).as_bytes()) else { panic!("no request") };
    let reply = Reply::new(200).with("Contact", "<sip:bob@192.0.2.1>").because("OK");
    criterion.bench_function("write a 200", |bencher| bencher.iter(|| black_box(&reply).encode(&request, "tag")));
}

fn answer(criterion: &mut Criterion) {
    // Each message is another one, and comes so late that some hundreds of transactions are open.
    let mut next = 0_u64;
    let mut side = Side::connected("bob");
    criterion.bench_function("take a MESSAGE", |bencher| {
        bencher.iter_batched(
            || {
                next += 1;
                let frame = request("MESSAGE", "bob", &next.to_string(), "", 1, CONTACT, "hello");
                (next, frame.replace("Call-ID: ", &format!("Call-ID: {next}")))
            },
            |(number, frame)| {
                side.now = number * 100;
                side.receive(&frame);
                side.wire.clear();
                side.events.clear();
            },
            BatchSize::SmallInput,
        );
    });
}

fn call(criterion: &mut Criterion) {
    criterion.bench_function("a call, both ends", |bencher| {
        bencher.iter_batched(
            Pair::new,
            |mut pair| {
                pair.a.call("sip:bob@example.com");
                pair.carry();
                pair.b.answer();
                pair.carry();
                pair.a.terminate();
                pair.carry();
                pair
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(core, read, write, answer, call);
criterion_main!(core);
