use super::*;
use serde_json::json;

fn answer(value: &Value) -> String {
    Answers::read(value).unwrap().unwrap().to("q1").unwrap().expose().to_owned()
}

#[test]
fn spellings_of_an_answer_are_one_answer() {
    for spelling in ["Saint Bernard", " saint \t bernard ", "SAINT\u{a0}BERNARD", "Ｓaint\nBernard"] {
        assert_eq!(answer(&json!({ "q1": spelling })), "saint bernard", "{spelling}");
    }
    assert_eq!(answer(&json!({ "q1": "Jose\u{301}" })), answer(&json!({ "q1": "JOSÉ" })));
    assert_ne!(answer(&json!({ "q1": "saintbernard" })), answer(&json!({ "q1": "saint bernard" })));
}

#[test]
fn answers_come_as_an_object_or_a_list() {
    assert_eq!(answer(&json!({ "Q1": "Rex" })), "rex");
    assert_eq!(answer(&json!([{ "questionid": "q1", "answer": "Rex" }])), "rex");
    for nothing in [json!(null), json!({}), json!([])] {
        assert!(Answers::read(&nothing).unwrap().is_none());
    }
    for broken in [json!("Rex"), json!({ "q1": 7 }), json!([{ "Answer": "Rex" }]), json!([1])] {
        assert_eq!(Answers::read(&broken).unwrap_err().reason, Reason::PayloadInvalid, "{broken}");
    }
    let twice = json!([{ "QuestionId": "q1", "Answer": "a" }, { "QuestionId": "Q1", "Answer": "b" }]);
    assert_eq!(Answers::read(&twice).unwrap_err().reason, Reason::PayloadInvalid);
}

#[test]
fn new_answers_are_enough_to_known_questions_and_not_empty() {
    let question = |id: &str| SecurityQuestion { id: id.to_owned(), text: "Who?".to_owned() };
    let questions = SecurityQuestions { list: vec![question("q1"), question("q2")], count: 2, tries: 3 };
    let check = |value: Value| {
        let answers = Answers::read(&value).unwrap().unwrap();
        answers.check_new(&questions).map_err(|refusal| refusal.reason)
    };
    assert_eq!(check(json!({ "q1": "a", "q2": "b" })), Ok(()));
    assert_eq!(check(json!({ "q1": "a" })), Err(Reason::ValidationFailed));
    assert_eq!(check(json!({ "q1": "a", "q2": "  " })), Err(Reason::ValidationFailed));
    assert_eq!(check(json!({ "q1": "a", "q2": "b".repeat(257) })), Err(Reason::ValidationFailed));
    assert_eq!(check(json!({ "q1": "a", "q2": "b", "q3": "c" })), Err(Reason::SecurityQuestionInvalid));
}

#[test]
fn answers_print_nothing_of_themselves() {
    let answers = Answers::read(&json!({ "q1": "Rex" })).unwrap().unwrap();
    assert!(!format!("{answers:?}").contains("Rex"));
}
