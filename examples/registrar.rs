//! The embedded SIP service: a WebSocket listener, a registrar with digest, and a proxy between registered users.
//!
//! `cargo run --example registrar -- --port 5066`. Any user is let in with the password `viasip`. It is for trying
//! things out on one machine: it keeps everything in memory and listens on loopback unless `--host` says otherwise. With
//! `--until end-of-input` it ends when its standard input does, as with the program that holds the other end.

#[cfg(not(target_arch = "wasm32"))]
#[path = "registrar/service.rs"]
mod service;

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut host, mut port) = ("127.0.0.1".to_owned(), 5066);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--port", Some(value)) => port = value.parse().unwrap_or(port),
            ("--host", Some(value)) => host = value,
            ("--until", Some(value)) if value == "end-of-input" => {
                std::thread::spawn(|| {
                    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
                    std::process::exit(0);
                });
            }
            _ => eprintln!("usage: registrar [--host ADDRESS] [--port PORT] [--until end-of-input]"),
        }
    }
    service::run(&host, port).await
}

#[cfg(target_arch = "wasm32")]
fn main() {}
