use super::*;
use doorward_model::settings::Settings;

/// So many in an hour: the rate at which more are let in is slower than any test.
fn hourly(most: u32) -> Rate {
    Rate { most: NonZeroU32::new(most).unwrap(), within: Duration::from_hours(1) }
}

fn tenant(id: &str, requests: u32) -> Tenant {
    let mut settings = Settings::default();
    settings.rate_limit.requests = requests;
    Tenant { id: TenantId::new(id), name: id.to_owned(), api_key: id.to_owned(), settings }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[track_caller]
fn wait(outcome: Result<()>) -> u32 {
    match outcome {
        Err(Error::Refused(refusal)) if refusal.reason == Reason::TooManyRequests => refusal.retry_after.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_network_is_let_in_as_often_as_its_limit_says_and_told_when_to_come_again() {
    let velocity = Velocity::new(Rates { requests: Some(hourly(3)), ..Rates::default() });
    let acme = tenant("acme", 0);
    for _ in 0..3 {
        velocity.count_request(&acme, ip("192.0.2.1")).unwrap();
    }
    assert!((1..=1201).contains(&wait(velocity.count_request(&acme, ip("192.0.2.1")))));
    velocity.count_request(&acme, ip("192.0.2.2")).unwrap();
    velocity.count_failure(ip("192.0.2.1")).unwrap();
}

#[test]
fn addresses_of_one_household_are_one_network() {
    let velocity = Velocity::new(Rates { failures: Some(hourly(2)), ..Rates::default() });
    velocity.count_failure(ip("2001:db8:1:2::1")).unwrap();
    velocity.count_failure(ip("2001:db8:1:2:ffff::9")).unwrap();
    wait(velocity.count_failure(ip("2001:db8:1:2:aaaa::")));
    velocity.count_failure(ip("2001:db8:1:3::1")).unwrap();
    velocity.count_failure(ip("192.0.2.1")).unwrap();
    velocity.count_failure(ip("::ffff:192.0.2.1")).unwrap();
    wait(velocity.count_failure(ip("192.0.2.1")));
}

#[test]
fn an_identifier_is_counted_from_wherever_it_is_named() {
    let velocity = Velocity::new(Rates { identifiers: Some(hourly(2)), ..Rates::default() });
    let (one, other) = (Digest::new(vec![1]), Digest::new(vec![2]));
    velocity.count_identifier(&one).unwrap();
    velocity.count_identifier(&one).unwrap();
    wait(velocity.count_identifier(&one));
    velocity.count_identifier(&other).unwrap();
}

#[test]
fn a_tenant_is_let_in_as_often_as_it_says_and_others_do_not_notice() {
    let velocity = Velocity::unlimited();
    let (limited, free) = (tenant("limited", 5), tenant("free", 0));
    let ask = |tenant: &Tenant, host: u8| velocity.count_request(tenant, IpAddr::from([192, 0, 2, host]));
    let admitted = (0..50).filter(|host| ask(&limited, *host).is_ok()).count();
    assert_eq!(admitted, 5);
    assert!((0..50).all(|host| ask(&free, host).is_ok()));
}

#[test]
fn a_tenant_that_chooses_another_limit_has_it_from_the_next_request_on() {
    let velocity = Velocity::unlimited();
    let ask = |most| velocity.count_request(&tenant("acme", most), ip("192.0.2.1"));
    ask(1).unwrap();
    wait(ask(1));
    ask(2).unwrap();
    ask(2).unwrap();
    wait(ask(2));
    ask(0).unwrap();
}

#[test]
fn a_million_keys_take_no_more_memory_than_a_hundred_thousand() {
    let keyed = Keyed::new(hourly(1)).unwrap();
    let mut most = 0;
    for key in 0..1_000_000u32 {
        keyed.count(key).unwrap();
        if key.is_multiple_of(1000) {
            most = most.max(keyed.len());
        }
    }
    assert!(most <= MOST_KEYS + CALLS_BETWEEN_SWEEPS, "{most}");
}
