//! What people do on the pages.

use super::browser::Browser;
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, wrong};
use serde_json::json;

const PHONE: &str = "+919812345670";

/// The latest link that was sent to an address.
async fn link_for(t: &Test, address: &str) -> String {
    t.run_jobs().await;
    let sent = t.outbox().into_iter().rev().find(|message| message.to == address && message.link.is_some());
    sent.and_then(|message| message.link).expect("a link was sent there")
}

#[tokio::test]
async fn a_wrong_password_is_told_like_an_unknown_person() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    let wrong = browser.post("sign-in", &[("identifier", &user.email), ("password", "no")]).await;
    wrong.says(422, "That does not match");
    let unknown = browser.post("sign-in", &[("identifier", "nobody@example.test"), ("password", "no")]).await;
    assert_eq!(wrong.text.replace(&user.email, ""), unknown.text.replace("nobody@example.test", ""));
    assert!(!wrong.text.contains("value=\"no\""), "a password is not shown again");
}

#[tokio::test]
async fn people_sign_in_by_address_number_and_name() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    for identifier in [&user.email, &user.phone, &user.user_name] {
        browser.get("sign-in").await;
        let shown = browser.post("sign-in", &[("identifier", identifier), ("password", GOOD_PASSWORD)]).await;
        assert_eq!(shown.next(), "account", "{identifier}");
        browser.get("account").await.says(200, "Your account");
        assert_eq!(browser.post("sign-out", &[]).await.next(), "sign-in");
        assert_eq!(browser.get("account").await.next(), "sign-in");
    }
}

#[tokio::test]
async fn somebody_registers_by_phone_and_types_the_code() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    browser.get("register-by-phone").await;
    let fields = [("first-name", "Asha"), ("phone", PHONE), ("password", GOOD_PASSWORD)];
    assert_eq!(browser.post("register-by-phone", &fields).await.next(), "verify");
    browser.get("verify").await.says(200, PHONE);
    let code = t.code_for(PHONE).await;
    let shown = browser.post("verify", &[("code", &wrong(&code))]).await;
    shown.says(422, "id=\"code-problem\"");
    shown.says(422, "autocomplete=\"one-time-code\"");
    let shown = browser.post("verify", &[("code", &code)]).await;
    assert_eq!(shown.next(), "account");
    browser.follow(&shown).await.says(200, "Asha");
}

#[tokio::test]
async fn somebody_registers_by_email_and_opens_the_link() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let mut browser = Browser::new(&t).await;
    browser.get("register").await;
    let fields = [("first-name", ""), ("email", "asha@example.test"), ("password", GOOD_PASSWORD)];
    assert_eq!(browser.post("register", &fields).await.next(), "verify");
    browser.get("verify").await.says(200, "Check your email");
    let link = link_for(&t, "asha@example.test").await;
    // Opened elsewhere, and by a program that looks at mail: nothing is used up by that.
    let mut elsewhere = Browser::again(&t);
    elsewhere.open(&link).await.says(200, "This is my address");
    let shown = elsewhere.open(&link).await;
    let token = shown.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(elsewhere.post("verify-link", &[("token", &token)]).await.next(), "account");
    let mut late = Browser::again(&t);
    late.open(&link).await;
    late.post("verify-link", &[("token", &token)]).await.says(422, "does not work any more");
}

#[tokio::test]
async fn whoever_did_not_prove_their_address_is_taken_there_from_the_sign_in() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    t.set("OTPEmailVerification", "true").await;
    let mut browser = Browser::new(&t).await;
    let user = t.user_with(&json!({ "EmailVerified": false, "PhoneId": null, "UserName": null })).await;
    browser.get("sign-in").await;
    let shown = browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert_eq!(shown.next(), "verify");
    browser.get("verify").await;
    let code = t.code_for(&user.email).await;
    assert_eq!(browser.post("verify", &[("code", &code)]).await.next(), "account");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("register").await;
    let fields = [("first-name", "Asha"), ("email", "nonsense"), ("password", GOOD_PASSWORD)];
    let shown = browser.post("register", &fields).await;
    shown.says(422, "id=\"email-problem\"");
    shown.says(422, "value=\"Asha\"");
    let fields = [("email", "asha@example.test"), ("password", "short")];
    browser.post("register", &fields).await.says(422, "id=\"password-problem\"");
    let fields = [("email", user.email.as_str()), ("password", GOOD_PASSWORD)];
    browser.post("register", &fields).await.says(422, "There is an account with this address already");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_phone() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("forgot").await;
    assert_eq!(browser.post("forgot", &[("identifier", &user.phone)]).await.next(), "reset");
    let code = t.code_for(&user.phone).await;
    browser.get("reset").await.says(200, "autocomplete=\"new-password\"");
    let shown = browser.post("reset", &[("code", &wrong(&code)), ("new-password", OTHER_PASSWORD)]).await;
    shown.says(422, "id=\"code-problem\"");
    let shown = browser.post("reset", &[("code", &code), ("new-password", "short")]).await;
    shown.says(422, "id=\"new-password-problem\"");
    let shown = browser.post("reset", &[("code", &code), ("new-password", OTHER_PASSWORD)]).await;
    assert_eq!(shown.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_link_and_by_mailed_code() {
    let t = Test::new().await;
    t.set("LoginOnPasswordReset", "false").await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("forgot").await;
    assert_eq!(browser.post("forgot", &[("identifier", &user.email)]).await.next(), "reset");
    browser.get("reset").await.says(200, "Check your email");
    let link = link_for(&t, &user.email).await;
    let shown = browser.open(&link).await;
    let token = shown.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let shown = browser.post("reset", &[("token", &token), ("new-password", OTHER_PASSWORD)]).await;
    assert_eq!(shown.next(), "sign-in");
    browser.follow(&shown).await.says(200, "Your password was changed.");

    t.set("otpPasswordReset", "true").await;
    browser.get("forgot").await;
    browser.post("forgot", &[("identifier", &user.email)]).await;
    let code = t.code_for(&user.email).await;
    browser.get("reset").await;
    let fields = [("code", code.as_str()), ("new-password", "copper lantern 33 meadows")];
    assert_eq!(browser.post("reset", &fields).await.next(), "sign-in");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forgotten_password_tells_nobody_who_is_known() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    for known in [&user.email, &user.phone] {
        let stranger = if known.contains('@') { "nobody@example.test" } else { "+919899999999" };
        let mut seen = Vec::new();
        for identifier in [known.as_str(), stranger] {
            browser.get("forgot").await;
            let shown = browser.post("forgot", &[("identifier", identifier)]).await;
            let page = browser.follow(&shown).await;
            let text = page.text.replace(identifier, "").replace(&browser.form, "");
            seen.push((shown.location().to_owned(), page.status, text));
        }
        assert_eq!(seen[0], seen[1]);
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn people_sign_in_by_code_and_by_link() {
    let t = Test::new().await;
    t.set("IsInstantSignin", r#"{"EmailLink":true,"SmsOtp":true}"#).await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await.says(200, "Sign in without a password");
    browser.get("sign-in-code").await;
    let shown = browser.post("sign-in-code", &[("identifier", &user.phone)]).await;
    assert_eq!(shown.next(), "sign-in-code/enter");
    let code = t.code_for(&user.phone).await;
    browser.follow(&shown).await;
    browser.post("sign-in-code/enter", &[("code", &wrong(&code))]).await.says(422, "id=\"code-problem\"");
    assert_eq!(browser.post("sign-in-code/enter", &[("code", &code)]).await.next(), "account");

    let mut browser = Browser::again(&t);
    browser.get("sign-in-code").await;
    browser.post("sign-in-code", &[("identifier", &user.email)]).await;
    let link = link_for(&t, &user.email).await;
    let shown = browser.open(&link).await;
    let token = shown.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.post("sign-in-link", &[("token", &token)]).await.next(), "account");
}

#[tokio::test]
async fn a_pin_that_is_owed_is_set_on_the_way() {
    let t = Test::new().await;
    let owed = r#"{"IsEnabled":true,"Configuration":{"IsRequired":true,"AskOnLogin":true}}"#;
    t.set("PINAuthentication", owed).await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    let shown = browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert_eq!(shown.next(), "pin");
    browser.follow(&shown).await;
    browser.post("pin", &[("pin", "1234")]).await.says(422, "id=\"pin-problem\"");
    assert_eq!(browser.post("pin", &[("pin", "8305")]).await.next(), "account");
    t.run_jobs().await;
}

#[tokio::test]
async fn people_look_after_their_account() {
    let t = Test::new().await;
    let user = t.user().await;
    let (mut browser, fields) =
        (Browser::new(&t).await, [("identifier", user.email.as_str()), ("password", GOOD_PASSWORD)]);
    let mut other = Browser::again(&t);
    for one in [&mut browser, &mut other] {
        one.get("sign-in").await;
        one.post("sign-in", &fields).await;
    }
    browser.get("account").await;
    let shown = browser.post("account/profile", &[("first-name", "Mira"), ("last-name", "Rao")]).await;
    let shown = browser.follow(&shown).await;
    shown.says(200, "Saved.");
    shown.says(200, "Mira Rao");

    let session = shown.text.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.post("account/sessions/end", &[("session", &session)]).await.next(), "account");
    assert_eq!(other.get("account").await.next(), "sign-in");
    t.run_jobs().await;
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_others() {
    let t = Test::new().await;
    let (user, stranger) = (t.user().await, t.user().await);
    let (mut browser, mut other) = (Browser::new(&t).await, Browser::again(&t));
    for (one, user) in [(&mut browser, &user), (&mut other, &stranger)] {
        one.get("sign-in").await;
        one.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    }
    let uid = doorward_model::id::Uid::new(stranger.uid.clone());
    let (tenant, now) = (t.acme.id.clone(), t.app.now());
    let listed = t.app.read(move |tx| Ok(doorward_store::sessions::live(tx, &tenant, &uid, 9, now)?)).await.unwrap();
    browser.get("account").await;
    browser.post("account/sessions/end", &[("session", listed[0].id.as_str())]).await;
    assert_eq!(other.get("account").await.status, 200);
}

#[tokio::test]
async fn an_account_is_deleted_with_a_code() {
    let t = Test::new().await;
    for fields in [json!({}), json!({ "PhoneId": null })] {
        let user = t.user_with(&fields).await;
        let mut browser = Browser::new(&t).await;
        browser.get("sign-in").await;
        browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
        browser.get("account/delete").await;
        assert_eq!(browser.post("account/delete", &[]).await.next(), "account/delete");
        let receiver = if user.phone.is_empty() { &user.email } else { &user.phone };
        let code = t.code_for(receiver).await;
        browser.post("account/delete/confirm", &[("code", &wrong(&code))]).await.says(422, "id=\"code-problem\"");
        let shown = browser.post("account/delete/confirm", &[("code", &code)]).await;
        assert_eq!(shown.next(), "sign-in");
        browser.follow(&shown).await.says(200, "Your account was deleted.");
        let gone = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
        assert_ne!(gone.status, 200);
        t.run_jobs().await;
    }
}
