//! Services on loopback that tests stand in for others with.

use axum::Router;
use tokio::net::TcpListener;

/// Serves until the test ends; the address without a path.
#[expect(clippy::disallowed_methods, reason = "the service of a test runs beside it")]
pub(crate) async fn serve(router: Router) -> String {
    // An earlier test of this process has done it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum_server::from_tcp(listener.into_std().unwrap()).unwrap().serve(router.into_make_service()).await
    });
    address
}
