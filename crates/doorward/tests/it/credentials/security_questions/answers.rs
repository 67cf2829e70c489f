//! Answers given, kept and asked for.

use super::{answering, ask, ids, reset, right, with_questions, wrong};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens};
use doorward_model::time::Span;
use serde_json::{Value, json};

const OTHERS: [(&str, &str); 2] = [("teacher", "Ms Moss"), ("dish", "Aspic")];

fn others() -> Value {
    json!({ "teacher": OTHERS[0].1, "dish": OTHERS[1].1 })
}

async fn own_questions(t: &Test, tokens: &Tokens) -> Value {
    let call = t.get("/identity/v2/auth/securityquestion/accesstoken").key().token(&tokens.access);
    call.send().await.ok().clone()
}

fn update_own(t: &Test, tokens: &Tokens, body: &Value) -> crate::support::Call {
    t.put("/identity/v2/auth/account").key().token(&tokens.access).json(body)
}

#[tokio::test]
async fn answers_of_a_registration_are_asked_for_by_every_identifier() {
    let t = with_questions().await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": "ravi@example.com" }], "UserName": "ravi", "PhoneId": "+919812345678",
        "Password": GOOD_PASSWORD, "SecurityQuestionAnswer": right()
    });
    t.register(&body).await.ok();
    t.run_jobs().await;
    for (name, value) in [("email", "ravi@example.com"), ("username", "RAVI"), ("phone", "+91 98123 45678")] {
        let reply = ask(&t, name, value).send().await;
        assert_eq!(ids(reply.ok()), ["pet", "street"], "{name}");
        assert_eq!(reply.json[0], json!({ "QuestionId": "pet", "Question": "What was your first pet called?" }));
    }
}

#[tokio::test]
async fn answers_are_kept_as_sealed_hashes_and_shown_by_nothing() {
    let t = with_questions().await;
    let user = answering(&t).await;
    assert!(!user.profile.to_string().contains("Kastanienallee"));
    let uid = doorward_model::id::Uid::new(&user.uid);
    let tenant = t.acme.id.clone();
    let kept = t.app.read(move |tx| Ok(doorward_store::security_answers::of(tx, &tenant, &uid)?)).await.unwrap();
    assert_eq!(kept.len(), 2);
    for answer in kept {
        let text = String::from_utf8_lossy(&answer.sealed).to_lowercase();
        assert!(!text.contains("argon2") && !text.contains("kastanienallee"), "{text}");
    }
}

#[tokio::test]
async fn the_tenants_questions_are_part_of_its_public_settings() {
    let t = with_questions().await;
    let reply = t.get("/ciam/appinfo").key().send().await;
    let told = reply.ok();
    assert_eq!(told["IsSecurityQuestion"], true);
    assert_eq!(told["SecurityQuestions"]["SecurityQuestionCount"], 2);
    assert_eq!(ids(&told["SecurityQuestions"]["Questions"]), ["pet", "street", "teacher", "dish"]);
}

#[tokio::test]
async fn answers_that_cannot_be_asked_for_are_refused_and_nobody_registers_with_them() {
    let t = with_questions().await;
    let body =
        |answers: Value| json!({ "UserName": "ravi", "Password": GOOD_PASSWORD, "SecurityQuestionAnswer": answers });
    for (answers, refusal) in [
        (json!({ "pet": "Rex" }), (403, 1134)),
        (json!({ "pet": "Rex", "street": " " }), (403, 1134)),
        (json!({ "pet": "Rex", "shoe": "42" }), (403, 1091)),
        (json!("Rex"), (400, 1090)),
        (json!({ "pet": 7, "street": "x" }), (400, 1090)),
    ] {
        assert_eq!(t.register(&body(answers.clone())).await.refusal(), refusal, "{answers}");
    }
    t.set("IsSecurityQuestion", "false").await;
    assert_eq!(t.register(&body(right())).await.refusal(), (403, 1095));
    t.register(&body(json!({}))).await.ok();
}

#[tokio::test]
async fn an_identifier_that_nobody_has_is_asked_the_same_questions_each_time() {
    let t = with_questions().await;
    let silent = t.user().await;
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..20 {
        let email = format!("nobody{number}@example.com");
        let first = ask(&t, "email", &email).send().await.ok().clone();
        assert_eq!(ids(&first).len(), 2);
        assert_eq!(ask(&t, "email", &email.to_uppercase()).send().await.ok(), &first);
        seen.insert(first.to_string());
    }
    assert!(seen.len() > 1, "not everybody is asked the same");
    let first = ask(&t, "email", &silent.email).send().await.ok().clone();
    assert_eq!(ids(&first).len(), 2, "an account without answers is nobody");
    assert_eq!(ask(&t, "email", &silent.email).send().await.ok(), &first);
}

#[tokio::test]
async fn a_question_that_is_missing_is_made_up_for_and_its_answer_does_not_matter() {
    let t = with_questions().await;
    let user = answering(&t).await;
    t.set("SecurityQuestions.SecurityQuestionCount", "3").await;
    let asked = ask(&t, "email", &user.email).send().await.ok().clone();
    assert_eq!(ids(&asked).len(), 3);
    let tokens = t.login(&user).await;
    assert_eq!(ids(&own_questions(&t, &tokens).await), ["pet", "street"]);
    assert_eq!(reset(&t, &user.email, &wrong(), OTHER_PASSWORD).send().await.refusal(), (403, 1094));
    reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_question_that_the_tenant_drops_is_asked_no_more() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let fewer = json!([
        { "QuestionId": "street", "Question": "In which street did you grow up?" },
        { "QuestionId": "dish", "Question": "Which dish do you never eat?" }
    ]);
    t.set("SecurityQuestions.Questions", &fewer.to_string()).await;
    assert_eq!(ids(ask(&t, "email", &user.email).send().await.ok()), ["street", "dish"]);
    reset(&t, &user.email, &json!({ "street": "kastanienallee" }), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn who_may_be_asked_follows_the_ways_to_sign_in() {
    let t = with_questions().await;
    let email = |t: &Test| ask(t, "email", "ravi@example.com").send();
    assert_eq!(ask(&t, "email", "no address").send().await.refusal(), (400, 1038));
    assert_eq!(ask(&t, "phone", "").send().await.refusal(), (400, 908));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(ask(&t, "phone", "+919812345678").send().await.refusal(), (403, 1074));
    t.set("IsEmailLogin", "false").await;
    assert_eq!(email(&t).await.refusal(), (403, 1184));
    t.set("IsUserNameLogin", "false").await;
    assert_eq!(ask(&t, "username", "ravi").send().await.refusal(), (403, 1220));
    t.set("IsEmailLogin", "true").await;
    email(&t).await.ok();
    t.set("IsSecurityQuestion", "false").await;
    assert_eq!(email(&t).await.refusal(), (403, 1095));
    let tokens = t.login(&t.user().await).await;
    let own = t.get("/identity/v2/auth/securityquestion/accesstoken").key().token(&tokens.access);
    assert_eq!(own.send().await.refusal(), (403, 1095));
}

#[tokio::test]
async fn own_answers_take_the_place_of_those_before_and_the_owner_is_told() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    update_own(&t, &tokens, &json!({ "SecurityQuestionAnswer": others() })).send().await.ok();
    assert_eq!(ids(&own_questions(&t, &tokens).await), ["teacher", "dish"]);
    t.run_jobs().await;
    let told: Vec<_> = t.outbox().into_iter().map(|message| message.template).collect();
    assert_eq!(told, ["sign-in-changed", "sign-in-changed"]);
    assert_eq!(reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.refusal(), (403, 1094));
    reset(&t, &user.email, &others(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_change_of_something_else_keeps_the_answers() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    t.clock.advance(Span::minutes(11));
    for answers in [json!(null), json!({})] {
        let body = json!({ "FirstName": "Ravi", "SecurityQuestionAnswer": answers });
        update_own(&t, &tokens, &body).send().await.ok();
        t.update_call(&user, &body).send().await.ok();
    }
    assert_eq!(ids(&own_questions(&t, &tokens).await), ["pet", "street"]);
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn own_answers_need_a_recent_sign_in() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    t.clock.advance(Span::minutes(11));
    let body = json!({ "FirstName": "Ravi", "SecurityQuestionAnswer": others() });
    assert_eq!(update_own(&t, &tokens, &body).send().await.refusal(), (403, 90006));
    let erase = update_own(&t, &tokens, &json!({ "SecurityQuestionAnswer": null })).query("nullsupport", "true");
    assert_eq!(erase.send().await.refusal(), (403, 90006));
    assert_eq!(ids(&own_questions(&t, &tokens).await), ["pet", "street"]);
    let profile = t.profile_call(&tokens).send().await;
    assert_eq!(profile.ok()["FirstName"], "Asha");
}

#[tokio::test]
async fn the_back_end_replaces_and_erases_answers() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    t.update_call(&user, &json!({ "SecurityQuestionAnswer": others() })).send().await.ok();
    assert_eq!(ids(&own_questions(&t, &tokens).await), ["teacher", "dish"]);
    let few = json!({ "SecurityQuestionAnswer": { "pet": "Rex" } });
    assert_eq!(t.update_call(&user, &few).send().await.refusal(), (403, 1134));
    let erase = t.update_call(&user, &json!({ "SecurityQuestionAnswer": null })).query("nullsupport", "true");
    erase.send().await.ok();
    assert_eq!(own_questions(&t, &tokens).await, json!([]));
    assert_eq!(reset(&t, &user.email, &others(), OTHER_PASSWORD).send().await.status, 403);
}

#[tokio::test]
async fn answers_go_with_an_account_to_its_new_uid_and_die_with_it() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let renamed = json!({ "NewUid": "moved-person" });
    let call = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid).json(&renamed);
    call.send().await.ok();
    reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
    t.delete("/identity/v2/manage/account/moved-person").back_end().send().await.ok();
    let email = json!([{ "Type": "Primary", "Value": user.email }]);
    t.user_with(&json!({ "Uid": "moved-person", "Email": email })).await;
    assert_eq!(reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.status, 403);
}

#[tokio::test]
async fn who_proves_the_mailbox_of_a_strangers_registration_is_rid_of_the_strangers_answers() {
    let t = with_questions().await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": "ravi@example.com" }],
        "Password": GOOD_PASSWORD, "SecurityQuestionAnswer": right()
    });
    t.register(&body).await.ok();
    t.post("/identity/v2/auth/password").key().json(&json!({ "email": "ravi@example.com" })).send().await.ok();
    let code = t.code_for("ravi@example.com").await;
    let body = json!({ "email": "ravi@example.com", "otp": code, "password": OTHER_PASSWORD });
    t.put("/identity/v2/auth/password/reset").key().json(&body).send().await.ok();
    assert_eq!(reset(&t, "ravi@example.com", &right(), "cobalt lantern 33 ferries").send().await.status, 403);
    t.run_jobs().await;
}
