//! What ends a login that waits.

use super::{SECOND, challenged, enrolled, knock, resend, verify};
use crate::support::{OTHER_PASSWORD, Test, Tokens, User};
use serde_json::json;

async fn change_password(t: &Test, user: &User, tokens: &Tokens) {
    let body = json!({ "oldpassword": user.password, "newpassword": OTHER_PASSWORD });
    t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body).send().await.ok();
    t.run_jobs().await;
}

/// A person signed in, and another login of theirs that waits.
async fn waiting() -> (Test, User, Tokens, String, String) {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let tokens = Tokens::of(&verify(&t, &token, &code).send().await);
    let (token, code) = challenged(&t, &user).await;
    (t, user, tokens, token, code)
}

#[tokio::test]
async fn a_new_password_does_under_force_logout() {
    let (t, user, tokens, token, code) = waiting().await;
    change_password(&t, &user, &tokens).await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
}

#[tokio::test]
async fn a_new_password_does_not_without_it() {
    let (t, user, tokens, token, code) = waiting().await;
    t.set("forceLogout", "false").await;
    change_password(&t, &user, &tokens).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_reset_does() {
    let (t, user, _, token, code) = waiting().await;
    let reset = t.reset_code(&user).await;
    t.reset_call(&user.phone, &reset, OTHER_PASSWORD).send().await.ok();
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_block_and_a_deletion_do() {
    for change in [json!({ "IsActive": false }), json!({ "DisableLogin": true })] {
        let (t, user, _, token, code) = waiting().await;
        t.update_call(&user, &change).send().await.ok();
        assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
    }
    let (t, user, _, token, code) = waiting().await;
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
}

#[tokio::test]
async fn at_most_five_wait_and_the_oldest_goes() {
    let (t, user) = enrolled().await;
    let mut tokens = Vec::new();
    for _ in 0..6 {
        tokens.push(knock(&t, &user).await);
        t.clock.advance(doorward_model::time::Span::seconds(1));
    }
    let mut answers = Vec::new();
    for token in &tokens {
        answers.push(resend(&t, token).send().await);
    }
    assert_eq!(answers[0].refusal(), (403, 1103));
    assert!(answers[1..].iter().all(|answer| answer.status == 200 || answer.refusal() == (403, 1123)));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_new_uid_takes_factor_and_login_along() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let call = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid);
    call.json(&json!({ "NewUid": "someone-else" })).send().await.ok();
    let reply = verify(&t, &token, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], "someone-else");
    knock(&t, &user).await;
    assert!(!t.code_for(SECOND).await.is_empty());
}
