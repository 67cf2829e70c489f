//! Passkeys on the pages, with an authenticator of software in the place of the script.

use super::browser::Browser;
use crate::credentials::passkeys::{enrolled, with_passkeys};
use crate::support::authenticator::{Authenticator, PRESENT};
use crate::support::{GOOD_PASSWORD, Test};
use doorward_model::time::Span;
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

#[tokio::test]
async fn somebody_registers_with_a_passkey_and_no_password() {
    let t = with_passkeys().await;
    let mut browser = Browser::new(&t).await;
    browser.get("register").await.says(200, "Create account with a passkey");
    let fields = [("first-name", "Asha"), ("email", "asha@example.test"), ("password", "")];
    let (options, finish) = begin(&mut browser, "register/passkey/begin", &fields).await;
    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let credential = credential.to_string();
    let all = [fields.as_slice(), &[("credential", credential.as_str())]].concat();
    assert_eq!(browser.post(&finish, &all).await.next(), "account");
    browser.get("account").await.says(200, "iCloud Keychain");

    let mut browser = Browser::again(&t);
    browser.get("sign-in").await;
    let (options, finish) = begin(&mut browser, "sign-in/passkey/begin", &[]).await;
    let credential = authenticator.sign(&options, |_| {}).to_string();
    assert_eq!(browser.post(&finish, &[("credential", &credential)]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_has_to_prove_their_address_does_so_before_the_passkey_signs_in() {
    let t = with_passkeys().await;
    t.set("EmailVerificationFlow", "required").await;
    let mut browser = Browser::new(&t).await;
    browser.get("register").await;
    let fields = [("email", "asha@example.test")];
    let (options, finish) = begin(&mut browser, "register/passkey/begin", &fields).await;
    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let credential = credential.to_string();
    let shown = browser.post(&finish, &[fields[0], ("credential", &credential)]).await;
    assert_eq!(shown.next(), "verify");
    browser.get("sign-in").await;
    let named = [("identifier", "asha@example.test")];
    let (options, finish) = begin(&mut browser, "sign-in/passkey/begin", &named).await;
    let credential = authenticator.sign(&options, |_| {}).to_string();
    assert_eq!(browser.post(&finish, &[named[0], ("credential", &credential)]).await.next(), "verify");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_refused_registration_keeps_what_was_typed() {
    let (t, user, _) = enrolled().await;
    let mut browser = Browser::new(&t).await;
    browser.get("register").await;
    browser.post("register/passkey/begin", &[("email", &user.email)]).await.says(422, "There is an account with this");
    browser.post("register/passkey/begin", &[("email", "no")]).await.says(422, "This does not look like an email");
    let fields = [("first-name", "Asha"), ("email", "asha@example.test"), ("credential", "nonsense")];
    let shown = browser.post("register/passkey", &fields).await;
    shown.says(422, "This passkey was not accepted.");
    shown.says(422, "value=\"asha@example.test\"");
    t.set("IsCustomerRegistration", "false").await;
    browser.post("register/passkey/begin", &[("email", "a@example.test")]).await.says(422, "takes no new accounts");
    t.run_jobs().await;
}

#[tokio::test]
async fn the_link_of_a_lost_passkey_opens_the_page_that_makes_a_new_one() {
    let (t, user, mut lost) = enrolled().await;
    let mut browser = Browser::new(&t).await;
    browser.get("lost-passkey").await.says(200, "Lost your passkey?");
    assert_eq!(browser.post("lost-passkey", &[("email", &user.email)]).await.next(), "lost-passkey/sent");
    browser.get("lost-passkey/sent").await.says(200, &user.email);
    assert_eq!(browser.post("lost-passkey/again", &[]).await.next(), "lost-passkey/sent");
    let link = link_for(&t, &user.email).await;
    let token = link.split("vtoken=").nth(1).unwrap().to_owned();

    // On another device, and first by a program that looks at mail.
    Browser::again(&t).open(&link).await.says(200, "Make a new passkey");
    let mut browser = Browser::again(&t);
    browser.open(&link).await.says(200, "Make a new passkey");
    let (options, finish) = begin(&mut browser, "reset-passkey/begin", &[("token", &token)]).await;
    let (mut new, credential) = Authenticator::create(&options, |_| {});
    let credential = credential.to_string();
    browser.post(&finish, &[("token", &token), ("credential", "no")]).await.says(422, "was not accepted");
    assert_eq!(browser.post(&finish, &[("token", &token), ("credential", &credential)]).await.next(), "sign-in");
    browser.get("sign-in").await.says(200, "Your new passkey is ready.");
    let again = browser.post("reset-passkey/begin", &[("token", &token)]).await;
    again.says(422, "This link does not work any more.");

    for (authenticator, works) in [(&mut new, true), (&mut lost, false)] {
        let (options, finish) = begin(&mut browser, "sign-in/passkey/any/begin", &[]).await;
        let credential = authenticator.sign(&options, |_| {}).to_string();
        let shown = browser.post(&finish, &[("credential", &credential)]).await;
        assert_eq!(shown.status == 303, works);
        browser.get("account").await;
        browser.post("sign-out", &[]).await;
        browser.get("sign-in").await;
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_message_of_the_api_leads_to_the_page_where_there_is_one() {
    let (t, user, _) = enrolled().await;
    for (pages, page) in [("true", "/hosted/acme/reset-passkey?"), ("false", "/identity/v2/auth/passkey/reset/begin?")]
    {
        t.set("hostedPages.enabled", pages).await;
        let body = serde_json::json!({ "email": user.email });
        t.post("/identity/v2/auth/passkey/forgot").key().query("resetpasskeyurl", "").json(&body).send().await.ok();
        let link = link_for(&t, &user.email).await;
        assert!(link.starts_with(&format!("{}{page}", crate::support::PUBLIC_URL)), "{link}");
    }
}

/// The link that was sent there last.
async fn link_for(t: &Test, address: &str) -> String {
    t.run_jobs().await;
    let sent = t.outbox().into_iter().rev().find(|message| message.to == address && message.link.is_some());
    sent.and_then(|message| message.link).expect("a link was sent")
}

#[tokio::test]
async fn passkeys_are_added_and_removed_on_the_account_page() {
    let t = with_passkeys().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    browser.get("account").await.says(200, "You have none yet.");
    browser.get("account/passkeys").await.says(200, "Create passkey");
    browser.post("account/passkeys", &[("credential", "no")]).await.says(422, "was not accepted");
    let (options, finish) = begin(&mut browser, "account/passkeys/begin", &[]).await;
    let (_, credential) = Authenticator::create(&options, |_| {});
    assert_eq!(browser.post(&finish, &[("credential", &credential.to_string())]).await.next(), "account");
    let shown = browser.get("account").await;
    shown.says(200, "Your passkey is ready.");
    shown.says(200, "not used yet");

    let text = shown.text.replace("&#x2f;", "/");
    let removal = text.split("/hosted/acme/account/passkeys/").nth(1).unwrap().split('"').next().unwrap();
    let removal = format!("account/passkeys/{removal}");
    browser.get(&removal).await.says(200, "iCloud Keychain will not sign you in any more.");
    assert_eq!(browser.post("account/passkeys/other/remove", &[]).await.next(), "account");
    assert_eq!(browser.get("account/passkeys/other/remove").await.next(), "account");
    assert_eq!(browser.post(&removal, &[]).await.next(), "account");
    browser.get("account").await.says(200, "You have none yet.");
    t.run_jobs().await;
}

#[tokio::test]
async fn adding_a_passkey_asks_for_a_recent_sign_in() {
    let t = with_passkeys().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    browser.get("account").await;
    t.clock.advance(Span::minutes(11));
    assert_eq!(browser.post("account/passkeys/begin", &[]).await.next(), "account/prove");
    assert_eq!(browser.get("account/passkeys").await.next(), "account/prove");
    assert_eq!(browser.post("account/prove/password", &[("password", GOOD_PASSWORD)]).await.next(), "account/passkeys");
    begin(&mut browser, "account/passkeys/begin", &[]).await;
    t.run_jobs().await;
}
