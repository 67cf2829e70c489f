//! What a supervisor such as systemd wants to hear.

use std::ffi::OsStr;
use std::io;

/// Says that requests are answered from now on, if somebody listens (`Type=notify` of systemd).
pub(crate) fn tell_ready() {
    #[expect(clippy::disallowed_methods, reason = "the variable is the supervisor's, not one of our settings")]
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = tell(&socket, b"READY=1") {
        tracing::warn!(%error, "the supervisor cannot be told that requests are answered");
    }
}

#[cfg(target_os = "linux")]
fn tell(socket: &OsStr, what: &[u8]) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(what, &address).map(drop)
}

#[cfg(not(target_os = "linux"))]
fn tell(_: &OsStr, _: &[u8]) -> io::Result<()> {
    Ok(())
}
