//! `kill -9` under load: nothing that was acknowledged is missing afterwards.

mod ledger;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::support::{Api, Installation, Keys, Person, Provider, until};
use ledger::{Client, Ledger};

const CLIENTS: usize = 8;

/// What the clients of one round share.
pub(crate) struct Round<'r> {
    api: Api,
    sms: &'r Provider,
    sott: String,
    /// How many requests were acknowledged, by whoever made them.
    acknowledged: AtomicUsize,
    over: AtomicBool,
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_acknowledged_write_is_missing() {
    let (rounds, seed) = (setting("DOORWARD_CRASH_ROUNDS", 5), setting("DOORWARD_CRASH_SEED", 1));
    let (installation, keys, sms) = Installation::with_sms();
    let mut survivors = Vec::new();
    for round in 0..rounds {
        let seed = seed + round;
        println!("round {round}: DOORWARD_CRASH_SEED={seed}");
        let ledgers = work_until_killed(&installation, &keys, &sms, seed);
        let (server, api) = installation.serve(&keys);
        installation.check_integrity();
        for ledger in ledgers {
            ledger.check(&api);
            survivors.extend(ledger.people());
        }
        assert_eq!(server.terminate().code, 0);
    }
    let (_server, api) = installation.serve(&keys);
    for person in &survivors {
        assert_eq!(api.account_with(&person.phone).send().status, 200, "made in an earlier round");
    }
}

/// Lets clients work on a server and kills it at a moment that they do not expect.
fn work_until_killed(installation: &Installation, keys: &Keys, sms: &Provider, seed: u64) -> Vec<Ledger> {
    let (mut server, api) = installation.serve(keys);
    let mut random = StdRng::seed_from_u64(seed);
    let last = random.random_range(20..150);
    let sott = api.sott();
    let round = Round { api, sms, sott, acknowledged: AtomicUsize::new(0), over: AtomicBool::new(false) };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let client = Client::new(&round, StdRng::seed_from_u64(random.random()));
                scope.spawn(|| client.work())
            })
            .collect();
        until("enough was acknowledged", || round.acknowledged.load(Ordering::Relaxed) >= last);
        server.kill();
        round.over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn the_count_of_failures_survives() {
    let (installation, keys) = Installation::new();
    installation.set_tenant("LoginLockedConfiguration.MaximumFailedLoginAttempts=4");
    let (mut server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    let stranger = Person::new();
    for somebody in [&person, &stranger, &person, &stranger] {
        assert_eq!(api.login(somebody, "not the passphrase").send().code(), 966);
    }
    server.kill();

    let (mut server, api) = installation.serve(&keys);
    for somebody in [&person, &stranger, &person, &stranger] {
        assert_eq!(api.login(somebody, "not the passphrase").send().code(), 966);
    }
    assert_eq!(api.login(&person, &person.password).send().code(), 1198);
    assert_eq!(api.login(&stranger, &stranger.password).send().code(), 1198);
    server.kill();

    let (_server, api) = installation.serve(&keys);
    assert_eq!(api.login(&person, &person.password).send().code(), 1198, "the lock survives as well");
    assert_eq!(api.login(&stranger, &stranger.password).send().code(), 1198);
}

#[test]
fn a_killed_demo_starts_again_with_everything() {
    let installation = Installation::bare();
    let (mut demo, api, _) = installation.demo(&[]);
    let (person, uid) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    let message = api.caught(&person.phone, 1);
    demo.kill();
    let (_demo, api, _) = installation.demo(&[]);
    assert_eq!(api.account(&uid).send().ok()["PhoneId"], person.phone);
    assert_eq!(api.caught(&person.phone, 1), message);
    api.reset(&person, message["code"].as_str().unwrap(), "granite kettle 91 orbits").send().ok();
}
