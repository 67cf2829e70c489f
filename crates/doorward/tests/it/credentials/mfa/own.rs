//! Second factors in the hands of who is signed in, and of the back end.

use super::{SECOND, confirm, enrol, enrolled, knock, optional, verify, want};
use crate::support::{Call, Test, Tokens, User, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const ANOTHER: &str = "+919877700002";

fn settings(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/account/2fa").key().token(&tokens.access)
}

fn remove(t: &Test, tokens: &Tokens) -> Call {
    t.delete("/identity/v2/auth/account/2fa/sms").key().token(&tokens.access)
}

fn remove_by_uid(t: &Test, user: &User) -> Call {
    t.delete("/identity/v2/manage/account/2fa/sms").back_end().query("uid", &user.uid)
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = optional().await;
    let user = t.user().await;
    let tokens = enrol(&t, &user, SECOND).await;
    (t, user, tokens)
}

fn notices(t: &Test) -> usize {
    t.outbox().iter().filter(|message| message.template == "second-factor-changed").count()
}

#[tokio::test]
async fn the_settings_show_what_there_is_with_the_number_in_clear() {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let reply = settings(&t, &tokens).send().await;
    assert_eq!(reply.ok()["IsOTPAuthenticatorVerified"], false);
    assert_eq!(reply.json["OTPPhoneNo"], Value::Null);
    enrol(&t, &user, SECOND).await;
    let reply = settings(&t, &tokens).send().await;
    assert_eq!(reply.ok()["IsOTPAuthenticatorVerified"], true);
    assert_eq!(reply.json["OTPPhoneNo"], SECOND);
    assert!(reply.json.get("SecondFactorAuthenticationToken").is_none());
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(settings(&t, &tokens).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn a_number_is_the_factor_once_its_code_came_back_and_the_owner_is_told() {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    want(&t, &tokens, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    t.login(&user).await;
    assert_eq!(confirm(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    let reply = confirm(&t, &tokens, &code).query("fields", "Uid").send().await;
    assert_eq!(reply.ok(), &json!({ "Uid": user.uid }));
    assert_eq!(confirm(&t, &tokens, &code).send().await.refusal(), (403, 1105), "nothing waits any more");
    t.run_jobs().await;
    assert_eq!(notices(&t), 2);
    knock(&t, &user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn until_another_number_is_proved_the_first_one_stays() {
    let (t, user, tokens) = signed_in().await;
    assert_eq!(want(&t, &tokens, SECOND).send().await.refusal(), (403, 1106));
    want(&t, &tokens, ANOTHER).send().await.ok();
    let code = t.code_for(ANOTHER).await;
    let (token, old) = super::challenged(&t, &user).await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1067));
    verify(&t, &token, &old).send().await.ok();
    let waiting = knock(&t, &user).await;
    let old = t.code_for(SECOND).await;
    confirm(&t, &tokens, &code).send().await.ok();
    assert_eq!(verify(&t, &waiting, &old).send().await.refusal(), (403, 1103), "it waited for the number before");
    let token = knock(&t, &user).await;
    let new = t.code_for(ANOTHER).await;
    verify(&t, &token, &new).send().await.ok();
}

#[tokio::test]
async fn changes_need_a_recent_proof_and_proving_a_factor_is_one() {
    let (t, user, tokens) = signed_in().await;
    t.clock.advance(Span::seconds(601));
    assert_eq!(want(&t, &tokens, ANOTHER).send().await.refusal(), (403, 90006));
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 90006));
    let (token, code) = super::challenged(&t, &user).await;
    let tokens = Tokens::of(&verify(&t, &token, &code).send().await);
    t.clock.advance(Span::minutes(9));
    want(&t, &tokens, ANOTHER).send().await.ok();
    let code = t.code_for(ANOTHER).await;
    t.clock.advance(Span::minutes(2));
    confirm(&t, &tokens, &code).send().await.ok();
    remove(&t, &tokens).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_switch_of_the_factor_counts() {
    let (t, _, tokens) = signed_in().await;
    t.set("TwoFactorAuthentication.IsSmsOtpAuthenticatorEnabled", "false").await;
    assert_eq!(want(&t, &tokens, ANOTHER).send().await.refusal(), (403, 1277));
    assert_eq!(confirm(&t, &tokens, "123456").send().await.refusal(), (403, 1277));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(want(&t, &tokens, ANOTHER).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn wrong_codes_count_against_the_account() {
    let t = optional().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    want(&t, &tokens, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    for _ in 0..3 {
        assert_eq!(confirm(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(confirm(&t, &tokens, &code).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_removed_factor_is_asked_for_no_more_and_the_owner_is_told() {
    let (t, user, tokens) = signed_in().await;
    let before = notices(&t);
    assert_eq!(remove(&t, &tokens).send().await.ok(), &json!({ "IsDeleted": true }));
    t.run_jobs().await;
    assert_eq!(notices(&t), before + 2);
    t.login(&user).await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1101));
}

#[tokio::test]
async fn the_last_factor_stays_where_one_is_required_and_the_back_end_may_remove_it() {
    let (t, user, tokens) = signed_in().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1121));
    remove_by_uid(&t, &user).send().await.ok();
    assert_eq!(remove_by_uid(&t, &user).send().await.refusal(), (403, 1101));
    t.run_jobs().await;
}

#[tokio::test]
async fn the_older_path_removes_what_body_or_query_names() {
    let path = "/identity/v2/auth/account/2fa/authenticator";
    let (t, user, tokens) = signed_in().await;
    let call = |body: Value| t.delete(path).key().token(&tokens.access).json(&body);
    assert_eq!(call(json!({})).send().await.refusal(), (403, 1121));
    assert_eq!(call(json!({ "googleauthenticator": true })).send().await.refusal(), (403, 1099));
    call(json!({ "otpauthenticator": true })).send().await.ok();
    enrol(&t, &user, SECOND).await;
    let call = |name: &str| {
        let call = t.delete("/identity/v2/manage/account/2fa/authenticator").back_end().query("uid", &user.uid);
        call.query(name, "true").json(&json!({}))
    };
    assert_eq!(call("authenticator").send().await.refusal(), (403, 1099));
    call("otpauthenticator").send().await.ok();
    t.run_jobs().await;
    t.login(&user).await;
}

#[tokio::test]
async fn the_back_end_names_an_account_that_there_is() {
    let (t, _) = enrolled().await;
    let call = t.delete("/identity/v2/manage/account/2fa/sms").back_end();
    assert_eq!(call.clone().send().await.refusal(), (400, 908));
    assert_eq!(call.query("uid", "nobody").send().await.refusal(), (403, 984));
}
