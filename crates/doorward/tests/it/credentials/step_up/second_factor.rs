//! Step-up by a second factor.

use super::{by_password, grow_old, is_recent, proof, reauth, validate};
use crate::credentials::mfa::{SECOND, challenged, enrolled, optional, verify as complete};
use crate::credentials::security_questions::{answering, right, with_questions, wrong as wrong_answers};
use crate::support::{Call, Test, Tokens, User, race, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const ANSWERS: &str = "/identity/v2/auth/account/reauth/2fa/securityquestionanswer/verify";

fn trigger(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/account/reauth/2fa").key().token(&tokens.access)
}

fn by_sms(t: &Test, tokens: &Tokens, otp: &str) -> Call {
    reauth(t, tokens, "2fa/otp", &json!({ "Otp": otp }))
}

fn by_answers(t: &Test, tokens: &Tokens, answers: &Value) -> Call {
    t.post(ANSWERS).key().token(&tokens.access).json(&json!({ "securityquestionanswer": answers }))
}

/// Somebody whose login passed both factors.
async fn through_both() -> (Test, User, Tokens) {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let tokens = Tokens::of(&complete(&t, &token, &code).send().await);
    (t, user, tokens)
}

async fn code(t: &Test, tokens: &Tokens) -> String {
    trigger(t, tokens).send().await.ok();
    t.code_for(SECOND).await
}

#[tokio::test]
async fn the_code_sent_to_the_second_phone_gives_a_token_once_and_makes_the_session_recent() {
    let (t, user, tokens) = through_both().await;
    grow_old(&t);
    let reply = trigger(&t, &tokens).query("smsTemplate2FA", "mine").query("isVoiceOtp", "").send().await;
    assert_eq!(reply.ok()["IsOTPAuthenticatorVerified"], true);
    assert_eq!(reply.json["OTPPhoneNo"], SECOND);
    assert!(reply.json["OTPStatus"]["Sid"].is_string());
    let code = t.code_for(SECOND).await;
    assert_eq!(t.outbox().last().unwrap().template, "step-up");
    let token = proof(&by_sms(&t, &tokens, &code).send().await);
    assert!(is_recent(&t, &tokens).await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
    assert_eq!(by_sms(&t, &tokens, &code).send().await.refusal(), (403, 1068));
    t.run_jobs().await;
}

#[tokio::test]
async fn who_has_a_second_factor_is_not_recent_by_less() {
    let (t, user, tokens) = through_both().await;
    grow_old(&t);
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    validate(&t, &user.uid, "password", &token).send().await.ok();
    assert!(!is_recent(&t, &tokens).await, "a thief may know the password");
    let mail = t.get("/identity/v2/auth/account/reauth/otp/email").key().token(&tokens.access);
    assert_eq!(mail.send().await.refusal(), (403, 1256), "a mailbox proves less than the second phone");
    let code = code(&t, &tokens).await;
    by_sms(&t, &tokens, &code).send().await.ok();
    assert!(is_recent(&t, &tokens).await);
    t.run_jobs().await;
}

#[tokio::test]
async fn who_has_no_second_factor_is_told_so() {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(trigger(&t, &tokens).send().await.refusal(), (403, 1101));
    assert_eq!(by_sms(&t, &tokens, "123456").send().await.refusal(), (403, 1101));
    t.set("TwoFactorAuthentication.IsSmsOtpAuthenticatorEnabled", "false").await;
    assert_eq!(by_sms(&t, &tokens, "123456").send().await.refusal(), (403, 1277));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(trigger(&t, &tokens).send().await.refusal(), (403, 1097));
    assert_eq!(by_sms(&t, &tokens, "123456").send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn wrong_codes_lock_the_account_and_end_pending_logins() {
    let (t, user, tokens) = through_both().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let (pending, _) = challenged(&t, &user).await;
    t.clock.advance(Span::seconds(30));
    let code = code(&t, &tokens).await;
    for _ in 0..3 {
        assert_eq!(by_sms(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(by_sms(&t, &tokens, &code).send().await.refusal(), (403, 1198));
    assert_eq!(complete(&t, &pending, &code).send().await.refusal(), (403, 1103));
    t.run_jobs().await;
}

#[tokio::test]
async fn the_code_of_a_login_is_none_of_a_step_up_and_the_other_way_round() {
    let (t, user, tokens) = through_both().await;
    let (pending, of_login) = challenged(&t, &user).await;
    assert_eq!(by_sms(&t, &tokens, &of_login).send().await.refusal(), (403, 1067));
    let of_step_up = code(&t, &tokens).await;
    assert_eq!(complete(&t, &pending, &of_step_up).send().await.refusal(), (403, 1067));
    by_sms(&t, &tokens, &of_step_up).send().await.ok();
    complete(&t, &pending, &of_login).send().await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_code_one_proves_something_by_it() {
    let (t, _, tokens) = through_both().await;
    let code = code(&t, &tokens).await;
    let replies = race((0..50).map(|_| by_sms(&t, &tokens, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn answers_to_security_questions_prove_it_where_they_are_a_factor() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    assert_eq!(by_answers(&t, &tokens, &right()).send().await.refusal(), (403, 1097));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    assert_eq!(by_answers(&t, &tokens, &right()).send().await.refusal(), (403, 1257));
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    let list =
        json!([{ "QuestionId": "pet", "Answer": "Sir Barks" }, { "QuestionId": "street", "Answer": "Kastanienallee" }]);
    let token = proof(&by_answers(&t, &tokens, &list).send().await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
    assert_eq!(t.post(ANSWERS).key().token(&tokens.access).json(&json!({})).send().await.refusal(), (400, 908));
    let silent = t.login(&t.user().await).await;
    assert_eq!(by_answers(&t, &silent, &right()).send().await.refusal(), (403, 1259));
}

#[tokio::test]
async fn after_three_wrong_answers_the_right_ones_are_refused() {
    let t = with_questions().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    for _ in 0..3 {
        assert_eq!(by_answers(&t, &tokens, &wrong_answers()).send().await.refusal(), (403, 1093));
    }
    assert_eq!(by_answers(&t, &tokens, &right()).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn another_factor_than_those_there_are_is_no_operation() {
    let (t, _, tokens) = through_both().await;
    assert_eq!(reauth(&t, &tokens, "2fa/duo", &json!({ "code": "x" })).send().await.refusal(), (404, 90002));
    assert_eq!(reauth(&t, &tokens, "2fa/otp", &json!({})).send().await.refusal(), (400, 908));
}
