//! Codes that are spoken in a call.

use super::{SECOND, enrolled, optional, pending, resend, token, verify, want};
use crate::support::{Call, Test, Tokens, User};
use doorward_flows::app::outside::{Channel, Message};
use doorward_model::time::Span;
use serde_json::json;

async fn spoken() -> (Test, User) {
    let (t, user) = enrolled().await;
    t.set("voice.isEnabled", "true").await;
    (t, user)
}

fn mfa_login(t: &Test, user: &User) -> Call {
    let body = json!({ "email": user.email, "password": user.password });
    t.post("/identity/v2/auth/login/2fa").key().query("isvoiceotp", "true").json(&body)
}

async fn last(t: &Test) -> Message {
    t.run_jobs().await;
    t.outbox().pop().unwrap()
}

#[tokio::test]
async fn the_code_of_a_login_is_spoken_with_its_digits_apart_and_completes_it() {
    let (t, user) = spoken().await;
    let reply = mfa_login(&t, &user).send().await;
    assert!(pending(&reply)["OTPStatus"]["Sid"].is_string());
    let call = last(&t).await;
    assert_eq!((call.channel, call.to.as_str(), call.template.as_str()), (Channel::Voice, SECOND, "second-factor"));
    let code = call.code.unwrap();
    let apart = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    assert!(call.text.contains(&apart) && !call.text.contains(&code), "{}", call.text);
    verify(&t, &token(&reply), &code).send().await.ok();
}

#[tokio::test]
async fn it_is_sent_again_as_the_person_asks_and_voids_the_text_message() {
    let (t, user) = spoken().await;
    let (token, old) = super::challenged(&t, &user).await;
    assert_eq!(last(&t).await.channel, Channel::Sms);
    t.clock.advance(Span::seconds(30));
    resend(&t, &token).query("isvoiceotp", "true").send().await.ok();
    let call = last(&t).await;
    assert_eq!(call.channel, Channel::Voice);
    assert_eq!(verify(&t, &token, &old).send().await.refusal(), (403, 1067));
    verify(&t, &token, &call.code.unwrap()).send().await.ok();
}

#[tokio::test]
async fn voice_language_and_repeats_are_the_tenants() {
    let (t, user) = spoken().await;
    t.set("voice.voiceType", "woman").await;
    t.set("voice.language", "de").await;
    t.set("voice.repeat", "3").await;
    mfa_login(&t, &user).send().await.ok();
    let call = last(&t).await;
    assert_eq!((call.speech.language.as_str(), call.speech.voice.as_str()), ("de", "woman"));
    assert_eq!(call.text.matches("Hallo.").count(), 3, "{}", call.text);
}

#[tokio::test]
async fn without_a_switch_or_a_service_there_are_no_calls() {
    let (mut t, user) = enrolled().await;
    assert_eq!(mfa_login(&t, &user).send().await.refusal(), (403, 1281));
    t.set("voice.isEnabled", "true").await;
    mfa_login(&t, &user).send().await.ok();
    t.run_jobs().await;
    t.restart(|setup| setup.outside.voice = None).await;
    assert_eq!(mfa_login(&t, &user).send().await.refusal(), (403, 1281));
    let tokens = signed_in(&t).await;
    assert_eq!(want(&t, &tokens, SECOND).query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
}

async fn signed_in(t: &Test) -> Tokens {
    let user = t.user().await;
    t.login(&user).await
}

#[tokio::test]
async fn an_installation_that_only_calls_sends_no_text_and_calls() {
    let mut t = optional().await;
    t.set("voice.isEnabled", "true").await;
    t.restart(|setup| setup.outside.sms = None).await;
    let tokens = signed_in(&t).await;
    assert_eq!(want(&t, &tokens, SECOND).send().await.refusal().1, 1071);
    want(&t, &tokens, SECOND).query("isvoiceotp", "true").send().await.ok();
    assert_eq!(last(&t).await.channel, Channel::Voice);
}

#[tokio::test]
async fn every_code_to_a_phone_can_be_spoken() {
    let (t, user) = spoken().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    t.set("IsInstantSignin.SmsOtp", "true").await;
    let phone = json!({ "phone": user.phone });
    let calls = [
        t.ask_for_reset(&user.phone),
        t.post("/identity/v2/auth/phone/otp").key().json(&phone),
        t.get("/identity/v2/auth/login/passwordlesslogin/otp").key().query("phone", &user.phone),
        t.post("/identity/v2/auth/pin/forgot/otp").key().json(&phone),
    ];
    for call in calls {
        let before = t.outbox().len();
        let reply = call.query("isvoiceotp", "true").send().await;
        t.run_jobs().await;
        let told: Vec<Message> = t.outbox().split_off(before);
        assert!(reply.status == 200, "{}", reply.text);
        assert!(told.iter().all(|message| message.channel == Channel::Voice), "{told:?}");
    }
}
