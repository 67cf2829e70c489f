//! https on the server's own port, and in the demo.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use reqwest::Method;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use serde_json::json;

use crate::support::{Api, Authority, Installation, Issued, Keys, Person, Program, Raw, until};

/// An installation that speaks https with `issued`.
fn with_certificate(issued: &Issued) -> (Installation, Keys) {
    let (mut installation, keys) = Installation::new();
    put(&installation, issued);
    installation.set("SERVER_TLS_CERTIFICATE", "tls.pem");
    installation.set("SERVER_TLS_KEY", "tls.key");
    installation.set("SERVER_PUBLIC_URL", "https://localhost");
    (installation, keys)
}

fn put(installation: &Installation, issued: &Issued) {
    issued.write_certificate(&installation.path("tls.pem"));
    issued.write_key(&installation.path("tls.key"));
}

fn serve(installation: &Installation, authority: &Authority, keys: &Keys) -> (Program, Api) {
    let mut server = Program::start(&mut installation.command(&["serve"]));
    let url = format!("https://{}", server.address());
    (server, Api::trusting(&[authority.trusted()], &url, keys))
}

/// A connection on which the test sees what no client library shows.
struct Connection(BufReader<StreamOwned<ClientConnection, TcpStream>>);

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];

impl Connection {
    fn open(address: SocketAddr, authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> Connection {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        let mut config =
            ClientConfig::builder_with_protocol_versions(versions).with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut connection = Connection(BufReader::new(StreamOwned::new(client, Raw::socket(address))));
        connection.ask();
        connection
    }

    /// One request, and its answer.
    fn ask(&mut self) {
        self.0.get_mut().write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 200 OK\r\n");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            }
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
    }

    fn certificate(&self) -> CertificateDer<'static> {
        self.0.get_ref().conn.peer_certificates().unwrap()[0].clone().into_owned()
    }

    fn tls(&self) -> &ClientConnection {
        &self.0.get_ref().conn
    }
}

fn address(api: &Api) -> SocketAddr {
    api.url.trim_start_matches("https://").parse().unwrap()
}

#[test]
fn serve_speaks_https_with_the_files_that_it_is_given() {
    let authority = Authority::new();
    let (installation, keys) = with_certificate(&authority.issue());
    assert!(installation.run(&["config", "--check"]).ok().contains("fit for"));
    let (server, api) = serve(&installation, &authority, &keys);
    let (person, _) = api.somebody();
    api.tokens(&person);
    for version in BOTH {
        let connection = Connection::open(address(&api), &authority, &[version]);
        assert_eq!(connection.tls().alpn_protocol(), Some(&b"http/1.1"[..]));
        assert_eq!(connection.tls().protocol_version(), Some(version.version));
    }
    let ended = server.terminate();
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(!ended.err.contains("PRIVATE KEY") && !ended.err.contains("other names"), "{}", ended.err);
}

#[test]
fn with_tls_it_may_listen_for_other_machines() {
    let (mut installation, _) = with_certificate(&Authority::new().issue());
    installation.set("SERVER_LISTEN", "0.0.0.0:0");
    installation.run(&["config", "--check"]).ok();
    installation.set("SERVER_PUBLIC_URL", "http://localhost");
    installation.run(&["config", "--check"]).failed(3, &["[server] public_url", "is not https"]);
}

#[test]
fn a_certificate_for_other_names_is_told() {
    let authority = Authority::new();
    let (mut installation, keys) = with_certificate(&authority.issue());
    installation.set("SERVER_PUBLIC_URL", "https://id.example.com");
    let (server, _) = serve(&installation, &authority, &keys);
    assert!(server.log().contains("other names than that of public_url"), "{}", server.log());
}

#[test]
fn new_files_are_taken_while_connections_go_on() {
    let authority = Authority::new();
    let (first, second) = (authority.issue(), authority.issue());
    let (installation, keys) = with_certificate(&first);
    let (server, api) = serve(&installation, &authority, &keys);
    let shown = || Connection::open(address(&api), &authority, BOTH).certificate();
    let mut before = Connection::open(address(&api), &authority, BOTH);
    assert_eq!(before.certificate(), *first.der());
    put(&installation, &second);
    until("the new certificate is shown", || shown() == *second.der());
    before.ask();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn files_that_cannot_be_used_leave_the_certificate_as_it_was() {
    let authority = Authority::new();
    let (first, second) = (authority.issue(), authority.issue());
    let (installation, keys) = with_certificate(&first);
    let (server, api) = serve(&installation, &authority, &keys);
    let shown = || Connection::open(address(&api), &authority, BOTH).certificate();
    let told = |what: &str, times: usize| until(what, || server.log().matches(what).count() >= times);

    second.write_certificate(&installation.path("tls.pem"));
    server.signal("HUP");
    told("is not the key of the first certificate", 1);
    assert_eq!(shown(), *first.der());
    authority.issue_valid((2010, 2011)).write_certificate(&installation.path("tls.pem"));
    server.signal("HUP");
    told("expired at 2011-01-01T00:00:00Z", 1);
    fs::remove_file(installation.path("tls.pem")).unwrap();
    server.signal("HUP");
    told("cannot be read", 1);
    assert_eq!(shown(), *first.der());

    put(&installation, &second);
    server.signal("HUP");
    told("a certificate was read and is in use", 1);
    assert_eq!(shown(), *second.der());
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn a_hang_up_does_not_end_a_server_without_a_certificate() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    server.signal("HUP");
    until("it says so", || server.log().contains("nothing to read again"));
    api.page("/health/ready").ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn files_that_cannot_be_used_are_refused_at_the_start() {
    let authority = Authority::new();
    let (installation, _) = with_certificate(&authority.issue());
    let (certificate, key) = (installation.path("tls.pem"), installation.path("tls.key"));
    let refused = |told: &[&str]| {
        for command in [&["serve"][..], &["config", "--check"]] {
            installation.run(command).failed(3, told);
        }
    };
    authority.issue().write_key(&key);
    refused(&["[server.tls] key", "tls.key is not the key of the first certificate in tls.pem"]);
    for (years, told) in [((2010, 2011), "expired at 2011-01-01"), ((2089, 2090), "not valid before 2089-01-01")] {
        put(&installation, &authority.issue_valid(years));
        refused(&["[server.tls] certificate", told]);
    }
    put(&installation, &authority.issue());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    refused(&["[server.tls] key", "every user of this machine", "chmod o-rwx tls.key"]);
    fs::write(&key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    refused(&["[server.tls] key", "free of a passphrase"]);
    fs::write(&certificate, [0x30, 0x82, 0xff]).unwrap();
    refused(&["[server.tls] certificate", "is not PEM"]);
    fs::write(&certificate, "no certificate\n").unwrap();
    refused(&["[server.tls] certificate", "holds no certificate in PEM"]);
    fs::remove_file(&certificate).unwrap();
    refused(&["[server.tls] certificate", "tls.pem cannot be read"]);
}

#[test]
fn one_file_alone_is_refused() {
    let (mut installation, _) = Installation::new();
    installation.set("SERVER_TLS_KEY", "tls.key");
    installation.run(&["config", "--check"]).failed(3, &["[server.tls]", "only one of them is set"]);
}

/// A greeting that offers TLS 1.1 as the newest, with the cipher suites of its time.
fn hello_of_tls_1_1() -> Vec<u8> {
    let groups_and_signatures = b"\x00\x0a\x00\x04\x00\x02\x00\x17\x00\x0d\x00\x06\x00\x04\x04\x03\x04\x01";
    let mut body = b"\x03\x02".to_vec();
    body.extend([7; 32]);
    body.extend(b"\x00\x00\x04\xc0\x13\xc0\x09\x01\x00");
    body.extend([0, u8::try_from(groups_and_signatures.len()).unwrap()]);
    body.extend(groups_and_signatures);
    let length = u8::try_from(body.len()).unwrap();
    [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length], body.as_slice()].concat()
}

#[test]
fn what_is_older_than_tls_1_2_is_refused() {
    let authority = Authority::new();
    let (installation, keys) = with_certificate(&authority.issue());
    let (_server, api) = serve(&installation, &authority, &keys);
    let mut old = Raw::connect(&api);
    old.write_bytes(&hello_of_tls_1_1());
    let answer = old.rest_as_bytes();
    let (alert, protocol_version) = (0x15, 70);
    assert_eq!((answer.first(), answer.last()), (Some(&alert), Some(&protocol_version)), "{answer:?}");
}

#[test]
fn a_request_in_clear_is_told_to_use_https() {
    let authority = Authority::new();
    let (installation, keys) = with_certificate(&authority.issue());
    let (_server, api) = serve(&installation, &authority, &keys);
    let mut clear = Raw::connect(&api);
    clear.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (status, told) = clear.answer();
    assert_eq!(
        (status.as_str(), told.trim()),
        ("HTTP/1.1 400 Bad Request", "This port speaks https; begin the URL with it.")
    );
    assert_eq!(clear.rest(), "");
}

#[test]
fn clients_that_never_finish_their_handshake_hold_nobody_up() {
    let authority = Authority::new();
    let (mut installation, keys) = with_certificate(&authority.issue());
    // A handshake is given up at once at the end: nothing waits for the drain.
    installation.set("SERVER_DRAIN_SECONDS", 600);
    let (server, api) = serve(&installation, &authority, &keys);
    let _silent: Vec<Raw> = (0..100).map(|_| Raw::connect(&api)).collect();
    let _begun: Vec<Raw> = (0..100)
        .map(|_| {
            let mut connection = Raw::connect(&api);
            connection.write_bytes(&hello_of_tls_1_1()[..20]);
            connection
        })
        .collect();
    let (person, _) = api.somebody();
    api.login(&person, &person.password).send().ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn the_demo_speaks_https_with_a_certificate_of_its_own() {
    let installation = Installation::bare();
    let (demo, api, ready) = installation.demo(&["--tls"]);
    assert_eq!(ready["mailbox"], format!("{}/dev/mailbox", api.url));
    assert!(api.url.starts_with("https://localhost:"));
    let trusted = fs::read(ready["ca"].as_str().unwrap()).unwrap();
    let trusted = reqwest::Certificate::from_pem(&trusted).unwrap();
    let by_number = Api::trusting(&[trusted], &api.url.replace("localhost", "127.0.0.1"), &api.keys);
    assert!(by_number.page("/").text.contains("curl --cacert"));

    let person = Person::new();
    let register = api.call(Method::POST, "/identity/v2/auth/register").header("x-loginradius-sott", &api.sott());
    let body = json!({ "Email": [{ "Type": "Primary", "Value": person.email }], "Password": person.password });
    register.header("origin", &api.url).json(&body).send().ok();
    let link = api.caught(&person.email, 1)["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&format!("{}/", api.url)), "{link}");
    api.bare(Method::GET, link.strip_prefix(&api.url).unwrap()).send().ok();

    let mode = fs::metadata(installation.path("demo/ca.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = fs::read_to_string(installation.path("demo/ca.key")).unwrap();
    let ended = demo.terminate();
    for line in key.lines() {
        assert!(!ended.out.contains(line) && !ended.err.contains(line), "a line of the key was printed");
    }
}

#[test]
fn the_authority_of_a_demo_stays_and_that_of_another_is_not_believed() {
    let (installation, other) = (Installation::bare(), Installation::bare());
    let (demo, _, before) = installation.demo(&["--tls"]);
    let kept = fs::read(before["ca"].as_str().unwrap()).unwrap();
    assert_eq!(demo.terminate().code, 0);
    let (_demo, api, after) = installation.demo(&["--tls"]);
    assert_eq!((&before["ca"], fs::read(after["ca"].as_str().unwrap()).unwrap()), (&after["ca"], kept.clone()));
    api.page("/health/ready").ok();

    let (_other, other, _) = other.demo(&["--tls"]);
    let trusted = reqwest::Certificate::from_pem(&kept).unwrap();
    let call = Api::trusting(&[trusted], &other.url, &other.keys).bare(Method::GET, "/health/ready");
    assert!(call.try_send().is_none());
}

#[test]
fn a_demo_can_change_to_https_and_back() {
    let installation = Installation::bare();
    let (demo, api, _) = installation.demo(&[]);
    let (person, _) = api.somebody();
    assert_eq!(demo.terminate().code, 0);
    let (demo, api, _) = installation.demo(&["--tls"]);
    api.login(&person, &person.password).header("origin", &api.url).send().ok();
    api.login(&person, &person.password).header("origin", "https://localhost:3000").send().ok();
    assert_eq!(demo.terminate().code, 0);
    let (_demo, api, ready) = installation.demo(&[]);
    assert!(ready.get("ca").is_none());
    api.login(&person, &person.password).header("origin", &api.url).send().ok();
}
