//! What a login answers while a second factor is due.

use super::{NOBODY, pending, required};
use crate::support::{Test, Tokens};
use serde_json::{Value, json};

#[tokio::test]
async fn without_second_factors_a_login_is_as_before() {
    let t = Test::new().await;
    let user = t.user().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    t.login(&user).await;
}

#[tokio::test]
async fn where_they_are_optional_who_has_none_signs_in() {
    let t = Test::new().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    let user = t.user().await;
    t.login(&user).await;
}

#[tokio::test]
async fn where_they_are_required_who_has_none_is_to_set_one_up() {
    let t = required().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    let block = pending(&reply);
    assert_eq!(block["IsOTPAuthenticatorVerified"], false);
    assert_eq!(block["OTPPhoneNo"], Value::Null);
    assert_eq!(block["OTPStatus"], Value::Null);
    assert_eq!(block["ExpireIn"], "2026-01-15T12:15:00Z");
    let token = block["SecondFactorAuthenticationToken"].as_str().unwrap();
    assert_eq!(token.len(), 36);
    assert_eq!(reply.json["SecondFactorAuthenticationToken"], token, "newer clients read it at top level");
    assert_eq!(reply.json["IsOTPAuthenticatorVerified"], false);
}

#[tokio::test]
async fn a_pending_login_counts_as_none_and_its_token_opens_nothing_else() {
    let t = required().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    let access = pending(&reply)["SecondFactorAuthenticationToken"].as_str().unwrap().to_owned();
    let tokens = Tokens { refresh: access.clone(), access };
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
    let nobody = Tokens { access: NOBODY.to_owned(), refresh: NOBODY.to_owned() };
    assert_eq!(t.profile_call(&nobody).send().await.refusal(), (403, 905));
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(account.ok()["NoOfLogins"], 0);
}

#[tokio::test]
async fn the_plain_login_sends_clients_to_the_other_path_where_the_tenant_says_so() {
    let t = required().await;
    t.set("TwoFactorAuthentication.refusePlainLogin", "true").await;
    let user = t.user().await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1176));
    let body = json!({ "email": user.email, "password": user.password });
    pending(&t.post("/identity/v2/auth/login/2fa").key().json(&body).send().await);
    let body = json!({ "email": user.email, "password": "wrong horse 12 staples" });
    let reply = t.post("/identity/v2/auth/login/2fa").key().json(&body).send().await;
    assert_eq!(reply.refusal(), (401, 966));
}

#[tokio::test]
async fn with_every_factor_switched_off_nobody_is_let_in_without_one() {
    let t = required().await;
    for factor in ["IsSmsOtpAuthenticatorEnabled", "IsAuthenticatorEnabled", "IsEmailOtpAuthenticatorEnabled"] {
        t.set(&format!("TwoFactorAuthentication.{factor}"), "false").await;
    }
    let user = t.user().await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1098));
}

#[tokio::test]
async fn every_door_leads_to_the_second_factor() {
    let t = required().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reset = t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await;
    let data = &reset.ok()["Data"];
    assert_eq!(data["access_token"], NOBODY);
    assert!(data["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"].is_string());

    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code);
    pending(&verify.json(&json!({ "phone": user.phone })).send().await);
    t.run_jobs().await;
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_gets_no_pending_login() {
    let t = required().await;
    let user = t.user_with(&json!({ "DisableLogin": true })).await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1130));
}
