//! What the doctor finds, and the code it leaves with.

use std::fs;

use crate::support::{Ended, Installation, Mood, Provider, Reserved};

/// That the report has a line with this verdict on this thing, and that `told` stands in it or in the remedy below.
#[track_caller]
fn found(report: &Ended, verdict: &str, what: &str, told: &str) {
    let lines: Vec<&str> = report.out.lines().collect();
    let told_so = lines.iter().enumerate().any(|(at, line)| {
        let below = lines.get(at + 1).copied().unwrap_or_default();
        line.starts_with(verdict) && line.contains(what) && format!("{line} {below}").contains(told)
    });
    assert!(told_so, "{verdict} {what} {told}: {report:?}");
}

fn wrong(report: &Ended) {
    assert_eq!(report.code, 1, "{report:?}");
    assert!(report.err.contains("wrong"), "{report:?}");
}

#[test]
fn an_installation_that_is_well() {
    let (mut installation, keys, sms) = Installation::with_sms();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    let (server, api) = installation.serve(&keys);
    installation.set("SERVER_PUBLIC_URL", &api.url);
    let report = installation.run(&["doctor"]);
    assert_eq!(report.code, 0, "{report:?}");
    for what in ["settings", "database", "master key", "public address", "mail", "text messages", "clock"] {
        found(&report, "ok", what, "");
    }
    if installation.file().is_some() {
        found(&report, "ok", "database file", "is whole");
        found(&report, "ok", "disk", "MiB free");
    }
    found(&report, "ok", "mail", "127.0.0.1 takes mail from Doorward <no-reply@example.com>: 250 OK");
    assert_eq!((sms.texts().len(), mail.texts().len()), (0, 0), "nothing is sent");
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn what_is_not_set_is_doubtful_and_no_failure() {
    let (installation, _) = Installation::new();
    let report = installation.run(&["doctor"]);
    assert_eq!(report.code, 0, "{report:?}");
    for what in ["public address", "mail", "text messages", "clock"] {
        found(&report, "doubtful", what, "");
    }
}

#[test]
fn services_that_are_away_are_wrong() {
    let (mut installation, _, _sms) = Installation::with_sms();
    installation.set("SMS_URL", format!("http://{}/send?key=a-secret-of-ours", Reserved::port().address()));
    installation.set("MAIL_HOST", "127.0.0.1");
    installation.set("MAIL_PORT", Reserved::port().address().port());
    installation.set("MAIL_TLS", "none");
    installation.set("MAIL_FROM", "Doorward <no-reply@example.com>");
    let report = installation.run(&["doctor"]);
    wrong(&report);
    found(&report, "WRONG", "mail", "could not be reached");
    found(&report, "WRONG", "text messages", "Check [sms] url");
    assert!(!report.out.contains("a-secret-of-ours") && !report.err.contains("a-secret-of-ours"), "{report:?}");
}

#[test]
fn what_the_mail_server_answers_is_told() {
    let (mut installation, _) = Installation::new();
    let mail = Provider::mail();
    installation.send_mail_to(&mail);
    mail.is_now(Mood::Refuse);
    let report = installation.run(&["doctor"]);
    assert_eq!(report.code, 0, "{report:?}");
    found(&report, "doubtful", "mail", "answered 550: 5.1.1 <no-reply@example.com> is unknown here");
    mail.is_now(Mood::Unavailable);
    found(&installation.run(&["doctor"]), "doubtful", "mail", "451");
    assert_eq!(mail.texts().len(), 0);
}

#[test]
fn settings_that_cannot_be_read_do_not_hide_the_rest() {
    let (mut installation, _) = Installation::new();
    installation.set("SERVER_DRAIN_SECONDS", "soon");
    installation.set("LIMITS_HASH_QUEUE", 10);
    let report = installation.run(&["doctor"]);
    wrong(&report);
    found(&report, "WRONG", "settings", "DOORWARD_SERVER_DRAIN_SECONDS must be a whole number");
    found(&report, "WRONG", "settings", "[limits] hash_queue");
    found(&report, "ok", "master key", "");
}

#[test]
fn an_old_database_and_unsound_settings_are_wrong() {
    let mut installation = Installation::bare();
    installation.set("SERVER_LISTEN", "0.0.0.0:0");
    let report = installation.run(&["doctor"]);
    wrong(&report);
    found(&report, "WRONG", "settings", "[server] listen");
    match installation.file() {
        Some(file) => {
            found(&report, "WRONG", "database", "doorward migrate");
            assert!(!file.exists(), "the doctor makes no database");
        }
        None => found(&report, "WRONG", "database", "it lacks 0001_house"),
    }
}

#[test]
fn another_master_key_is_wrong() {
    let (mut installation, _) = Installation::new();
    installation.set("KEYS_MASTER", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    let report = installation.run(&["doctor"]);
    wrong(&report);
    found(&report, "WRONG", "master key", "made with another master key");
}

#[test]
fn a_damaged_database_is_wrong() {
    let (installation, _) = Installation::new();
    let Some(file) = installation.file() else { return };
    fs::write(&file, "no database").unwrap();
    let report = installation.run(&["doctor"]);
    wrong(&report);
    found(&report, "WRONG", "database", "doorward.db");
}

#[test]
fn a_demo_can_be_looked_at() {
    let installation = Installation::bare();
    let (demo, _, _) = installation.demo(&[]);
    let report = installation.run(&["doctor", "--data", "demo"]);
    found(&report, "ok", "master key", "");
    assert_eq!(report.code, 0, "nothing is asked of it that only a server needs: {report:?}");
    assert_eq!(demo.terminate().code, 0);
}
