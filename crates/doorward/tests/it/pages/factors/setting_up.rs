//! The first factor, set up by a login that needs one.

use super::{PHONE, carried, code, codes, knock, open, required, scan, send, walk};
use crate::credentials::security_questions::with_questions;
use crate::pages::browser::{BACK, Browser};
use crate::support::{GOOD_PASSWORD, Test, User, wrong};
use doorward_model::time::Span;
use serde_json::json;

/// Somebody at the door who has no factor.
async fn newcomer(t: &Test) -> (User, Browser) {
    let user = t.user().await;
    let mut browser = Browser::new(t).await;
    let shown = knock(&mut browser, &user).await;
    shown.says(200, "Protect your account");
    assert_eq!(browser.get("account").await.next(), "sign-in", "nobody is signed in yet");
    (user, browser)
}

#[tokio::test]
async fn an_app_is_set_up_by_its_picture_and_the_codes_are_told_once() {
    let t = required().await;
    let (user, mut browser) = newcomer(&t).await;
    let shown = open(&mut browser, "second-factor/authenticator").await;
    shown.says(200, "<img src=\"data:image&#x2f;png;base64,");
    shown.says(200, "href=\"otpauth:&#x2f;&#x2f;totp&#x2f;");
    let policy = shown.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("img-src 'self' data:;") && !policy.contains("unsafe"), "{policy}");
    let key = scan(&shown);
    let right = code(&t, &key);
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    assert_eq!(scan(&shown).text().expose(), key.text().expose(), "the key stays");
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &right)]).await;
    shown.says(200, "Keep your backup codes");
    let set = codes(&shown);
    assert_eq!(set.len(), 10);
    send(&mut browser, "continue", &[]).await.says(200, "Your account");
    t.run_jobs().await;

    t.clock.advance(Span::seconds(30));
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await.says(200, "Enter the code that your app shows now.");
    send(&mut browser, "second-factor/backup-code", &[("backup-code", &set[0])]).await.says(200, "Your account");
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    let shown = send(&mut browser, "second-factor/authenticator", &[("code", &code(&t, &key))]).await;
    shown.says(200, "Your account");
    assert!(codes(&shown).is_empty());
}

#[tokio::test]
async fn after_the_codes_the_way_leads_on_to_the_application() {
    let t = required().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    let back = format!("?redirect_url={BACK}&state=x");
    browser.get(&format!("sign-in{back}")).await;
    let fields = [("identifier", user.email.as_str()), ("password", GOOD_PASSWORD)];
    let shown = browser.post(&format!("sign-in{back}"), &fields).await;
    walk(&mut browser, shown).await;
    let page = format!("second-factor/authenticator{back}");
    let key = scan(&browser.get(&page).await);
    let shown = browser.post(&page, &[("code", &code(&t, &key))]).await;
    shown.says(200, "Keep your backup codes");
    assert!(!browser.post(&format!("continue{back}"), &[]).await.code().is_empty());
    t.run_jobs().await;
}

#[tokio::test]
async fn a_phone_is_set_up_after_a_second_thought() {
    let t = required().await;
    t.set("voice.isEnabled", "true").await;
    let (_, mut browser) = newcomer(&t).await;
    open(&mut browser, "second-factor/phone").await.says(200, "autocomplete=\"tel\"");
    let shown = send(&mut browser, "second-factor/phone/number", &[("phone", "12")]).await;
    shown.says(422, "id=\"phone-problem\"");
    let fields = [("phone", "+919812345671"), ("by", "call")];
    send(&mut browser, "second-factor/phone/number", &fields).await.says(200, "You get a call now.");
    let other = t.code_for("+919812345671").await;
    open(&mut browser, "second-factor/phone/number").await.says(200, "autocomplete=\"tel\"");
    send(&mut browser, "second-factor/phone/number", &[("phone", PHONE)]).await.says(200, PHONE);
    send(&mut browser, "second-factor/phone", &[("code", &other)]).await.says(422, "id=\"code-problem\"");
    let code = t.code_for(PHONE).await;
    let shown = send(&mut browser, "second-factor/phone", &[("code", &code)]).await;
    shown.says(200, "Keep your backup codes");
    t.run_jobs().await;
}

#[tokio::test]
async fn codes_by_email_are_set_up() {
    let t = required().await;
    t.set("TwoFactorAuthentication.backupCodes", "false").await;
    let (user, mut browser) = newcomer(&t).await;
    let before = carried(&t).await;
    open(&mut browser, "second-factor/email").await.says(200, "Send code");
    assert_eq!(carried(&t).await, before);
    send(&mut browser, "second-factor/email/send", &[]).await.says(200, "Enter your code");
    let code = t.code_for(&user.email).await;
    send(&mut browser, "second-factor/email", &[("code", &code)]).await.says(200, "Your account");
    t.run_jobs().await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await.says(200, "Enter your code");
    t.run_jobs().await;
}

#[tokio::test]
async fn questions_are_chosen_and_answered() {
    let t = with_questions().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    let (user, mut browser) = newcomer(&t).await;
    open(&mut browser, "second-factor/questions").await.says(200, "<select");
    let same = [("question-0", "1"), ("answer-0", "x"), ("question-1", "1"), ("answer-1", "y")];
    send(&mut browser, "second-factor/questions", &same).await.says(422, "Choose different questions");
    let empty = [("question-0", "1"), ("answer-0", "x"), ("question-1", "2"), ("answer-1", "")];
    let shown = send(&mut browser, "second-factor/questions", &empty).await;
    shown.says(422, "Choose different questions");
    shown.says(422, "<option value=\"2\" selected>");
    let unknown = [("question-0", "1"), ("answer-0", "x"), ("question-1", "9"), ("answer-1", "y")];
    send(&mut browser, "second-factor/questions", &unknown).await.says(422, "Choose different questions");
    let right = [("question-0", "1"), ("answer-0", "Elm"), ("question-1", "2"), ("answer-1", "Ms Bloom")];
    send(&mut browser, "second-factor/questions", &right).await.says(200, "Keep your backup codes");
    t.run_jobs().await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await.says(200, "In which street did you grow up?");
}

#[tokio::test]
async fn what_the_tenant_does_not_offer_is_not_offered() {
    let t = required().await;
    let (user, mut browser) = newcomer(&t).await;
    let shown = open(&mut browser, "second-factor/choose").await;
    for text in ["Authenticator app", "Code to your phone", "Code by email"] {
        shown.says(200, text);
    }
    assert!(!shown.text.contains("Security questions") && !shown.text.contains("Backup code"));
    t.set("TwoFactorAuthentication.IsSmsOtpAuthenticatorEnabled", "false").await;
    t.set("TwoFactorAuthentication.IsEmailOtpAuthenticatorEnabled", "false").await;
    t.set("TwoFactorAuthentication.IsPasskeyMFAEnabled", "false").await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await.says(200, "Set up an authenticator app");
    t.set("TwoFactorAuthentication.IsAuthenticatorEnabled", "false").await;
    knock(&mut Browser::again(&t), &user).await.says(422, "offers none now");
}

#[tokio::test]
async fn whoever_can_set_up_nothing_is_told_so() {
    let t = required().await;
    t.set("TwoFactorAuthentication.IsSmsOtpAuthenticatorEnabled", "false").await;
    t.set("TwoFactorAuthentication.IsAuthenticatorEnabled", "false").await;
    t.set("TwoFactorAuthentication.IsPasskeyMFAEnabled", "false").await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    let mut browser = Browser::new(&t).await;
    knock(&mut browser, &user).await.says(200, "there is none that you could set up");
}
