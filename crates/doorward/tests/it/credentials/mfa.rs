//! Second factors.

pub(crate) mod authenticator;
pub(crate) mod backup;
mod doors;
mod email;
mod email_limits;
mod enrolment;
mod life;
mod limits;
mod own;
mod own_email;
mod passkey;
mod pending;
mod questions;
mod races;
mod sms;
mod voice;

use crate::support::{Call, Reply, Test, Tokens, User};
use serde_json::{Value, json};

/// What stands where an access token would stand.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// The second phone of whoever has one.
pub(crate) const SECOND: &str = "+919877700001";

/// A product whose people may set up second factors.
pub(crate) async fn optional() -> Test {
    let t = Test::new().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t
}

/// A product whose tenant requires a second factor of everybody.
async fn required() -> Test {
    let t = optional().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    t
}

/// A person whose second factor is [`SECOND`], at a tenant that leaves it to its people.
pub(crate) async fn enrolled() -> (Test, User) {
    let t = optional().await;
    let user = t.user().await;
    enrol(&t, &user, SECOND).await;
    (t, user)
}

/// Gives a person a second phone; they sign in for it.
async fn enrol(t: &Test, user: &User, phone: &str) -> Tokens {
    let tokens = t.login(user).await;
    want(t, &tokens, phone).send().await.ok();
    let code = t.code_for(phone).await;
    confirm(t, &tokens, &code).send().await.ok();
    t.run_jobs().await;
    tokens
}

/// The request of a signed-in person for a second phone.
fn want(t: &Test, tokens: &Tokens, phone: &str) -> Call {
    let body = json!({ "phoneno2fa": phone });
    t.put("/identity/v2/auth/account/2fa/sms/phone").key().token(&tokens.access).json(&body)
}

/// The request that proves it.
fn confirm(t: &Test, tokens: &Tokens, code: &str) -> Call {
    t.put("/identity/v2/auth/account/2fa/sms").key().token(&tokens.access).json(&json!({ "otp": code }))
}

/// The block of a login that waits.
#[track_caller]
fn pending(reply: &Reply) -> &Value {
    assert_eq!(reply.ok()["access_token"], NOBODY, "{}", reply.text);
    assert_eq!(reply.json["Profile"], Value::Null);
    assert_eq!(reply.json["expires_in"], "0001-01-01T00:00:00Z");
    assert!(reply.json.get("refresh_token").is_none());
    &reply.json["SecondFactorAuthentication"]
}

/// The token of a login that waits.
#[track_caller]
fn token(reply: &Reply) -> String {
    pending(reply)["SecondFactorAuthenticationToken"].as_str().unwrap().to_owned()
}

/// The token of a fresh login of somebody with a second factor.
pub(crate) async fn knock(t: &Test, user: &User) -> String {
    token(&t.login_call(user, &user.password).send().await)
}

/// The same with the code that went to [`SECOND`].
pub(crate) async fn challenged(t: &Test, user: &User) -> (String, String) {
    let token = knock(t, user).await;
    (token, t.code_for(SECOND).await)
}

/// The request that completes a login.
pub(crate) fn verify(t: &Test, token: &str, otp: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/sms").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "otp": otp }))
}

/// The request for another code.
fn resend(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/login/2fa/sms/resend").key().query("secondfactorauthenticationtoken", token)
}

/// The request that sets the phone of a login.
fn set_phone(t: &Test, token: &str, phone: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/sms/phone").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "phoneno2fa": phone }))
}

/// The account as the back end sees it.
async fn account(t: &Test, user: &User) -> Value {
    let reply = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    reply.ok().clone()
}

/// Makes codes by email a second factor of a person; they sign in for it.
async fn enrol_email(t: &Test, user: &User) -> Tokens {
    let tokens = t.login(user).await;
    let path = "/identity/v2/auth/account/2fa/email";
    t.get(path).key().token(&tokens.access).query("emailid", &user.email).send().await.ok();
    let body = json!({ "emailid": user.email, "otp": t.code_for(&user.email).await });
    t.put(path).key().token(&tokens.access).json(&body).send().await.ok();
    t.run_jobs().await;
    tokens
}

/// A person whose only second factor is their address, at a tenant that leaves it to its people.
async fn enrolled_email() -> (Test, User) {
    let t = optional().await;
    let user = t.user().await;
    enrol_email(&t, &user).await;
    (t, user)
}

/// The request for a code by email.
fn mail(t: &Test, token: &str, email: &str) -> Call {
    let call = t.post("/identity/v2/auth/login/2fa/email").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "email": email }))
}

/// The request that completes a login by it.
fn verify_mail(t: &Test, token: &str, email: &str, otp: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/email").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "emailid": email, "otp": otp }))
}
