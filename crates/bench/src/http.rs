//! A client that costs next to nothing: HTTP/1.1 over one connection that is kept, one request at a time.
//!
//! The load shares the machine with the server. What a general client does for each request would be measured too.

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[cfg(test)]
mod tests;

/// Room for most answers.
const ROOM: usize = 64 * 1024;

/// Longer than any head that a server of ours sends.
const LONGEST_HEAD: usize = 16 * 1024;

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer as it stands in the connection's buffer.
pub(crate) struct Answer<'a> {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: &'a [u8],
    /// False when the server will close the connection.
    pub(crate) kept_alive: bool,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(ROOM) })
    }

    /// Sends a request, which must be complete, and reads its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(head) = Head::read(&self.buffer)? {
                break head;
            }
        };
        let end = head.length + head.body;
        while self.buffer.len() < end {
            self.read().await?;
        }
        if self.buffer.len() > end {
            bail!("the server sent more than its answer");
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.length..end], kept_alive: head.kept_alive })
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection before its answer was complete");
        }
        Ok(())
    }
}

/// What the head of an answer says of the rest.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// The head's own length, with the empty line at its end.
    length: usize,
    /// The body's length.
    body: usize,
    kept_alive: bool,
}

impl Head {
    /// Reads a head; `None` while it is incomplete. Only bodies of declared length are understood: ours all are.
    fn read(bytes: &[u8]) -> Result<Option<Head>> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            if bytes.len() > LONGEST_HEAD {
                bail!("the answer's head is longer than {LONGEST_HEAD} bytes");
            }
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..end]).context("the answer's head is not ASCII")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(status).context("the answer does not begin with an HTTP/1.1 status line")?;
        let mut head = Head { status, length: end + 4, body: 0, kept_alive: true };
        let mut declared = false;
        for line in lines {
            let (name, value) = line.split_once(':').context("the answer has a header without a colon")?;
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.body = value.parse().context("the answer's length is no number")?;
                declared = true;
            } else if name.eq_ignore_ascii_case("connection") {
                head.kept_alive = !value.eq_ignore_ascii_case("close");
            }
        }
        if !declared {
            bail!("the answer does not declare its length");
        }
        Ok(Some(head))
    }
}

fn status(line: &str) -> Option<u16> {
    let code = line.strip_prefix("HTTP/1.1 ")?;
    code.get(..3)?.parse().ok()
}

/// Writes a request without a body.
pub(crate) fn get(into: &mut Vec<u8>, target: std::fmt::Arguments<'_>, headers: std::fmt::Arguments<'_>) {
    write(into, format_args!("GET {target} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n"));
}

/// Writes a request with a JSON body.
pub(crate) fn send(into: &mut Vec<u8>, method: &str, target: std::fmt::Arguments<'_>, body: &str) {
    let length = body.len();
    write(
        into,
        format_args!(
            "{method} {target} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        ),
    );
}

fn write(into: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    into.write_fmt(text).expect("memory takes whatever is written");
}
