//! Second factors on the pages: proved and set up at sign-in, looked after by their owner.

mod login;
mod own;
mod passkeys;
mod setting_up;
mod step_up;

use super::browser::{Browser, Shown};
use crate::support::{GOOD_PASSWORD, Test, User};
use doorward_model::time::Span;
use doorward_model::totp::Key;

/// The second phone of whoever has one.
const PHONE: &str = "+919812345670";

/// A product whose people may set up second factors.
async fn optional() -> Test {
    let t = Test::new().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t
}

/// A product whose tenant requires a second factor of everybody.
async fn required() -> Test {
    let t = optional().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    t
}

/// Where the browser ends that goes wherever it is sent.
async fn walk(browser: &mut Browser, mut shown: Shown) -> Shown {
    while shown.status == 303 {
        shown = browser.follow(&shown).await;
    }
    shown
}

/// Where a password leads.
async fn knock(browser: &mut Browser, user: &User) -> Shown {
    browser.get("sign-in").await;
    let shown = browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    walk(browser, shown).await
}

/// Sends a form, and goes where it leads.
async fn send(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Shown {
    let shown = browser.post(page, fields).await;
    walk(browser, shown).await
}

/// Opens a page, and goes where it leads.
async fn open(browser: &mut Browser, page: &str) -> Shown {
    let shown = browser.get(page).await;
    walk(browser, shown).await
}

/// The app that was told the key of this page.
#[track_caller]
fn scan(shown: &Shown) -> Key {
    let typed = shown.text.split("class=\"typed\"").nth(1).expect("a key is told");
    let typed = typed.split('>').nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    Key::of(String::from_utf8(data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap()).unwrap())
}

/// What the app shows now.
fn code(t: &Test, key: &Key) -> String {
    key.code(t.app.now())
}

/// The codes that a page tells.
fn codes(shown: &Shown) -> Vec<String> {
    let list = shown.text.split("<ul class=\"codes\"").nth(1).and_then(|rest| rest.split("</ul>").next());
    let items = list.unwrap_or_default().split("<li>").skip(1);
    items.map(|item| item.split('<').next().unwrap().to_owned()).collect()
}

/// A person in a browser, signed in by password.
async fn signed_in(t: &Test) -> (User, Browser) {
    let user = t.user().await;
    let mut browser = Browser::new(t).await;
    knock(&mut browser, &user).await.says(200, "Your account");
    (user, browser)
}

/// Sets up an app on the account's page; its codes are given back, and the first of the app's codes is over.
async fn add_app(t: &Test, browser: &mut Browser) -> (Key, Vec<String>) {
    let key = scan(&open(browser, "account/second-factor/authenticator").await);
    let shown = send(browser, "account/second-factor/authenticator", &[("code", &code(t, &key))]).await;
    shown.says(200, "It is on.");
    t.run_jobs().await;
    t.clock.advance(Span::seconds(30));
    (key, codes(&shown))
}

/// Sets up a phone on the account's page.
async fn add_phone(t: &Test, browser: &mut Browser) -> Shown {
    open(browser, "account/second-factor/phone/number").await;
    send(browser, "account/second-factor/phone/number", &[("phone", PHONE)]).await.says(200, PHONE);
    let code = t.code_for(PHONE).await;
    let shown = send(browser, "account/second-factor/phone", &[("code", &code)]).await;
    shown.says(200, "It is on.");
    t.run_jobs().await;
    shown
}

/// Sets up codes by email on the account's page.
async fn add_email(t: &Test, browser: &mut Browser, user: &User) -> Shown {
    open(browser, "account/second-factor/email").await;
    send(browser, "account/second-factor/email/send", &[("mailbox", "0")]).await.says(200, &user.email);
    let code = t.code_for(&user.email).await;
    let shown = send(browser, "account/second-factor/email", &[("code", &code)]).await;
    shown.says(200, "It is on.");
    t.run_jobs().await;
    shown
}

/// How many messages with a code went out.
async fn carried(t: &Test) -> usize {
    t.run_jobs().await;
    t.outbox().iter().filter(|message| message.code.is_some()).count()
}
