//! Fifty callers at once: what can be had once is had by one of them.

use crate::support::pool::{waiting, with_busy_pool};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens, race, wrong};
use doorward_model::id::Uid;
use doorward_model::time::Span;
use doorward_store::{Error, Tx, passwords};
use serde_json::json;

const CALLERS: usize = 50;

/// A product whose connections to the database are all open: else the first is through before a second one is there.
async fn ready() -> Test {
    let t = Test::new().await;
    for reply in race((0..CALLERS).map(|_| t.get("/identity/v2/serverinfo").key())).await {
        reply.ok();
    }
    t
}

/// The successes among the answers; every other one must be one of these refusals.
#[track_caller]
fn winners(replies: &[Reply], refusals: &[(u16, u64)]) -> Vec<Reply> {
    let (won, lost): (Vec<Reply>, Vec<Reply>) = replies.iter().cloned().partition(|reply| reply.status == 200);
    for reply in lost {
        assert!(refusals.contains(&reply.refusal()), "{}", reply.text);
    }
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_right_code_one_resets_the_password() {
    let t = ready().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let passwords: Vec<_> = (0..CALLERS).map(|number| format!("{OTHER_PASSWORD} {number}")).collect();
    let replies = race(passwords.iter().map(|password| t.reset_call(&user.phone, &code, password))).await;
    let won = winners(&replies, &[(401, 1409)]);
    assert_eq!(won.len(), 1);
    t.profile_call(&Tokens::of(&won[0])).send().await.ok();
    t.run_jobs().await;
    let notices = t.outbox().into_iter().filter(|message| message.template == "password-changed");
    assert_eq!(notices.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_a_code_five_are_counted_and_at_most_one_succeeds() {
    let t = ready().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let guess = |number: usize| if number == CALLERS / 2 { code.clone() } else { wrong(&code) };
    let calls = (0..CALLERS).map(|number| t.reset_call(&user.phone, &guess(number), OTHER_PASSWORD));
    let won = winners(&race(calls).await, &[(401, 1409)]);
    assert!(won.len() <= 1);
    assert_eq!(t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await.refusal(), (401, 1409));
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_wrong_guesses_at_once_leave_the_code_void_and_the_reset_locked() {
    let t = ready().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let calls = (0..CALLERS).map(|_| t.reset_call(&user.phone, &wrong(&code), OTHER_PASSWORD));
    assert!(winners(&race(calls).await, &[(401, 1409)]).is_empty());
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
    let code = t.reset_code(&user).await;
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_refresh_token_one_gets_the_next_and_the_session_lives() {
    let t = ready().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let won = winners(&race((0..CALLERS).map(|_| t.refresh_call(&tokens))).await, &[(403, 1217)]);
    assert_eq!(won.len(), 1);
    let next = Tokens::of(&won[0]);
    t.profile_call(&next).send().await.ok();
    t.refresh_call(&next).send().await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_code_one_proves_the_phone() {
    let t = ready().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let verify =
        || t.put("/identity/v2/auth/phone/otp").key().query("otp", &code).json(&json!({ "phone": user.phone }));
    let won = winners(&race((0..CALLERS).map(|_| verify())).await, &[(403, 1068)]);
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].json["Profile"]["NoOfLogins"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_open_the_link_one_proves_the_address() {
    let t = ready().await;
    let body = json!({ "Email": [{ "Type": "Primary", "Value": "ravi@example.com" }], "Password": GOOD_PASSWORD });
    t.register(&body).await.ok();
    t.run_jobs().await;
    let link = t.outbox()[0].link.clone().unwrap();
    let path = link.strip_prefix(crate::support::PUBLIC_URL).unwrap();
    let won = winners(&race((0..CALLERS).map(|_| t.get(path))).await, &[(403, 974)]);
    assert_eq!(won.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_register_one_identifier_one_gets_it() {
    let t = ready().await;
    let sott = t.sott().await;
    let body = |number: usize| {
        let email = json!([{ "Type": "Primary", "Value": "ravi@example.com" }]);
        json!({ "Email": email, "UserName": format!("ravi{number}"), "Password": GOOD_PASSWORD })
    };
    let register =
        |number| t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &sott).json(&body(number));
    let won = winners(&race((0..CALLERS).map(register)).await, &[(403, 936)]);
    assert_eq!(won.len(), 1);
    let mut found = 0;
    for number in 0..CALLERS {
        let account = t.get("/identity/v2/manage/account").back_end().query("username", &format!("ravi{number}"));
        found += usize::from(account.send().await.status == 200);
    }
    assert_eq!(found, 1);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_register_with_one_single_use_token_one_does() {
    let t = ready().await;
    t.set("sott.singleUse", "true").await;
    let sott = t.sott().await;
    let register = |number: usize| {
        let body = json!({ "UserName": format!("ravi{number}"), "Password": GOOD_PASSWORD });
        t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &sott).json(&body)
    };
    assert_eq!(winners(&race((0..CALLERS).map(register)).await, &[(403, 1049)]).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_passwords_at_once_no_more_are_tried_than_the_lock_allows() {
    let t = ready().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "5").await;
    let user = t.user().await;
    let right = [0, 20, 40];
    let password = |number| if right.contains(&number) { GOOD_PASSWORD } else { OTHER_PASSWORD };
    let replies = race((0..CALLERS).map(|number| t.login_call(&user, password(number)))).await;
    let won = winners(&replies, &[(401, 966), (403, 1198)]).len();
    let tried = replies.iter().filter(|reply| reply.status == 401).count();
    // Each success forgets up to four failures before it; the fifth in a row locks.
    assert!(tried <= 5 + 4 * won, "{tried} wrong passwords were tried beside {won} right ones");
    assert!(tried >= 5);
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    t.clock.advance(Span::seconds(900));
    t.login(&user).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_logins_at_once_are_all_counted() {
    let t = ready().await;
    let user = t.user().await;
    let replies = race((0..CALLERS).map(|_| t.login_call(&user, GOOD_PASSWORD))).await;
    let mut counts: Vec<_> =
        replies.iter().map(|reply| reply.ok()["Profile"]["NoOfLogins"].as_u64().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=50).collect::<Vec<u64>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_survives_a_block_that_came_among_logins() {
    let t = ready().await;
    let user = t.user().await;
    let block = t.update_call(&user, &json!({ "IsActive": false }));
    let calls =
        (0..CALLERS).map(|number| if number == 25 { block.clone() } else { t.login_call(&user, GOOD_PASSWORD) });
    let won = winners(&race(calls).await, &[(403, 991)]);
    for reply in won.iter().filter(|reply| reply.json.get("access_token").is_some()) {
        assert_eq!(t.profile_call(&Tokens::of(reply)).send().await.refusal(), (403, 905));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_by_the_old_password_survives_a_reset_that_came_among_logins() {
    let t = ready().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reset = t.reset_call(&user.phone, &code, OTHER_PASSWORD);
    let calls =
        (0..CALLERS).map(|number| if number == 25 { reset.clone() } else { t.login_call(&user, GOOD_PASSWORD) });
    let won = winners(&race(calls).await, &[(401, 966), (403, 1198)]);
    for reply in won.iter().filter(|reply| reply.json.get("access_token").is_some()) {
        assert_eq!(t.profile_call(&Tokens::of(reply)).send().await.refusal(), (403, 905));
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_password_that_is_replaced_while_it_is_verified_signs_nobody_in() {
    let (t, user, mut runners, release) = with_busy_pool(1).await;
    let login = waiting(&t, t.login_call(&user, GOOD_PASSWORD)).await;
    t.clock.advance(Span::seconds(1));
    let (tenant, uid, now) = (t.acme.id.clone(), Uid::new(user.uid.clone()), t.app.now());
    let replace = move |tx: &mut Tx| passwords::set(tx, &tenant, &uid, "$another$", 0, now);
    t.app.store.write::<_, Error>(replace).await.unwrap();
    drop(release);
    assert_eq!(login.join_all().await[0].refusal(), (401, 966));
    runners.join_next().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_account_takes_what_another_takes_at_the_same_time() {
    let t = ready().await;
    let mut users = Vec::new();
    for _ in 0..10 {
        users.push(t.user_with(&json!({ "Password": null })).await);
    }
    let take = |user| t.update_call(user, &json!({ "PhoneId": "+919812345678", "UserName": "wanted" }));
    let won = winners(&race(users.iter().map(take)).await, &[(403, 1058), (403, 1017)]);
    assert_eq!(won.len(), 1);
    let holder = |name, value: &'static str| t.get("/identity/v2/manage/account").back_end().query(name, value).send();
    let by_phone = holder("phone", "+919812345678").await.ok()["Uid"].clone();
    assert_eq!(by_phone, won[0].json["Uid"]);
    assert_eq!(holder("username", "wanted").await.ok()["Uid"], by_phone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_ask_for_a_code_five_are_sent_one() {
    let t = ready().await;
    let user = t.user().await;
    let won = winners(&race((0..CALLERS).map(|_| t.ask_for_reset(&user.phone))).await, &[(403, 1123)]);
    assert_eq!(won.len(), 5);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 5);
}
