//! The factors of who is signed in.

use super::{PHONE, add_app, add_email, add_phone, carried, code, codes, knock, open, optional, scan, send, signed_in};
use crate::pages::browser::Browser;
use crate::support::wrong;
use doorward_flows::app::outside::Channel;
use doorward_model::time::Span;

#[tokio::test]
async fn each_factor_is_listed_set_up_and_removed() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let shown = browser.get("account").await;
    for text in ["Set up: Authenticator app", "Set up: Code to your phone", "Set up: Code by email"] {
        shown.says(200, text);
    }
    assert!(!shown.text.contains("Backup codes"), "they stand in for a factor, and there is none");
    assert_eq!(codes(&add_phone(&t, &mut browser).await).len(), 10, "with the first factor come codes");
    assert!(codes(&add_email(&t, &mut browser, &user).await).is_empty(), "and once");
    let (_, set) = add_app(&t, &mut browser).await;
    assert!(set.is_empty());
    let shown = browser.get("account").await;
    for text in ["Change: Code to your phone", PHONE, "Remove: Code by email", "Codes left: 10"] {
        shown.says(200, text);
    }
    assert_eq!(browser.get("account/second-factor/authenticator").await.next(), "account", "there is one already");
    for (page, name) in [("phone", "Code to your phone"), ("email", "Code by email"), ("authenticator", "app")] {
        let page = format!("account/second-factor/{page}/remove");
        open(&mut browser, &page).await.says(200, name);
        send(&mut browser, &page, &[]).await.says(200, "It is removed.");
    }
    let shown = browser.get("account").await;
    assert!(!shown.text.contains("Remove:") && !shown.text.contains("Codes left"), "{}", shown.text);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_number_is_proved_and_changed() {
    let t = optional().await;
    t.set("voice.isEnabled", "true").await;
    let (_, mut browser) = signed_in(&t).await;
    assert_eq!(browser.get("account/second-factor/phone").await.next(), "account/second-factor/phone/number");
    let page = "account/second-factor/phone/number";
    open(&mut browser, page).await;
    send(&mut browser, page, &[("phone", "12")]).await.says(422, "id=\"phone-problem\"");
    send(&mut browser, page, &[("phone", PHONE)]).await.says(200, "A code is on its way.");
    let first = t.code_for(PHONE).await;
    t.clock.advance(Span::seconds(31));
    let shown = send(&mut browser, "account/second-factor/phone/send", &[("by", "call")]).await;
    shown.says(200, "You get a call now.");
    let right = t.code_for(PHONE).await;
    assert_eq!(t.outbox().last().unwrap().channel, Channel::Voice);
    assert_ne!(first, right);
    let shown = send(&mut browser, "account/second-factor/phone", &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    send(&mut browser, "account/second-factor/phone", &[("code", &right)]).await.says(200, "It is on.");
    t.run_jobs().await;
    send(&mut browser, page, &[("phone", PHONE)]).await.says(422, "This is your number already.");
    send(&mut browser, page, &[("phone", "+919812345671")]).await.says(200, "A code is on its way.");
    browser.get("account").await.says(200, PHONE);
    let code = t.code_for("+919812345671").await;
    let shown = send(&mut browser, "account/second-factor/phone", &[("code", &code)]).await;
    shown.says(200, "+919812345671");
    assert!(!shown.text.contains(PHONE));
    t.run_jobs().await;
}

#[tokio::test]
async fn an_app_needs_a_right_code() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    let page = "account/second-factor/authenticator";
    let key = scan(&open(&mut browser, page).await);
    let right = code(&t, &key);
    let shown = send(&mut browser, page, &[("code", &wrong(&right))]).await;
    shown.says(422, "id=\"code-problem\"");
    assert_eq!(scan(&shown).text().expose(), key.text().expose());
    browser.get("account").await.says(200, "Set up: Authenticator app");
    send(&mut browser, page, &[("code", &right)]).await.says(200, "It is on.");
    t.run_jobs().await;
}

#[tokio::test]
async fn looking_at_the_account_does_not_take_the_key_from_another_device() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let page = "account/second-factor/authenticator";
    let key = scan(&open(&mut browser, page).await);
    let mut other = Browser::again(&t);
    knock(&mut other, &user).await.says(200, "Your account");
    send(&mut browser, page, &[("code", &code(&t, &key))]).await.says(200, "It is on.");
    t.run_jobs().await;
}

#[tokio::test]
async fn new_backup_codes_void_those_before() {
    let t = optional().await;
    let (user, mut browser) = signed_in(&t).await;
    let (_, old) = add_app(&t, &mut browser).await;
    open(&mut browser, "account/second-factor/backup-codes").await.says(200, "ten new codes");
    let shown = send(&mut browser, "account/second-factor/backup-codes", &[]).await;
    let new = codes(&shown);
    assert_eq!(new.len(), 10);
    assert!(codes(&open(&mut browser, "account/second-factor/backup-codes").await).is_empty(), "told once");
    t.run_jobs().await;
    let mut browser = Browser::again(&t);
    knock(&mut browser, &user).await;
    send(&mut browser, "second-factor/backup-code", &[("backup-code", &old[0])]).await.says(422, "used before");
    let shown = send(&mut browser, "second-factor/backup-code", &[("backup-code", &new[0])]).await;
    shown.says(200, "Codes left: 9");
}

#[tokio::test]
async fn the_last_factor_stays_where_one_is_required() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    add_app(&t, &mut browser).await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    open(&mut browser, "account/second-factor/authenticator/remove").await.says(200, "Remove this step?");
    let shown = send(&mut browser, "account/second-factor/authenticator/remove", &[]).await;
    shown.says(422, "this one has to stay");
    browser.get("account").await.says(200, "Remove: Authenticator app");
}

#[tokio::test]
async fn what_the_tenant_switches_off_is_gone_from_the_page() {
    let t = optional().await;
    let (_, mut browser) = signed_in(&t).await;
    t.set("TwoFactorAuthentication.IsAuthenticatorEnabled", "false").await;
    let shown = browser.get("account").await;
    assert!(!shown.text.contains("Authenticator app"));
    assert_eq!(browser.get("account/second-factor/authenticator").await.next(), "account");
    send(&mut browser, "account/second-factor/authenticator", &[("code", "123456")]).await.says(422, "");
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    let shown = browser.get("account").await;
    assert!(!shown.text.contains("Second step"), "{}", shown.text);
    send(&mut browser, "account/second-factor/phone/number", &[("phone", PHONE)]).await.says(422, "");
    assert_eq!(browser.get("account/second-factor/nonsense/remove").await.next(), "account");
    assert_eq!(carried(&t).await, 0);
}
