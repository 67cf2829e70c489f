//! PINs: set, signed in with, changed, forgotten and reset.

use crate::support::{Call, Reply, Tenant, Test, Tokens, User};
use serde_json::{Value, json};

mod change;
mod closing;
mod forgot;
mod login;
mod races;
mod reset;
mod rotation;
mod security_answer;
mod set;
mod tenants;

/// A PIN that every rule accepts, and another one.
pub(crate) const PIN: &str = "2580";
pub(crate) const OTHER_PIN: &str = "9371";

/// A product with PINs, asked of nobody.
pub(crate) async fn with_pins() -> Test {
    let t = Test::new().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    t
}

/// The same where everybody must have one from the next login on.
async fn with_owed_pins() -> Test {
    let t = with_pins().await;
    t.set("PINAuthentication.Configuration.IsRequired", "true").await;
    t.set("PINAuthentication.Configuration.AskOnLogin", "true").await;
    t
}

/// Somebody with a PIN, and what they signed in with just now.
pub(crate) struct Holder {
    pub(crate) user: User,
    pub(crate) tokens: Tokens,
    pub(crate) session_token: String,
}

impl Test {
    /// Somebody who set [`PIN`] after a full login.
    pub(crate) async fn holder(&self) -> Holder {
        self.holder_with(&json!({})).await
    }

    pub(crate) async fn holder_with(&self, fields: &Value) -> Holder {
        let user = self.user_with(fields).await;
        let holder = self.sign_in(&user).await;
        self.wish_call(&holder.tokens, &json!({ "PIN": PIN })).send().await.ok();
        self.run_jobs().await;
        holder
    }

    /// A full login.
    pub(crate) async fn sign_in(&self, user: &User) -> Holder {
        let reply = self.login_call(user, &user.password).send().await;
        Holder { user: user.clone(), tokens: Tokens::of(&reply), session_token: session_token(&reply) }
    }

    pub(crate) fn pin_call(&self, session_token: &str, pin: &str) -> Call {
        let call = self.post("/identity/v2/auth/login/pin").key().query("session_token", session_token);
        call.json(&json!({ "pin": pin }))
    }

    pub(crate) fn wish_call(&self, tokens: &Tokens, info: &Value) -> Call {
        self.put("/identity/v2/auth/account").key().token(&tokens.access).json(&json!({ "PINInfo": info }))
    }

    pub(crate) fn set_call(&self, pin_auth_token: &str, pin: &str) -> Call {
        let call = self.post("/identity/v2/auth/pin/set/pinauthtoken").key().query("pinAuthToken", pin_auth_token);
        call.json(&json!({ "PIN": pin }))
    }

    pub(crate) fn change_call(&self, tokens: &Tokens, old: &str, new: &str) -> Call {
        let body = json!({ "OldPIN": old, "NewPIN": new });
        self.put("/identity/v2/auth/pin/change").key().token(&tokens.access).json(&body)
    }

    pub(crate) fn forgot_by_phone(&self, phone: &str) -> Call {
        self.post("/identity/v2/auth/pin/forgot/otp").key().json(&json!({ "Phone": phone }))
    }

    pub(crate) fn forgot_by_email(&self, email: &str) -> Call {
        self.post("/identity/v2/auth/pin/forgot/email").key().json(&json!({ "Email": email }))
    }

    pub(crate) fn reset_by(&self, kind: &str, value: &str, otp: &str, pin: &str) -> Call {
        let path = format!("/identity/v2/auth/pin/reset/otp/{kind}");
        self.put(&path).key().json(&json!({ kind: value, "Otp": otp, "PIN": pin }))
    }

    /// A code that resets the person's PIN by phone.
    pub(crate) async fn pin_code(&self, user: &User) -> String {
        self.forgot_by_phone(&user.phone).send().await.ok();
        self.code_for(&user.phone).await
    }

    /// The login that waits for a PIN: what sets it.
    pub(crate) async fn owed(&self, user: &User) -> String {
        pin_auth_token(&self.login_call(user, &user.password).send().await)
    }

    /// How many messages of this kind were carried, waiting ones included.
    pub(crate) async fn carried(&self, template: &str) -> usize {
        self.run_jobs().await;
        self.outbox().iter().filter(|message| message.template == template).count()
    }
}

#[track_caller]
pub(crate) fn session_token(reply: &Reply) -> String {
    let login = reply.ok().get("Data").unwrap_or(&reply.json);
    login["session_token"].as_str().unwrap_or_else(|| panic!("no session token in {}", reply.text)).to_owned()
}

#[track_caller]
fn pin_auth_token(reply: &Reply) -> String {
    assert_eq!(reply.refusal(), (403, 1243), "{}", reply.text);
    reply.json["Data"]["PINAuthToken"].as_str().unwrap().to_owned()
}

fn of(call: Call, tenant: &Tenant) -> Call {
    call.query("apikey", &tenant.api_key)
}
