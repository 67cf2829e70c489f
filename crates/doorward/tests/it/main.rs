//! The whole product but for its listener: requests go through the router of the API, on a database of their own.
//!
//! On SQLite unless `DOORWARD_TEST_DATABASE=postgres`; then `DOORWARD_TEST_POSTGRES` names the server, as
//! `scripts/postgres-for-tests` does. How a test is written stands in [`support`].

#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(
    clippy::disallowed_methods,
    reason = "callers that race are tasks, and the database comes by the environment"
)]

mod access_token;
mod account;
mod account_details;
mod captcha;
mod contract;
mod email;
mod enumeration;
mod faults;
mod golden;
mod import;
mod lockout;
mod locks;
mod login;
mod messages;
mod mfa;
mod multipurpose;
mod one_touch;
mod outbox;
mod own;
mod pages;
mod passkey;
mod password;
mod passwordless;
mod phone;
mod pin;
mod policy;
mod profile;
mod races;
mod rates;
mod registration;
mod rotation;
mod security_question;
mod session;
mod signed_gets;
mod signing;
mod smart_login;
mod step_up;
mod support;
mod support_works;
mod sweep;
mod tenants;
mod wire;
