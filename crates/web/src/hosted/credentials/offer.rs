//! What is offered to somebody who has just signed in, before they go on: a passkey, or a PIN.

use crate::hosted::credentials::pin::own::{set, settled, wish};
use crate::hosted::here::owner::update;
use crate::hosted::here::{Here, Own, OwnPosted, ceremony};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_flows::credentials::passkeys::{account_register_passkey_begin, account_register_passkey_finish};
use doorward_flows::{App, Result};
use serde_json::json;

/// The pages of offers.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/offer/passkey", get(passkey_page).post(add_passkey))
        .route("/offer/passkey/begin", post(begin_passkey))
        .route("/offer/passkey/skip", post(skip_passkey))
        .route("/offer/pin", get(pin_page).post(set_pin))
        .route("/offer/pin/skip", post(skip_pin))
}

async fn passkey_page(Own { here, .. }: Own) -> Response {
    here.show(passkey_sheet(&here))
}

fn passkey_sheet(here: &Here) -> Sheet<'_> {
    let sheet = here.sheet("offer-passkey").passkey("passkey-add-button", "offer/passkey/begin");
    sheet.other("not-now", "offer/passkey/skip")
}

/// Asks for a passkey.
async fn begin_passkey(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    ceremony::create(&here, account_register_passkey_begin(&here.app, &signed_in).await, "offer/passkey")
}

/// Adds it, and goes on.
async fn add_passkey(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let added = match ceremony::given(&posted) {
        Ok(given) => account_register_passkey_finish(&posted.here.app, &signed_in, &given).await,
        Err(error) => Err(error),
    };
    let mut here = posted.here;
    match added {
        Ok(_) => {
            here.visitor.leave("notice-passkey-added");
            here.finish().await
        }
        Err(error) => here.show(passkey_sheet(&here).trouble(&Trouble::of(error))),
    }
}

/// Goes on without, and asks again in some days.
async fn skip_passkey(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    let said = [("PasskeyLogin".to_owned(), json!({ "Skipped": true }))];
    let noted = update(&here, &signed_in, said.into_iter().collect()).await;
    go_on_without(here, noted).await
}

async fn pin_page(Own { here, .. }: Own) -> Response {
    here.show(pin_sheet(&here))
}

fn pin_sheet(here: &Here) -> Sheet<'_> {
    let sheet = here.sheet("offer-pin").form("pin-set", "offer/pin").field("pin", Kind::NewPin, "");
    sheet.other("not-now", "offer/pin/skip")
}

/// Sets it, and goes on.
async fn set_pin(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (pin, here) = (posted.secret("pin"), posted.here);
    match set(&here, &signed_in, &pin).await {
        Ok(()) => settled(here, "notice-pin-set").await.finish().await,
        Err(error) => here.show(pin_sheet(&here).trouble(&Trouble::of(error))),
    }
}

/// Goes on without.
async fn skip_pin(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    let noted = wish(&here, &signed_in, json!({ "Skipped": true })).await;
    go_on_without(here, noted).await
}

/// Goes on, whether that could be noted or not: the worst of it is to be asked again too soon.
async fn go_on_without(here: Here, noted: Result<()>) -> Response {
    if let Err(error) = noted {
        tracing::warn!(?error, "it could not be noted that somebody wants no passkey or PIN now");
    }
    here.finish().await
}
