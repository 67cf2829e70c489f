//! The doors of one process, put together: the API, the pages, and what a supervisor asks.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_flows::App;
use doorward_store::{Absence, Error, Why, migrate};
use doorward_web::DemoKeys;

use crate::one_host;

/// Everything that `serve` answers.
pub fn serving(app: App) -> Router {
    let health =
        Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state(app.clone());
    let pages = doorward_web::docs(doorward_api::openapi)
        .merge(doorward_web::confirm())
        .merge(doorward_web::hosted(app.clone()));
    health.merge(pages).merge(doorward_api::router(app)).layer(from_fn(one_host::require))
}

/// The same with the welcome page and the mailbox, for callers on this machine only.
pub fn demonstrating(app: App, keys: DemoKeys) -> Router {
    doorward_web::loopback_only(doorward_web::demo(app.clone(), keys).merge(serving(app)))
}

/// A database that takes longer is of no use to a request either.
const READY_WITHIN: Duration = Duration::from_secs(1);

async fn live() -> Response {
    health(StatusCode::OK, "live")
}

/// Ready is a process whose database answers, takes writes and has all this program's migrations.
async fn ready(State(app): State<App>) -> Response {
    let looked = async {
        app.store.require_writable().await?;
        migrate::pending(&app.store).await
    };
    match tokio::time::timeout(READY_WITHIN, looked).await {
        Ok(Ok(pending)) if pending.is_empty() => health(StatusCode::OK, "ready"),
        Ok(Ok(_)) => health(StatusCode::SERVICE_UNAVAILABLE, "the database is not up to date"),
        Ok(Err(Error::Gone(Absence { why: Why::ReadOnly, cause }))) => {
            tracing::warn!(cause, "not ready");
            health(StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            health(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
        Err(_) => health(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer in time"),
    }
}

fn health(status: StatusCode, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, serde_json::json!({ "status": text }).to_string()).into_response()
}
