use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use doorward_model::time::Timestamp;
use futures_util::FutureExt;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::TcpListener;

use super::handshakes::{Handshakes, Place};
use super::{Certificate, Https};

fn is_kept(place: &mut Place<'_>) -> bool {
    place.lost().now_or_never().is_none()
}

#[test]
fn one_handshake_too_many_sends_the_oldest_away() {
    let handshakes = Handshakes::at_most(2);
    let (mut first, mut second) = (handshakes.begin(), handshakes.begin());
    assert!(is_kept(&mut first));
    let mut third = handshakes.begin();
    assert!(!is_kept(&mut first) && is_kept(&mut second) && is_kept(&mut third));
    drop(first);
    assert!(is_kept(&mut second), "whoever lost its place takes nobody else's along");
}

#[test]
fn whoever_is_done_makes_room() {
    let handshakes = Handshakes::at_most(2);
    let (first, mut second) = (handshakes.begin(), handshakes.begin());
    drop(first);
    let mut third = handshakes.begin();
    assert!(is_kept(&mut second) && is_kept(&mut third));
    handshakes.end();
    assert!(!is_kept(&mut second) && !is_kept(&mut third));
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_closed() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let certificate = Certificate::proven(vec![made.cert.into()], key.into(), Timestamp(0)).unwrap();
    let https = Https::bounded(certificate, Duration::from_millis(50), 2).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (connection, _) = listener.accept().await.unwrap();
    assert_eq!(https.handshake(connection).await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
}
