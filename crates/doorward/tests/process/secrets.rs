//! Nothing that opens anything, and nobody's address or number, is ever written where a log, a page or a file shows it.

use std::collections::BTreeMap;
use std::fs;

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Installation, Mood, Person, Program, Provider, until};

/// Every secret and every personal value of a run, under the name of what it is.
#[derive(Default)]
struct Canaries(BTreeMap<String, String>);

impl Canaries {
    fn add(&mut self, name: &str, value: &str) {
        assert!(value.len() >= 8, "{name} is so short that it may stand somewhere by chance: {value}");
        self.0.insert(format!("{name} {}", self.0.len()), value.to_owned());
    }

    fn add_person(&mut self, person: &Person) {
        self.add("email", &person.email);
        // Without the +, so that it is found however it is encoded.
        self.add("phone", &person.phone[1..]);
        self.add("user name", &person.user_name);
        self.add("password", &person.password);
    }

    fn add_tokens(&mut self, (access, refresh): &(String, String)) {
        self.add("access token", access);
        self.add("refresh token", refresh);
    }

    #[track_caller]
    fn are_not_in(&self, place: &str, text: &str) {
        self.are_not_in_bytes(place, text.as_bytes());
    }

    #[track_caller]
    fn are_not_in_bytes(&self, place: &str, bytes: &[u8]) {
        for (name, value) in &self.0 {
            let encoded = value.replace('@', "%40").replace(' ', "%20");
            for form in [value, &encoded] {
                let found = bytes.windows(form.len()).position(|window| window == form.as_bytes());
                let around = |at: usize| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..at]).into_owned();
                assert_eq!(found.map(around), None, "{name} ({value}) stands in {place}, behind this");
            }
        }
    }
}

/// Where a run's messages can be read.
enum Mailbox<'p> {
    Demo,
    Services { sms: &'p Provider, mail: &'p Provider },
}

impl Mailbox<'_> {
    /// The code in the `count`th text to this phone.
    fn code(&self, api: &Api, person: &Person, count: usize) -> String {
        match self {
            Mailbox::Demo => api.caught(&person.phone, count)["code"].as_str().unwrap().to_owned(),
            Mailbox::Services { sms, .. } => {
                until("the text arrives", || sms.texts_to(&person.phone).len() >= count);
                sms.texts_to(&person.phone)[count - 1].code()
            }
        }
    }

    /// The token in the link of the mail to this address.
    fn link_token(&self, api: &Api, person: &Person) -> String {
        let text = match self {
            Mailbox::Demo => api.caught(&person.email, 1)["link"].as_str().unwrap().to_owned(),
            Mailbox::Services { mail, .. } => {
                until("the mail arrives", || !mail.texts_to(&person.email).is_empty());
                // Mail breaks its lines wherever it likes.
                mail.texts_to(&person.email)[0].body.replace("=\n", "").replace("=3D", "=")
            }
        };
        let (_, token) = text.split_once("verificationtoken=").unwrap();
        token.chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}

/// Everything that a person does, right and wrong, with what must not be seen of it.
fn live(api: &Api, mailbox: &Mailbox, canaries: &mut Canaries) {
    let person = Person::new();
    canaries.add_person(&person);
    canaries.add("API secret", &api.keys.api_secret);
    let sott = api.sott();
    canaries.add("registration token", &sott);

    let mut body = person.profile();
    body["FirstName"] = json!("Wilhelmina-Kestrel");
    canaries.add("first name", "Wilhelmina-Kestrel");
    let register = || api.call(Method::POST, "/identity/v2/auth/register").header("x-loginradius-sott", &sott);
    register().json(&body).send().ok();
    assert_ne!(register().json(&body).send().code(), 0, "the second time everything is taken");

    let code = mailbox.code(api, &person, 1);
    canaries.add("code", &code);
    assert_ne!(api.verify_phone(&person, "0123456789").send().code(), 0);
    let tokens = api.verify_phone(&person, &code).send().tokens();
    canaries.add_tokens(&tokens);
    assert_ne!(api.verify_phone(&person, &code).send().code(), 0);

    let link_token = mailbox.link_token(api, &person);
    canaries.add("link", &link_token);
    let follow = || api.call(Method::GET, "/identity/v2/auth/email").query("verificationtoken", &link_token).send();
    canaries.add_tokens(&follow().tokens());
    assert_ne!(follow().code(), 0);

    api.call(Method::GET, "/identity/v2/auth/account").token(&tokens.0).send().ok();
    let refreshed = api.refresh(&tokens.1).send().tokens();
    canaries.add_tokens(&refreshed);
    assert_eq!(api.refresh(&tokens.1).send().code(), 1217);
    api.invalidate(&refreshed.0).send().ok();
    assert_eq!(api.validate(&refreshed.0).send().code(), 905);

    assert_eq!(api.login(&person, "a wrong passphrase 77").send().code(), 966);
    canaries.add("wrong password", "a wrong passphrase 77");
    api.ask_for_reset(&person).send().ok();
    let code = mailbox.code(api, &person, 2);
    canaries.add("code", &code);
    let new = "granite kettle 91 orbits";
    canaries.add("new password", new);
    assert_eq!(api.reset(&person, "9876543210", new).send().code(), 1409);
    canaries.add("wrong code", "9876543210");
    assert_ne!(api.reset(&person, &code, &person.password).send().code(), 0, "the old password is no new one");
    canaries.add_tokens(&api.reset(&person, &code, new).send().tokens());
    canaries.add_tokens(&api.login(&person, new).send().tokens());
    blunder(api, &person, canaries);
}

/// What clients get wrong, with the values in the wrong places.
fn blunder(api: &Api, person: &Person, canaries: &mut Canaries) {
    let stray = "stray-canary-3f9c1b";
    canaries.add("stray value", stray);
    let login = "/identity/v2/auth/login";
    let get = |path: &str| api.call(Method::GET, path);
    let calls = [
        get(&format!("/identity/v2/manage/account/{}", person.email)),
        get(&format!("/no/such/place/{}/{stray}", person.phone)).query("token", stray),
        get("/identity/v2/auth/account").query("access_token", stray).query("email", &person.email),
        get("/identity/v2/auth/account").token(stray).header("origin", &format!("https://{stray}.example")),
        get("/identity/v2/auth/account").token(stray).header("user-agent", stray).header("referer", stray),
        get("/identity/v2/auth/email").query("email", &format!("{stray}@{}", person.email)),
        get("/identity/v2/auth/email").query("verificationtoken", stray),
        get("/identity/v2/auth/login").query("password", &person.password),
        api.refresh(stray),
        api.bare(Method::GET, "/identity/v2/serverinfo").query("apikey", &api.keys.api_secret),
        api.call(Method::GET, "/identity/v2/manage/account/sott").query("apisecret", stray),
        api.call(Method::POST, login).body(format!("{{\"password\": \"{}\" {stray}", person.password)),
        api.call(Method::POST, login).json(&json!({ "email": [person.email], "password": { stray: 1 } })),
        api.call(Method::POST, login).json(&json!({ "phone": format!("{}{stray}", person.phone), "password": stray })),
        api.call(Method::POST, login).body(format!("password={}&email={stray}", person.password)),
        api.create(person),
        api.back_end(Method::POST, "/identity/v2/manage/account").json(&json!({ "Email": stray, "Password": stray })),
        api.back_end(Method::PUT, &format!("/identity/v2/manage/account/{stray}")).json(&json!({ "PhoneId": stray })),
        api.call(Method::POST, "/identity/v2/auth/register")
            .header("x-loginradius-sott", stray)
            .json(&person.profile()),
        api.call(Method::POST, login).body(stray.repeat(20_000)),
    ];
    for (index, call) in calls.into_iter().enumerate() {
        let reply = call.send();
        assert_ne!(reply.code(), 0, "blunder {index} was taken: {reply:?}");
    }
}

fn pages_hold_none(api: &Api, canaries: &Canaries) {
    for page in ["/docs", "/openapi.json", "/health/live", "/health/ready"] {
        let reply = api.page(page);
        reply.ok();
        canaries.are_not_in(page, &reply.text);
        for (name, value) in &reply.headers {
            canaries.are_not_in(page, &format!("{name}: {}", value.to_str().unwrap()));
        }
    }
}

/// Stops the program and looks through everything that it said.
fn said_none(program: Program, canaries: &Canaries) {
    let ended = program.terminate();
    assert_eq!(ended.code, 0);
    assert!(ended.err.contains("ResetPassword"), "what was done is logged: {}", ended.err);
    canaries.are_not_in("the log", &ended.err);
    canaries.are_not_in("standard output", &ended.out);
}

/// A code of ten digits stands nowhere by chance.
const LONG_CODES: &str = "otp.OTPLength=10";

#[test]
fn the_demo_logs_none() {
    let installation = Installation::bare();
    let (demo, api, _) = installation.demo(&["--verbose"]);
    installation.run(&["tenant", "--data", "demo", "set", "demo", LONG_CODES]).ok();
    let mut canaries = Canaries::default();
    live(&api, &Mailbox::Demo, &mut canaries);
    pages_hold_none(&api, &canaries);
    let ended = demo.terminate();
    assert!(ended.err.contains("ResetPassword"), "what was done is logged: {}", ended.err);
    canaries.are_not_in("the log", &ended.err);
    let [line] = ended.out.lines().collect::<Vec<_>>()[..] else { panic!("{}", ended.out) };
    canaries.are_not_in("standard output", &line.replace(&api.keys.api_secret, ""));
}

fn serving_logs_none(format: &str, level: &str) {
    let (mut installation, keys, sms) = Installation::with_sms();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    installation.set("LOGGING_FORMAT", format);
    installation.set("LOGGING_LEVEL", level);
    installation.set_tenant(LONG_CODES);
    let (server, api) = installation.serve(&keys);
    let mut canaries = Canaries::default();
    live(&api, &Mailbox::Services { sms: &sms, mail: &mail }, &mut canaries);
    pages_hold_none(&api, &canaries);
    messages_in_trouble(&api, &sms, &mut canaries);
    said_none(server, &canaries);
    commands_show_none(&installation, &canaries);
    if let Some(file) = installation.file() {
        stored_in_clear(&file, &canaries);
    }
}

/// A service that repeats number, address and text in its refusals.
fn messages_in_trouble(api: &Api, sms: &Provider, canaries: &mut Canaries) {
    for mood in [Mood::Unavailable, Mood::Refuse] {
        let (person, _) = api.somebody();
        canaries.add_person(&person);
        sms.is_now(mood);
        let before = sms.tries();
        api.ask_for_reset(&person).send().ok();
        until("the service is asked", || sms.tries() > before);
    }
}

fn commands_show_none(installation: &Installation, canaries: &Canaries) {
    for command in
        [&["config"][..], &["config", "--check"], &["tenant", "list"], &["tenant", "show", "acme"], &["openapi"]]
    {
        let ended = installation.run(command);
        canaries.are_not_in(&format!("{command:?}"), ended.ok());
        canaries.are_not_in(&format!("{command:?}"), &ended.err);
    }
}

/// What opens something is kept as a hash or encrypted; addresses and numbers are what accounts are found by.
fn stored_in_clear(file: &std::path::Path, canaries: &Canaries) {
    let personal = ["email", "phone", "user name", "first name", "stray value"];
    let keeps = |name: &str| !personal.iter().any(|personal| name.starts_with(personal));
    let secrets = canaries.0.iter().filter(|(name, _)| keeps(name));
    let secrets = Canaries(secrets.map(|(name, value)| (name.clone(), value.clone())).collect());
    for ending in ["", "-wal"] {
        let path = format!("{}{ending}", file.display());
        // The log beside the database is gone when the last server has closed it.
        secrets.are_not_in_bytes(&path, &fs::read(&path).unwrap_or_default());
    }
}

#[test]
fn serve_logs_none_as_text() {
    serving_logs_none("text", "trace");
}

#[test]
fn serve_logs_none_as_json() {
    serving_logs_none("json", "debug");
}
