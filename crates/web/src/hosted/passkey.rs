//! Passkeys on the pages: a file for each thing that is done with them, and what all of those share.
//!
//! A page has a button for it ([`Sheet::passkey`](super::sheet::Sheet::passkey)). Pressed, it posts the form to a page of
//! ours that answers with what the browser is to do, [`create`] or [`get`]. The script `passkey.js` has the browser do it
//! and sends the form to the page that was named, which finds what came of it by [`given`] and answers like any other.

use crate::hosted::here::Here;
use crate::hosted::posted::Posted;
use crate::hosted::trouble::Trouble;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, post};
use axum::{Json, Router};
use doorward_flows::passkeys::{ALGORITHMS, Creation, Descriptor, Given, Request};
use doorward_flows::{App, Result};
use doorward_model::reason::Reason;
use serde_json::{Value, json};

mod lost;
pub(crate) mod own;
pub(crate) mod registration;
pub(crate) mod sign_in;

/// The pages of passkeys that sign in.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in/passkey", post(sign_in::finish))
        .route("/sign-in/passkey/begin", post(sign_in::begin))
        .route("/sign-in/passkey/any", post(sign_in::finish_any))
        .route("/sign-in/passkey/any/begin", post(sign_in::suggest))
        .route("/register/passkey", post(registration::finish))
        .route("/register/passkey/begin", post(registration::begin))
        .route("/lost-passkey", routing::get(lost::page).post(lost::submit))
        .route("/lost-passkey/sent", routing::get(lost::sent_page))
        .route("/lost-passkey/again", post(lost::again))
        .route("/reset-passkey", routing::get(lost::reset_page).post(lost::finish))
        .route("/reset-passkey/begin", post(lost::begin))
        .route("/account/passkeys", routing::get(own::page).post(own::finish))
        .route("/account/passkeys/begin", post(own::begin))
        .route("/account/passkeys/{id}/remove", routing::get(own::removal_page).post(own::remove))
}

/// Milliseconds that a browser gives the person to find their authenticator.
const TIMEOUT: u32 = 60_000;

/// Answers with the passkey that is to be made, which then goes to the page `finish`; or with what is in the way.
pub(crate) fn create(here: &Here, creation: Result<Creation>, finish: &str) -> Response {
    answer(here, creation.map(|creation| creation_options(creation, "preferred")), finish)
}

/// The same for one that is a second factor: it is not to be suggested where it does not sign in.
pub(crate) fn create_factor(here: &Here, creation: Result<Creation>, finish: &str) -> Response {
    answer(here, creation.map(|creation| creation_options(creation, "discouraged")), finish)
}

/// Answers with the signature that is to be made, which then goes to the page `finish`; or with what is in the way.
pub(crate) fn get(here: &Here, request: Result<Request>, finish: &str) -> Response {
    answer(here, request.map(request_options), finish)
}

fn answer(here: &Here, options: Result<Value>, finish: &str) -> Response {
    match options {
        Ok(options) => Json(json!({ "publicKey": options, "finish": here.path(finish) })).into_response(),
        Err(error) => {
            let trouble = Trouble::of(error);
            (trouble.status(), Json(json!({ "problem": trouble.text(here.site()) }))).into_response()
        }
    }
}

/// What the browser gave; 1321 when that is no credential.
pub(crate) fn given(posted: &Posted) -> Result<Given> {
    serde_json::from_str(posted.text("credential")).map_err(|_| Reason::PasskeyVerificationFailed.into())
}

/// The argument of `navigator.credentials.create`. An authenticator that remembers the account, as `remembering` may wish,
/// is found by suggestions; the others will do as well.
fn creation_options(creation: Creation, remembering: &str) -> Value {
    json!({
        "rp": { "id": creation.rp_id, "name": creation.rp_name },
        "user": { "id": creation.user_id, "name": creation.user_name, "displayName": creation.user_name },
        "challenge": creation.challenge,
        "pubKeyCredParams": ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number })),
        "timeout": TIMEOUT,
        "excludeCredentials": descriptors(creation.exclude),
        "authenticatorSelection": { "residentKey": remembering, "userVerification": creation.user_verification },
        "attestation": "none",
    })
}

/// The argument of `navigator.credentials.get`.
fn request_options(request: Request) -> Value {
    json!({
        "rpId": request.rp_id,
        "challenge": request.challenge,
        "timeout": TIMEOUT,
        "allowCredentials": descriptors(request.allow.unwrap_or_default()),
        "userVerification": request.user_verification,
    })
}

fn descriptors(descriptors: Vec<Descriptor>) -> Vec<Value> {
    let one = |one: Descriptor| json!({ "type": "public-key", "id": one.id, "transports": one.transports });
    descriptors.into_iter().map(one).collect()
}
