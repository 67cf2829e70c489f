//! Security questions tell nothing of who is known.

use super::crowd::Crowd;
use super::login;
use crate::support::{OTHER_PASSWORD, Test, User};
use serde_json::json;

/// Security questions, of which two are asked.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "SecurityQuestions.Questions",
        r#"[{ "QuestionId": "pet", "Question": "Which pet?" }, { "QuestionId": "street", "Question": "Which street?" }]"#,
    ),
    ("SecurityQuestions.SecurityQuestionCount", "2"),
    ("IsSecurityQuestion", "true"),
];

/// Nobody in the crowd has answered any, but the first.
async fn crowd_with_answers(more: &[(&str, &str)]) -> Crowd {
    let crowd = Crowd::new(&[&QUESTIONS, more].concat()).await;
    let answers = json!({ "SecurityQuestionAnswer": { "pet": "Sir Barks", "street": "Kastanienallee" } });
    crowd.t.update_call(&crowd.people[0].1, &answers).send().await.ok();
    crowd
}

#[tokio::test]
async fn asking_for_security_questions_tells_nothing() {
    let crowd = crowd_with_answers(&[]).await;
    let ask =
        |t: &Test, user: &User| t.get("/identity/v2/auth/securityquestion/email").key().query("email", &user.email);
    crowd.is_the_same_for_all(ask, 2).await;
}

#[tokio::test]
async fn wrong_answers_at_a_reset_tell_nothing_until_and_through_the_lock() {
    let crowd = crowd_with_answers(&[]).await;
    for answers in [json!({ "pet": "Rex" }), json!({ "pet": "Rex", "street": "x" })] {
        let reset = |t: &Test, user: &User| {
            let body = json!({ "email": user.email, "securityanswer": answers, "password": OTHER_PASSWORD });
            t.put("/identity/v2/auth/password/securityanswer").key().json(&body)
        };
        crowd.is_the_same_for_all(reset, 2).await;
    }
}

#[tokio::test]
async fn a_lock_that_asks_for_answers_tells_nothing() {
    let lock = [
        ("LoginLockedConfiguration.LoginLockedType", "SecurityQuestion"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2"),
    ];
    let crowd = crowd_with_answers(&lock).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 3).await;
    let answers = json!({ "pet": "Rex", "street": "x" });
    let with_answers = |t: &Test, user: &User| {
        let body = json!({ "email": user.email, "password": OTHER_PASSWORD, "securityanswer": answers });
        t.post("/identity/v2/auth/login").key().json(&body)
    };
    crowd.is_the_same_for_all(with_answers, 4).await;
}
