//! A first look: the whole main job through nothing but the line that the demo prints.

use reqwest::Method;
use serde_json::json;

use crate::support::{Installation, Person};

#[test]
fn a_forgotten_password_is_reset_by_phone() {
    let installation = Installation::bare();
    let (demo, api, ready) = installation.demo(&[]);
    assert_eq!(ready["mailbox"], format!("{}/dev/mailbox", api.url));

    let person = Person::new();
    assert_eq!(api.register(&person, &api.sott()).send().ok()["IsPosted"], true);
    let message = api.caught(&person.phone, 1);
    assert_eq!((&message["channel"], &message["to"]), (&json!("sms"), &json!(person.phone)));
    let (access, _) = api.verify_phone(&person, message["code"].as_str().unwrap()).send().tokens();

    assert_eq!(api.ask_for_reset(&person).send().ok()["IsPosted"], true);
    let message = api.caught(&person.phone, 2);
    let (new, code) = ("granite kettle 91 orbits", message["code"].as_str().unwrap());
    assert!(message["body"].as_str().unwrap().contains(code));
    let reply = api.reset(&person, code, new).send();
    assert_eq!(reply.ok()["Data"]["Profile"]["PhoneId"], person.phone);
    let (fresh, _) = reply.tokens();

    assert_eq!(api.validate(&access).send().code(), 905, "what was signed in before is signed out");
    api.validate(&fresh).send().ok();
    assert_eq!(api.login(&person, &person.password).send().code(), 966);
    api.login(&person, new).send().ok();
    let again = api.reset(&person, code, "a third passphrase 12").send();
    assert_eq!((again.status, again.code()), (401, 1409), "a code is used once");
    let ended = demo.terminate();
    assert_eq!((ended.code, ended.out.lines().count()), (0, 1));
}

#[test]
fn the_mailbox_shows_mail_with_its_link() {
    let installation = Installation::bare();
    let (_demo, api, _) = installation.demo(&[]);
    let person = Person::new();
    let register = api.call(Method::POST, "/identity/v2/auth/register").header("x-loginradius-sott", &api.sott());
    let body = json!({ "Email": [{ "Type": "Primary", "Value": person.email }], "Password": person.password });
    register.json(&body).send().ok();
    let message = api.caught(&person.email, 1);
    assert_eq!((&message["channel"], &message["code"]), (&json!("email"), &json!(null)));
    let link = message["link"].as_str().unwrap();
    let path = link.strip_prefix(&api.url).expect("without a page of its own the tenant's links lead to the server");
    assert_eq!(api.bare(Method::GET, path).send().ok()["Data"]["Profile"]["EmailVerified"], true);
}

#[test]
fn what_was_done_is_there_after_a_restart() {
    let installation = Installation::bare();
    let (demo, api, before) = installation.demo(&[]);
    let (person, uid) = api.somebody();
    let (access, _) = api.tokens(&person);
    assert_eq!(demo.terminate().code, 0);

    let (_demo, api, after) = installation.demo(&[]);
    assert_eq!((&before["api_key"], &before["api_secret"]), (&after["api_key"], &after["api_secret"]));
    assert_eq!(api.account(&uid).send().ok()["PhoneId"], person.phone);
    api.validate(&access).send().ok();
}
