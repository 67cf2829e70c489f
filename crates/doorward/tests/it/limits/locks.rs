//! Locks that something else than time lifts, or nothing.

use crate::credentials::security_questions::{answering, right, with_questions, wrong as wrong_answers};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens, User, race, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const THRESHOLD: &str = "LoginLockedConfiguration.MaximumFailedLoginAttempts";
const TYPE: &str = "LoginLockedConfiguration.LoginLockedType";

/// A tenant where three failures lock in this way, with security questions.
async fn locking(kind: &str) -> Test {
    let t = with_questions().await;
    t.set(TYPE, kind).await;
    t.set(THRESHOLD, "3").await;
    t
}

fn sign_in(t: &Test, email: &str, password: &str, more: &Value) -> Call {
    let mut body = json!({ "email": email, "password": password });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    t.post("/identity/v2/auth/login").key().json(&body)
}

/// Three wrong passwords.
async fn lock(t: &Test, email: &str) {
    for _ in 0..3 {
        assert_eq!(sign_in(t, email, OTHER_PASSWORD, &json!({})).send().await.refusal(), (401, 966));
    }
}

fn answers() -> Value {
    json!({ "securityanswer": right() })
}

async fn account(t: &Test, user: &User) -> Value {
    let reply = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    reply.ok().clone()
}

async fn lock_of(t: &Test, user: &User) -> (Value, Value) {
    let account = account(t, user).await;
    (account["IsLoginLocked"].clone(), account["LoginLockedType"].clone())
}

fn unlock(t: &Test, tokens: &Tokens, body: &Value) -> Call {
    t.put("/identity/v2/auth/account/unlock").key().token(&tokens.access).json(body)
}

#[tokio::test]
async fn each_kind_of_lock_has_its_own_answer_and_shows_in_the_profile() {
    for (kind, refusal, shown) in [
        ("Suspend", (403, 1198), "None"),
        ("Captcha", (403, 1132), "Captcha"),
        ("SecurityQuestion", (403, 1148), "SecurityQuestion"),
    ] {
        let t = locking(kind).await;
        let user = answering(&t).await;
        assert_eq!(lock_of(&t, &user).await, (json!(false), json!("None")));
        lock(&t, &user.email).await;
        let reply = sign_in(&t, &user.email, GOOD_PASSWORD, &json!({})).send().await;
        assert_eq!(reply.refusal(), refusal);
        assert_eq!(reply.json["Data"], json!({ "LoginLockedTimeout": "2026-01-15T12:15:00Z" }));
        assert_eq!(reply.header("retry-after").is_some(), kind == "Suspend");
        assert_eq!(lock_of(&t, &user).await, (json!(true), json!(shown)));
        t.clock.advance(Span::minutes(15));
        assert_eq!(lock_of(&t, &user).await, (json!(false), json!("None")));
        t.login(&user).await;
    }
}

#[tokio::test]
async fn a_blocked_account_shows_its_lock_until_the_back_end_opens_it() {
    let t = locking("Block").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    assert_eq!(lock_of(&t, &user).await, (json!(true), json!("Block")));
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.refusal(), (403, 991));
    t.update_call(&user, &json!({ "IsActive": true })).send().await.ok();
    assert_eq!(lock_of(&t, &user).await, (json!(false), json!("None")));
    t.login(&user).await;
}

#[tokio::test]
async fn a_lock_keeps_its_kind_when_the_tenant_chooses_another() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    t.set(TYPE, "Captcha").await;
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &json!({})).send().await.refusal(), (403, 1148));
    sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.ok();
}

#[tokio::test]
async fn the_right_answers_with_the_right_password_lift_the_lock() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    let reply = sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await;
    assert_eq!(reply.ok()["Profile"]["IsLoginLocked"], false);
    t.login(&user).await;
}

#[tokio::test]
async fn the_right_answers_with_a_wrong_password_count_a_failure_and_lift_nothing() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    assert_eq!(sign_in(&t, &user.email, OTHER_PASSWORD, &answers()).send().await.refusal(), (401, 966));
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &json!({})).send().await.refusal(), (403, 1148));
    for _ in 0..96 {
        assert_eq!(sign_in(&t, &user.email, OTHER_PASSWORD, &answers()).send().await.refusal(), (401, 966));
    }
    // The ceiling: nothing but a reset or the back end opens it now.
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.refusal(), (403, 1198));
    t.clock.advance(Span::days(1000));
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.refusal(), (403, 1198));
    t.update_call(&user, &json!({ "IsLoginLocked": false })).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn wrong_answers_are_told_before_the_password_and_after_three_all_are_refused_here_and_at_the_reset() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    for (given, refusal) in [
        (wrong_answers(), (403, 1093)),
        (json!({ "pet": "Sir Barks" }), (403, 1094)),
        (json!({ "shoe": "42" }), (403, 1091)),
        (wrong_answers(), (403, 1093)),
        (right(), (403, 1198)),
    ] {
        let reply = sign_in(&t, &user.email, GOOD_PASSWORD, &json!({ "securityanswer": given })).send().await;
        assert_eq!(reply.refusal(), refusal, "{given}");
    }
    let call = crate::credentials::security_questions::reset(&t, &user.email, &right(), OTHER_PASSWORD);
    assert_eq!(call.send().await.refusal(), (403, 1198));
    t.clock.advance(Span::minutes(15));
    t.login(&user).await;
}

#[tokio::test]
async fn answers_that_no_lock_asks_for_are_not_looked_at() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    for _ in 0..5 {
        sign_in(&t, &user.email, GOOD_PASSWORD, &json!({ "securityanswer": wrong_answers() })).send().await.ok();
    }
    crate::credentials::security_questions::reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn who_has_answered_nothing_or_does_not_exist_is_asked_alike_and_time_opens_both() {
    let t = locking("SecurityQuestion").await;
    let silent = t.user().await;
    let known = answering(&t).await;
    let emails = [known.email.as_str(), &silent.email, "nobody@example.com"];
    for email in emails {
        lock(&t, email).await;
    }
    let all = json!({ "pet": "x", "street": "x", "teacher": "x", "dish": "x" });
    for given in [json!({}), json!({ "securityanswer": all }), json!({ "securityanswer": {} })] {
        let mut seen = Vec::new();
        for email in emails {
            let reply = sign_in(&t, email, OTHER_PASSWORD, &given).send().await;
            seen.push((reply.status, reply.text));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{given}: {seen:?}");
    }
    t.clock.advance(Span::minutes(15));
    for email in emails {
        assert_eq!(sign_in(&t, email, OTHER_PASSWORD, &json!({})).send().await.refusal(), (401, 966));
    }
    t.login(&silent).await;
}

#[tokio::test]
async fn no_captcha_is_right_while_there_is_nobody_to_ask() {
    let t = locking("Captcha").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    for name in ["g-recaptcha-response", "g_recaptcha_response", "h-captcha-response", "qq_captcha_ticket"] {
        let in_body = sign_in(&t, &user.email, GOOD_PASSWORD, &json!({ name: "token" })).send().await;
        assert_eq!(in_body.refusal(), (403, 982), "{name}");
        let in_query = sign_in(&t, &user.email, GOOD_PASSWORD, &json!({})).query(name, "token").send().await;
        assert_eq!(in_query.refusal(), (403, 982), "{name}");
    }
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.refusal(), (403, 1132));
    assert_eq!(sign_in(&t, "nobody@example.com", GOOD_PASSWORD, &json!({})).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_reset_and_the_back_end_lift_every_lock_but_a_block() {
    for kind in ["Suspend", "Captcha", "SecurityQuestion"] {
        let t = locking(kind).await;
        let user = answering(&t).await;
        lock(&t, &user.email).await;
        t.update_call(&user, &json!({ "IsLoginLocked": false })).send().await.ok();
        t.login(&user).await;
        lock(&t, &user.email).await;
        let code = t.reset_code(&user).await;
        t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
        assert_eq!(lock_of(&t, &user).await, (json!(false), json!("None")));
        t.login_call(&user, OTHER_PASSWORD).send().await.ok();
        t.run_jobs().await;
    }
}

#[tokio::test]
async fn guesses_at_the_way_back_suspend_it_whatever_the_kind() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    t.post("/identity/v2/auth/password").key().json(&json!({ "email": user.email })).send().await.ok();
    let code = t.code_for(&user.email).await;
    let guess = |otp: &str| {
        let body = json!({ "email": user.email, "otp": otp, "password": OTHER_PASSWORD, "securityanswer": right() });
        t.put("/identity/v2/auth/password/reset").key().json(&body).send()
    };
    for _ in 0..3 {
        guess(&wrong(&code)).await.refusal();
    }
    assert_eq!(guess(&code).await.refusal(), (403, 1198));
    t.login(&user).await;
}

#[tokio::test]
async fn a_code_for_a_phone_meets_the_lock_and_passes_it_with_the_right_answers() {
    let t = locking("SecurityQuestion").await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false, "SecurityQuestionAnswer": right() })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    lock(&t, &user.email).await;
    let verify = |more: Value| {
        let mut body = json!({ "phone": user.phone });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        t.put("/identity/v2/auth/phone/otp").key().query("otp", &code).json(&body).send()
    };
    assert_eq!(verify(json!({})).await.refusal(), (403, 1148));
    assert_eq!(verify(json!({ "SecurityAnswer": wrong_answers() })).await.refusal(), (403, 1093));
    verify(json!({ "SecurityAnswer": right() })).await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn a_code_for_an_address_meets_the_lock_and_passes_it_with_the_right_answers() {
    let t = locking("SecurityQuestion").await;
    t.set("OTPEmailVerification", "true").await;
    let email = "ravi@example.com";
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": email }], "Password": GOOD_PASSWORD, "SecurityQuestionAnswer": right()
    });
    t.register(&body).await.ok();
    let code = t.code_for(email).await;
    lock(&t, email).await;
    let verify = |more: Value| {
        let mut body = json!({ "email": email, "otp": code });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        t.put("/identity/v2/auth/email").key().json(&body).send()
    };
    assert_eq!(verify(json!({})).await.refusal(), (403, 1148));
    verify(answers()).await.ok();
    sign_in(&t, email, GOOD_PASSWORD, &json!({})).send().await.ok();
}

#[tokio::test]
async fn a_wrong_old_password_meets_the_lock_and_passes_it_with_the_right_answers() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    let change = |old: &str, more: Value| {
        let mut body = json!({ "oldpassword": old, "newpassword": OTHER_PASSWORD });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body).send()
    };
    for _ in 0..3 {
        assert_eq!(change("not the one it is", json!({})).await.refusal(), (401, 967));
    }
    assert_eq!(change(GOOD_PASSWORD, json!({})).await.refusal(), (403, 1148));
    assert_eq!(change("not the one it is", answers()).await.refusal(), (401, 967));
    change(GOOD_PASSWORD, answers()).await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_owner_unlocks_by_the_right_answers() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    assert_eq!(unlock(&t, &tokens, &answers()).send().await.refusal(), (403, 1221));
    lock(&t, &user.email).await;
    assert_eq!(unlock(&t, &tokens, &json!({})).send().await.refusal(), (403, 1148));
    let wrong_ones = json!({ "securityanswer": wrong_answers() });
    assert_eq!(unlock(&t, &tokens, &wrong_ones).send().await.refusal(), (403, 1093));
    assert_eq!(lock_of(&t, &user).await.0, true);
    assert_eq!(unlock(&t, &tokens, &answers()).send().await.ok(), &json!({ "IsPosted": true }));
    assert_eq!(lock_of(&t, &user).await, (json!(false), json!("None")));
    t.login(&user).await;
    assert_eq!(unlock(&t, &tokens, &answers()).send().await.refusal(), (403, 1221));
}

#[tokio::test]
async fn the_owner_cannot_unlock_what_their_answer_does_not_lift() {
    for (kind, brought, refusal) in [
        ("Suspend", answers(), (403, 1198)),
        ("Captcha", answers(), (403, 1132)),
        ("Captcha", json!({ "g-recaptcha-response": "token" }), (403, 982)),
    ] {
        let t = locking(kind).await;
        let user = answering(&t).await;
        let tokens = t.login(&user).await;
        lock(&t, &user.email).await;
        assert_eq!(unlock(&t, &tokens, &brought).send().await.refusal(), refusal, "{kind}");
        assert_eq!(lock_of(&t, &user).await.0, true);
    }
}

#[tokio::test]
async fn three_wrong_answers_close_the_unlocking_too() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    lock(&t, &user.email).await;
    let wrong_ones = json!({ "securityanswer": wrong_answers() });
    for _ in 0..3 {
        assert_eq!(unlock(&t, &tokens, &wrong_ones).send().await.refusal(), (403, 1093));
    }
    assert_eq!(unlock(&t, &tokens, &answers()).send().await.refusal(), (403, 1198));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_the_answers_of_a_locked_account_three_are_judged() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    let given = json!({ "securityanswer": wrong_answers() });
    let replies = race((0..50).map(|_| sign_in(&t, &user.email, GOOD_PASSWORD, &given))).await;
    let told = |refusal| replies.iter().filter(|reply| reply.refusal() == refusal).count();
    assert_eq!((told((403, 1093)), told((403, 1198))), (3, 47));
    assert_eq!(sign_in(&t, &user.email, GOOD_PASSWORD, &answers()).send().await.refusal(), (403, 1198));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_passwords_with_the_right_answers_the_right_one_signs_in() {
    let t = locking("SecurityQuestion").await;
    let user = answering(&t).await;
    lock(&t, &user.email).await;
    let password = |number| if number == 25 { GOOD_PASSWORD } else { OTHER_PASSWORD };
    let replies = race((0..50).map(|number| sign_in(&t, &user.email, password(number), &answers()))).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (401, 966)));
}
