//! Security questions: those a tenant asks, and what people answer.

use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Longer answers are nobody's to remember.
const LONGEST_ANSWER: usize = 256;
const LONGEST_ID: usize = 64;
const LONGEST_QUESTION: usize = 200;
const MOST_QUESTIONS: usize = 50;
/// Each question asked costs a hash.
const MOST_ASKED: i64 = 5;

/// The questions of a tenant and how they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityQuestions {
    /// The questions to choose from, up to 50.
    #[serde(rename = "Questions")]
    pub list: Vec<SecurityQuestion>,
    /// How many of them a person answers, and is asked, 1 to 5.
    #[serde(rename = "SecurityQuestionCount")]
    pub count: i64,
    /// Wrong tries after which answers of an account are not listened to any more, 1 to 10.
    #[serde(rename = "wrongTries")]
    pub tries: i64,
}

impl Default for SecurityQuestions {
    fn default() -> SecurityQuestions {
        SecurityQuestions { list: Vec::new(), count: 1, tries: 3 }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityQuestion {
    /// Names it for good: answers are kept under it.
    #[serde(rename = "QuestionId")]
    pub id: String,
    /// The question as people read it.
    #[serde(rename = "Question")]
    pub text: String,
}

impl SecurityQuestions {
    /// The question of this id, in whatever case.
    pub fn find(&self, id: &str) -> Option<&SecurityQuestion> {
        self.list.iter().find(|question| question.id.eq_ignore_ascii_case(id))
    }

    /// How many questions are asked.
    pub fn asked(&self) -> usize {
        usize::try_from(self.count).unwrap_or(0)
    }

    /// What is wrong with the list, for the administrator who wrote it.
    pub(crate) fn unfit(&self) -> Option<String> {
        if !(1..=MOST_ASKED).contains(&self.count) {
            return Some(format!(
                "SecurityQuestions.SecurityQuestionCount must be between 1 and {MOST_ASKED}, it is {}",
                self.count
            ));
        }
        if !(1..=10).contains(&self.tries) {
            return Some(format!("SecurityQuestions.wrongTries must be between 1 and 10, it is {}", self.tries));
        }
        if self.list.len() > MOST_QUESTIONS {
            return Some(format!("SecurityQuestions.Questions: at most {MOST_QUESTIONS}"));
        }
        let mut ids = HashSet::new();
        let unfit = self.list.iter().find(|question| {
            let is_id =
                (1..=LONGEST_ID).contains(&question.id.len()) && question.id.bytes().all(|b| b.is_ascii_graphic());
            let is_text = (1..=LONGEST_QUESTION).contains(&question.text.trim().chars().count());
            !is_id || !is_text || !ids.insert(question.id.to_ascii_lowercase())
        });
        unfit.map(|question| {
            format!(
                "SecurityQuestions.Questions: `{}` needs a QuestionId of its own, 1 to {LONGEST_ID} visible ASCII \
                 characters, and a Question of up to {LONGEST_QUESTION}",
                question.id
            )
        })
    }
}

/// Answers as somebody sent them, each to a question named by its id.
#[derive(Debug, Clone)]
pub struct Answers(Vec<(String, Secret)>);

impl Answers {
    /// Reads them as an object of ids and answers, or as a list of `QuestionId` and `Answer`; 1090 for anything else, or
    /// when one question is answered twice. Null and nothing at all are none.
    pub fn read(value: &Value) -> Result<Option<Answers>, Refusal> {
        let mut answers = Vec::new();
        match value {
            Value::Null => {}
            Value::Object(object) => {
                for (id, answer) in object {
                    answers.push((id.trim().to_owned(), text(answer)?));
                }
            }
            Value::Array(list) => {
                for entry in list {
                    let member = |name: &str| {
                        let entry = entry.as_object()?;
                        entry.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
                    };
                    let id = member("QuestionId").and_then(Value::as_str).ok_or(Reason::PayloadInvalid)?;
                    answers.push((id.trim().to_owned(), text(member("Answer").unwrap_or(&Value::Null))?));
                }
            }
            _ => return Err(Reason::PayloadInvalid.into()),
        }
        let mut ids = HashSet::new();
        if answers.len() > MOST_QUESTIONS || !answers.iter().all(|(id, _)| ids.insert(id.to_ascii_lowercase())) {
            return Err(Reason::PayloadInvalid.into());
        }
        Ok(Some(Answers(answers)).filter(|answers| !answers.0.is_empty()))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// 1091 when one of them is to a question that the tenant does not ask.
    pub fn check_questions(&self, questions: &SecurityQuestions) -> Result<(), Reason> {
        let is_known = self.0.iter().all(|(id, _)| questions.find(id).is_some());
        is_known.then_some(()).ok_or(Reason::SecurityQuestionInvalid)
    }

    /// 1091, or 1134 when they are too few to be asked for later, or one of them is empty or too long to be kept.
    pub fn check_new(&self, questions: &SecurityQuestions) -> Result<(), Refusal> {
        self.check_questions(questions)?;
        let refused = |message: String| Err(Refusal::invalid("SecurityQuestionAnswer", message));
        if self.0.len() < questions.asked() {
            return refused(format!("Answer at least {} questions.", questions.count));
        }
        let fits = |answer: &Secret| (1..=LONGEST_ANSWER).contains(&answer.expose().chars().count());
        if !self.iter().all(|(_, answer)| fits(&answer)) {
            return refused(format!("An answer has 1 to {LONGEST_ANSWER} characters."));
        }
        Ok(())
    }

    /// The answer to this question in the form that is hashed.
    pub fn to(&self, id: &str) -> Option<Secret> {
        self.iter().find(|(answered, _)| answered.eq_ignore_ascii_case(id)).map(|(_, answer)| answer)
    }

    /// All of them in the form that is hashed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Secret)> {
        self.0.iter().map(|(id, answer)| (id.as_str(), normalised(answer)))
    }
}

/// One form for all spellings of an answer: people remember words, not capitals and spaces.
fn normalised(answer: &Secret) -> Secret {
    let lower = Secret::new(answer.expose().nfkc().collect::<String>().to_lowercase());
    let words = Secret::new(lower.expose().split_whitespace().collect::<Vec<_>>().join(" "));
    Secret::new(words.expose().nfkc().collect::<String>())
}

fn text(value: &Value) -> Result<Secret, Refusal> {
    match value {
        Value::Null => Ok(Secret::new("")),
        Value::String(text) => Ok(Secret::new(text.as_str())),
        _ => Err(Reason::PayloadInvalid.into()),
    }
}

#[cfg(test)]
mod tests;
