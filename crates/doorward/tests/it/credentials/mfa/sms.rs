//! Completing a login by the code that was sent to the second phone.

use super::{SECOND, challenged, enrol, enrolled, knock, pending, resend, set_phone, token, verify};
use crate::support::{Reply, Test, Tokens, User, wrong};
use doorward_model::time::Span;
use doorward_store::Error;
use serde_json::{Value, json};

#[tokio::test]
async fn the_code_goes_out_by_itself_and_completes_the_login() {
    let (t, user) = enrolled().await;
    let reply = t.login_call(&user, &user.password).send().await;
    let block = pending(&reply);
    assert_eq!(block["IsOTPAuthenticatorVerified"], true);
    assert_eq!(block["OTPPhoneNo"], "********0001");
    assert!(block["OTPStatus"]["Sid"].is_string());
    assert!(reply.json.get("SecondFactorAuthenticationToken").is_none(), "only where it is required");
    let code = t.code_for(SECOND).await;
    let reply = verify(&t, &token(&reply), &code).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    assert_eq!(reply.json["Profile"].as_object().unwrap().len(), 149);
    assert_eq!(reply.json["Profile"]["NoOfLogins"], 2);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.refresh_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn the_older_path_and_every_parameter_are_taken_and_nothing_is_sent() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let sent = t.outbox().len();
    let call = t.put("/identity/v2/auth/login/2FA/verification/OTP").key();
    let call = call.query("secondFactorAuthenticationToken", &token).query("fields", "Uid,email(value)");
    let call = call.query("smstemplate2fa", "Mine").query("isvoiceotp", "true").query("rbaipsmstemplate", "Risk");
    let reply = call.json(&json!({ "Otp": code })).send().await;
    let shown: Vec<&String> = reply.ok()["Profile"].as_object().unwrap().keys().collect();
    assert_eq!(shown, ["Uid", "Email"]);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
}

#[tokio::test]
async fn the_names_of_risk_templates_are_kept_with_the_login() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    verify(&t, &token, &code).query("rbacityemailtemplate", "City").send().await.ok();
    let kept: (String,) = t
        .app
        .store
        .read::<_, Error>(|tx| tx.one("SELECT CAST(templates AS TEXT) FROM mfa_transactions", &[]))
        .await
        .unwrap();
    let kept: Value = serde_json::from_str(&kept.0).unwrap();
    assert_eq!(kept["rbacityemailtemplate"], "City");
}

#[tokio::test]
async fn the_tenants_switches_are_asked_first() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    t.set("TwoFactorAuthentication.IsSmsOtpAuthenticatorEnabled", "false").await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1100));
    assert_eq!(resend(&t, &token).send().await.refusal(), (403, 1100));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(t.put("/identity/v2/auth/login/2fa/sms").key().send().await.refusal(), (403, 1097));
    assert_eq!(set_phone(&t, &token, SECOND).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn token_and_code_are_required() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let reply = t.put("/identity/v2/auth/login/2fa/sms").key().json(&json!({ "otp": code })).send().await;
    assert_eq!(reply.refusal(), (400, 908));
    assert_eq!(reply.json["Description"], "The secondfactorauthenticationtoken is a required parameter.");
    let reply = verify(&t, &token, " ").send().await;
    assert_eq!(reply.json["Description"], "The otp is a required parameter.");
}

#[tokio::test]
async fn a_token_works_once_until_it_is_too_old_and_no_other_does() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    assert_eq!(verify(&t, "1d1ad6c5-7c1d-4b3a-8a57-0a1b5c1f7c11", &code).send().await.refusal(), (403, 1103));
    verify(&t, &token, &code).send().await.ok();
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
    assert_eq!(resend(&t, &token).send().await.refusal(), (403, 1103));

    let (token, code) = challenged(&t, &user).await;
    t.clock.advance(Span::minutes(15));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1104));
    assert_eq!(resend(&t, &token).send().await.refusal(), (403, 1104));
    assert_eq!(set_phone(&t, &token, SECOND).send().await.refusal(), (403, 1104));
}

#[tokio::test]
async fn a_token_opens_nothing_at_another_tenant() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let other = t.tenant("other").await;
    let switch = [("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled".to_owned(), "true".to_owned())];
    doorward_flows::configuration::tenants::set(&t.app, "other", &switch).await.unwrap();
    let call = t.put("/identity/v2/auth/login/2fa/sms").query("apikey", &other.api_key);
    let call = call.query("secondfactorauthenticationtoken", &token).json(&json!({ "otp": code }));
    assert_eq!(call.send().await.refusal(), (403, 1103));
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_code_is_good_for_the_login_it_was_sent_for_and_nothing_else() {
    let (t, user) = enrolled().await;
    let neighbour = t.user().await;
    enrol(&t, &neighbour, SECOND).await;
    let (first, first_code) = challenged(&t, &user).await;
    let (second, second_code) = challenged(&t, &user).await;
    let (third, third_code) = challenged(&t, &neighbour).await;
    assert_ne!(first_code, second_code);
    assert_eq!(verify(&t, &second, &first_code).send().await.refusal(), (403, 1067), "of another login");
    assert_eq!(verify(&t, &second, &third_code).send().await.refusal(), (403, 1067), "of another person");
    verify(&t, &second, &second_code).send().await.ok();
    verify(&t, &first, &first_code).send().await.ok();
    verify(&t, &third, &third_code).send().await.ok();
}

#[tokio::test]
async fn codes_of_other_purposes_complete_no_login() {
    let t = super::optional().await;
    let user = t.user().await;
    enrol(&t, &user, &user.phone).await;
    let token = knock(&t, &user).await;
    let own = t.code_for(&user.phone).await;
    let reset = t.reset_code(&user).await;
    assert_eq!(verify(&t, &token, &reset).send().await.refusal(), (403, 1067));
    assert_eq!(t.reset_call(&user.phone, &own, "granite kettle 91 orbits").send().await.refusal(), (401, 1409));
    verify(&t, &token, &own).send().await.ok();
}

#[tokio::test]
async fn where_no_code_could_be_sent_the_login_waits_and_says_so() {
    let (t, user) = enrolled().await;
    for _ in 0..5 {
        knock(&t, &user).await;
    }
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["OTPStatus"], Value::Null, "the number had its messages for a while");
    assert_eq!(verify(&t, &token(&reply), "123456").send().await.refusal(), (403, 1105));
    assert_eq!(resend(&t, &token(&reply)).send().await.refusal(), (403, 1123));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_that_is_too_old_says_so_to_whoever_has_the_right_digits() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1067));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1069));
    resend(&t, &token).send().await.ok();
    let code = t.code_for(SECOND).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn an_invitation_that_is_gone_is_told_before_anything_is_used_up() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    let invite = |invitation: Option<&'static str>| {
        let work = move |tx: &mut doorward_store::Tx| {
            tx.execute("UPDATE mfa_transactions SET invitation = $1", &[&invitation])
        };
        t.app.store.write::<_, Error>(work)
    };
    invite(Some("inv_1")).await.unwrap();
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (404, 8169));
    for _ in 0..6 {
        assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (404, 8169));
    }
    invite(None).await.unwrap();
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_refused_session_leaves_code_and_token_usable() {
    let (t, user) = enrolled().await;
    t.set("sessionLimit", "1").await;
    let (token, code) = challenged(&t, &user).await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_login_that_asked_to_last_does() {
    let (t, user) = enrolled().await;
    t.set("IsRememberMe", "true").await;
    t.set("rememberMeLifetime", "600").await;
    let reply = t.login_call(&user, &user.password).query("rememberme", "true").send().await;
    let code = t.code_for(SECOND).await;
    let reply: Reply = verify(&t, &token(&reply), &code).send().await;
    assert_eq!(reply.ok()["expires_in"], "2026-01-15T22:00:00Z");
}

#[tokio::test]
async fn a_persons_own_switch_counts_where_it_is_theirs_to_choose() {
    let (t, user) = enrolled().await;
    let switch = |on: bool| json!({ "IsTwoFactorAuthenticationEnabled": on });
    t.update_call(&user, &switch(false)).send().await.ok();
    t.login(&user).await;
    t.update_call(&user, &switch(true)).send().await.ok();
    knock(&t, &user).await;
    t.update_call(&user, &switch(false)).send().await.ok();
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    knock(&t, &user).await;
    t.run_jobs().await;
}

async fn reset(t: &Test, user: &User) -> Reply {
    let code = t.reset_code(user).await;
    let reply = t.reset_call(&user.phone, &code, "granite kettle 91 orbits").send().await;
    t.run_jobs().await;
    reply
}

#[tokio::test]
async fn a_reset_by_the_phone_that_is_the_second_factor_signs_nobody_in() {
    let t = super::optional().await;
    let user = t.user().await;
    enrol(&t, &user, &user.phone).await;
    let reply = reset(&t, &user).await;
    assert_eq!(reply.text, r#"{"IsPosted":true}"#);
    let user = User { password: "granite kettle 91 orbits".to_owned(), ..user };
    knock(&t, &user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_with_another_second_phone_waits_for_its_code() {
    let (t, user) = enrolled().await;
    let reply = reset(&t, &user).await;
    let data = &reply.ok()["Data"];
    assert_eq!((&data["access_token"], &data["Profile"]), (&json!(super::NOBODY), &Value::Null));
    let token = data["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"].as_str().unwrap();
    let code = t.code_for(SECOND).await;
    verify(&t, token, &code).send().await.ok();
}
