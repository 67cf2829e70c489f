//! The way back to the application.

use super::browser::{BACK, Browser};
use crate::support::{Call, GOOD_PASSWORD, Test, Tokens, User, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

const EXCHANGE: &str = "/doorward/v1/sign-in-code/exchange";

/// Signs in on the page and comes back with a code.
async fn code(t: &Test, user: &User) -> String {
    let mut browser = Browser::new(t).await;
    let page = format!("sign-in?redirect_url={BACK}&state=a%26b");
    browser.get(&page).await;
    let shown = browser.post(&page, &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert!(shown.location().ends_with("&state=a%26b"), "{}", shown.location());
    shown.code()
}

fn exchange(t: &Test, code: &str) -> Call {
    t.post(EXCHANGE).back_end().json(&json!({ "code": code, "redirect_url": BACK }))
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_session() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let reply = exchange(&t, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    assert_eq!(reply.json["Profile"]["NoOfLogins"], 1, "it is the same sign-in");
    let tokens = Tokens::of(&reply);
    let own = t.get("/identity/v2/auth/account").key().token(&tokens.access).send().await;
    assert_eq!(own.ok()["Uid"], user.uid);
    let renewed = t.get("/identity/v2/manage/account/access_token/refresh").back_end();
    renewed.query("refresh_token", &tokens.refresh).send().await.ok();
}

#[tokio::test]
async fn a_code_works_once_however_many_bring_it() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let replies = race((0..12).map(|_| exchange(&t, &code))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 90_016)));
}

#[tokio::test]
async fn a_code_works_for_a_minute() {
    let t = Test::new().await;
    let user = t.user().await;
    let (early, late) = (code(&t, &user).await, code(&t, &user).await);
    t.clock.advance(Span::seconds(59));
    exchange(&t, &early).send().await.ok();
    t.clock.advance(Span::seconds(1));
    assert_eq!(exchange(&t, &late).send().await.refusal(), (403, 90_016));
}

#[tokio::test]
async fn a_code_is_worth_nothing_elsewhere_and_nothing_afterwards() {
    let t = Test::new().await;
    let user = t.user().await;
    let other = t.tenant("other").await;
    let code = code(&t, &user).await;
    let body = json!({ "code": code, "redirect_url": BACK });
    let reply = t.post(EXCHANGE).back_end_of(&other).json(&body).send().await;
    assert_eq!(reply.refusal(), (403, 90_016), "another tenant does not even use it up");
    let reply = t.post(EXCHANGE).key().json(&body).send().await;
    assert_eq!(reply.refusal(), (400, 923), "and nobody without the secret");
    let elsewhere = json!({ "code": code, "redirect_url": "https://app.example.test/other" });
    let reply = t.post(EXCHANGE).back_end().json(&elsewhere).send().await;
    assert_eq!(reply.refusal(), (403, 90_016));
    assert_eq!(exchange(&t, &code).send().await.refusal(), (403, 90_016), "who named it wrongly has used it up");
    for body in [json!({}), json!({ "code": code }), json!({ "redirect_url": BACK })] {
        assert_eq!(t.post(EXCHANGE).back_end().json(&body).send().await.refusal().1, 908);
    }
}

#[tokio::test]
async fn a_code_dies_with_its_session_and_its_account() {
    let t = Test::new().await;
    let user = t.user().await;
    let first = code(&t, &user).await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    browser.get("account/password").await;
    let fields = [("old-password", GOOD_PASSWORD), ("new-password", crate::support::OTHER_PASSWORD)];
    assert_eq!(browser.post("account/password", &fields).await.next(), "account");
    assert_eq!(exchange(&t, &first).send().await.refusal(), (403, 90_016), "a new password ends the others");
    t.run_jobs().await;

    let user = t.user().await;
    let second = code(&t, &user).await;
    let closed = t.put(&format!("/identity/v2/manage/account/{}", user.uid)).back_end();
    closed.json(&json!({ "IsActive": false })).send().await.ok();
    assert_ne!(exchange(&t, &second).send().await.status, 200);
    t.run_jobs().await;
}

/// The same by the call of the official clients, which know the code as a request token and name the secret alone.
fn exchange_as_token(t: &Test, token: &str) -> Call {
    t.get("/api/v2/access_token").query("secret", &t.acme.api_secret).query("token", token)
}

#[tokio::test]
async fn a_client_exchanges_the_code_as_a_request_token() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let reply = exchange_as_token(&t, &code).send().await;
    assert_eq!(reply.ok()["expires_in"], t.app.now().plus(Span::minutes(15)).to_wire());
    assert_eq!(reply.json.as_object().unwrap().len(), 3, "{}", reply.text);
    let tokens = Tokens::of(&reply);
    assert_eq!(t.profile_call(&tokens).send().await.ok()["Uid"], user.uid);
    t.refresh_call(&tokens).send().await.ok();
    assert_eq!(exchange_as_token(&t, &code).send().await.refusal(), (403, 903));
    assert_eq!(exchange(&t, &code).send().await.refusal(), (403, 90_016));
}

#[tokio::test]
async fn a_request_token_works_once_however_many_bring_it_in_whichever_way() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let calls = (0..6).flat_map(|_| [exchange(&t, &code), exchange_as_token(&t, &code)]);
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn a_request_token_that_is_none_is_told_by_what_is_wrong_with_it() {
    let t = Test::new().await;
    let user = t.user().await;
    let other = t.tenant("other").await;
    let (first, second) = (code(&t, &user).await, code(&t, &user).await);
    let foreign = t.get("/api/v2/access_token").query("secret", &other.api_secret).query("token", &first);
    assert_eq!(foreign.send().await.refusal(), (403, 903), "another tenant does not even use it up");
    exchange_as_token(&t, &first).send().await.ok();
    assert_eq!(exchange_as_token(&t, "no-such-token").send().await.refusal(), (403, 903));
    t.clock.advance(Span::seconds(60));
    let reply = exchange_as_token(&t, &second).send().await;
    assert_eq!(reply.refusal(), (403, 904));
    assert_eq!(reply.json["errorCode"], 904, "the older paths tell it in both cases");
    assert_eq!(exchange_as_token(&t, &second).send().await.refusal(), (403, 903), "it is used up");
}

#[tokio::test]
async fn a_request_token_is_of_no_use_without_the_secret() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let without = t.get("/api/v2/access_token").key().query("token", &code);
    assert_eq!(without.send().await.refusal(), (400, 923));
    let wrong = t.get("/api/v2/access_token").query("secret", &t.acme.api_key).query("token", &code);
    assert_eq!(wrong.send().await.refusal(), (401, 902));
    assert_eq!(exchange_as_token(&t, " ").send().await.refusal(), (400, 908));
    exchange_as_token(&t, &code).send().await.ok();
}

#[tokio::test]
async fn whoever_is_signed_in_goes_on_with_one_click() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "FirstName": "Asha", "LastName": "Rao" })).await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    t.clock.advance(Span::minutes(11));
    let query = format!("?redirect_url={BACK}&state=s");
    browser.get(&format!("sign-in{query}")).await.says(200, "You are signed in as Asha Rao.");
    let code = browser.post(&format!("continue{query}"), &[]).await.code();
    let reply = exchange(&t, &code).send().await;
    // The proof is as old as it is: nothing that asks for a recent one is opened by a click.
    t.set("TwoFactorAuthentication", r#"{"IsSecondFactorAuthenticatorEnabled":true}"#).await;
    let access = Tokens::of(&reply).access;
    let change = t.put("/identity/v2/auth/account/2fa").key().token(&access);
    let change = change.json(&json!({ "phoneno2fa": "+919812345678" })).send().await;
    assert_eq!(change.refusal().1, 90_006);
}

#[tokio::test]
async fn the_session_on_the_pages_does_not_stand_in_its_own_way() {
    let t = Test::new().await;
    t.set("sessionLimit", "1").await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    exchange(&t, &code).send().await.ok();
    assert_eq!(exchange(&t, &code).send().await.refusal(), (403, 90_016));
}

#[tokio::test]
async fn a_refused_session_leaves_the_code_usable() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    t.login(&user).await;
    t.set("sessionLimit", "1").await;
    assert_eq!(exchange(&t, &code).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    exchange(&t, &code).send().await.ok();
}

#[tokio::test]
async fn no_token_is_ever_in_an_address_or_on_a_page() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    let page = format!("sign-in?redirect_url={BACK}");
    browser.get(&page).await;
    let shown = browser.post(&page, &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    let reply = exchange(&t, &shown.code()).send().await;
    let tokens = Tokens::of(&reply);
    let account = browser.get("account").await.text;
    for secret in [&tokens.access, &tokens.refresh] {
        assert!(!shown.location().contains(secret.as_str()) && !account.contains(secret.as_str()));
        assert!(!browser.cookies().contains(secret.as_str()));
    }
    assert_eq!(Value::Null, reply.json["session_token"]);
}
