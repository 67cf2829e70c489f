//! That the support does what it says: were it wrong, every other test would prove less than it seems to.

use crate::support::{OTHER_PASSWORD, Test};

#[tokio::test]
async fn a_person_resets_the_password_and_signs_in_with_the_new_one() {
    let t = Test::new().await;
    let user = t.user().await;
    t.login(&user).await;
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_person_registers_by_phone() {
    let t = Test::new().await;
    let (user, tokens) = t.registered_by_phone().await;
    assert_eq!(user.profile["PhoneIdVerified"], true);
    t.get("/identity/v2/auth/account").key().token(&tokens.access).send().await.ok();
}

#[tokio::test]
#[should_panic(expected = "messages wait in the queue")]
async fn a_message_left_behind_fails_the_test() {
    let t = Test::new().await;
    let user = t.user().await;
    t.ask_for_reset(&user.phone).send().await.ok();
}
