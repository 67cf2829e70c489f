//! A password changed by somebody who knows the old one.

use crate::own::told;
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens, race};
use serde_json::{Value, json};

fn change(t: &Test, tokens: &Tokens, old: &str, new: &str) -> Call {
    let body = json!({ "oldpassword": old, "newpassword": new });
    t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body)
}

#[tokio::test]
async fn the_owner_changes_the_password_and_stays_signed_in_while_others_are_signed_out() {
    let t = Test::new().await;
    let user = t.user().await;
    let (here, there) = (t.login(&user).await, t.login(&user).await);
    let code = t.reset_code(&user).await;
    let reply = change(&t, &here, GOOD_PASSWORD, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    t.profile_call(&here).send().await.ok();
    t.refresh_call(&here).send().await.ok();
    assert_eq!(t.profile_call(&there).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&there).send().await.refusal(), (403, 1217));
    assert_eq!(t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await.refusal(), (401, 1409));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    assert_eq!(told(&t, "password-changed").await, [user.phone, user.email]);
}

#[tokio::test]
async fn without_forced_logout_other_sessions_stay() {
    let t = Test::new().await;
    t.set("forceLogout", "false").await;
    let user = t.user().await;
    let (here, there) = (t.login(&user).await, t.login(&user).await);
    change(&t, &here, GOOD_PASSWORD, OTHER_PASSWORD).send().await.ok();
    t.profile_call(&there).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_new_password_that_is_refused_changes_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    for (new, refusal) in [
        ("seven 7", (403, 1134)),
        ("Password1", (403, 1216)),
        ("my name is ASHA 77", (403, 1216)),
        (GOOD_PASSWORD, (403, 1134)),
    ] {
        assert_eq!(change(&t, &tokens, GOOD_PASSWORD, new).send().await.refusal(), refusal, "{new}");
    }
    t.login(&user).await;
    change(&t, &tokens, GOOD_PASSWORD, OTHER_PASSWORD).send().await.ok();
    assert_eq!(change(&t, &tokens, OTHER_PASSWORD, GOOD_PASSWORD).send().await.refusal(), (403, 1134));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_old_password_counts_like_a_failed_sign_in() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    for _ in 0..3 {
        assert_eq!(change(&t, &tokens, "not it", OTHER_PASSWORD).send().await.refusal(), (401, 967));
    }
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, OTHER_PASSWORD).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_wrong_old_password_tells_nothing_of_the_new_one() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(change(&t, &tokens, "not it", GOOD_PASSWORD).send().await.refusal(), (401, 967));
    assert_eq!(change(&t, &tokens, "not it", "my name is ASHA 77").send().await.refusal(), (401, 967));
}

#[tokio::test]
async fn an_account_without_a_password_has_no_old_one() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "Password": Value::Null, "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let otp = t.code_for(&user.phone).await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &otp).json(&json!({ "phone": user.phone }));
    let tokens = Tokens::of(&verify.send().await);
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, OTHER_PASSWORD).send().await.refusal(), (401, 967));
}

#[tokio::test]
async fn both_passwords_are_required() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(change(&t, &tokens, " ", OTHER_PASSWORD).send().await.refusal(), (400, 908));
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, "").send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn of_many_changes_at_once_one_goes_well() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let new = |number: usize| format!("granite kettle {number} orbits");
    let replies = race((0..8).map(|number| change(&t, &tokens, GOOD_PASSWORD, &new(number)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == (401, 967)));
    assert_eq!(told(&t, "password-changed").await.len(), 2);
}
