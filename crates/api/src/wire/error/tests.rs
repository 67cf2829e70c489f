use super::{Error, Failure, fail_with, required};
use axum::response::{IntoResponse, Response};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use http_body_util::BodyExt;
use serde_json::json;

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn body(error: impl Into<Error>) -> String {
    text(error.into().into_response()).await
}

#[tokio::test]
async fn a_missing_parameter_is_named_in_the_description() {
    assert_eq!(
        body(Refusal::missing("apikey")).await,
        r#"{"ErrorCode":908,"Message":"A parameter is not formatted correctly","Description":"The apikey is a required parameter."}"#
    );
}

#[tokio::test]
async fn a_failed_authentication_is_written_in_both_cases() {
    let text = body(Reason::AuthenticationFailed).await;
    let names: Vec<&str> = text.split('"').filter(|part| part.to_lowercase().ends_with("code")).collect();
    assert_eq!(names, ["errorCode", "ErrorCode"]);
    assert!(text.starts_with(r#"{"errorCode":1409,"message":"Authentication failed","description":"#), "{text}");
}

#[tokio::test]
async fn the_order_of_the_members_follows_the_catalogue() {
    assert!(body(Reason::InternalError).await.starts_with(r#"{"Message":"#));
    assert!(body(Reason::OrganizationNotFound).await.starts_with(r#"{"Description":"#));
}

#[tokio::test]
async fn errors_and_data_follow_the_three_members() {
    let invalid = body(Refusal::invalid("City", "too long")).await;
    assert!(invalid.ends_with(r#""Errors":[{"FieldName":"city","ErrorMessage":"too long"}]}"#), "{invalid}");
    let locked = body(Refusal::from(Reason::PinInvalid).with_data(json!({ "Left": 2 }))).await;
    assert!(locked.ends_with(r#","Data":{"Left":2}}"#), "{locked}");
}

#[test]
fn the_status_and_the_wait_are_in_the_head() {
    let response = Error::from(Refusal::from(Reason::TooManyRequests).retry_after(7)).into_response();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
}

#[tokio::test]
async fn a_failure_tells_the_client_nothing_and_the_log_everything() {
    let response = Error::from(anyhow::anyhow!("no table named secrets")).into_response();
    assert_eq!(response.status(), 500);
    assert_eq!(response.extensions().get::<Failure>().unwrap().0.to_string(), "no table named secrets");
    let text = text(response).await;
    assert!(text.contains("\"ErrorCode\":950") && !text.contains("secrets"), "{text}");
}

#[tokio::test]
async fn an_operation_may_choose_the_code_of_its_failures_but_not_of_its_refusals() {
    let failed = Error::from(anyhow::anyhow!("x")).into_response();
    assert!(text(fail_with(Reason::InternalError, failed)).await.contains("\"ErrorCode\":7909"));
    let refused = Error::from(Reason::PinInvalid).into_response();
    assert!(text(fail_with(Reason::InternalError, refused)).await.contains("\"ErrorCode\":1236"));
}

#[test]
fn a_blank_parameter_is_a_missing_one() {
    assert_eq!(required("otp", Some("12".to_owned())), Ok("12".to_owned()));
    assert_eq!(required("otp", Some(" ".to_owned())), Err(Refusal::missing("otp")));
    assert_eq!(required("otp", None), Err(Refusal::missing("otp")));
}
