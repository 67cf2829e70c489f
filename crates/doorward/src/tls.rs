//! TLS on the server's own listener: the certificate and its renewal, and handshakes that nobody can hold up.

mod acceptor;
mod certificate;
mod handshakes;
mod renewal;

pub use acceptor::{Acceptor, Https};
pub use certificate::{Certificate, CertificateFiles};
pub use renewal::{Renewal, keep};

#[cfg(test)]
mod tests;
