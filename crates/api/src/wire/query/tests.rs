use super::{Flag, Parameters, Query};
use crate::wire::error::Error;
use axum::extract::FromRequestParts;
use axum::http::Request;
use axum::response::IntoResponse;
use doorward_model::reason::Reason;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Templates {
    smstemplate2fa: Option<String>,
    isvoiceotp: Flag,
    timedifference: Option<u32>,
    #[serde(rename = "g-recaptcha-response", alias = "g_recaptcha_response")]
    captcha: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Contact {
    phone: String,
}

async fn read<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let request = Request::builder().uri(format!("/?{query}")).body(()).unwrap();
    let Query(value) = Query::from_request_parts(&mut request.into_parts().0, &()).await?;
    Ok(value)
}

async fn refused<T: DeserializeOwned>(query: &str) -> u16 {
    read::<T>(query).await.err().unwrap().into_response().status().as_u16()
}

#[tokio::test]
async fn names_are_read_in_any_case() {
    let templates: Templates = read("smsTemplate2FA=mine&IsVoiceOtp=true&G_ReCaptcha_Response=x").await.unwrap();
    assert_eq!(templates.smstemplate2fa.as_deref(), Some("mine"));
    assert_eq!(templates.isvoiceotp, Flag(true));
    assert_eq!(templates.captcha.as_deref(), Some("x"));
}

#[tokio::test]
async fn a_plus_is_a_plus_and_percent_escapes_are_utf8() {
    assert_eq!(read::<Contact>("phone=+1604%2B5%20%C3%BC").await.unwrap().phone, "+1604+5 ü");
    assert_eq!(refused::<Contact>("phone=%ff").await, 400);
    assert_eq!(refused::<Contact>("phone=a%00").await, 400);
}

#[tokio::test]
async fn an_empty_value_is_an_absent_one() {
    assert_eq!(read::<Templates>("smstemplate2fa=&isvoiceotp=&timedifference=").await.unwrap(), Templates::default());
    assert_eq!(refused::<Contact>("phone=").await, 400);
}

#[tokio::test]
async fn only_true_and_one_switch_a_flag_on() {
    for (text, on) in [("true", true), ("True", true), ("TRUE", true), ("1", true), ("False", false), ("yes", false)] {
        let templates: Templates = read(&format!("isvoiceotp={text}")).await.unwrap();
        assert_eq!(templates.isvoiceotp, Flag(on), "{text}");
    }
}

#[tokio::test]
async fn numbers_are_read_from_text_and_other_text_is_refused() {
    assert_eq!(read::<Templates>("timedifference=10").await.unwrap().timedifference, Some(10));
    assert_eq!(refused::<Templates>("timedifference=ten").await, 400);
}

#[test]
fn one_name_with_two_values_is_refused_unless_they_agree() {
    assert_eq!(Parameters::parse("otp=1&OTP=2").err(), Some(Reason::PayloadInvalid));
    assert_eq!(Parameters::parse("otp=1&OTP=1").unwrap().get("otp"), Some("1"));
    assert_eq!(Parameters::parse("otp=&OTP=2").unwrap().get("otp"), Some("2"));
    assert_eq!(Parameters::parse("otp=2&otp=").unwrap().get("otp"), Some("2"));
}
