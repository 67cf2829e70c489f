//! Backup codes: given, used up, gone with the factor they stand in for.

use super::authenticator::{prove, shown, with_app};
use super::{knock, optional, required};
use crate::support::{Call, Reply, Test, Tokens, User, race};
use doorward_model::time::Span;
use doorward_model::totp::Key;
use doorward_store::Error;
use serde_json::json;
use std::collections::HashSet;

const CALLERS: usize = 50;
const OWN: &str = "/identity/v2/auth/account/2fa/backupcode";
const BY_UID: &str = "/identity/v2/manage/account/2fa/backupcode";

fn own(t: &Test, tokens: &Tokens, path: &str) -> Call {
    t.get(path).key().token(&tokens.access)
}

fn by_uid(t: &Test, user: &User, path: &str) -> Call {
    t.get(path).back_end().query("uid", &user.uid)
}

#[track_caller]
fn codes(reply: &Reply) -> Vec<String> {
    serde_json::from_value(reply.ok()["BackUpCodes"].clone()).unwrap()
}

pub(crate) fn spend(t: &Test, token: &str, code: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/backupcode").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "backupcode": code }))
}

/// The request of a signed-in person for a set of codes.
pub(crate) fn issue(t: &Test, tokens: &Tokens) -> Call {
    own(t, tokens, OWN)
}

/// A person with an app, whose key comes last, and a set of codes.
pub(crate) async fn with_codes() -> (Test, User, Tokens, Vec<String>, Key) {
    let (t, user, tokens, key) = with_app().await;
    let set = codes(&issue(&t, &tokens).send().await);
    t.run_jobs().await;
    (t, user, tokens, set, key)
}

#[tokio::test]
async fn ten_codes_are_told_once_and_the_owner_hears_of_it() {
    let (t, _, tokens, _) = with_app().await;
    let notices = |t: &Test| t.outbox().iter().filter(|message| message.template == "second-factor-changed").count();
    let before = notices(&t);
    let set = codes(&issue(&t, &tokens).send().await);
    assert_eq!(set.iter().collect::<HashSet<_>>().len(), 10);
    t.run_jobs().await;
    assert_eq!(notices(&t), before + 2);
    assert_eq!(issue(&t, &tokens).send().await.refusal(), (403, 1127));
    let other = codes(&own(&t, &tokens, &format!("{OWN}/reset")).send().await);
    assert!(other.iter().all(|code| !set.contains(code)));
    t.run_jobs().await;
}

#[tokio::test]
async fn no_code_is_kept_as_it_was_told() {
    let (t, _, _, set, _) = with_codes().await;
    let work = |tx: &mut doorward_store::Tx| tx.all::<(Vec<u8>,)>("SELECT code FROM backup_codes", &[]);
    let kept = t.app.store.write::<_, Error>(work).await.unwrap();
    assert_eq!(kept.len(), 10);
    for code in set {
        let bare = code.replace('-', "");
        let holds = |kept: &[u8], text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(kept.iter().all(|(kept,)| !holds(kept, &code) && !holds(kept, &bare)));
    }
}

#[tokio::test]
async fn each_completes_one_login_however_it_is_typed() {
    let (t, user, _, set, _) = with_codes().await;
    let token = knock(&t, &user).await;
    let reply = spend(&t, &token, &set[0]).query("fields", "Uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    let token = knock(&t, &user).await;
    assert_eq!(spend(&t, &token, &set[0]).send().await.refusal(), (403, 1129), "used before");
    let older = t.put("/identity/v2/auth/login/2fa/verification/BackupCode").key();
    let typed = set[1].replace('-', " ").to_uppercase();
    let older = older.query("secondfactorauthenticationtoken", &token).json(&json!({ "backupcode": typed }));
    older.send().await.ok();
    assert_eq!(spend(&t, &token, &set[2]).send().await.refusal(), (403, 1103));
    assert_eq!(spend(&t, &knock(&t, &user).await, "").send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn a_new_set_voids_the_one_before_it() {
    let (t, user, tokens, old, _) = with_codes().await;
    let new = codes(&own(&t, &tokens, &format!("{OWN}/reset")).send().await);
    assert_eq!(spend(&t, &knock(&t, &user).await, &old[0]).send().await.refusal(), (403, 1129));
    spend(&t, &knock(&t, &user).await, &new[0]).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_back_end_gives_them_too() {
    let (t, user, tokens, _) = with_app().await;
    let set = codes(&by_uid(&t, &user, BY_UID).send().await);
    spend(&t, &knock(&t, &user).await, &set[0]).send().await.ok();
    assert_eq!(by_uid(&t, &user, BY_UID).send().await.refusal(), (403, 1127));
    assert_eq!(issue(&t, &tokens).send().await.refusal(), (403, 1127));
    let set = codes(&by_uid(&t, &user, &format!("{BY_UID}/reset")).send().await);
    spend(&t, &knock(&t, &user).await, &set[9]).send().await.ok();
    for path in [BY_UID.to_owned(), format!("{BY_UID}/reset")] {
        assert_eq!(t.get(&path).back_end().send().await.refusal(), (400, 908));
        assert_eq!(t.get(&path).back_end().query("uid", "nobody").send().await.refusal(), (403, 984));
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn who_has_no_factor_gets_none() {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    for path in [OWN.to_owned(), format!("{OWN}/reset")] {
        assert_eq!(own(&t, &tokens, &path).send().await.refusal(), (403, 1101));
    }
    for path in [BY_UID.to_owned(), format!("{BY_UID}/reset")] {
        assert_eq!(by_uid(&t, &user, &path).send().await.refusal(), (403, 1101));
    }
    let t = required().await;
    let user = t.user().await;
    assert_eq!(spend(&t, &knock(&t, &user).await, "k7qm-2xvp-hd4t-w6rn").send().await.refusal(), (403, 1128));
}

#[tokio::test]
async fn they_go_with_the_last_factor() {
    let (t, user, tokens, set, _) = with_codes().await;
    t.delete("/identity/v2/auth/account/2fa/totp").key().token(&tokens.access).send().await.ok();
    t.run_jobs().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(spend(&t, &knock(&t, &user).await, &set[0]).send().await.refusal(), (403, 1128));
}

#[tokio::test]
async fn the_codes_of_one_account_are_of_no_use_at_another() {
    let (t, _, _, set, _) = with_codes().await;
    let other = t.user().await;
    super::enrol(&t, &other, super::SECOND).await;
    by_uid(&t, &other, BY_UID).send().await.ok();
    assert_eq!(spend(&t, &knock(&t, &other).await, &set[0]).send().await.refusal(), (403, 1129));
    t.run_jobs().await;
}

#[tokio::test]
async fn giving_them_needs_a_recent_proof() {
    let (t, _, tokens, _) = with_app().await;
    t.clock.advance(Span::seconds(601));
    for path in [OWN.to_owned(), format!("{OWN}/reset")] {
        assert_eq!(own(&t, &tokens, &path).send().await.refusal(), (403, 90006));
    }
}

#[tokio::test]
async fn the_switches_count() {
    let (t, user, tokens, set, _) = with_codes().await;
    let token = knock(&t, &user).await;
    for (switch, code) in [("backupCodes", 1128), ("IsSecondFactorAuthenticatorEnabled", 1097)] {
        t.set(&format!("TwoFactorAuthentication.{switch}"), "false").await;
        assert_eq!(issue(&t, &tokens).send().await.refusal(), (403, code));
        assert_eq!(by_uid(&t, &user, &format!("{BY_UID}/reset")).send().await.refusal(), (403, code));
        assert_eq!(spend(&t, &token, &set[0]).send().await.refusal(), (403, code));
    }
}

#[tokio::test]
async fn wrong_ones_count_with_the_wrong_codes_of_the_app() {
    let (t, user, tokens, key) = with_app().await;
    let set = codes(&issue(&t, &tokens).send().await);
    t.run_jobs().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let token = knock(&t, &user).await;
    assert_eq!(prove(&t, &token, &crate::support::wrong(&shown(&t, &key))).send().await.refusal(), (403, 1102));
    assert_eq!(spend(&t, &token, "k7qm-2xvp-hd4t-w6rn").send().await.refusal(), (403, 1264));
    assert_eq!(spend(&t, &token, &set[0]).send().await.refusal(), (403, 1103));
}

#[tokio::test]
async fn a_new_uid_takes_them_along() {
    let (t, user, _, set, _) = with_codes().await;
    let call = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid);
    call.json(&json!({ "NewUid": "someone-else" })).send().await.ok();
    spend(&t, &knock(&t, &user).await, &set[0]).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_logins_with_one_code_one_is_completed() {
    let (t, user, _, set, _) = with_codes().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let mut tokens = Vec::new();
    for _ in 0..5 {
        tokens.push(knock(&t, &user).await);
    }
    let replies = race((0..CALLERS).map(|number| spend(&t, &tokens[number % tokens.len()], &set[0]))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| [(403, 1129), (403, 1103)].contains(&reply.refusal())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_ask_for_the_first_set_one_gets_it() {
    let (t, _, tokens, _) = with_app().await;
    let replies = race((0..CALLERS).map(|_| issue(&t, &tokens))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 1127)));
    t.run_jobs().await;
}
