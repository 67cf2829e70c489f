//! Security questions: answered, asked, and a password reset by them.

mod answers;

use crate::support::{Call, Test, User};
use serde_json::{Value, json};

/// Four questions, of which two are answered and asked.
pub(crate) async fn with_questions() -> Test {
    let t = Test::new().await;
    let questions = json!([
        { "QuestionId": "pet", "Question": "What was your first pet called?" },
        { "QuestionId": "street", "Question": "In which street did you grow up?" },
        { "QuestionId": "teacher", "Question": "Who was your favourite teacher?" },
        { "QuestionId": "dish", "Question": "Which dish do you never eat?" }
    ]);
    t.set("SecurityQuestions.Questions", &questions.to_string()).await;
    t.set("SecurityQuestions.SecurityQuestionCount", "2").await;
    t.set("IsSecurityQuestion", "true").await;
    t
}

/// What [`answering`] has answered.
pub(crate) fn right() -> Value {
    json!({ "street": "Kastanienallee", "pet": "Sir Barks" })
}

/// The same with one of them wrong.
pub(crate) fn wrong() -> Value {
    json!({ "street": "Kastanienallee", "pet": "Rex" })
}

/// A person who has answered two questions.
pub(crate) async fn answering(t: &Test) -> User {
    t.user_with(&json!({ "SecurityQuestionAnswer": right() })).await
}

/// Asks what the owner of this identifier will be asked.
pub(crate) fn ask(t: &Test, name: &str, value: &str) -> Call {
    t.get(&format!("/identity/v2/auth/securityquestion/{name}")).key().query(name, value)
}

/// The ids of the questions in an answer.
#[track_caller]
pub(crate) fn ids(questions: &Value) -> Vec<&str> {
    questions.as_array().unwrap().iter().map(|question| question["QuestionId"].as_str().unwrap()).collect()
}

/// Resets the password of the owner of an address.
pub(crate) fn reset(t: &Test, email: &str, answers: &Value, password: &str) -> Call {
    let body = json!({ "email": email, "securityanswer": answers, "password": password });
    t.put("/identity/v2/auth/password/securityanswer").key().json(&body)
}
