//! The form of the sign-in page, which every way in shows again when it did not come about.

use super::request::Here;
use crate::hosted::sheet::{Kind, Sheet};
use doorward_flows::factors::passkey::require_passkeys;

/// Asks who somebody is.
pub(crate) fn sign_in_form<'a>(here: &'a Here, identifier: &str) -> Sheet<'a> {
    let settings = here.settings();
    let mut sheet = here.sheet("sign-in").form("sign-in", "sign-in");
    sheet = sheet.field("identifier", Kind::Identifier, identifier).field("password", Kind::Password, "");
    if settings.remember_me {
        sheet = sheet.checkbox("remember");
    }
    sheet = with_passkeys(sheet, here).link("to-forgot", "forgot");
    if settings.passkeys.enabled {
        sheet = sheet.link("to-lost-passkey", "lost-passkey");
    }
    if settings.instant_signin.email || settings.instant_signin.sms {
        sheet = sheet.link("to-sign-in-code", "sign-in-code");
    }
    if settings.registration { sheet.link("to-register", "register") } else { sheet }
}

/// Puts button and suggestions there, where the tenant has passkeys.
fn with_passkeys<'a>(sheet: Sheet<'a>, here: &'a Here) -> Sheet<'a> {
    if require_passkeys(&here.caller).is_err() {
        return sheet;
    }
    sheet.passkey("passkey-sign-in", "sign-in/passkey/begin").suggesting("sign-in/passkey/any/begin")
}
