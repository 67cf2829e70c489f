//! Signing in without a password tells nothing of who is known.

use super::crowd::Crowd;
use crate::sign_in::smart_login::guid;
use crate::sign_in::{one_touch, smart_login};
use crate::support::{Test, User};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// A tenant that signs in and registers without a password.
const PASSWORDLESS: [(&str, &str); 3] = [
    ("IsInstantSignin", r#"{"EmailLink": true, "SmsOtp": true}"#),
    ("otpPasswordless", "true"),
    ("passwordlessRegistration", "true"),
];

const PASSWORDLESS_EMAIL: &str = "/identity/v2/auth/login/passwordlesslogin/email";
const PASSWORDLESS_PHONE: &str = "/identity/v2/auth/login/passwordlesslogin/otp";

#[tokio::test]
async fn asking_to_sign_in_without_a_password_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let by = |path: &'static str, name: &'static str, value: fn(&User) -> &String| {
        move |t: &Test, user: &User| t.get(path).key().query(name, value(user))
    };
    crowd.is_the_same_for_all(by(PASSWORDLESS_EMAIL, "email", |user| &user.email), 7).await;
    crowd.is_the_same_for_all(by(PASSWORDLESS_PHONE, "phone", |user| &user.phone), 7).await;
}

#[tokio::test]
async fn asking_to_sign_in_by_user_name_without_a_password_tells_nothing() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let ask = |t: &Test, user: &User| t.get(PASSWORDLESS_EMAIL).key().query("username", &user.user_name);
    crowd.is_the_same_for_all(ask, 7).await;
}

#[tokio::test]
async fn registering_without_a_password_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let sott = crowd.t.sott().await;
    let send = |t: &Test, path: &str, body: &Value| t.post(path).key().header("x-loginradius-sott", &sott).json(body);
    let warm = json!({ "PhoneId": "+919812345670" });
    send(&crowd.t, PASSWORDLESS_PHONE, &warm).send().await.ok();
    let by_email = |t: &Test, user: &User| {
        send(t, PASSWORDLESS_EMAIL, &json!({ "Email": [{ "Type": "Primary", "Value": user.email }] }))
    };
    crowd.is_the_same_for_all(by_email, 7).await;
    crowd.is_the_same_for_all(|t, user| send(t, PASSWORDLESS_PHONE, &json!({ "PhoneId": user.phone })), 7).await;
}

#[tokio::test]
async fn a_wrong_code_without_a_password_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    crowd.t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "12").await;
    crowd.t.get("/identity/v2/serverinfo").key().send().await.ok();
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_EMAIL).key().query("email", &user.email), 1).await;
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_PHONE).key().query("phone", &user.phone), 1).await;
    let by_email = |t: &Test, user: &User| {
        let body = json!({ "email": user.email, "otp": "x" });
        t.post("/identity/v2/auth/login/passwordlesslogin/email/verifyotp").key().json(&body)
    };
    crowd.is_the_same_for_all(by_email, 6).await;
}

#[tokio::test]
async fn a_wrong_code_by_phone_without_a_password_tells_nothing() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    crowd.t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
    crowd.t.get("/identity/v2/serverinfo").key().send().await.ok();
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_PHONE).key().query("phone", &user.phone), 1).await;
    let by_phone = |t: &Test, user: &User| {
        let body = json!({ "phone": user.phone, "otp": "x" });
        t.put("/identity/v2/auth/login/passwordlesslogin/otp/verify").key().json(&body)
    };
    crowd.is_the_same_for_all(by_phone, 6).await;
}

#[tokio::test]
async fn asking_for_a_smart_link_and_waiting_for_it_tell_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[("smartLogin", "true")]).await;
    let asked = AtomicU32::new(0);
    let ask =
        |t: &Test, user: &User| smart_login::ask(t, "email", &user.email, &guid(asked.fetch_add(1, Ordering::Relaxed)));
    crowd.is_the_same_for_all(ask, 7).await;
    let pinged = AtomicU32::new(0);
    crowd.is_the_same_for_all(|t, _| smart_login::ping(t, &guid(pinged.fetch_add(1, Ordering::Relaxed))), 5).await;
}

#[tokio::test]
async fn asking_for_a_link_or_code_at_one_touch_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[("oneTouchLogin", "true"), ("oneTouchCaptcha", "false")]).await;
    let asked = AtomicU32::new(0);
    let by_email = |t: &Test, user: &User| one_touch::ask(t, &user.email, &guid(asked.fetch_add(1, Ordering::Relaxed)));
    crowd.is_the_same_for_all(by_email, 7).await;
    crowd.is_the_same_for_all(|t, user| one_touch::ask_by_phone(t, &user.phone), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_one_touch_tells_nothing_until_and_through_the_suspension() {
    let settings = [
        ("oneTouchLogin", "true"),
        ("oneTouchCaptcha", "false"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8"),
    ];
    let crowd = Crowd::new(&settings).await;
    crowd.is_the_same_for_all(|t, user| one_touch::verify(t, &user.phone, "x"), 2).await;
    crowd.is_the_same_for_all(|t, user| one_touch::ask_by_phone(t, &user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| one_touch::verify(t, &user.phone, "x"), 8).await;
}
