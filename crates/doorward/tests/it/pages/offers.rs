//! What somebody is offered on the way on.

use super::browser::{BACK, Browser};
use super::passkeys::begin;
use crate::credentials::passkeys::with_passkeys;
use crate::support::authenticator::Authenticator;
use crate::support::{GOOD_PASSWORD, Test, User};
use doorward_model::time::Span;
use serde_json::json;

async fn offering(setting: &str) -> (Test, User, Browser) {
    let t = with_passkeys().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    t.set(setting, "true").await;
    let user = t.user().await;
    let browser = Browser::new(&t).await;
    (t, user, browser)
}

#[tokio::test]
async fn a_passkey_is_offered_on_the_way_to_the_application() {
    let (t, user, mut browser) = offering("PassKeysConfig.ProgressiveEnrollment").await;
    let page = format!("sign-in?redirect_url={BACK}&state=x");
    browser.get(&page).await;
    let shown = browser.post(&page, &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert_eq!(shown.next(), "offer/passkey");
    browser.follow(&shown).await.says(200, "No password the next time?");
    let query = format!("?redirect_url={BACK}&state=x");
    let (options, _) = begin(&mut browser, &format!("offer/passkey/begin{query}"), &[]).await;
    browser.post(&format!("offer/passkey{query}"), &[("credential", "no")]).await.says(422, "was not accepted");
    let (_, credential) = Authenticator::create(&options, |_| {});
    let shown = browser.post(&format!("offer/passkey{query}"), &[("credential", &credential.to_string())]).await;
    shown.code();
    // Whoever has one is not asked again.
    browser.sign_out().await;
    assert_eq!(browser.sign_in(&user).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_wants_no_passkey_goes_on_and_is_asked_again_later() {
    let (t, user, mut browser) = offering("PassKeysConfig.ProgressiveEnrollment").await;
    assert_eq!(browser.sign_in(&user).await.next(), "offer/passkey");
    browser.get("offer/passkey").await;
    assert_eq!(browser.post("offer/passkey/skip", &[]).await.next(), "account");
    browser.sign_out().await;
    assert_eq!(browser.sign_in(&user).await.next(), "account");
    browser.sign_out().await;
    t.clock.advance(Span::days(30));
    assert_eq!(browser.sign_in(&user).await.next(), "offer/passkey");
}

#[tokio::test]
async fn whoever_wants_none_now_goes_on_also_where_a_change_of_the_profile_takes_a_captcha() {
    for (setting, offer) in [
        ("PassKeysConfig.ProgressiveEnrollment", "offer/passkey"),
        ("PINAuthentication.Configuration.AskOnLogin", "offer/pin"),
    ] {
        let (t, user, mut browser) = offering(setting).await;
        t.set("OptionalRecaptchaConfiguration", r#"{"IsEnabled":true,"Apis":{"PutUpdateProfile":true}}"#).await;
        assert_eq!(browser.sign_in(&user).await.next(), offer);
        browser.get(offer).await;
        assert_eq!(browser.post(&format!("{offer}/skip"), &[]).await.next(), "account", "{offer}");
    }
}

#[tokio::test]
async fn a_pin_is_offered_at_every_sign_in_until_it_is_set() {
    let (t, user, mut browser) = offering("PINAuthentication.Configuration.AskOnLogin").await;
    for _ in 0..2 {
        assert_eq!(browser.sign_in(&user).await.next(), "offer/pin");
        browser.get("offer/pin").await.says(200, "Not now");
        assert_eq!(browser.post("offer/pin/skip", &[]).await.next(), "account");
        browser.sign_out().await;
    }
    browser.sign_in(&user).await;
    browser.get("offer/pin").await;
    browser.post("offer/pin", &[("pin", "1234")]).await.says(422, "id=\"pin-problem\"");
    assert_eq!(browser.post("offer/pin", &[("pin", "8305")]).await.next(), "account");
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Welcome back");
    assert_eq!(browser.sign_in(&user).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_pin_is_offered_at_the_first_sign_in_alone() {
    let (_t, user, mut browser) = offering("PINAuthentication.Configuration.AskOnlyOnFirstLogin").await;
    assert_eq!(browser.sign_in(&user).await.next(), "offer/pin");
    browser.sign_out().await;
    assert_eq!(browser.sign_in(&user).await.next(), "account");
}

#[tokio::test]
async fn a_registration_asks_for_a_pin_and_does_without() {
    let (t, _, mut browser) = offering("PINAuthentication.Configuration.AskOnRegistration").await;
    for (email, pin, known) in [("a@example.test", "8305", true), ("b@example.test", "", false)] {
        browser.get("register").await.says(200, "id=\"pin\"");
        let fields = [("email", email), ("password", GOOD_PASSWORD), ("pin", pin)];
        assert_eq!(browser.post("register", &fields).await.next(), "account");
        let mut again = Browser::again(&t);
        let user = User {
            email: email.to_owned(),
            uid: String::new(),
            phone: String::new(),
            user_name: String::new(),
            password: GOOD_PASSWORD.to_owned(),
            profile: json!(null),
        };
        again.sign_in(&user).await;
        again.sign_out().await;
        assert_eq!(again.get("sign-in").await.text.contains("Welcome back"), known, "{email}");
        browser.sign_out().await;
        browser.get("sign-in").await;
        browser.post("sign-in/forget-device", &[]).await;
    }
    t.run_jobs().await;
}
