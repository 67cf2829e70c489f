//! Answers to security questions.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion, Way};
use super::{backup_codes, own};
use crate::frame::form::Fields;
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::{Kind, Sheet};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::mfa::{
    set_mfa_security_question_by_access_token, update_mfa_security_question_by_mfa_token,
    verify_mfa_security_question_by_mfa_token,
};
use doorward_model::reason::Reason;
use doorward_model::security_question::{Answers, SecurityQuestion};
use serde_json::{Map, Value, json};

/// Asks these questions, all of them.
pub(crate) fn asking_form<'a>(here: &'a Here, occasion: &Occasion, asked: &[SecurityQuestion]) -> Sheet<'a> {
    let sheet = here.sheet("factor-questions").form("factor-questions", &occasion.page("questions"));
    with_answers(sheet, asked)
}

fn with_answers<'a>(sheet: Sheet<'a>, asked: &[SecurityQuestion]) -> Sheet<'a> {
    let asked = asked.iter().enumerate();
    asked.fold(sheet, |sheet, (at, question)| sheet.labelled(format!("answer-{at}"), Kind::Answer, &question.text))
}

/// What was answered to these questions.
pub(crate) fn answers(fields: &Fields, asked: &[SecurityQuestion]) -> Result<Answers> {
    let given = asked.iter().enumerate();
    let given = given.map(|(at, question)| (question.id.clone(), fields.text(&format!("answer-{at}")).into()));
    read(given.collect())
}

fn read(given: Map<String, Value>) -> Result<Answers> {
    let answers = Answers::read(&Value::Object(given))?;
    Ok(answers.ok_or(Reason::SecurityAnswersTooFew)?)
}

/// Asks for new answers: to each question, or where there are more than are needed, to those that the person chooses.
/// `chosen` are the places of those that were chosen before.
fn choosing_form<'a>(here: &'a Here, occasion: &Occasion, chosen: &[usize]) -> Sheet<'a> {
    let (list, needed) = offered(here);
    let sheet = here.sheet("factor-questions-new").form("factor-questions-new", &occasion.page("questions"));
    if list.len() <= needed {
        return with_answers(sheet, list);
    }
    let texts: Vec<String> = list.iter().map(|question| question.text.clone()).collect();
    (0..needed).fold(sheet, |sheet, at| {
        let number = (at + 1).to_string();
        let label = |key| here.say_with(key, &[("number", &number)]);
        let before = chosen.get(at).copied().unwrap_or(at);
        let sheet = sheet.list(format!("question-{at}"), label("field-question"), (&texts, before));
        sheet.labelled(format!("answer-{at}"), Kind::Answer, &label("field-answer"))
    })
}

/// The questions of the tenant, and how many are answered.
fn offered(here: &Here) -> (&[SecurityQuestion], usize) {
    let settings = here.settings();
    (&settings.security_questions.list, settings.questions_as_factor())
}

/// The places of the questions that were chosen, as many as there are.
fn chosen(here: &Here, fields: &Fields) -> Vec<usize> {
    (0..offered(here).1).map_while(|at| fields.text(&format!("question-{at}")).parse().ok()).collect()
}

/// What was chosen and answered. A question that was chosen twice is answered once, which is too few.
fn new_answers(here: &Here, fields: &Fields) -> Result<Answers> {
    let (list, needed) = offered(here);
    if list.len() <= needed {
        return answers(fields, list);
    }
    let mut given = Map::new();
    for (at, chosen) in chosen(here, fields).into_iter().enumerate() {
        let question = list.get(chosen).ok_or(Reason::SecurityQuestionInvalid)?;
        given.insert(question.id.clone(), fields.text(&format!("answer-{at}")).into());
    }
    read(given)
}

fn form<'a>(at: &'a Waiting, chosen: &[usize]) -> Sheet<'a> {
    at.close(if at.login.sets_up() {
        choosing_form(&at.here, &LOGIN, chosen)
    } else {
        asking_form(&at.here, &LOGIN, &at.login.factors.questions)
    })
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.ways().contains(&Way::Questions) { at.here.show(form(&at, &[])) } else { at.here.go("second-factor") }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let WaitingPosted { posted, .. } = &sent;
    let is_new = sent.login.sets_up();
    let given = if is_new {
        new_answers(&posted.here, &posted.fields)
    } else {
        answers(&posted.fields, &sent.login.factors.questions)
    };
    let chosen = chosen(&posted.here, &posted.fields);
    let at = sent.waiting();
    let (app, caller) = (&at.here.app, &at.here.caller);
    let login = match given {
        Ok(given) if is_new => update_mfa_security_question_by_mfa_token(app, caller, &at.token, given).await,
        Ok(given) => verify_mfa_security_question_by_mfa_token(app, caller, &at.token, &given, &json!({})).await,
        Err(error) => Err(error),
    };
    backup_codes::arrive(at, login, |at| form(at, &chosen)).await
}

pub(super) async fn own_page(Recent { here, .. }: Recent) -> Response {
    here.show(own_form(&here, &[]))
}

fn own_form<'a>(here: &'a Here, chosen: &[usize]) -> Sheet<'a> {
    OWN.close(choosing_form(here, &OWN, chosen), &[])
}

/// Puts new answers in the place of all before them.
pub(super) async fn own_submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    let chosen = chosen(&here, &posted.fields);
    let set = match new_answers(&here, &posted.fields) {
        Ok(given) => set_mfa_security_question_by_access_token(&here.app, &signed_in, given, true).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => own::added(here, &signed_in).await,
        Err(error) => refuse(here, error, &OWN.page("questions"), |here| own_form(here, &chosen)),
    }
}
