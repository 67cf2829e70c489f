//! The whole suite across a change of the master key: with `DOORWARD_TEST_ROTATE=1` every other request of a test goes to
//! a product whose current key is the other one of two. What one request leaves behind was hashed and sealed under a key
//! that is an earlier one to the next.

use super::PUBLIC_URL;
use doorward_flows::app::Velocity;
use doorward_flows::{App, Setup};
use doorward_model::keys::Keys;

const FIRST: [u8; 32] = [7; 32];
const SECOND: [u8; 32] = [6; 32];
/// Both hold it: what is kept under the oldest key stays where it is.
const OLDEST: [u8; 32] = [5; 32];

/// The keys of a product.
pub(super) fn keys() -> Keys {
    if is_asked_for() { Keys::derive(&FIRST, &[SECOND, OLDEST]) } else { Keys::derive(&FIRST, &[]) }
}

/// The same product under the other key, on the same database.
pub(super) fn twin(app: &App) -> Option<App> {
    is_asked_for().then(|| {
        App::new(Setup {
            store: app.store.clone(),
            outside: app.outside.clone(),
            keys: Keys::derive(&SECOND, &[FIRST, OLDEST]),
            hashing: super::hash_pool(),
            velocity: Velocity::unlimited(),
            trusted_proxies: Vec::new(),
            public_url: PUBLIC_URL.to_owned(),
        })
    })
}

fn is_asked_for() -> bool {
    std::env::var_os("DOORWARD_TEST_ROTATE").is_some_and(|value| value == "1")
}
