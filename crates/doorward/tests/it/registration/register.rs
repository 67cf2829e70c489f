//! Registration by the person.

use crate::support::{Call, GOOD_PASSWORD, Reply, Test, Tokens};
use doorward_model::time::Span;
use serde_json::{Value, json};

const PHONE: &str = "+919876543210";
const EMAIL: &str = "ravi@example.com";

fn register_call(t: &Test, sott: &str, body: &Value) -> Call {
    t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", sott).json(body)
}

fn by_phone() -> Value {
    json!({ "PhoneId": PHONE, "Password": GOOD_PASSWORD })
}

fn by_email() -> Value {
    json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }], "Password": GOOD_PASSWORD })
}

fn by_user_name() -> Value {
    json!({ "UserName": "ravi", "Password": GOOD_PASSWORD })
}

/// Channel and receiver of everything that was sent.
async fn sent(t: &Test) -> Vec<(&'static str, String)> {
    t.run_jobs().await;
    let mut sent: Vec<_> = t.outbox().into_iter().map(|message| (message.channel.as_str(), message.to)).collect();
    sent.sort();
    sent
}

async fn is_registered(t: &Test, query: &str) -> bool {
    let reply = t.get(&format!("/identity/v2/manage/account?{query}")).back_end().send().await;
    reply.status == 200
}

#[track_caller]
fn assert_posted_alone(reply: &Reply) {
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
}

#[tokio::test]
async fn a_person_registers_by_phone_and_proves_it_by_the_code() {
    let t = Test::new().await;
    assert_posted_alone(&t.register(&by_phone()).await);
    let login = t.post("/identity/v2/auth/login").key().json(&json!({ "phone": PHONE, "password": GOOD_PASSWORD }));
    assert_eq!(login.clone().send().await.refusal(), (403, 1066));
    let code = t.code_for(PHONE).await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code).json(&json!({ "phone": PHONE }));
    assert_eq!(verify.send().await.ok()["Profile"]["PhoneIdVerified"], true);
    login.send().await.ok();
}

#[tokio::test]
async fn where_proof_is_required_a_registration_by_email_is_posted_and_nothing_else() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    assert_posted_alone(&t.register(&by_email()).await);
    let login = t.post("/identity/v2/auth/login").key().json(&json!({ "email": EMAIL, "password": GOOD_PASSWORD }));
    assert_eq!(login.send().await.refusal(), (403, 970));
    assert_eq!(sent(&t).await, [("email", EMAIL.to_owned())]);
}

#[tokio::test]
async fn where_proof_is_optional_a_registration_by_email_signs_in_and_sends_a_message() {
    let t = Test::new().await;
    let reply = t.register(&by_email()).await;
    assert_eq!(reply.ok()["Data"]["Profile"]["EmailVerified"], false);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(sent(&t).await, [("email", EMAIL.to_owned())]);
}

#[tokio::test]
async fn where_proof_is_off_a_registration_by_email_signs_in_and_sends_nothing() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "disabled").await;
    t.profile_call(&Tokens::of(&t.register(&by_email()).await)).send().await.ok();
    assert!(sent(&t).await.is_empty());
}

#[tokio::test]
async fn a_registration_by_user_name_signs_in() {
    let t = Test::new().await;
    let reply = t.register(&by_user_name()).await;
    assert_eq!(reply.ok()["Data"]["Profile"]["UserName"], "ravi");
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn a_registration_keeps_what_was_said_of_the_person() {
    let t = Test::new().await;
    let mut body = by_user_name();
    body["FirstName"] = json!("Ravi");
    body["CustomFields"] = json!({ "Shoe": "43" });
    let call = register_call(&t, &t.sott().await, &body).header("referer", "https://shop.example/join");
    let profile = call.send().await.ok()["Data"]["Profile"].clone();
    assert_eq!(profile["FirstName"], "Ravi");
    assert_eq!(profile["CustomFields"]["Shoe"], "43");
    assert_eq!(profile["RegistrationSource"], "https://shop.example/join");
    assert_eq!(profile["SignupDate"], "2026-01-15T12:00:00Z");
    assert_eq!(profile["Password"], "********");
}

#[tokio::test]
async fn what_the_server_or_the_back_end_manages_is_ignored_in_a_registration() {
    let t = Test::new().await;
    let mut body = by_email();
    let managed = json!({
        "Uid": "mine", "IsActive": false, "IsDeleted": true, "EmailVerified": true, "PhoneIdVerified": true,
        "IsLoginLocked": true, "DisableLogin": true, "NoOfLogins": 77, "IsCustomUid": true, "FirstLogin": false,
        "CreatedDate": "2001-01-01T00:00:00Z", "SignupDate": "2001-01-01T00:00:00Z", "Roles": ["admin"],
        "RegistrationProvider": "Google", "LastLoginDate": "2001-01-01T00:00:00Z",
    });
    body.as_object_mut().unwrap().extend(managed.as_object().unwrap().clone());
    let profile = t.register(&body).await.ok()["Data"]["Profile"].clone();
    for (name, forged) in managed.as_object().unwrap() {
        assert_ne!(&profile[name], forged, "{name}");
    }
    assert_eq!(profile["NoOfLogins"], 1);
    t.run_jobs().await;
}

/// Somebody has `taken`; a registration that wants it with a free user name is refused, and nothing of it stays.
async fn leaves_nothing_behind(taken: Value, refusal: (u16, u64)) {
    let t = Test::new().await;
    t.set("sott.singleUse", "true").await;
    t.user_with(&taken).await;
    let mut body = json!({ "UserName": "ravi", "Email": [{ "Type": "Primary", "Value": EMAIL }], "PhoneId": PHONE });
    body["Password"] = json!(GOOD_PASSWORD);
    body.as_object_mut().unwrap().extend(taken.as_object().unwrap().clone());
    let sott = t.sott().await;
    assert_eq!(register_call(&t, &sott, &body).send().await.refusal(), refusal);
    let free = ["username=ravi", "email=ravi%40example.com", "phone=%2B919876543210"];
    for query in free {
        assert!(!is_registered(&t, query).await, "{query}");
    }
    assert!(sent(&t).await.is_empty());
    register_call(&t, &sott, &json!({ "UserName": "ravi", "Password": GOOD_PASSWORD })).send().await.ok();
}

#[tokio::test]
async fn a_taken_address_refuses_the_registration_and_nothing_of_it_stays() {
    let taken = json!({ "Email": [{ "Type": "Primary", "Value": "Taken@example.com" }] });
    leaves_nothing_behind(taken, (403, 936)).await;
}

#[tokio::test]
async fn an_invitation_that_is_gone_refuses_the_registration_and_nothing_of_it_stays() {
    let t = Test::new().await;
    let sott = t.sott().await;
    let invited = register_call(&t, &sott, &by_email()).query("invitation_token", "inv_1");
    assert_eq!(invited.send().await.refusal(), (404, 8169));
    register_call(&t, &sott, &by_email()).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_taken_phone_refuses_the_registration_and_nothing_of_it_stays() {
    leaves_nothing_behind(json!({ "PhoneId": "+919812345678" }), (403, 1058)).await;
}

#[tokio::test]
async fn a_taken_user_name_refuses_the_registration_and_nothing_of_it_stays() {
    leaves_nothing_behind(json!({ "UserName": "taken" }), (403, 1017)).await;
}

#[tokio::test]
async fn identifiers_are_taken_whatever_their_case_and_separators() {
    let t = Test::new().await;
    for body in [by_email(), by_phone(), by_user_name()] {
        t.register(&body).await.ok();
    }
    let again = [
        (json!({ "Email": [{ "Type": "Other", "Value": "RAVI@EXAMPLE.COM" }] }), (403, 936)),
        (json!({ "PhoneId": "+91 98765 43210" }), (403, 1058)),
        (json!({ "UserName": "RAVI" }), (403, 1017)),
    ];
    for (mut body, refusal) in again {
        body["Password"] = json!(GOOD_PASSWORD);
        assert_eq!(t.register(&body).await.refusal(), refusal);
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_registration_without_its_token_is_refused() {
    let t = Test::new().await;
    let reply = t.post("/identity/v2/auth/register").key().json(&by_email()).send().await;
    assert_eq!(reply.refusal(), (400, 908));
    assert!(!is_registered(&t, "email=ravi%40example.com").await);
}

#[tokio::test]
async fn every_unfit_token_is_refused_alike() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let sott = t.sott().await;
    let theirs = t.get("/identity/v2/manage/account/sott").back_end_of(&other).send().await;
    let theirs = theirs.ok()["Sott"].as_str().unwrap().to_owned();
    let first = if sott.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{first}{}", &sott[1..]);
    let forged = [flipped, theirs, sott[..sott.len() - 1].to_owned(), "x".to_owned(), "*".to_owned()];
    for sott in forged {
        assert_eq!(register_call(&t, &sott, &by_email()).send().await.refusal(), (403, 1049), "{sott}");
    }
    assert!(!is_registered(&t, "email=ravi%40example.com").await);
}

#[tokio::test]
async fn a_token_is_refused_after_its_window() {
    let t = Test::new().await;
    let sott = t.sott().await;
    t.clock.advance(Span::seconds(601));
    assert_eq!(register_call(&t, &sott, &by_email()).send().await.refusal(), (403, 1049));
    t.clock.advance(Span::seconds(-1));
    register_call(&t, &sott, &by_email()).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_token_may_be_five_minutes_ahead_of_the_clock_and_no_more() {
    let t = Test::new().await;
    let sott = t.sott().await;
    t.clock.advance(Span::seconds(-301));
    assert_eq!(register_call(&t, &sott, &by_email()).send().await.refusal(), (403, 1049));
    t.clock.advance(Span::seconds(1));
    register_call(&t, &sott, &by_email()).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_token_with_a_wider_window_than_the_tenant_allows_is_refused() {
    let t = Test::new().await;
    let make = t.get("/identity/v2/manage/account/sott").back_end().query("timedifference", "60");
    let sott = make.clone().send().await.ok()["Sott"].as_str().unwrap().to_owned();
    t.set("sott.maxWindowMinutes", "59").await;
    assert_eq!(register_call(&t, &sott, &by_email()).send().await.refusal(), (403, 1049));
    assert_eq!(make.send().await.refusal(), (400, 908));
    t.set("sott.maxWindowMinutes", "60").await;
    register_call(&t, &sott, &by_email()).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_token_registers_as_many_as_come_within_its_window() {
    let t = Test::new().await;
    let sott = t.sott().await;
    register_call(&t, &sott, &by_email()).send().await.ok();
    register_call(&t, &sott, &by_user_name()).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_single_use_token_registers_one() {
    let t = Test::new().await;
    t.set("sott.singleUse", "true").await;
    let sott = t.sott().await;
    register_call(&t, &sott, &by_email()).send().await.ok();
    assert_eq!(register_call(&t, &sott, &by_user_name()).send().await.refusal(), (403, 1049));
    assert!(!is_registered(&t, "username=ravi").await);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_closed_registration_refuses_everybody() {
    let t = Test::new().await;
    t.set("IsCustomerRegistration", "false").await;
    assert_eq!(t.register(&by_email()).await.refusal(), (403, 1190));
    assert!(!is_registered(&t, "email=ravi%40example.com").await);
}

#[tokio::test]
async fn a_phone_cannot_be_registered_where_phones_do_not_sign_in() {
    let t = Test::new().await;
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(t.register(&by_phone()).await.refusal(), (403, 1074));
}

#[tokio::test]
async fn a_registration_needs_an_identifier_and_a_password() {
    let t = Test::new().await;
    assert_eq!(t.register(&json!({ "Password": GOOD_PASSWORD })).await.refusal(), (400, 908));
    assert_eq!(t.register(&json!({ "UserName": "ravi" })).await.refusal(), (400, 908));
    assert_eq!(t.register(&json!({ "UserName": " ", "Password": GOOD_PASSWORD })).await.refusal(), (400, 908));
    assert!(!is_registered(&t, "username=ravi").await);
}

#[tokio::test]
async fn a_registration_keeps_to_the_rules_for_passwords() {
    let t = Test::new().await;
    for (password, code) in [("seven 7", 1134), ("Password1", 1216), ("I am ravi, hello", 1216)] {
        let mut body = by_email();
        body["Password"] = json!(password);
        assert_eq!(t.register(&body).await.refusal(), (403, code), "{password}");
    }
    assert!(!is_registered(&t, "email=ravi%40example.com").await);
}

/// Which channels are used when somebody registers with these options.
async fn channels(options: &str) -> Vec<&'static str> {
    let t = Test::new().await;
    let mut body = by_email();
    body["PhoneId"] = json!(PHONE);
    register_call(&t, &t.sott().await, &body).query("options", options).send().await.ok();
    sent(&t).await.into_iter().map(|(channel, _)| channel).collect()
}

#[tokio::test]
async fn options_keep_messages_from_being_sent() {
    assert_eq!(channels("").await, ["email", "sms"]);
    assert_eq!(channels("PreventVerificationEmail").await, ["sms"]);
    assert_eq!(channels("preventverificationsms").await, ["email"]);
    assert!(channels("PreventVerificationEmail, PREVENTVERIFICATIONSMS").await.is_empty());
}

#[tokio::test]
async fn a_registration_by_voice_is_refused_while_nothing_can_speak_the_code() {
    let t = Test::new().await;
    let call = register_call(&t, &t.sott().await, &by_phone()).query("isvoiceotp", "true");
    assert_eq!(call.send().await.refusal(), (403, 1281));
    assert!(!is_registered(&t, "phone=%2B919876543210").await);
}
