//! The table of contents: every group of operations, merged.

use crate::routes::Routes;

mod account;
mod account_details;
pub(crate) mod answers;
mod authenticator;
mod backup_codes;
mod bulk;
mod configuration;
mod deletion;
mod email;
mod login;
mod mfa;
mod mfa_email;
mod mfa_passkey;
mod mfa_questions;
mod multipurpose;
mod native_session;
mod one_touch;
mod passkey;
mod password;
mod password_policy;
mod passwordless;
mod phone;
mod pin;
mod profile;
mod registration;
mod security_question;
mod session;
mod sign_in_code;
mod smart_login;
mod sott;
mod step_up;
mod username;

/// All operations that are served.
pub(crate) fn routes() -> Routes {
    Routes::all([
        configuration::routes(),
        sott::routes(),
        registration::routes(),
        login::routes(),
        mfa::routes(),
        authenticator::routes(),
        backup_codes::routes(),
        mfa_email::routes(),
        mfa_questions::routes(),
        mfa_passkey::routes(),
        passkey::routes(),
        passwordless::routes(),
        one_touch::routes(),
        smart_login::routes(),
        email::routes(),
        phone::routes(),
        password::routes(),
        security_question::routes(),
        pin::routes(),
        step_up::routes(),
        password_policy::routes(),
        session::routes(),
        sign_in_code::routes(),
        profile::routes(),
        username::routes(),
        deletion::routes(),
        account::routes(),
        account_details::routes(),
        native_session::routes(),
        multipurpose::routes(),
        bulk::routes(),
    ])
}
