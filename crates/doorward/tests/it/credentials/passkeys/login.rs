//! Signing in with a passkey.

use super::{asked, begin_login, enrolled, finish_login, request, with_passkeys};
use crate::support::authenticator::{Authenticator, PRESENT};
use crate::support::{Call, Test, Tokens, race};
use serde_json::{Value, json};

fn begin_autofill(t: &Test) -> Call {
    t.get("/identity/v2/auth/login/passkey/autofill/begin").key()
}

fn finish_autofill(t: &Test, credential: &Value) -> Call {
    t.post("/identity/v2/auth/login/passkey/autofill/finish").key().json(&json!({ "PasskeyCredential": credential }))
}

#[tokio::test]
async fn a_passkey_signs_in() {
    let (t, user, mut authenticator) = enrolled().await;
    let options = asked(&t, &user).await;
    assert_eq!(options["rpId"], "acme.test");
    assert_eq!(options["userVerification"], "preferred");
    assert_eq!(options["timeout"], 60_000);
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    let reply = finish_login(&t, &authenticator.answer(&options)).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn a_bare_credential_with_padding_and_a_blank_handle_signs_in() {
    let (t, user, mut authenticator) = enrolled().await;
    for handle in ["", " "] {
        let mut credential = authenticator.answer(&asked(&t, &user).await);
        credential["response"]["userHandle"] = json!(handle);
        for member in ["clientDataJSON", "authenticatorData", "signature"] {
            let text = credential["response"][member].as_str().unwrap().to_owned();
            let padding = "=".repeat((4 - text.len() % 4) % 4);
            credential["response"][member] = json!(format!("{text}{padding}"));
        }
        let call = t.post("/identity/v2/auth/login/passkey/finish").key().json(&credential);
        call.send().await.ok();
    }
}

#[tokio::test]
async fn an_answer_signs_in_once() {
    let (t, user, mut authenticator) = enrolled().await;
    let credential = authenticator.answer(&asked(&t, &user).await);
    let replies = race((0..50).map(|_| finish_login(&t, &credential))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(finish_login(&t, &credential).send().await.refusal().0, 403);
}

#[tokio::test]
async fn a_challenge_is_over_after_five_minutes() {
    let (t, user, mut authenticator) = enrolled().await;
    let options = asked(&t, &user).await;
    t.clock.advance(doorward_model::time::Span::minutes(5));
    assert_eq!(finish_login(&t, &authenticator.answer(&options)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_refused_answer_uses_its_challenge_up() {
    let (t, user, mut authenticator) = enrolled().await;
    let options = asked(&t, &user).await;
    let wrong = authenticator.sign(&options, |answer| answer.flags = 0);
    assert_eq!(finish_login(&t, &wrong).send().await.refusal(), (403, 1321));
    assert_eq!(finish_login(&t, &authenticator.answer(&options)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_refused_session_leaves_the_challenge() {
    let (t, user, mut authenticator) = enrolled().await;
    t.login(&user).await;
    t.set("sessionLimit", "1").await;
    let answer = authenticator.answer(&asked(&t, &user).await);
    assert_eq!(finish_login(&t, &answer).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    finish_login(&t, &answer).send().await.ok();
}

#[tokio::test]
async fn an_invitation_that_is_gone_leaves_the_challenge() {
    let (t, user, mut authenticator) = enrolled().await;
    let answer = authenticator.answer(&asked(&t, &user).await);
    let invited = finish_login(&t, &answer).query("invitation_token", "inv_1");
    assert_eq!(invited.send().await.refusal(), (404, 8169));
    finish_login(&t, &answer).query("invitation_token", "").send().await.ok();
    let answer = authenticator.answer(&request(&begin_autofill(&t).send().await));
    let invited = finish_autofill(&t, &answer).query("invitation_token", "inv_1");
    assert_eq!(invited.send().await.refusal(), (404, 8169));
    finish_autofill(&t, &answer).send().await.ok();
}

#[tokio::test]
async fn refused_answers_lock_the_account_for_every_door() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    for _ in 0..3 {
        let options = asked(&t, &user).await;
        let wrong = authenticator.sign(&options, |answer| answer.origin = "https://evil.test".to_owned());
        assert_eq!(finish_login(&t, &wrong).send().await.refusal(), (403, 1321));
    }
    let options = asked(&t, &user).await;
    assert_eq!(finish_login(&t, &authenticator.answer(&options)).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_blocked_account_is_told_of_after_a_right_answer_only() {
    let (t, user, mut authenticator) = enrolled().await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    let wrong = authenticator.sign(&asked(&t, &user).await, |answer| answer.flags = 0);
    assert_eq!(finish_login(&t, &wrong).send().await.refusal(), (403, 1321));
    let right = authenticator.answer(&asked(&t, &user).await);
    assert_eq!(finish_login(&t, &right).send().await.refusal(), (403, 991));
}

#[tokio::test]
async fn somebody_unknown_is_asked_for_the_same_passkey_every_time() {
    let (t, _, _) = enrolled().await;
    let stranger = t.user().await;
    for identifier in ["nobody@example.com", "+919812345678", "no_body", "?? no name ??", &stranger.email] {
        let first = request(&begin_login(&t, identifier).send().await);
        let second = request(&begin_login(&t, identifier).send().await);
        let allowed = first["allowCredentials"].as_array().unwrap();
        assert_eq!(allowed.len(), 1);
        assert_eq!(first["allowCredentials"], second["allowCredentials"]);
        assert_ne!(first["challenge"], second["challenge"]);
    }
    let (one, other) = (begin_login(&t, "a@example.com").send().await, begin_login(&t, "b@example.com").send().await);
    assert_ne!(request(&one)["allowCredentials"], request(&other)["allowCredentials"]);
}

#[tokio::test]
async fn known_and_unknown_cost_the_same_work() {
    let (t, user, _) = enrolled().await;
    let mut seen = Vec::new();
    for identifier in [user.email.as_str(), "nobody@example.com"] {
        let before = t.app.store.statements();
        let reply = begin_login(&t, identifier).send().await;
        let keys: Vec<String> = request(&reply).as_object().unwrap().keys().cloned().collect();
        seen.push((t.app.store.statements() - before, keys));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn autofill_signs_in_whoever_the_passkey_belongs_to() {
    let (t, user, mut authenticator) = enrolled().await;
    let options = request(&begin_autofill(&t).send().await);
    assert!(options.get("allowCredentials").is_none());
    let reply = finish_autofill(&t, &authenticator.answer(&options)).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
}

#[tokio::test]
async fn autofill_needs_the_handle() {
    let (t, _, mut authenticator) = enrolled().await;
    let mut credential = authenticator.answer(&request(&begin_autofill(&t).send().await));
    credential["response"]["userHandle"] = json!("");
    assert_eq!(finish_autofill(&t, &credential).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_challenge_of_one_door_opens_no_other() {
    let (t, user, mut authenticator) = enrolled().await;
    let autofill = request(&begin_autofill(&t).send().await);
    assert_eq!(finish_login(&t, &authenticator.answer(&autofill)).send().await.refusal(), (403, 1321));
    let named = asked(&t, &user).await;
    assert_eq!(finish_autofill(&t, &authenticator.answer(&named)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_button_alone_closes_autofill() {
    let (t, _, _) = enrolled().await;
    t.set("PassKeysConfig.PasskeySelection", "Button").await;
    assert_eq!(begin_autofill(&t).send().await.refusal(), (403, 1326));
}

#[tokio::test]
async fn without_passkeys_at_the_tenant_every_door_is_closed() {
    let (t, user, _) = enrolled().await;
    t.set("PassKeysConfig.IsEnabled", "false").await;
    assert_eq!(begin_login(&t, &user.email).send().await.refusal(), (403, 1320));
    assert_eq!(begin_autofill(&t).send().await.refusal(), (403, 1320));
    assert_eq!(finish_login(&t, &json!({})).send().await.refusal(), (403, 1320));
}

#[tokio::test]
async fn without_origins_the_settings_are_told_to_be_unusable() {
    let t = with_passkeys().await;
    t.set("PassKeysConfig.RPOrigins", "[]").await;
    assert_eq!(begin_login(&t, "asha1@example.com").send().await.refusal(), (403, 1322));
}

#[tokio::test]
async fn a_passkey_without_verification_goes_on_to_the_second_factor() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let touched = authenticator.sign(&asked(&t, &user).await, |answer| answer.flags = PRESENT);
    let reply = finish_login(&t, &touched).send().await;
    assert!(reply.ok()["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"].is_string());
    let verified = authenticator.answer(&asked(&t, &user).await);
    Tokens::of(&finish_login(&t, &verified).send().await);
    t.set("PassKeysConfig.verifiedSkipsSecondFactor", "false").await;
    let verified = authenticator.answer(&asked(&t, &user).await);
    let reply = finish_login(&t, &verified).send().await;
    assert!(reply.ok()["SecondFactorAuthentication"].is_object());
}

#[tokio::test]
async fn where_verification_is_required_a_touch_is_not_enough() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("PassKeysConfig.userVerification", "required").await;
    let options = asked(&t, &user).await;
    assert_eq!(options["userVerification"], "required");
    let touched = authenticator.sign(&options, |answer| answer.flags = PRESENT);
    assert_eq!(finish_login(&t, &touched).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn an_address_that_has_to_be_proved_comes_first() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("EmailVerificationFlow", "required").await;
    t.update_call(&user, &json!({ "EmailVerified": false })).send().await.ok();
    let right = authenticator.answer(&asked(&t, &user).await);
    assert_eq!(finish_login(&t, &right).send().await.refusal(), (403, 970));
    t.run_jobs().await;
    assert!(t.outbox().iter().any(|message| message.to == user.email && message.template == "verify-email"));
}

#[tokio::test]
async fn a_passkey_of_another_tenant_is_nobodys() {
    let (t, _, mut authenticator) = enrolled().await;
    let other = t.tenant("other").await;
    for (key, text) in [
        ("PassKeysConfig.RPID", "acme.test"),
        ("PassKeysConfig.RPOrigins", r#"["https://login.acme.test"]"#),
        ("PassKeysConfig.IsEnabled", "true"),
    ] {
        doorward_flows::configuration::tenants::set(&t.app, &other.name, &[(key.to_owned(), text.to_owned())])
            .await
            .unwrap();
    }
    let begin = t.get("/identity/v2/auth/login/passkey/autofill/begin").query("apikey", &other.api_key);
    let options = request(&begin.send().await);
    let finish = t.post("/identity/v2/auth/login/passkey/autofill/finish").query("apikey", &other.api_key);
    let refused = finish.json(&authenticator.answer(&options)).send().await;
    assert_eq!(refused.refusal(), (403, 1321));
    // Nor does a challenge of the one serve the other.
    let refused = finish_autofill(&t, &authenticator.answer(&options)).send().await;
    assert_eq!(refused.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_passkey_made_meanwhile_was_not_asked_for() {
    let (t, user, _) = enrolled().await;
    let options = asked(&t, &user).await;
    t.clock.advance(doorward_model::time::Span::seconds(1));
    let tokens = t.login(&user).await;
    let (mut later, credential) = Authenticator::create(&super::begin_add(&t, &tokens).await, |_| {});
    super::finish_add(&t, &tokens, &credential).send().await.ok();
    t.run_jobs().await;
    assert_eq!(finish_login(&t, &later.answer(&options)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn a_passkey_outlives_a_change_of_the_uid() {
    let (t, user, mut authenticator) = enrolled().await;
    let rename = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid);
    rename.json(&json!({ "NewUid": "another-uid" })).send().await.ok();
    let reply = finish_login(&t, &authenticator.answer(&asked(&t, &user).await)).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], "another-uid");
}
