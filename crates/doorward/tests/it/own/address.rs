//! The person's own addresses: added, proved, removed.

use super::{account, latest, told};
use crate::support::{Call, PUBLIC_URL, Test, Tokens, User, race};
use serde_json::json;

const NEW: &str = "asha@work.example";

fn add(t: &Test, tokens: &Tokens, email: &str, label: &str) -> Call {
    let body = json!({ "email": email, "type": label });
    t.post("/identity/v2/auth/email").key().token(&tokens.access).json(&body)
}

fn remove(t: &Test, tokens: &Tokens, email: &str) -> Call {
    t.delete("/identity/v2/auth/email").key().token(&tokens.access).json(&json!({ "email": email }))
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

async fn prove(t: &Test, email: &str) {
    let link = latest(t, email).await.link.expect("a link");
    t.get(link.strip_prefix(PUBLIC_URL).unwrap()).send().await.ok();
}

#[tokio::test]
async fn an_added_address_waits_for_its_proof_and_the_owner_is_told() {
    let (t, user, tokens) = signed_in().await;
    assert_eq!(add(&t, &tokens, NEW, "Work").send().await.ok(), &json!({ "IsPosted": true }));
    let profile = account(&t, &user).await;
    assert_eq!(profile["UnverifiedEmail"], json!([{ "Type": "Work", "Value": NEW }]));
    assert_eq!(profile["Email"], user.profile["Email"]);
    assert_eq!(told(&t, "sign-in-changed").await, [user.phone.clone(), user.email.clone()]);
    prove(&t, NEW).await;
    assert_eq!(account(&t, &user).await["Email"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_is_refused_that_somebody_has_or_that_breaks_the_list() {
    let (t, user, tokens) = signed_in().await;
    let other = t.user().await;
    for taken in [&other.email, &user.email] {
        assert_eq!(add(&t, &tokens, taken, "Work").send().await.refusal(), (403, 936));
    }
    assert_eq!(add(&t, &tokens, NEW, "primary").send().await.refusal(), (400, 1203));
    assert_eq!(add(&t, &tokens, "no address", "Work").send().await.refusal(), (400, 1038));
    assert_eq!(add(&t, &tokens, "", "Work").send().await.refusal(), (400, 908));
    let foreign = add(&t, &tokens, NEW, "Work").query("verificationurl", "https://evil.example/");
    assert_eq!(foreign.send().await.refusal(), (403, 1249));
    assert_eq!(account(&t, &user).await["UnverifiedEmail"].as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn while_no_address_is_proved_no_other_is_added() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    let tokens = t.login(&user).await;
    assert_eq!(add(&t, &tokens, NEW, "Work").send().await.refusal(), (403, 1177));
}

#[tokio::test]
async fn an_account_holds_at_most_twenty_addresses() {
    let (t, _, tokens) = signed_in().await;
    for number in 1..20 {
        add(&t, &tokens, &format!("asha{number}@work.example"), "Work").send().await.ok();
    }
    assert_eq!(add(&t, &tokens, NEW, "Work").send().await.refusal(), (403, 1134));
    t.run_jobs().await;
}

#[tokio::test]
async fn of_many_who_add_the_same_address_one_gets_it() {
    let t = Test::new().await;
    let mut calls = Vec::new();
    for _ in 0..8 {
        let user = t.user().await;
        calls.push(add(&t, &t.login(&user).await, NEW, "Work"));
    }
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
    assert_eq!(t.outbox().iter().filter(|message| message.to == NEW).count(), 1);
}

#[tokio::test]
async fn a_removed_address_signs_nobody_in_and_is_told_of_it() {
    let (t, user, tokens) = signed_in().await;
    add(&t, &tokens, NEW, "Work").send().await.ok();
    prove(&t, NEW).await;
    let before = t.outbox().len();
    assert_eq!(remove(&t, &tokens, &user.email.to_uppercase()).send().await.ok(), &json!({ "IsDeleted": true }));
    assert_eq!(account(&t, &user).await["Email"], json!([{ "Type": "Work", "Value": NEW }]));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (401, 966));
    t.run_jobs().await;
    let mut told: Vec<_> = t.outbox().split_off(before).into_iter().map(|message| message.to).collect();
    told.sort();
    assert_eq!(told, [user.phone, user.email, NEW.to_owned()]);
}

#[tokio::test]
async fn the_last_proved_address_stays() {
    let (t, user, tokens) = signed_in().await;
    assert_eq!(remove(&t, &tokens, &user.email).send().await.refusal(), (403, 1005));
    add(&t, &tokens, NEW, "Work").send().await.ok();
    assert_eq!(remove(&t, &tokens, &user.email).send().await.refusal(), (403, 1005));
    remove(&t, &tokens, NEW).send().await.ok();
    assert_eq!(account(&t, &user).await["Email"], user.profile["Email"]);
    t.run_jobs().await;
}

#[tokio::test]
async fn nobody_removes_an_address_of_somebody_else() {
    let (t, _, tokens) = signed_in().await;
    let other = t.user().await;
    assert_eq!(remove(&t, &tokens, &other.email).send().await.refusal(), (403, 1340));
    assert_eq!(account(&t, &other).await["Email"], other.profile["Email"]);
}

#[tokio::test]
async fn of_two_addresses_removed_at_once_one_stays() {
    let (t, user, tokens) = signed_in().await;
    add(&t, &tokens, NEW, "Work").send().await.ok();
    prove(&t, NEW).await;
    let replies = race([remove(&t, &tokens, &user.email), remove(&t, &tokens, NEW)]).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
}

#[tokio::test]
async fn the_message_that_proves_the_persons_address_is_sent_again() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    let tokens = t.login(&user).await;
    let send = |tokens: &Tokens| t.get("/identity/v2/auth/email/sendverificationemail").key().token(&tokens.access);
    let reply = send(&tokens).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert!(!reply.json["UUID"].as_str().unwrap().is_empty());
    prove(&t, &user.email).await;
    assert_eq!(send(&tokens).send().await.refusal(), (403, 1025));
    let without = t.get("/identity/v2/auth/email/sendverificationemail").key();
    assert_eq!(without.send().await.refusal(), (400, 908));
    t.set("EmailVerificationFlow", "disabled").await;
    assert_eq!(send(&tokens).send().await.refusal(), (403, 1034));
}

#[tokio::test]
async fn the_welcome_goes_to_a_proved_address_and_not_too_often() {
    let (t, user, tokens) = signed_in().await;
    let send = |tokens: &Tokens| t.get("/identity/v2/auth/account/sendwelcomeemail").key().token(&tokens.access);
    for _ in 0..5 {
        assert_eq!(send(&tokens).send().await.ok(), &json!({ "IsPosted": true }));
    }
    assert_eq!(send(&tokens).send().await.refusal(), (403, 1122));
    assert_eq!(told(&t, "welcome").await, vec![user.email; 5]);
    let stranger = t.user_with(&json!({ "EmailVerified": false })).await;
    let tokens = t.login(&stranger).await;
    assert_eq!(send(&tokens).send().await.refusal(), (403, 1039));
}

#[tokio::test]
async fn a_tenant_may_keep_to_itself_what_is_taken() {
    let t = Test::new().await;
    let user = t.user().await;
    let ask = |path: &str, name: &str, value: &str| t.get(path).key().query(name, value);
    let questions = [
        ("/identity/v2/auth/email", "email", user.email.as_str(), "nobody@example.com"),
        ("/identity/v2/auth/phone", "phone", user.phone.as_str(), "+919812345678"),
        ("/identity/v2/auth/username", "username", user.user_name.as_str(), "nobody"),
    ];
    for (path, name, taken, free) in questions {
        assert_eq!(ask(path, name, taken).send().await.ok(), &json!({ "IsExist": true }));
        assert_eq!(ask(path, name, free).send().await.ok(), &json!({ "IsExist": false }));
    }
    t.set("availabilityCheck", "false").await;
    for (path, name, taken, free) in questions {
        for value in [taken, free] {
            assert_eq!(ask(path, name, value).send().await.refusal(), (403, 1411));
        }
    }
}
