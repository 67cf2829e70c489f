//! What passes between a page and the browser's passkeys.
//!
//! A page has a button for it ([`Sheet::passkey`](crate::hosted::sheet::Sheet::passkey)). Pressed, it posts the form to a page of
//! ours that answers with what the browser is to do, [`create`] or [`get`]. The script `passkey.js` has the browser do it
//! and sends the form to the page that was named, which finds what came of it by [`given`] and answers like any other.

use super::posted::Posted;
use super::request::Here;
use crate::hosted::sheet::Trouble;
use axum::Json;
use axum::response::{IntoResponse, Response};
use doorward_flows::Result;
use doorward_flows::factors::passkey::{ALGORITHMS, Creation, Descriptor, Given, Request};
use doorward_model::reason::Reason;
use serde_json::{Value, json};

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
