//! A password reset by answers.

use crate::credentials::security_questions::{answering, reset, right, with_questions, wrong};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens, User, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

const THIRD_PASSWORD: &str = "cobalt lantern 33 ferries";
const CALLERS: usize = 50;

/// So many wrong answers; the last reply's refusal.
async fn fail(t: &Test, email: &str, times: usize) -> (u16, u64) {
    let mut last = (0, 0);
    for _ in 0..times {
        last = reset(t, email, &wrong(), OTHER_PASSWORD).send().await.refusal();
    }
    last
}

async fn is_closed(t: &Test, user: &User) -> bool {
    let reply = reset(t, &user.email, &right(), THIRD_PASSWORD).send().await;
    reply.status != 200 && reply.refusal() == (403, 1198)
}

#[tokio::test]
async fn right_answers_in_any_spelling_reset_the_password_with_all_that_follows() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let old = t.login(&user).await;
    let answers = json!({ "STREET": " kastanienALLEE ", "pet": "sir   barks" });
    let reply = reset(&t, &user.email, &answers, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert_eq!(reply.json["Data"]["Profile"]["Uid"], user.uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(t.profile_call(&old).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&old).send().await.refusal(), (403, 1217));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
    let outbox = t.outbox();
    let mut told: Vec<_> = outbox.iter().map(|message| (message.template.as_str(), &message.to)).collect();
    told.sort_unstable();
    assert_eq!(told, [("password-changed", &user.phone), ("password-changed", &user.email)]);
}

#[tokio::test]
async fn phone_and_user_name_name_an_account_too_and_answers_may_be_a_list() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let list =
        json!([{ "QuestionId": "pet", "Answer": "Sir Barks" }, { "QuestionId": "street", "Answer": "Kastanienallee" }]);
    for (name, value, password) in
        [("phone", &user.phone, OTHER_PASSWORD), ("username", &user.user_name, THIRD_PASSWORD)]
    {
        let body = json!({ name: value, "SecurityAnswer": list, "password": password });
        t.put("/identity/v2/auth/password/securityanswer").key().json(&body).send().await.ok();
        t.login_call(&user, password).send().await.ok();
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn every_answer_that_is_asked_must_be_there_and_right() {
    let t = with_questions().await;
    t.set("SecurityQuestions.wrongTries", "10").await;
    let user = answering(&t).await;
    for (answers, refusal) in [
        (wrong(), (403, 1093)),
        (json!({ "pet": "", "street": "Kastanienallee" }), (403, 1093)),
        (json!({ "pet": "Sir Barks" }), (403, 1094)),
        (json!({ "teacher": "Sir Barks", "dish": "Kastanienallee" }), (403, 1094)),
        (json!({ "pet": "Sir Barks", "street": "Kastanienallee", "shoe": "42" }), (403, 1091)),
    ] {
        assert_eq!(reset(&t, &user.email, &answers, OTHER_PASSWORD).send().await.refusal(), refusal, "{answers}");
    }
    t.login(&user).await;
    reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_told_first_and_counts_nothing() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let call = |body: Value| t.put("/identity/v2/auth/password/securityanswer").key().json(&body).send();
    for _ in 0..4 {
        assert_eq!(call(json!({ "email": user.email, "securityanswer": wrong() })).await.refusal(), (400, 908));
        assert_eq!(call(json!({ "email": user.email, "password": OTHER_PASSWORD })).await.refusal(), (400, 908));
        let nobody = json!({ "securityanswer": right(), "password": OTHER_PASSWORD });
        assert_eq!(call(nobody).await.refusal(), (400, 908));
        assert_eq!(reset(&t, &user.email, &wrong(), "Password1").send().await.refusal(), (403, 1216));
        assert_eq!(reset(&t, &user.email, &wrong(), "short").send().await.refusal(), (403, 1134));
    }
    reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.set("IsSecurityQuestion", "false").await;
    assert_eq!(reset(&t, &user.email, &right(), THIRD_PASSWORD).send().await.refusal(), (403, 1095));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_password_that_was_used_before_or_holds_the_name_is_refused_and_changes_nothing() {
    let t = with_questions().await;
    let user = answering(&t).await;
    assert_eq!(reset(&t, &user.email, &right(), GOOD_PASSWORD).send().await.refusal(), (403, 1134));
    let named = format!("{} and more", user.user_name);
    assert_eq!(reset(&t, &user.email, &right(), &named).send().await.refusal(), (403, 1216));
    t.login(&user).await;
}

#[tokio::test]
async fn after_three_wrong_tries_the_right_answers_are_refused_for_a_month() {
    let t = with_questions().await;
    let user = answering(&t).await;
    assert_eq!(fail(&t, &user.email, 3).await, (403, 1093));
    let reply = reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await;
    assert_eq!(reply.refusal(), (403, 1198));
    assert_eq!(reply.json["Data"]["LoginLockedTimeout"], "2026-02-14T12:00:00Z");
    t.login(&user).await;
    t.clock.advance(Span::days(30));
    reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_sign_in_does_not_forget_wrong_answers() {
    let t = with_questions().await;
    let user = answering(&t).await;
    for _ in 0..3 {
        fail(&t, &user.email, 1).await;
        t.login(&user).await;
    }
    assert!(is_closed(&t, &user).await);
}

#[tokio::test]
async fn new_answers_and_the_back_end_open_the_way_again_and_another_reset_does_not() {
    let t = with_questions().await;
    let user = answering(&t).await;
    fail(&t, &user.email, 3).await;
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert!(is_closed(&t, &user).await, "else a mailbox or a phone would buy three more guesses each time");
    t.update_call(&user, &json!({ "FirstName": "Ravi" })).send().await.ok();
    assert!(is_closed(&t, &user).await);
    t.update_call(&user, &json!({ "IsLoginLocked": false })).send().await.ok();
    assert_eq!(fail(&t, &user.email, 3).await, (403, 1093));
    t.update_call(&user, &json!({ "SecurityQuestionAnswer": right() })).send().await.ok();
    assert_eq!(fail(&t, &user.email, 1).await, (403, 1093));
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_answers_close_neither_the_sign_in_nor_the_other_ways_back() {
    let t = with_questions().await;
    let user = answering(&t).await;
    fail(&t, &user.email, 5).await;
    let tokens = t.login(&user).await;
    assert_eq!(t.profile_call(&tokens).send().await.ok()["IsLoginLocked"], false);
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn failed_sign_ins_do_not_close_the_reset_and_it_lifts_their_lock() {
    let t = with_questions().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = answering(&t).await;
    for _ in 0..4 {
        t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    }
    let reply = reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["Data"]["Profile"]["IsLoginLocked"], false);
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_blocked_account_is_told_only_to_whom_the_answers_are_known_and_stays_blocked() {
    let t = with_questions().await;
    let user = t.user_with(&json!({ "IsActive": false, "SecurityQuestionAnswer": right() })).await;
    assert_eq!(fail(&t, &user.email, 1).await, (403, 1093));
    assert_eq!(reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.refusal(), (403, 991));
}

#[tokio::test]
async fn an_address_that_is_not_proved_keeps_its_owner_from_signing_in_but_not_from_a_new_password() {
    let t = with_questions().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = t.user_with(&json!({ "EmailVerified": false, "SecurityQuestionAnswer": right() })).await;
    let reply = reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (403, 970));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_tenant_may_sign_nobody_in_after_a_reset() {
    let t = with_questions().await;
    t.set("LoginOnPasswordReset", "false").await;
    let user = answering(&t).await;
    let reply = reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
}

#[tokio::test]
async fn answers_are_of_no_use_at_another_tenant() {
    let t = with_questions().await;
    let other = t.tenant("other").await;
    let user = answering(&t).await;
    let body = json!({ "email": user.email, "securityanswer": right(), "password": OTHER_PASSWORD });
    let call = t.put("/identity/v2/auth/password/securityanswer").query("apikey", &other.api_key).json(&body);
    assert_eq!(call.send().await.refusal(), (403, 1095));
    t.login(&user).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_with_the_right_answers_one_chooses_the_password() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let passwords: Vec<_> = (0..CALLERS).map(|number| format!("{OTHER_PASSWORD} {number}")).collect();
    let replies = race(passwords.iter().map(|password| reset(&t, &user.email, &right(), password))).await;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 1093)));
    t.profile_call(&Tokens::of(won[0])).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_three_are_told_that_they_are_wrong_and_the_way_is_closed() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let replies = race((0..CALLERS).map(|number| {
        let answers = if number == CALLERS - 1 { right() } else { wrong() };
        reset(&t, &user.email, &answers, OTHER_PASSWORD)
    }))
    .await;
    let told = |refusal| replies.iter().filter(|reply| reply.status != 200 && reply.refusal() == refusal).count();
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(won <= 1);
    // A reset among them forgets those before it, once.
    assert!((3..=3 * (won + 1)).contains(&told((403, 1093))), "{}", told((403, 1093)));
    assert_eq!(told((403, 1093)) + told((403, 1198)) + won, CALLERS);
    assert!(won == 1 || is_closed(&t, &user).await);
    t.run_jobs().await;
}
