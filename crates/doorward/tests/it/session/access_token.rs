//! Access and refresh tokens.

use crate::support::{Call, OTHER_PASSWORD, Test, Tokens, User};
use doorward_model::time::Span;
use serde_json::json;

fn validate(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/access_token/validate").key().token(&tokens.access)
}

fn invalidate(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/access_token/invalidate").key().token(&tokens.access)
}

/// Exchanges the refresh token, which must go well.
async fn refreshed(t: &Test, tokens: &Tokens) -> Tokens {
    Tokens::of(&t.refresh_call(tokens).send().await)
}

async fn signed_in() -> (Test, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, tokens)
}

#[tokio::test]
async fn a_live_token_is_told_until_when() {
    let (t, tokens) = signed_in().await;
    let expected =
        json!({ "access_token": tokens.access, "refresh_token": null, "expires_in": "2026-01-15T12:15:00Z" });
    assert_eq!(validate(&t, &tokens).send().await.ok(), &expected);
}

#[tokio::test]
async fn a_live_token_is_described() {
    let (t, tokens) = signed_in().await;
    let reply = t.get("/identity/v2/auth/access_token").key().token(&tokens.access).send().await;
    let expected = json!({
        "access_token": tokens.access, "provider": "Email", "isrememberme": false, "expires_in": "2026-01-15T12:15:00Z",
    });
    assert_eq!(reply.ok(), &expected);
}

#[tokio::test]
async fn a_token_ends_at_its_moment() {
    let (t, tokens) = signed_in().await;
    t.clock.advance(Span(15 * 60_000 - 1));
    validate(&t, &tokens).send().await.ok();
    t.profile_call(&tokens).send().await.ok();
    t.clock.advance(Span(1));
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 906));
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn tokens_live_as_long_as_the_tenant_says() {
    let t = Test::new().await;
    t.set("accessTokenLifetime", "1").await;
    t.set("refreshTokenLifetime", "2").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.clock.advance(Span::minutes(1));
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 906));
    t.clock.advance(Span(59_999));
    let next = refreshed(&t, &tokens).await;
    t.clock.advance(Span::minutes(2));
    assert_eq!(t.refresh_call(&next).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn an_ended_token_leaves_its_refresh_token_alive() {
    let (t, tokens) = signed_in().await;
    assert_eq!(invalidate(&t, &tokens).send().await.ok(), &json!({ "IsPosted": true }));
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 905));
    let next = refreshed(&t, &tokens).await;
    validate(&t, &next).send().await.ok();
}

#[tokio::test]
async fn an_ended_token_takes_its_refresh_token_along_where_asked_to() {
    let (t, tokens) = signed_in().await;
    invalidate(&t, &tokens).query("preventRefresh", "true").send().await.ok();
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn an_ended_token_leaves_the_persons_other_sessions_alone() {
    let t = Test::new().await;
    let user = t.user().await;
    let (here, there) = (t.login(&user).await, t.login(&user).await);
    invalidate(&t, &here).query("preventRefresh", "true").send().await.ok();
    validate(&t, &there).send().await.ok();
    refreshed(&t, &there).await;
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_pair() {
    let (t, first) = signed_in().await;
    t.clock.advance(Span::days(30));
    let reply = t.refresh_call(&first).send().await;
    assert_eq!(reply.ok()["expires_in"], "2026-02-14T12:15:00Z");
    let second = Tokens::of(&reply);
    validate(&t, &second).send().await.ok();
    assert_eq!(validate(&t, &first).send().await.refusal(), (403, 905));
    t.clock.advance(Span::days(59));
    refreshed(&t, &second).await;
}

#[tokio::test]
async fn a_used_refresh_token_sent_again_within_ten_seconds_is_refused_and_the_session_lives() {
    let (t, first) = signed_in().await;
    let second = refreshed(&t, &first).await;
    t.clock.advance(Span::seconds(10));
    assert_eq!(t.refresh_call(&first).send().await.refusal(), (403, 1217));
    validate(&t, &second).send().await.ok();
    refreshed(&t, &second).await;
}

#[tokio::test]
async fn a_used_refresh_token_sent_again_later_ends_the_session() {
    let (t, first) = signed_in().await;
    let second = refreshed(&t, &first).await;
    let third = refreshed(&t, &second).await;
    t.clock.advance(Span(10_001));
    assert_eq!(t.refresh_call(&first).send().await.refusal(), (403, 1217));
    assert_eq!(validate(&t, &third).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&third).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_its_own_session_only() {
    let t = Test::new().await;
    let user = t.user().await;
    let (first, other) = (t.login(&user).await, t.login(&user).await);
    refreshed(&t, &first).await;
    t.clock.advance(Span::seconds(11));
    t.refresh_call(&first).send().await.refusal();
    validate(&t, &other).send().await.ok();
}

#[tokio::test]
async fn without_reuse_detection_a_used_refresh_token_is_refused_and_nothing_follows() {
    let (t, first) = signed_in().await;
    t.set("refreshReuseDetection", "false").await;
    let second = refreshed(&t, &first).await;
    t.clock.advance(Span::minutes(1));
    assert_eq!(t.refresh_call(&first).send().await.refusal(), (403, 1217));
    validate(&t, &second).send().await.ok();
}

#[tokio::test]
async fn a_clock_that_steps_back_a_day_revives_no_used_refresh_token() {
    let (t, first) = signed_in().await;
    let second = refreshed(&t, &first).await;
    t.clock.advance(Span::days(-1));
    assert_eq!(t.refresh_call(&first).send().await.refusal(), (403, 1217));
    refreshed(&t, &second).await;
}

#[tokio::test]
async fn one_kind_of_token_is_not_taken_for_the_other() {
    let (t, tokens) = signed_in().await;
    let swapped = Tokens { access: tokens.refresh.clone(), refresh: tokens.access.clone() };
    assert_eq!(validate(&t, &swapped).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&swapped).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn the_tokens_of_one_tenant_are_unknown_to_another() {
    let (t, tokens) = signed_in().await;
    let other = t.tenant("other").await;
    for path in
        ["/identity/v2/auth/access_token/validate", "/identity/v2/auth/access_token", "/identity/v2/auth/account"]
    {
        let reply = t.get(path).query("apikey", &other.api_key).token(&tokens.access).send().await;
        assert_eq!(reply.refusal(), (403, 905), "{path}");
    }
    let refresh = t.get("/identity/v2/manage/account/access_token/refresh").back_end_of(&other);
    assert_eq!(refresh.query("refresh_token", &tokens.refresh).send().await.refusal(), (403, 1217));
    let end = t.get("/identity/v2/auth/access_token/invalidate").query("apikey", &other.api_key).token(&tokens.access);
    assert_eq!(end.send().await.refusal(), (403, 905));
    validate(&t, &tokens).send().await.ok();
    refreshed(&t, &tokens).await;
}

/// Signs in, lets the back end send this about the account, and finds every token dead.
async fn ends_all_sessions(call: impl FnOnce(&Test, &User) -> Call) {
    let t = Test::new().await;
    let user = t.user().await;
    let (first, other) = (t.login(&user).await, t.login(&user).await);
    let second = refreshed(&t, &first).await;
    call(&t, &user).send().await.ok();
    for tokens in [&second, &other] {
        assert_eq!(validate(&t, tokens).send().await.refusal(), (403, 905));
        assert_eq!(t.profile_call(tokens).send().await.refusal(), (403, 905));
        assert_eq!(t.refresh_call(tokens).send().await.refusal(), (403, 1217));
    }
}

#[tokio::test]
async fn blocking_an_account_ends_its_sessions_at_once() {
    ends_all_sessions(|t, user| t.update_call(user, &json!({ "IsActive": false }))).await;
}

#[tokio::test]
async fn disabling_an_accounts_logins_ends_its_sessions_at_once() {
    ends_all_sessions(|t, user| t.update_call(user, &json!({ "DisableLogin": true }))).await;
}

#[tokio::test]
async fn a_new_password_from_the_back_end_ends_the_accounts_sessions_at_once() {
    ends_all_sessions(|t, user| t.update_call(user, &json!({ "Password": OTHER_PASSWORD }))).await;
}

#[tokio::test]
async fn deleting_an_account_ends_its_sessions_at_once() {
    ends_all_sessions(|t, user| t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end()).await;
}

#[tokio::test]
async fn unblocking_an_account_revives_no_session() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    t.update_call(&user, &json!({ "IsActive": true })).send().await.ok();
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn an_account_made_anew_under_the_same_uid_gets_none_of_the_old_sessions() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    t.user_with(&json!({ "Uid": user.uid })).await;
    assert_eq!(validate(&t, &tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let mut t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.restart(|_| {}).await;
    validate(&t, &tokens).send().await.ok();
    refreshed(&t, &tokens).await;
}
