//! A connection without a client library in between, for what no client library does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Api;

/// A connection to a server.
pub(crate) struct Raw {
    reader: BufReader<TcpStream>,
}

impl Raw {
    /// Fails the test when nobody listens.
    pub(crate) fn connect(api: &Api) -> Raw {
        Raw { reader: BufReader::new(Raw::socket(address(api))) }
    }

    /// A bare connection whose reader does not wait for ever.
    pub(crate) fn socket(address: SocketAddr) -> TcpStream {
        let connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        connection
    }

    /// Whether somebody takes connections there.
    pub(crate) fn is_open(api: &Api) -> bool {
        TcpStream::connect(address(api)).is_ok()
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.write_bytes(text.as_bytes());
    }

    pub(crate) fn write_bytes(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).unwrap();
    }

    /// The same to a server that may close the connection meanwhile.
    pub(crate) fn try_write(&mut self, text: &str) {
        let _ = self.reader.get_mut().write_all(text.as_bytes());
    }

    /// The next answer on this connection: status line and body. Answers here have a length.
    pub(crate) fn answer(&mut self) -> (String, String) {
        let mut line = || {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let (status, mut length) = (line(), 0);
        loop {
            match line().to_ascii_lowercase() {
                end if end.is_empty() => break,
                header => length = header.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap()),
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    /// Everything until the server closes the connection, whichever way it does.
    pub(crate) fn rest(self) -> String {
        String::from_utf8_lossy(&self.rest_as_bytes()).into_owned()
    }

    pub(crate) fn rest_as_bytes(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.reader.read_to_end(&mut rest);
        rest
    }
}

fn address(api: &Api) -> SocketAddr {
    api.url.split_once("://").unwrap().1.parse().unwrap()
}
