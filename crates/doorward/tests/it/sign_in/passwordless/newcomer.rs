//! People who register by signing in.

use super::{EMAIL, PHONE, account, ask, enter, enter_by_phone, open, token, with_codes};
use crate::support::{Call, GOOD_PASSWORD, Test, Tokens, race, wrong};
use doorward_model::time::Span;
use doorward_store::Tx;
use serde_json::{Value, json};

const RAVI: &str = "ravi@example.com";
const NUMBER: &str = "+919812345678";

async fn registering() -> Test {
    let t = with_codes().await;
    t.set("passwordlessRegistration", "true").await;
    t
}

fn profile(email: &str) -> Value {
    json!({ "FirstName": "Ravi", "Email": [{ "Type": "Primary", "Value": email }] })
}

async fn come(t: &Test, email: &str) -> Call {
    t.post(EMAIL).key().header("x-loginradius-sott", &t.sott().await).json(&profile(email))
}

async fn come_by_phone(t: &Test, phone: &str) -> Call {
    let body = json!({ "FirstName": "Ravi", "PhoneId": phone });
    t.post(PHONE).key().header("x-loginradius-sott", &t.sott().await).json(&body)
}

async fn is_registered(t: &Test, email: &str) -> bool {
    let reply = t.get("/identity/v2/auth/email").key().query("email", email).send().await;
    reply.ok()["IsExist"] == true
}

#[tokio::test]
async fn an_unknown_address_is_registered_when_its_code_comes_back_and_not_before() {
    let t = registering().await;
    assert_eq!(come(&t, RAVI).await.send().await.ok(), &json!({ "IsPosted": true }));
    let code = t.code_for(RAVI).await;
    assert!(!is_registered(&t, RAVI).await);
    assert_eq!(enter(&t, RAVI, &wrong(&code)).send().await.refusal(), (403, 1185));
    let reply = enter(&t, RAVI, &code).send().await;
    let made = &reply.ok()["Profile"];
    assert_eq!((&made["FirstName"], &made["EmailVerified"]), (&json!("Ravi"), &json!(true)));
    assert_eq!((&made["FirstLogin"], &made["NoOfLogins"]), (&json!(true), &json!(1)));
    assert!(is_registered(&t, RAVI).await);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(enter(&t, RAVI, &code).send().await.refusal(), (403, 1185));
    ask(&t, RAVI).send().await.ok();
    let again = enter(&t, RAVI, &t.code_for(RAVI).await).send().await;
    assert_eq!(again.ok()["Profile"]["Uid"], made["Uid"]);
}

#[tokio::test]
async fn an_unknown_address_is_registered_by_its_link() {
    let t = registering().await;
    t.set("otpPasswordless", "false").await;
    come(&t, RAVI).await.send().await.ok();
    let token = token(&t, RAVI).await;
    let reply = open(&t, &token).send().await;
    assert_eq!(reply.ok()["Profile"]["EmailVerified"], true);
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1062));
}

#[tokio::test]
async fn an_unknown_phone_is_registered_when_its_code_comes_back() {
    let t = registering().await;
    let reply = come_by_phone(&t, NUMBER).await.send().await;
    assert!(reply.ok()["Data"]["Sid"].is_string());
    let code = t.code_for(NUMBER).await;
    let reply = enter_by_phone(&t, NUMBER, &code).send().await;
    let made = &reply.ok()["Profile"];
    assert_eq!((&made["PhoneId"], &made["PhoneIdVerified"]), (&json!(NUMBER), &json!(true)));
}

#[tokio::test]
async fn a_known_address_or_phone_signs_in_and_its_profile_stays() {
    let t = registering().await;
    let user = t.user().await;
    come(&t, &user.email).await.send().await.ok();
    let reply = enter(&t, &user.email, &t.code_for(&user.email).await).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    come_by_phone(&t, &user.phone).await.send().await.ok();
    let reply = enter_by_phone(&t, &user.phone, &t.code_for(&user.phone).await).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    assert_eq!(reply.json["Profile"]["FirstName"], "Asha");
    t.login(&user).await;
}

#[tokio::test]
async fn a_blocked_account_is_not_registered_anew() {
    let t = registering().await;
    let user = t.user_with(&json!({ "IsActive": false })).await;
    come(&t, &user.email).await.send().await.ok();
    come_by_phone(&t, &user.phone).await.send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn other_identifiers_and_the_password_in_the_profile_are_not_heard() {
    let t = registering().await;
    let user = t.user().await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": RAVI }, { "Type": "Work", "Value": user.email }],
        "PhoneId": user.phone, "UserName": "has spaces in it", "Password": "short", "Uid": "chosen", "EmailVerified": false,
    });
    t.post(EMAIL).key().query("sott", &t.sott().await).json(&body).send().await.ok();
    let reply = enter(&t, RAVI, &t.code_for(RAVI).await).send().await;
    let made = reply.ok()["Profile"].clone();
    assert_eq!(made["Email"], json!([{ "Type": "Primary", "Value": RAVI }]));
    assert_eq!((&made["PhoneId"], &made["UserName"]), (&json!(null), &json!(null)));
    assert_ne!(made["Uid"], "chosen");
    let login = t.post("/identity/v2/auth/login").key().json(&json!({ "email": RAVI, "password": "short" }));
    assert_eq!(login.send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn nobody_plants_a_pin_or_security_answers_in_the_account_of_another() {
    let t = crate::credentials::security_questions::with_questions().await;
    for key in
        ["PINAuthentication.IsEnabled", "IsInstantSignin.EmailLink", "otpPasswordless", "passwordlessRegistration"]
    {
        t.set(key, "true").await;
    }
    let mut body = profile(RAVI);
    body["PINInfo"] = json!({ "PIN": "7352" });
    body["SecurityQuestionAnswer"] = crate::credentials::security_questions::right();
    t.post(EMAIL).key().query("sott", &t.sott().await).json(&body).send().await.ok();
    let reply = enter(&t, RAVI, &t.code_for(RAVI).await).send().await;
    let made = &reply.ok()["Profile"];
    assert_eq!((&made["PINInfo"], &made["SecurityQuestionAnswer"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn a_registration_token_is_asked_for_of_everybody_and_is_used_once_where_the_tenant_says_so() {
    let t = registering().await;
    let user = t.user().await;
    for email in [RAVI, user.email.as_str()] {
        assert_eq!(t.post(EMAIL).key().json(&profile(email)).send().await.refusal(), (400, 908));
        let call = t.post(EMAIL).key().header("x-loginradius-sott", "no token").json(&profile(email));
        assert_eq!(call.send().await.refusal(), (403, 1049));
    }
    t.set("sott.singleUse", "true").await;
    let call = come(&t, &user.email).await;
    call.clone().send().await.ok();
    assert_eq!(call.send().await.refusal(), (403, 1049));
    t.run_jobs().await;
}

#[tokio::test]
async fn nobody_is_registered_while_that_or_registration_is_off() {
    let t = registering().await;
    for (key, off) in [("passwordlessRegistration", "false"), ("IsCustomerRegistration", "false")] {
        t.set(key, off).await;
        t.post(EMAIL).key().json(&profile(RAVI)).send().await.ok();
        t.run_jobs().await;
        assert!(t.outbox().is_empty());
        t.set(key, "true").await;
    }
    come(&t, RAVI).await.send().await.ok();
    let code = t.code_for(RAVI).await;
    t.set("IsCustomerRegistration", "false").await;
    assert_eq!(enter(&t, RAVI, &code).send().await.refusal(), (403, 1185));
    assert!(!is_registered(&t, RAVI).await);
}

#[tokio::test]
async fn a_profile_without_its_identifier_or_with_a_malformed_one_is_refused() {
    let t = registering().await;
    let send = |path: &str, body: Value| t.post(path).key().json(&body).send();
    assert_eq!(send(EMAIL, json!({ "FirstName": "Ravi" })).await.refusal(), (400, 908));
    assert_eq!(send(EMAIL, profile("no address")).await.refusal(), (400, 1038));
    assert_eq!(send(PHONE, json!({ "FirstName": "Ravi" })).await.refusal(), (400, 908));
    assert_eq!(send(PHONE, json!({ "PhoneId": "12" })).await.refusal(), (400, 1096));
}

#[tokio::test]
async fn a_plain_request_after_it_voids_the_registration_and_registers_nobody() {
    let t = registering().await;
    come(&t, RAVI).await.send().await.ok();
    let code = t.code_for(RAVI).await;
    ask(&t, RAVI).send().await.ok();
    t.run_jobs().await;
    assert_eq!(enter(&t, RAVI, &code).send().await.refusal(), (403, 1185));
    assert!(!is_registered(&t, RAVI).await);
}

#[tokio::test]
async fn the_latest_profile_goes_with_the_latest_code() {
    let t = registering().await;
    come(&t, RAVI).await.send().await.ok();
    let older = t.code_for(RAVI).await;
    let body = json!({ "FirstName": "Uma", "Email": [{ "Type": "Primary", "Value": RAVI }] });
    t.post(EMAIL).key().query("sott", &t.sott().await).json(&body).send().await.ok();
    let newer = t.code_for(RAVI).await;
    assert_eq!(enter(&t, RAVI, &older).send().await.refusal(), (403, 1185));
    assert_eq!(enter(&t, RAVI, &newer).send().await.ok()["Profile"]["FirstName"], "Uma");
}

#[tokio::test]
async fn whoever_is_registered_meanwhile_keeps_the_address() {
    let t = registering().await;
    come(&t, RAVI).await.send().await.ok();
    let code = t.code_for(RAVI).await;
    let email = json!([{ "Type": "Primary", "Value": RAVI }]);
    let user = t.user_with(&json!({ "Email": email })).await;
    assert_eq!(enter(&t, RAVI, &code).send().await.refusal(), (403, 1185));
    assert_eq!(account(&t, &user.uid).await["FirstName"], "Asha");
    t.login_call(&user, GOOD_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn of_many_with_the_same_code_one_registers() {
    let t = registering().await;
    come(&t, RAVI).await.send().await.ok();
    let code = t.code_for(RAVI).await;
    let replies = race((0..10).map(|_| enter(&t, RAVI, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn another_profile_gives_no_further_tries() {
    let t = registering().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "6").await;
    for _ in 0..2 {
        come(&t, RAVI).await.send().await.ok();
        let code = t.code_for(RAVI).await;
        for _ in 0..3 {
            assert_eq!(enter(&t, RAVI, &wrong(&code)).send().await.refusal(), (403, 1185));
        }
    }
    come(&t, RAVI).await.send().await.ok();
    let code = t.code_for(RAVI).await;
    assert_eq!(enter(&t, RAVI, &code).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_profile_waits_encrypted_and_is_forgotten_when_its_proof_does_not_come() {
    let t = registering().await;
    come(&t, RAVI).await.send().await.ok();
    t.run_jobs().await;
    let waiting = || async {
        let kept = |tx: &mut Tx<'_>| tx.all::<(Vec<u8>,)>("SELECT sealed FROM newcomers", &[]);
        t.app.store.read(kept).await.unwrap()
    };
    let sealed = waiting().await.remove(0).0;
    assert!(!String::from_utf8_lossy(&sealed).to_lowercase().contains("ravi"));
    t.clock.advance(Span::seconds(301));
    doorward_flows::worker::sweep(&t.app).await.unwrap();
    assert!(waiting().await.is_empty());
}
