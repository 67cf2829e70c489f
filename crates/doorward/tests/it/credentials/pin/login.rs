//! Signing in with a PIN.

use super::{OTHER_PIN, PIN, with_pins};
use crate::support::{BEGIN, GOOD_PASSWORD, Test, Tokens};
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_pin_signs_in_and_the_session_token_lives_on() {
    let t = with_pins().await;
    let holder = t.holder().await;
    for logins in [2, 3] {
        let reply = t.pin_call(&holder.session_token, PIN).send().await;
        assert_eq!(reply.ok()["Profile"]["Uid"], holder.user.uid);
        assert_eq!(reply.json["Profile"]["NoOfLogins"], logins);
        assert_eq!(reply.json["Profile"]["LastLoginDate"], BEGIN);
        assert_eq!(reply.json["expires_in"], "2026-01-15T12:15:00Z");
        assert!(reply.json.get("session_token").is_none(), "it has one");
        let tokens = Tokens::of(&reply);
        t.profile_call(&tokens).send().await.ok();
        t.refresh_call(&tokens).send().await.ok();
    }
}

#[tokio::test]
async fn where_it_takes_a_captcha_neither_token_nor_pin_is_looked_at() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.set("OptionalRecaptchaConfiguration", r#"{"IsEnabled":true,"Apis":{"PostLoginByPin":true}}"#).await;
    for (token, pin) in
        [(&*holder.session_token, PIN), (&*holder.session_token, OTHER_PIN), ("none", PIN), ("none", "")]
    {
        let call = t.pin_call(token, pin).query("qq_captcha_ticket", "any").query("qq_captcha_randstr", "any");
        assert_eq!(call.send().await.refusal(), (403, 982));
    }
    assert_eq!(t.pin_call("", PIN).send().await.refusal(), (400, 908));
    t.set("PINAuthentication.Configuration.PINLogin", "false").await;
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1244));
    t.set("PINAuthentication.Configuration.PINLogin", "true").await;
    t.set("OptionalRecaptchaConfiguration.IsEnabled", "false").await;
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn every_full_login_hands_out_a_session_token_of_its_own() {
    let t = with_pins().await;
    let first = t.holder().await;
    let reply = t.login_call(&first.user, GOOD_PASSWORD).send().await;
    let second = super::session_token(&reply);
    assert_eq!(reply.json["session_expires_in"], "2026-01-22T12:00:00Z");
    assert_ne!(first.session_token, second);
    for token in [&first.session_token, &second] {
        t.pin_call(token, PIN).send().await.ok();
    }
}

#[tokio::test]
async fn the_reset_of_a_password_and_the_proof_of_a_phone_hand_one_out_too() {
    let t = with_pins().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reset = t.reset_call(&user.phone, &code, crate::support::OTHER_PASSWORD).send().await;
    assert!(!super::session_token(&reset).is_empty());
    t.run_jobs().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code);
    assert!(!super::session_token(&verify.json(&json!({ "phone": user.phone })).send().await).is_empty());
}

#[tokio::test]
async fn without_sign_in_by_pin_no_session_token_is_handed_out() {
    let t = Test::new().await;
    let user = t.user().await;
    assert!(t.login_call(&user, GOOD_PASSWORD).send().await.ok().get("session_token").is_none());
    t.set("PINAuthentication.IsEnabled", "true").await;
    t.set("PINAuthentication.Configuration.PINLogin", "false").await;
    assert!(t.login_call(&user, GOOD_PASSWORD).send().await.ok().get("session_token").is_none());
}

#[tokio::test]
async fn the_switches_are_asked_before_anything_else() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.set("PINAuthentication.Configuration.PINLogin", "false").await;
    let bare = t.post("/identity/v2/auth/login/pin").key();
    assert_eq!(bare.clone().send().await.refusal(), (403, 1244));
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1244));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(bare.send().await.refusal(), (403, 1233));
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1233));
}

#[tokio::test]
async fn refusals_come_in_the_order_of_what_is_asked() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let without_token = t.post("/identity/v2/auth/login/pin").key().json(&json!({ "pin": PIN })).send().await;
    assert_eq!(without_token.refusal(), (400, 908));
    assert_eq!(without_token.json["Description"], "The session_token is a required parameter.");
    // Neither a token nor a PIN: the token is asked first.
    assert_eq!(t.pin_call("01234567-89ab-4cde-8f01-23456789abcd", "").send().await.refusal(), (403, 1245));
    assert_eq!(t.pin_call(&holder.session_token, "").send().await.refusal(), (403, 1234));
    let new = t.user().await;
    let unset = t.sign_in(&new).await;
    assert_eq!(t.pin_call(&unset.session_token, "").send().await.refusal(), (403, 1234));
    assert_eq!(t.pin_call(&unset.session_token, PIN).send().await.refusal(), (403, 1235));
    assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (401, 1236));
}

#[tokio::test]
async fn a_session_token_ends_to_the_second() {
    let t = with_pins().await;
    t.set("PINAuthentication.Configuration.SessionTokenExpiration", "60").await;
    let holder = t.holder().await;
    t.clock.advance(Span(3_599_999));
    t.pin_call(&holder.session_token, PIN).send().await.ok();
    t.clock.advance(Span(1));
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1246));
    assert_eq!(t.pin_call(&holder.session_token, "").send().await.refusal(), (403, 1246), "before the PIN is missed");
}

#[tokio::test]
async fn the_lock_of_an_account_holds_for_pins_and_wrong_pins_trip_it() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let holder = t.holder().await;
    for _ in 0..2 {
        assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (401, 1236));
    }
    assert_eq!(t.login_call(&holder.user, "not it").send().await.refusal(), (401, 966));
    let locked = t.pin_call(&holder.session_token, PIN).send().await;
    assert_eq!(locked.refusal(), (403, 1198));
    assert_eq!(locked.json["Data"]["LoginLockedTimeout"], "2026-01-15T12:15:00Z");
    assert_eq!(t.pin_call(&holder.session_token, "").send().await.refusal(), (403, 1198), "before the PIN is missed");
    assert_eq!(t.login_call(&holder.user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    t.clock.advance(Span::seconds(900));
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn the_fifth_wrong_pin_in_a_row_ends_the_token_and_no_other() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let other = t.sign_in(&holder.user).await;
    for _ in 0..5 {
        assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (401, 1236));
    }
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
    t.pin_call(&other.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn the_right_pin_forgets_the_wrong_ones_before_it() {
    let t = with_pins().await;
    let holder = t.holder().await;
    for _ in 0..4 {
        for _ in 0..4 {
            assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (401, 1236));
        }
        t.pin_call(&holder.session_token, PIN).send().await.ok();
    }
}

#[tokio::test]
async fn ten_wrong_pins_of_an_account_close_it_to_pins_until_a_full_login() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let holder = t.holder().await;
    let others = [t.sign_in(&holder.user).await, t.sign_in(&holder.user).await];
    let tokens = [&holder.session_token, &others[0].session_token, &others[1].session_token];
    for token in tokens {
        for _ in 0..if token == tokens[2] { 2 } else { 4 } {
            assert_eq!(t.pin_call(token, OTHER_PIN).send().await.refusal(), (401, 1236));
        }
    }
    for token in tokens {
        assert_eq!(t.pin_call(token, PIN).send().await.refusal(), (403, 1245));
    }
    let fresh = t.sign_in(&holder.user).await;
    t.pin_call(&fresh.session_token, OTHER_PIN).send().await.refusal();
    t.pin_call(&fresh.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn a_lock_of_the_kind_block_ends_every_token() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.LoginLockedType", "Block").await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let holder = t.holder().await;
    for _ in 0..3 {
        assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (401, 1236));
    }
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
    assert_eq!(t.login_call(&holder.user, GOOD_PASSWORD).send().await.refusal(), (403, 991));
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const FIREFOX_ON_A_PHONE: &str = "Mozilla/5.0 (Android 15; Mobile; rv:141.0) Gecko/141.0 Firefox/141.0";

#[tokio::test]
async fn a_token_that_went_to_a_browser_works_in_that_kind_of_browser() {
    let t = with_pins().await;
    let user = t.holder().await.user;
    let login = t.login_call(&user, GOOD_PASSWORD).header("user-agent", FIREFOX).send().await;
    let token = super::session_token(&login);
    for elsewhere in ["curl/8.9", "okhttp/5", ""] {
        let reply = t.pin_call(&token, PIN).header("user-agent", elsewhere).send().await;
        assert_eq!(reply.refusal(), (403, 1245), "{elsewhere}");
    }
    t.pin_call(&token, PIN).header("user-agent", FIREFOX_ON_A_PHONE).send().await.ok();
    t.set("PINAuthentication.Configuration.bindToBrowser", "false").await;
    t.pin_call(&token, PIN).send().await.ok();
}

#[tokio::test]
async fn a_token_that_went_to_a_back_end_works_in_any_program() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.pin_call(&holder.session_token, PIN).header("user-agent", FIREFOX).send().await.ok();
}

#[tokio::test]
async fn a_session_token_opens_nothing_else_and_nothing_else_stands_for_it() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let profile = t.get("/identity/v2/auth/account").key();
    assert_eq!(profile.token(&holder.session_token).send().await.refusal(), (403, 905));
    let refresh = t.get("/identity/v2/manage/account/access_token/refresh").back_end();
    assert_eq!(refresh.query("refresh_token", &holder.session_token).send().await.refusal(), (403, 1217));
    for token in [&holder.tokens.access, &holder.tokens.refresh] {
        assert_eq!(t.pin_call(token, PIN).send().await.refusal(), (403, 1245));
    }
    assert_eq!(t.set_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (403, 1239));
}

#[tokio::test]
async fn a_given_up_token_signs_nobody_in_and_giving_up_nothing_is_answered_alike() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let path = "/identity/v2/auth/session_token/InValidate";
    for token in [&holder.session_token, &holder.session_token, "nobody's"] {
        let reply = t.get(path).key().query("session_token", token).send().await;
        assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    }
    assert_eq!(t.get(path).key().send().await.refusal(), (400, 908));
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
    t.profile_call(&holder.tokens).send().await.ok();
}

#[tokio::test]
async fn a_login_by_pin_may_show_part_of_the_profile() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let reply = t.pin_call(&holder.session_token, PIN).query("fields", "uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": holder.user.uid }));
}

#[tokio::test]
async fn the_session_limit_holds_for_pins() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.set("sessionLimit", "1").await;
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1338));
    t.clock.advance(Span::minutes(15));
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}
