//! Whether somebody is known is told by no status, body or header, and by no work done.
//!
//! Work is counted, not timed: passwords hashed and statements run.

use crate::smart_login::guid;
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, User};
use crate::{one_touch, smart_login};
use doorward_flows::hashing::HashPool;
use doorward_model::time::Span;
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};

/// An answer, and the work that went into it.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    hashes: u64,
    statements: u64,
}

/// People in every state, and the ways to name them.
struct Crowd {
    t: Test,
    people: Vec<(&'static str, User)>,
}

impl Crowd {
    /// A tenant with somebody whose everything is proved, somebody blocked, somebody unproved, and one without a password.
    async fn new(settings: &[(&str, &str)]) -> Crowd {
        let mut t = Test::new().await;
        t.leave_messages();
        // Nobody else's passwords are counted.
        t.restart(|setup| setup.hashing = HashPool::start(NonZeroUsize::MIN, 16)).await;
        for (key, text) in settings {
            t.set(key, text).await;
        }
        let states = [
            ("known", json!({})),
            ("blocked", json!({ "IsActive": false })),
            ("unproved", json!({ "EmailVerified": false, "PhoneIdVerified": false })),
            ("disabled", json!({ "DisableLogin": true })),
            ("without a password", json!({ "Password": null })),
        ];
        let mut people = Vec::new();
        for (state, fields) in states {
            people.push((state, t.user_with(&fields).await));
        }
        let nobody = User {
            uid: String::new(),
            phone: "+919812345678".to_owned(),
            email: "nobody@example.com".to_owned(),
            user_name: "nobody".to_owned(),
            password: String::new(),
            profile: Value::Null,
        };
        people.push(("unknown", nobody));
        // The first request of a tenant reads its settings.
        t.get("/identity/v2/serverinfo").key().send().await.ok();
        Crowd { t, people }
    }

    async fn seen(&self, call: Call) -> Seen {
        let (hashes, statements) = (self.t.app.hashing.runs(), self.t.app.store.statements());
        let reply = call.send().await;
        Seen {
            status: reply.status,
            headers: headers(&reply),
            body: body(&reply),
            hashes: self.t.app.hashing.runs() - hashes,
            statements: self.t.app.store.statements() - statements,
        }
    }

    /// Sends the same about everybody, several times over, and finds no difference.
    async fn is_the_same_for_all(&self, call: impl Fn(&Test, &User) -> Call, times: usize) {
        for round in 0..times {
            let expected = self.seen(call(&self.t, &self.people[0].1)).await;
            assert!(expected.statements > 0);
            for (state, user) in &self.people[1..] {
                assert_eq!(self.seen(call(&self.t, user)).await, expected, "{state}, round {round}");
            }
        }
    }
}

/// Headers but for the request's id.
fn headers(reply: &Reply) -> Vec<(String, String)> {
    let all = reply.headers.iter().filter(|(name, _)| !name.as_str().contains("request-id"));
    all.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

/// The body but for the message's id.
fn body(reply: &Reply) -> String {
    match reply.json["Data"]["Sid"].as_str() {
        Some(sid) => reply.text.replace(sid, &"x".repeat(sid.len())),
        None => reply.text.clone(),
    }
}

fn login(t: &Test, name: &str, value: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ name: value, "password": OTHER_PASSWORD }))
}

fn resend(t: &Test, user: &User) -> Call {
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone }))
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3")]).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 5).await;
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_by_phone_or_user_name() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| login(t, "phone", &user.phone), 2).await;
    crowd.is_the_same_for_all(|t, user| login(t, "username", &user.user_name), 2).await;
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_under_block() {
    let block = [
        ("LoginLockedConfiguration.LoginLockedType", "Block"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3"),
        ("remainingAttempts", "true"),
    ];
    let crowd = Crowd::new(&block).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 8).await;
}

#[tokio::test]
async fn a_wrong_password_costs_one_hash() {
    let crowd = Crowd::new(&[]).await;
    for (state, user) in &crowd.people {
        assert_eq!(crowd.seen(login(&crowd.t, "email", &user.email)).await.hashes, 1, "{state}");
    }
}

#[tokio::test]
async fn asking_for_a_code_that_resets_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_a_reset_tells_nothing_until_and_through_the_lock() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let reset = |t: &Test, user: &User| t.reset_call(&user.phone, "x", OTHER_PASSWORD);
    crowd.is_the_same_for_all(reset, 2).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(reset, 8).await;
}

#[tokio::test]
async fn an_expired_code_at_a_reset_tells_nothing() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    let code = crowd.t.code_for(&crowd.people[0].1.phone).await;
    crowd.t.clock.advance(Span::seconds(300));
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, &code, OTHER_PASSWORD), 1).await;
}

#[tokio::test]
async fn a_wrong_code_at_a_reset_tells_nothing_where_refusals_say_why() {
    let crowd = Crowd::new(&[("legacyOtpCodes", "true")]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", OTHER_PASSWORD), 3).await;
}

#[tokio::test]
async fn asking_for_the_code_that_proves_a_phone_tells_nothing_at_once_again_and_later() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(resend, 2).await;
    for _ in 0..6 {
        crowd.t.clock.advance(Span::seconds(31));
        crowd.is_the_same_for_all(resend, 1).await;
    }
}

#[tokio::test]
async fn a_wrong_code_for_a_phone_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let verify = |t: &Test, user: &User| {
        t.put("/identity/v2/auth/phone/otp").key().query("otp", "x").json(&json!({ "phone": user.phone }))
    };
    crowd.is_the_same_for_all(verify, 2).await;
    crowd.is_the_same_for_all(resend, 1).await;
    crowd.is_the_same_for_all(verify, 8).await;
}

#[tokio::test]
async fn a_wrong_code_for_an_address_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4")]).await;
    let verify = |t: &Test, user: &User| {
        t.put("/identity/v2/auth/email").key().json(&json!({ "email": user.email, "otp": "123456" }))
    };
    crowd.is_the_same_for_all(verify, 6).await;
}

#[tokio::test]
async fn a_reset_refused_by_the_password_alone_tells_nothing() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", "Password1"), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", GOOD_PASSWORD), 1).await;
}

/// Security questions, of which two are asked.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "SecurityQuestions.Questions",
        r#"[{ "QuestionId": "pet", "Question": "Which pet?" }, { "QuestionId": "street", "Question": "Which street?" }]"#,
    ),
    ("SecurityQuestions.SecurityQuestionCount", "2"),
    ("IsSecurityQuestion", "true"),
];

/// Nobody in the crowd has answered any, but the first.
async fn crowd_with_answers(more: &[(&str, &str)]) -> Crowd {
    let crowd = Crowd::new(&[&QUESTIONS, more].concat()).await;
    let answers = json!({ "SecurityQuestionAnswer": { "pet": "Sir Barks", "street": "Kastanienallee" } });
    crowd.t.update_call(&crowd.people[0].1, &answers).send().await.ok();
    crowd
}

#[tokio::test]
async fn asking_for_security_questions_tells_nothing() {
    let crowd = crowd_with_answers(&[]).await;
    let ask =
        |t: &Test, user: &User| t.get("/identity/v2/auth/securityquestion/email").key().query("email", &user.email);
    crowd.is_the_same_for_all(ask, 2).await;
}

#[tokio::test]
async fn wrong_answers_at_a_reset_tell_nothing_until_and_through_the_lock() {
    let crowd = crowd_with_answers(&[]).await;
    for answers in [json!({ "pet": "Rex" }), json!({ "pet": "Rex", "street": "x" })] {
        let reset = |t: &Test, user: &User| {
            let body = json!({ "email": user.email, "securityanswer": answers, "password": OTHER_PASSWORD });
            t.put("/identity/v2/auth/password/securityanswer").key().json(&body)
        };
        crowd.is_the_same_for_all(reset, 2).await;
    }
}

#[tokio::test]
async fn a_lock_that_asks_for_answers_tells_nothing() {
    let lock = [
        ("LoginLockedConfiguration.LoginLockedType", "SecurityQuestion"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2"),
    ];
    let crowd = crowd_with_answers(&lock).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 3).await;
    let answers = json!({ "pet": "Rex", "street": "x" });
    let with_answers = |t: &Test, user: &User| {
        let body = json!({ "email": user.email, "password": OTHER_PASSWORD, "securityanswer": answers });
        t.post("/identity/v2/auth/login").key().json(&body)
    };
    crowd.is_the_same_for_all(with_answers, 4).await;
}

/// The same people at a tenant with PINs; the one who can sign in has one.
async fn with_pins(settings: &[(&str, &str)]) -> Crowd {
    let mut all = vec![("PINAuthentication.IsEnabled", "true")];
    all.extend(settings);
    let crowd = Crowd::new(&all).await;
    let known = &crowd.people[0].1;
    let tokens = crowd.t.login(known).await;
    let body = json!({ "PINInfo": { "PIN": "2580" } });
    crowd.t.put("/identity/v2/auth/account").key().token(&tokens.access).json(&body).send().await.ok();
    crowd
}

fn forgotten_pin(t: &Test, kind: &str, value: &str) -> Call {
    let path = format!("/identity/v2/auth/pin/forgot/{}", if kind == "phone" { "otp" } else { kind });
    t.post(&path).key().json(&json!({ kind: value }))
}

#[tokio::test]
async fn asking_for_what_resets_a_pin_tells_nothing_until_and_past_the_quota() {
    let crowd = with_pins(&[]).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "phone", &user.phone), 7).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "email", &user.email), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_the_reset_of_a_pin_tells_nothing_until_and_through_the_lock() {
    let crowd = with_pins(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let reset = |t: &Test, user: &User| {
        let body = json!({ "phone": user.phone, "otp": "x", "pin": "9371" });
        t.put("/identity/v2/auth/pin/reset/otp/phone").key().json(&body)
    };
    crowd.is_the_same_for_all(reset, 2).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "phone", &user.phone), 1).await;
    crowd.is_the_same_for_all(reset, 8).await;
}

/// A tenant that signs in and registers without a password.
const PASSWORDLESS: [(&str, &str); 3] = [
    ("IsInstantSignin", r#"{"EmailLink": true, "SmsOtp": true}"#),
    ("otpPasswordless", "true"),
    ("passwordlessRegistration", "true"),
];

const PASSWORDLESS_EMAIL: &str = "/identity/v2/auth/login/passwordlesslogin/email";
const PASSWORDLESS_PHONE: &str = "/identity/v2/auth/login/passwordlesslogin/otp";

#[tokio::test]
async fn asking_to_sign_in_without_a_password_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let by = |path: &'static str, name: &'static str, value: fn(&User) -> &String| {
        move |t: &Test, user: &User| t.get(path).key().query(name, value(user))
    };
    crowd.is_the_same_for_all(by(PASSWORDLESS_EMAIL, "email", |user| &user.email), 7).await;
    crowd.is_the_same_for_all(by(PASSWORDLESS_PHONE, "phone", |user| &user.phone), 7).await;
}

#[tokio::test]
async fn asking_to_sign_in_by_user_name_without_a_password_tells_nothing() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let ask = |t: &Test, user: &User| t.get(PASSWORDLESS_EMAIL).key().query("username", &user.user_name);
    crowd.is_the_same_for_all(ask, 7).await;
}

#[tokio::test]
async fn registering_without_a_password_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    let sott = crowd.t.sott().await;
    let send = |t: &Test, path: &str, body: &Value| t.post(path).key().header("x-loginradius-sott", &sott).json(body);
    let warm = json!({ "PhoneId": "+919812345670" });
    send(&crowd.t, PASSWORDLESS_PHONE, &warm).send().await.ok();
    let by_email = |t: &Test, user: &User| {
        send(t, PASSWORDLESS_EMAIL, &json!({ "Email": [{ "Type": "Primary", "Value": user.email }] }))
    };
    crowd.is_the_same_for_all(by_email, 7).await;
    crowd.is_the_same_for_all(|t, user| send(t, PASSWORDLESS_PHONE, &json!({ "PhoneId": user.phone })), 7).await;
}

#[tokio::test]
async fn a_wrong_code_without_a_password_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    crowd.t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "12").await;
    crowd.t.get("/identity/v2/serverinfo").key().send().await.ok();
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_EMAIL).key().query("email", &user.email), 1).await;
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_PHONE).key().query("phone", &user.phone), 1).await;
    let by_email = |t: &Test, user: &User| {
        let body = json!({ "email": user.email, "otp": "x" });
        t.post("/identity/v2/auth/login/passwordlesslogin/email/verifyotp").key().json(&body)
    };
    crowd.is_the_same_for_all(by_email, 6).await;
}

#[tokio::test]
async fn a_wrong_code_by_phone_without_a_password_tells_nothing() {
    let crowd = Crowd::new(&PASSWORDLESS).await;
    crowd.t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
    crowd.t.get("/identity/v2/serverinfo").key().send().await.ok();
    crowd.is_the_same_for_all(|t, user| t.get(PASSWORDLESS_PHONE).key().query("phone", &user.phone), 1).await;
    let by_phone = |t: &Test, user: &User| {
        let body = json!({ "phone": user.phone, "otp": "x" });
        t.put("/identity/v2/auth/login/passwordlesslogin/otp/verify").key().json(&body)
    };
    crowd.is_the_same_for_all(by_phone, 6).await;
}

#[tokio::test]
async fn asking_for_a_smart_link_and_waiting_for_it_tell_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[("smartLogin", "true")]).await;
    let asked = AtomicU32::new(0);
    let ask =
        |t: &Test, user: &User| smart_login::ask(t, "email", &user.email, &guid(asked.fetch_add(1, Ordering::Relaxed)));
    crowd.is_the_same_for_all(ask, 7).await;
    let pinged = AtomicU32::new(0);
    crowd.is_the_same_for_all(|t, _| smart_login::ping(t, &guid(pinged.fetch_add(1, Ordering::Relaxed))), 5).await;
}

#[tokio::test]
async fn asking_for_a_link_or_code_at_one_touch_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[("oneTouchLogin", "true"), ("oneTouchCaptcha", "false")]).await;
    let asked = AtomicU32::new(0);
    let by_email = |t: &Test, user: &User| one_touch::ask(t, &user.email, &guid(asked.fetch_add(1, Ordering::Relaxed)));
    crowd.is_the_same_for_all(by_email, 7).await;
    crowd.is_the_same_for_all(|t, user| one_touch::ask_by_phone(t, &user.phone), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_one_touch_tells_nothing_until_and_through_the_suspension() {
    let settings = [
        ("oneTouchLogin", "true"),
        ("oneTouchCaptcha", "false"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8"),
    ];
    let crowd = Crowd::new(&settings).await;
    crowd.is_the_same_for_all(|t, user| one_touch::verify(t, &user.phone, "x"), 2).await;
    crowd.is_the_same_for_all(|t, user| one_touch::ask_by_phone(t, &user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| one_touch::verify(t, &user.phone, "x"), 8).await;
}
