//! By the code in a text message.

use super::{account, ask_by_phone, enter, enter_by_phone, phone_code, with_codes};
use crate::support::{Tokens, race, wrong};
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_code_signs_in() {
    let t = with_codes().await;
    let user = t.user().await;
    let reply = ask_by_phone(&t, &user.phone).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert!(!reply.json["Data"]["Sid"].as_str().unwrap().is_empty());
    let code = t.code_for(&user.phone).await;
    let reply = enter_by_phone(&t, &user.phone, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn a_wrong_a_used_and_an_old_code_are_told_apart_to_whoever_has_the_digits() {
    let t = with_codes().await;
    let user = t.user().await;
    let code = phone_code(&t, &user).await;
    assert_eq!(enter_by_phone(&t, &user.phone, &wrong(&code)).send().await.refusal(), (403, 1067));
    enter_by_phone(&t, &user.phone, &code).send().await.ok();
    assert_eq!(enter_by_phone(&t, &user.phone, &code).send().await.refusal(), (403, 1068));
    let code = phone_code(&t, &user).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(enter_by_phone(&t, &user.phone, &wrong(&code)).send().await.refusal(), (403, 1067));
    assert_eq!(enter_by_phone(&t, &user.phone, &code).send().await.refusal(), (403, 1069));
}

#[tokio::test]
async fn of_many_with_the_same_code_one_signs_in() {
    let t = with_codes().await;
    let user = t.user().await;
    let code = phone_code(&t, &user).await;
    let replies = race((0..10).map(|_| enter_by_phone(&t, &user.phone, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn an_unproved_unknown_or_blocked_phone_gets_nothing() {
    let t = with_codes().await;
    let unproved = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let blocked = t.user_with(&json!({ "IsActive": false })).await;
    let disabled = t.user_with(&json!({ "DisableLogin": true })).await;
    for phone in [&unproved.phone, &blocked.phone, &disabled.phone, "+919812345678"] {
        let reply = ask_by_phone(&t, phone).send().await;
        assert_eq!(reply.ok()["IsPosted"], true);
    }
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    assert_eq!(account(&t, &unproved.uid).await["PhoneIdVerified"], false);
}

#[tokio::test]
async fn a_code_of_another_purpose_or_channel_is_a_wrong_one() {
    let t = with_codes().await;
    let user = t.user().await;
    let reset = t.reset_code(&user).await;
    assert_eq!(enter_by_phone(&t, &user.phone, &reset).send().await.refusal(), (403, 1067));
    let code = phone_code(&t, &user).await;
    assert_eq!(enter(&t, &user.email, &code).send().await.refusal(), (403, 1185));
    let reply = t.reset_call(&user.phone, &code, "granite kettle 91 orbits").send().await;
    assert_eq!(reply.refusal(), (401, 1409));
    enter_by_phone(&t, &user.phone, &code).send().await.ok();
}

#[tokio::test]
async fn a_phone_that_lost_its_proof_signs_nobody_in() {
    let t = with_codes().await;
    let user = t.user().await;
    let code = phone_code(&t, &user).await;
    t.update_call(&user, &json!({ "PhoneIdVerified": false })).send().await.ok();
    assert_eq!(enter_by_phone(&t, &user.phone, &code).send().await.refusal(), (403, 1067));
    assert_eq!(account(&t, &user.uid).await["PhoneIdVerified"], false);
    t.login(&user).await;
}

#[tokio::test]
async fn the_back_end_tells_the_code_in_a_way_of_its_own() {
    let t = with_codes().await;
    let user = t.user().await;
    let unproved = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let mint = |phone: &str| {
        let call = t.post("/identity/v2/manage/account/smsotp/passwordlesslogin").back_end();
        call.json(&json!({ "phone": phone })).send()
    };
    let code = mint(&user.phone).await.ok()["Token"].as_str().unwrap().to_owned();
    enter_by_phone(&t, &user.phone, &code).send().await.ok();
    assert!(t.outbox().is_empty());
    assert_eq!(mint(&unproved.phone).await.refusal(), (403, 1066));
    t.set("IsInstantSignin.SmsOtp", "false").await;
    assert_eq!(mint(&user.phone).await.refusal(), (403, 1059));
}
