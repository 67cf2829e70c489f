//! Codes and tokens for a back end that sends its own messages.

use crate::support::{Call, OTHER_PASSWORD, PUBLIC_URL, Reply, Test, User, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

const STRANGER: &str = "01234567-89ab-4cde-8f01-23456789abcd";

fn post(t: &Test, path: &str, body: &Value) -> Call {
    t.post(&format!("/identity/v2/manage/account/{path}")).back_end().json(body)
}

fn text(reply: &Reply, name: &str) -> String {
    reply.ok()[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", reply.text)).to_owned()
}

fn open_link(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/email").key().query("verificationtoken", token)
}

fn reset_by_link(t: &Test, token: &str) -> Call {
    let body = json!({ "resettoken": token, "password": OTHER_PASSWORD });
    t.put("/identity/v2/auth/password/reset").key().json(&body)
}

fn prove_phone(t: &Test, user: &User, code: &str) -> Call {
    t.put("/identity/v2/auth/phone/otp").key().query("otp", code).json(&json!({ "phone": user.phone }))
}

async fn unproved(t: &Test) -> User {
    t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await
}

#[tokio::test]
async fn an_email_token_proves_the_address_once_and_nothing_is_sent() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    let named = [json!({ "email": user.email }), json!({ "username": user.user_name }), json!({ "uid": user.uid })];
    let mut last = String::new();
    for body in named {
        let reply = post(&t, "emailtoken/emailverification", &body).send().await;
        assert_eq!(reply.ok()["IdentityProviders"], json!(["Email"]));
        assert_eq!(reply.json["ExpiresIn"], t.app.now().plus(Span::days(3)).to_wire());
        if !last.is_empty() {
            assert_eq!(open_link(&t, &last).send().await.refusal(), (403, 973), "a newer token voids the older");
        }
        last = text(&reply, "Token");
    }
    let replies = race((0..8).map(|_| open_link(&t, &last))).await;
    let proved: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(proved.len(), 1);
    assert_eq!(proved[0].json["Data"]["Profile"]["EmailVerified"], true);
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn an_email_token_is_a_code_where_the_tenant_wants_codes() {
    let t = Test::new().await;
    t.set("OTPEmailVerification", "true").await;
    let user = unproved(&t).await;
    let reply = post(&t, "emailtoken/emailverification", &json!({ "email": user.email })).send().await;
    let code = text(&reply, "Token");
    assert_eq!(code.len(), 6);
    let prove = t.put("/identity/v2/auth/email").key().json(&json!({ "email": user.email, "otp": code }));
    prove.send().await.ok();
}

#[tokio::test]
async fn a_token_of_one_use_is_of_no_other() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    let verify = text(&post(&t, "emailtoken/emailverification", &json!({ "email": user.email })).send().await, "Token");
    let reset = text(&post(&t, "emailtoken/forgotpassword", &json!({ "email": user.email })).send().await, "Token");
    reset_by_link(&t, &verify).send().await.refusal();
    assert_eq!(open_link(&t, &reset).send().await.refusal(), (403, 973));
    reset_by_link(&t, &reset).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_token_changes_the_password_once() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = post(&t, "forgot/token", &json!({ "username": user.user_name })).send().await;
    let token = text(&reply, "ForgotToken");
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    let replies = race((0..4).map(|_| reset_by_link(&t, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_token_is_mailed_too_where_the_back_end_asks() {
    let t = Test::new().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    let user = t.user().await;
    let call = post(&t, "forgot/token", &json!({ "email": user.email })).query("sendemail", "true");
    let reply = call.query("resetpasswordurl", "https://shop.example/reset").send().await;
    let token = text(&reply, "ForgotToken");
    t.run_jobs().await;
    let link = t.outbox()[0].link.clone().unwrap();
    assert!(link.starts_with("https://shop.example/reset?") && link.contains(&token));
    let foreign = post(&t, "forgot/token", &json!({ "email": user.email })).query("sendemail", "true");
    assert_eq!(foreign.query("resetpasswordurl", "https://evil.example").send().await.refusal(), (403, 1252));
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_the_phones_code() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = post(&t, "forgot/token", &json!({ "phone": user.phone })).send().await;
    t.reset_call(&user.phone, &text(&reply, "ForgotToken"), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;

    let reply = post(&t, "smsotp/forgotpassword", &json!({ "phone": user.phone, "uid": user.uid })).send().await;
    assert_eq!(reply.ok()["ExpiresIn"], t.app.now().plus(Span::minutes(5)).to_wire());
    t.reset_call(&user.phone, &text(&reply, "Token"), "copper lantern 73 meadows").send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_phone_is_proved_by_the_back_ends_code() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    let reply = post(&t, "smsotp/phoneidverification", &json!({ "Phone": user.phone })).send().await;
    let code = text(&reply, "Token");
    let replies = race((0..4).map(|_| prove_phone(&t, &user, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_code_for_one_purpose_is_of_no_other() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = post(&t, "smsotp/forgotpassword", &json!({ "phone": user.phone })).send().await;
    assert_eq!(prove_phone(&t, &user, &text(&reply, "Token")).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn a_new_phone_is_the_accounts_when_its_code_comes_back() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let tokens = t.login(&user).await;
    let body = json!({ "phone": "+919876511111", "uid": user.uid });
    let code = text(&post(&t, "smsotp/addphone", &body).send().await, "Token");
    let uid = format!("/identity/v2/manage/account/{}", user.uid);
    assert_eq!(t.get(&uid).back_end().send().await.ok()["PhoneId"], user.phone.as_str());
    let confirm = t.put("/identity/v2/auth/phone/otp").key().token(&tokens.access).query("otp", &code);
    confirm.send().await.ok();
    assert_eq!(t.get(&uid).back_end().send().await.ok()["PhoneId"], "+919876511111");

    let refused = |body: Value| {
        let call = post(&t, "smsotp/addphone", &body);
        async move { call.send().await.refusal() }
    };
    assert_eq!(refused(json!({ "phone": other.phone, "uid": user.uid })).await, (403, 1058));
    assert_eq!(refused(json!({ "phone": "+919876511111", "uid": user.uid })).await, (403, 1073));
    assert_eq!(refused(json!({ "phone": "+919876522222" })).await, (400, 908));
    assert_eq!(refused(json!({ "phone": "+919876522222", "uid": STRANGER })).await, (403, 984));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_is_made_only_where_it_can_be_of_use() {
    let t = Test::new().await;
    let (proved, unproved) = (t.user().await, unproved(&t).await);
    let asked = |kind: &str, body: Value| {
        let call = post(&t, &format!("smsotp/{kind}"), &body);
        async move { call.send().await.refusal() }
    };
    assert_eq!(asked("phoneidverification", json!({ "phone": proved.phone })).await, (403, 1073));
    assert_eq!(asked("forgotpassword", json!({ "phone": unproved.phone })).await, (403, 1066));
    assert_eq!(asked("forgotpassword", json!({ "phone": "+919876599999" })).await, (403, 1043));
    assert_eq!(asked("forgotpassword", json!({ "phone": proved.phone, "uid": unproved.uid })).await, (403, 1043));
    assert_eq!(asked("forgotpassword", json!({})).await, (400, 908));
    for kind in ["onetouchlogin", "smartlogin", "nothing"] {
        assert_eq!(asked(kind, json!({ "phone": proved.phone })).await, (403, 1182), "{kind}");
    }
    t.update_call(&proved, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(asked("forgotpassword", json!({ "phone": proved.phone })).await, (403, 991));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(asked("forgotpassword", json!({ "phone": proved.phone })).await, (403, 1074));
}

#[tokio::test]
async fn a_token_is_made_only_for_somebody() {
    let t = Test::new().await;
    let user = t.user().await;
    let asked = |kind: &str, body: Value| {
        let call = post(&t, &format!("emailtoken/{kind}"), &body);
        async move { call.send().await.refusal() }
    };
    assert_eq!(asked("emailverification", json!({ "email": "nobody@example.com" })).await, (403, 1023));
    assert_eq!(asked("emailverification", json!({ "username": "nobody" })).await, (403, 1022));
    assert_eq!(asked("emailverification", json!({ "uid": STRANGER })).await, (403, 984));
    assert_eq!(asked("emailverification", json!({})).await, (400, 908));
    for kind in ["forgotpin", "onetouchlogin", "nothing"] {
        assert_eq!(asked(kind, json!({ "email": user.email })).await, (403, 1181), "{kind}");
    }
    let without = t.user_with(&json!({ "Email": null })).await;
    assert_eq!(asked("emailverification", json!({ "uid": without.uid })).await, (403, 1039));
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(asked("emailverification", json!({ "email": user.email })).await, (403, 991));
    t.set("EmailVerificationFlow", "disabled").await;
    assert_eq!(asked("emailverification", json!({ "email": user.email })).await, (403, 1034));
}

#[tokio::test]
async fn there_are_only_so_many_tokens() {
    let t = Test::new().await;
    let user = t.user().await;
    for _ in 0..5 {
        post(&t, "emailtoken/emailverification", &json!({ "email": user.email })).send().await.ok();
        post(&t, "smsotp/forgotpassword", &json!({ "phone": user.phone })).send().await.ok();
    }
    let email = post(&t, "emailtoken/emailverification", &json!({ "email": user.email })).send().await;
    assert_eq!(email.refusal(), (403, 1178));
    let phone = post(&t, "smsotp/forgotpassword", &json!({ "phone": user.phone })).send().await;
    assert_eq!(phone.refusal(), (403, 1179));
}

#[tokio::test]
async fn the_older_paths_make_the_same_tokens() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    let reply = post(&t, "verify/token", &json!({ "email": user.email })).send().await;
    assert_eq!(reply.ok()["expires_in"], t.app.now().plus(Span::days(3)).to_wire());
    open_link(&t, &text(&reply, "VerificationToken")).send().await.ok();

    let vtoken = |kind: &str| {
        let call = t.get("/identity/v2/manage/account/vtoken").back_end();
        call.query("vtype", kind).query("email", &user.email)
    };
    let reply = vtoken("reset").send().await;
    reset_by_link(&t, &text(&reply, "VerificationToken")).send().await.ok();
    assert_eq!(vtoken("autologin").send().await.refusal(), (403, 1181));
    assert_eq!(vtoken("").send().await.refusal(), (400, 908));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_token_may_be_mailed_and_made_to_end_sooner() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    let call = t.get("/identity/v2/manage/account/vtoken").back_end().query("vtype", "emailverification");
    let call = call.query("email", &user.email).query("sendemail", "true").query("expires_in", "10");
    let token = text(&call.send().await, "VerificationToken");
    t.run_jobs().await;
    let link = t.outbox()[0].link.clone().unwrap();
    assert!(link.contains(&token));
    t.clock.advance(Span::minutes(10));
    assert_eq!(t.get(link.strip_prefix(PUBLIC_URL).unwrap()).send().await.refusal(), (403, 975));
}
