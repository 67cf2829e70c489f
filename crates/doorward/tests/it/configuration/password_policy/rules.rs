//! What a new password must be.

use super::{change, complaint};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test};
use serde_json::json;

const RULES: &str = "passwordPolicy.PasswordValidationRules";

#[tokio::test]
async fn rules_of_the_registration_form_hold_at_every_door() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.set(RULES, r"required|min_length[12]|custom_validation[^(?=.*[A-Z])(?=.*[0-9]).+$###Use a capital and a digit.]")
        .await;
    let refused = t.register(&json!({ "UserName": "newcomer", "Password": OTHER_PASSWORD })).await;
    assert_eq!(complaint(&refused), "Use a capital and a digit.");
    let refused = change(&t, &tokens, GOOD_PASSWORD, "Ab3 short").send().await;
    assert_eq!(complaint(&refused), "The password must have at least 12 characters.");
    let code = t.reset_code(&user).await;
    let refused = t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await;
    assert_eq!(complaint(&refused), "Use a capital and a digit.");
    t.reset_call(&user.phone, &code, "Granite kettle 91").send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_form_of_the_application_shows_the_rules() {
    let t = Test::new().await;
    t.set(RULES, "alpha_dash").await;
    let reply = t.get("/ciam/appinfo").key().send().await;
    let fields = reply.ok()["RegistrationFormSchema"].as_array().unwrap().clone();
    let password = fields.iter().find(|field| field["name"] == "password").unwrap();
    assert_eq!(password["rules"], "required|min_length[8]|max_length[128]|alpha_dash");
}

#[tokio::test]
async fn words_and_common_passwords_are_refused_each_by_its_switch() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let (word, common) = ("constitution", "password1");
    for weak in [word, common] {
        assert_eq!(change(&t, &tokens, GOOD_PASSWORD, weak).send().await.refusal(), (403, 1216), "{weak}");
    }
    t.set("passwordPolicy.breachedPasswords.PasswordChange", "false").await;
    t.set("passwordPolicy.CommonPasswordPreventionValidation", "false").await;
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, word).send().await.refusal(), (403, 1216));
    change(&t, &tokens, GOOD_PASSWORD, common).send().await.ok();
    t.set("passwordPolicy.DictionaryPasswordValidation", "false").await;
    change(&t, &tokens, common, word).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_value_of_the_profile_may_be_a_part_where_only_the_whole_is_refused() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let part = format!("{} at noon", user.user_name);
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, &part).send().await.refusal(), (403, 1216));
    t.set("passwordPolicy.ProfileDataPasswordExactMatch", "true").await;
    for whole in [&user.email, &user.email.to_uppercase()] {
        assert_eq!(change(&t, &tokens, GOOD_PASSWORD, whole).send().await.refusal(), (403, 1216), "{whole}");
    }
    change(&t, &tokens, GOOD_PASSWORD, &part).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_current_password_and_so_many_before_it_are_refused() {
    let t = Test::new().await;
    t.set("passwordPolicy.MaxPasswordHistory", "2").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let chosen = [GOOD_PASSWORD, OTHER_PASSWORD, "cobalt lantern 33 ferries", "maple harbour 77 drums"];
    for pair in chosen.windows(2) {
        t.clock.advance(doorward_model::time::Span::seconds(1));
        change(&t, &tokens, pair[0], pair[1]).send().await.ok();
    }
    for recent in &chosen[1..] {
        let refused = change(&t, &tokens, chosen[3], recent).send().await;
        assert_eq!(complaint(&refused), "This password was used before; choose one that is new.", "{recent}");
    }
    change(&t, &tokens, chosen[3], chosen[0]).send().await.ok();
    t.run_jobs().await;
}
