//! Messages in words: languages, a tenant's own versions, placeholders.

use crate::support::{OTHER_PASSWORD, Test, User};
use doorward_flows::app::outside::{Channel, Message};
use doorward_flows::configuration::templates;

use doorward_flows::configuration::templates::{Content, Which};
use doorward_flows::notify::{Cargo, Template};
use serde_json::{Value, json};

fn which(template: Template, channel: Channel, name: &str, language: &str) -> Which {
    Which { template, channel, name: name.to_owned(), language: Some(language.to_owned()) }
}

/// Stores a version for "acme".
async fn store(t: &Test, which: &Which, text: &str, html: Option<&str>) -> Vec<String> {
    let content = Content { subject: None, text: text.to_owned(), html: html.map(str::to_owned) };
    templates::set(&t.app, "acme", which, &content).await.unwrap()
}

/// The latest message to this receiver, after all that wait are carried.
async fn latest(t: &Test, receiver: &str) -> Message {
    t.run_jobs().await;
    let to = |message: &Message| message.to.eq_ignore_ascii_case(receiver);
    t.outbox().into_iter().rev().find(to).expect("a message was sent to this receiver")
}

/// The message that resets the password, as asked for with this query.
async fn asked(t: &Test, user: &User, query: &str) -> Message {
    let call = t.post(&format!("/identity/v2/auth/password/otp?{query}")).key();
    call.json(&json!({ "phone": user.phone })).send().await.ok();
    latest(t, &user.phone).await
}

async fn with_language(t: &Test, language: Value) -> User {
    t.user_with(&json!({ "Language": language })).await
}

#[tokio::test]
async fn people_get_messages_in_their_language_else_the_tenants_else_english() {
    let t = Test::new().await;
    let (anna, bert) = (with_language(&t, json!("de-AT")).await, with_language(&t, json!("fr")).await);
    assert!(asked(&t, &anna, "").await.text.contains("ist dein Code"));
    assert!(asked(&t, &bert, "").await.text.contains("is your code"));
    t.set("messageLanguage", "de").await;
    let carl = t.user().await;
    assert!(asked(&t, &carl, "").await.text.contains("ist dein Code"));
}

#[tokio::test]
async fn notices_follow_the_language_even_when_nobody_is_there_any_more() {
    let t = Test::new().await;
    let user = with_language(&t, json!("de")).await;
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert!(latest(&t, &user.email).await.text.contains("wurde gerade geändert"));

    let user = with_language(&t, json!("de")).await;
    let tokens = t.login(&user).await;
    t.delete("/identity/v2/auth/account").key().token(&tokens.access).send().await.ok();
    let otp = t.code_for(&user.email).await;
    let confirm = t.get("/identity/v2/auth/account/delete").key().query("email", &user.email).query("otp", &otp);
    confirm.send().await.ok();
    assert_eq!(latest(&t, &user.email).await.subject.as_deref(), Some("Dein Konto bei acme wurde gelöscht"));
}

#[tokio::test]
async fn a_request_chooses_a_version_by_its_name_and_an_unknown_name_means_the_default() {
    let t = Test::new().await;
    let user = t.user().await;
    store(&t, &which(Template::ResetPassword, Channel::Sms, "spring", "en"), "Spring: #OTP#", None).await;
    assert!(asked(&t, &user, "smsTemplate=spring").await.text.starts_with("Spring: "));
    assert!(asked(&t, &user, "smstemplate=autumn").await.text.contains("is your code"));
    assert!(asked(&t, &user, "emailtemplate=spring").await.text.contains("is your code"));
}

#[tokio::test]
async fn the_notice_of_a_reset_is_chosen_in_the_body() {
    let t = Test::new().await;
    let user = t.user().await;
    store(&t, &which(Template::PasswordChanged, Channel::Email, "calm", "en"), "All is well, #FirstName#.", None).await;
    let code = t.reset_code(&user).await;
    let body =
        json!({ "phone": user.phone, "otp": code, "password": OTHER_PASSWORD, "ResetPasswordEmailTemplate": "calm" });
    t.put("/identity/v2/auth/password/otp").key().json(&body).send().await.ok();
    assert!(latest(&t, &user.email).await.text.starts_with("All is well"));
}

#[tokio::test]
async fn an_overridden_default_can_be_taken_back_and_the_shipped_one_stays() {
    let t = Test::new().await;
    let user = t.user().await;
    let default = which(Template::ResetPassword, Channel::Sms, "default", "en");
    store(&t, &default, "Ours: #OTP#", None).await;
    assert!(asked(&t, &user, "").await.text.starts_with("Ours: "));
    assert_eq!(templates::reset(&t.app, "acme", &default).await.unwrap(), 1);
    assert_eq!(templates::reset(&t.app, "acme", &default).await.unwrap(), 0);
    assert!(asked(&t, &user, "").await.text.contains("is your code"));
}

#[tokio::test]
async fn versions_belong_to_one_tenant() {
    let t = Test::new().await;
    t.tenant("other").await;
    let default = which(Template::ResetPassword, Channel::Sms, "default", "en");
    let content = Content { text: "Theirs: #OTP#".to_owned(), ..Content::default() };
    templates::set(&t.app, "other", &default, &content).await.unwrap();
    assert!(asked(&t, &t.user().await, "").await.text.contains("is your code"));
}

#[tokio::test]
async fn placeholders_hold_what_the_profile_says() {
    let t = Test::new().await;
    let fields = json!({ "FirstName": "Anna", "LastName": "Sample", "CustomFields": { "Loyalty": "gold" },
        "Addresses": [{ "Type": "Home", "City": "Graz", "Country": "Austria" }] });
    let user = t.user_with(&fields).await;
    let text = "#OTP# #Name#/#FirstName#/#userName#/#City#/#Country#/#Loyalty#/#CurrentYear#/#OTPExpiry#/#nothing#";
    store(&t, &which(Template::ResetPassword, Channel::Sms, "default", "en"), text, None).await;
    let message = asked(&t, &user, "").await;
    let expected = format!("Anna Sample/Anna/{}/Graz/Austria/gold/2026/300/", user.user_name);
    assert_eq!(message.text.split_once(' ').unwrap().1, expected);
}

#[tokio::test]
async fn a_display_name_is_text_and_nothing_else() {
    let t = Test::new().await;
    let name = "<a href=\"https://evil.com\">#OTP#</a>\r\nBcc: x@evil.com";
    let user = t.user_with(&json!({ "FirstName": name })).await;
    let template = which(Template::PasswordChanged, Channel::Email, "default", "en");
    let content = Content {
        subject: Some("For #FirstName#".to_owned()),
        text: "Hi #FirstName#".to_owned(),
        html: Some("<p>#FirstName#</p>".to_owned()),
    };
    templates::set(&t.app, "acme", &template, &content).await.unwrap();
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    let message = latest(&t, &user.email).await;
    let (subject, html) = (message.subject.unwrap(), message.html.unwrap());
    assert!(html.starts_with("<p>&lt;a href=&quot;") && !html.contains("<a"), "{html}");
    for text in [&subject, &message.text, &html] {
        assert!(text.contains("#OTP#") && !text.contains("evil.com") && !text.contains(['\r', '\n']), "{text}");
    }
}

#[tokio::test]
async fn section_tags_follow_the_account() {
    let t = Test::new().await;
    let text = "#OTP##FPass password FPass##FProv provider FProv##FUName name #UserName# FUName#";
    store(&t, &which(Template::ResetPassword, Channel::Sms, "default", "en"), text, None).await;
    let with = t.user().await;
    let told = asked(&t, &with, "").await.text;
    assert!(told.contains("password") && told.contains(&with.user_name) && !told.contains("provider"), "{told}");
    let without = t.user_with(&json!({ "Password": null })).await;
    assert!(!asked(&t, &without, "").await.text.contains("password"));
}

#[tokio::test]
async fn what_could_not_be_sent_is_not_stored() {
    let t = Test::new().await;
    let mail = which(Template::ResetPassword, Channel::Email, "spring", "en");
    let sms = which(Template::ResetPassword, Channel::Sms, "default", "en");
    let refused = async |which: &Which, subject: Option<&str>, text: &str, html: Option<&str>| {
        let content =
            Content { subject: subject.map(str::to_owned), text: text.to_owned(), html: html.map(str::to_owned) };
        templates::set(&t.app, "acme", which, &content).await.is_err()
    };
    assert!(refused(&mail, None, "no code", None).await);
    assert!(refused(&mail, None, "#OTP#", Some("<p>no code</p>")).await);
    assert!(refused(&mail, None, " ", None).await);
    assert!(refused(&mail, Some(&"x".repeat(201)), "#OTP#", None).await);
    assert!(refused(&sms, None, &format!("#OTP#{}", "x".repeat(1000)), None).await);
    assert!(refused(&sms, Some("subject"), "#OTP#", None).await);
    assert!(refused(&Which { name: "a b".to_owned(), ..mail.clone() }, None, "#OTP#", None).await);
    assert!(refused(&Which { language: Some("nonsense".to_owned()), ..mail.clone() }, None, "#OTP#", None).await);
    assert!(
        templates::set(&t.app, "nobody", &mail, &Content { text: "#OTP#".to_owned(), ..Content::default() })
            .await
            .is_err()
    );
    assert!(templates::list(&t.app, "acme").await.unwrap().is_empty());
    assert_eq!(store(&t, &mail, "#OTP# #Loyalty# #Name#", None).await.len(), 1, "one placeholder is nobody's");
}

#[tokio::test]
async fn a_trial_goes_the_way_of_all_messages() {
    let t = Test::new().await;
    let which = which(Template::VerifyEmail, Channel::Email, "default", "de");
    let preview = templates::preview(&t.app, "acme", &which, Cargo::Link).await.unwrap();
    assert!(preview.html.unwrap().contains("E-Mail-Adresse bestätigen</a>"));
    let outcome = templates::send(&t.app, "acme", &which, Cargo::Code, "Me@example.com").await.unwrap();
    assert_eq!(outcome, "delivered");
    let sent = t.outbox().pop().unwrap();
    assert_eq!((sent.to.as_str(), sent.code.as_deref()), ("Me@example.com", Some("123456")));
    assert_eq!(sent.subject.as_deref(), Some("Bestätige deine E-Mail-Adresse für acme"));
    let unknown = Which { name: "autumn".to_owned(), ..which };
    assert!(templates::preview(&t.app, "acme", &unknown, Cargo::Code).await.is_err());
    assert!(templates::send(&t.app, "acme", &unknown, Cargo::Code, "me@example.com").await.is_err());
}
