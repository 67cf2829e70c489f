//! The documented refusals around the first factor, as facts in `errors.tsv`: what the catalogue says of each, and what
//! an answer looks like, to the byte.

use crate::sign_in::smart_login::{self, guid};
use crate::sign_in::{one_touch, passwordless};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens, User, wrong};
use doorward_model::reason::{Keys, Reason};
use doorward_model::time::Span;
use serde_json::{Map, Value, json};

/// A row of the table.
struct Documented {
    code: u32,
    status: u16,
    form: &'static str,
    message: &'static str,
    description: &'static str,
}

fn documented() -> impl Iterator<Item = Documented> {
    include_str!("errors.tsv").lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [code, status, form, message, description] = columns[..] else { panic!("five columns: {line}") };
        Documented { code: code.parse().unwrap(), status: status.parse().unwrap(), form, message, description }
    })
}

impl Documented {
    fn of(code: u32) -> Documented {
        documented().find(|row| row.code == code).unwrap_or_else(|| panic!("{code} is in the table"))
    }

    /// The body, up to what a code may say beside it.
    fn body(&self, parameter: &str) -> String {
        let described = json!(self.description.replace("{parameter}", parameter));
        let pascal = [("ErrorCode", json!(self.code)), ("Message", json!(self.message)), ("Description", described)];
        let [first, second, third] = pascal.clone();
        let members: Vec<(&str, Value)> = match self.form {
            "" => vec![first, second, third],
            "message-first" => vec![second, third, first],
            "description-first" => vec![third, first, second],
            "both-cases" => {
                let camel = ["errorCode", "message", "description"].into_iter();
                camel.zip(pascal.clone().map(|(_, value)| value)).chain(pascal).collect()
            }
            form => panic!("{form} is a form of an answer"),
        };
        let members: Map<String, Value> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Value::Object(members).to_string()
    }
}

/// The answer is the documented one, to the byte; of those that carry more, up to that.
#[track_caller]
fn assert_documented(reply: &Reply, code: u32, parameter: &str) {
    let row = Documented::of(code);
    assert_eq!(reply.status, row.status, "{code}: {}", reply.text);
    let body = row.body(parameter);
    match code {
        1134 | 1198 => assert!(reply.text.starts_with(body.trim_end_matches('}')), "{}", reply.text),
        _ => assert_eq!(reply.text, body),
    }
}

async fn assert_all(calls: impl IntoIterator<Item = (u32, Call)>) {
    for (code, call) in calls {
        assert_documented(&call.send().await, code, "");
    }
}

#[test]
fn the_catalogue_says_of_every_refusal_what_is_documented() {
    for row in documented() {
        let reason = Reason::ALL.iter().find(|reason| reason.code() == row.code);
        let reason = reason.unwrap_or_else(|| panic!("{} is in the catalogue", row.code));
        let told = (reason.status(), reason.message(), reason.description());
        assert_eq!(told, (row.status, row.message, row.description), "{}", row.code);
        let form = match reason.keys() {
            Keys::CodeFirst => "",
            Keys::MessageFirst => "message-first",
            Keys::DescriptionFirst => "description-first",
            Keys::BothCases => "both-cases",
        };
        assert_eq!(form, row.form, "{}", row.code);
    }
}

const SERVER_INFO: &str = "/identity/v2/serverinfo";
const SOTT: &str = "/identity/v2/manage/account/sott";
const PROFILE: &str = "/identity/v2/auth/account";
const LOGIN: &str = "/identity/v2/auth/login";
const REGISTER: &str = "/identity/v2/auth/register";
const STRANGER: &str = "6dd4b6c0-3a3c-4a44-8d6b-5ee4ce2f8b31";

#[tokio::test]
async fn refusals_of_keys_secrets_and_tokens() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_documented(&t.get(SERVER_INFO).send().await, 908, "apikey");
    assert_all([
        (901, t.get(SERVER_INFO).query("apikey", STRANGER)),
        (923, t.get(SOTT).key()),
        (902, t.get(SOTT).key().query("apisecret", STRANGER)),
        (905, t.get(PROFILE).key().token(STRANGER)),
    ])
    .await;
    t.clock.advance(Span::minutes(15));
    assert_all([
        (906, t.profile_call(&tokens)),
        (1217, t.refresh_call(&Tokens { refresh: STRANGER.into(), ..tokens })),
    ])
    .await;
    t.set("ipAccessRestriction", r#"{"mode": "deny", "list": ["192.0.2.9"]}"#).await;
    assert_all([(1206, t.get(SERVER_INFO).key().from([192, 0, 2, 9]))]).await;
}

fn login(t: &Test, user: &User, password: &str) -> Call {
    t.post(LOGIN).key().json(&json!({ "email": user.email, "password": password }))
}

#[tokio::test]
async fn refusals_of_a_login() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = t.user().await;
    let blocked = t.user_with(&json!({ "IsActive": false })).await;
    let unproved = t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
    let by_phone = json!({ "phone": unproved.phone, "password": GOOD_PASSWORD });
    assert_all([
        (966, login(&t, &user, OTHER_PASSWORD)),
        (991, login(&t, &blocked, GOOD_PASSWORD)),
        (970, login(&t, &unproved, GOOD_PASSWORD)),
        (1066, t.post(LOGIN).key().json(&by_phone)),
        (1038, t.post(LOGIN).key().json(&json!({ "email": "no address", "password": GOOD_PASSWORD }))),
        (1096, t.post(LOGIN).key().json(&json!({ "phone": "12", "password": GOOD_PASSWORD }))),
        (965, t.post(LOGIN).key().header("content-type", "application/json").body("{")),
    ])
    .await;
    t.run_jobs().await;
    t.set("sessionLimit", "1").await;
    login(&t, &user, GOOD_PASSWORD).send().await.ok();
    assert_all([(1338, login(&t, &user, GOOD_PASSWORD))]).await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "1").await;
    assert_all([(966, login(&t, &user, OTHER_PASSWORD)), (1198, login(&t, &user, GOOD_PASSWORD))]).await;
    t.set("IsPhoneLogin", "false").await;
    assert_all([(1074, t.post(LOGIN).key().json(&by_phone))]).await;
    t.set("plan.state", "trial").await;
    t.set("plan.trialEndsAt", "2026-01-01T00:00:00Z").await;
    assert_all([(6003, login(&t, &user, GOOD_PASSWORD))]).await;
}

#[tokio::test]
async fn refusals_of_a_registration() {
    let t = Test::new().await;
    let user = t.user().await;
    let email = |kind: Option<&str>, value: &str| json!({ "Type": kind, "Value": value });
    let emails = |list: Value| json!({ "Email": list, "Password": GOOD_PASSWORD });
    let bodies = [
        (936, emails(json!([email(Some("Primary"), &user.email)]))),
        (1058, json!({ "PhoneId": user.phone, "Password": GOOD_PASSWORD })),
        (1017, json!({ "UserName": user.user_name, "Password": GOOD_PASSWORD })),
        (1201, emails(json!([email(None, "ravi@example.com")]))),
        (1202, emails(json!([email(Some("Primary"), "ravi@example.com"), email(Some("Work"), "ravi@example.com")]))),
        (1203, emails(json!([email(Some("Primary"), "a@example.com"), email(Some("Primary"), "b@example.com")]))),
        (1134, json!({ "UserName": "ravi", "Password": "short" })),
    ];
    for (code, body) in bodies {
        assert_documented(&t.register(&body).await, code, "");
    }
    let body = json!({ "UserName": "ravi", "Password": GOOD_PASSWORD });
    let register = |sott: &str| t.post(REGISTER).key().header("x-loginradius-sott", sott).json(&body);
    assert_all([(1049, register("no token"))]).await;
    assert_documented(&t.register(&json!({ "UserName": "ravi" })).await, 908, "password");
    assert_all([(982, t.post(&format!("{REGISTER}/captcha")).key().json(&body))]).await;
    t.set("IsCustomerRegistration", "false").await;
    assert_all([(1190, register("any"))]).await;
}

#[tokio::test]
async fn refusals_of_codes_and_links() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
    let phone = json!({ "phone": user.phone });
    let verify = |otp: &str| t.put("/identity/v2/auth/phone/otp").key().query("otp", otp).json(&phone);
    t.post("/identity/v2/auth/phone/otp").key().json(&phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_all([(1067, verify(&wrong(&code)))]).await;
    t.clock.advance(Span::minutes(5));
    assert_all([(1069, verify(&code))]).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    verify(&code).send().await.ok();
    assert_all([
        (1068, verify(&code)),
        (973, t.get("/identity/v2/auth/email").key().query("verificationtoken", STRANGER)),
        (1188, t.put("/identity/v2/auth/email").key().json(&json!({ "email": user.email, "otp": "123456" }))),
        (1409, t.reset_call(&user.phone, "000000", OTHER_PASSWORD)),
        (1281, t.ask_for_reset(&user.phone).query("isvoiceotp", "true")),
    ])
    .await;
}

#[tokio::test]
async fn refusals_of_what_the_owner_and_the_back_end_ask() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let change = |old: &str, new: &str| {
        let body = json!({ "oldpassword": old, "newpassword": new });
        t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body)
    };
    assert_all([
        (967, change(OTHER_PASSWORD, "another 77 lanterns")),
        (1134, change(GOOD_PASSWORD, GOOD_PASSWORD)),
        (1023, t.get("/identity/v2/manage/account").back_end().query("email", "nobody@example.com")),
    ])
    .await;
    assert_documented(&t.get("/identity/v2/manage/account").back_end().send().await, 908, "email");
}

#[tokio::test]
async fn refusals_without_a_password() {
    let t = Test::new().await;
    let user = t.user().await;
    let smart = |id: u32| smart_login::ask(&t, "email", &user.email, &guid(id));
    assert_all([
        (1059, passwordless::ask(&t, &user.email)),
        (1135, smart(1)),
        (1146, one_touch::ask(&t, "new@example.com", &guid(2))),
    ])
    .await;
    for key in ["IsInstantSignin.EmailLink", "otpPasswordless", "smartLogin", "oneTouchLogin"] {
        t.set(key, "true").await;
    }
    smart(1).send().await.ok();
    let elsewhere = smart(3).query("redirecturl", "https://elsewhere.example");
    assert_all([
        (1185, passwordless::enter(&t, &user.email, "123456")),
        (1136, smart(1)),
        (1139, smart_login::ping(&t, &guid(1))),
        (1140, smart_login::ping(&t, &guid(9))),
        (1249, elsewhere),
        (982, one_touch::ask(&t, "new@example.com", &guid(2))),
    ])
    .await;
    t.run_jobs().await;
}
