//! Signing in or up at one touch.

use crate::sign_in::smart_login::{guid, ping, token_for};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens, race, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const EMAIL: &str = "ravi@example.com";
const PHONE: &str = "+919812345678";

/// A product whose "acme" signs in at one touch and asks for no captcha.
async fn ready() -> Test {
    let t = Test::new().await;
    t.set("oneTouchLogin", "true").await;
    t.set("oneTouchCaptcha", "false").await;
    t
}

pub(crate) fn ask(t: &Test, email: &str, guid: &str) -> Call {
    let body = json!({ "email": email, "clientguid": guid, "name": "Ravi" });
    t.post("/identity/v2/auth/onetouchlogin/email").key().json(&body)
}

pub(crate) fn ask_by_phone(t: &Test, phone: &str) -> Call {
    t.post("/identity/v2/auth/onetouchlogin/phone").key().json(&json!({ "phone": phone, "name": "Ravi" }))
}

pub(crate) fn verify(t: &Test, phone: &str, otp: &str) -> Call {
    let path = "/identity/v2/auth/onetouchlogin/phone/verify";
    t.put(path).key().query("otp", otp).json(&json!({ "Phone": phone }))
}

fn open(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/email/onetouchlogin").key().query("verificationtoken", token)
}

async fn with_token(email: &str) -> (Test, String) {
    let t = ready().await;
    ask(&t, email, &guid(1)).send().await.ok();
    let token = token_for(&t, email).await;
    (t, token)
}

async fn with_code(phone: &str) -> (Test, String) {
    let t = ready().await;
    ask_by_phone(&t, phone).send().await.ok();
    let code = t.code_for(phone).await;
    (t, code)
}

async fn account(t: &Test, name: &str, value: &str) -> Reply {
    t.get("/identity/v2/manage/account").back_end().query(name, value).send().await
}

#[tokio::test]
async fn an_address_that_nobody_has_gets_an_account_when_its_link_is_opened() {
    let (t, token) = with_token(EMAIL).await;
    assert_eq!(account(&t, "email", EMAIL).await.refusal(), (403, 1023));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1139));
    assert_eq!(*open(&t, &token).send().await.ok(), json!({ "IsPosted": true, "IsVerified": true }));
    let reply = ping(&t, &guid(1)).send().await;
    let profile = &reply.ok()["Profile"];
    assert_eq!(profile["Email"], json!([{ "Type": "Primary", "Value": EMAIL }]));
    assert_eq!((&profile["EmailVerified"], &profile["FirstName"]), (&json!(true), &json!("Ravi")));
    assert_eq!((&profile["Password"], &profile["NoOfLogins"]), (&Value::Null, &json!(1)));
    assert_eq!(account(&t, "email", EMAIL).await.ok()["Uid"], profile["Uid"]);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn the_owner_of_an_address_is_signed_in_to_their_own_account() {
    let t = ready().await;
    let user = t.user().await;
    ask(&t, &user.email, &guid(1)).send().await.ok();
    open(&t, &token_for(&t, &user.email).await).send().await.ok();
    let reply = ping(&t, &guid(1)).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    assert_eq!(reply.json["Profile"]["FirstName"], "Asha");
    t.login(&user).await;
}

#[tokio::test]
async fn a_link_is_opened_once() {
    let (t, token) = with_token(EMAIL).await;
    open(&t, &token).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1145));
    ping(&t, &guid(1)).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1145));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1136));
}

#[tokio::test]
async fn an_unknown_link_and_an_old_one_make_no_account() {
    let (t, token) = with_token(EMAIL).await;
    assert_eq!(open(&t, "0123456789abcdef0123456789abcdef").send().await.refusal(), (403, 973));
    t.clock.advance(Span::minutes(15));
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 975));
    assert_eq!(account(&t, "email", EMAIL).await.refusal(), (403, 1023));
}

#[tokio::test]
async fn a_smart_link_opens_nothing_here_nor_the_other_way_round() {
    let (t, token) = with_token(EMAIL).await;
    t.set("smartLogin", "true").await;
    let there = t.get("/identity/v2/auth/email/smartlogin").key().query("verificationtoken", &token);
    assert_eq!(there.send().await.refusal(), (403, 973));
    let user = t.user().await;
    crate::sign_in::smart_login::ask(&t, "email", &user.email, &guid(2)).send().await.ok();
    let smart = token_for(&t, &user.email).await;
    assert_eq!(open(&t, &smart).send().await.refusal(), (403, 973));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_open_the_link_one_makes_the_account() {
    let (t, token) = with_token(EMAIL).await;
    let replies = race((0..50).map(|_| open(&t, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!([973, 1145].contains(&reply.refusal().1), "{}", reply.text);
    }
    ping(&t, &guid(1)).send().await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_code_one_signs_up() {
    let (t, code) = with_code(PHONE).await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let replies = race((0..50).map(|_| verify(&t, PHONE, &code))).await;
    let won: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].json["Profile"]["NoOfLogins"], 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!([1067, 1068].contains(&reply.refusal().1), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_number_that_nobody_has_gets_an_account_with_its_code() {
    let (t, code) = with_code(PHONE).await;
    assert_eq!(account(&t, "phone", PHONE).await.refusal(), (403, 1043));
    let reply = verify(&t, PHONE, &code).send().await;
    let profile = &reply.ok()["Profile"];
    assert_eq!((&profile["PhoneId"], &profile["PhoneIdVerified"]), (&json!(PHONE), &json!(true)));
    assert_eq!((&profile["FirstName"], &profile["FirstLogin"]), (&json!("Ravi"), &json!(true)));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1068));
}

#[tokio::test]
async fn the_owner_of_a_number_is_signed_in_by_both_methods_of_the_path() {
    let t = ready().await;
    let user = t.user().await;
    ask_by_phone(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.ok()["Profile"]["Uid"], user.uid.as_str());
    ask_by_phone(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let path = "/identity/v2/auth/onetouchlogin/phone/verify";
    let post = t.post(path).key().query("otp", &code).query("fields", "Uid").json(&json!({ "phone": user.phone }));
    assert_eq!(post.send().await.ok()["Profile"], json!({ "Uid": user.uid }));
}

#[tokio::test]
async fn a_refused_session_leaves_the_code_usable() {
    let t = ready().await;
    t.set("sessionLimit", "1").await;
    let user = t.user().await;
    t.login(&user).await;
    ask_by_phone(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    verify(&t, &user.phone, &code).send().await.ok();
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1068));
}

#[tokio::test]
async fn somebody_new_who_has_to_set_a_pin_first_has_used_their_code_for_that() {
    let (t, code) = with_code(PHONE).await;
    t.set("PINAuthentication", r#"{"IsEnabled":true,"Configuration":{"IsRequired":true,"AskOnLogin":true}}"#).await;
    let reply = verify(&t, PHONE, &code).send().await;
    assert_eq!(reply.refusal(), (403, 1243));
    account(&t, "phone", PHONE).await.ok();
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1068));
    let call = t.post("/identity/v2/auth/pin/set/pinauthtoken").key();
    let token = reply.json["Data"]["PINAuthToken"].as_str().unwrap();
    call.query("pinauthtoken", token).json(&json!({ "pin": "2580" })).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_sixth_try_of_a_code_is_refused_even_if_it_is_right() {
    let (t, code) = with_code(PHONE).await;
    for _ in 0..5 {
        assert_eq!(verify(&t, PHONE, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1067));
    assert_eq!(account(&t, "phone", PHONE).await.refusal(), (403, 1043));
}

#[tokio::test]
async fn wrong_codes_lock_numbers_that_nobody_has_too() {
    let (t, code) = with_code(PHONE).await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    for _ in 0..3 {
        assert_eq!(verify(&t, PHONE, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_code_is_over_after_five_minutes_and_void_when_the_next_one_is_sent() {
    let (t, code) = with_code(PHONE).await;
    ask_by_phone(&t, PHONE).send().await.ok();
    let next = t.code_for(PHONE).await;
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1067));
    t.clock.advance(Span::seconds(300));
    assert_eq!(verify(&t, PHONE, &next).send().await.refusal(), (403, 1069));
}

#[tokio::test]
async fn a_code_for_something_else_opens_nothing_here() {
    let t = ready().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1067));
    ask_by_phone(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn a_number_registered_since_the_code_was_sent_is_not_opened_by_it() {
    let (t, code) = with_code(PHONE).await;
    t.user_with(&json!({ "PhoneId": PHONE })).await;
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn an_address_registered_since_the_link_was_sent_is_not_opened_by_it() {
    let (t, token) = with_token(EMAIL).await;
    t.user_with(&json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }] })).await;
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 973));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1139));
}

#[tokio::test]
async fn whoever_registered_what_they_do_not_hold_loses_the_account_to_its_owner() {
    let t = ready().await;
    let email = json!([{ "Type": "Primary", "Value": EMAIL }]);
    t.register(&json!({ "Email": email, "PhoneId": PHONE, "Password": GOOD_PASSWORD })).await.ok();
    let login = || {
        let body = json!({ "email": EMAIL, "password": GOOD_PASSWORD });
        t.post("/identity/v2/auth/login").key().json(&body).send()
    };
    let session = Tokens::of(&login().await);
    // The code of the registration goes out before the one that is asked for now.
    t.run_jobs().await;
    ask_by_phone(&t, PHONE).send().await.ok();
    let code = t.code_for(PHONE).await;
    let reply = verify(&t, PHONE, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["PhoneIdVerified"], true);
    assert_eq!(reply.json["Profile"]["Email"], Value::Null);
    assert_eq!(t.profile_call(&session).send().await.refusal(), (403, 905));
    assert_eq!(login().await.refusal(), (401, 966));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn what_stands_unproved_beside_something_proved_gets_no_message() {
    let t = ready().await;
    let by_phone = t.user_with(&json!({ "EmailVerified": false })).await;
    let by_email = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    ask(&t, &by_phone.email, &guid(1)).send().await.ok();
    ask_by_phone(&t, &by_email.phone).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn the_blocked_get_no_message() {
    let t = ready().await;
    let user = t.user_with(&json!({ "IsActive": false })).await;
    ask(&t, &user.email, &guid(1)).send().await.ok();
    ask_by_phone(&t, &user.phone).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn an_account_blocked_or_closed_to_sign_in_after_the_link_was_opened_gets_no_session() {
    let t = ready().await;
    for (number, change) in [(1, json!({ "IsActive": false })), (2, json!({ "DisableLogin": true }))] {
        let user = t.user().await;
        ask(&t, &user.email, &guid(number)).send().await.ok();
        open(&t, &token_for(&t, &user.email).await).send().await.ok();
        t.update_call(&user, &change).send().await.ok();
        assert_eq!(ping(&t, &guid(number)).send().await.refusal(), (403, 1140));
    }
    let user = t.user_with(&json!({ "DisableLogin": true })).await;
    ask(&t, &user.email, &guid(3)).send().await.ok();
    open(&t, &token_for(&t, &user.email).await).send().await.ok();
    assert_eq!(ping(&t, &guid(3)).send().await.refusal(), (403, 1130));
}

#[tokio::test]
async fn while_registration_is_closed_newcomers_get_no_message_and_owners_do() {
    let (t, token) = with_token(EMAIL).await;
    ask_by_phone(&t, PHONE).send().await.ok();
    let code = t.code_for(PHONE).await;
    t.set("IsCustomerRegistration", "false").await;
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 973));
    assert_eq!(verify(&t, PHONE, &code).send().await.refusal(), (403, 1067));
    let sent = t.outbox().len();
    ask(&t, "nobody@example.com", &guid(2)).send().await.ok();
    ask_by_phone(&t, "+919812345679").send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
    let user = t.user().await;
    ask(&t, &user.email, &guid(3)).send().await.ok();
    open(&t, &token_for(&t, &user.email).await).send().await.ok();
    ping(&t, &guid(3)).send().await.ok();
}

#[tokio::test]
async fn asking_takes_a_captcha_unless_the_tenant_says_otherwise() {
    let t = ready().await;
    t.set("oneTouchCaptcha", "true").await;
    let answered = |call: Call| call.query("g-recaptcha-response", "an answer").query("h-captcha-response", "another");
    for call in [ask(&t, EMAIL, &guid(1)), ask_by_phone(&t, PHONE), answered(ask(&t, EMAIL, &guid(1)))] {
        assert_eq!(call.send().await.refusal(), (403, 982));
    }
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
}

#[tokio::test]
async fn while_one_touch_login_is_off_nothing_of_it_works() {
    let (t, token) = with_token(EMAIL).await;
    t.set("oneTouchLogin", "false").await;
    for call in [ask(&t, EMAIL, &guid(2)), ask_by_phone(&t, PHONE), open(&t, &token), verify(&t, PHONE, "123456")] {
        assert_eq!(call.send().await.refusal(), (403, 1146));
    }
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1135));
    t.set("oneTouchLogin", "true").await;
    open(&t, &token).send().await.ok();
    t.set("oneTouchLogin", "false").await;
    t.set("smartLogin", "true").await;
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1146));
}

#[tokio::test]
async fn by_phone_it_needs_phone_login_and_something_that_can_speak_for_a_call() {
    let t = ready().await;
    assert_eq!(ask_by_phone(&t, PHONE).query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(ask_by_phone(&t, PHONE).send().await.refusal(), (403, 1074));
    assert_eq!(verify(&t, PHONE, "123456").send().await.refusal(), (403, 1074));
}

#[tokio::test]
async fn the_sixth_message_within_a_quarter_of_an_hour_is_refused() {
    let t = ready().await;
    for number in 0..5 {
        ask(&t, EMAIL, &guid(number)).send().await.ok();
        ask_by_phone(&t, PHONE).send().await.ok();
    }
    assert_eq!(ask(&t, EMAIL, &guid(5)).send().await.refusal(), (403, 1122));
    assert_eq!(ask_by_phone(&t, PHONE).send().await.refusal(), (403, 1123));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 10);
}

#[tokio::test]
async fn a_guid_serves_one_attempt_and_is_random() {
    let (t, _) = with_token(EMAIL).await;
    assert_eq!(ask(&t, EMAIL, &guid(1)).send().await.refusal(), (403, 1136));
    assert_eq!(ask(&t, EMAIL, "my-device").send().await.refusal(), (403, 1140));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_refused_before_anything_is_sent() {
    let t = ready().await;
    let body = json!({ "email": EMAIL, "clientguid": guid(1), "name": "x".repeat(201) });
    let reply = t.post("/identity/v2/auth/onetouchlogin/email").key().json(&body).send().await;
    assert_eq!(reply.refusal(), (403, 1134));
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn what_a_newcomer_said_is_kept_encrypted_and_forgotten_when_it_is_proved_or_over() {
    let (t, token) = with_token(EMAIL).await;
    let kept = async || {
        let rows: Vec<(Vec<u8>,)> = t.app.read(|tx| Ok(tx.all("SELECT sealed FROM newcomers", &[])?)).await.unwrap();
        rows
    };
    let sealed = kept().await.remove(0).0;
    assert!(!String::from_utf8_lossy(&sealed).contains("ravi"));
    open(&t, &token).send().await.ok();
    assert!(kept().await.is_empty());
    ask(&t, "nobody@example.com", &guid(2)).send().await.ok();
    t.run_jobs().await;
    t.clock.advance(Span::minutes(16));
    doorward_flows::worker::sweep(&t.app).await.unwrap();
    assert!(kept().await.is_empty());
}

#[tokio::test]
async fn a_parameter_that_is_missing_is_named() {
    let t = ready().await;
    let post = |path: &str, body: Value| t.post(path).key().json(&body);
    for (call, name) in [
        (post("/identity/v2/auth/onetouchlogin/email", json!({ "clientguid": guid(1) })), "email"),
        (post("/identity/v2/auth/onetouchlogin/email", json!({ "email": EMAIL })), "clientguid"),
        (post("/identity/v2/auth/onetouchlogin/phone", json!({})), "phone"),
        (post("/identity/v2/auth/onetouchlogin/phone/verify", json!({ "phone": PHONE })), "otp"),
        (post("/identity/v2/auth/onetouchlogin/phone/verify?otp=1", json!({})), "phone"),
        (t.get("/identity/v2/auth/email/onetouchlogin").key(), "verificationtoken"),
    ] {
        let reply = call.send().await;
        assert_eq!(reply.refusal(), (400, 908));
        assert_eq!(reply.json["Description"], format!("The {name} is a required parameter."));
    }
}

#[tokio::test]
async fn the_configuration_says_whether_it_is_on() {
    let t = Test::new().await;
    let told = || async { t.get("/ciam/appinfo").key().send().await.ok()["NoRegistration"].clone() };
    assert_eq!(told().await, false);
    t.set("oneTouchLogin", "true").await;
    assert_eq!(told().await, true);
}
