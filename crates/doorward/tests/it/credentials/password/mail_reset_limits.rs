//! How often one may guess at a reset by email, and how often its message is sent; known and unknown alike.

use super::mail_reset::{ask_for_code, reset};
use crate::support::{Call, OTHER_PASSWORD, Test, User, race, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

fn named(user: &User) -> [Value; 2] {
    [json!({ "email": user.email }), json!({ "username": user.user_name })]
}

fn with(named: &Value, otp: &str) -> Value {
    let mut body = named.clone();
    body["otp"] = otp.into();
    body["password"] = OTHER_PASSWORD.into();
    body
}

async fn code(t: &Test, user: &User) -> String {
    ask_for_code(t, &json!({ "email": user.email })).send().await.ok();
    t.code_for(&user.email).await
}

#[tokio::test]
async fn a_wrong_code_is_1185_and_five_of_them_void_the_right_one() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    for named in named(&user).iter().cycle().take(5) {
        assert_eq!(reset(&t, &with(named, &wrong(&code))).send().await.refusal(), (403, 1185));
    }
    assert_eq!(reset(&t, &with(&named(&user)[0], &code)).send().await.refusal(), (403, 1185));
    t.login(&user).await;
}

#[tokio::test]
async fn an_unknown_address_or_user_name_is_answered_like_a_known_one() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let known = named(&user);
    let unknown = [json!({ "email": "nobody@example.com" }), json!({ "username": "nobody" })];
    for (known, unknown) in known.iter().zip(&unknown) {
        for call in [ask_for_code(&t, known), ask_for_code(&t, unknown)] {
            assert_eq!(call.send().await.ok(), &json!({ "IsPosted": true }));
        }
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 2);
    for named in [&known[0], &unknown[0], &unknown[1]] {
        for _ in 0..3 {
            assert_eq!(reset(&t, &with(named, "000000")).send().await.refusal(), (403, 1185));
        }
        assert_eq!(reset(&t, &with(named, "000000")).send().await.refusal(), (403, 1198));
    }
    t.login(&user).await;
}

#[tokio::test]
async fn an_unknown_address_or_user_name_costs_what_a_known_one_costs() {
    let t = Test::new().await;
    let (user, proved) =
        (t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await, t.user().await);
    let cost = async |call: Call| {
        let before = t.app.store.statements();
        call.send().await;
        t.app.store.statements() - before
    };
    cost(ask_for_code(&t, &json!({ "email": "warm@example.com" }))).await;
    let resend = |named: &Value| t.put("/identity/v2/auth/register").key().json(named);
    let unknown = [json!({ "email": "nobody@example.com" }), json!({ "username": "nobody" })];
    for (known, unknown) in named(&user).iter().zip(&unknown) {
        assert_eq!(cost(ask_for_code(&t, known)).await, cost(ask_for_code(&t, unknown)).await);
        let guess = |named: &Value| reset(&t, &with(named, "000000"));
        assert_eq!(cost(guess(known)).await, cost(guess(unknown)).await);
    }
    for (known, unknown) in named(&proved).iter().zip(&unknown) {
        assert_eq!(cost(resend(known)).await, cost(resend(unknown)).await);
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_is_refused_from_its_last_moment_on_and_when_it_was_used() {
    let t = Test::new().await;
    let user = t.user().await;
    let body = with(&named(&user)[0], &code(&t, &user).await);
    t.clock.advance(Span::seconds(300));
    assert_eq!(reset(&t, &body).send().await.refusal(), (403, 1185));
    t.clock.advance(Span(-1));
    reset(&t, &body).send().await.ok();
    assert_eq!(reset(&t, &body).send().await.refusal(), (403, 1185));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_of_another_account_tenant_or_purpose_is_refused() {
    let t = Test::new().await;
    let (user, stranger) = (t.user().await, t.user().await);
    let other = t.tenant("other").await;
    let theirs = code(&t, &stranger).await;
    let own = code(&t, &user).await;
    assert_ne!(theirs, own);
    assert_eq!(reset(&t, &with(&named(&user)[0], &theirs)).send().await.refusal(), (403, 1185));
    let there = |call: Call| call.query("apikey", &other.api_key);
    let call = there(t.put("/identity/v2/auth/password/reset")).json(&with(&named(&user)[0], &own));
    assert_eq!(call.send().await.refusal(), (403, 1185));
    let by_phone = t.reset_code(&user).await;
    assert_eq!(reset(&t, &with(&named(&user)[0], &by_phone)).send().await.refusal(), (403, 1185));
    reset(&t, &with(&named(&user)[1], &own)).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn of_many_guesses_at_once_at_most_one_resets() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = code(&t, &user).await;
    let right = (0..5).map(|_| reset(&t, &with(&named(&user)[0], &code)));
    let wrongs = (0..20).map(|_| reset(&t, &with(&named(&user)[0], &wrong(&code))));
    let replies = race(right.chain(wrongs)).await;
    assert!(replies.iter().filter(|reply| reply.status == 200).count() <= 1);
    t.run_jobs().await;
}

#[tokio::test]
async fn an_address_gets_five_messages_in_a_quarter_of_an_hour_known_or_not() {
    let t = Test::new().await;
    let user = t.user().await;
    for email in [user.email.as_str(), "nobody@example.com"] {
        for _ in 0..5 {
            ask_for_code(&t, &json!({ "email": email })).send().await.ok();
        }
        assert_eq!(ask_for_code(&t, &json!({ "email": email })).send().await.refusal(), (403, 1122));
    }
    t.clock.advance(Span::minutes(15));
    code(&t, &user).await;
}

#[tokio::test]
async fn failed_sign_ins_never_close_the_reset() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user().await;
    for _ in 0..3 {
        t.login_call(&user, "not it").send().await.refusal();
    }
    let code = code(&t, &user).await;
    reset(&t, &with(&named(&user)[0], &code)).send().await.ok();
    t.run_jobs().await;
}
