use doorward_store::{Absence, Error, Why};

use super::*;
use crate::config::{Database, SecretText};

fn on(url: &str) -> Settings {
    Settings { database: Database { url: Some(SecretText::new(url)), ..Database::default() }, ..Settings::default() }
}

fn gone(why: Why) -> Error {
    Error::Gone(Absence { why, cause: String::new() })
}

fn remedy_of(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Wrong { remedy, .. } => remedy,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_another_master_key_is_answered_with_the_master_key() {
    let settings = on("postgres://u@localhost/d");
    let other = anyhow::Error::new(OtherMasterKey);
    assert!(remedy_of(&master_key(&settings, &other)).starts_with("Put the key back"));
    for error in [
        Error::Database("cannot execute INSERT in a read-only transaction (25006)".to_owned()),
        Error::Database("0A000".to_owned()),
        gone(Why::Away),
        gone(Why::ReadOnly),
        Error::Rights("permission denied for schema public, SQLSTATE 42501".to_owned()),
        Error::Busy,
    ] {
        let verdict = master_key(&settings, &anyhow::Error::new(error.clone()));
        assert!(!remedy_of(&verdict).contains("Put the key back"), "{error:?} {verdict:?}");
    }
    let unset = anyhow::Error::new(Unsound(vec![settings.keys.master().unwrap_err()]));
    assert!(remedy_of(&master_key(&settings, &unset)).contains("doorward init"));
}

#[test]
fn an_error_of_the_database_is_answered_by_what_mends_it() {
    let (server, file) = (on("postgres://u@localhost/d"), on("sqlite:doorward.db"));
    let refused = Error::Database("prepared statement \"s1\" already exists (42P05)".to_owned());
    for (settings, error, told) in [
        (&server, Error::Newer("9999_later".to_owned()), "Start the version that made"),
        (&server, refused.clone(), "log of the database server"),
        (&server, gone(Why::Away), "Check that it runs and listens there"),
        (&server, gone(Why::Login), "Check user and password"),
        (&server, gone(Why::ReadOnly), "Promote it"),
        (&server, Error::Rights(String::new()), "owner of the database"),
        (&file, refused, "doorward restore"),
        (&file, Error::Full(String::new()), "Free some space"),
        (&file, Error::Open(String::new()), "[database] url"),
    ] {
        let (_, remedy) = trouble(settings, &anyhow::Error::new(error.clone()), "");
        assert!(remedy.contains(told), "{error:?} {remedy}");
    }
}
