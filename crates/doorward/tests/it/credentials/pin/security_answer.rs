//! A forgotten PIN reset by answers to security questions.

use super::{Holder, OTHER_PIN, PIN};
use crate::credentials::security_questions::{right, with_questions, wrong};
use crate::support::{Call, Reply, Test, race};
use serde_json::{Value, json};

const THIRD_PIN: &str = "6184";

/// Somebody with a PIN who has answered two questions.
async fn ready() -> (Test, Holder) {
    let t = with_questions().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    let holder = t.holder_with(&json!({ "SecurityQuestionAnswer": right() })).await;
    (t, holder)
}

fn reset(t: &Test, name: &str, value: &str, answers: &Value, pin: &str) -> Call {
    let path = format!("/identity/v2/auth/pin/reset/securityanswer/{name}");
    t.put(&path).key().json(&json!({ name: value, "SecurityAnswer": answers, "PIN": pin }))
}

fn by_mail(t: &Test, holder: &Holder, answers: &Value, pin: &str) -> Call {
    reset(t, "email", &holder.user.email, answers, pin)
}

#[tokio::test]
async fn right_answers_reset_the_pin_with_all_that_follows_and_sign_nobody_in() {
    let (t, holder) = ready().await;
    let before = t.carried("pin-changed").await;
    let reply = by_mail(&t, &holder, &right(), OTHER_PIN).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (403, 1245));
    assert_eq!(t.profile_call(&holder.tokens).send().await.refusal(), (403, 905));
    let again = t.sign_in(&holder.user).await;
    assert_eq!(t.pin_call(&again.session_token, PIN).send().await.refusal(), (401, 1236));
    t.pin_call(&again.session_token, OTHER_PIN).send().await.ok();
    assert_eq!(t.carried("pin-changed").await, before + 2);
}

#[tokio::test]
async fn without_forced_logout_sessions_stay() {
    let (t, holder) = ready().await;
    t.set("forceLogout", "false").await;
    by_mail(&t, &holder, &right(), OTHER_PIN).send().await.ok();
    t.profile_call(&holder.tokens).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn phone_and_user_name_name_an_account_too() {
    let (t, holder) = ready().await;
    reset(&t, "phone", &holder.user.phone, &right(), OTHER_PIN).send().await.ok();
    reset(&t, "username", &holder.user.user_name, &right(), THIRD_PIN).send().await.ok();
    let again = t.sign_in(&holder.user).await;
    t.pin_call(&again.session_token, THIRD_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_answers_change_nothing_and_close_the_way_after_three() {
    let (t, holder) = ready().await;
    for answers in [wrong(), wrong(), wrong()] {
        assert_eq!(by_mail(&t, &holder, &answers, OTHER_PIN).send().await.refusal(), (403, 1093));
    }
    assert_eq!(by_mail(&t, &holder, &right(), OTHER_PIN).send().await.refusal(), (403, 1198));
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn known_and_unknown_are_answered_alike() {
    let (t, holder) = ready().await;
    let texts = |replies: Vec<Reply>| replies.into_iter().map(|reply| (reply.status, reply.json)).collect::<Vec<_>>();
    let mut seen = Vec::new();
    for email in [holder.user.email.as_str(), "nobody@example.com"] {
        let mut replies = Vec::new();
        for _ in 0..4 {
            replies.push(reset(&t, "email", email, &wrong(), OTHER_PIN).send().await);
        }
        seen.push(texts(replies));
    }
    let codes = |replies: &[(u16, Value)]| {
        replies.iter().map(|(status, json)| (*status, json["ErrorCode"].clone())).collect::<Vec<_>>()
    };
    // Which questions are asked of nobody is chosen by the address: one of the answers may be left out there.
    assert_eq!(codes(&seen[0])[3], codes(&seen[1])[3]);
    assert!(seen.iter().flatten().all(|(status, _)| *status == 403));
}

#[tokio::test]
async fn a_pin_that_breaks_a_rule_or_is_the_old_one_changes_nothing() {
    let (t, holder) = ready().await;
    for pin in ["1111", "12", PIN] {
        assert_eq!(by_mail(&t, &holder, &right(), pin).send().await.refusal(), (403, 1134), "{pin}");
    }
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn only_right_answers_tell_that_there_is_no_pin_or_that_the_account_is_closed() {
    let (t, holder) = ready().await;
    let bare = t.user_with(&json!({ "SecurityQuestionAnswer": right() })).await;
    assert_eq!(reset(&t, "email", &bare.email, &wrong(), PIN).send().await.refusal(), (403, 1093));
    assert_eq!(reset(&t, "email", &bare.email, &right(), PIN).send().await.refusal(), (403, 1235));
    t.update_call(&holder.user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(by_mail(&t, &holder, &wrong(), OTHER_PIN).send().await.refusal(), (403, 1093));
    assert_eq!(by_mail(&t, &holder, &right(), OTHER_PIN).send().await.refusal(), (403, 991));
}

#[tokio::test]
async fn what_is_missing_or_switched_off_is_told() {
    let (t, holder) = ready().await;
    let path = "/identity/v2/auth/pin/reset/securityanswer/email";
    let full = json!({ "email": holder.user.email, "securityanswer": right(), "pin": OTHER_PIN });
    for name in ["email", "securityanswer", "pin"] {
        let mut body = full.clone();
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(t.put(path).key().json(&body).send().await.refusal(), (400, 908), "{name}");
    }
    t.set("IsSecurityQuestion", "false").await;
    assert_eq!(by_mail(&t, &holder, &right(), OTHER_PIN).send().await.refusal(), (403, 1095));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(by_mail(&t, &holder, &right(), OTHER_PIN).send().await.refusal(), (403, 1233));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_with_the_right_answers_one_resets() {
    let (t, holder) = ready().await;
    let replies = race((0..8).map(|_| by_mail(&t, &holder, &right(), OTHER_PIN))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
}
