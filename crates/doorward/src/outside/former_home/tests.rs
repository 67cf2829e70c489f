use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use doorward_flows::app::outside::{Credentials, FormerHome};
use doorward_model::secret::Secret;
use doorward_model::settings::LoginMigration;
use serde_json::{Value, json};

use super::{LONGEST_ANSWER, VendorLogin};
use crate::outside::testing::serve;

const TOKEN: &str = "0b6f0f4e-4b7a-4c39-8c3f-6a8e2ac0a001";

async fn asked(status: StatusCode, body: String) -> anyhow::Result<Option<Value>> {
    let answer = move || async move { (status, [("location", "/identity/v2/auth/login")], body).into_response() };
    let url = serve(Router::new().route("/identity/v2/auth/login", post(answer))).await;
    let home = LoginMigration { url, api_key: "key".to_owned() };
    let credentials =
        Credentials { kind: "email", identifier: "ann@example.com".to_owned(), password: Secret::new("secret words") };
    Ok(VendorLogin::new()?.login(&home, &credentials).await?.map(Value::Object))
}

#[tokio::test]
async fn a_finished_login_brings_its_profile() {
    let body = json!({ "Profile": { "Uid": "a1" }, "access_token": TOKEN }).to_string();
    assert_eq!(asked(StatusCode::OK, body).await.unwrap(), Some(json!({ "Uid": "a1" })));
}

#[tokio::test]
async fn who_still_owes_a_second_factor_has_not_got_in() {
    let zero = "00000000-0000-0000-0000-000000000000";
    for answer in [
        json!({ "Profile": { "Uid": "a1" }, "access_token": TOKEN, "SecondFactorAuthentication": {} }),
        json!({ "Profile": { "Uid": "a1" }, "access_token": zero }),
        json!({ "Profile": null, "access_token": TOKEN }),
        json!({ "Profile": { "Uid": "a1" } }),
    ] {
        assert_eq!(asked(StatusCode::OK, answer.to_string()).await.unwrap(), None, "{answer}");
    }
}

#[tokio::test]
async fn a_refusal_is_no_outage() {
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        assert_eq!(asked(status, "{}".to_owned()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn everything_else_is_an_outage_and_no_redirect_is_followed() {
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::BAD_GATEWAY] {
        assert!(asked(status, "{}".to_owned()).await.is_err(), "{status}");
    }
    assert!(asked(StatusCode::OK, "<html>".to_owned()).await.is_err());
    assert!(asked(StatusCode::OK, "x".repeat(LONGEST_ANSWER + 1)).await.is_err());
}
