//! The least that this HTTP stack can do: one route, one answer, nothing behind it.

use anyhow::{Context, Result};
use axum::Router;
use axum::http::header;
use axum::routing::any;
use axum_server::accept::NoDelayAcceptor;
use bytes::Bytes;
use hyper_util::rt::TokioTimer;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// As the server has it.
const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// Answers `/` with `bytes` bytes until the process is ended, on a stack that is set up as the server's.
pub(crate) async fn serve(bytes: usize, listen: SocketAddr) -> Result<()> {
    let body = Bytes::from(vec![b' '; bytes]);
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let router = Router::new().route("/", any(answer));

    let listener = TcpListener::bind(listen).with_context(|| format!("cannot listen on {listen}"))?;
    listener.set_nonblocking(true)?;
    let mut server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor::new()).http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await.context("serving")
}
