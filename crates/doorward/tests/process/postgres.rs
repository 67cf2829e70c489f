//! PostgreSQL as operators have it: servers that take no writes, several hosts, TLS, poolers, and what is said of each.

use std::fs;

use crate::support::{Authority, Cluster, Ended, Installation, Person, Reserved, eventually, until};

/// An installation on this URL, not yet migrated.
fn on(url: &str) -> Installation {
    let mut installation = Installation::bare();
    installation.set("DATABASE_URL", url);
    installation
}

/// What the doctor says of the database, with its remedy.
#[track_caller]
fn doctor_says(installation: &Installation, told: &[&str]) {
    let report: Ended = installation.run(&["doctor"]);
    let mut lines = report.out.lines().skip_while(|line| !(line.starts_with("WRONG") && line.contains(" database ")));
    let said = format!("{} {}", lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    for told in told {
        assert!(said.contains(told), "{told:?} is not in {said:?}: {report:?}");
    }
    assert!(!report.out.contains("Put the key back") && !report.out.contains("Start the version"), "{report:?}");
}

#[test]
fn while_the_database_server_takes_no_writes_requests_are_told_to_come_back() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let installation = on(&cluster.url);
    let keys = installation.create_tenant();
    let (server, api) = installation.serve(&keys);
    let (person, uid) = api.somebody();

    cluster.execute("ALTER SYSTEM SET default_transaction_read_only = on");
    cluster.reload();
    until("it is not ready", || api.page("/health/ready").status == 503);
    for call in [api.create(&Person::new()), api.login(&person, &person.password), api.account(&uid)] {
        let reply = call.send();
        assert_eq!((reply.status, reply.code()), (503, 90005), "{reply:?}");
        assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
    }
    doctor_says(&installation, &["takes no writes", "default_transaction_read_only", "Promote it"]);
    installation.run(&["migrate"]).failed(4, &["takes no writes"]);

    cluster.execute("ALTER SYSTEM RESET default_transaction_read_only");
    cluster.reload();
    until("it is ready again", || api.page("/health/ready").status == 200);
    eventually("a write is taken", || (api.create(&Person::new()).send().status == 200).then_some(()));
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn when_the_primary_is_lost_the_promoted_standby_is_used() {
    let Some(primary) = Cluster::start(&[]) else { return };
    let standby = Cluster::start(&["--standby-of", &primary.port]).unwrap();
    let url = format!("postgres://doorward@127.0.0.1:{},127.0.0.1:{}/postgres", standby.port, primary.port);
    let installation = on(&url);
    let keys = installation.create_tenant();
    let (server, api) = installation.serve(&keys);
    api.somebody();
    on(&standby.url).run(&["migrate"]).failed(4, &["takes no writes", "standby"]);

    drop(primary);
    until("it is not ready", || api.page("/health/ready").status == 503);
    standby.execute("SELECT pg_promote()");
    until("it is ready again", || api.page("/health/ready").status == 200);
    eventually("a write is taken", || (api.create(&Person::new()).send().status == 200).then_some(()));
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn two_processes_work_through_a_pooler_that_gives_each_transaction_another_connection() {
    let Some(cluster) = Cluster::start(&["--pooler"]) else { return };
    let mut installation = on(&cluster.pooler);
    installation.run(&["migrate"]).failed(4, &["pooler", "pooler = \"transaction\" in [database]"]);
    doctor_says(&installation, &["pooler", "Set pooler = \"transaction\" in [database]"]);

    installation.set("DATABASE_POOLER", "transaction");
    let keys = installation.create_tenant();
    let (first, one) = installation.serve(&keys);
    let (second, two) = installation.serve(&keys);
    for _ in 0..5 {
        let (person, uid) = one.somebody();
        let (access, _) = two.tokens(&person);
        two.account(&uid).send().ok();
        one.validate(&access).send().ok();
    }
    assert_eq!(first.terminate().code, 0);
    assert_eq!(second.terminate().code, 0);
}

#[test]
fn every_sslmode_means_what_it_means_elsewhere() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let (authority, other) = (Authority::new(), Authority::new());
    cluster.speak_tls(&authority, &authority.issue_to("localhost"));
    cluster.execute("CREATE ROLE secure LOGIN SUPERUSER PASSWORD 'right'");
    cluster.execute("CREATE ROLE plain LOGIN SUPERUSER PASSWORD 'right'");
    cluster.execute("CREATE ROLE certified LOGIN SUPERUSER");
    cluster.admit(&[
        "hostssl all secure 127.0.0.1/32 scram-sha-256",
        "hostnossl all plain 127.0.0.1/32 scram-sha-256",
        "hostssl all certified 127.0.0.1/32 cert",
    ]);
    let mut installation = Installation::bare();
    let root = installation.path("root.crt").display().to_string();
    let foreign = installation.path("foreign.crt").display().to_string();
    fs::write(&root, authority.pem()).unwrap();
    fs::write(&foreign, other.pem()).unwrap();
    let client = authority.issue_to("certified");
    let (certificate, key) = (installation.path("client.crt"), installation.path("client.key"));
    client.write_certificate(&certificate);
    client.write_key(&key);
    let identity = format!("sslcert={}&sslkey={}", certificate.display(), key.display());

    let mut migrate = |login: &str, host: &str, parameters: &str| {
        installation.set("DATABASE_URL", cluster.url_of(login, host, &format!("postgres?{parameters}")));
        installation.run(&["migrate"])
    };
    // Whoever has to be encrypted is, unless that is forbidden; nobody else's certificate is taken where one is asked for.
    for (host, parameters) in [
        ("127.0.0.1", String::new()),
        ("127.0.0.1", "sslmode=allow".to_owned()),
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={root}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={root}")),
    ] {
        assert_eq!(migrate("secure:right", host, &parameters).code, 0, "{parameters}");
    }
    let refused = migrate("secure:right", "127.0.0.1", "sslmode=disable");
    refused.failed(4, &["do not agree on TLS", "add sslmode=verify-full"]);
    for (host, parameters) in [
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={root}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={foreign}")),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={foreign}")),
        ("localhost", format!("sslmode=require&sslrootcert={foreign}")),
        ("localhost", "sslmode=verify-full".to_owned()),
    ] {
        migrate("secure:right", host, &parameters)
            .failed(4, &["do not agree on TLS", "name the authority in sslrootcert"]);
    }
    // The other way round: who may not be encrypted.
    for (parameters, code) in
        [("sslmode=prefer", 0), ("sslmode=disable", 0), ("sslmode=allow", 0), ("sslmode=require", 4)]
    {
        assert_eq!(migrate("plain:right", "127.0.0.1", parameters).code, code, "{parameters}");
    }
    assert_eq!(migrate("certified", "127.0.0.1", &format!("sslmode=require&{identity}")).code, 0);
    assert_eq!(migrate("certified", "127.0.0.1", "sslmode=require").code, 4);
    let wrong = migrate("secure:a-wrong-one", "127.0.0.1", "sslmode=require");
    wrong.failed(4, &["does not let us in", "check user and password"]);
    assert!(!wrong.err.contains("a-wrong-one"), "{wrong:?}");
    doctor_says(&installation, &["does not let us in", "Check user and password"]);
}

#[test]
fn the_doctor_names_what_keeps_it_from_the_database() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    cluster.execute("CREATE ROLE limited LOGIN");
    cluster.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    cluster.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    cluster.execute("CREATE SCHEMA past");
    cluster.execute(
        "CREATE FUNCTION past.current_setting(TEXT) RETURNS TEXT LANGUAGE SQL AS $$
         SELECT CASE $1 WHEN 'server_version_num' THEN '90624' ELSE pg_catalog.current_setting($1) END $$",
    );
    let nobody = Reserved::port();
    let away = format!("postgres://doorward@{}/postgres", nobody.address());
    for (url, told) in [
        (away, ["cannot be reached", "Check that it runs"]),
        (
            cluster.url_of("doorward", "nobody.invalid", "postgres?sslmode=disable"),
            ["cannot be reached", "Check the name of the host"],
        ),
        (cluster.url_of("doorward", "127.0.0.1", "nowhere"), ["no such database", "createdb"]),
        (cluster.url_of("stranger", "127.0.0.1", "postgres"), ["does not let us in", "Check the user"]),
        (cluster.url_of("doorward", "127.0.0.1", "postgres?sslmode=require"), ["do not agree on TLS", "Turn ssl on"]),
        (cluster.url_of("doorward", "127.0.0.1", "latin"), ["LATIN1", "createdb --encoding=UTF8"]),
        (
            cluster.url_of("doorward", "127.0.0.1", "postgres?options=-csearch_path%3Dpast,pg_catalog"),
            ["PostgreSQL 9.6", "Upgrade"],
        ),
        (cluster.url_of("limited", "127.0.0.1", "postgres"), ["may not make tables", "owner of the database"]),
    ] {
        doctor_says(&on(&url), &told);
    }
    let latin = on(&cluster.url_of("doorward", "127.0.0.1", "latin"));
    for command in ["migrate", "serve"] {
        latin.run(&[command]).failed(4, &["LATIN1", "createdb --encoding=UTF8"]);
    }
    on(&cluster.url_of("limited", "127.0.0.1", "postgres")).run(&["migrate"]).failed(4, &["owner of the database"]);
}
