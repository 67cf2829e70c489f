//! A forgotten password, reset by email.

use crate::own::{account, latest, token, told};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens, User, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

const PAGE: &str = "https://shop.example/reset?step=2";
const THIRD_PASSWORD: &str = "cobalt lantern 33 ferries";

pub(super) async fn with_page() -> Test {
    let t = Test::new().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    t
}

/// Asks for a link.
pub(super) fn ask(t: &Test, body: &Value) -> Call {
    t.post("/identity/v2/auth/password").key().query("resetpasswordurl", PAGE).json(body)
}

/// Asks for a code.
pub(super) fn ask_for_code(t: &Test, body: &Value) -> Call {
    t.post("/identity/v2/auth/password").key().json(body)
}

pub(super) fn reset(t: &Test, body: &Value) -> Call {
    t.put("/identity/v2/auth/password/reset").key().json(body)
}

async fn reset_by_link(t: &Test, user: &User, password: &str) -> Reply {
    ask(t, &json!({ "email": user.email })).send().await.ok();
    let token = token(t, &user.email).await;
    reset(t, &json!({ "resettoken": token, "password": password })).send().await
}

#[tokio::test]
async fn a_link_leads_to_the_named_page_and_resets_the_password() {
    let t = with_page().await;
    let user = t.user().await;
    assert_eq!(ask(&t, &json!({ "email": user.email })).send().await.ok(), &json!({ "IsPosted": true }));
    let message = latest(&t, &user.email).await;
    assert!(message.link.unwrap().starts_with("https://shop.example/reset?step=2&vtype=reset&"));
    assert_eq!(message.code, None);
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    let reply = reset(&t, &body).send().await;
    assert_eq!(reply.ok()["Data"]["Profile"]["Uid"], user.uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    assert_eq!(told(&t, "password-changed").await, [user.phone, user.email]);
}

#[tokio::test]
async fn the_older_path_resets_like_the_newer() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    let reply = t.put("/identity/v2/auth/password").key().json(&body).send().await;
    assert_eq!(reply.ok()["Data"]["Profile"]["Uid"], user.uid.as_str());
    assert_eq!(reset(&t, &body).send().await.refusal(), (403, 974));
    t.run_jobs().await;
}

#[tokio::test]
async fn without_a_page_the_message_carries_a_code_that_resets_by_address_and_by_user_name() {
    let t = Test::new().await;
    let user = t.user().await;
    for (named, password) in
        [(json!({ "email": user.email }), OTHER_PASSWORD), (json!({ "username": user.user_name }), THIRD_PASSWORD)]
    {
        ask_for_code(&t, &named).send().await.ok();
        assert_eq!(latest(&t, &user.email).await.link, None);
        let mut body = named.clone();
        body["otp"] = t.code_for(&user.email).await.into();
        body["password"] = password.into();
        assert_eq!(reset(&t, &body).send().await.ok()["Data"]["Profile"]["Uid"], user.uid.as_str());
        t.login_call(&user, password).send().await.ok();
        t.run_jobs().await;
    }
}

#[tokio::test]
async fn a_tenant_that_wants_codes_sends_one_though_a_page_is_named() {
    let t = with_page().await;
    t.set("otpPasswordReset", "true").await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    assert_eq!(latest(&t, &user.email).await.link, None);
    t.code_for(&user.email).await;
}

#[tokio::test]
async fn a_page_that_is_not_the_tenants_gets_no_link() {
    let t = with_page().await;
    let user = t.user().await;
    for page in ["https://evil.example/reset", "https://shop.example@evil.example/", "//shop.example"] {
        let call = t.post("/identity/v2/auth/password").key().query("resetpasswordurl", page);
        let reply = call.json(&json!({ "email": user.email })).send().await;
        assert_eq!(reply.refusal(), (403, 1252), "{page}");
    }
}

#[tokio::test]
async fn nobody_named_is_908_and_a_malformed_address_1038() {
    let t = Test::new().await;
    assert_eq!(ask_for_code(&t, &json!({})).send().await.refusal(), (400, 908));
    assert_eq!(ask_for_code(&t, &json!({ "email": "no address" })).send().await.refusal(), (400, 1038));
    for body in [json!({ "password": OTHER_PASSWORD }), json!({ "password": OTHER_PASSWORD, "email": "a@b.example" })] {
        assert_eq!(reset(&t, &body).send().await.refusal(), (400, 908));
    }
    assert_eq!(reset(&t, &json!({ "resettoken": "0" })).send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn a_link_works_once_and_for_an_hour() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    t.clock.advance(Span::minutes(60));
    assert_eq!(reset(&t, &body).send().await.refusal(), (403, 975));
    t.clock.advance(Span(-1));
    reset(&t, &body).send().await.ok();
    assert_eq!(reset(&t, &body).send().await.refusal(), (403, 974));
    t.run_jobs().await;
}

#[tokio::test]
async fn an_unknown_link_and_one_of_another_kind_or_tenant_are_1063() {
    let t = with_page().await;
    let user = t.user().await;
    let other = t.tenant("other").await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    let call = t.put("/identity/v2/auth/password/reset").query("apikey", &other.api_key).json(&body);
    assert_eq!(call.send().await.refusal(), (403, 1063));
    let unknown = json!({ "resettoken": "0".repeat(32), "password": OTHER_PASSWORD });
    assert_eq!(reset(&t, &unknown).send().await.refusal(), (403, 1063));
    let verify =
        t.get("/identity/v2/auth/email").key().query("verificationtoken", body["resettoken"].as_str().unwrap());
    assert_eq!(verify.send().await.refusal(), (403, 973));
    reset(&t, &body).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_refused_password_leaves_the_link_usable() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let token = token(&t, &user.email).await;
    let with = |password: &str| reset(&t, &json!({ "resettoken": token, "password": password })).send();
    assert_eq!(with("seven 7").await.refusal(), (403, 1134));
    assert_eq!(with("my name is ASHA 77").await.refusal(), (403, 1216));
    assert_eq!(with(GOOD_PASSWORD).await.refusal(), (403, 1134));
    with(OTHER_PASSWORD).await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn of_many_with_the_same_link_one_resets_the_password() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    let replies = race((0..10).map(|_| reset(&t, &body))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == (403, 974)));
    assert_eq!(told(&t, "password-changed").await.len(), 2);
}

#[tokio::test]
async fn a_reset_ends_all_other_sessions_and_the_other_ways_to_reset() {
    let t = with_page().await;
    let user = t.user().await;
    let before = t.login(&user).await;
    let code = t.reset_code(&user).await;
    reset_by_link(&t, &user, OTHER_PASSWORD).await.ok();
    assert_eq!(t.profile_call(&before).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&before).send().await.refusal(), (403, 1217));
    assert_eq!(t.reset_call(&user.phone, &code, THIRD_PASSWORD).send().await.refusal(), (401, 1409));
    t.run_jobs().await;
}

#[tokio::test]
async fn without_login_on_reset_the_answer_is_posted_and_nothing_else() {
    let t = with_page().await;
    t.set("LoginOnPasswordReset", "false").await;
    let user = t.user().await;
    assert_eq!(reset_by_link(&t, &user, OTHER_PASSWORD).await.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_lifts_a_suspension() {
    let t = with_page().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user().await;
    for _ in 0..2 {
        t.login_call(&user, "not it").send().await.refusal();
    }
    reset_by_link(&t, &user, OTHER_PASSWORD).await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn an_account_with_nothing_proved_goes_to_the_owner_of_the_mailbox() {
    let t = with_page().await;
    t.set("forceLogout", "false").await;
    let user = t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
    let squatter = t.login(&user).await;
    let reply = reset_by_link(&t, &user, OTHER_PASSWORD).await;
    assert_eq!(reply.ok()["Data"]["Profile"]["EmailVerified"], true);
    assert_eq!(reply.json["Data"]["Profile"]["PhoneId"], Value::Null);
    assert_eq!(t.profile_call(&squatter).send().await.refusal(), (403, 905));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn an_unproved_address_beside_a_proved_identifier_gets_nothing() {
    let t = with_page().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    ask(&t, &json!({ "username": user.user_name })).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_link_to_an_address_that_the_account_gave_up_resets_nothing() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    let moved = json!({ "Email": [{ "Type": "Primary", "Value": "other@example.com" }] });
    t.update_call(&user, &moved).send().await.ok();
    assert!([1063, 974].contains(&reset(&t, &body).send().await.refusal().1));
    assert_eq!(account(&t, &user).await["LastPasswordChangeDate"], user.profile["LastPasswordChangeDate"]);
}

#[tokio::test]
async fn a_blocked_account_gets_nothing_and_its_link_is_dead() {
    let t = with_page().await;
    let user = t.user().await;
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    let body = json!({ "resettoken": token(&t, &user.email).await, "password": OTHER_PASSWORD });
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    reset(&t, &body).send().await.refusal();
    ask(&t, &json!({ "email": user.email })).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}
