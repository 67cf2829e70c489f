//! Passkeys as a second factor, with an authenticator of software in the place of the script.

use super::{codes, knock, open, send};
use crate::credentials::passkeys::with_passkeys;
use crate::pages::browser::Browser;
use crate::pages::passkeys::begin;
use crate::support::authenticator::{Authenticator, PRESENT};
use crate::support::{Test, User};
use doorward_model::time::Span;

async fn offered() -> Test {
    let t = with_passkeys().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t
}

/// Somebody who has added a passkey on the account's page, with the codes that came with it.
async fn enrolled() -> (Test, User, Browser, Authenticator, Vec<String>) {
    let t = offered().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    knock(&mut browser, &user).await.says(200, "Set up: Passkey");
    open(&mut browser, "account/second-factor/passkey").await.says(200, "Create passkey");
    let (options, finish) = begin(&mut browser, "account/second-factor/passkey/begin", &[]).await;
    let kept = &options["authenticatorSelection"]["residentKey"];
    assert_eq!(kept, "discouraged", "no browser suggests it where it does not sign in");
    let (authenticator, credential) = Authenticator::create(&options, |answer| answer.flags = PRESENT);
    let shown = send(&mut browser, &finish, &[("credential", &credential.to_string())]).await;
    shown.says(200, "It is on.");
    t.run_jobs().await;
    (t, user, browser, authenticator, codes(&shown))
}

#[tokio::test]
async fn a_touch_completes_the_login() {
    let (t, user, _, mut authenticator, set) = enrolled().await;
    assert_eq!(set.len(), 10);
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "Use a passkey");
    shown.says(200, "Another way");
    let (options, finish) = begin(&mut browser, "second-factor/passkey/begin", &[]).await;
    let wrong = authenticator.sign(&options, |answer| "https://evil.test".clone_into(&mut answer.origin));
    for credential in [wrong.to_string().as_str(), "", "[1]"] {
        send(&mut browser, &finish, &[("credential", credential)]).await.says(422, "This passkey was not accepted.");
    }
    let (options, finish) = begin(&mut browser, "second-factor/passkey/begin", &[]).await;
    let touched = authenticator.sign(&options, |answer| answer.flags = PRESENT);
    send(&mut browser, &finish, &[("credential", &touched.to_string())]).await.says(200, "Your account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_passkey_is_set_up_by_a_login_that_needs_one() {
    let t = offered().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    knock(&mut browser, &user).await.says(200, "Your device asks for your finger");
    open(&mut browser, "second-factor/passkey").await.says(200, "Create passkey");
    let (options, finish) = begin(&mut browser, "second-factor/passkey/begin", &[]).await;
    let (_, credential) = Authenticator::create(&options, |answer| answer.flags = PRESENT);
    let shown = send(&mut browser, &finish, &[("credential", &credential.to_string())]).await;
    shown.says(200, "Keep your backup codes");
    send(&mut browser, "continue", &[]).await.says(200, "Your account");
    t.run_jobs().await;
}

#[tokio::test]
async fn passkeys_are_listed_added_and_removed() {
    let (t, _, mut browser, _, _) = enrolled().await;
    let shown = browser.get("account").await;
    shown.says(200, "Add another: Passkey");
    open(&mut browser, "account/second-factor/passkey/remove").await.says(200, "Remove this step?");
    send(&mut browser, "account/second-factor/passkey/remove", &[]).await.says(200, "Set up: Passkey");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_has_passkeys_alone_proves_themselves_by_a_code_or_signs_in_again() {
    let (t, _, mut browser, _, set) = enrolled().await;
    t.clock.advance(Span::minutes(11));
    open(&mut browser, "account/second-factor/passkey/remove").await.says(200, "Backup code");
    t.set("TwoFactorAuthentication.backupCodes", "false").await;
    open(&mut browser, "account/second-factor/passkey/remove").await.says(200, "Sign out and sign in");
    t.set("TwoFactorAuthentication.backupCodes", "true").await;
    let fields = [("backup-code", set[0].as_str())];
    open(&mut browser, "account/second-factor/passkey/remove").await;
    send(&mut browser, "account/prove/backup-code", &fields).await.says(200, "Remove this step?");
}

#[tokio::test]
async fn what_is_in_the_way_is_told_in_a_sentence() {
    let (t, _, mut browser, _, _) = enrolled().await;
    t.clock.advance(Span::minutes(11));
    let shown = browser.post("account/second-factor/passkey/begin", &[]).await;
    shown.says(422, "Load this page again to prove that it is you.");
    let shown = open(&mut browser, "account/passkeys").await;
    shown.says(200, "Backup code");
    t.set("TwoFactorAuthentication.IsPasskeyMFAEnabled", "false").await;
    let shown = browser.post("account/second-factor/passkey/begin", &[]).await;
    shown.says(422, "There are no passkeys here.");
}
