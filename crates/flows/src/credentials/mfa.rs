//! Second factors: set up and proved while a login waits, and looked at, set up and removed by who is signed in.
//!
//! A factor is a file of its own; `own_` stands before what somebody signed in does with it.

mod authenticator;
mod backup;
mod email;
mod own;
mod own_authenticator;
mod own_email;
mod own_sms;
mod passkey;
mod questions;
mod sms;
mod waiting;

pub use authenticator::verify_totp_by_mfa_token;
pub use backup::{
    Before, backup_codes_left, mfa_backup_codes, mfa_backup_codes_by_uid, verify_backup_code_for_mfa_login,
};
pub use email::{resend_email_otpmfa_token, validate_mfa_otp_by_email};
pub use own::{get_mfa_settings, own_factors, remove_factor, remove_factor_by_uid};
pub use own_authenticator::verify2fa_totp_auth;
pub use own_email::{email_otp_auth_verification_by_access_token, resend_two_factor_email_otp};
pub use own_sms::{mfa_update_phone_number_by_token, mfa_verify_phone_number_by_access_token};
pub use passkey::{
    account_register_mfa_passkey_begin, account_register_mfa_passkey_finish, begin_mfa_passkey_registration,
    begin_passkey_mfa_verification, finish_mfa_passkey_login, finish_mfa_passkey_registration,
};
pub use questions::{
    set_mfa_security_question_by_access_token, update_mfa_security_question_by_mfa_token,
    verify_mfa_security_question_by_mfa_token,
};
pub use sms::{mfa_update_phone_number_by_mfa_token, resend_mfa_otp, verify_mfa_sms_otp};
pub use waiting::{Open, waiting_login};
