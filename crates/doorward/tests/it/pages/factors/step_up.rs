//! What asks for a recent proof gets one, and goes on.

use super::{PHONE, add_app, add_email, add_phone, carried, code, open, optional, send, signed_in, walk};
use crate::credentials::security_questions::with_questions;
use crate::pages::browser::Browser;
use crate::support::{GOOD_PASSWORD, Test, wrong};
use doorward_model::time::Span;
use serde_json::json;

/// So long that the sign-in is no recent proof any more.
fn grow_old(t: &Test) {
    t.clock.advance(Span::minutes(11));
}

#[tokio::test]
async fn the_password_leads_back_to_what_was_wanted() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    grow_old(&t);
    let shown = open(&mut browser, "account/second-factor/authenticator").await;
    shown.says(200, "Is it you?");
    assert!(!shown.text.contains("class=\"key\""), "no key is told before");
    let shown = send(&mut browser, "account/prove/password", &[("password", "not this one")]).await;
    shown.says(422, "id=\"password-problem\"");
    let shown = send(&mut browser, "account/prove/password", &[("password", GOOD_PASSWORD)]).await;
    shown.says(200, "Set up an authenticator app");
    add_app(&t, &mut browser).await;
}

#[tokio::test]
async fn a_form_that_comes_too_late_asks_for_it_too() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    let number = [("phone", PHONE)];
    for (page, fields, back) in [
        ("account/second-factor/phone/number", &number[..], "Which phone"),
        ("account/second-factor/email/send", &[], "Code by email"),
        ("account/second-factor/authenticator", &[("code", "123456")], "Set up an authenticator app"),
        ("account/second-factor/backup-codes", &[], "New backup codes"),
        ("account/second-factor/phone/remove", &[], "Remove this step?"),
        ("account/delete", &[], "Delete your account?"),
    ] {
        open(&mut browser, "account").await;
        grow_old(&t);
        send(&mut browser, page, fields).await.says(200, "Is it you?");
        let shown = send(&mut browser, "account/prove/password", &[("password", GOOD_PASSWORD)]).await;
        shown.says(200, back);
        // A session on the pages lives fifteen minutes.
        browser.post("sign-out", &[]).await;
        let user = t.user().await;
        super::knock(&mut browser, &user).await.says(200, "Your account");
    }
    assert_eq!(carried(&t).await, 0, "nothing was sent");
}

#[tokio::test]
async fn a_code_by_email_does_where_there_is_no_factor() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/phone/number").await.says(200, "Another way");
    open(&mut browser, "account/prove/choose").await.says(200, "Code by email");
    open(&mut browser, "account/prove/email").await.says(200, "Send code");
    assert_eq!(carried(&t).await, 0);
    send(&mut browser, "account/prove/email/send", &[]).await.says(200, "Enter your code");
    let right = t.code_for(&user.email).await;
    let shown = send(&mut browser, "account/prove/email", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    send(&mut browser, "account/prove/email", &[("code", &right)]).await.says(200, "Which phone");
}

#[tokio::test]
async fn with_a_factor_the_password_is_not_enough() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    grow_old(&t);
    let remove = "account/second-factor/authenticator/remove";
    open(&mut browser, remove).await.says(200, "Enter the code that your app shows now.");
    let shown = open(&mut browser, "account/prove/choose").await;
    assert!(!shown.text.contains("prove&#x2f;password"));
    // Right, and yet too little: the page asks again.
    let shown = send(&mut browser, "account/prove/password", &[("password", GOOD_PASSWORD)]).await;
    shown.says(200, "Enter the code that your app shows now.");
    let right = code(&t, &key);
    let shown = send(&mut browser, "account/prove/authenticator", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    let shown = send(&mut browser, "account/prove/authenticator", &[("code", &right)]).await;
    shown.says(200, "Remove this step?");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_backup_code_does_as_well() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    let (_, set) = add_app(&t, &mut browser).await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/backup-codes").await;
    let fields = [("backup-code", "aaaa-bbbb-cccc-dddd")];
    send(&mut browser, "account/prove/backup-code", &fields).await.says(422, "id=\"backup-code-problem\"");
    let shown = send(&mut browser, "account/prove/backup-code", &[("backup-code", &set[0])]).await;
    shown.says(200, "New backup codes");
}

#[tokio::test]
async fn a_code_to_the_second_phone_does_when_it_is_asked_for() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    let before = carried(&t).await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/phone/remove").await.says(200, "Send code");
    assert_eq!(carried(&t).await, before);
    send(&mut browser, "account/prove/phone/send", &[]).await.says(200, "A code is on its way.");
    let right = t.code_for(PHONE).await;
    let shown = send(&mut browser, "account/prove/phone", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    send(&mut browser, "account/prove/phone", &[("code", &right)]).await.says(200, "Remove this step?");
    send(&mut browser, "account/second-factor/phone/remove", &[]).await.says(200, "It is removed.");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_to_the_address_that_is_a_factor_does() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_email(&t, &mut browser, &user).await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/email/remove").await.says(200, "Send code");
    send(&mut browser, "account/prove/email/send", &[("mailbox", "0")]).await.says(200, &user.email);
    let code = t.code_for(&user.email).await;
    send(&mut browser, "account/prove/email", &[("code", &code)]).await.says(200, "Remove this step?");
    t.run_jobs().await;
}

#[tokio::test]
async fn answers_do_where_they_are_a_factor() {
    let t = with_questions().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    let (_, mut browser) = signed_in(&t).await;
    open(&mut browser, "account/second-factor/questions").await;
    let fields = [("question-0", "0"), ("answer-0", "Sir Barks"), ("question-1", "3"), ("answer-1", "Aspic")];
    send(&mut browser, "account/second-factor/questions", &fields).await.says(200, "It is on.");
    t.run_jobs().await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/questions/remove").await.says(200, "first pet");
    let fields = [("answer-0", "Rex"), ("answer-1", "Aspic")];
    send(&mut browser, "account/prove/questions", &fields).await.says(422, "These are not the answers.");
    let fields = [("answer-0", "Sir Barks"), ("answer-1", "Aspic")];
    send(&mut browser, "account/prove/questions", &fields).await.says(200, "Remove this step?");
}

#[tokio::test]
async fn without_step_up_the_way_is_to_sign_in_again() {
    let t = optional().await;
    t.set("stepUp", "false").await;
    let (_, mut browser) = signed_in(&t).await;
    grow_old(&t);
    open(&mut browser, "account/second-factor/phone/number").await.says(200, "Sign out and sign in");
    assert_eq!(browser.post("sign-out", &[]).await.next(), "sign-in");
}

#[tokio::test]
async fn nobody_is_led_elsewhere_and_nobody_proves_anything_unasked() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    assert_eq!(browser.get("account/prove").await.next(), "account");
    browser.get("account").await;
    assert_eq!(browser.post("account/prove/password", &[("password", GOOD_PASSWORD)]).await.next(), "account");
    assert_eq!(browser.get("account/prove/password").await.next(), "account");
    // While the proof is recent, nothing is asked.
    open(&mut browser, "account/second-factor/phone/number").await.says(200, "Which phone");
    let mut other = Browser::again(&t);
    for page in ["account/prove", "account/prove/choose", "account/second-factor/phone/number"] {
        assert_eq!(other.get(page).await.next(), "sign-in", "{page}");
    }
}

#[tokio::test]
async fn wrong_proofs_lock() {
    let t = optional().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user_with(&json!({})).await;
    let mut browser = Browser::new(&t).await;
    super::knock(&mut browser, &user).await;
    grow_old(&t);
    let shown = browser.get("account/second-factor/phone/number").await;
    walk(&mut browser, shown).await;
    for _ in 0..2 {
        send(&mut browser, "account/prove/password", &[("password", "no")]).await;
    }
    let shown = send(&mut browser, "account/prove/password", &[("password", GOOD_PASSWORD)]).await;
    shown.says(422, "There were too many wrong tries.");
    t.run_jobs().await;
}
