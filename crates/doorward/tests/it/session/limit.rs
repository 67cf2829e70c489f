//! How many sessions an account may have at once.

use super::{impersonate, signed_in};
use crate::support::{OTHER_PASSWORD, Test, race};
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_login_over_the_limit_is_refused_and_nobody_is_signed_out() {
    let (t, user, first) = signed_in().await;
    t.set("sessionLimit", "2").await;
    let second = t.login(&user).await;
    let logins = |t: &Test| t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end();
    let before = logins(&t).send().await.json["NoOfLogins"].clone();
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1338));
    assert_eq!(logins(&t).send().await.json["NoOfLogins"], before);
    t.profile_call(&first).send().await.ok();
    t.profile_call(&second).send().await.ok();
}

#[tokio::test]
async fn the_limit_is_told_only_to_whom_the_password_is_known() {
    let (t, user, _) = signed_in().await;
    t.set("sessionLimit", "1").await;
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_session_that_ends_makes_room() {
    let (t, user, first) = signed_in().await;
    t.set("sessionLimit", "1").await;
    t.get("/identity/v2/auth/access_token/invalidate").key().token(&first.access).send().await.ok();
    let second = t.login(&user).await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1338));
    t.clock.advance(Span::minutes(15));
    t.login(&user).await;
    assert_eq!(t.profile_call(&second).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn an_accounts_own_limit_goes_before_the_tenants() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "SessionLimit": 2 })).await;
    for _ in 0..3 {
        t.login(&user).await;
    }
    t.clock.advance(Span::minutes(15));
    t.set("sessionLimit", "1").await;
    t.login(&user).await;
    t.login(&user).await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1338));
}

#[tokio::test]
async fn a_session_is_renewed_at_the_limit_and_a_sleeping_one_over_it_is_not() {
    let (t, user, sleeping) = signed_in().await;
    t.set("sessionLimit", "1").await;
    t.clock.advance(Span::minutes(15));
    let awake = t.login(&user).await;
    assert_eq!(t.refresh_call(&sleeping).send().await.refusal(), (403, 1338));
    t.refresh_call(&awake).send().await.ok();
    t.clock.advance(Span::minutes(15));
    t.refresh_call(&sleeping).send().await.ok();
}

#[tokio::test]
async fn the_back_end_opens_no_session_over_the_limit() {
    let (t, user, _) = signed_in().await;
    t.set("sessionLimit", "1").await;
    assert_eq!(impersonate(&t, &user.uid).send().await.refusal(), (403, 1338));
}

#[tokio::test]
async fn logins_at_the_same_moment_count_each_other() {
    let t = Test::new().await;
    t.set("sessionLimit", "2").await;
    let user = t.user().await;
    let replies = race((0..8).map(|_| t.login_call(&user, &user.password))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 2);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 1338)));
}
