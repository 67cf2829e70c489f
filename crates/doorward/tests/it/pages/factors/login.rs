//! A login that waits, completed by what its owner has.

use super::{PHONE, add_app, add_email, add_phone, carried, code, codes, knock, open, optional, send, signed_in, walk};
use crate::credentials::security_questions::with_questions;
use crate::pages::browser::{BACK, Browser};
use crate::support::{GOOD_PASSWORD, Test, User, wrong};
use doorward_flows::app::outside::Channel;
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_code_of_the_app_signs_in_once() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "Enter the code that your app shows now.");
    shown.says(200, "autocomplete=\"one-time-code\"");
    assert!(!shown.text.contains("class=\"key\""), "who knows the password alone is told no key");
    let right = code(&t, &key);
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    send(&mut browser, "second-factor/authenticator", &[("code", &right)]).await.says(200, "Your account");

    let mut thief = Browser::again(&t);
    knock(&mut thief, &user).await;
    send(&mut thief, "second-factor/authenticator", &[("code", &right)]).await.says(422, "it was used before");
    assert_eq!(thief.get("account").await.next(), "sign-in");
}

#[tokio::test]
async fn the_only_phone_gets_its_code_by_itself_and_once() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    let before = carried(&t).await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "5670");
    assert!(!shown.text.contains(PHONE), "the number is not told to who knows the password alone");
    open(&mut browser, "second-factor").await;
    open(&mut browser, "second-factor/choose").await.says(200, "Enter the code that went to");
    assert_eq!(carried(&t).await, before + 1, "looking sends nothing");
    let first = t.code_for(PHONE).await;
    t.clock.advance(Span::seconds(31));
    send(&mut browser, "second-factor/phone/send", &[]).await.says(200, "A code is on its way.");
    assert_eq!(carried(&t).await, before + 2);
    send(&mut browser, "second-factor/phone", &[("code", &first)]).await.says(422, "id=\"code-problem\"");
    let code = t.code_for(PHONE).await;
    send(&mut browser, "second-factor/phone", &[("code", &code)]).await.says(200, "Your account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_call_is_offered_where_the_tenant_has_calls() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    assert!(!knock(&mut browser, &user).await.text.contains("Call me instead"));
    send(&mut browser, "second-factor/phone/send", &[("by", "call")]).await.says(422, "We cannot call you now.");
    t.set("voice.isEnabled", "true").await;
    open(&mut browser, "second-factor/phone").await.says(200, "Call me instead");
    t.clock.advance(Span::seconds(31));
    send(&mut browser, "second-factor/phone/send", &[("by", "call")]).await.says(200, "You get a call now.");
    let code = t.code_for(PHONE).await;
    assert_eq!(t.outbox().last().unwrap().channel, Channel::Voice);
    send(&mut browser, "second-factor/phone", &[("code", &code)]).await.says(200, "Your account");
}

#[tokio::test]
async fn too_many_codes_are_told_beside_the_button() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    for _ in 0..4 {
        t.clock.advance(Span::seconds(31));
        send(&mut browser, "second-factor/phone/send", &[]).await.says(200, "A code is on its way.");
    }
    t.clock.advance(Span::seconds(31));
    let shown = send(&mut browser, "second-factor/phone/send", &[]).await;
    shown.says(422, "That was a little too often.");
    shown.says(422, "name=\"code\"");
    t.run_jobs().await;
}

#[tokio::test]
async fn the_only_address_gets_its_code_by_itself() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_email(&t, &mut browser, &user).await;
    let before = carried(&t).await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "Enter your code");
    assert!(!shown.text.contains(&user.email), "{}", shown.text);
    assert_eq!(carried(&t).await, before + 1);
    let right = t.code_for(&user.email).await;
    send(&mut browser, "second-factor/email", &[("code", &wrong(&right))]).await.says(422, "id=\"code-problem\"");
    t.clock.advance(Span::seconds(31));
    send(&mut browser, "second-factor/email/send", &[]).await.says(200, "A code is on its way.");
    let right = t.code_for(&user.email).await;
    send(&mut browser, "second-factor/email", &[("code", &right)]).await.says(200, "Your account");
}

#[tokio::test]
async fn of_several_addresses_the_chosen_one_gets_the_code() {
    let t = optional().await;
    let emails = json!([
        { "Type": "Primary", "Value": "asha@example.com" }, { "Type": "Work", "Value": "rao@work.example" }
    ]);
    let user = t.user_with(&json!({ "Email": emails })).await;
    let mut browser = Browser::new(&t).await;
    knock(&mut browser, &user).await;
    add_email(&t, &mut browser, &user).await;
    let before = carried(&t).await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "a**a@e*****e.c*m");
    shown.says(200, "r*o@w**k.e*****e");
    assert!(!shown.text.contains("rao@work") && !shown.text.contains("asha@"), "{}", shown.text);
    assert_eq!(carried(&t).await, before, "nothing is sent unasked");
    send(&mut browser, "second-factor/email/send", &[("mailbox", "7")]).await.says(422, "one of your addresses");
    send(&mut browser, "second-factor/email/send", &[]).await.says(422, "one of your addresses");
    send(&mut browser, "second-factor/email/send", &[("mailbox", "1")]).await.says(200, "r*o@w**k.e*****e");
    let code = t.code_for("rao@work.example").await;
    open(&mut browser, "second-factor/email/address").await.says(200, "type=\"radio\"");
    send(&mut browser, "second-factor/email", &[("code", &code)]).await.says(200, "Your account");
}

#[tokio::test]
async fn of_several_factors_the_best_is_asked_for_and_nothing_is_sent_unasked() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    add_email(&t, &mut browser, &user).await;
    add_app(&t, &mut browser).await;
    let before = carried(&t).await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "Authenticator app");
    shown.says(200, "Another way");
    let shown = open(&mut browser, "second-factor/choose").await;
    for text in ["Authenticator app", "Code to your phone", "Code by email", "Backup code", "Send a code to"] {
        shown.says(200, text);
    }
    open(&mut browser, "second-factor/phone").await.says(200, "Send code");
    open(&mut browser, "second-factor/email").await.says(200, "Send code");
    assert_eq!(carried(&t).await, before, "nothing is sent unasked");
    send(&mut browser, "second-factor/email/send", &[]).await.says(200, "Enter your code");
    assert_eq!(carried(&t).await, before + 1);
    let code = t.code_for(&user.email).await;
    send(&mut browser, "second-factor/phone", &[("code", &code)]).await.says(422, "");
    send(&mut browser, "second-factor/email", &[("code", &code)]).await.says(200, "Your account");
}

#[tokio::test]
async fn a_backup_code_signs_in_once() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (_, set) = add_app(&t, &mut browser).await;
    assert_eq!(set.len(), 10);
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    let shown = open(&mut browser, "second-factor/backup-code").await;
    shown.says(200, "autocomplete=\"one-time-code\"");
    let fields = [("backup-code", "aaaa-bbbb-cccc-dddd")];
    send(&mut browser, "second-factor/backup-code", &fields).await.says(422, "id=\"backup-code-problem\"");
    let typed = set[3].to_uppercase().replace('-', " ");
    send(&mut browser, "second-factor/backup-code", &[("backup-code", &typed)]).await.says(200, "Your account");
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    let shown = send(&mut browser, "second-factor/backup-code", &[("backup-code", &set[3])]).await;
    shown.says(422, "used before");
}

/// A person whose second factor are answers.
async fn with_answers() -> (Test, User) {
    let t = with_questions().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    let (user, mut browser) = signed_in(&t).await;
    open(&mut browser, "account/second-factor/questions").await.says(200, "Who was your favourite teacher?");
    let fields = [("question-0", "0"), ("answer-0", "Sir Barks"), ("question-1", "3"), ("answer-1", "Aspic")];
    send(&mut browser, "account/second-factor/questions", &fields).await.says(200, "It is on.");
    t.run_jobs().await;
    (t, user)
}

#[tokio::test]
async fn answers_sign_in_and_wrong_ones_do_not_say_which() {
    let (t, user) = with_answers().await;
    let mut browser = Browser::again(&t);
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "What was your first pet called?");
    shown.says(200, "Which dish do you never eat?");
    assert!(!shown.text.contains("favourite teacher"));
    let fields = [("answer-0", "Sir Barks"), ("answer-1", "Soup")];
    let shown = send(&mut browser, "second-factor/questions", &fields).await;
    shown.says(422, "These are not the answers.");
    assert!(!shown.text.contains("Sir Barks"), "an answer is not shown again");
    let fields = [("answer-0", "sir  barks"), ("answer-1", "ASPIC")];
    send(&mut browser, "second-factor/questions", &fields).await.says(200, "Your account");
}

#[tokio::test]
async fn a_factor_that_the_person_does_not_have_has_no_page() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    add_phone(&t, &mut browser).await;
    t.set("TwoFactorAuthentication.backupCodes", "false").await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    for page in ["email", "authenticator", "questions", "backup-code"] {
        assert_eq!(browser.get(&format!("second-factor/{page}")).await.next(), "second-factor", "{page}");
    }
    for (page, fields) in [
        ("email/send", ("mailbox", "0")),
        ("email", ("code", "123456")),
        ("authenticator", ("code", "123456")),
        ("questions", ("answer-0", "x")),
        ("backup-code", ("backup-code", "x")),
        // Whoever knows the password must not put a phone of their own in the place of the owner's.
        ("phone/number", ("phone", "+919812345699")),
    ] {
        let shown = send(&mut browser, &format!("second-factor/{page}"), &[fields]).await;
        assert!(!shown.text.contains("Your account"), "{page}");
    }
    t.run_jobs().await;
    assert!(t.outbox().iter().all(|message| message.to != "+919812345699"));
}

#[tokio::test]
async fn too_many_wrong_codes_lead_back_to_the_beginning() {
    let t = optional().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let (user, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    let right = code(&t, &key);
    let fields = [("code", wrong(&right))];
    let fields = [(fields[0].0, fields[0].1.as_str())];
    send(&mut browser, "second-factor/authenticator", &fields).await.says(422, "id=\"code-problem\"");
    let shown = send(&mut browser, "second-factor/authenticator", &fields).await;
    shown.says(422, "There were too many wrong tries.");
    shown.says(422, "<h1>Sign in</h1>");
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &right)]).await;
    shown.says(422, "<h1>Sign in</h1>");
    assert_eq!(browser.get("account").await.next(), "sign-in");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_is_too_slow_begins_again_and_is_told_why() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    for minutes in [6, 31] {
        // The login waits five minutes; the browser forgets the step after thirty.
        t.set("TwoFactorAuthentication.tokenMinutes", "5").await;
        let mut browser = Browser::again(&t);
        knock(&mut browser, &user).await;
        t.clock.advance(Span::minutes(minutes));
        let shown = send(&mut browser, "second-factor/authenticator", &[("code", &code(&t, &key))]).await;
        shown.says(422, "That took too long.");
        shown.says(422, "<h1>Sign in</h1>");
        open(&mut browser, "second-factor").await.says(422, "That took too long.");
    }
}

#[tokio::test]
async fn a_blocked_account_is_told_so() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &code(&t, &key))]).await;
    shown.says(422, "<h1>Sign in</h1>");
    assert_eq!(browser.get("account").await.next(), "sign-in");
    t.run_jobs().await;
}

#[tokio::test]
async fn whoever_is_through_is_not_asked_again() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (key, _) = add_app(&t, &mut browser).await;
    let mut browser = Browser::again(&t);
    let back = format!("?redirect_url={BACK}&state=x");
    browser.get(&format!("sign-in{back}")).await;
    let fields = [("identifier", user.email.as_str()), ("password", GOOD_PASSWORD)];
    let shown = browser.post(&format!("sign-in{back}"), &fields).await;
    walk(&mut browser, shown).await.says(200, "Authenticator app");
    let shown = browser.post(&format!("second-factor/authenticator{back}"), &[("code", &code(&t, &key))]).await;
    assert!(!shown.code().is_empty(), "on to the application");
    open(&mut browser, "second-factor").await.says(200, "Your account");
    assert!(codes(&open(&mut browser, "second-factor/authenticator").await).is_empty());
}
