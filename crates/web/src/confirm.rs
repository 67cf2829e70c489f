//! What the links of smart login and one-touch login open where the application has no page of its own: a question with
//! one button. A program that opens every link in a mail to look at it lets nobody in by that.

use crate::frame::page::{fresh, with_headers};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// `/confirm/smartlogin` and `/confirm/onetouchlogin`, whose button asks the operation of the same name.
/// [`docs`](crate::docs) brings the style sheet.
pub fn confirm() -> Router {
    let smart_login =
        async |Query(link): Query<Link>| fresh("confirm.html", link.under("/identity/v2/auth/email/smartlogin"));
    let one_touch =
        async |Query(link): Query<Link>| fresh("confirm.html", link.under("/identity/v2/auth/email/onetouchlogin"));
    with_headers(
        Router::new().route("/confirm/smartlogin", get(smart_login)).route("/confirm/onetouchlogin", get(one_touch)),
    )
}

/// What a link carries.
#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    apikey: String,
    #[serde(default)]
    verificationtoken: String,
}

impl Link {
    fn under(self, action: &'static str) -> Question {
        Question { action, api_key: self.apikey, token: self.verificationtoken }
    }
}

#[derive(Serialize)]
struct Question {
    action: &'static str,
    api_key: String,
    token: String,
}
