//! Passkeys on the pages, with an authenticator of software in the place of the script.

use super::browser::Browser;
use crate::passkey::enrolled;
use crate::support::authenticator::PRESENT;
use serde_json::Value;

/// What the page wants done, and where what comes of it goes.
pub(super) async fn begin(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> (Value, String) {
    let shown = browser.post(page, fields).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let answer: Value = serde_json::from_str(&shown.text).unwrap();
    let finish = answer["finish"].as_str().unwrap().strip_prefix("/hosted/acme/").unwrap().to_owned();
    (answer["publicKey"].clone(), finish)
}

#[tokio::test]
async fn a_passkey_signs_in_whom_was_named() {
    let (t, user, mut authenticator) = enrolled().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await.says(200, "Sign in with a passkey");
    let fields = [("identifier", user.email.as_str())];
    let (options, finish) = begin(&mut browser, "sign-in/passkey/begin", &fields).await;
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    let credential = authenticator.sign(&options, |_| {}).to_string();
    let shown = browser.post(&finish, &[("identifier", &user.email), ("credential", &credential)]).await;
    assert_eq!(shown.next(), "account");
    browser.get("account").await.says(200, &user.email);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_passkey_says_itself_whose_it_is() {
    let (t, user, mut authenticator) = enrolled().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await.says(200, "autocomplete=\"username webauthn\"");
    for page in ["sign-in/passkey/any/begin", "sign-in/passkey/begin"] {
        let (options, finish) = begin(&mut browser, page, &[]).await;
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 0, "{page}");
        let credential = authenticator.sign(&options, |_| {}).to_string();
        assert_eq!(browser.post(&finish, &[("credential", &credential)]).await.next(), "account", "{page}");
        browser.get("account").await.says(200, &user.email);
        browser.post("sign-out", &[]).await;
        browser.get("sign-in").await;
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_passkey_that_was_only_touched_goes_on_to_the_second_factor() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    let (options, finish) = begin(&mut browser, "sign-in/passkey/begin", &[("identifier", &user.email)]).await;
    let credential = authenticator.sign(&options, |answer| answer.flags = PRESENT).to_string();
    assert_eq!(browser.post(&finish, &[("credential", &credential)]).await.next(), "second-factor");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_passkey_is_told_on_the_page() {
    let (t, user, mut authenticator) = enrolled().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    let fields = [("identifier", user.email.as_str())];
    let (options, finish) = begin(&mut browser, "sign-in/passkey/begin", &fields).await;
    let credential = authenticator.sign(&options, |answer| "https://evil.test".clone_into(&mut answer.origin));
    let credential = credential.to_string();
    for credential in [credential.as_str(), "", "[1]"] {
        let shown = browser.post(&finish, &[("identifier", &user.email), ("credential", credential)]).await;
        shown.says(422, "This passkey was not accepted.");
        shown.says(422, &user.email);
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn what_is_in_the_way_of_a_passkey_is_told_in_a_sentence() {
    let (t, _, _) = enrolled().await;
    t.set("PassKeysConfig.PasskeySelection", "Button").await;
    let mut browser = Browser::new(&t).await;
    let shown = browser.get("sign-in").await;
    assert!(!shown.text.contains("data-suggest") && !shown.text.contains("webauthn"), "{}", shown.text);
    browser.post("sign-in/passkey/begin", &[]).await.says(422, "{\"problem\":\"Please fill this in.\"}");
    browser.post("sign-in/passkey/any/begin", &[]).await.says(422, "There are no passkeys here.");
    t.set("PassKeysConfig.PasskeySelection", "Autofill").await;
    browser.get("sign-in").await.says(200, "data-offer=\"suggestions\"");
    t.set("PassKeysConfig.IsEnabled", "false").await;
    assert!(!browser.get("sign-in").await.text.contains("passkey"));
    t.run_jobs().await;
}
