//! Passkeys: made, used to sign in, listed, removed and lost. A file for each ceremony.

mod login;
mod owned;
mod registration;
mod reset;

pub use login::{
    PasskeyLogin, begin_autofill_passkey_login, begin_passkey_login, finish_autofill_passkey_login,
    finish_passkey_login,
};
pub use owned::{
    account_list_passkey, account_register_passkey_begin, account_register_passkey_finish, account_remove_passkey,
    delete_passkey_by_uid, list_passkey_user,
};
pub use registration::{Joining, begin_passkey_registration, finish_passkey_registration};
pub use reset::{RESET_PAGE, begin_passkey_reset, finish_passkey_reset, passkey_forgot};
