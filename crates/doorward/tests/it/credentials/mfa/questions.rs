//! Answers to security questions as a second factor.

use super::{SECOND, enrol, pending, set_phone, token};
use crate::credentials::security_questions::{answering, ids, reset, right, with_questions, wrong};
use crate::support::{Call, OTHER_PASSWORD, Test, Tokens, User, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

const LOGIN: &str = "/identity/v2/auth/login/2fa/securityquestionanswer";
const VERIFY: &str = "/identity/v2/auth/login/2fa/verification/securityquestionanswer";
const OWN: &str = "/identity/v2/auth/account/2fa/securityquestionanswer";

/// Questions that may be a second factor.
async fn offered() -> Test {
    let t = with_questions().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    t
}

/// The answers as clients send them.
fn listed(answers: &Value) -> Value {
    let answers = answers.as_object().unwrap().iter();
    let list: Vec<Value> = answers.map(|(id, answer)| json!({ "QuestionId": id, "Answer": answer })).collect();
    json!({ "securityquestionanswer": list })
}

fn set(t: &Test, token: &str, answers: &Value) -> Call {
    t.put(LOGIN).key().query("secondfactorauthenticationtoken", token).json(&listed(answers))
}

fn verify(t: &Test, token: &str, answers: &Value) -> Call {
    t.post(VERIFY).key().query("secondfactorauthenticationtoken", token).json(&listed(answers))
}

fn set_own(t: &Test, tokens: &Tokens, answers: &Value, replaces: bool) -> Call {
    let mut body = listed(answers);
    body["ReplaceSecurityQuestionAnswer"] = json!(replaces);
    t.put(OWN).key().token(&tokens.access).json(&body)
}

fn remove(t: &Test, tokens: &Tokens) -> Call {
    t.delete("/identity/v2/auth/account/2fa/authenticator/securityquestionanswer").key().token(&tokens.access)
}

/// A person whose second factor are the [`right`] answers.
async fn enrolled() -> (Test, User, Tokens) {
    let t = offered().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(set_own(&t, &tokens, &right(), false).send().await.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
    (t, user, tokens)
}

async fn knock(t: &Test, user: &User) -> String {
    token(&t.login_call(user, &user.password).send().await)
}

#[tokio::test]
async fn the_answers_complete_the_login() {
    let (t, user, _) = enrolled().await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["IsSecurityQuestionAuthenticatorVerified"], true);
    assert_eq!(ids(&pending(&reply)["SecurityQuestions"]), ["pet", "street"], "those that are asked");
    let token = token(&reply);
    assert_eq!(verify(&t, &token, &wrong()).send().await.refusal(), (403, 1093));
    let other = json!({ "pet": "Sir Barks", "dish": "Aspic" });
    assert_eq!(verify(&t, &token, &other).send().await.refusal(), (403, 1094));
    let typed = json!({ "PET": " sir  barks", "street": "KASTANIENALLEE" });
    let reply = verify(&t, &token, &typed).query("fields", "Uid").query("isvoiceotp", "true").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(verify(&t, &token, &right()).send().await.refusal(), (403, 1103), "used up");
    t.run_jobs().await;
}

#[tokio::test]
async fn it_is_off_unless_the_tenant_says_so() {
    let t = with_questions().await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    assert_eq!(set_own(&t, &tokens, &right(), true).send().await.refusal(), (403, 1097));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    assert_eq!(set_own(&t, &tokens, &right(), true).send().await.refusal(), (403, 1257));
    assert_eq!(t.put(LOGIN).key().send().await.refusal(), (403, 1257));
    assert_eq!(t.post(VERIFY).key().send().await.refusal(), (403, 1257));
    t.set("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").await;
    assert_eq!(t.post(VERIFY).key().json(&listed(&right())).send().await.refusal(), (400, 908));
    assert_eq!(verify(&t, "nobody", &right()).send().await.refusal(), (403, 1103));
    t.login(&user).await;
    t.set("IsSecurityQuestion", "false").await;
    assert_eq!(t.put(LOGIN).key().send().await.refusal(), (403, 1257));
}

#[tokio::test]
async fn who_must_have_a_factor_and_has_none_sets_them_up_and_is_signed_in() {
    let t = offered().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(ids(&pending(&reply)["SecurityQuestions"]), ["pet", "street", "teacher", "dish"], "to choose from");
    let first = token(&reply);
    assert_eq!(verify(&t, &first, &right()).send().await.refusal(), (403, 1259), "they are no factor yet");
    assert_eq!(set(&t, &first, &json!({ "pet": "Rex" })).send().await.refusal(), (403, 1260));
    assert_eq!(set(&t, &first, &json!({ "pet": "Rex", "shoe": "42" })).send().await.refusal(), (403, 1091));
    assert_eq!(set(&t, &first, &json!({ "pet": "Rex", "dish": "" })).send().await.refusal(), (403, 1134));
    let reply = set(&t, &first, &right()).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.run_jobs().await;
    let told = t.outbox().into_iter().filter(|message| message.template == "second-factor-changed");
    assert_eq!(told.count(), 2);
    let next = knock(&t, &user).await;
    assert_eq!(set(&t, &next, &wrong()).send().await.refusal(), (403, 1258), "the password alone changes none");
    assert_eq!(set_phone(&t, &next, SECOND).send().await.refusal(), (403, 1250));
    verify(&t, &next, &right()).send().await.ok();
}

#[tokio::test]
async fn a_login_that_began_without_a_factor_sets_none_up_once_another_has() {
    let t = offered().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let user = t.user().await;
    let (thief, owner) = (knock(&t, &user).await, knock(&t, &user).await);
    set(&t, &owner, &right()).send().await.ok();
    assert_eq!(set(&t, &thief, &wrong()).send().await.refusal(), (403, 1258));
    t.run_jobs().await;
}

#[tokio::test]
async fn as_many_are_asked_as_the_tenant_says() {
    let t = offered().await;
    t.set("TwoFactorAuthentication.MinimumSecurityQuestionsToAsk", "3").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(set_own(&t, &tokens, &right(), false).send().await.refusal(), (403, 1260));
    let three = json!({ "pet": "Rex", "street": "Main", "dish": "Aspic" });
    set_own(&t, &tokens, &three, false).send().await.ok();
    let token = knock(&t, &user).await;
    assert_eq!(verify(&t, &token, &json!({ "pet": "Rex", "street": "Main" })).send().await.refusal(), (403, 1260));
    let third = json!({ "pet": "Rex", "street": "Main", "dish": "Soup" });
    assert_eq!(verify(&t, &token, &third).send().await.refusal(), (403, 1093), "the third one is looked at too");
    verify(&t, &token, &three).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn three_wrong_answers_close_them_at_every_door_and_leave_the_account_open() {
    let (t, user, _) = enrolled().await;
    let token = knock(&t, &user).await;
    for _ in 0..3 {
        assert_eq!(verify(&t, &token, &wrong()).send().await.refusal(), (403, 1093));
    }
    assert_eq!(verify(&t, &token, &right()).send().await.refusal(), (403, 1198));
    assert_eq!(reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await.refusal(), (403, 1198));
    knock(&t, &user).await;
    t.clock.advance(Span::days(31));
    let token = knock(&t, &user).await;
    verify(&t, &token, &right()).send().await.ok();
}

#[tokio::test]
async fn wrong_answers_at_another_door_count_for_the_second_factor() {
    let (t, user, _) = enrolled().await;
    for _ in 0..2 {
        reset(&t, &user.email, &wrong(), OTHER_PASSWORD).send().await.refusal();
    }
    let token = knock(&t, &user).await;
    assert_eq!(verify(&t, &token, &wrong()).send().await.refusal(), (403, 1093));
    assert_eq!(verify(&t, &token, &right()).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn right_answers_forget_the_wrong_ones_before_them() {
    let (t, user, _) = enrolled().await;
    for _ in 0..2 {
        let token = knock(&t, &user).await;
        for _ in 0..2 {
            assert_eq!(verify(&t, &token, &wrong()).send().await.refusal(), (403, 1093));
        }
        verify(&t, &token, &right()).send().await.ok();
    }
}

#[tokio::test]
async fn after_a_reset_by_the_answers_they_are_no_second_factor() {
    let (t, user, _) = enrolled().await;
    let reply = reset(&t, &user.email, &right(), OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }), "nobody is signed in by one secret");
    t.run_jobs().await;
}

#[tokio::test]
async fn answers_that_are_there_are_replaced_only_if_the_person_says_so() {
    let (t, user, tokens) = enrolled().await;
    let others = json!({ "teacher": "Ms Moss", "dish": "Aspic" });
    let waiting = knock(&t, &user).await;
    assert_eq!(set_own(&t, &tokens, &others, false).send().await.refusal(), (403, 1258));
    set_own(&t, &tokens, &others, true).send().await.ok();
    assert_eq!(verify(&t, &waiting, &right()).send().await.refusal(), (403, 1103), "it waited for those before");
    let token = knock(&t, &user).await;
    assert_eq!(verify(&t, &token, &right()).send().await.refusal(), (403, 1094));
    verify(&t, &token, &others).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn changes_need_a_recent_proof() {
    let (t, _, tokens) = enrolled().await;
    t.clock.advance(Span::seconds(601));
    assert_eq!(set_own(&t, &tokens, &right(), true).send().await.refusal(), (403, 90006));
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 90006));
}

#[tokio::test]
async fn its_owner_and_the_back_end_remove_it_and_the_answers_stay_for_the_way_back() {
    let (t, user, tokens) = enrolled().await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1121));
    t.set("TwoFactorAuthentication.IsRequired", "false").await;
    assert_eq!(remove(&t, &tokens).send().await.ok(), &json!({ "IsDeleted": true }));
    let tokens = t.login(&user).await;
    let questions = t.get("/identity/v2/auth/securityquestion/accesstoken").key().token(&tokens.access).send().await;
    assert_eq!(ids(questions.ok()), ["pet", "street"]);
    set_own(&t, &tokens, &right(), true).send().await.ok();
    let path = "/identity/v2/manage/account/2fa/authenticator/securityquestionanswer";
    t.delete(path).back_end().query("uid", &user.uid).send().await.ok();
    assert_eq!(t.delete(path).back_end().query("uid", &user.uid).send().await.refusal(), (403, 1101));
    t.login(&user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn answers_that_are_erased_are_no_factor_any_more_and_the_last_one_is_not_erased() {
    let (t, user, tokens) = enrolled().await;
    let erase = || {
        let call = t.put("/identity/v2/auth/account").key().token(&tokens.access).query("nullsupport", "true");
        call.json(&json!({ "SecurityQuestionAnswer": null }))
    };
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(erase().send().await.refusal(), (403, 1121));
    let token = knock(&t, &user).await;
    verify(&t, &token, &right()).send().await.ok();
    t.set("TwoFactorAuthentication.IsRequired", "false").await;
    erase().send().await.ok();
    t.login(&user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn the_settings_show_the_questions() {
    let (t, user, tokens) = enrolled().await;
    let shown = t.get("/identity/v2/auth/account/2fa").key().token(&tokens.access).send().await;
    assert_eq!(ids(&shown.ok()["SecurityQuestions"]), ["pet", "street"]);
    let other = t.user().await;
    let tokens = enrol(&t, &other, SECOND).await;
    let shown = t.get("/identity/v2/auth/account/2fa").key().token(&tokens.access).send().await;
    assert_eq!(ids(&shown.ok()["SecurityQuestions"]).len(), 4);
    let reply = t.login_call(&other, &other.password).send().await;
    assert_eq!(pending(&reply)["SecurityQuestions"], Value::Null, "they are no factor of this account");
    assert_eq!(verify(&t, &token(&reply), &right()).send().await.refusal(), (403, 1259));
    assert_ne!(user.uid, other.uid);
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_hold_the_right_answers_one_is_signed_in() {
    let (t, user, _) = enrolled().await;
    let token = knock(&t, &user).await;
    let replies = race((0..20).map(|_| verify(&t, &token, &right()))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 1103)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_guesses_no_more_are_judged_than_the_tenant_allows() {
    let (t, user, _) = enrolled().await;
    let token = knock(&t, &user).await;
    let replies = race((0..20).map(|_| verify(&t, &token, &wrong()))).await;
    let judged = replies.iter().filter(|reply| reply.refusal() == (403, 1093)).count();
    assert_eq!(judged, 3);
    assert_eq!(verify(&t, &token, &right()).send().await.refusal(), (403, 1198));
}
