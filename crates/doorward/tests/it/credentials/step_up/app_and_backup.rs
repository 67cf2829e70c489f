//! Step-up by an authenticator app, and by a backup code.

use super::{by_password, grow_old, is_recent, proof, reauth, validate};
use crate::credentials::mfa::authenticator::{prove, set_up, shown, with_app};
use crate::credentials::mfa::backup::{issue, spend, with_codes};
use crate::credentials::mfa::knock;
use crate::support::{Call, Test, Tokens, race, wrong};
use doorward_model::time::Span;
use serde_json::json;

const NO_CODE: &str = "00000-00000";

fn by_app(t: &Test, tokens: &Tokens, code: &str) -> Call {
    reauth(t, tokens, "2fa/authenticatorcode", &json!({ "authenticatorcode": code }))
}

fn by_backup_code(t: &Test, tokens: &Tokens, code: &str) -> Call {
    reauth(t, tokens, "2fa/backupcode", &json!({ "backupcode": code }))
}

#[tokio::test]
async fn a_code_of_the_app_gives_a_token_once_and_makes_the_session_recent() {
    let (t, user, tokens, key) = with_app().await;
    grow_old(&t);
    by_password(&t, &tokens, &user.password).send().await.ok();
    assert!(!is_recent(&t, &tokens).await, "the app proves more");
    let code = shown(&t, &key);
    let token = proof(&by_app(&t, &tokens, &code).send().await);
    assert!(is_recent(&t, &tokens).await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
    assert_eq!(validate(&t, &user.uid, "2fa", &token).send().await.refusal(), (403, 1193));
    assert_eq!(by_app(&t, &tokens, &code).send().await.refusal(), (403, 1102));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_of_the_app_is_taken_once_at_login_and_step_up_together() {
    let (t, user, tokens, key) = with_app().await;
    let code = shown(&t, &key);
    by_app(&t, &tokens, &code).send().await.ok();
    assert_eq!(prove(&t, &knock(&t, &user).await, &code).send().await.refusal(), (403, 1102));
    t.clock.advance(Span::seconds(30));
    let code = shown(&t, &key);
    prove(&t, &knock(&t, &user).await, &code).send().await.ok();
    assert_eq!(by_app(&t, &tokens, &code).send().await.refusal(), (403, 1102));
}

#[tokio::test]
async fn the_former_name_of_the_app_is_understood() {
    let (t, _, tokens, key) = with_app().await;
    let body = json!({ "GoogleAuthenticatorCode": shown(&t, &key) });
    reauth(&t, &tokens, "2fa/GoogleAuthenticatorCode", &body).send().await.ok();
}

#[tokio::test]
async fn a_backup_code_gives_a_token_once_and_makes_the_session_recent() {
    let (t, user, tokens, codes, _) = with_codes().await;
    grow_old(&t);
    let token = proof(&by_backup_code(&t, &tokens, &codes[0]).send().await);
    assert!(is_recent(&t, &tokens).await);
    validate(&t, &user.uid, "2fa", &token).send().await.ok();
    assert_eq!(by_backup_code(&t, &tokens, &codes[0]).send().await.refusal(), (403, 1129));
    assert_eq!(spend(&t, &knock(&t, &user).await, &codes[0]).send().await.refusal(), (403, 1129));
    spend(&t, &knock(&t, &user).await, &codes[1]).send().await.ok();
    assert_eq!(by_backup_code(&t, &tokens, &codes[1]).send().await.refusal(), (403, 1129));
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_codes_of_both_kinds_lock_the_account_together() {
    let (t, user, tokens, codes, key) = with_codes().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let pending = knock(&t, &user).await;
    let code = shown(&t, &key);
    assert_eq!(by_app(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1102));
    assert_eq!(by_backup_code(&t, &tokens, NO_CODE).send().await.refusal(), (403, 1129));
    assert_eq!(by_app(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1102));
    assert_eq!(by_app(&t, &tokens, &code).send().await.refusal(), (403, 1198));
    assert_eq!(by_backup_code(&t, &tokens, &codes[0]).send().await.refusal(), (403, 1198));
    assert_eq!(prove(&t, &pending, &code).send().await.refusal(), (403, 1103));
    t.clock.advance(Span::minutes(15));
    let tokens = Tokens::of(&prove(&t, &knock(&t, &user).await, &shown(&t, &key)).send().await);
    by_backup_code(&t, &tokens, &codes[0]).send().await.ok();
}

#[tokio::test]
async fn a_right_code_forgets_the_wrong_ones() {
    let (t, _, tokens, codes, key) = with_codes().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    assert_eq!(by_backup_code(&t, &tokens, NO_CODE).send().await.refusal(), (403, 1129));
    by_app(&t, &tokens, &shown(&t, &key)).send().await.ok();
    assert_eq!(by_backup_code(&t, &tokens, NO_CODE).send().await.refusal(), (403, 1129));
    by_backup_code(&t, &tokens, &codes[0]).send().await.ok();
}

#[tokio::test]
async fn who_has_neither_is_told_so_and_so_are_the_people_of_a_tenant_without() {
    let (t, _, tokens, _) = with_app().await;
    assert_eq!(by_backup_code(&t, &tokens, NO_CODE).send().await.refusal(), (403, 1128));
    assert_eq!(reauth(&t, &tokens, "2fa/authenticatorcode", &json!({})).send().await.refusal(), (403, 1105));
    assert_eq!(reauth(&t, &tokens, "2fa/backupcode", &json!({})).send().await.refusal(), (400, 908));
    let bare = t.login(&t.user().await).await;
    assert_eq!(by_app(&t, &bare, "123456").send().await.refusal(), (403, 1099));
    t.set("TwoFactorAuthentication.IsAuthenticatorEnabled", "false").await;
    assert_eq!(by_app(&t, &tokens, "123456").send().await.refusal(), (403, 1279));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(by_app(&t, &tokens, "123456").send().await.refusal(), (403, 1097));
    assert_eq!(by_backup_code(&t, &tokens, NO_CODE).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn a_backup_code_of_somebody_else_is_none() {
    let (t, _, _, codes, _) = with_codes().await;
    let other = t.user().await;
    let tokens = t.login(&other).await;
    set_up(&t, &tokens).await;
    issue(&t, &tokens).send().await.ok();
    assert_eq!(by_backup_code(&t, &tokens, &codes[0]).send().await.refusal(), (403, 1129));
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_code_of_the_app_one_proves_something_by_it() {
    let (t, user, tokens, key) = with_app().await;
    let (code, pending) = (shown(&t, &key), knock(&t, &user).await);
    let step_ups = (0..25).map(|_| by_app(&t, &tokens, &code));
    let replies = race(step_ups.chain((0..25).map(|_| prove(&t, &pending, &code)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_a_backup_code_one_proves_something_by_it() {
    let (t, user, tokens, codes, _) = with_codes().await;
    let pending = knock(&t, &user).await;
    let step_ups = (0..25).map(|_| by_backup_code(&t, &tokens, &codes[0]));
    let replies = race(step_ups.chain((0..25).map(|_| spend(&t, &pending, &codes[0])))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}
