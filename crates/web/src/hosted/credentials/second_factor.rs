//! Second factors: proved, or set up, by a login that waits; set up and removed by who is signed in.
//!
//! Each way to prove oneself is a file below, with its forms, what a waiting login does with them, and what its owner
//! does signed in. [`waiting`] has the login, [`own`] the list and the removal, [`way`] the names. Proving oneself once
//! more, signed in, takes its forms from here too: `step_up`.

pub(crate) mod authenticator;
pub(crate) mod backup_codes;
pub(crate) mod email;
pub(crate) mod own;
mod passkey;
pub(crate) mod phone;
pub(crate) mod questions;
mod waiting;
pub(crate) mod way;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_flows::App;
use waiting::Waiting;

/// The pages below `second-factor` and `account/second-factor`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/second-factor", get(page))
        .route("/second-factor/choose", get(choose))
        .route("/second-factor/passkey", get(passkey::page).post(passkey::submit))
        .route("/second-factor/passkey/begin", post(passkey::begin))
        .route("/second-factor/phone", get(phone::page).post(phone::submit))
        .route("/second-factor/phone/number", get(phone::number_page).post(phone::set_number))
        .route("/second-factor/phone/send", post(phone::send))
        .route("/second-factor/email", get(email::page).post(email::submit))
        .route("/second-factor/email/address", get(email::address_page))
        .route("/second-factor/email/send", post(email::send))
        .route("/second-factor/authenticator", get(authenticator::page).post(authenticator::submit))
        .route("/second-factor/questions", get(questions::page).post(questions::submit))
        .route("/second-factor/backup-code", get(backup_codes::page).post(backup_codes::submit))
        .route("/account/second-factor/passkey", get(passkey::own_page).post(passkey::own_submit))
        .route("/account/second-factor/passkey/begin", post(passkey::own_begin))
        .route("/account/second-factor/phone", get(phone::own_page).post(phone::own_submit))
        .route("/account/second-factor/phone/number", get(phone::own_number_page).post(phone::own_set_number))
        .route("/account/second-factor/phone/send", post(phone::own_send))
        .route("/account/second-factor/email", get(email::own_page).post(email::own_submit))
        .route("/account/second-factor/email/send", post(email::own_send))
        .route("/account/second-factor/authenticator", get(authenticator::own_page).post(authenticator::own_submit))
        .route("/account/second-factor/questions", get(questions::own_page).post(questions::own_submit))
        .route("/account/second-factor/backup-codes", get(backup_codes::own_page).post(backup_codes::own_make))
        .route("/account/second-factor/{way}/remove", get(own::remove_page).post(own::remove))
}

/// Where a login that waits begins: with the best there is, or the choice of what to set up.
async fn page(at: Waiting) -> Response {
    match at.ways().as_slice() {
        [] => at.here.show(at.close(at.here.sheet("no-factor"))),
        [only] => at.here.go(&way::LOGIN.page(only.page())),
        [best, ..] if !at.login.sets_up() => at.here.go(&way::LOGIN.page(best.page())),
        _ => at.here.go("second-factor/choose"),
    }
}

/// Everything that the person may prove themselves with, or set up.
async fn choose(at: Waiting) -> Response {
    let here = &at.here;
    let mut sheet = here.sheet(if at.login.sets_up() { "choose-new" } else { "choose" });
    for way in at.ways() {
        let (title, page) = (way.title(here), way::LOGIN.page(way.page()));
        sheet = match at.receiver(way) {
            // Choosing it has a code sent, if none was.
            Some((to, false)) => {
                sheet.sent_choice(title, here.say_with("choose-code-to", &[("to", &to)]), &format!("{page}/send"))
            }
            Some((to, true)) => sheet.choice(title, here.say_with("choose-code-sent", &[("to", &to)]), &page),
            None => sheet.choice(title, way.text(here), &page),
        };
    }
    here.show(sheet.link("back-to-sign-in", "sign-in"))
}
