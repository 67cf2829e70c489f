//! One running product per test, and ways to use it as its callers do.
//!
//! ```ignore
//! #[tokio::test]
//! async fn a_used_code_is_refused() {
//!     let t = Test::new().await;                          // tenant "acme", 2026-01-15T12:00:00Z, nobody registered
//!     t.set("otp.wrongTries", "3").await;                 // a setting of the tenant
//!     let user = t.user().await;                          // a person with everything proved
//!     let code = t.reset_code(&user).await;               // asks for it, carries messages, reads it
//!     t.clock.advance(Span::seconds(10));
//!     let reply = t.put("/identity/v2/auth/password/otp").key().json(&json!({ .. })).send().await;
//!     assert_eq!(reply.refusal(), (401, 1409));
//! }
//! ```
//!
//! The clock stands still, random numbers repeat, messages go to [`Test::outbox`] when [`Test::run_jobs`] carries them.
//! A test that leaves messages in the queue fails when it ends, unless it says [`Test::leave_messages`].

pub(crate) mod authenticator;
mod call;
mod database;
pub(crate) mod operations;
mod people;
pub(crate) mod pool;
mod rotation;
mod service;
mod works;

pub(crate) use call::{Call, Reply, race};
pub(crate) use people::{GOOD_PASSWORD, OTHER_PASSWORD, Tokens, User, wrong};
pub(crate) use service::serve;

use axum::Router;
use axum::http::Method;
use database::Database;
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::outside::{Message, Outside};
use doorward_flows::app::testing::{Fakes, FrozenClock, Outbox};
use doorward_flows::configuration::tenants;
use doorward_flows::notify;

use doorward_flows::{App, Setup};
use doorward_model::id::TenantId;
use doorward_model::settings::{EmailVerification, Settings};
use doorward_model::time::Timestamp;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// The address of the installation.
pub(crate) const PUBLIC_URL: &str = "https://id.example.test";

/// When every test begins.
pub(crate) const BEGIN: &str = "2026-01-15T12:00:00Z";

/// A tenant with its keys.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) name: String,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

/// A product of one's own.
pub(crate) struct Test {
    /// The product, for what no request can do.
    pub(crate) app: App,
    /// Its clock.
    pub(crate) clock: Arc<FrozenClock>,
    /// Its messages; [`Outbox::fail_next`] refuses one.
    pub(crate) carrier: Arc<Outbox>,
    /// The tenant "acme": phone and user-name login on, email verification optional, all else as a new tenant has it.
    pub(crate) acme: Tenant,
    router: Router,
    /// The same product under another master key, see [`rotation`].
    twin: Option<Router>,
    calls: AtomicU32,
    people: AtomicU32,
    leaves_messages: AtomicBool,
    database: Option<Database>,
}

impl Test {
    /// A product with a database of its own, and in it the tenant "acme".
    pub(crate) async fn new() -> Test {
        show_failures();
        let fakes = Fakes::new(Timestamp::parse(BEGIN).unwrap(), 1);
        let database = Database::create();
        let app = App::new(setup(&database, fakes.outside));
        Test {
            twin: rotation::twin(&app).map(doorward_api::router),
            calls: AtomicU32::new(0),
            acme: make_tenant(&app, "acme").await,
            router: doorward_api::router(app.clone()),
            app,
            clock: fakes.clock,
            carrier: fakes.outbox,
            people: AtomicU32::new(0),
            leaves_messages: AtomicBool::new(false),
            database: Some(database),
        }
    }

    /// Stops the product and starts it anew: nothing stays but the database. `change` may set it up otherwise.
    pub(crate) async fn restart(&mut self, change: impl FnOnce(&mut Setup)) {
        self.app.store.close().await;
        let database = self.database.as_ref().expect("only the drop takes it");
        let mut setup = setup(database, self.app.outside.clone());
        change(&mut setup);
        self.twin = None;
        self.app = App::new(setup);
        self.router = doorward_api::router(self.app.clone());
    }

    /// Another tenant, set like "acme".
    pub(crate) async fn tenant(&self, name: &str) -> Tenant {
        make_tenant(&self.app, name).await
    }

    /// Changes a setting of "acme": `t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3")`.
    pub(crate) async fn set(&self, key: &str, text: &str) {
        tenants::set(&self.app, &self.acme.name, &[(key.to_owned(), text.to_owned())]).await.unwrap();
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// A request; `path` may carry a query, which is sent as it is written.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let router = self.twin.as_ref().filter(|_| number % 2 == 1).unwrap_or(&self.router);
        Call::new(router.clone(), self.acme.clone(), method, path)
    }

    /// Carries all messages that are due.
    pub(crate) async fn run_jobs(&self) {
        while notify::run_due(&self.app).await.unwrap() > 0 {}
    }

    /// All messages carried so far, oldest first.
    pub(crate) fn outbox(&self) -> Vec<Message> {
        self.carrier.messages()
    }

    /// The latest code carried to this address or number; carries what waits before it looks.
    pub(crate) async fn code_for(&self, receiver: &str) -> String {
        self.run_jobs().await;
        let carried = self.outbox().into_iter().rev().find(|message| message.to == receiver && message.code.is_some());
        carried.and_then(|message| message.code).expect("a code was sent to this receiver")
    }

    /// Lets the test end with messages in the queue.
    pub(crate) fn leave_messages(&self) {
        self.leaves_messages.store(true, Ordering::Relaxed);
    }

    /// The next number that no earlier person of this test has.
    fn next_person(&self) -> u32 {
        self.people.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Drop for Test {
    fn drop(&mut self) {
        let database = self.database.take().expect("only this takes it");
        let waiting = database.close_and_remove(self.app.store.clone());
        if !std::thread::panicking() && !self.leaves_messages.load(Ordering::Relaxed) {
            assert_eq!(
                waiting, 0,
                "messages wait in the queue: the test must carry them with run_jobs, or say leave_messages"
            );
        }
    }
}

fn setup(database: &Database, outside: Outside) -> Setup {
    Setup {
        store: database.open(),
        outside,
        keys: rotation::keys(),
        hashing: hash_pool(),
        velocity: Velocity::unlimited(),
        trusted_proxies: Vec::new(),
        public_url: PUBLIC_URL.to_owned(),
    }
}

async fn make_tenant(app: &App, name: &str) -> Tenant {
    let settings = Settings {
        phone_login: true,
        user_name_login: true,
        email_verification: EmailVerification::Optional,
        ..Settings::default()
    };
    let made = tenants::create(app, name, &settings).await.unwrap();
    let api_secret = made.api_secret.expose().to_owned();
    Tenant { id: made.id, name: name.to_owned(), api_key: made.api_key, api_secret }
}

/// What a request failed of stands in the log alone; a failing test shows it.
fn show_failures() {
    // An earlier test of this process has done it.
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer().try_init();
}

/// One pool for all tests: more threads would only get in each other's way.
fn hash_pool() -> HashPool {
    static POOL: OnceLock<HashPool> = OnceLock::new();
    POOL.get_or_init(|| HashPool::start(NonZeroUsize::new(2).unwrap(), 1024)).clone()
}
