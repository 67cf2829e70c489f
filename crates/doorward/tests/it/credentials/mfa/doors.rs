//! Doors beside the password that lead to the second factor, and the PIN that comes after it.

use super::{NOBODY, SECOND, challenged, enrol, enrolled, optional, pending, required, set_phone, token, verify};
use crate::sign_in::one_touch::{ask_by_phone, verify as one_touch};
use crate::sign_in::smart_login::{ask, guid, open, ping, token_for};
use crate::support::{Call, Reply, Test, Tokens, User};
use serde_json::{Value, json};

const PASSWORDLESS: &str = "/identity/v2/auth/login/passwordlesslogin";

/// Lets everybody in by whatever else than a password.
async fn open_all(t: &Test) {
    t.set("IsInstantSignin", r#"{"EmailLink": true, "SmsOtp": true}"#).await;
    t.set("otpPasswordless", "true").await;
    t.set("oneTouchLogin", "true").await;
    t.set("oneTouchCaptcha", "false").await;
    t.set("smartLogin", "true").await;
}

async fn owe_pins(t: &Test) {
    t.set("PINAuthentication.IsEnabled", "true").await;
    t.set("PINAuthentication.Configuration.IsRequired", "true").await;
    t.set("PINAuthentication.Configuration.AskOnLogin", "true").await;
}

async fn by_mail(t: &Test, user: &User) -> Reply {
    t.get(&format!("{PASSWORDLESS}/email")).key().query("email", &user.email).send().await.ok();
    let body = json!({ "email": user.email, "otp": t.code_for(&user.email).await });
    t.post(&format!("{PASSWORDLESS}/email/verifyotp")).key().json(&body).send().await
}

async fn by_phone(t: &Test, user: &User) -> Reply {
    t.get(&format!("{PASSWORDLESS}/otp")).key().query("phone", &user.phone).send().await.ok();
    let body = json!({ "phone": user.phone, "otp": t.code_for(&user.phone).await });
    t.put(&format!("{PASSWORDLESS}/otp/verify")).key().json(&body).send().await
}

async fn by_one_touch(t: &Test, user: &User) -> Reply {
    ask_by_phone(t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    one_touch(t, &user.phone, &code).send().await
}

async fn by_smart_login(t: &Test, user: &User, device: u32) -> Reply {
    ask(t, "email", &user.email, &guid(device)).send().await.ok();
    let link = token_for(t, &user.email).await;
    open(t, &link).send().await.ok();
    ping(t, &guid(device)).send().await
}

/// What sets the PIN that a login waits for.
#[track_caller]
fn owed(reply: &Reply) -> String {
    assert_eq!(reply.refusal(), (403, 1243), "{}", reply.text);
    reply.json["Data"]["PINAuthToken"].as_str().unwrap().to_owned()
}

fn set_pin(t: &Test, token: &str) -> Call {
    t.post("/identity/v2/auth/pin/set/pinauthtoken").key().query("pinauthtoken", token).json(&json!({ "PIN": "2580" }))
}

/// Proves the second phone of a login that waits for it.
async fn complete(t: &Test, user: &User, reply: &Reply) {
    assert_eq!(pending(reply)["IsOTPAuthenticatorVerified"], true);
    let code = t.code_for(SECOND).await;
    let login = verify(t, &token(reply), &code).send().await;
    assert_eq!(login.ok()["Profile"]["Uid"], user.uid.as_str());
}

#[tokio::test]
async fn every_door_waits_for_the_second_phone() {
    let (t, user) = enrolled().await;
    open_all(&t).await;
    complete(&t, &user, &by_mail(&t, &user).await).await;
    complete(&t, &user, &by_phone(&t, &user).await).await;
    complete(&t, &user, &by_one_touch(&t, &user).await).await;
    complete(&t, &user, &by_smart_login(&t, &user, 1).await).await;
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1136), "the device has had its login");
}

#[tokio::test]
async fn a_phone_that_signed_in_is_no_second_factor() {
    let t = optional().await;
    open_all(&t).await;
    let user = t.user().await;
    enrol(&t, &user, &user.phone).await;
    for reply in [by_phone(&t, &user).await, by_one_touch(&t, &user).await] {
        assert_eq!(reply.refusal(), (403, 1101), "one phone is not two factors: {}", reply.text);
    }
    let reply = by_mail(&t, &user).await;
    assert_eq!(pending(&reply)["IsOTPAuthenticatorVerified"], true, "beside the mailbox it is one");
    t.run_jobs().await;
}

#[tokio::test]
async fn nor_can_it_be_set_up_as_one() {
    let t = required().await;
    open_all(&t).await;
    let user = t.user().await;
    for reply in [by_phone(&t, &user).await, by_one_touch(&t, &user).await] {
        let waiting = token(&reply);
        assert_eq!(set_phone(&t, &waiting, &user.phone).send().await.refusal(), (403, 1106));
        set_phone(&t, &waiting, SECOND).send().await.ok();
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_login_through_both_factors_that_owes_a_pin_sets_it_once_and_its_token_is_dead() {
    let (t, user) = enrolled().await;
    owe_pins(&t).await;
    let (waiting, code) = challenged(&t, &user).await;
    let pin_token = owed(&verify(&t, &waiting, &code).send().await);
    assert_eq!(verify(&t, &waiting, &code).send().await.refusal(), (403, 1103), "both factors are used up");
    assert_eq!(super::resend(&t, &waiting).send().await.refusal(), (403, 1103));
    assert_eq!(super::account(&t, &user).await["NoOfLogins"], 1, "nobody is signed in yet");

    let login = set_pin(&t, &pin_token).send().await;
    assert_eq!(login.ok()["Profile"]["Uid"], user.uid.as_str(), "the second factor is not asked again");
    t.profile_call(&Tokens::of(&login)).send().await.ok();
    assert_eq!(set_pin(&t, &pin_token).send().await.refusal(), (403, 1239));

    let (waiting, code) = challenged(&t, &user).await;
    verify(&t, &waiting, &code).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn before_the_second_factor_nothing_is_said_of_a_pin() {
    let (t, user) = enrolled().await;
    owe_pins(&t).await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(reply.ok()["access_token"], NOBODY);
    assert_eq!(reply.json.get("Data"), None::<&Value>);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_device_that_waited_sets_the_pin_that_is_owed() {
    let t = Test::new().await;
    open_all(&t).await;
    owe_pins(&t).await;
    let user = t.user().await;
    let pin_token = owed(&by_smart_login(&t, &user, 1).await);
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1136), "it is told once");
    let login = set_pin(&t, &pin_token).send().await;
    assert_eq!(login.ok()["Profile"]["Uid"], user.uid.as_str());
    assert_eq!(set_pin(&t, &pin_token).send().await.refusal(), (403, 1239));
    t.run_jobs().await;
}
