//! Passkeys as second factor.

use crate::credentials::passkeys::{
    asked, begin_add, creation, finish_add, finish_login, request, with_second_factors,
};
use crate::support::authenticator::{Authenticator, PRESENT};
use crate::support::{Call, Reply, Test, Tokens, User, race};
use doorward_model::time::Span;
use doorward_store::Error;
use serde_json::{Value, json};

const TOKEN: &str = "secondfactorauthenticationtoken";

/// A person whose second factor is a passkey.
async fn enrolled() -> (Test, User, Authenticator) {
    let t = with_second_factors().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let options = creation(&begin_own(&t, &tokens).send().await);
    let (authenticator, credential) = Authenticator::create(&options, |answer| answer.flags = PRESENT);
    finish_own(&t, &tokens, &credential).send().await.ok();
    t.run_jobs().await;
    (t, user, authenticator)
}

fn begin_own(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/account/2fa/register/passkey/begin").key().token(&tokens.access)
}

fn finish_own(t: &Test, tokens: &Tokens, credential: &Value) -> Call {
    let call = t.post("/identity/v2/auth/account/2fa/register/passkey/finish").key().token(&tokens.access);
    call.json(&json!({ "PasskeyCredential": credential }))
}

fn begin(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/login/2fa/passkey/begin").key().query(TOKEN, token)
}

fn finish(t: &Test, token: &str, credential: &Value) -> Call {
    let call = t.post("/identity/v2/auth/login/2fa/passkey/finish").key().query(TOKEN, token);
    call.json(&json!({ "PasskeyCredential": credential }))
}

fn begin_enrolment(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/login/2fa/register/passkey/begin").key().query(TOKEN, token)
}

fn finish_enrolment(t: &Test, token: &str, credential: &Value) -> Call {
    let call = t.post("/identity/v2/auth/login/2fa/register/passkey/finish").key().query(TOKEN, token);
    call.json(&json!({ "PasskeyCredential": credential }))
}

#[track_caller]
fn pending(reply: &Reply) -> String {
    reply.ok()["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"].as_str().unwrap().to_owned()
}

async fn knock(t: &Test, user: &User) -> String {
    pending(&t.login_call(user, &user.password).send().await)
}

#[tokio::test]
async fn a_passkey_completes_a_login() {
    let (t, user, mut authenticator) = enrolled().await;
    let login = t.login_call(&user, &user.password).send().await;
    assert_eq!(login.ok()["SecondFactorAuthentication"]["IsPasskeyAuthenticatorVerified"], true);
    let token = pending(&login);
    let options = request(&begin(&t, &token).send().await);
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    let touched = authenticator.sign(&options, |answer| answer.flags = PRESENT);
    let reply = finish(&t, &token, &touched).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(finish(&t, &token, &touched).send().await.refusal(), (403, 1103), "the token opens nothing any more");
}

#[tokio::test]
async fn one_answer_completes_one_login() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = knock(&t, &user).await;
    let credential = authenticator.answer(&request(&begin(&t, &token).send().await));
    let replies = race((0..50).map(|_| finish(&t, &token, &credential))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn an_answer_is_good_for_the_login_that_asked() {
    let (t, user, mut authenticator) = enrolled().await;
    let (first, second) = (knock(&t, &user).await, knock(&t, &user).await);
    let options = request(&begin(&t, &first).send().await);
    assert_eq!(finish(&t, &second, &authenticator.answer(&options)).send().await.refusal(), (403, 1321));
    let again = request(&begin(&t, &first).send().await);
    assert_eq!(
        finish(&t, &first, &authenticator.answer(&options)).send().await.refusal(),
        (403, 1321),
        "a challenge that another one replaced"
    );
    finish(&t, &first, &authenticator.answer(&again)).send().await.ok();
}

#[tokio::test]
async fn refused_answers_lock_the_account_and_destroy_the_token() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let token = knock(&t, &user).await;
    for code in [1321, 1321, 1264] {
        let options = request(&begin(&t, &token).send().await);
        let wrong = authenticator.sign(&options, |answer| answer.origin = "https://evil.test".to_owned());
        assert_eq!(finish(&t, &token, &wrong).send().await.refusal(), (403, code));
    }
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1103));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn an_old_token_is_1104() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = knock(&t, &user).await;
    let credential = authenticator.answer(&request(&begin(&t, &token).send().await));
    t.clock.advance(Span::minutes(16));
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1104));
    assert_eq!(finish(&t, &token, &credential).send().await.refusal(), (403, 1104));
}

#[tokio::test]
async fn an_invitation_that_is_gone_leaves_the_challenge() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = knock(&t, &user).await;
    let credential = authenticator.answer(&request(&begin(&t, &token).send().await));
    let write = |sql: &'static str| t.app.store.write::<_, Error>(move |tx| tx.execute(sql, &[]));
    write("UPDATE mfa_transactions SET invitation = 'inv_1'").await.unwrap();
    assert_eq!(finish(&t, &token, &credential).send().await.refusal(), (404, 8169));
    write("UPDATE mfa_transactions SET invitation = NULL").await.unwrap();
    finish(&t, &token, &credential).send().await.ok();
}

#[tokio::test]
async fn nobody_is_asked_for_a_passkey_that_would_open_no_session() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = knock(&t, &user).await;
    t.set("sessionLimit", "1").await;
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    let credential = authenticator.answer(&request(&begin(&t, &token).send().await));
    finish(&t, &token, &credential).send().await.ok();
}

#[tokio::test]
async fn the_switches_of_the_tenant_are_asked_first() {
    let (t, user, _) = enrolled().await;
    let token = knock(&t, &user).await;
    t.set("TwoFactorAuthentication.IsPasskeyMFAEnabled", "false").await;
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1327));
    assert_eq!(finish(&t, "", &json!({})).send().await.refusal(), (403, 1327));
    t.set("TwoFactorAuthentication.IsPasskeyMFAEnabled", "true").await;
    t.set("PassKeysConfig.IsEnabled", "false").await;
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1327));
    t.set("PassKeysConfig.IsEnabled", "true").await;
    assert_eq!(finish(&t, &token, &json!({})).send().await.refusal(), (400, 908));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn somebody_without_a_factor_sets_a_passkey_up_while_the_login_waits() {
    let t = with_second_factors().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let user = t.user().await;
    let token = knock(&t, &user).await;
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 1328));
    let options = creation(&begin_enrolment(&t, &token).send().await);
    assert_eq!(options["user"]["name"], user.email);
    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let reply = finish_enrolment(&t, &token, &credential).send().await;
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().iter().any(|message| message.to == user.email && message.template == "second-factor-changed"));

    let token = knock(&t, &user).await;
    assert_eq!(begin_enrolment(&t, &token).send().await.refusal(), (403, 1250), "one factor is proved already");
    let answer = authenticator.answer(&request(&begin(&t, &token).send().await));
    finish(&t, &token, &answer).send().await.ok();
}

#[tokio::test]
async fn an_enrolment_that_was_begun_before_a_factor_was_proved_adds_none() {
    let t = with_second_factors().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let user = t.user().await;
    let (thiefs, owners) = (knock(&t, &user).await, knock(&t, &user).await);
    let (_, waiting) = Authenticator::create(&creation(&begin_enrolment(&t, &thiefs).send().await), |_| {});
    let (_, credential) = Authenticator::create(&creation(&begin_enrolment(&t, &owners).send().await), |_| {});
    finish_enrolment(&t, &owners, &credential).send().await.ok();
    t.run_jobs().await;
    assert_eq!(finish_enrolment(&t, &thiefs, &waiting).send().await.refusal(), (403, 1250));
}

#[tokio::test]
async fn the_owner_removes_the_second_factor_and_keeps_what_signs_in() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = knock(&t, &user).await;
    let answer = authenticator.answer(&request(&begin(&t, &token).send().await));
    let tokens = Tokens::of(&finish(&t, &token, &answer).send().await);
    let (mut primary, credential) = Authenticator::create(&begin_add(&t, &tokens).await, |_| {});
    finish_add(&t, &tokens, &credential).send().await.ok();
    let remove = || t.delete("/identity/v2/auth/account/2fa/passkey").key().token(&tokens.access);
    assert_eq!(remove().send().await.ok(), &json!({ "IsDeleted": true }));
    assert_eq!(remove().send().await.refusal(), (403, 1328));
    t.run_jobs().await;
    t.login(&user).await;
    let options = asked(&t, &user).await;
    finish_login(&t, &primary.answer(&options)).send().await.ok();
}

#[tokio::test]
async fn a_passkey_of_one_purpose_serves_no_other() {
    let (t, user, mut second) = enrolled().await;
    let token = knock(&t, &user).await;
    let answer = second.answer(&request(&begin(&t, &token).send().await));
    let tokens = Tokens::of(&finish(&t, &token, &answer).send().await);
    let (mut primary, credential) = Authenticator::create(&begin_add(&t, &tokens).await, |_| {});
    finish_add(&t, &tokens, &credential).send().await.ok();
    t.run_jobs().await;
    let options = asked(&t, &user).await;
    assert_eq!(finish_login(&t, &second.answer(&options)).send().await.refusal(), (403, 1321));
    let token = knock(&t, &user).await;
    let options = request(&begin(&t, &token).send().await);
    assert_eq!(finish(&t, &token, &primary.answer(&options)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn the_back_end_removes_the_second_factor() {
    let (t, user, _) = enrolled().await;
    let remove = || t.delete("/identity/v2/manage/account/2fa/passkey").back_end().query("uid", &user.uid);
    assert_eq!(remove().send().await.ok(), &json!({ "IsDeleted": true }));
    assert_eq!(remove().send().await.refusal(), (403, 1328));
    t.run_jobs().await;
    t.login(&user).await;
}

#[tokio::test]
async fn setting_one_up_needs_a_recent_sign_in() {
    let t = with_second_factors().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let (_, credential) = Authenticator::create(&creation(&begin_own(&t, &tokens).send().await), |_| {});
    t.clock.advance(Span::minutes(11));
    assert_eq!(begin_own(&t, &tokens).send().await.refusal(), (403, 90006));
    assert_eq!(finish_own(&t, &tokens, &credential).send().await.refusal(), (403, 90006));
}
