//! The user name.

use super::{account, told};
use crate::support::{Call, Test, Tokens, race};
use serde_json::json;

fn set(t: &Test, tokens: &Tokens, name: &str) -> Call {
    t.put("/identity/v2/auth/username").key().token(&tokens.access).json(&json!({ "username": name }))
}

#[tokio::test]
async fn a_person_takes_another_user_name_and_is_told_of_it() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(set(&t, &tokens, "Asha").send().await.ok(), &json!({ "IsPosted": true }));
    assert_eq!(account(&t, &user).await["UserName"], "Asha");
    let login = |name: &str| {
        t.post("/identity/v2/auth/login").key().json(&json!({ "username": name, "password": user.password })).send()
    };
    login("asha").await.ok();
    assert_eq!(login(&user.user_name).await.refusal(), (401, 966));
    assert_eq!(told(&t, "sign-in-changed").await, [user.phone.clone(), user.email.clone()]);
}

#[tokio::test]
async fn a_taken_or_malformed_name_changes_nothing() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let tokens = t.login(&user).await;
    assert_eq!(set(&t, &tokens, &other.user_name.to_uppercase()).send().await.refusal(), (403, 1017));
    assert_eq!(set(&t, &tokens, "two words").send().await.refusal(), (403, 1204));
    assert_eq!(set(&t, &tokens, "").send().await.refusal(), (400, 908));
    assert_eq!(account(&t, &user).await["UserName"], user.user_name.as_str());
}

#[tokio::test]
async fn of_many_who_want_the_same_name_one_gets_it() {
    let t = Test::new().await;
    let mut calls = Vec::new();
    for _ in 0..8 {
        let user = t.user().await;
        calls.push(set(&t, &t.login(&user).await, "asha"));
    }
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == (403, 1017)));
    t.run_jobs().await;
}
