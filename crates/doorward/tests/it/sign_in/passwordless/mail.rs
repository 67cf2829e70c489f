//! By the link or code in an email.

use super::{account, ask, ask_by_name, code, enter, enter_by_name, latest, open, token, with_codes, with_links};
use crate::support::{GOOD_PASSWORD, PUBLIC_URL, Tokens, race, wrong};
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_code_signs_in_by_address() {
    let t = with_codes().await;
    let user = t.user().await;
    assert_eq!(ask(&t, &user.email).send().await.ok(), &json!({ "IsPosted": true }));
    let message = latest(&t, &user.email).await;
    assert_eq!((message.template.as_str(), message.link), ("passwordless", None));
    let reply = enter(&t, &user.email.to_uppercase(), &message.code.unwrap()).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    assert_eq!(reply.json["Profile"].as_object().unwrap().len(), 149);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.refresh_call(&Tokens::of(&reply)).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn a_code_signs_in_by_user_name() {
    let t = with_codes().await;
    let user = t.user().await;
    ask_by_name(&t, &user.user_name).send().await.ok();
    let code = t.code_for(&user.email).await;
    let reply = enter_by_name(&t, &user.user_name, &code).query("fields", "Uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn a_link_signs_in_as_a_browser_opens_it() {
    let t = with_links().await;
    let user = t.user().await;
    ask(&t, &user.email).send().await.ok();
    let message = latest(&t, &user.email).await;
    assert_eq!(message.code, None);
    let link = message.link.unwrap();
    let reply = t.get(link.strip_prefix(PUBLIC_URL).expect("the installation's own address")).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn a_link_leads_to_the_named_page_if_it_is_the_tenants() {
    let t = with_links().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    let user = t.user().await;
    ask(&t, &user.email).query("verificationurl", "https://shop.example/enter").send().await.ok();
    let link = latest(&t, &user.email).await.link.unwrap();
    assert!(link.starts_with("https://shop.example/enter?vtype=oneclicksignin&"), "{link}");
    let foreign = ask(&t, &user.email).query("verificationurl", "https://evil.example/enter");
    assert_eq!(foreign.send().await.refusal(), (403, 1249));
}

#[tokio::test]
async fn a_link_works_once_and_for_a_quarter_of_an_hour() {
    let t = with_links().await;
    let user = t.user().await;
    ask(&t, &user.email).send().await.ok();
    let first = token(&t, &user.email).await;
    open(&t, &first).send().await.ok();
    assert_eq!(open(&t, &first).send().await.refusal(), (403, 1062));
    ask(&t, &user.email).send().await.ok();
    let old = token(&t, &user.email).await;
    assert_eq!(open(&t, &first).send().await.refusal(), (403, 1063), "a newer one takes its place");
    t.clock.advance(Span::minutes(15));
    assert_eq!(open(&t, &old).send().await.refusal(), (403, 975));
    assert_eq!(open(&t, &"0".repeat(32)).send().await.refusal(), (403, 1063));
}

#[tokio::test]
async fn a_code_works_once_and_for_five_minutes() {
    let t = with_codes().await;
    let user = t.user().await;
    let first = code(&t, &user).await;
    enter(&t, &user.email, &first).send().await.ok();
    assert_eq!(enter(&t, &user.email, &first).send().await.refusal(), (403, 1185));
    let old = code(&t, &user).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(enter(&t, &user.email, &old).send().await.refusal(), (403, 1185));
}

#[tokio::test]
async fn of_many_with_the_same_code_or_link_one_signs_in() {
    let t = with_codes().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let replies = race((0..10).map(|_| enter(&t, &user.email, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.set("otpPasswordless", "false").await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    let replies = race((0..10).map(|_| open(&t, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == (403, 1062)));
}

#[tokio::test]
async fn a_code_or_link_of_another_purpose_opens_nothing() {
    let t = with_codes().await;
    let user = t.user().await;
    t.post("/identity/v2/auth/password").key().json(&json!({ "email": user.email })).send().await.ok();
    let reset = t.code_for(&user.email).await;
    assert_eq!(enter(&t, &user.email, &reset).send().await.refusal(), (403, 1185));
    t.set("domains", r#"["https://shop.example"]"#).await;
    let call = t.post("/identity/v2/auth/password").key().query("resetpasswordurl", "https://shop.example/");
    call.json(&json!({ "email": user.email })).send().await.ok();
    let token = token(&t, &user.email).await;
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1063));
}

#[tokio::test]
async fn a_code_or_link_is_unknown_to_another_tenant_and_another_person() {
    let t = with_codes().await;
    let (user, stranger) = (t.user().await, t.user().await);
    let other = t.tenant("other").await;
    let on = [("IsInstantSignin.EmailLink".to_owned(), "true".to_owned())];
    doorward_flows::configuration::tenants::set(&t.app, "other", &on).await.unwrap();
    let email = json!([{ "Type": "Primary", "Value": user.email }]);
    t.user_at(&json!({ "Email": email }), |call| call.back_end_of(&other)).await;
    let code = code(&t, &user).await;
    let body = json!({ "email": user.email, "otp": code });
    let path = "/identity/v2/auth/login/passwordlesslogin/email/verifyotp";
    assert_eq!(t.post(path).query("apikey", &other.api_key).json(&body).send().await.refusal(), (403, 1185));
    assert_eq!(enter(&t, &stranger.email, &code).send().await.refusal(), (403, 1185));
    enter(&t, &user.email, &code).send().await.ok();
    t.set("otpPasswordless", "false").await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    let path = "/identity/v2/auth/login/passwordlesslogin/email/verify";
    let call = t.get(path).query("apikey", &other.api_key).query("verificationtoken", &token);
    assert_eq!(call.send().await.refusal(), (403, 1063));
    open(&t, &token).send().await.ok();
}

#[tokio::test]
async fn an_unregistered_address_gets_nothing() {
    let t = with_codes().await;
    assert_eq!(ask(&t, "nobody@example.com").send().await.ok(), &json!({ "IsPosted": true }));
    ask_by_name(&t, "nobody").send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    assert_eq!(enter(&t, "nobody@example.com", "123456").send().await.refusal(), (403, 1185));
}

#[tokio::test]
async fn an_unproved_address_beside_a_proved_phone_gets_nothing() {
    let t = with_codes().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    ask(&t, &user.email).send().await.ok();
    ask_by_name(&t, &user.user_name).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_gets_nothing_and_the_code_it_had_is_void() {
    for change in [json!({ "IsActive": false }), json!({ "DisableLogin": true })] {
        let t = with_codes().await;
        let user = t.user().await;
        let code = code(&t, &user).await;
        t.update_call(&user, &change).send().await.ok();
        assert_eq!(enter(&t, &user.email, &code).send().await.refusal(), (403, 1185));
        ask(&t, &user.email).send().await.ok();
        t.run_jobs().await;
        assert_eq!(t.outbox().len(), 1);
    }
}

#[tokio::test]
async fn an_address_that_the_account_gave_up_signs_nobody_in() {
    let t = with_links().await;
    let user = t.user().await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    let moved = json!({ "Email": [{ "Type": "Primary", "Value": "other@example.com" }] });
    t.update_call(&user, &moved).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1063));
}

#[tokio::test]
async fn an_address_that_lost_its_proof_beside_a_proved_phone_signs_nobody_in() {
    let t = with_codes().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    t.update_call(&user, &json!({ "EmailVerified": false })).send().await.ok();
    assert_eq!(enter(&t, &user.email, &code).send().await.refusal(), (403, 1185));
    assert_eq!(account(&t, &user.uid).await["EmailVerified"], false);
    t.login(&user).await;
}

#[tokio::test]
async fn an_account_with_nothing_proved_goes_to_the_owner_of_the_mailbox() {
    for by_link in [false, true] {
        let t = with_codes().await;
        t.set("otpPasswordless", if by_link { "false" } else { "true" }).await;
        let user = t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
        let squatter = t.login(&user).await;
        ask(&t, &user.email).send().await.ok();
        let call = if by_link {
            open(&t, &token(&t, &user.email).await)
        } else {
            enter(&t, &user.email, &t.code_for(&user.email).await)
        };
        let reply = call.send().await;
        assert_eq!(reply.ok()["Profile"]["EmailVerified"], true);
        assert_eq!(reply.json["Profile"]["PhoneId"], json!(null));
        assert_eq!(t.profile_call(&squatter).send().await.refusal(), (403, 905));
        assert_eq!(t.refresh_call(&squatter).send().await.refusal(), (403, 1217));
        assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
        t.profile_call(&Tokens::of(&reply)).send().await.ok();
    }
}

#[tokio::test]
async fn a_proved_account_keeps_its_password_and_sessions() {
    let t = with_codes().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let before = t.login(&user).await;
    let code = code(&t, &user).await;
    enter(&t, &user.email, &code).send().await.ok();
    t.profile_call(&before).send().await.ok();
    t.login(&user).await;
    assert_eq!(account(&t, &user.uid).await["PhoneId"], user.phone.as_str());
}

#[tokio::test]
async fn an_address_that_must_be_proved_is_proved_by_it() {
    let t = with_codes().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = t.user_with(&json!({ "EmailVerified": false, "PhoneId": null, "PhoneIdVerified": null })).await;
    let code = code(&t, &user).await;
    assert_eq!(enter(&t, &user.email, &wrong(&code)).send().await.refusal(), (403, 1185));
    assert_eq!(account(&t, &user.uid).await["EmailVerified"], false);
    enter(&t, &user.email, &code).send().await.ok();
    assert_eq!(account(&t, &user.uid).await["EmailVerified"], true);
}

#[tokio::test]
async fn a_person_who_asks_to_be_remembered_is_where_the_tenant_does_that() {
    let t = with_codes().await;
    let user = t.user().await;
    let plain = code(&t, &user).await;
    let reply = enter(&t, &user.email, &plain).query("rememberme", "true").send().await;
    assert_eq!(reply.ok()["expires_in"], "2026-01-15T12:15:00Z");
    t.set("IsRememberMe", "true").await;
    let code = code(&t, &user).await;
    let reply = enter(&t, &user.email, &code).query("rememberme", "true").send().await;
    assert_eq!(reply.ok()["expires_in"], "2026-02-14T12:00:00Z");
}
