//! Asking for what resets a forgotten PIN.

use super::with_pins;
use crate::support::Test;
use doorward_model::time::Span;
use serde_json::json;

const NOBODY: &str = "+919812345678";

#[tokio::test]
async fn a_code_goes_to_the_proved_phone() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let reply = t.forgot_by_phone(&holder.user.phone).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert_eq!(reply.json["Data"]["AccountSid"], json!(null));
    assert!(reply.json["Data"]["Sid"].is_string());
    assert_eq!(t.carried("reset-pin").await, 1);
    assert_eq!(t.code_for(&holder.user.phone).await.len(), 6);
}

#[tokio::test]
async fn a_code_or_a_link_goes_to_the_address_that_is_named_or_the_user_names() {
    let t = with_pins().await;
    t.set("domains", r#"["https://app.example.com"]"#).await;
    let holder = t.holder().await;
    t.forgot_by_email(&holder.user.email).send().await.ok();
    t.code_for(&holder.user.email).await;
    let by_name = t.post("/identity/v2/auth/pin/forgot/username").key();
    let by_name = by_name.json(&json!({ "UserName": holder.user.user_name }));
    let page = "https://app.example.com/pin";
    by_name.clone().query("resetPINUrl", page).send().await.ok();
    t.run_jobs().await;
    let link = t.outbox().last().unwrap().link.clone().unwrap();
    assert!(link.starts_with("https://app.example.com/pin?vtype=resetpin&"), "{link}");
    let foreign = by_name.query("resetPINUrl", "https://app.example.com.evil.example/pin").send().await;
    assert_eq!(foreign.refusal(), (403, 1248));
}

async fn assert_silent(t: &Test, phone: &str, email: &str, user_name: &str) {
    let before = t.outbox().len();
    let reply = t.forgot_by_phone(phone).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert!(reply.json["Data"]["Sid"].is_string());
    assert_eq!(t.forgot_by_email(email).send().await.ok(), &json!({ "IsPosted": true }));
    let by_name = t.post("/identity/v2/auth/pin/forgot/username").key().json(&json!({ "username": user_name }));
    assert_eq!(by_name.send().await.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), before, "nobody gets anything");
}

#[tokio::test]
async fn nobody_learns_whether_somebody_is_known_has_a_pin_or_is_blocked() {
    let t = with_pins().await;
    assert_silent(&t, NOBODY, "nobody@example.com", "nobody").await;
    let without = t.user().await;
    assert_silent(&t, &without.phone, &without.email, &without.user_name).await;
    let blocked = t.holder().await.user;
    t.update_call(&blocked, &json!({ "IsActive": false })).send().await.ok();
    assert_silent(&t, &blocked.phone, &blocked.email, &blocked.user_name).await;
    let holder = t.holder().await.user;
    t.update_call(&holder, &json!({ "PhoneIdVerified": false })).send().await.ok();
    let before = t.outbox().len();
    t.forgot_by_phone(&holder.phone).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), before, "a number that nobody proved may be a stranger's");
}

#[tokio::test]
async fn as_many_are_asked_for_as_the_tenant_allows_known_or_not() {
    let t = with_pins().await;
    t.set("otp.RequestLimit", "2").await;
    let holder = t.holder().await.user;
    for (phone, email) in [(holder.phone.as_str(), holder.email.as_str()), (NOBODY, "nobody@example.com")] {
        for _ in 0..2 {
            t.forgot_by_phone(phone).send().await.ok();
            t.forgot_by_email(email).send().await.ok();
        }
        assert_eq!(t.forgot_by_phone(phone).send().await.refusal(), (403, 1123));
        assert_eq!(t.forgot_by_email(email).send().await.refusal(), (403, 1122));
    }
    t.clock.advance(Span::minutes(15));
    t.forgot_by_phone(&holder.phone).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn what_the_tenant_does_not_have_is_refused() {
    let t = with_pins().await;
    let by_name = t.post("/identity/v2/auth/pin/forgot/username").key();
    for (call, parameter) in [
        (t.post("/identity/v2/auth/pin/forgot/email").key(), "email"),
        (t.post("/identity/v2/auth/pin/forgot/otp").key(), "phone"),
        (by_name.clone(), "username"),
    ] {
        let reply = call.send().await;
        assert_eq!(reply.refusal(), (400, 908));
        assert_eq!(reply.json["Description"], format!("The {parameter} is a required parameter."));
    }
    let voice = t.forgot_by_phone(NOBODY).query("isVoiceOtp", "true").send().await;
    assert_eq!(voice.refusal(), (403, 1281));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(t.forgot_by_phone(NOBODY).send().await.refusal(), (403, 1074));
    t.set("IsUserNameLogin", "false").await;
    assert_eq!(by_name.clone().json(&json!({ "username": "asha" })).send().await.refusal(), (403, 1238));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(by_name.send().await.refusal(), (403, 1233));
    assert_eq!(t.forgot_by_phone(NOBODY).send().await.refusal(), (403, 1233));
    assert_eq!(t.forgot_by_email("nobody@example.com").send().await.refusal(), (403, 1233));
}
