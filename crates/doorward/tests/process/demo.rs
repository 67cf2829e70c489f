//! A first look: the whole main job through nothing but the line that the demo prints.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Ended, Installation, Keys, Person, Program};

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
fn a_code_that_is_spoken_is_caught_as_a_call() {
    let installation = Installation::bare();
    let (_demo, api, _) = installation.demo(&[]);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).query("isvoiceotp", "true").send().ok();
    let message = api.caught(&person.phone, 1);
    let code = message["code"].as_str().unwrap();
    assert_eq!(message["channel"], "voice");
    assert!(!message["body"].as_str().unwrap().contains(code), "its digits stand apart");
    api.reset(&person, code, "granite kettle 91 orbits").send().ok();
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

#[test]
fn the_lines_that_it_prints_reset_a_password_when_pasted() {
    paste_the_lines_of(&["demo", "--listen", "127.0.0.1:0"]);
}

#[test]
fn so_do_its_lines_for_https() {
    paste_the_lines_of(&["demo", "--listen", "127.0.0.1:0", "--tls", "--data", "Anna's demo"]);
}

/// Needs `sh`, `bash` and `curl`, as the newcomer who pastes the lines does; once is not enough for everybody.
fn paste_the_lines_of(command: &[&str]) {
    let installation = Installation::bare();
    let mut demo = Program::start(&mut installation.command(command));
    demo.printed("the last line", |line| line.starts_with("Ctrl-C").then_some(()));
    let welcome = demo.out();
    assert!(!welcome.contains("127.0.0.1"), "it speaks of one origin: {welcome}");
    let is_script = |line: &&str| !line.starts_with("Ctrl-C");
    let script: Vec<&str> =
        welcome.lines().skip_while(|line| !line.contains("# A phone number")).take_while(is_script).collect();
    let script = script.join("\n");
    for shell in ["sh", "bash"] {
        let pasted = Ended::of(Command::new(shell).args(["-ec", &[script.as_str(); 2].join("\n")]));
        let answers: Vec<Value> = pasted.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), 6, "{pasted:?}");
        for [created, asked, reset] in answers.as_chunks().0 {
            assert!(created["PhoneId"].as_str().unwrap().starts_with("+4178"), "{pasted:?}");
            assert_eq!(asked["IsPosted"], true, "{pasted:?}");
            assert!(reset["Data"]["access_token"].is_string(), "{pasted:?}");
        }
    }
}

#[test]
fn a_folder_whose_settings_no_longer_fit_can_be_looked_at_mended_and_used() {
    let installation = Installation::bare();
    let (demo, _, _) = installation.demo(&[]);
    assert_eq!(demo.terminate().code, 0);
    let spoil = || {
        let database = rusqlite::Connection::open(installation.path("demo/doorward.db")).unwrap();
        let origins = "UPDATE tenants SET settings = json_set(settings, '$.PassKeysConfig.RPOrigins[0]', 'https://localhost:443')";
        database.execute_batch(origins).unwrap();
    };
    let run = |arguments: &[&str]| installation.run(&[arguments, &["--data", "demo"]].concat());
    spoil();
    let shown = run(&["tenant", "show", "demo"]);
    assert!(
        shown.ok().contains("PassKeysConfig.RPOrigins") && shown.out.contains("write `https://localhost`"),
        "{shown:?}"
    );
    let examined = run(&["doctor"]);
    assert!(examined.out.contains("demo: PassKeysConfig.RPOrigins"), "{examined:?}");
    let other = run(&["tenant", "set", "demo", "IsPhoneLogin=true"]);
    assert!(other.ok().contains("This does not fit"), "{other:?}");
    let mended = run(&["tenant", "set", "demo", r#"PassKeysConfig.RPOrigins=["https://localhost"]"#]);
    assert!(!mended.ok().contains("does not fit"), "{mended:?}");
    assert!(!run(&["doctor"]).ok().contains("RPOrigins"));

    spoil();
    let (demo, _, _) = installation.demo(&[]);
    assert!(!run(&["tenant", "show", "demo"]).ok().contains("does not fit"), "the demo mends its own");
    assert_eq!(demo.terminate().code, 0);
}

#[test]
fn localhost_is_the_origin_of_everything_and_answers_in_both_families() {
    let installation = Installation::bare();
    let (_demo, api, ready) = installation.demo(&[]);
    assert!(api.url.starts_with("http://localhost:"), "{}", api.url);
    assert_eq!(ready["mailbox"], format!("{}/dev/mailbox", api.url));
    let port = api.url.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "[::1]"] {
        if std::net::TcpListener::bind(format!("{host}:0")).is_ok() {
            Api::new(&format!("http://{host}:{port}"), &api.keys).page("/health/ready").ok();
        }
    }
}

#[test]
fn another_folder_gives_other_keys() {
    let (one, other) = (Installation::bare(), Installation::bare());
    let (_one, one, _) = one.demo(&[]);
    let (_other, other, _) = other.demo(&[]);
    assert_ne!(one.keys.api_key, other.keys.api_key);
    assert_ne!(one.keys.api_secret, other.keys.api_secret);
}

#[test]
fn tenants_are_made_and_set_while_it_runs() {
    let installation = Installation::bare();
    let (_demo, api, _) = installation.demo(&[]);
    let tenant = |arguments: &[&str]| installation.run(&[&["tenant", "--data", "demo", "--json"], arguments].concat());
    let keys = Keys::of(&tenant(&["create", "acme"]).json());
    let acme = Api::new(&api.url, &keys);
    let configuration = || acme.call(Method::GET, "/ciam/appinfo").send().text;
    assert!(!configuration().contains("\"IsPhoneLogin\":true"));
    assert_eq!(tenant(&["set", "acme", "IsPhoneLogin=true"]).json()["IsPhoneLogin"], true);
    assert!(configuration().contains("\"IsPhoneLogin\":true"), "{}", configuration());
}

#[test]
fn without_its_master_key_it_refuses_and_says_what_to_do() {
    let installation = Installation::bare();
    installation.demo(&[]).0.terminate();
    fs::remove_file(installation.path("demo/master.key")).unwrap();
    let ended = installation.run(&["demo", "--listen", "127.0.0.1:0", "--data", "demo"]);
    ended.failed(1, &["put it back, or remove the folder"]);
}

#[test]
fn it_stays_on_this_machine() {
    let installation = Installation::bare();
    let ended = installation.run(&["demo", "--listen", "0.0.0.0:0", "--data", "demo"]);
    ended.failed(3, &["0.0.0.0:0 is not loopback", "doorward serve"]);
    assert!(!installation.path("demo").exists());
    let (_demo, api, _) = installation.demo(&[]);
    for page in ["/dev/outbox", "/"] {
        let reply = api.bare(Method::GET, page).header("host", "evil.example.com").send();
        assert_eq!(reply.status, 403, "a page that a foreign name leads to: {}", reply.text);
    }
}

#[test]
fn what_it_keeps_is_closed_to_others() {
    let installation = Installation::bare();
    let (_demo, _, _) = installation.demo(&[]);
    for name in ["demo", "demo/master.key", "demo/doorward.db", "demo/doorward.db-wal"] {
        let mode = fs::metadata(installation.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}
