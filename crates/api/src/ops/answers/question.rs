//! Security questions as they are asked.

use doorward_model::security_question::SecurityQuestion;
use schemars::JsonSchema;
use serde::Serialize;

/// A security question.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Question {
    /// Names it; answers are sent under it.
    question_id: String,
    /// The question as people read it.
    question: String,
}

impl Question {
    pub(crate) fn all(questions: Vec<SecurityQuestion>) -> Vec<Question> {
        let question = |asked: SecurityQuestion| Question { question_id: asked.id, question: asked.text };
        questions.into_iter().map(question).collect()
    }
}
