//! Connections: one task each, one table for all.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use viasip::message::{Frame, parse};

#[path = "proxy.rs"]
mod proxy;

use proxy::Proxy;

/// Most frames that wait for a slow connection.
const QUEUE: usize = 256;

/// Listens until the process ends.
pub(crate) async fn run(host: &str, port: u16) -> std::io::Result<()> {
    let listener = TcpListener::bind((host, port)).await?;
    println!("registrar listening on ws://{}", listener.local_addr()?);
    let proxy = Rc::new(RefCell::new(Proxy::new()));
    let tasks = tokio::task::LocalSet::new();
    tasks
        .run_until(async move {
            let mut next = 0_u64;
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        next += 1;
                        tokio::task::spawn_local(connection(stream, next, Rc::clone(&proxy)));
                    }
                    Err(error) => eprintln!("accept: {error}"),
                }
            }
        })
        .await
}

async fn connection(stream: TcpStream, id: u64, proxy: Rc<RefCell<Proxy>>) {
    // RFC 7118 4.1: the subprotocol is `sip`, and the server says so.
    #[allow(clippy::result_large_err, reason = "the callback of tungstenite is so")]
    let subprotocol = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        if request.headers().contains_key("Sec-WebSocket-Protocol") {
            response.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("sip"));
        }
        Ok(response)
    };
    let Ok(socket) = accept_hdr_async(stream, subprotocol).await else {
        return;
    };
    let (mut sink, mut source) = socket.split();
    let (send, mut queue) = mpsc::channel::<Vec<u8>>(QUEUE);
    proxy.borrow_mut().connected(id, send.clone());
    let writer = tokio::task::spawn_local(async move {
        while let Some(bytes) = queue.recv().await {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if sink.send(Message::text(text)).await.is_err() {
                break;
            }
        }
    });
    while let Some(Ok(frame)) = source.next().await {
        let bytes = match frame {
            Message::Text(text) => text.as_bytes().to_vec(),
            Message::Binary(bytes) => bytes.to_vec(),
            Message::Close(_) => break,
            _ => continue,
        };
        match parse(&bytes) {
            Ok(Frame::Ping) => drop(send.try_send(b"\r\n".to_vec())),
            Ok(Frame::Pong) => {}
            Ok(Frame::Request(request)) => proxy.borrow_mut().request(id, &request),
            Ok(Frame::Response(response)) => proxy.borrow_mut().response(&response),
            Err(fault) => {
                if let Some(reply) = fault.reply {
                    let _ = send.try_send(reply);
                }
            }
        }
    }
    proxy.borrow_mut().disconnected(id);
    writer.abort();
}
