//! Two servers, and the commands beside them, on one database.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

use reqwest::Method;

use crate::support::{Api, Call, Installation, Keys, Person, Program, Reply, TENANT, until};

/// Sends the calls that `make` makes of each api at the same moment, `times` through each.
fn race(apis: [&Api; 2], times: usize, make: impl Fn(&Api) -> Call + Sync) -> Vec<Reply> {
    let start = Barrier::new(apis.len() * times);
    thread::scope(|scope| {
        let callers: Vec<_> = apis
            .iter()
            .cycle()
            .take(apis.len() * times)
            .map(|api| {
                scope.spawn(|| {
                    let call = make(api);
                    start.wait();
                    call.send()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

fn won(replies: &[Reply]) -> usize {
    replies.iter().filter(|reply| reply.status == 200).count()
}

#[test]
fn what_one_writes_the_other_knows_at_once() {
    let (installation, keys) = Installation::new();
    let (_one, one) = installation.serve(&keys);
    let (_other, other) = installation.serve(&keys);
    for _ in 0..5 {
        let (person, uid) = one.somebody();
        assert_eq!(other.account(&uid).send().ok()["PhoneId"], person.phone);
        let (access, refresh) = other.tokens(&person);
        one.validate(&access).send().ok();
        let (next, _) = one.refresh(&refresh).send().tokens();
        assert_eq!(other.validate(&access).send().code(), 905);
        other.invalidate(&next).send().ok();
        assert_eq!(one.validate(&next).send().code(), 905);
    }
}

#[test]
fn writes_through_both_lose_nothing() {
    let (installation, keys, sms) = Installation::with_sms();
    let (_one, one) = installation.serve(&keys);
    let (_other, other) = installation.serve(&keys);
    let made: Vec<(Person, String)> = thread::scope(|scope| {
        let writers: Vec<_> = [&one, &other, &one, &other]
            .map(|api| scope.spawn(|| (0..10).map(|_| api.somebody()).collect::<Vec<_>>()))
            .into_iter()
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    for (person, uid) in &made {
        assert_eq!(one.account(uid).send().ok()["Email"][0]["Value"], person.email);
        assert_eq!(other.account(uid).send().ok()["PhoneId"], person.phone);
    }
    for (index, (person, _)) in made.iter().enumerate() {
        [&one, &other][index % 2].ask_for_reset(person).send().ok();
    }
    until("all messages have arrived", || sms.texts().len() >= made.len());
    let receivers: HashSet<String> = sms.texts().into_iter().map(|text| text.to).collect();
    assert_eq!((receivers.len(), sms.texts().len()), (made.len(), made.len()), "two workers, each message once");
    installation.check_integrity();
}

#[test]
fn what_only_one_may_get_one_gets_through_both() {
    let (installation, keys, sms) = Installation::with_sms();
    let (_one, one) = installation.serve(&keys);
    let (_other, other) = installation.serve(&keys);
    let both = [&one, &other];

    let person = Person::new();
    let made = race(both, 3, |api| api.create(&person));
    assert_eq!(won(&made), 1);

    let (_, refresh) = one.tokens(&person);
    let refreshed = race(both, 3, |api| api.refresh(&refresh));
    assert_eq!(won(&refreshed), 1);
    assert!(refreshed.iter().all(|reply| [0, 1217].contains(&reply.code())), "{refreshed:?}");

    let code = one.reset_code(&person, &sms);
    let reset = race(both, 3, |api| api.reset(&person, &code, "granite kettle 91 orbits"));
    assert_eq!(won(&reset), 1);
    assert!(reset.iter().all(|reply| [0, 1409].contains(&reply.code())), "{reset:?}");
}

#[test]
fn failures_are_counted_together() {
    let (installation, keys) = Installation::new();
    installation.set_tenant("LoginLockedConfiguration.MaximumFailedLoginAttempts=6");
    let (_one, one) = installation.serve(&keys);
    let (_other, other) = installation.serve(&keys);
    let (person, _) = one.somebody();
    let wrong = race([&one, &other], 3, |api| api.login(&person, "not the passphrase"));
    assert!(wrong.iter().all(|reply| [966, 1198].contains(&reply.code())), "{wrong:?}");
    for api in [&one, &other] {
        assert_eq!(api.login(&person, &person.password).send().code(), 1198);
    }
}

#[test]
fn settings_hold_from_the_next_request_on() {
    let (installation, keys) = Installation::new();
    let (_one, one) = installation.serve(&keys);
    let (_other, other) = installation.serve(&keys);
    let (person, _) = one.somebody();
    for (setting, code) in [("false", 1074), ("true", 0), ("false", 1074), ("true", 0)] {
        installation.set_tenant(&format!("IsPhoneLogin={setting}"));
        for api in [&one, &other] {
            assert_eq!(api.login(&person, &person.password).send().code(), code, "IsPhoneLogin={setting}");
        }
    }
}

#[test]
fn a_tenant_made_beside_the_server_works_at_once() {
    let (installation, keys) = Installation::new();
    let (_server, api) = installation.serve(&keys);
    let made = installation.run(&["tenant", "create", "globex", "--json"]).json();
    let globex = Api::new(&api.url, &Keys::of(&made));
    let (person, uid) = api.somebody();
    let twin = globex.create(&person).send();
    assert_ne!(twin.ok()["Uid"], uid, "the same address is another person at another tenant");
    assert_ne!(globex.account(&uid).send().code(), 0);
    let stranger = api.call(Method::GET, &format!("/identity/v2/manage/account/{uid}"));
    let stranger = stranger.header("x-loginradius-apisecret", &globex.keys.api_secret).send();
    assert_eq!(stranger.code(), 902);
}

#[test]
fn changes_of_settings_at_the_same_moment_are_kept_or_refused() {
    let (installation, _) = Installation::new();
    let keys = ["accessTokenLifetime", "otp.validitySeconds", "otp.RequestLimit", "passwordPolicy.minLength"];
    let changes = keys.map(|key| format!("{key}=31"));
    let ended = thread::scope(|scope| {
        let setting = changes.each_ref().map(|change| {
            let installation = &installation;
            scope.spawn(move || installation.run(&["tenant", "set", TENANT, change]))
        });
        setting.map(|one| one.join().unwrap())
    });
    let shown = installation.run(&["tenant", "show", TENANT, "--json"]).json();
    for (key, ended) in keys.iter().zip(ended) {
        let value = &shown["settings"].pointer(&format!("/{}", key.replace('.', "/"))).unwrap();
        assert_eq!(**value == 31, ended.code == 0, "{key}: {value}, {ended:?}");
        assert!(ended.code == 0 || ended.err.contains("try again"), "{ended:?}");
    }
}

#[test]
fn servers_that_start_at_the_same_moment_share_the_new_database() {
    let installation = Installation::bare();
    let mut servers: Vec<Program> = (0..3).map(|_| Program::start(&mut installation.command(&["serve"]))).collect();
    let addresses: Vec<_> = servers.iter_mut().map(Program::address).collect();
    let keys = Keys::of(&installation.run(&["tenant", "create", TENANT, "--json"]).json());
    for address in addresses {
        let api = Api::new(&format!("http://{address}"), &keys);
        api.page("/health/ready").ok();
        api.call(Method::GET, "/identity/v2/serverinfo").send().ok();
    }
}
