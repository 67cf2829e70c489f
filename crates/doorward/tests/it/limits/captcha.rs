//! Operations that a tenant protects by a captcha. There is no provider yet, so that no answer is right; what is protected
//! is refused all the same.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens, User};
use serde_json::json;

const RULES: &str = "OptionalRecaptchaConfiguration";

/// Each protected operation by its switch, as a request with everything right but for the captcha.
fn protected(t: &Test, user: &User, tokens: &Tokens) -> Vec<(&'static str, Call)> {
    let login = |identifier| t.post("/identity/v2/auth/login").key().json(&identifier);
    let mfa_login = |identifier| t.post("/identity/v2/auth/login/2fa").key().json(&identifier);
    let (email, phone, name) = (&user.email, &user.phone, &user.user_name);
    let password = &user.password;
    let own = |call: Call| call.key().token(&tokens.access);
    let passwordless = "/identity/v2/auth/login/passwordlesslogin";
    vec![
        ("PostLoginByEmailAndPassword", login(json!({ "email": email, "password": password }))),
        ("PostLoginByEmailAndPassword", mfa_login(json!({ "email": email, "password": password }))),
        ("PostLoginByPhoneAndPassword", login(json!({ "phone": phone, "password": password }))),
        ("PostLoginByUserNameAndPassword", login(json!({ "username": name, "password": password }))),
        ("PostForgotPasswordByEmail", t.post("/identity/v2/auth/password").key().json(&json!({ "email": email }))),
        ("PostForgotPasswordByEmail", t.post("/identity/v2/auth/password").key().json(&json!({ "username": name }))),
        ("PostForgotPasswordByPhone", t.ask_for_reset(phone)),
        ("PutResetPasswordByPhoneOtp", t.reset_call(phone, "123456", GOOD_PASSWORD)),
        (
            "PutChangePassword",
            own(t.put("/identity/v2/auth/password/change"))
                .json(&json!({ "oldpassword": password, "newpassword": OTHER_PASSWORD })),
        ),
        ("PutUpdateProfile", own(t.put("/identity/v2/auth/account")).json(&json!({ "FirstName": "Asha" }))),
        ("PasswordlessLogin", t.get(&format!("{passwordless}/email")).key().query("email", email)),
        ("PasswordlessLogin", t.get(&format!("{passwordless}/email")).key().query("username", name)),
        ("PasswordlessLogin", t.get(&format!("{passwordless}/otp")).key().query("phone", phone)),
        (
            "PasswordlessLogin",
            t.post(&format!("{passwordless}/email"))
                .key()
                .json(&json!({ "Email": [{ "Type": "Primary", "Value": email }] })),
        ),
        ("PasswordlessLogin", t.post(&format!("{passwordless}/otp")).key().json(&json!({ "PhoneId": phone }))),
    ]
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    t.set("IsUserNameLogin", "true").await;
    t.set("IsInstantSignin", r#"{"EmailLink":true,"SmsOtp":true}"#).await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

#[tokio::test]
async fn what_is_protected_is_refused_without_an_answer_and_with_any() {
    let (t, user, tokens) = signed_in().await;
    t.set(&format!("{RULES}.IsEnabled"), "true").await;
    for (api, call) in protected(&t, &user, &tokens) {
        t.set(&format!("{RULES}.Apis.{api}"), "true").await;
        assert_eq!(call.clone().send().await.refusal(), (403, 982), "{api}");
        let answered = call.query("g-recaptcha-response", "any");
        assert_eq!(answered.send().await.refusal(), (403, 982), "{api}");
    }
    assert!(t.outbox().is_empty());
    t.run_jobs().await;
    assert!(t.outbox().is_empty(), "nothing was sent");
    t.profile_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn what_is_not_protected_asks_for_no_captcha() {
    let (t, user, tokens) = signed_in().await;
    // Each switch for itself, and none while there are no captchas.
    for (api, _) in protected(&t, &user, &tokens) {
        t.set(&format!("{RULES}.Apis.{api}"), "true").await;
    }
    t.login_call(&user, &user.password).send().await.ok();
    t.set(&format!("{RULES}.IsEnabled"), "true").await;
    t.set(&format!("{RULES}.Apis.PostLoginByEmailAndPassword"), "false").await;
    t.login_call(&user, &user.password).send().await.ok();
}

#[tokio::test]
async fn it_is_asked_before_the_password_is_and_after_what_is_required() {
    let (t, user, _) = signed_in().await;
    t.set(RULES, r#"{"IsEnabled":true,"Apis":{"PostLoginByEmailAndPassword":true,"PostForgotPasswordByEmail":true}}"#)
        .await;
    for password in [GOOD_PASSWORD, OTHER_PASSWORD] {
        assert_eq!(t.login_call(&user, password).send().await.refusal(), (403, 982));
    }
    let nobody = t.post("/identity/v2/auth/login").key().json(&json!({ "email": "no@example.com", "password": "x" }));
    assert_eq!(nobody.send().await.refusal(), (403, 982), "known or not");
    let incomplete = t.post("/identity/v2/auth/login").key().json(&json!({ "email": user.email }));
    assert_eq!(incomplete.send().await.refusal(), (400, 908));
    assert_eq!(t.post("/identity/v2/auth/password").key().json(&json!({})).send().await.refusal(), (400, 908));
    t.set(&format!("{RULES}.IsEnabled"), "false").await;
    t.login(&user).await;
}

#[tokio::test]
async fn login_pages_learn_what_is_protected() {
    let t = Test::new().await;
    t.set(&format!("{RULES}.Apis.PostLoginByPin"), "true").await;
    let reply = t.get("/ciam/appinfo").key().send().await;
    let shown = &reply.ok()[RULES];
    assert_eq!(shown["IsEnabled"], false);
    assert_eq!(shown["Apis"]["PostLoginByPin"], true);
    assert_eq!(shown["Apis"]["PutChangePassword"], false);
}
