//! Setting up the second phone with which a login is completed.

use super::{SECOND, account, enrolled, knock, optional, pending, required, resend, set_phone, token, verify};
use crate::support::{User, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const ANOTHER: &str = "+919877700002";

#[tokio::test]
async fn the_number_becomes_the_factor_when_its_code_comes_back_and_not_before() {
    let t = required().await;
    let user = t.user().await;
    let first = knock(&t, &user).await;
    assert_eq!(verify(&t, &first, "123456").send().await.refusal(), (403, 1101), "there is no number");
    assert_eq!(resend(&t, &first).send().await.refusal(), (403, 1117));
    let reply = set_phone(&t, &first, SECOND).send().await;
    assert_eq!(reply.ok()["AccountSid"], Value::Null);
    assert!(reply.json["Sid"].is_string());
    let code = t.code_for(SECOND).await;
    assert_eq!(verify(&t, &first, &wrong(&code)).send().await.refusal(), (403, 1067));

    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["IsOTPAuthenticatorVerified"], false, "a wrong code proves nothing");
    verify(&t, &first, &code).send().await.ok();
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["IsOTPAuthenticatorVerified"], true);
    assert_eq!(pending(&reply)["OTPPhoneNo"], "********0001");
    t.run_jobs().await;
    let told = t.outbox().into_iter().filter(|message| message.template == "second-factor-changed");
    assert_eq!(told.count(), 2, "by email and to the login phone");
}

#[tokio::test]
async fn the_older_path_sets_it_too() {
    let t = required().await;
    let user = t.user().await;
    let first = knock(&t, &user).await;
    let call = t.put("/identity/v2/auth/login/2fa").key().query("secondfactorauthenticationtoken", &first);
    call.json(&json!({ "phoneno2fa": SECOND })).send().await.ok();
    t.code_for(SECOND).await;
}

#[tokio::test]
async fn who_has_a_factor_cannot_set_up_another_with_the_password_alone() {
    let (t, user) = enrolled().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let token = knock(&t, &user).await;
    assert_eq!(set_phone(&t, &token, ANOTHER).send().await.refusal(), (403, 1250));
    t.run_jobs().await;
    assert!(t.outbox().iter().all(|message| message.to != ANOTHER));
}

#[tokio::test]
async fn a_number_that_waits_for_its_code_is_worth_nothing_once_another_was_proved() {
    let t = required().await;
    let user = t.user().await;
    let thief = knock(&t, &user).await;
    set_phone(&t, &thief, ANOTHER).send().await.ok();
    let stolen = t.code_for(ANOTHER).await;
    let owner = knock(&t, &user).await;
    set_phone(&t, &owner, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    verify(&t, &owner, &code).send().await.ok();
    assert_eq!(verify(&t, &thief, &stolen).send().await.refusal(), (403, 1067));
    t.run_jobs().await;
}

#[tokio::test]
async fn another_number_takes_the_place_of_the_first_and_its_code_is_void() {
    let t = required().await;
    let user = t.user().await;
    let token = knock(&t, &user).await;
    set_phone(&t, &token, ANOTHER).send().await.ok();
    let old = t.code_for(ANOTHER).await;
    set_phone(&t, &token, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    assert_eq!(verify(&t, &token, &old).send().await.refusal(), (403, 1067));
    t.clock.advance(Span::seconds(30));
    resend(&t, &token).send().await.ok();
    let new = t.code_for(SECOND).await;
    assert_ne!(code, new);
    verify(&t, &token, &new).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_login_phone_that_becomes_the_factor_is_proved_by_it() {
    let t = required().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let token = knock(&t, &user).await;
    set_phone(&t, &token, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(account(&t, &user).await["PhoneIdVerified"], false);
    let reply = verify(&t, &token, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["PhoneIdVerified"], true);
    t.run_jobs().await;
}

#[tokio::test]
async fn after_a_reset_by_phone_another_phone_is_asked_for() {
    let t = required().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reply = t.reset_call(&user.phone, &code, "granite kettle 91 orbits").send().await;
    let block = &reply.ok()["Data"]["SecondFactorAuthentication"];
    let token = block["SecondFactorAuthenticationToken"].as_str().unwrap();
    assert_eq!(set_phone(&t, token, &user.phone).send().await.refusal(), (403, 1106));
    set_phone(&t, token, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    verify(&t, token, &code).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn numbers_that_nothing_can_be_sent_to_are_refused() {
    let t = required().await;
    let user = t.user().await;
    let token = knock(&t, &user).await;
    assert_eq!(set_phone(&t, &token, "12").send().await.refusal(), (400, 1096));
    assert_eq!(set_phone(&t, &token, "").send().await.refusal(), (400, 908));
    let voice = set_phone(&t, &token, SECOND).query("isvoiceotp", "true");
    assert_eq!(voice.send().await.refusal(), (403, 1281));
    t.set("allowedCountries", r#"["US"]"#).await;
    assert_eq!(set_phone(&t, &token, SECOND).send().await.refusal(), (403, 1072));
}

#[tokio::test]
async fn five_accounts_may_share_a_number_and_not_six() {
    let t = optional().await;
    t.set("otp.RequestLimit", "100").await;
    for _ in 0..5 {
        let user = t.user().await;
        super::enrol(&t, &user, SECOND).await;
    }
    let user: User = t.user().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let sixth = t.login_call(&user, &user.password).send().await;
    assert_eq!(set_phone(&t, &token(&sixth), SECOND).send().await.refusal(), (403, 1058));
}
