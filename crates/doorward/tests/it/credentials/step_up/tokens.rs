//! What the back end learns of a proof.

use super::{by_password, proof, signed_in, validate};
use crate::support::{OTHER_PASSWORD, race};
use doorward_model::time::Span;
use serde_json::json;

const CALLERS: usize = 50;

#[tokio::test]
async fn a_token_works_once() {
    let (t, user, tokens) = signed_in().await;
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    validate(&t, &user.uid, "password", &token).send().await.ok();
    assert_eq!(validate(&t, &user.uid, "password", &token).send().await.refusal(), (403, 1193));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_ask_at_once_one_is_told_that_it_is_valid() {
    let (t, user, tokens) = signed_in().await;
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    let replies = race((0..CALLERS).map(|_| validate(&t, &user.uid, "password", &token))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 1193)));
}

#[tokio::test]
async fn it_is_of_no_use_for_another_kind_account_or_tenant() {
    let (t, user, tokens) = signed_in().await;
    let (other, elsewhere) = (t.user().await, t.tenant("umbrella").await);
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    for (uid, kind) in [(&user.uid, "pin"), (&user.uid, "2fa"), (&other.uid, "password")] {
        assert_eq!(validate(&t, uid, kind, &token).send().await.refusal(), (403, 1193), "{kind}");
    }
    let path = format!("/identity/v2/manage/account/{}/reauth/password", user.uid);
    let call = t.post(&path).back_end_of(&elsewhere).json(&json!({ "secondfactorvalidationtoken": token }));
    assert_eq!(call.send().await.refusal(), (403, 1193));
    validate(&t, &user.uid, "password", &token).send().await.ok();
}

#[tokio::test]
async fn it_ends_after_five_minutes() {
    let (t, user, tokens) = signed_in().await;
    let [first, second] = [(); 2].map(|()| by_password(&t, &tokens, &user.password));
    let (first, second) = (proof(&first.send().await), proof(&second.send().await));
    t.clock.advance(Span(Span::minutes(5).0 - 1));
    validate(&t, &user.uid, "password", &first).send().await.ok();
    t.clock.advance(Span(1));
    assert_eq!(validate(&t, &user.uid, "password", &second).send().await.refusal(), (403, 1193));
}

#[tokio::test]
async fn it_ends_with_its_session() {
    let (t, user, tokens) = signed_in().await;
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert_eq!(validate(&t, &user.uid, "password", &token).send().await.refusal(), (403, 1193));

    let tokens = t.login_call(&user, OTHER_PASSWORD).send().await;
    let tokens = crate::support::Tokens::of(&tokens);
    let token = proof(&by_password(&t, &tokens, OTHER_PASSWORD).send().await);
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(validate(&t, &user.uid, "password", &token).send().await.refusal(), (403, 1193));
    t.run_jobs().await;
}

#[tokio::test]
async fn it_goes_with_the_account_to_another_uid() {
    let (t, user, tokens) = signed_in().await;
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    let call = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid);
    call.json(&json!({ "NewUid": "asha-by-another-name" })).send().await.ok();
    assert_eq!(validate(&t, &user.uid, "password", &token).send().await.refusal(), (403, 1193));
    validate(&t, "asha-by-another-name", "password", &token).send().await.ok();
}

#[tokio::test]
async fn it_opens_nothing_else() {
    let (t, user, tokens) = signed_in().await;
    let token = proof(&by_password(&t, &tokens, &user.password).send().await);
    let as_session = crate::support::Tokens { access: token.clone(), refresh: token };
    assert_eq!(t.profile_call(&as_session).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&as_session).send().await.refusal(), (403, 1217));
    assert_eq!(validate(&t, &user.uid, "password", &tokens.access).send().await.refusal(), (403, 1193));
}

#[tokio::test]
async fn a_question_without_a_token_or_secret_is_refused() {
    let (t, user, _) = signed_in().await;
    let path = format!("/identity/v2/manage/account/{}/reauth/pin", user.uid);
    assert_eq!(t.post(&path).back_end().json(&json!({})).send().await.refusal(), (400, 908));
    let body = json!({ "secondfactorvalidationtoken": "x" });
    assert_eq!(t.post(&path).key().json(&body).send().await.refusal(), (400, 923));
}
