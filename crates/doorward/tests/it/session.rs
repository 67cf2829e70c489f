//! What a session is, how long it lasts, and who opens and ends it.

use crate::support::{Call, Reply, Test, Tokens, User, race};
use doorward_flows::worker;
use doorward_model::time::{Span, Timestamp};
use serde_json::{Value, json};

mod access_token;
mod limit;
mod native;

const STRANGER: &str = "01234567-89ab-4cde-8f01-23456789abcd";
const REVOKE: &str = "/identity/v2/manage/account/access_token/refresh/revoke";

fn impersonate(t: &Test, uid: &str) -> Call {
    t.get("/identity/v2/manage/account/access_token").back_end().query("uid", uid)
}

/// The tokens of an impersonation; there is no refresh token.
fn impersonated(reply: &Reply) -> Tokens {
    assert_eq!(reply.ok()["refresh_token"], Value::Null);
    Tokens { access: reply.json["access_token"].as_str().unwrap().to_owned(), refresh: String::new() }
}

fn revoke(t: &Test, tokens: &Tokens) -> Call {
    t.get(REVOKE).back_end().query("refresh_token", &tokens.refresh)
}

fn revoke_all(t: &Test, uid: &str) -> Call {
    t.delete(&format!("/identity/v2/manage/account/{uid}/access_token/refresh/revoke")).back_end()
}

fn slide(t: &Test, tokens: &Tokens) -> Call {
    t.get("/identity/v2/auth/access_token/sliding_token").key().token(&tokens.access)
}

async fn ends(t: &Test, tokens: &Tokens) -> Timestamp {
    let reply = t.get("/identity/v2/auth/access_token").key().token(&tokens.access).send().await;
    Timestamp::parse(reply.ok()["expires_in"].as_str().unwrap()).unwrap()
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

#[tokio::test]
async fn the_back_end_opens_a_session_in_a_persons_name() {
    let t = Test::new().await;
    let user = t.user().await;
    let before = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    let reply = impersonate(&t, &user.uid).send().await;
    let profile = t.profile_call(&impersonated(&reply)).send().await;
    assert_eq!(profile.ok()["Uid"], user.uid.as_str());
    for name in ["NoOfLogins", "LastLoginDate", "FirstLogin"] {
        assert_eq!(profile.json[name], before.json[name], "{name}");
    }
    let end = Timestamp::parse(reply.json["expires_in"].as_str().unwrap()).unwrap();
    assert_eq!(end, t.app.now().plus(Span::minutes(15)));
}

#[tokio::test]
async fn a_session_in_a_persons_name_is_not_prolonged() {
    let t = Test::new().await;
    t.set("slidingToken", "true").await;
    let user = t.user().await;
    let tokens = impersonated(&impersonate(&t, &user.uid).send().await);
    let end = ends(&t, &tokens).await;
    t.clock.advance(Span::minutes(10));
    slide(&t, &tokens).send().await.ok();
    assert_eq!(ends(&t, &tokens).await, end);
    let exchange = t.get("/api/v2/access_token/refresh").query("secret", &t.acme.api_secret);
    assert_eq!(exchange.query("access_token", &tokens.access).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn nobody_is_impersonated_who_may_not_sign_in() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(impersonate(&t, STRANGER).send().await.refusal(), (403, 984));
    assert_eq!(impersonate(&t, "").send().await.refusal(), (400, 908));
    t.update_call(&user, &json!({ "DisableLogin": true })).send().await.ok();
    assert_eq!(impersonate(&t, &user.uid).send().await.refusal(), (403, 1130));
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(impersonate(&t, &user.uid).send().await.refusal(), (403, 991));
}

#[tokio::test]
async fn a_blocked_person_is_not_impersonated_any_more() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = impersonated(&impersonate(&t, &user.uid).send().await);
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
}

#[tokio::test]
async fn a_revoked_refresh_token_is_dead_and_the_access_token_lives() {
    let (t, _, tokens) = signed_in().await;
    assert_eq!(revoke(&t, &tokens).send().await.ok(), &json!({ "IsDeleted": true }));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
    t.profile_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn a_refresh_token_is_revoked_once_however_many_try() {
    let (t, _, tokens) = signed_in().await;
    let replies = race((0..8).map(|_| revoke(&t, &tokens))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 1217)));
}

#[tokio::test]
async fn a_token_that_is_none_or_was_used_is_not_revoked() {
    let (t, _, tokens) = signed_in().await;
    let next = Tokens::of(&t.refresh_call(&tokens).send().await);
    assert_eq!(revoke(&t, &tokens).send().await.refusal(), (403, 1217));
    let unknown = Tokens { refresh: STRANGER.to_owned(), ..next.clone() };
    assert_eq!(revoke(&t, &unknown).send().await.refusal(), (403, 1217));
    let other = t.tenant("other").await;
    let foreign = t.get(REVOKE).back_end_of(&other).query("refresh_token", &next.refresh);
    assert_eq!(foreign.send().await.refusal(), (403, 1217));
    assert_eq!(t.get(REVOKE).back_end().send().await.refusal(), (400, 908));
    t.refresh_call(&next).send().await.ok();
}

#[tokio::test]
async fn all_refresh_tokens_of_an_account_are_revoked_and_nobody_elses() {
    let (t, user, one) = signed_in().await;
    let two = t.login(&user).await;
    let other = t.login(&t.user().await).await;
    assert_eq!(revoke_all(&t, &user.uid).send().await.ok(), &json!({ "IsDeleted": true }));
    for tokens in [&one, &two] {
        assert_eq!(t.refresh_call(tokens).send().await.refusal(), (403, 1217));
        t.profile_call(tokens).send().await.ok();
    }
    t.refresh_call(&other).send().await.ok();
    assert_eq!(revoke_all(&t, STRANGER).send().await.refusal(), (403, 984));
}

#[tokio::test]
async fn no_renewal_survives_a_revocation_at_the_same_moment() {
    let (t, user, tokens) = signed_in().await;
    let replies = race([t.refresh_call(&tokens), revoke_all(&t, &user.uid)]).await;
    let renewed = replies.iter().find(|reply| reply.json.get("refresh_token").is_some());
    if let Some(renewed) = renewed {
        let next = Tokens::of(renewed);
        assert_eq!(revoke_all(&t, &user.uid).send().await.ok(), &json!({ "IsDeleted": true }));
        assert_eq!(t.refresh_call(&next).send().await.refusal(), (403, 1217));
    }
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn a_token_that_slides_lives_on_while_it_is_used() {
    let (t, _, tokens) = signed_in().await;
    t.set("slidingToken", "true").await;
    for _ in 0..4 {
        t.clock.advance(Span::minutes(14));
        t.profile_call(&tokens).send().await.ok();
    }
    t.clock.advance(Span::minutes(15));
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn a_use_soon_after_another_moves_nothing() {
    let (t, _, tokens) = signed_in().await;
    t.set("slidingToken", "true").await;
    let end = ends(&t, &tokens).await;
    t.clock.advance(Span::seconds(80));
    assert_eq!(ends(&t, &tokens).await, end);
    t.clock.advance(Span::seconds(10));
    assert_eq!(ends(&t, &tokens).await, end.plus(Span::seconds(90)));
}

#[tokio::test]
async fn a_token_that_slides_ends_thirty_days_after_its_session_began() {
    let t = Test::new().await;
    t.set("accessTokenLifetime", "20160").await;
    t.set("slidingToken", "true").await;
    let tokens = t.login(&t.user().await).await;
    let last = t.app.now().plus(Span::days(30));
    for _ in 0..2 {
        t.clock.advance(Span::days(13));
        t.profile_call(&tokens).send().await.ok();
    }
    assert_eq!(ends(&t, &tokens).await, last);
    slide(&t, &tokens).send().await.ok();
    t.clock.advance(Span::days(4));
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn a_token_does_not_slide_unless_the_tenant_says_so() {
    let (t, _, tokens) = signed_in().await;
    let end = ends(&t, &tokens).await;
    t.clock.advance(Span::minutes(10));
    let reply = slide(&t, &tokens).send().await;
    assert_eq!(reply.ok()["expires_in"], end.to_wire());
    t.clock.advance(Span::minutes(5));
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn a_token_slides_when_it_is_asked_to() {
    let (t, _, tokens) = signed_in().await;
    t.set("slidingToken", "true").await;
    t.clock.advance(Span::seconds(30));
    let reply = slide(&t, &tokens).send().await;
    assert_eq!(reply.ok()["expires_in"], t.app.now().plus(Span::minutes(15)).to_wire());
    assert_eq!(reply.json["access_token"], tokens.access.as_str());
    assert_eq!(reply.json["refresh_token"], Value::Null);
}

#[tokio::test]
async fn a_session_whose_token_slides_past_its_refresh_token_is_not_swept_out() {
    let t = Test::new().await;
    t.set("accessTokenLifetime", "14400").await;
    t.set("refreshTokenLifetime", "14401").await;
    t.set("slidingToken", "true").await;
    let tokens = t.login(&t.user().await).await;
    for _ in 0..2 {
        t.clock.advance(Span::days(9));
        worker::sweep(&t.app).await.unwrap();
        t.profile_call(&tokens).send().await.ok();
    }
}

fn login(t: &Test, user: &User, wish: &str) -> Call {
    let body = json!({ "email": user.email, "password": user.password });
    t.post("/identity/v2/auth/login").key().json(&body).query("rememberme", wish)
}

#[tokio::test]
async fn a_person_is_remembered_where_the_tenant_does_that_and_the_person_asks() {
    let t = Test::new().await;
    let user = t.user().await;
    let is_remembered = async |tokens: &Tokens| {
        let reply = t.get("/identity/v2/auth/access_token").key().token(&tokens.access).send().await;
        reply.ok()["isrememberme"].as_bool().unwrap()
    };
    assert!(!is_remembered(&Tokens::of(&login(&t, &user, "true").send().await)).await);
    t.set("rememberMeLifetime", "10080").await;
    t.set("IsRememberMe", "true").await;
    assert!(!is_remembered(&Tokens::of(&login(&t, &user, "false").send().await)).await);
    let tokens = Tokens::of(&login(&t, &user, "true").send().await);
    assert!(is_remembered(&tokens).await);
    t.clock.advance(Span::days(6));
    let next = Tokens::of(&t.refresh_call(&tokens).send().await);
    assert!(is_remembered(&next).await);
    t.clock.advance(Span::days(6));
    t.profile_call(&next).send().await.ok();
    t.clock.advance(Span::days(1));
    assert_eq!(t.profile_call(&next).send().await.refusal(), (403, 906));
}
