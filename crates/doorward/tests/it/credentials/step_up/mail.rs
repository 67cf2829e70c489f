//! Step-up by a code sent to an address.

use super::{grow_old, is_recent, proof, reauth, signed_in, validate};
use crate::support::{Call, Test, Tokens, wrong};
use doorward_model::time::Span;
use serde_json::json;

const PLAIN: &str = "otp/email";
const FACTOR: &str = "2fa/email";
const FACTOR_VERIFY: &str = "2fa/otp/email/verify";

fn send(t: &Test, tokens: &Tokens, path: &str) -> Call {
    t.get(&format!("/identity/v2/auth/account/reauth/{path}")).key().token(&tokens.access)
}

fn verify(t: &Test, tokens: &Tokens, path: &str, email: &str, otp: &str) -> Call {
    reauth(t, tokens, path, &json!({ "EmailId": email, "Otp": otp }))
}

#[tokio::test]
async fn the_code_from_the_mail_gives_a_token_once_and_makes_the_session_recent() {
    let (t, user, tokens) = signed_in().await;
    grow_old(&t);
    let sent = send(&t, &tokens, PLAIN).query("emailid", &user.email).send().await;
    assert_eq!(sent.ok(), &json!({ "IsPosted": true }));
    let code = t.code_for(&user.email).await;
    assert_eq!(t.outbox().last().unwrap().template, "step-up");
    let token = proof(&verify(&t, &tokens, PLAIN, &user.email, &code).send().await);
    assert!(is_recent(&t, &tokens).await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
    assert_eq!(verify(&t, &tokens, PLAIN, &user.email, &code).send().await.refusal(), (403, 1068));
    t.run_jobs().await;
}

#[tokio::test]
async fn without_an_address_the_first_proved_one_gets_the_code() {
    let (t, user, tokens) = signed_in().await;
    send(&t, &tokens, PLAIN).send().await.ok();
    let code = t.code_for(&user.email).await;
    let body = json!({ "email_id": user.email, "otp": code });
    reauth(&t, &tokens, PLAIN, &body).send().await.ok();
}

#[tokio::test]
async fn no_code_goes_to_an_address_that_is_not_the_persons_or_not_proved() {
    let (t, user, tokens) = signed_in().await;
    let other = t.user().await;
    let body = json!({ "Email": "new@example.com", "Type": "Work" });
    t.post("/identity/v2/auth/email").key().token(&tokens.access).json(&body).send().await.ok();
    t.run_jobs().await;
    let before = t.outbox().len();
    for address in [other.email.as_str(), "nobody@example.com", "new@example.com"] {
        assert_eq!(send(&t, &tokens, PLAIN).query("emailid", address).send().await.refusal(), (403, 1340));
        assert_eq!(verify(&t, &tokens, PLAIN, address, "123456").send().await.refusal(), (403, 1340));
    }
    assert_eq!(send(&t, &tokens, PLAIN).query("emailid", "x").send().await.refusal(), (400, 1038));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), before);
    send(&t, &tokens, PLAIN).query("emailid", &user.email).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_codes_are_counted_and_lock_the_account() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    send(&t, &tokens, PLAIN).send().await.ok();
    let code = t.code_for(&user.email).await;
    for _ in 0..3 {
        let reply = verify(&t, &tokens, PLAIN, &user.email, &wrong(&code)).send().await;
        assert_eq!(reply.refusal(), (403, 1067));
    }
    assert_eq!(verify(&t, &tokens, PLAIN, &user.email, &code).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_code_is_void_after_five_wrong_tries_and_after_its_time() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "50").await;
    send(&t, &tokens, PLAIN).send().await.ok();
    let code = t.code_for(&user.email).await;
    for _ in 0..5 {
        verify(&t, &tokens, PLAIN, &user.email, &wrong(&code)).send().await.refusal();
    }
    assert_eq!(verify(&t, &tokens, PLAIN, &user.email, &code).send().await.refusal(), (403, 1067));
    t.clock.advance(Span::seconds(30));
    send(&t, &tokens, PLAIN).send().await.ok();
    let code = t.code_for(&user.email).await;
    t.clock.advance(Span::minutes(5));
    assert_eq!(verify(&t, &tokens, PLAIN, &user.email, &code).send().await.refusal(), (403, 1069));
}

#[tokio::test]
async fn a_code_of_another_purpose_or_person_is_refused() {
    let (t, user, tokens) = signed_in().await;
    let forgot = json!({ "email": user.email });
    t.set("otpPasswordReset", "true").await;
    t.post("/identity/v2/auth/password").key().json(&forgot).send().await.ok();
    let code = t.code_for(&user.email).await;
    assert_eq!(verify(&t, &tokens, PLAIN, &user.email, &code).send().await.refusal(), (403, 1067));
    send(&t, &tokens, PLAIN).send().await.ok();
    let code = t.code_for(&user.email).await;
    let other = t.login(&t.user().await).await;
    assert_eq!(verify(&t, &other, PLAIN, &user.email, &code).send().await.refusal(), (403, 1340));
    verify(&t, &tokens, PLAIN, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn the_mail_is_a_second_factor_only_where_the_tenant_says_so() {
    let (t, user, tokens) = signed_in().await;
    let call = |path: &str| send(&t, &tokens, path).query("emailId", &user.email);
    assert_eq!(call(FACTOR).send().await.refusal(), (403, 1097));
    assert_eq!(verify(&t, &tokens, FACTOR_VERIFY, &user.email, "1").send().await.refusal(), (403, 1097));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsEmailOtpAuthenticatorEnabled", "false").await;
    assert_eq!(call(FACTOR).send().await.refusal(), (403, 1256));
    assert_eq!(verify(&t, &tokens, FACTOR_VERIFY, &user.email, "1").send().await.refusal(), (403, 1256));
    t.set("TwoFactorAuthentication.IsEmailOtpAuthenticatorEnabled", "true").await;
    call("2fa/otp/email").query("emailTemplate2FA", "mine").send().await.ok();
    let code = t.code_for(&user.email).await;
    let token = proof(&verify(&t, &tokens, FACTOR_VERIFY, &user.email, &code).send().await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
}

#[tokio::test]
async fn mails_are_limited_and_a_second_press_sends_no_second_mail() {
    let (t, user, tokens) = signed_in().await;
    send(&t, &tokens, PLAIN).send().await.ok();
    send(&t, &tokens, PLAIN).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().iter().filter(|message| message.to == user.email).count(), 1);
    for _ in 0..4 {
        t.clock.advance(Span::seconds(30));
        send(&t, &tokens, PLAIN).send().await.ok();
    }
    t.clock.advance(Span::seconds(30));
    assert_eq!(send(&t, &tokens, PLAIN).send().await.refusal(), (403, 1122));
    t.run_jobs().await;
}
