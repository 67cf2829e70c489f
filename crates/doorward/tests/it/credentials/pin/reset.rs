//! A forgotten PIN, reset.

use super::{Holder, OTHER_PIN, PIN, with_pins};
use crate::support::{Test, wrong};
use doorward_model::time::Span;
use serde_json::json;

const NOBODY: &str = "+919812345678";

/// What is true after a reset to [`OTHER_PIN`].
async fn assert_reset(t: &Test, holder: &Holder) {
    assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (403, 1245));
    assert_eq!(t.profile_call(&holder.tokens).send().await.refusal(), (403, 905));
    let again = t.sign_in(&holder.user).await;
    assert_eq!(t.pin_call(&again.session_token, PIN).send().await.refusal(), (401, 1236));
    t.pin_call(&again.session_token, OTHER_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_code_from_the_phone_resets_and_ends_what_was_open_and_signs_nobody_in() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let code = t.pin_code(&holder.user).await;
    let told = t.carried("pin-changed").await;
    let reply = t.reset_by("phone", &holder.user.phone, &code, OTHER_PIN).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    assert_eq!(t.carried("pin-changed").await, told + 2);
    assert_reset(&t, &holder).await;
}

#[tokio::test]
async fn the_code_from_an_email_resets_by_address_and_by_user_name() {
    let t = with_pins().await;
    for kind in ["email", "username"] {
        let holder = t.holder().await;
        t.forgot_by_email(&holder.user.email).send().await.ok();
        let code = t.code_for(&holder.user.email).await;
        let value = if kind == "email" { &holder.user.email } else { &holder.user.user_name };
        t.reset_by(kind, value, &code, OTHER_PIN).send().await.ok();
        assert_reset(&t, &holder).await;
    }
}

async fn link_token(t: &Test, holder: &Holder) -> String {
    let forgot = t.forgot_by_email(&holder.user.email).query("resetpinurl", "https://app.example.com/pin");
    forgot.send().await.ok();
    t.run_jobs().await;
    let link = t.outbox().last().unwrap().link.clone().unwrap();
    link.rsplit('=').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_link_resets_once_and_for_an_hour() {
    let t = with_pins().await;
    t.set("domains", r#"["https://app.example.com"]"#).await;
    let holder = t.holder().await;
    let token = link_token(&t, &holder).await;
    let reset = |token: &str, pin: &str| {
        t.put("/identity/v2/auth/pin/reset/token").key().json(&json!({ "ResetToken": token, "PIN": pin }))
    };
    assert_eq!(reset(&token, "1234").send().await.refusal(), (403, 1134));
    assert_eq!(reset("nobody's", OTHER_PIN).send().await.refusal(), (403, 1063));
    reset(&token, OTHER_PIN).send().await.ok();
    assert_eq!(reset(&token, PIN).send().await.refusal(), (403, 1242));
    assert_reset(&t, &holder).await;
    let token = link_token(&t, &holder).await;
    t.clock.advance(Span::minutes(60));
    assert_eq!(reset(&token, PIN).send().await.refusal(), (403, 975));
}

#[tokio::test]
async fn a_pin_that_is_refused_leaves_the_code_as_it_was() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let code = t.pin_code(&holder.user).await;
    for pin in ["258", "4444", PIN] {
        let reply = t.reset_by("phone", &holder.user.phone, &code, pin).send().await;
        assert_eq!(reply.refusal(), (403, 1134));
        assert_eq!(reply.json["Errors"][0]["FieldName"], "pin");
    }
    t.reset_by("phone", &holder.user.phone, &code, OTHER_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_used_void_late_and_nobodys_codes_are_told_the_same() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let phone = holder.user.phone.clone();
    let refused = async |value: &str, otp: &str| {
        let reply = t.reset_by("phone", value, otp, OTHER_PIN).send().await;
        assert_eq!(reply.refusal(), (403, 1067));
        reply.text
    };
    let code = t.pin_code(&holder.user).await;
    let told = refused(&phone, &wrong(&code)).await;
    assert_eq!(refused(NOBODY, &code).await, told);
    let newer = t.pin_code(&holder.user).await;
    assert_eq!(refused(&phone, &code).await, told);
    t.reset_by("phone", &phone, &newer, OTHER_PIN).send().await.ok();
    assert_eq!(refused(&phone, &newer).await, told);
    let late = t.pin_code(&holder.user).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(refused(&phone, &late).await, told);
    for (kind, value) in [("email", holder.user.email.as_str()), ("username", "nobody"), ("email", "x@example.com")] {
        assert_eq!(t.reset_by(kind, value, "000000", OTHER_PIN).send().await.refusal(), (403, 1185));
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_of_another_purpose_resets_no_pin_and_this_one_nothing_else() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let phone = &holder.user.phone;
    let for_password = t.reset_code(&holder.user).await;
    assert_eq!(t.reset_by("phone", phone, &for_password, OTHER_PIN).send().await.refusal(), (403, 1067));
    let for_pin = t.pin_code(&holder.user).await;
    let reply = t.reset_call(phone, &for_pin, crate::support::OTHER_PASSWORD).send().await;
    assert_eq!(reply.refusal(), (401, 1409));
    let other = t.holder().await;
    let reply = t.reset_by("phone", &other.user.phone, &for_pin, OTHER_PIN).send().await;
    assert_eq!(reply.refusal(), (403, 1067), "another's code");
    t.reset_by("phone", phone, &for_pin, OTHER_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn five_wrong_codes_void_it_and_ten_lock_the_way_back_known_or_not() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let phone = holder.user.phone.clone();
    let code = t.pin_code(&holder.user).await;
    for value in [phone.as_str(), NOBODY] {
        for _ in 0..5 {
            assert_eq!(t.reset_by("phone", value, &wrong(&code), OTHER_PIN).send().await.refusal(), (403, 1067));
        }
    }
    assert_eq!(t.reset_by("phone", &phone, &code, OTHER_PIN).send().await.refusal(), (403, 1067));
    let code = t.pin_code(&holder.user).await;
    for value in [phone.as_str(), NOBODY] {
        for _ in 0..if value == NOBODY { 5 } else { 4 } {
            assert_eq!(t.reset_by("phone", value, &wrong(&code), OTHER_PIN).send().await.refusal(), (403, 1067));
        }
        assert_eq!(t.reset_by("phone", value, &code, OTHER_PIN).send().await.refusal(), (403, 1198));
    }
    t.login(&holder.user).await;
    t.clock.advance(Span::seconds(900));
    let code = t.pin_code(&holder.user).await;
    t.reset_by("phone", &phone, &code, OTHER_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_changed_or_reset_pin_voids_the_codes_before_it() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let code = t.pin_code(&holder.user).await;
    t.forgot_by_email(&holder.user.email).send().await.ok();
    let mailed = t.code_for(&holder.user.email).await;
    t.change_call(&holder.tokens, PIN, OTHER_PIN).send().await.ok();
    assert_eq!(t.reset_by("phone", &holder.user.phone, &code, "8462").send().await.refusal(), (403, 1067));
    assert_eq!(t.reset_by("email", &holder.user.email, &mailed, "8462").send().await.refusal(), (403, 1185));
    let code = t.pin_code(&holder.user).await;
    t.forgot_by_email(&holder.user.email).send().await.ok();
    let mailed = t.code_for(&holder.user.email).await;
    t.reset_by("phone", &holder.user.phone, &code, "8462").send().await.ok();
    assert_eq!(t.reset_by("email", &holder.user.email, &mailed, PIN).send().await.refusal(), (403, 1185));
    t.run_jobs().await;
}

#[tokio::test]
async fn sessions_live_on_where_force_logout_is_off() {
    let t = with_pins().await;
    t.set("forceLogout", "false").await;
    let holder = t.holder().await;
    let code = t.pin_code(&holder.user).await;
    t.reset_by("phone", &holder.user.phone, &code, OTHER_PIN).send().await.ok();
    t.profile_call(&holder.tokens).send().await.ok();
    assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (403, 1245));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_lifts_no_lock_of_the_account() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let holder = t.holder().await;
    for _ in 0..2 {
        t.login_call(&holder.user, "not it").send().await.refusal();
    }
    let code = t.pin_code(&holder.user).await;
    t.reset_by("phone", &holder.user.phone, &code, OTHER_PIN).send().await.ok();
    assert_eq!(t.login_call(&holder.user, &holder.user.password).send().await.refusal(), (403, 1198));
    t.run_jobs().await;
}

#[tokio::test]
async fn what_is_missing_or_not_had_is_refused() {
    let t = with_pins().await;
    for (kind, missing) in [("phone", "phone"), ("email", "email"), ("username", "username")] {
        let call = t.put(&format!("/identity/v2/auth/pin/reset/otp/{kind}")).key();
        let bare = call.clone().json(&json!({ "pin": PIN, "otp": "123456" })).send().await;
        assert_eq!(bare.refusal(), (400, 908));
        assert_eq!(bare.json["Description"], format!("The {missing} is a required parameter."));
        for body in [json!({ kind: "x", "otp": "123456" }), json!({ kind: "x", "pin": PIN })] {
            assert_eq!(call.clone().json(&body).send().await.refusal(), (400, 908));
        }
    }
    let nowhere = t.reset_by("fax", "1", "123456", PIN).send().await;
    assert_eq!(nowhere.refusal(), (404, 90002));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(t.reset_by("phone", NOBODY, "123456", PIN).send().await.refusal(), (403, 1074));
    t.set("IsUserNameLogin", "false").await;
    assert_eq!(t.reset_by("username", "asha", "123456", PIN).send().await.refusal(), (403, 1238));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(t.reset_by("phone", NOBODY, "123456", PIN).send().await.refusal(), (403, 1233));
    let by_token = t.put("/identity/v2/auth/pin/reset/token").key();
    assert_eq!(by_token.send().await.refusal(), (403, 1233));
}
