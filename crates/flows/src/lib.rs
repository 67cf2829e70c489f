//! Every use case of the product, one function each.
//!
//! What belongs here: who may do what, in which order, what is written, who is told. A flow takes its proof as an
//! argument ([`access::Caller`], [`access::Admin`], [`access::SignedIn`]), reads the clock, draws random numbers and
//! hashes before it opens its transaction, and writes everything in that one.
//! What does not: HTTP, JSON of the wire, SQL.
//!
//! Fifteen rooms in one order, which a test keeps and ARCHITECTURE.md draws: what is kept and judged of a credential
//! stands below [`session`], what people do with it stands above.

#![recursion_limit = "256"]

pub mod access;
pub mod accounts;
pub mod app;
pub mod challenge;
pub mod configuration;
pub mod credentials;
pub mod factors;
pub mod limits;
pub mod notify;
pub mod own;
pub mod profile;
pub mod registration;
pub mod session;
pub mod sign_in;
pub mod worker;

pub use app::{App, Error, Parts, Result, Setup};

// The old paths, until the doors use the new ones: begin.
#[doc(hidden)]
pub mod captcha {
    pub use crate::limits::captcha::Response;
}
#[doc(hidden)]
pub mod code {
    pub use crate::challenge::{digest, subject};
}
#[doc(hidden)]
pub mod deletion {
    pub use crate::own::deletion::{
        Confirmation, delete_account, delete_account_by_access_token, delete_account_by_phone_otp, send_delete_otp,
    };
}
#[doc(hidden)]
pub mod email {
    pub use crate::own::email::{
        add_email, check_email_availability, delete_email_by_access_token, resend_email_verification,
        send_email_verification, send_welcome_email, verify_email_by_link, verify_email_by_otp,
    };
}
#[doc(hidden)]
pub mod export {
    pub use crate::accounts::export::{Exported, Hashes, export};
}
#[doc(hidden)]
pub mod hashing {
    pub use crate::app::hashing::HashPool;
}
#[doc(hidden)]
pub mod import {
    pub use crate::accounts::import::{
        BATCH, Batch, Duplicates, Outcome, Refused, Row, Rules, Seen, batch_upload, conclude, import, look,
    };
    pub use crate::configuration::tenants::tenant;
}
#[doc(hidden)]
pub mod installation {
    pub use crate::app::installation::{OtherMasterKey, check_master_key};
}
#[doc(hidden)]
pub mod invitation {
    pub use crate::session::invitation::require_found;
}
#[doc(hidden)]
pub mod jobs {
    pub use crate::notify::run_due;
    pub use crate::worker::{sweep, work};
}
#[doc(hidden)]
pub mod login {
    pub use crate::profile::identifiers::Typed;
    pub use crate::session::Remember;
    pub use crate::sign_in::login::{Attempt, login, mfa_login};
}
#[doc(hidden)]
pub mod mfa {
    pub use crate::credentials::mfa::{
        Before, Open, account_register_mfa_passkey_begin, account_register_mfa_passkey_finish, backup_codes_left,
        begin_mfa_passkey_registration, begin_passkey_mfa_verification, email_otp_auth_verification_by_access_token,
        finish_mfa_passkey_login, finish_mfa_passkey_registration, get_mfa_settings, mfa_backup_codes,
        mfa_backup_codes_by_uid, mfa_update_phone_number_by_mfa_token, mfa_update_phone_number_by_token,
        mfa_verify_phone_number_by_access_token, own_factors, remove_factor, remove_factor_by_uid,
        resend_email_otpmfa_token, resend_mfa_otp, resend_two_factor_email_otp,
        set_mfa_security_question_by_access_token, update_mfa_security_question_by_mfa_token,
        validate_mfa_otp_by_email, verify_backup_code_for_mfa_login, verify_mfa_security_question_by_mfa_token,
        verify_mfa_sms_otp, verify_totp_by_mfa_token, verify2fa_totp_auth, waiting_login,
    };
    pub use crate::credentials::step_up::{Given, reauth_trigger, validate_reauth_mfa};
    pub use crate::factors::mfa::{
        Factor, Pending, Setup, Shown, code_digest, place, require_authenticator, require_backup_codes, require_email,
        require_enabled, require_passkey, require_questions, require_sms,
    };
}
#[doc(hidden)]
pub mod multipurpose {
    pub use crate::accounts::multipurpose::{EmailUse, Message, PhoneUse, Token, email_token, phone_code};
}
#[doc(hidden)]
pub mod one_touch {
    pub use crate::sign_in::one_touch::{
        one_touch_login_by_email, one_touch_login_by_phone, require_one_touch, verify_auto_login_email_one_touch,
        verify_one_touch_otp,
    };
}
#[doc(hidden)]
pub mod outside {
    pub use crate::app::outside::{
        BoxFuture, BreachList, Carrier, Channel, Clock, Credentials, FormerHome, Message, Outside, Random, Speech,
        Undelivered,
    };
}
#[doc(hidden)]
pub mod passkeys {
    pub use crate::credentials::passkeys::{
        Joining, PasskeyLogin, RESET_PAGE, account_list_passkey, account_register_passkey_begin,
        account_register_passkey_finish, account_remove_passkey, begin_autofill_passkey_login, begin_passkey_login,
        begin_passkey_registration, begin_passkey_reset, delete_passkey_by_uid, finish_autofill_passkey_login,
        finish_passkey_login, finish_passkey_registration, finish_passkey_reset, list_passkey_user, passkey_forgot,
    };
    pub use crate::factors::passkey::{
        ALGORITHMS, Creation, Descriptor, Given, GivenResponse, Listed, Request, challenge_digest, require_passkeys,
    };
    #[cfg(feature = "testing")]
    pub mod fuzz {
        pub use crate::factors::passkey::fuzz::{assertion, attestation, client_data, credential};
    }
}
#[doc(hidden)]
pub mod password {
    pub use crate::configuration::password_policy::{get_password_policy, update_password_policy};
    pub use crate::credentials::password::{
        Mailed, Reset, change_password, forgot_password, request_otp_for_password_reset, reset_password,
        reset_password_by_phone_otp, reset_password_security_answer,
    };
}
#[doc(hidden)]
pub mod passwordless {
    pub use crate::profile::identifiers::{require_email, require_phone};
    pub use crate::sign_in::passwordless::{
        Profile, passwordless_email_verification, passwordless_login_by_email, passwordless_login_by_email_and_otp,
        passwordless_login_by_email_with_profile, passwordless_login_by_phone,
        passwordless_login_by_phone_with_profile, passwordless_login_by_username_and_otp,
        passwordless_login_phone_verification,
    };
}
#[doc(hidden)]
pub mod phone {
    pub use crate::challenge::Posted;
    pub use crate::notify::Voice;
    pub use crate::own::phone::{
        change_phone_number, get_phone_number_availability, remove_phone_id_by_token, resend_own_phone_otp,
        resend_phone_otp, verify_own_phone_otp, verify_phone_otp,
    };
    pub use crate::profile::identifiers::require_phone_login;
}
#[doc(hidden)]
pub mod pin {
    pub use crate::credentials::pin::{
        Brought, change_pin, forgot_pin_by_email, forgot_pin_by_phone, invalidate_pin_session_token, login_by_pin,
        require_pin_login, require_pin_session, reset_pin, reset_pin_by_security_answer, set_pin_by_pin_auth_token,
    };
    pub use crate::credentials::step_up::reauth_pin;
    pub use crate::factors::pin::{place, require_pin};
    pub use crate::session::SessionToken;
}
#[doc(hidden)]
pub mod register {
    pub use crate::registration::{Registration, Wishes, register_by_captcha, register_by_sott, register_on_page};
}
#[doc(hidden)]
pub mod security_answers {
    pub use crate::credentials::security_questions::{get_security_questions, get_security_questions_by_access_token};
}
#[doc(hidden)]
pub mod sending {
    pub use crate::challenge::Posted;
    pub use crate::notify::Voice;
}
#[doc(hidden)]
pub mod sign_in_code {
    pub use crate::sign_in::sign_in_code::{exchange_sign_in_code, get_access_token, issue_sign_in_code};
}
#[doc(hidden)]
pub mod smart_login {
    pub use crate::sign_in::smart_login::{
        get_smart_login, ping_smart_login, require_either, require_smart_login, verify_auto_login_email_smart_login,
    };
}
#[doc(hidden)]
pub mod sott {
    pub use crate::registration::sott::{Generated, generate, window};
}
#[doc(hidden)]
pub mod step_up {
    pub use crate::credentials::step_up::{
        Mailing, Offer, offered, reauth_password, send_email_otp, validate_email_otp,
        validate_security_question_reauth_mfa,
    };
    pub use crate::session::step_up::{Kind, Proof, require_enabled, validate_second_factor_token};
}
#[doc(hidden)]
pub mod templates {
    pub use crate::configuration::templates::{Content, Shown, Which, list, preview, reset, send, set, show};
}
#[doc(hidden)]
pub mod tenants {
    pub use crate::configuration::tenants::{Created, Listed, create, list, secret, set, show};
}
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing {
    pub use crate::app::testing::{Fakes, FrozenClock, Outbox, SeededRandom};
}
#[doc(hidden)]
pub mod unlock {
    pub use crate::factors::release::Release;
    pub use crate::own::unlock::unlock_account_by_access_token;
}
#[doc(hidden)]
pub mod username {
    pub use crate::own::username::{check_user_name_availability, set_or_change_username_by_access_token};
}
// The old paths: end.
