//! Services for mail and text messages that are dead, silent or unwilling: people sign in as ever, and every message
//! arrives once when its service is back.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Installation, Mood, Person, Provider, Reserved, eventually, until};

/// Registers somebody by address alone, whom one mail tells how to prove it.
fn register_by_email(api: &Api, person: &Person) {
    let body = json!({ "Email": [{ "Type": "Primary", "Value": person.email }], "Password": person.password });
    let call = api.call(Method::POST, "/identity/v2/auth/register").header("x-loginradius-sott", &api.sott());
    call.json(&body).send().ok();
}

/// What does not need the service goes on.
fn life_goes_on(api: &Api) {
    let (person, _) = api.somebody();
    let (access, refresh) = api.tokens(&person);
    api.validate(&access).send().ok();
    api.refresh(&refresh).send().ok();
    api.page("/health/ready").ok();
}

#[test]
fn texts_for_a_dead_service_wait_for_it() {
    let (mut installation, keys, sms) = Installation::with_sms();
    let port = Reserved::port();
    installation.set("SMS_URL", format!("http://{}/send", port.address()));
    drop(sms);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("the worker tried in vain", || server.log().contains("cannot be reached"));
    life_goes_on(&api);

    let sms = Provider::sms_at(port);
    until("the text arrives", || !sms.texts().is_empty());
    let code = sms.texts()[0].code();
    api.reset(&person, &code, "granite kettle 91 orbits").send().ok();
    // The notice that follows is the next and last one: nothing comes twice.
    until("the notice arrives", || sms.texts().len() >= 2);
    assert!(sms.texts()[1].body.contains("password was just changed"));
    assert_eq!(server.terminate().code, 0);
    assert_eq!((sms.texts().len(), sms.tries()), (2, 2));
}

#[test]
fn texts_for_a_silent_service_wait_for_it() {
    let (installation, keys, sms) = Installation::with_sms();
    sms.is_now(Mood::Hang);
    let (_server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("the service keeps the worker waiting", || sms.hanging() > 0);
    life_goes_on(&api);
    sms.is_now(Mood::Take);
    until("the text arrives", || !sms.texts().is_empty());
    api.reset(&person, &sms.texts()[0].code(), "granite kettle 91 orbits").send().ok();
}

#[test]
fn texts_for_an_overloaded_service_come_again_under_the_same_id() {
    let (installation, keys, sms) = Installation::with_sms();
    sms.is_now(Mood::Unavailable);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    let sent = api.ask_for_reset(&person).send();
    until("the service was asked", || sms.tries() > 0);
    life_goes_on(&api);
    sms.is_now(Mood::Take);
    until("the text arrives", || !sms.texts().is_empty());
    assert_eq!(sms.texts()[0].id, sent.ok()["Data"]["Sid"]);
    assert!(server.log().contains("answered 503"), "{}", server.log());
}

#[test]
fn texts_for_a_service_that_says_when_do_not_come_before() {
    const WAIT: u64 = 5;
    let (installation, keys, sms) = Installation::with_sms();
    sms.is_now(Mood::Busy(WAIT));
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("the service was asked", || sms.tries() > 0);
    sms.is_now(Mood::Take);
    until("the text arrives", || !sms.texts().is_empty());
    let tried_at = sms.tried_at();
    // Milliseconds are what the queue counts in.
    assert!(tried_at[1] - tried_at[0] > Duration::from_millis(WAIT * 1000 - 10), "{tried_at:?}");
    assert!(server.log().contains("answered 429"), "{}", server.log());
}

#[test]
fn texts_that_the_service_refuses_are_not_sent_again() {
    let (installation, keys, sms) = Installation::with_sms();
    sms.is_now(Mood::Refuse);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("it is logged", || server.log().contains("a message was refused"));
    sms.is_now(Mood::Take);
    let (other, _) = api.somebody();
    api.ask_for_reset(&other).send().ok();
    until("the next text arrives", || !sms.texts().is_empty());
    assert_eq!((sms.texts()[0].to.as_str(), sms.tries()), (other.phone.as_str(), 2));
}

#[test]
fn mail_for_a_dead_server_waits_for_it() {
    let (mut installation, keys) = Installation::new();
    let port = Reserved::port();
    let settings = Provider::mail();
    installation.send_mail_to(&settings);
    installation.set("MAIL_PORT", port.address().port());
    let (server, api) = installation.serve(&keys);
    let person = Person::new();
    register_by_email(&api, &person);
    until("the worker tried in vain", || server.log().contains("could not be reached"));
    life_goes_on(&api);
    let mail = Provider::mail_at(port);
    until("the mail arrives", || !mail.texts().is_empty());
    assert_eq!(server.terminate().code, 0);
    assert_eq!(mail.texts_to(&person.email).len(), 1);
}

#[test]
fn mail_that_the_server_refuses_is_not_sent_again_and_mail_for_later_is() {
    let (mut installation, keys) = Installation::new();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    let (server, api) = installation.serve(&keys);
    let (unknown, busy) = (Person::new(), Person::new());
    mail.is_now(Mood::Refuse);
    register_by_email(&api, &unknown);
    until("the refusal is logged", || server.log().contains("a message was refused"));
    mail.is_now(Mood::Unavailable);
    register_by_email(&api, &busy);
    until("the delay is logged", || server.log().contains("a message was not taken"));
    mail.is_now(Mood::Take);
    until("the mail arrives", || !mail.texts().is_empty());
    assert_eq!(mail.texts_to(&busy.email).len(), 1);
    assert_eq!(mail.texts_to(&unknown.email).len(), 0);
    for person in [&unknown, &busy] {
        assert!(!server.log().contains(&person.email), "the server's own words name the receiver");
    }
}

#[test]
fn a_silent_mail_server_does_not_hold_up_texts() {
    let (mut installation, keys, sms) = Installation::with_sms();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    mail.is_now(Mood::Hang);
    let (_server, api) = installation.serve(&keys);
    register_by_email(&api, &Person::new());
    until("the mail server keeps the worker waiting", || mail.hanging() == 1);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("the text arrives", || !sms.texts_to(&person.phone).is_empty());
    assert_eq!((mail.hanging(), mail.tries()), (1, 1), "the first mail is still in hand");
}

#[test]
fn mail_for_a_silent_server_waits_for_it() {
    let (mut installation, keys) = Installation::new();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    mail.is_now(Mood::Hang);
    let (server, api) = installation.serve(&keys);
    let person = Person::new();
    register_by_email(&api, &person);
    until("the server keeps the worker waiting", || mail.hanging() > 0);
    life_goes_on(&api);
    mail.is_now(Mood::Take);
    until("the mail arrives", || !mail.texts().is_empty());
    assert_eq!(server.terminate().code, 0);
    assert_eq!(mail.texts_to(&person.email).len(), 1);
}

#[test]
fn calls_go_to_their_own_service_and_wait_for_it() {
    let (mut installation, keys, sms) = Installation::with_sms();
    let voice = Provider::sms();
    installation.send_calls_to(&voice);
    voice.is_now(Mood::Unavailable);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    let refused = api.ask_for_reset(&person).query("isvoiceotp", "true").send();
    assert_eq!(refused.code(), 1281, "the tenant has not switched calls on");
    installation.set_tenant("voice.isEnabled=true");
    installation.set_tenant("voice.voiceType=woman");
    let ask = || api.ask_for_reset(&person).query("isvoiceotp", "true").send();
    let sent = eventually("the server knows the new settings", || Some(ask()).filter(|reply| reply.status == 200));
    until("the service was asked", || voice.tries() > 0);
    life_goes_on(&api);
    voice.is_now(Mood::Take);
    until("the call is taken", || !voice.texts().is_empty());
    let call = voice.texts().remove(0);
    assert_eq!((&call.to, &call.id.into()), (&person.phone, &sent.ok()["Data"]["Sid"]));
    let spoken = call.body.strip_prefix("woman en: ").expect("voice and language go along");
    let digits: String = spoken.split("is: ").nth(1).unwrap().chars().take(11).collect();
    api.reset(&person, &digits.replace(' ', ""), "granite kettle 91 orbits").send().ok();
    assert!(server.log().contains("the service of [voice] answered 503"), "{}", server.log());
    until("the notice arrives", || !sms.texts().is_empty());
    assert!(sms.texts()[0].body.contains("password was just changed"), "notices stay text messages");
}

#[test]
fn a_silent_service_for_calls_does_not_hold_up_texts() {
    let (mut installation, keys, sms) = Installation::with_sms();
    let voice = Provider::sms();
    installation.send_calls_to(&voice);
    installation.set_tenant("voice.isEnabled=true");
    voice.is_now(Mood::Hang);
    let (_server, api) = installation.serve(&keys);
    let ((waiting, _), (person, _)) = (api.somebody(), api.somebody());
    api.ask_for_reset(&waiting).query("isvoiceotp", "true").send().ok();
    until("the service keeps the worker waiting", || voice.hanging() == 1);
    api.ask_for_reset(&person).send().ok();
    until("the text arrives", || !sms.texts_to(&person.phone).is_empty());
}
