//! How somebody comes by a PIN: at registration, in their profile, or because a login waits for it.

use super::{OTHER_PIN, PIN, pin_auth_token, session_token, with_owed_pins, with_pins};
use crate::support::{BEGIN, GOOD_PASSWORD, Reply, Test, Tokens};
use doorward_model::time::Span;
use serde_json::{Value, json};

fn registration(name: &str, info: &Value) -> Value {
    json!({ "UserName": name, "Password": GOOD_PASSWORD, "BirthDate": "05-15-1990", "PINInfo": info })
}

#[track_caller]
fn assert_refused_for_the_pin(reply: &Reply) {
    assert_eq!(reply.refusal(), (403, 1134));
    assert_eq!(reply.json["Errors"][0]["FieldName"], "pin");
    assert_eq!(reply.json["Errors"].as_array().unwrap().len(), 1, "{}", reply.text);
}

#[tokio::test]
async fn a_registration_may_bring_a_pin() {
    let t = with_pins().await;
    for (name, key) in [("asha", "PINInfo"), ("ravi", "PIN"), ("mira", "pininfo")] {
        let body = json!({ "UserName": name, "Password": GOOD_PASSWORD, key: { "pin": PIN } });
        let reply = t.register(&body).await;
        let noted = json!({ "Skipped": false, "PIN": "********", "LastPINChangeDate": BEGIN });
        assert_eq!(reply.ok()["Data"]["Profile"]["PIN"], noted, "{key}");
        t.pin_call(&session_token(&reply), PIN).send().await.ok();
    }
}

#[tokio::test]
async fn a_registration_may_skip_the_pin() {
    let t = with_pins().await;
    let reply = t.register(&registration("asha", &json!({ "Skipped": true }))).await;
    assert_eq!(reply.ok()["Data"]["Profile"]["PIN"], json!({ "Skipped": true, "SkippedDate": BEGIN }));
    assert_eq!(t.pin_call(&session_token(&reply), PIN).send().await.refusal(), (403, 1235));
}

#[tokio::test]
async fn a_registration_without_a_pin_is_refused_where_one_is_required_and_asked_for() {
    let t = with_pins().await;
    t.set("PINAuthentication.Configuration.AskOnRegistration", "true").await;
    t.register(&registration("asha", &json!(null))).await.ok();
    t.set("PINAuthentication.Configuration.IsRequired", "true").await;
    for info in [json!(null), json!({}), json!({ "Skipped": true }), json!({ "PIN": "" })] {
        assert_eq!(t.register(&registration("ravi", &info)).await.refusal(), (403, 1234), "{info}");
    }
    t.register(&registration("ravi", &json!({ "PIN": PIN }))).await.ok();
}

#[tokio::test]
async fn a_pin_that_breaks_a_rule_registers_nobody() {
    let t = with_pins().await;
    for pin in ["258", "258025802", "25a0", "0000", "4567", "3210", "1505", "051590"] {
        assert_refused_for_the_pin(&t.register(&registration("asha", &json!({ "PIN": pin }))).await);
    }
    let wrong_type = t.register(&registration("asha", &json!({ "PIN": 2580 }))).await;
    assert_eq!(wrong_type.refusal(), (400, 1090));
    assert_eq!(t.register(&registration("asha", &json!("2580"))).await.refusal(), (400, 1090));
    t.register(&registration("asha", &json!({ "PIN": PIN }))).await.ok();
}

#[tokio::test]
async fn the_end_of_the_phone_is_no_pin_for_its_owner() {
    let t = with_pins().await;
    let body = json!({ "PhoneId": "+919812345608", "Password": GOOD_PASSWORD, "PINInfo": { "PIN": "5608" } });
    assert_refused_for_the_pin(&t.register(&body).await);
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let tail = &user.phone[user.phone.len() - 4..];
    assert_refused_for_the_pin(&t.wish_call(&tokens, &json!({ "PIN": tail })).send().await);
}

#[tokio::test]
async fn the_tenant_says_what_a_pin_is_made_of() {
    let t = with_pins().await;
    let tokens = t.login(&t.user().await).await;
    t.set("PINAuthentication.Configuration.rules.minLength", "6").await;
    t.set("PINAuthentication.Configuration.rules.alphabet", "alphanumeric").await;
    t.set("PINAuthentication.Configuration.rules.refuseRuns", "false").await;
    assert_refused_for_the_pin(&t.wish_call(&tokens, &json!({ "PIN": PIN })).send().await);
    t.wish_call(&tokens, &json!({ "PIN": "abc456" })).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn where_there_are_no_pins_a_body_that_has_one_says_nothing() {
    let t = Test::new().await;
    let reply = t.register(&registration("asha", &json!({ "PIN": "1", "Skipped": "x" }))).await;
    assert_eq!(reply.ok()["Data"]["Profile"]["PIN"], json!(null));
    let tokens = Tokens::of(&reply);
    t.wish_call(&tokens, &json!({ "PIN": PIN })).send().await.ok();
    t.set("PINAuthentication.IsEnabled", "true").await;
    assert_eq!(t.profile_call(&tokens).send().await.ok()["PIN"], json!(null));
}

#[tokio::test]
async fn a_profile_update_sets_the_first_pin_tells_its_owner_and_keeps_the_session_token() {
    let t = with_pins().await;
    let user = t.user().await;
    let holder = t.sign_in(&user).await;
    let reply = t.wish_call(&holder.tokens, &json!({ "PIN": PIN })).send().await;
    let noted = json!({ "Skipped": false, "PIN": "********", "LastPINChangeDate": BEGIN });
    assert_eq!(reply.ok()["Data"]["PIN"], noted);
    assert_eq!(t.carried("pin-changed").await, 2);
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn an_access_token_alone_replaces_no_pin() {
    let t = with_pins().await;
    let holder = t.holder().await;
    for pin in [OTHER_PIN, PIN] {
        assert_refused_for_the_pin(&t.wish_call(&holder.tokens, &json!({ "PIN": pin })).send().await);
    }
    t.wish_call(&holder.tokens, &json!({ "Skipped": true })).send().await.ok();
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn a_profile_that_is_sent_back_as_it_was_read_changes_no_pin() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let profile = t.profile_call(&holder.tokens).send().await.json;
    let body = json!({ "PIN": profile["PIN"], "FirstName": "Ada" });
    let update = t.put("/identity/v2/auth/account").key().token(&holder.tokens.access).json(&body).send().await;
    assert_eq!(update.ok()["Data"]["PIN"], profile["PIN"]);
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn skipping_is_noted_and_refused_where_a_pin_is_required() {
    let t = with_pins().await;
    let tokens = t.login(&t.user().await).await;
    let reply = t.wish_call(&tokens, &json!({ "Skipped": true })).send().await;
    assert_eq!(reply.ok()["Data"]["PIN"], json!({ "Skipped": true, "SkippedDate": BEGIN }));
    t.set("PINAuthentication.Configuration.IsRequired", "true").await;
    assert_eq!(t.wish_call(&tokens, &json!({ "Skipped": true })).send().await.refusal(), (403, 1234));
}

#[tokio::test]
async fn the_back_end_sets_no_pin() {
    let t = with_pins().await;
    let user = t.user_with(&json!({ "PIN": { "PIN": PIN }, "PINInfo": { "PIN": PIN } })).await;
    t.update_call(&user, &json!({ "PIN": { "PIN": PIN } })).send().await.ok();
    let holder = t.sign_in(&user).await;
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1235));
}

#[tokio::test]
async fn a_login_that_owes_a_pin_hands_out_what_sets_it_and_nothing_else() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    let token = pin_auth_token(&reply);
    assert_eq!(reply.json["Data"], json!({ "PINAuthToken": token }));
    assert!(reply.json.get("access_token").is_none());
    let profile = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(profile.ok()["NoOfLogins"], 0);
    assert_eq!(profile.json["LastLoginDate"], json!(null));

    let set = t.set_call(&token, PIN).send().await;
    assert_eq!(set.ok()["Profile"]["NoOfLogins"], 1);
    assert_eq!(set.json["Profile"]["FirstLogin"], true);
    assert_eq!(set.json["Profile"]["PIN"]["LastPINChangeDate"], BEGIN);
    t.profile_call(&Tokens::of(&set)).send().await.ok();
    t.pin_call(&session_token(&set), PIN).send().await.ok();
    t.login(&user).await;
    assert_eq!(t.carried("pin-changed").await, 2);
}

#[tokio::test]
async fn a_login_with_a_wrong_password_is_not_told_that_a_pin_is_owed() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    assert_eq!(t.login_call(&user, "not it").send().await.refusal(), (401, 966));
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 991));
}

#[tokio::test]
async fn who_is_asked_follows_the_settings() {
    let t = with_pins().await;
    let (new, known) = (t.user().await, t.user().await);
    t.login(&known).await;
    let configuration = "PINAuthentication.Configuration";
    t.set(&format!("{configuration}.AskOnLogin"), "true").await;
    t.set(&format!("{configuration}.AskOnlyOnFirstLogin"), "true").await;
    t.login(&known).await;
    t.set(&format!("{configuration}.IsRequired"), "true").await;
    t.set(&format!("{configuration}.AskOnLogin"), "false").await;
    t.login(&known).await;
    t.owed(&new).await;
    t.set(&format!("{configuration}.AskOnLogin"), "true").await;
    t.owed(&known).await;
    t.set(&format!("{configuration}.PINLogin"), "false").await;
    let token = t.owed(&known).await;
    assert!(t.set_call(&token, PIN).send().await.ok().get("session_token").is_none());
    t.run_jobs().await;
}

#[tokio::test]
async fn a_registration_that_signs_in_waits_for_the_pin_too() {
    let t = with_owed_pins().await;
    let token = pin_auth_token(&t.register(&registration("asha", &json!(null))).await);
    t.set_call(&token, PIN).send().await.ok();
    t.register(&registration("ravi", &json!({ "PIN": PIN }))).await.ok();
}

#[tokio::test]
async fn what_sets_a_pin_works_once_for_a_while_and_only_where_there_is_none() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    let (first, second) = (t.owed(&user).await, t.owed(&user).await);
    let call = t.post("/identity/v2/auth/pin/set/pinauthtoken").key();
    assert_eq!(call.clone().json(&json!({ "pin": PIN })).send().await.refusal(), (400, 908));
    assert_eq!(call.query("pinauthtoken", &first).send().await.refusal(), (403, 1234));
    assert_refused_for_the_pin(&t.set_call(&first, "1111").send().await);
    t.set_call(&first, PIN).send().await.ok();
    for token in [&first, &second, "nobody's"] {
        assert_eq!(t.set_call(token, OTHER_PIN).send().await.refusal(), (403, 1239), "{token}");
    }
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(t.set_call(&first, PIN).send().await.refusal(), (403, 1233));
    t.run_jobs().await;
}

#[tokio::test]
async fn what_sets_a_pin_ends_to_the_second() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    let token = t.owed(&user).await;
    t.clock.advance(Span::minutes(15));
    assert_eq!(t.set_call(&token, PIN).send().await.refusal(), (403, 1240));
    let token = t.owed(&user).await;
    t.clock.advance(Span(Span::minutes(15).0 - 1));
    t.set_call(&token, PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_login_that_is_refused_after_all_leaves_the_pin_unset() {
    let t = with_owed_pins().await;
    t.set("PINAuthentication.Configuration.IsRequired", "false").await;
    let user = t.user().await;
    t.login(&user).await;
    t.set("PINAuthentication.Configuration.IsRequired", "true").await;
    let token = t.owed(&user).await;
    t.set("sessionLimit", "1").await;
    assert_eq!(t.set_call(&token, PIN).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "2").await;
    t.set_call(&token, OTHER_PIN).send().await.ok();
    assert_eq!(t.carried("pin-changed").await, 2, "one for each channel, of the PIN that was set");
}

#[tokio::test]
async fn a_remembered_login_is_remembered_when_the_pin_is_set() {
    let t = with_owed_pins().await;
    t.set("IsRememberMe", "true").await;
    let user = t.user().await;
    let token = pin_auth_token(&t.login_call(&user, GOOD_PASSWORD).query("rememberme", "true").send().await);
    assert_eq!(t.set_call(&token, PIN).send().await.ok()["expires_in"], "2026-02-14T12:00:00Z");
    t.run_jobs().await;
}

#[tokio::test]
async fn the_application_may_read_how_pins_are_used() {
    let t = Test::new().await;
    let configuration = t.get("/ciam/appinfo").key();
    assert_eq!(configuration.clone().send().await.ok()["PINAuthentication"]["IsEnabled"], false);
    t.set("PINAuthentication.IsEnabled", "true").await;
    t.set("PINAuthentication.Configuration.AskOnRegistration", "true").await;
    let reply = configuration.send().await;
    let shown = json!({
        "IsEnabled": true,
        "Configuration": {
            "PINLogin": true, "IsRequired": false, "AskOnRegistration": true, "AskOnLogin": false,
            "AskOnlyOnFirstLogin": false, "SessionTokenExpiration": 10080
        }
    });
    assert_eq!(reply.ok()["PINAuthentication"], shown);
    let fields = reply.json["RegistrationFormSchema"].as_array().unwrap();
    let pin = fields.iter().find(|field| field["name"] == "pin").unwrap();
    assert_eq!(pin["rules"], "min_length[4]|max_length[8]|numeric");
}
