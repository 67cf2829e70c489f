use std::time::Duration;

use super::*;

fn read(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text).unwrap()
}

fn refused(text: &str) -> String {
    let error = PostgresUrl::parse(text).unwrap_err();
    assert!(!error.problem.contains("secret") && !error.remedy.contains("secret"), "{error:?}");
    format!("{} / {}", error.problem, error.remedy)
}

fn places(text: &str) -> Vec<String> {
    read(text).places.iter().map(Place::to_string).collect()
}

#[test]
fn servers_are_read_in_every_form_that_libpq_knows() {
    assert_eq!(places("postgres://db"), ["db:5432"]);
    assert_eq!(places("postgresql://u:p@a:1,b,[::1]:3/d"), ["a:1", "b:5432", "[::1]:3"]);
    assert_eq!(places("postgres://u@a,b/d?port=6000"), ["a:6000", "b:6000"]);
    assert_eq!(places("postgres:///d?host=a,b&port=1,2"), ["a:1", "b:2"]);
    assert_eq!(places("postgres:///d?host=/run/postgresql"), ["/run/postgresql:5432"]);
    assert_eq!(places("postgres://%2Frun%2Fpostgresql:5433/d"), ["/run/postgresql:5433"]);
    assert_eq!(places("postgres:///d?hostaddr=10.0.0.1"), ["10.0.0.1:5432"]);
    assert_eq!(read("postgres://db/d?hostaddr=10.0.0.1").hosts().collect::<Vec<_>>(), ["10.0.0.1"]);
}

#[test]
fn servers_that_do_not_add_up_are_refused() {
    for url in ["postgres:///d", "postgres://u:secret@/d", "postgres://a,,b/d"] {
        assert!(refused(url).contains("names no server"), "{url}");
    }
    for url in ["postgres:///d?host=a,b,c&port=1,2", "postgres://a,b/d?hostaddr=::1,::1,::1", "postgres://a/d?port=1,2"]
    {
        assert!(refused(url).contains("another number of hosts"), "{url}");
    }
    assert!(refused("postgres://a:1/d?port=2").contains("another one"));
    assert!(refused("postgres://a/d?host=b").contains("another one"));
    assert!(refused("postgres://u:secret/word@db/d").contains("%2F"));
    assert!(refused("mysql://u:secret@db").contains("postgres://"));
    assert!(refused("postgres://db/d?hostaddr=db").contains("no IP address"));
}

#[test]
fn names_and_passwords_are_decoded() {
    let url = read("postgres://us%20er:p%40ss%2Fw%25@db/na%2Bme");
    assert_eq!(url.config.get_user(), Some("us er"));
    assert_eq!(url.config.get_password(), Some(&b"p@ss/w%"[..]));
    assert_eq!(url.config.get_dbname(), Some("na+me"));
    let generous = read("postgres://user:p@ss@db/d");
    assert_eq!(
        (generous.config.get_password(), generous.shown()),
        (Some(&b"p@ss"[..]), "PostgreSQL at db:5432/d".into())
    );
    assert!(!format!("{generous:?}").contains("p@ss"));
}

#[test]
fn every_sslmode_of_libpq_is_known() {
    for (word, mode) in [
        ("disable", SslMode::Disable),
        ("allow", SslMode::Allow),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-full", SslMode::VerifyFull),
    ] {
        assert_eq!(read(&format!("postgres://db/d?sslmode={word}")).sslmode(), Some(mode));
    }
    assert_eq!(read("postgres://db/d?sslmode=verify-ca&sslrootcert=r").sslmode(), Some(SslMode::VerifyCa));
    assert_eq!(read("postgres://db/d?sslrootcert=system").sslmode(), Some(SslMode::VerifyFull));
    assert!(read("postgres://db/d?sslmode=require&sslrootcert=r").is_verified());
    assert!(!read("postgres://db/d?sslmode=require").is_verified());
}

#[test]
fn words_on_tls_that_protect_less_than_they_seem_to_are_refused() {
    assert!(refused("postgres://db/d?sslmode=verify-ca").contains("sslrootcert=FILE"));
    assert!(refused("postgres://db/d?sslrootcert=r").contains("verify-full"));
    assert!(refused("postgres://db/d?sslmode=prefer&sslrootcert=r").contains("verify-full"));
    assert!(refused("postgres://db/d?sslmode=verify-ca&sslrootcert=system").contains("verify-full"));
    assert!(refused("postgres://db/d?sslcert=c").contains("sslkey"));
    assert!(refused("postgres://db/d?sslnegotiation=direct").contains("require"));
    assert!(refused("postgres://db/d?gssencmode=require").contains("prefer"));
}

#[test]
fn a_server_that_takes_writes_is_wanted_unless_something_else_is_said() {
    assert_eq!(read("postgres://db/d").target, Target::ReadWrite);
    assert_eq!(read("postgres://db/d?target_session_attrs=any").target, Target::Any);
    assert_eq!(read("postgres://db/d?target_session_attrs=primary").target, Target::Primary);
    for word in ["read-only", "standby", "prefer-standby"] {
        assert!(refused(&format!("postgres://db/d?target_session_attrs={word}")).contains("read-write"));
    }
    assert!(refused("postgres://db/d?target_session_attrs=primry").contains("Did you mean primary?"));
}

#[test]
fn unknown_parameters_are_refused_with_what_may_be_meant() {
    for (parameter, meant) in [
        ("sslmod=disable", "Did you mean sslmode?"),
        ("sslrootcrt=x", "Did you mean sslrootcert?"),
        ("target-session-attrs=any", "Did you mean target_session_attrs?"),
        ("aplication_name=x", "Did you mean application_name?"),
        ("pgbouncer=true", "pooler = \"transaction\""),
        ("preparethreshold=0", "pooler = \"transaction\""),
        ("ssl=true", "sslmode=verify-full"),
        ("currentSchema=x", "options=-csearch_path"),
        ("connection_limit=5", "threads"),
        ("passfile=x", "url_file"),
        ("sslcrl=x", "Leave it out"),
        ("colour=blue", "Known are"),
    ] {
        assert!(refused(&format!("postgres://db/d?{parameter}")).contains(meant), "{parameter}");
    }
    assert!(refused("postgres://db/d?sslmode=disable&sslmode=require").contains("twice"));
    assert!(refused("postgres://db/d?client_encoding=LATIN1").contains("UTF8"));
}

#[test]
fn times_are_in_the_units_of_libpq() {
    let url = read("postgres://db/d?connect_timeout=3&tcp_user_timeout=1500&keepalives_count=4");
    assert_eq!(url.connect_timeout, Duration::from_secs(3));
    assert_eq!(url.config.get_tcp_user_timeout(), Some(&Duration::from_millis(1500)));
    assert_eq!(url.config.get_keepalives_retries(), Some(4));
    assert!(refused("postgres://db/d?connect_timeout=0").contains("from 1 to 60"));
}
