use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::testing::Fakes;
use doorward_flows::{App, Setup};
use doorward_model::keys::Keys;
use doorward_model::time::Timestamp;
use doorward_store::{Error, SqliteOptions, Store, migrate};
use tempfile::TempDir;
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{Server, bind};

/// A server with one operation, `/wait`, which answers when it is let go.
struct Running {
    address: SocketAddr,
    app: App,
    entered: Arc<Notify>,
    let_go: Arc<Notify>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
    _folder: TempDir,
}

#[expect(clippy::disallowed_methods, reason = "the server of a test runs beside it")]
async fn start(drain: Duration, head_within: Duration) -> Running {
    let folder = TempDir::new().unwrap();
    let app = app(&folder).await;
    let (entered, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (in_handler, until) = (entered.clone(), let_go.clone());
    let wait = move || async move {
        in_handler.notify_one();
        until.notified().await;
        "done"
    };
    let server = Server {
        router: Router::new().route("/wait", get(wait)),
        app: app.clone(),
        listeners: vec![bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap()],
        https: None,
        drain,
        head_within,
    };
    let (stop, stopped) = oneshot::channel();
    let (tell, started) = oneshot::channel();
    let stop_asked = async {
        let _ = stopped.await;
    };
    let ended = tokio::spawn(server.run(stop_asked, |address| tell.send(address).unwrap()));
    Running { address: started.await.unwrap(), app, entered, let_go, stop, ended, _folder: folder }
}

async fn app(folder: &TempDir) -> App {
    let store = Store::open_sqlite(folder.path().join("doorward.db"), SqliteOptions::default()).unwrap();
    migrate::run(&store).await.unwrap();
    App::new(Setup {
        store,
        outside: Fakes::new(Timestamp(0), 1).outside,
        keys: Keys::derive(&[7; 32], &[]),
        hashing: HashPool::start(NonZeroUsize::MIN, 1),
        velocity: Velocity::unlimited(),
        trusted_proxies: Vec::new(),
        public_url: "http://localhost".to_owned(),
    })
}

/// Sends `head` on a connection of its own and reads until the server closes it.
async fn talk(address: SocketAddr, head: &'static str) -> String {
    spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        // A connection that is cut short has said what it had to say.
        let _ = connection.read_to_string(&mut answer);
        answer
    })
    .await
    .unwrap()
}

const WAIT: &str = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
const LONG: Duration = Duration::from_mins(1);

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client of a test runs beside it")]
async fn a_request_under_way_is_answered_before_the_server_stops() {
    let server = start(LONG, LONG).await;
    let asked = tokio::spawn(talk(server.address, WAIT));
    server.entered.notified().await;
    server.stop.send(()).unwrap();
    server.let_go.notify_one();
    assert!(asked.await.unwrap().ends_with("done"));
    server.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).is_err());
}

#[tokio::test]
async fn the_store_is_closed_at_the_end() {
    let server = start(LONG, LONG).await;
    server.stop.send(()).unwrap();
    server.ended.await.unwrap().unwrap();
    let refused = server.app.store.write(|_| Ok::<_, Error>(())).await;
    assert_eq!(refused, Err(Error::Closed));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client of a test runs beside it")]
async fn a_request_that_outlasts_the_drain_does_not_keep_the_server_up() {
    let server = start(Duration::from_millis(20), LONG).await;
    let asked = tokio::spawn(talk(server.address, WAIT));
    server.entered.notified().await;
    server.stop.send(()).unwrap();
    server.ended.await.unwrap().unwrap();
    assert_eq!(asked.await.unwrap(), "");
}

#[tokio::test]
async fn a_connection_that_never_finishes_its_head_is_closed() {
    let server = start(LONG, Duration::from_millis(50)).await;
    assert_eq!(talk(server.address, "").await, "");
    let slow = talk(server.address, "GET /wait HTTP/1.1\r\nHost: local").await;
    assert!(!slow.contains("200"), "{slow}");
    server.stop.send(()).unwrap();
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_in_use_says_so() {
    let taken = bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let problem = format!("{:#}", bind(taken.local_addr().unwrap()).unwrap_err());
    assert!(problem.contains("another program uses it"), "{problem}");
}
