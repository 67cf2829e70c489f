//! Signing in without a password.

mod limits;
mod mail;
mod newcomer;
mod phone;

use crate::support::{Call, Test, User};
use doorward_flows::app::outside::Message;
use serde_json::{Value, json};

const EMAIL: &str = "/identity/v2/auth/login/passwordlesslogin/email";
const PHONE: &str = "/identity/v2/auth/login/passwordlesslogin/otp";

/// A tenant with both ways on, codes by email.
async fn with_codes() -> Test {
    let t = Test::new().await;
    t.set("IsInstantSignin", r#"{"EmailLink": true, "SmsOtp": true}"#).await;
    t.set("otpPasswordless", "true").await;
    t
}

/// The same, with links.
async fn with_links() -> Test {
    let t = with_codes().await;
    t.set("otpPasswordless", "false").await;
    t
}

pub(crate) fn ask(t: &Test, email: &str) -> Call {
    t.get(EMAIL).key().query("email", email)
}

fn ask_by_name(t: &Test, name: &str) -> Call {
    t.get(EMAIL).key().query("username", name)
}

fn ask_by_phone(t: &Test, phone: &str) -> Call {
    t.get(PHONE).key().query("phone", phone)
}

fn open(t: &Test, token: &str) -> Call {
    t.get(&format!("{EMAIL}/verify")).key().query("verificationtoken", token)
}

pub(crate) fn enter(t: &Test, email: &str, otp: &str) -> Call {
    t.post(&format!("{EMAIL}/verifyotp")).key().json(&json!({ "email": email, "otp": otp }))
}

fn enter_by_name(t: &Test, name: &str, otp: &str) -> Call {
    let path = "/identity/v2/auth/login/passwordlesslogin/username/verifyotp";
    t.post(path).key().json(&json!({ "username": name, "otp": otp }))
}

fn enter_by_phone(t: &Test, phone: &str, otp: &str) -> Call {
    t.put(&format!("{PHONE}/verify")).key().json(&json!({ "phone": phone, "otp": otp }))
}

/// A code for the person's address.
async fn code(t: &Test, user: &User) -> String {
    ask(t, &user.email).send().await.ok();
    t.code_for(&user.email).await
}

/// A code for the person's phone.
async fn phone_code(t: &Test, user: &User) -> String {
    ask_by_phone(t, &user.phone).send().await.ok();
    t.code_for(&user.phone).await
}

async fn latest(t: &Test, to: &str) -> Message {
    t.run_jobs().await;
    t.outbox().into_iter().rev().find(|message| message.to == to).unwrap_or_else(|| panic!("nothing went to {to}"))
}

/// The token in the link of a message to this receiver.
async fn token(t: &Test, to: &str) -> String {
    let link = latest(t, to).await.link.expect("a link");
    link.rsplit_once("&vtoken=").expect("a token in the link").1.to_owned()
}

async fn account(t: &Test, uid: &str) -> Value {
    t.get(&format!("/identity/v2/manage/account/{uid}")).back_end().send().await.ok().clone()
}

#[tokio::test]
async fn everything_is_refused_while_it_is_switched_off() {
    let t = Test::new().await;
    let profile = json!({ "Email": [{ "Type": "Primary", "Value": "ravi@example.com" }], "PhoneId": "+919812345678" });
    let calls = [
        ask(&t, "ravi@example.com"),
        ask_by_name(&t, "ravi"),
        t.post(EMAIL).key().json(&profile),
        open(&t, "0"),
        enter(&t, "ravi@example.com", "123456"),
        enter_by_name(&t, "ravi", "123456"),
        ask_by_phone(&t, "+919812345678"),
        t.post(PHONE).key().json(&profile),
        enter_by_phone(&t, "+919812345678", "123456"),
    ];
    for call in calls {
        assert_eq!(call.send().await.refusal(), (403, 1059));
    }
}

#[tokio::test]
async fn each_of_the_two_ways_has_its_own_switch() {
    let t = Test::new().await;
    t.set("IsInstantSignin.EmailLink", "true").await;
    ask(&t, "ravi@example.com").send().await.ok();
    assert_eq!(ask_by_phone(&t, "+919812345678").send().await.refusal(), (403, 1059));
    t.set("IsInstantSignin", r#"{"EmailLink": false, "SmsOtp": true}"#).await;
    assert_eq!(ask(&t, "ravi@example.com").send().await.refusal(), (403, 1059));
    ask_by_phone(&t, "+919812345678").send().await.ok();
}

#[tokio::test]
async fn identifiers_that_do_not_sign_in_do_not_do_so_without_a_password() {
    let t = with_codes().await;
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(ask_by_phone(&t, "+919812345678").send().await.refusal(), (403, 1074));
    assert_eq!(enter_by_phone(&t, "+919812345678", "123456").send().await.refusal(), (403, 1074));
    t.set("IsEmailLogin", "false").await;
    assert_eq!(ask(&t, "ravi@example.com").send().await.refusal(), (403, 1183));
    assert_eq!(enter(&t, "ravi@example.com", "123456").send().await.refusal(), (403, 1183));
    t.set("IsUserNameLogin", "false").await;
    assert_eq!(ask_by_name(&t, "ravi").send().await.refusal(), (403, 1220));
    assert_eq!(enter_by_name(&t, "ravi", "123456").send().await.refusal(), (403, 1220));
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_said() {
    let t = with_codes().await;
    assert_eq!(t.get(EMAIL).key().send().await.refusal(), (400, 908));
    assert_eq!(ask(&t, "no address").send().await.refusal(), (400, 1038));
    assert_eq!(t.get(PHONE).key().send().await.refusal(), (400, 908));
    assert_eq!(ask_by_phone(&t, "12").send().await.refusal(), (400, 1096));
    assert_eq!(ask_by_phone(&t, "+919812345678").query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
    assert_eq!(t.get(&format!("{EMAIL}/verify")).key().send().await.refusal(), (400, 908));
    for body in [json!({}), json!({ "otp": "123456" })] {
        for path in ["email/verifyotp", "username/verifyotp"] {
            let path = format!("/identity/v2/auth/login/passwordlesslogin/{path}");
            assert_eq!(t.post(&path).key().json(&body).send().await.refusal(), (400, 908));
        }
        assert_eq!(t.put(&format!("{PHONE}/verify")).key().json(&body).send().await.refusal(), (400, 908));
    }
}

#[tokio::test]
async fn the_configuration_shows_the_switches() {
    let t = Test::new().await;
    let configuration = || async { t.get("/ciam/appinfo").key().send().await.ok().clone() };
    let shown = configuration().await;
    assert_eq!(shown["IsInstantSignin"], json!({ "EmailLink": false, "SmsOtp": false }));
    assert_eq!(shown["TemplateVerificationTypes"]["OneClickSignin"], "MAGICLINK");
    t.set("IsInstantSignin.SmsOtp", "true").await;
    t.set("otpPasswordless", "true").await;
    let shown = configuration().await;
    assert_eq!(shown["IsInstantSignin"], json!({ "EmailLink": false, "SmsOtp": true }));
    assert_eq!(shown["TemplateVerificationTypes"]["OneClickSignin"], "OTP");
}
