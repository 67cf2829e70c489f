//! Registering with a passkey.

use super::{asked, creation, enrolled, finish_login, with_passkeys};
use crate::support::authenticator::Authenticator;
use crate::support::{Call, Test, Tokens, User, race};
use serde_json::{Value, json};

const EMAIL: &str = "new@example.com";

fn begin(t: &Test, email: &str) -> Call {
    t.get("/identity/v2/auth/register/passkey/begin").key().query("identifier", email)
}

fn finish(t: &Test, email: &str, credential: &Value) -> Call {
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": email }], "FirstName": "Asha", "PasskeyCredential": credential,
    });
    t.post("/identity/v2/auth/register/passkey/finish").key().json(&body)
}

#[tokio::test]
async fn a_passkey_makes_an_account_without_a_password() {
    let t = with_passkeys().await;
    let options = creation(&begin(&t, EMAIL).send().await);
    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let reply = finish(&t, EMAIL, &credential).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    let profile = &reply.json["Data"]["Profile"];
    let handle = data_encoding::BASE64URL_NOPAD.encode(profile["Uid"].as_str().unwrap().as_bytes());
    assert_eq!(options["user"]["id"], handle, "the uid that was reserved");
    assert_eq!(profile["FirstName"], "Asha");
    assert_eq!(profile["Password"], Value::Null);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().iter().any(|message| message.to == EMAIL && message.template == "verify-email"));
    let user = User {
        uid: profile["Uid"].as_str().unwrap().to_owned(),
        phone: String::new(),
        email: EMAIL.to_owned(),
        user_name: String::new(),
        password: String::new(),
        profile: Value::Null,
    };
    let options = asked(&t, &user).await;
    finish_login(&t, &authenticator.answer(&options)).send().await.ok();
}

#[tokio::test]
async fn where_addresses_have_to_be_proved_nobody_is_signed_in() {
    let t = with_passkeys().await;
    t.set("EmailVerificationFlow", "required").await;
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    let reply = finish(&t, EMAIL, &credential).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_taken_address_is_refused_at_both_ends() {
    let (t, user, _) = enrolled().await;
    assert_eq!(begin(&t, &user.email).send().await.refusal(), (403, 936));
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    t.user_with(&json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }] })).await;
    assert_eq!(finish(&t, EMAIL, &credential).send().await.refusal(), (403, 936));
}

#[tokio::test]
async fn an_invitation_that_is_gone_registers_nobody_and_leaves_the_challenge() {
    let t = with_passkeys().await;
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    let invited = finish(&t, EMAIL, &credential).query("invitation_token", "inv_1");
    assert_eq!(invited.send().await.refusal(), (404, 8169));
    finish(&t, EMAIL, &credential).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn one_challenge_makes_one_account() {
    let t = with_passkeys().await;
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    let replies = race((0..20).map(|_| finish(&t, EMAIL, &credential))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_passkey_registers_the_address_it_was_asked_for() {
    let t = with_passkeys().await;
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    assert_eq!(finish(&t, "other@example.com", &credential).send().await.refusal(), (403, 1321));
    finish(&t, EMAIL, &credential).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forged_passkey_registers_nobody() {
    let t = with_passkeys().await;
    let options = creation(&begin(&t, EMAIL).send().await);
    let (_, forged) = Authenticator::create(&options, |answer| answer.origin = "https://evil.test".to_owned());
    assert_eq!(finish(&t, EMAIL, &forged).send().await.refusal(), (403, 1321));
    let (_, right) = Authenticator::create(&options, |_| {});
    assert_eq!(finish(&t, EMAIL, &right).send().await.refusal(), (403, 1321), "its challenge is used up");
    creation(&begin(&t, EMAIL).send().await);
}

#[tokio::test]
async fn what_every_registration_needs_is_asked_for() {
    let t = with_passkeys().await;
    let (_, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    let call = t.post("/identity/v2/auth/register/passkey/finish").key();
    assert_eq!(call.json(&json!({ "PasskeyCredential": credential })).send().await.refusal(), (400, 908));
    let call = t.post("/identity/v2/auth/register/passkey/finish").key();
    let body = json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }], "PasskeyCredential": null });
    assert_eq!(call.json(&body).send().await.refusal(), (400, 908));
    assert_eq!(begin(&t, "no address").send().await.refusal().1, 1038);
    t.set("IsCustomerRegistration", "false").await;
    assert_eq!(begin(&t, EMAIL).send().await.refusal(), (403, 1190));
    assert_eq!(finish(&t, EMAIL, &credential).send().await.refusal(), (403, 1190));
}

#[tokio::test]
async fn whoever_proves_the_address_takes_the_account_from_a_stranger_and_their_passkey() {
    let t = with_passkeys().await;
    t.set("IsInstantSignin.EmailLink", "true").await;
    t.set("otpPasswordless", "true").await;
    let (mut strangers, credential) = Authenticator::create(&creation(&begin(&t, EMAIL).send().await), |_| {});
    finish(&t, EMAIL, &credential).send().await.ok();
    let ask = t.get("/identity/v2/auth/login/passwordlesslogin/email").key().query("email", EMAIL);
    ask.send().await.ok();
    let code = t.code_for(EMAIL).await;
    let enter = t.post("/identity/v2/auth/login/passwordlesslogin/email/verifyotp").key();
    enter.json(&json!({ "email": EMAIL, "otp": code })).send().await.ok();
    let begin = t.get("/identity/v2/auth/login/passkey/autofill/begin").key().send().await;
    let answer = strangers.answer(&super::request(&begin));
    let finish =
        t.post("/identity/v2/auth/login/passkey/autofill/finish").key().json(&json!({ "PasskeyCredential": answer }));
    assert_eq!(finish.send().await.refusal(), (403, 1321));
    t.run_jobs().await;
}
