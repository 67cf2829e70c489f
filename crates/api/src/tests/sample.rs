//! Operations that show what they were given.

use crate::caller::{AccessToken, ApiKey, ApiSecret, MaybeAccessToken, Sott};
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Flag, Json, Path, Query, Result};
use axum::extract::State;
use axum::http::Method;
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::testing::Fakes;
use doorward_flows::{App, Setup};
use doorward_model::id::TenantId;
use doorward_model::keys::{Keys, Purpose};
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Json as Document, SqliteOptions, Store, tenants};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use tempfile::TempDir;

/// The web origin of the tenant with the key `k`.
pub(crate) const ORIGIN: &str = "https://app.example.com";

/// One operation of every kind.
pub(crate) fn sample() -> Routes {
    let samples = Routes::group("Samples")
        .put("/sample/{uid}", put_sample, "Show what was sent")
        .alias_by(Method::POST, "/older/{uid}")
        .get("/large", get_large, "Show a lot");
    let odd = Routes::group("Odd")
        .get("/broken", break_down, "Fail")
        .delete("/broken", break_down_otherwise, "Fail with another code")
        .internal_error(Reason::InternalError)
        .get("/panic", panic_at_once, "Panic")
        .post("/secret", take_secret, "Take what a back end sends")
        .get("/token", take_token, "Take what an application sends")
        .get("/maybe", take_token_if_any, "Take what an application sends, or less");
    Routes::all([samples, odd])
}

#[derive(Deserialize, JsonSchema)]
struct ByUid {
    /// The account.
    uid: String,
}

#[derive(Deserialize, JsonSchema)]
struct Templates {
    /// Name of a template of the tenant.
    template: Option<String>,
    /// Speaks the code instead of writing it.
    isvoiceotp: Flag,
}

#[derive(Deserialize, JsonSchema)]
struct Sent {
    /// The code.
    otp: String,
    note: Option<String>,
    remember: Flag,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    seen: Vec<Option<String>>,
    spoken: bool,
}

async fn put_sample(
    State(_): State<App>,
    ApiKey(_): ApiKey,
    Path(path): Path<ByUid>,
    Query(templates): Query<Templates>,
    Query(_): Query<Fields>,
    Json(sent): Json<Sent>,
) -> Result<Answer<Shown>> {
    let mut seen = vec![Some(path.uid), templates.template, Some(sent.otp)];
    seen.extend(sent.note.map(Some));
    Ok(Answer(Shown { seen, spoken: templates.isvoiceotp.0 || sent.remember.0 }))
}

async fn get_large(ApiKey(_): ApiKey) -> Result<Answer<Vec<u32>>> {
    Ok(Answer(vec![7; 10_000]))
}

async fn break_down() -> Result<Answer<()>> {
    Err(anyhow::anyhow!("the disk is gone").into())
}

async fn break_down_otherwise() -> Result<Answer<()>> {
    break_down().await
}

async fn panic_at_once() -> Result<Answer<()>> {
    panic!("a panic that a test asked for")
}

async fn take_secret(ApiSecret(admin): ApiSecret, Sott(sott): Sott, Body(_): Body) -> Result<Answer<Vec<String>>> {
    Ok(Answer(vec![admin.caller.visit.ip.to_string(), sott]))
}

async fn take_token(AccessToken(_): AccessToken) -> Result<Answer<()>> {
    Ok(Answer(()))
}

async fn take_token_if_any(MaybeAccessToken(caller, _): MaybeAccessToken) -> Result<Answer<String>> {
    Ok(Answer(caller.visit.ip.to_string()))
}

/// An installation whose only tenant has the key `k` and the secret `s`; its database goes when it goes.
pub(crate) struct Installation {
    /// The running product.
    pub(crate) app: App,
    _folder: TempDir,
}

impl Installation {
    /// A new one in a folder of its own.
    pub(crate) async fn new() -> Installation {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(folder.path().join("sample.db"), SqliteOptions::default()).unwrap();
        doorward_store::migrate::run(&store).await.unwrap();
        let app = App::new(Setup {
            store,
            outside: Fakes::new(Timestamp(0), 1).outside,
            keys: Keys::derive(&[7; 32], &[]),
            hashing: HashPool::start(NonZeroUsize::MIN, 1),
            velocity: Velocity::unlimited(),
            trusted_proxies: Vec::new(),
            public_url: "https://id.example.com".to_owned(),
        });
        add_tenant(&app).await;
        Installation { app, _folder: folder }
    }
}

async fn add_tenant(app: &App) {
    let tenant = TenantId::new("sample");
    let secret = app.keys.digest(Purpose::ApiSecret, &tenant, "s");
    let settings = Document::of(&Settings { domains: vec![ORIGIN.to_owned()], ..Settings::default() }).unwrap();
    let added = app.write(move |tx| {
        let added = tenants::add(tx, &tenant, "sample", "k", &settings, Timestamp(0))?;
        tenants::add_secret(tx, &tenant, &secret, &[], Timestamp(0))?;
        Ok(added)
    });
    assert!(added.await.unwrap());
}
