//! The tenant's rules for passwords, how long a password serves, and people who bring theirs from elsewhere.

mod breach;
mod expiry;
mod operations;
mod rules;

use crate::support::{Call, Reply, Test, Tokens, User};
use serde_json::{Value, json};

/// The request that changes the password of whoever holds these tokens.
fn change(t: &Test, tokens: &Tokens, old: &str, new: &str) -> Call {
    let body = json!({ "oldpassword": old, "newpassword": new });
    t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body)
}

/// The account as the back end sees it.
pub(crate) async fn account(t: &Test, user: &User) -> Value {
    t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok().clone()
}

/// What is wrong with the password, as a refused form says it.
#[track_caller]
fn complaint(reply: &Reply) -> String {
    assert_eq!(reply.refusal(), (403, 1134), "{}", reply.text);
    let error = &reply.json["Errors"][0];
    assert_eq!(error["FieldName"], "password");
    error["ErrorMessage"].as_str().unwrap().to_owned()
}
