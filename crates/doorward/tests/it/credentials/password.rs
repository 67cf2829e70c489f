//! A forgotten password, reset by phone: what a success brings about.

mod change;
mod limits;
mod mail_reset;
mod mail_reset_limits;
mod refusals;
mod security_answer;

use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens, User};
use doorward_model::time::Span;
use serde_json::{Value, json};

/// What every refused pair of phone and code is answered, to the byte.
const REFUSED: &str = concat!(
    r#"{"errorCode":1409,"message":"Authentication failed","#,
    r#""description":"The credentials provided could not be authenticated.","#,
    r#""ErrorCode":1409,"Message":"Authentication failed","#,
    r#""Description":"The credentials provided could not be authenticated."}"#
);

#[track_caller]
fn assert_refused(reply: &Reply) {
    assert_eq!((reply.status, reply.text.as_str()), (401, REFUSED));
}

/// Resets with a fresh code, which must go well.
async fn reset(t: &Test, user: &User) -> Reply {
    let code = t.reset_code(user).await;
    let reply = t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await;
    reply.ok();
    t.run_jobs().await;
    reply
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_phone_and_its_owner_signed_in() {
    let t = Test::new().await;
    let (user, _) = t.registered_by_phone().await;
    let code = t.reset_code(&user).await;
    let reply = t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert_eq!(reply.json["Data"]["Profile"]["Uid"], user.uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.refresh_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_phone_may_be_written_with_separators() {
    let t = Test::new().await;
    let user = t.user().await;
    let written = format!("00 {} ({}) {}", &user.phone[1..3], &user.phone[3..7], &user.phone[7..]);
    t.ask_for_reset(&written).send().await.ok();
    let code = t.code_for(&user.phone).await;
    t.reset_call(&written, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_ends_all_other_sessions() {
    let t = Test::new().await;
    let user = t.user().await;
    let before = t.login(&user).await;
    let reply = reset(&t, &user).await;
    assert_eq!(t.profile_call(&before).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&before).send().await.refusal(), (403, 1217));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn without_forced_logout_a_reset_leaves_other_sessions_alone() {
    let t = Test::new().await;
    t.set("forceLogout", "false").await;
    let user = t.user().await;
    let before = t.login(&user).await;
    reset(&t, &user).await;
    t.profile_call(&before).send().await.ok();
    t.refresh_call(&before).send().await.ok();
}

#[tokio::test]
async fn a_reset_voids_the_other_codes_of_the_account() {
    let t = Test::new().await;
    t.set("OTPEmailVerification", "true").await;
    let email = "ravi@example.com";
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": email }], "PhoneId": "+919876543210", "Password": GOOD_PASSWORD,
    });
    t.register(&body).await.ok();
    let code = t.code_for("+919876543210").await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code);
    verify.json(&json!({ "phone": "+919876543210" })).send().await.ok();
    let email_code = t.code_for(email).await;
    t.ask_for_reset("+919876543210").send().await.ok();
    let code = t.code_for("+919876543210").await;
    t.reset_call("+919876543210", &code, OTHER_PASSWORD).send().await.ok();
    let prove = t.put("/identity/v2/auth/email").key().json(&json!({ "email": email, "otp": email_code }));
    assert_eq!(prove.send().await.refusal(), (403, 1186));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_lifts_a_suspension() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user().await;
    for _ in 0..2 {
        t.login_call(&user, "not it").send().await.refusal();
    }
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    let reply = reset(&t, &user).await;
    assert_eq!(reply.json["Data"]["Profile"]["IsLoginLocked"], false);
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn a_reset_proves_the_phone() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    t.update_call(&user, &json!({ "PhoneIdVerified": false })).send().await.ok();
    let reply = t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["Data"]["Profile"]["PhoneIdVerified"], true);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_dates_the_password() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(user.profile["LastPasswordChangeDate"], "2026-01-15T12:00:00Z");
    t.clock.advance(Span::days(3));
    let reply = reset(&t, &user).await;
    assert_eq!(reply.json["Data"]["Profile"]["LastPasswordChangeDate"], "2026-01-18T12:00:00Z");
    assert_eq!(reply.json["Data"]["Profile"]["IsSecurePassword"], true);
}

#[tokio::test]
async fn the_owner_is_told_of_a_reset_by_text_message_and_by_email() {
    let t = Test::new().await;
    let user = t.user().await;
    reset(&t, &user).await;
    let told = t.outbox().into_iter().filter(|message| message.template == "password-changed");
    let mut told: Vec<_> = told.map(|message| (message.channel.as_str(), message.to)).collect();
    told.sort();
    assert_eq!(told, [("email", user.email), ("sms", user.phone)]);
}

#[tokio::test]
async fn an_unproved_address_is_not_told_of_a_reset() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    reset(&t, &user).await;
    assert!(t.outbox().iter().all(|message| message.to == user.phone));
}

#[tokio::test]
async fn without_security_notices_nobody_is_told_of_a_reset() {
    let t = Test::new().await;
    t.set("securityNotices", "false").await;
    let user = t.user().await;
    reset(&t, &user).await;
    assert!(t.outbox().iter().all(|message| message.template != "password-changed"));
}

#[tokio::test]
async fn without_login_on_reset_the_answer_is_posted_and_nothing_else() {
    let t = Test::new().await;
    t.set("LoginOnPasswordReset", "false").await;
    let user = t.user().await;
    let reply = reset(&t, &user).await;
    assert_eq!(reply.json, json!({ "IsPosted": true }));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_keeps_its_new_password_and_gets_no_session() {
    let t = Test::new().await;
    let user = t.user().await;
    t.update_call(&user, &json!({ "DisableLogin": true })).send().await.ok();
    let reply = reset(&t, &user).await;
    assert_eq!(reply.json, json!({ "IsPosted": true }));
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (403, 1130));
    t.update_call(&user, &json!({ "DisableLogin": false })).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn an_account_without_a_password_gets_its_first_by_a_reset() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "Password": null })).await;
    assert_eq!(user.profile["Password"], Value::Null);
    let reply = reset(&t, &user).await;
    assert_eq!(reply.json["Data"]["Profile"]["Password"], "********");
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}
