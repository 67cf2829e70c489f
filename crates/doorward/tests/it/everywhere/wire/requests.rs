//! What clients write in their queries and bodies.

use crate::support::{OTHER_PASSWORD, Test};
use serde_json::json;

const ACCOUNT: &str = "/identity/v2/manage/account";
const RESET: &str = "/identity/v2/auth/password/otp";

#[tokio::test]
async fn a_plus_in_a_query_is_a_plus() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "Email": [{ "Type": "Primary", "Value": "ann+tag@example.com" }] })).await;
    let digits = user.phone.trim_start_matches('+');
    let written = [format!("+{digits}"), format!("%2B{digits}"), format!("%20{digits}"), digits.to_owned()];
    for written in written {
        let reply = t.get(ACCOUNT).back_end().raw_query(&format!("phone={written}")).send().await;
        assert_eq!(reply.ok()["Uid"], user.uid, "{written}");
    }
    let reply = t.get(ACCOUNT).back_end().raw_query("email=ann+tag@example.com").send().await;
    assert_eq!(reply.ok()["Uid"], user.uid);
}

#[tokio::test]
async fn a_number_may_be_written_with_separators() {
    let t = Test::new().await;
    let user = t.user().await;
    let (country, rest) = user.phone.split_at(3);
    for written in [format!("{country}-{rest}"), format!(" {country} ({rest})"), format!("00{}{rest}", &country[1..])] {
        t.clock.advance(doorward_model::time::Span::minutes(16));
        t.ask_for_reset(&written).send().await.ok();
        let code = t.code_for(&user.phone).await;
        assert_eq!(code.len(), 6, "{written}");
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 3);
}

#[tokio::test]
async fn empty_and_odd_switches_are_off() {
    let t = Test::new().await;
    let user = t.user().await;
    for value in ["", "false", "False", "FALSE", "0", "no", "null"] {
        t.clock.advance(doorward_model::time::Span::minutes(16));
        t.ask_for_reset(&user.phone).query("isVoiceOtp", value).send().await.ok();
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn true_and_one_are_on_in_whatever_case() {
    let t = Test::new().await;
    let user = t.user().await;
    for value in ["true", "True", "TRUE", "1"] {
        let reply = t.ask_for_reset(&user.phone).query("isVoiceOtp", value).send().await;
        assert_eq!(reply.refusal(), (403, 1281), "no voice service is set up, so that a call is refused: {value}");
    }
}

#[tokio::test]
async fn one_name_with_two_values_is_1090() {
    let t = Test::new().await;
    let user = t.user().await;
    let call = t.get(ACCOUNT).back_end().query("email", &user.email).query("EMAIL", "other@example.com");
    assert_eq!(call.send().await.refusal(), (400, 1090));
    let twice = t.get(ACCOUNT).back_end().query("email", &user.email).query("Email", &user.email);
    twice.send().await.ok();
}

#[tokio::test]
async fn body_keys_are_found_in_any_case() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let body = json!({ "Phone": user.phone, "OTP": code, "PassWord": OTHER_PASSWORD });
    t.put("/Identity/V2/auth/Password/otp/").key().json(&body).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_form_is_read_like_json() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let form = format!("phone={}&otp={code}&password={}", user.phone, OTHER_PASSWORD.replace(' ', "+"));
    let call = t.put(RESET).key().header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    call.body(form).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn json_is_read_however_it_is_declared() {
    let t = Test::new().await;
    let user = t.user().await;
    let body = json!({ "email": user.email, "password": user.password }).to_string();
    let kinds = [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "text/json",
        "application/vnd.api+json",
        "application/x-www-form-urlencoded",
    ];
    for kind in kinds {
        let call = t.post("/identity/v2/auth/login").key().header("content-type", kind).body(body.clone());
        call.send().await.ok();
    }
    t.post("/identity/v2/auth/login").key().body(body).send().await.ok();
}

#[tokio::test]
async fn a_get_may_carry_an_empty_text_declared_as_a_form() {
    let t = Test::new().await;
    let call = t.get("/identity/v2/serverinfo").key().header("content-type", "application/x-www-form-urlencoded");
    call.body("\"\"\n").send().await.ok();
}

#[tokio::test]
async fn a_delete_may_carry_a_body() {
    let t = Test::new().await;
    for body in ["{}", "\"\"\n", r#"{"reason":"asked for"}"#] {
        let user = t.user().await;
        let call = t.delete(&format!("{ACCOUNT}/{}", user.uid)).back_end().header("content-type", "application/json");
        let reply = call.body(body).send().await;
        assert_eq!(reply.ok(), &json!({ "IsDeleted": true, "RecordsDeleted": 1 }), "{body}");
    }
}

#[tokio::test]
async fn a_name_with_other_letters_goes_in_and_comes_out() {
    let t = Test::new().await;
    let name = "Åsa 山田 \u{1f98a} \"O'Neil\" <b>";
    let user = t.user_with(&json!({ "FirstName": name })).await;
    let reply = t.get(&format!("{ACCOUNT}/{}", user.uid)).back_end().send().await;
    assert_eq!(reply.ok()["FirstName"], name);
}
