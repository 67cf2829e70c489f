//! PINs on the pages, and the devices that know people.

use super::browser::{BACK, Browser};
use crate::support::{OTHER_PASSWORD, Test, User, wrong};
use doorward_model::time::Span;
use serde_json::json;

const PIN: &str = "2580";
const OTHER_PIN: &str = "9371";

/// Somebody who set a PIN on the account's page and signed out again, on that device.
async fn known() -> (Test, User, Browser) {
    let t = Test::new().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.sign_in(&user).await;
    browser.get("account").await.says(200, "Set a PIN");
    browser.get("account/pin").await;
    assert_eq!(browser.post("account/pin", &[("new-pin", PIN)]).await.next(), "account");
    browser.get("account").await.says(200, "Your PIN is set.");
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "You are signed out.");
    t.run_jobs().await;
    (t, user, browser)
}

#[tokio::test]
async fn a_device_that_knows_somebody_asks_for_the_pin() {
    let (_t, user, mut browser) = known().await;
    let shown = browser.get("sign-in").await;
    shown.says(200, "Welcome back");
    assert!(!shown.text.contains(&user.email), "the address is not told to whoever holds the device");
    shown.says(200, &doorward_model::identifier::Email::parse(&user.email).unwrap().masked());
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "account");
    browser.get("account").await.says(200, &user.email);
    // Again and again, with the same device.
    browser.sign_out().await;
    browser.get("sign-in").await;
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "account");
}

#[tokio::test]
async fn a_pin_leads_back_to_the_application() {
    let (_t, _, mut browser) = known().await;
    let page = format!("?redirect_url={BACK}&state=x");
    browser.get(&format!("sign-in{page}")).await.says(200, "Welcome back");
    browser.post(&format!("sign-in/pin{page}"), &[("pin", PIN)]).await.code();
}

#[tokio::test]
async fn the_device_is_known_by_a_cookie_that_lives_as_long_as_the_session_token() {
    let (t, user, _) = known().await;
    let mut browser = Browser::again(&t);
    let shown = browser.sign_in(&user).await;
    let cookies: Vec<_> = shown.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let name = format!("__Host-doorward-device-{}=", t.acme.id);
    let device = cookies.iter().find(|cookie| cookie.starts_with(&name)).expect("the device is told");
    for flag in ["; Path=/", "; Max-Age=604800", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(device.contains(flag), "{flag}: {device}");
    }
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Welcome back");
    t.clock.advance(Span::days(7));
    let shown = browser.get("sign-in").await;
    shown.says(200, "Your PIN does not work on this device now.");
    shown.says(200, "Forgot your password?");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_has_no_pin_is_asked_for_the_password() {
    let t = Test::new().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    let shown = browser.sign_in(&user).await;
    assert!(!format!("{:?}", shown.headers).contains("doorward-device"), "{:?}", shown.headers);
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Forgot your password?");
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "sign-in");
}

#[tokio::test]
async fn a_wrong_pin_is_told_and_the_fifth_leads_to_the_password() {
    let (t, user, mut browser) = known().await;
    browser.get("sign-in").await;
    for _ in 0..4 {
        browser.post("sign-in/pin", &[("pin", "1111")]).await.says(422, "This is not the right PIN.");
    }
    assert_eq!(browser.post("sign-in/pin", &[("pin", "1111")]).await.next(), "sign-in");
    browser.get("sign-in").await.says(200, "Your PIN does not work on this device now.");
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "sign-in", "the device is forgotten");
    t.clock.advance(Span::minutes(60));
    assert_eq!(browser.sign_in(&user).await.next(), "account");
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Welcome back");
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn an_empty_pin_is_no_try() {
    let (_t, _, mut browser) = known().await;
    browser.get("sign-in").await;
    for _ in 0..6 {
        browser.post("sign-in/pin", &[("pin", "")]).await.says(422, "id=\"pin-problem\"");
    }
    assert_eq!(browser.post("sign-in/pin", &[("pin", PIN)]).await.next(), "account");
}

#[tokio::test]
async fn the_password_is_one_link_away() {
    let (_t, _, mut browser) = known().await;
    browser.get("sign-in").await.says(200, "Sign in another way");
    browser.get("sign-in/password").await.says(200, "Forgot your password?");
    browser.get("sign-in").await.says(200, "Welcome back");
}

#[tokio::test]
async fn somebody_else_has_the_device_forget_whom_it_knew() {
    let (t, _, mut browser) = known().await;
    let before = browser.cookies();
    browser.get("sign-in").await;
    assert_eq!(browser.post("sign-in/forget-device", &[]).await.next(), "sign-in");
    let shown = browser.get("sign-in").await;
    shown.says(200, "Forgot your password?");
    assert!(!shown.text.contains("Your PIN"), "that is nothing to be sorry for");
    // The token is dead, not only gone from this browser.
    let mut thief = Browser::again(&t);
    thief.set_cookies(&before);
    thief.get("sign-in").await.says(200, "Your PIN does not work on this device now.");
}

#[tokio::test]
async fn the_owner_has_the_device_forget_them_on_the_account_page() {
    let (_t, _, mut browser) = known().await;
    browser.get("sign-in").await;
    browser.post("sign-in/pin", &[("pin", PIN)]).await;
    browser.get("account").await.says(200, "Forget this device");
    assert_eq!(browser.post("account/pin/forget-device", &[]).await.next(), "account");
    let shown = browser.get("account").await;
    shown.says(200, "This device does not know you any more.");
    assert!(!shown.text.contains("Forget this device"));
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Forgot your password?");
}

#[tokio::test]
async fn a_new_password_elsewhere_ends_what_devices_know() {
    let (t, user, mut browser) = known().await;
    let mut other = Browser::again(&t);
    other.sign_in(&user).await;
    other.get("account/password").await;
    let fields = [("old-password", user.password.as_str()), ("new-password", OTHER_PASSWORD)];
    assert_eq!(other.post("account/password", &fields).await.next(), "account");
    browser.get("sign-in").await.says(200, "Your PIN does not work on this device now.");
    t.run_jobs().await;
}

#[tokio::test]
async fn another_person_takes_the_device_over() {
    let (t, _, mut browser) = known().await;
    let second = t.user().await;
    browser.sign_in(&second).await;
    let shown = browser.get("account").await;
    assert!(!shown.text.contains("Forget this device"), "it is somebody else whom it knows");
    browser.get("account/pin").await;
    browser.post("account/pin", &[("new-pin", OTHER_PIN)]).await;
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, &doorward_model::identifier::Email::parse(&second.email).unwrap().masked());
    browser.post("sign-in/pin", &[("pin", PIN)]).await.says(422, "This is not the right PIN.");
    assert_eq!(browser.post("sign-in/pin", &[("pin", OTHER_PIN)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_pin_is_changed_by_whoever_knows_it() {
    let (t, user, mut browser) = known().await;
    browser.sign_in(&user).await;
    browser.get("account/pin").await.says(200, "Your PIN now");
    let wrong = browser.post("account/pin", &[("old-pin", "1111"), ("new-pin", OTHER_PIN)]).await;
    wrong.says(422, "id=\"old-pin-problem\"");
    browser.post("account/pin", &[("old-pin", PIN), ("new-pin", "1234")]).await.says(422, "id=\"new-pin-problem\"");
    assert_eq!(browser.post("account/pin", &[("old-pin", PIN), ("new-pin", OTHER_PIN)]).await.next(), "account");
    browser.get("account").await.says(200, "Your PIN was changed.");
    browser.sign_out().await;
    browser.get("sign-in").await.says(200, "Forgot your password?");
    browser.sign_in(&user).await;
    browser.sign_out().await;
    browser.get("sign-in").await;
    assert_eq!(browser.post("sign-in/pin", &[("pin", OTHER_PIN)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn the_first_pin_needs_a_recent_sign_in() {
    let t = Test::new().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.sign_in(&user).await;
    browser.get("account/pin").await;
    browser.post("account/pin", &[("new-pin", "")]).await.says(422, "id=\"new-pin-problem\"");
    t.clock.advance(Span::minutes(11));
    assert_eq!(browser.post("account/pin", &[("new-pin", PIN)]).await.next(), "account/prove");
    assert_eq!(browser.get("account/pin").await.next(), "account/prove");
    browser.get("account/prove/password").await;
    assert_eq!(browser.post("account/prove/password", &[("password", &user.password)]).await.next(), "account/pin");
    browser.get("account/pin").await;
    assert_eq!(browser.post("account/pin", &[("new-pin", PIN)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forgotten_pin_is_replaced_by_the_code_in_a_text_message() {
    let (t, user, mut browser) = known().await;
    browser.get("sign-in").await.says(200, "Forgot your PIN?");
    browser.get("forgot-pin").await;
    assert_eq!(browser.post("forgot-pin", &[("identifier", &user.phone)]).await.next(), "reset-pin");
    browser.get("reset-pin").await.says(200, &user.phone);
    let code = t.code_for(&user.phone).await;
    browser
        .post("reset-pin", &[("code", &wrong(&code)), ("new-pin", OTHER_PIN)])
        .await
        .says(422, "id=\"code-problem\"");
    browser.post("reset-pin", &[("code", &code), ("new-pin", "1234")]).await.says(422, "id=\"new-pin-problem\"");
    assert_eq!(browser.post("reset-pin", &[("code", &code), ("new-pin", OTHER_PIN)]).await.next(), "sign-in");
    browser.get("sign-in").await.says(200, "Your new PIN is set.");
    browser.sign_in(&user).await;
    browser.sign_out().await;
    browser.get("sign-in").await;
    assert_eq!(browser.post("sign-in/pin", &[("pin", OTHER_PIN)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forgotten_pin_is_replaced_by_the_link_in_an_email() {
    let (t, user, mut browser) = known().await;
    browser.get("forgot-pin").await;
    assert_eq!(browser.post("forgot-pin", &[("identifier", &user.email)]).await.next(), "reset-pin");
    browser.get("reset-pin").await.says(200, "Check your email");
    assert_eq!(browser.post("reset-pin/again", &[]).await.next(), "reset-pin");
    t.run_jobs().await;
    let sent = t.outbox().into_iter().rev().find(|message| message.to == user.email && message.link.is_some());
    let link = sent.and_then(|message| message.link).unwrap();
    let token = link.split("vtoken=").nth(1).unwrap().to_owned();
    Browser::again(&t).open(&link).await.says(200, "Choose a new PIN");
    let mut browser = Browser::again(&t);
    browser.open(&link).await.says(200, "Choose a new PIN");
    browser.post("reset-pin", &[("token", &token), ("new-pin", "1234")]).await.says(422, "id=\"new-pin-problem\"");
    assert_eq!(browser.post("reset-pin", &[("token", &token), ("new-pin", OTHER_PIN)]).await.next(), "sign-in");
    let again = browser.post("reset-pin", &[("token", &token), ("new-pin", PIN)]).await;
    again.says(422, "This link does not work any more.");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_blocked_account_is_not_opened_by_its_device() {
    let (t, user, mut browser) = known().await;
    let block = json!({ "IsActive": false });
    t.put(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().json(&block).send().await.ok();
    browser.get("sign-in").await.says(200, "Forgot your password?");
    let shown = browser.post("sign-in/pin", &[("pin", PIN)]).await;
    assert_ne!(browser.get("account").await.status, 200, "{}", shown.text);
    t.run_jobs().await;
}

#[tokio::test]
async fn the_pin_proves_once_more_who_somebody_is() {
    let (t, user, mut browser) = known().await;
    browser.post("sign-in/pin", &[("pin", PIN)]).await;
    t.clock.advance(Span::minutes(11));
    t.set("PassKeysConfig.RPID", "acme.test").await;
    t.set("PassKeysConfig.IsEnabled", "true").await;
    assert_eq!(browser.get("account/passkeys").await.next(), "account/prove");
    assert_eq!(browser.get("account/prove").await.next(), "account/prove/password");
    browser.get("account/prove/choose").await.says(200, "The PIN that you sign in with.");
    browser.get("account/prove/pin").await;
    browser.post("account/prove/pin", &[("pin", "1111")]).await.says(422, "This is not the right PIN.");
    assert_eq!(browser.post("account/prove/pin", &[("pin", PIN)]).await.next(), "account/passkeys");
    browser.get("account").await.says(200, &user.email);
    t.run_jobs().await;
}
