//! PINs: set, used, changed, forgotten and reset.

mod change;
mod forgot;
mod login;
mod reset;
mod security_answer;
mod set;

pub use change::change_pin;
pub use forgot::{forgot_pin_by_email, forgot_pin_by_phone};
pub use login::{invalidate_pin_session_token, login_by_pin, require_pin_login, require_pin_session};
pub use reset::{Brought, reset_pin};
pub use security_answer::reset_pin_by_security_answer;
pub use set::set_pin_by_pin_auth_token;
