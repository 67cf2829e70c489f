//! Step-up: somebody signed in proves once more who they are, and the back end asks whether they did.

mod app_and_backup;
mod mail;
mod password;
mod pin;
mod recent;
mod second_factor;
mod tokens;

use crate::support::{Call, Reply, Test, Tokens, User};
use doorward_model::time::Span;
use serde_json::{Value, json};

/// A person with the session of a login.
pub(crate) async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

/// Lets a session grow too old for what needs a recent proof, but not too old to live.
pub(crate) fn grow_old(t: &Test) {
    t.clock.advance(Span::seconds(601));
}

/// A request of a signed-in person below `/identity/v2/auth/account/reauth`.
pub(crate) fn reauth(t: &Test, tokens: &Tokens, path: &str, body: &Value) -> Call {
    t.put(&format!("/identity/v2/auth/account/reauth/{path}")).key().token(&tokens.access).json(body)
}

pub(crate) fn by_password(t: &Test, tokens: &Tokens, password: &str) -> Call {
    reauth(t, tokens, "password", &json!({ "password": password }))
}

/// The back end's question whether this account has proved itself by means of this kind.
pub(crate) fn validate(t: &Test, uid: &str, kind: &str, token: &str) -> Call {
    let call = t.post(&format!("/identity/v2/manage/account/{uid}/reauth/{kind}")).back_end();
    call.json(&json!({ "SecondFactorValidationToken": token }))
}

/// What somebody got who proved who they are.
#[track_caller]
pub(crate) fn proof(reply: &Reply) -> String {
    let token = reply.ok()["SecondFactorValidationToken"].as_str().unwrap_or_else(|| panic!("{}", reply.text));
    assert_eq!(reply.json.as_object().unwrap().len(), 2, "{}", reply.text);
    token.to_owned()
}

/// Whether the session counts as recently authenticated.
pub(crate) async fn is_recent(t: &Test, tokens: &Tokens) -> bool {
    let call = t.put("/identity/v2/auth/username").key().token(&tokens.access);
    let reply = call.json(&json!({ "username": "asha-once-more" })).send().await;
    reply.status == 200 || reply.refusal() != (403, 90006)
}
