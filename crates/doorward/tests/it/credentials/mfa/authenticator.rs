//! Codes of an authenticator app: set up, proved, removed.

use super::{SECOND, enrol, knock, optional, pending, required, set_phone, token, verify};
use crate::support::{Call, Reply, Test, Tokens, User, race, wrong};
use doorward_model::time::Span;
use doorward_model::totp::Key;
use serde_json::{Value, json};

const CALLERS: usize = 50;

/// The app of the person: it knows the key that an answer told.
#[track_caller]
pub(super) fn scan(block: &Value) -> Key {
    let typed = block["ManualEntryCode"].as_str().expect("a key is told");
    let key = data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap();
    Key::of(String::from_utf8(key).unwrap())
}

/// What the app shows now.
pub(crate) fn shown(t: &Test, key: &Key) -> String {
    key.code(t.app.now())
}

/// The request that completes a login by a code of the app.
pub(crate) fn prove(t: &Test, token: &str, code: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/totp").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "authenticatorcode": code }))
}

fn settings(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/account/2fa").key().token(&tokens.access)
}

fn confirm(t: &Test, tokens: &Tokens, code: &str) -> Call {
    let call = t.put("/identity/v2/auth/account/2fa/totp").key().token(&tokens.access);
    call.json(&json!({ "authenticatorcode": code }))
}

fn remove(t: &Test, tokens: &Tokens) -> Call {
    t.delete("/identity/v2/auth/account/2fa/totp").key().token(&tokens.access)
}

/// A person with an app, signed in, half a minute after it was set up: the code that did it is spent.
pub(crate) async fn with_app() -> (Test, User, Tokens, Key) {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let key = set_up(&t, &tokens).await;
    (t, user, tokens, key)
}

/// Gives a signed-in person an app.
pub(crate) async fn set_up(t: &Test, tokens: &Tokens) -> Key {
    let key = scan(settings(t, tokens).send().await.ok());
    confirm(t, tokens, &shown(t, &key)).send().await.ok();
    t.run_jobs().await;
    t.clock.advance(Span::seconds(30));
    key
}

fn notices(t: &Test) -> usize {
    t.outbox().iter().filter(|message| message.template == "second-factor-changed").count()
}

#[tokio::test]
async fn the_first_code_sets_the_app_up_and_the_owner_is_told() {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let reply = settings(&t, &tokens).send().await;
    assert!(reply.ok()["QRCode"].as_str().unwrap().starts_with("data:image/png;base64,iVBORw0KGgo"));
    let key = scan(&reply.json);
    assert_eq!(key.text().expose().len(), 32);
    assert_eq!(settings(&t, &tokens).send().await.ok()["ManualEntryCode"], reply.json["ManualEntryCode"]);
    t.login(&user).await;
    let code = shown(&t, &key);
    assert_eq!(confirm(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1102));
    let reply = confirm(&t, &tokens, &code).query("fields", "Uid").send().await;
    assert_eq!(reply.ok(), &json!({ "Uid": user.uid }));
    t.run_jobs().await;
    assert_eq!(notices(&t), 2, "by email and to the login phone");

    let reply = settings(&t, &tokens).send().await;
    assert_eq!(reply.ok()["IsAuthenticatorVerified"], true);
    assert_eq!(reply.json["IsGoogleAuthenticatorVerified"], true);
    assert_eq!((&reply.json["QRCode"], &reply.json["ManualEntryCode"]), (&Value::Null, &Value::Null));
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["IsAuthenticatorVerified"], true);
    assert_eq!((&pending(&reply)["QRCode"], &pending(&reply)["ManualEntryCode"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_code_of_the_app_completes_a_login_and_nothing_is_sent() {
    let (t, user, _, key) = with_app().await;
    let sent = t.outbox().len();
    let token = knock(&t, &user).await;
    let reply = prove(&t, &token, &shown(&t, &key)).query("fields", "Uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (403, 1103));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
}

#[tokio::test]
async fn the_older_paths_and_names_are_understood() {
    let (t, user, tokens, key) = with_app().await;
    for name in ["authenticatorcode", "googleauthenticatorcode"] {
        let path = format!("/identity/v2/auth/login/2fa/verification/{name}");
        let call = t.put(&path).key().query("secondfactorauthenticationtoken", &knock(&t, &user).await);
        call.json(&json!({ name: shown(&t, &key) })).send().await.ok();
        t.clock.advance(Span::seconds(30));
        let call = t.put(&format!("/identity/v2/auth/account/2FA/Verification/{name}")).key().token(&tokens.access);
        call.json(&json!({ name: shown(&t, &key) })).send().await.ok();
        t.clock.advance(Span::seconds(30));
    }
}

#[tokio::test]
async fn a_code_is_taken_once_and_none_before_it_after_that() {
    let (t, user, tokens, key) = with_app().await;
    let (before, now) = (key.code(t.app.now().minus(Span::seconds(30))), shown(&t, &key));
    let next = key.code(t.app.now().plus(Span::seconds(30)));
    assert_eq!(prove(&t, &knock(&t, &user).await, &before).send().await.refusal(), (403, 1102), "it set the app up");
    prove(&t, &knock(&t, &user).await, &next).send().await.ok();
    for spent in [&before, &now, &next] {
        assert_eq!(prove(&t, &knock(&t, &user).await, spent).send().await.refusal(), (403, 1102));
        assert_eq!(confirm(&t, &tokens, spent).send().await.refusal(), (403, 1102));
    }
    t.clock.advance(Span::seconds(60));
    prove(&t, &knock(&t, &user).await, &shown(&t, &key)).send().await.ok();
}

#[tokio::test]
async fn a_clock_may_be_half_a_minute_off_and_not_more() {
    let (t, user, _, key) = with_app().await;
    t.clock.advance(Span::minutes(5));
    for seconds in [60, 90] {
        let early = key.code(t.app.now().plus(Span::seconds(seconds)));
        let late = key.code(t.app.now().minus(Span::seconds(seconds)));
        let token = knock(&t, &user).await;
        assert_eq!(prove(&t, &token, &early).send().await.refusal(), (403, 1102));
        assert_eq!(prove(&t, &token, &late).send().await.refusal(), (403, 1102));
    }
    let late = key.code(t.app.now().minus(Span::seconds(30)));
    prove(&t, &knock(&t, &user).await, &late).send().await.ok();
}

#[tokio::test]
async fn who_must_have_a_factor_sets_the_app_up_with_the_token_of_the_login() {
    let t = required().await;
    let user = t.user().await;
    let first = t.login_call(&user, &user.password).send().await;
    let key = scan(pending(&first));
    assert_eq!(first.json["QRCode"], pending(&first)["QRCode"]);
    let code = shown(&t, &key);
    assert_eq!(prove(&t, &token(&first), &wrong(&code)).send().await.refusal(), (403, 1102));
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["IsAuthenticatorVerified"], false);
    assert_ne!(
        scan(pending(&reply)).text().expose(),
        key.text().expose(),
        "a login that goes on nowhere takes its key along"
    );
    assert_eq!(prove(&t, &token(&reply), &code).send().await.refusal(), (403, 1102));
    prove(&t, &token(&first), &code).send().await.ok();
    t.run_jobs().await;
    assert_eq!(notices(&t), 2);
    assert_eq!(prove(&t, &token(&reply), &code).send().await.refusal(), (403, 1102), "spent, and of another key");
    let token = knock(&t, &user).await;
    assert_eq!(set_phone(&t, &token, SECOND).send().await.refusal(), (403, 1250));
}

#[tokio::test]
async fn who_has_a_factor_is_told_no_key_and_sets_no_app_up_with_the_password_alone() {
    let t = required().await;
    let user = t.user().await;
    let early = t.login_call(&user, &user.password).send().await;
    let key = scan(pending(&early));
    let owner = knock(&t, &user).await;
    set_phone(&t, &owner, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    verify(&t, &owner, &code).send().await.ok();
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!((&pending(&reply)["QRCode"], &pending(&reply)["ManualEntryCode"]), (&Value::Null, &Value::Null));
    for token in [token(&early), token(&reply)] {
        assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (403, 1099));
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn the_key_that_another_session_was_told_sets_nothing_up() {
    let t = optional().await;
    let user = t.user().await;
    let (thief, owner) = (t.login(&user).await, t.login(&user).await);
    let stolen = scan(settings(&t, &thief).send().await.ok());
    let key = scan(settings(&t, &owner).send().await.ok());
    assert_ne!(stolen.text().expose(), key.text().expose());
    assert_eq!(confirm(&t, &thief, &shown(&t, &stolen)).send().await.refusal(), (403, 1099));
    assert_eq!(confirm(&t, &owner, &shown(&t, &stolen)).send().await.refusal(), (403, 1102));
    confirm(&t, &owner, &shown(&t, &key)).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_key_waits_an_hour_and_setting_up_needs_a_recent_proof() {
    let t = optional().await;
    let user = t.user().await;
    t.set("accessTokenLifetime", "600").await;
    let tokens = t.login(&user).await;
    assert_eq!(confirm(&t, &tokens, "123456").send().await.refusal(), (403, 1099), "no key was told");
    let key = scan(settings(&t, &tokens).send().await.ok());
    t.clock.advance(Span::seconds(601));
    assert_eq!(confirm(&t, &tokens, &shown(&t, &key)).send().await.refusal(), (403, 90006));
    t.clock.advance(Span::minutes(50));
    let next = scan(settings(&t, &tokens).send().await.ok());
    assert_ne!(key.text().expose(), next.text().expose());
}

#[tokio::test]
async fn a_removed_app_is_asked_for_no_more_and_the_next_has_another_key() {
    let (t, user, tokens, key) = with_app().await;
    let waiting = knock(&t, &user).await;
    assert_eq!(remove(&t, &tokens).send().await.ok(), &json!({ "IsDeleted": true }));
    t.run_jobs().await;
    assert_eq!(notices(&t), 4);
    assert_eq!(prove(&t, &waiting, &shown(&t, &key)).send().await.refusal(), (403, 1103));
    t.login(&user).await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1099));
    let next = scan(settings(&t, &tokens).send().await.ok());
    assert_ne!(key.text().expose(), next.text().expose());
}

#[tokio::test]
async fn the_last_factor_stays_where_one_is_required_and_the_back_end_may_remove_it() {
    let (t, user, tokens, _) = with_app().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1121));
    let by_uid = t.delete("/identity/v2/manage/account/2fa/totp").back_end();
    assert_eq!(by_uid.clone().send().await.refusal(), (400, 908));
    assert_eq!(by_uid.clone().query("uid", "nobody").send().await.refusal(), (403, 984));
    by_uid.clone().query("uid", &user.uid).send().await.ok();
    assert_eq!(by_uid.query("uid", &user.uid).send().await.refusal(), (403, 1099));
    t.run_jobs().await;
}

#[tokio::test]
async fn the_older_paths_remove_it_too() {
    let (t, user, tokens, _) = with_app().await;
    let own = t.delete("/identity/v2/auth/account/2fa/authenticator").key().token(&tokens.access);
    own.json(&json!({ "authenticator": true })).send().await.ok();
    t.run_jobs().await;
    set_up(&t, &tokens).await;
    let by_uid = t.delete("/identity/v2/manage/account/2fa/authenticator").back_end().query("uid", &user.uid);
    by_uid.json(&json!({ "googleauthenticator": true })).send().await.ok();
    t.run_jobs().await;
    t.login(&user).await;
}

#[tokio::test]
async fn removing_needs_a_recent_proof() {
    let (t, _, tokens, _) = with_app().await;
    t.clock.advance(Span::seconds(601));
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 90006));
}

#[tokio::test]
async fn with_two_factors_either_completes_and_nothing_is_sent_unasked() {
    let (t, user, tokens, key) = with_app().await;
    super::want(&t, &tokens, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    super::confirm(&t, &tokens, &code).send().await.ok();
    t.run_jobs().await;
    let sent = t.outbox().len();
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["OTPStatus"], Value::Null);
    assert_eq!(pending(&reply)["IsOTPAuthenticatorVerified"], true);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
    prove(&t, &token(&reply), &shown(&t, &key)).send().await.ok();
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    remove(&t, &tokens).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_switches_count_and_a_code_must_be_given() {
    let (t, user, tokens, key) = with_app().await;
    let token = knock(&t, &user).await;
    let call = |body: Value| {
        let call = t.put("/identity/v2/auth/login/2fa/totp").key().query("secondfactorauthenticationtoken", &token);
        call.json(&body)
    };
    for body in [json!({}), json!({ "authenticatorcode": " " }), json!({ "googleauthenticatorcode": null })] {
        assert_eq!(call(body).send().await.refusal(), (403, 1105));
    }
    t.set("TwoFactorAuthentication.IsAuthenticatorEnabled", "false").await;
    assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (403, 1279));
    assert_eq!(confirm(&t, &tokens, &shown(&t, &key)).send().await.refusal(), (403, 1279));
    assert_eq!(settings(&t, &tokens).send().await.ok()["QRCode"], Value::Null);
    t.login(&user).await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (403, 1097));
    assert_eq!(confirm(&t, &tokens, &shown(&t, &key)).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn an_app_of_one_account_or_tenant_is_of_no_use_at_another() {
    let (t, _, _, key) = with_app().await;
    let other = t.user().await;
    enrol(&t, &other, SECOND).await;
    let token = knock(&t, &other).await;
    assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (403, 1099));
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_codes_lock_the_account_and_destroy_the_token() {
    let (t, user, tokens, key) = with_app().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let (other, token) = (knock(&t, &user).await, knock(&t, &user).await);
    let miss = wrong(&shown(&t, &key));
    assert_eq!(confirm(&t, &tokens, &miss).send().await.refusal(), (403, 1102), "counted at whichever door");
    assert_eq!(prove(&t, &token, &miss).send().await.refusal(), (403, 1102));
    assert_eq!(prove(&t, &token, &miss).send().await.refusal(), (403, 1264));
    for token in [&token, &other] {
        assert_eq!(prove(&t, token, &shown(&t, &key)).send().await.refusal(), (403, 1103));
    }
    assert_eq!(confirm(&t, &tokens, &shown(&t, &key)).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_login_that_is_not_completed_leaves_the_code_usable() {
    let (t, user, _, key) = with_app().await;
    let token = knock(&t, &user).await;
    let work = |tx: &mut doorward_store::Tx| tx.execute("UPDATE mfa_transactions SET invitation = 'inv_1'", &[]);
    t.app.store.write::<_, doorward_store::Error>(work).await.unwrap();
    assert_eq!(prove(&t, &token, &shown(&t, &key)).send().await.refusal(), (404, 8169));
    prove(&t, &knock(&t, &user).await, &shown(&t, &key)).send().await.ok();
}

fn split(replies: Vec<Reply>) -> (Vec<Reply>, Vec<Reply>) {
    replies.into_iter().partition(|reply| reply.status == 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_logins_with_one_code_one_is_completed() {
    let (t, user, _, key) = with_app().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let mut tokens = Vec::new();
    for _ in 0..5 {
        tokens.push(knock(&t, &user).await);
    }
    let code = shown(&t, &key);
    let replies = race((0..CALLERS).map(|number| prove(&t, &tokens[number % tokens.len()], &code))).await;
    let (won, lost) = split(replies);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| [(403, 1102), (403, 1103)].contains(&reply.refusal())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_no_more_than_the_threshold_are_tried() {
    let (t, user, _, key) = with_app().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "5").await;
    let token = knock(&t, &user).await;
    let miss = wrong(&shown(&t, &key));
    let replies = race((0..CALLERS).map(|_| prove(&t, &token, &miss))).await;
    let count = |code: u64| replies.iter().filter(|reply| reply.refusal() == (403, code)).count();
    assert_eq!((count(1102), count(1264), count(1103)), (4, 1, CALLERS - 5));
}
