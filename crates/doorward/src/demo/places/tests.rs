use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use doorward_model::settings::Settings;

use super::super::features;
use super::{Places, Scheme, listen, other};

const SCHEMES: [Scheme; 2] = [Scheme::Http, Scheme::Https];

fn places(address: &str, scheme: Scheme) -> Places {
    Places::at(address.parse().unwrap(), scheme)
}

#[test]
fn the_demo_takes_its_own_settings_on_every_port() {
    for ip in ["127.0.0.1", "127.8.8.8", "[::1]"] {
        for (port, scheme) in [80, 443, 8080].into_iter().flat_map(|port| SCHEMES.map(|scheme| (port, scheme))) {
            let settings = features(&places(&format!("{ip}:{port}"), scheme));
            assert_eq!(settings.require_fit(), Ok(()), "{ip}:{port} {scheme:?}");
            let read = Settings::read(serde_json::to_value(&settings).unwrap());
            assert_eq!(read, Ok(settings), "{ip}:{port} {scheme:?}");
        }
    }
}

#[test]
fn a_tenant_that_knew_other_places_is_told_of_these() {
    for before in [80, 443, 8080] {
        for (after, scheme) in [80, 443, 8080].into_iter().flat_map(|port| SCHEMES.map(|scheme| (port, scheme))) {
            let known = features(&places(&format!("127.0.0.1:{before}"), Scheme::Http));
            let places = places(&format!("127.0.0.1:{after}"), scheme);
            let opened = Settings::open(serde_json::to_value(&known).unwrap());
            let changed = opened.with(&places.changes(&known).unwrap()).unwrap();
            assert!(places.are_known_to(&changed.settings), "{before} {after}");
            assert_eq!(changed.settings.hosted_pages.redirect_urls.len(), 2, "those of last time are gone");
        }
    }
}

#[test]
fn everything_speaks_of_one_origin_as_browsers_write_it() {
    for (address, scheme, origin) in [
        ("127.0.0.1:8080", Scheme::Http, "http://localhost:8080"),
        ("[::1]:8080", Scheme::Https, "https://localhost:8080"),
        ("127.0.0.1:80", Scheme::Http, "http://localhost"),
        ("127.0.0.1:443", Scheme::Https, "https://localhost"),
        ("127.0.0.1:443", Scheme::Http, "http://localhost:443"),
        // Where the name does not lead.
        ("127.8.8.8:8080", Scheme::Http, "http://127.8.8.8:8080"),
    ] {
        let places = places(address, scheme);
        assert_eq!(places.origin, origin);
        assert!(places.destinations.iter().any(|url| url.starts_with(&format!("{}/", places.passkey_origin))));
    }
}

#[test]
fn localhost_is_taken_in_both_families() {
    let listeners = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let addresses: Vec<SocketAddr> = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
    assert_eq!(addresses[0].ip(), Ipv4Addr::LOCALHOST);
    if let Some(second) = addresses.get(1) {
        assert_eq!((Some(second.ip()), second.port()), (other(addresses[0].ip()), addresses[0].port()));
    }
}

#[test]
fn a_localhost_that_leads_to_another_program_is_refused() {
    // A machine without IPv6 has no other `localhost`.
    let Ok(taken) = TcpListener::bind("[::1]:0") else { return };
    let port = taken.local_addr().unwrap().port();
    let problem = listen((Ipv4Addr::LOCALHOST, port).into()).unwrap_err();
    assert!(format!("{problem:#}").contains("another program uses it"), "{problem:#}");
}
