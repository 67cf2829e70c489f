//! How fast one may ask: by network, by identifier and by tenant.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Tenant, Test, race, wrong};
use doorward_flows::app::{Rate, Rates, Velocity};
use serde_json::json;
use std::num::NonZeroU32;
use std::time::Duration;

/// So many in an hour: the next one is let in later than any test takes.
fn hourly(most: u32) -> Rate {
    Rate { most: NonZeroU32::new(most).unwrap(), within: Duration::from_hours(1) }
}

async fn with_rates(rates: Rates) -> Test {
    let mut t = Test::new().await;
    t.restart(|setup| setup.velocity = Velocity::new(rates)).await;
    t
}

fn login(t: &Test, email: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ "email": email, "password": OTHER_PASSWORD }))
}

fn is_too_fast(reply: &Reply) -> bool {
    let is = reply.status == 429;
    assert_eq!(is, reply.header("retry-after").is_some(), "{}", reply.text);
    assert!(!is || reply.refusal() == (429, 429));
    is
}

#[tokio::test]
async fn one_network_is_held_and_another_is_not() {
    let t = with_rates(Rates { requests: Some(hourly(4)), ..Rates::default() }).await;
    let ask = |ip| t.get("/identity/v2/serverinfo").key().from(ip).send();
    let mut held = 0;
    for _ in 0..10 {
        held += usize::from(is_too_fast(&ask([192, 0, 2, 9]).await));
    }
    assert_eq!(held, 6);
    ask([192, 0, 2, 10]).await.ok();
}

#[tokio::test]
async fn an_identifier_is_held_from_wherever_it_is_asked_for_known_or_not() {
    let t = with_rates(Rates { identifiers: Some(hourly(5)), ..Rates::default() }).await;
    t.set("LoginLockedConfiguration.LoginLockedType", "None").await;
    let user = t.user().await;
    for email in [user.email.as_str(), "nobody@example.com"] {
        for host in 0..5 {
            assert_eq!(login(&t, email).from([192, 0, 2, host]).send().await.refusal(), (401, 966));
        }
        assert!(is_too_fast(&login(&t, &email.to_uppercase()).from([198, 51, 100, 1]).send().await));
    }
    let by_name = json!({ "username": user.user_name, "password": GOOD_PASSWORD });
    t.post("/identity/v2/auth/login").key().json(&by_name).send().await.ok();
}

#[tokio::test]
async fn the_requests_of_all_doors_count_against_one_identifier() {
    let t = with_rates(Rates { identifiers: Some(hourly(4)), ..Rates::default() }).await;
    let user = t.user().await;
    let (phone, email) = (json!({ "phone": user.phone }), json!({ "email": user.email }));
    let calls = [
        t.ask_for_reset(&user.phone),
        t.reset_call(&user.phone, "123456", OTHER_PASSWORD),
        t.post("/identity/v2/auth/phone/otp").key().json(&phone),
        t.put("/identity/v2/auth/phone/otp").key().query("otp", "123456").json(&phone),
    ];
    for call in calls {
        assert!(!is_too_fast(&call.send().await));
    }
    assert!(is_too_fast(&t.ask_for_reset(&user.phone).send().await));
    assert!(is_too_fast(&t.reset_call(&user.phone, "123456", OTHER_PASSWORD).send().await));
    let mail = |otp: &str| json!({ "email": user.email, "otp": otp, "password": OTHER_PASSWORD });
    let calls = [
        t.post("/identity/v2/auth/password").key().json(&email),
        t.put("/identity/v2/auth/password/reset").key().json(&mail("123456")),
        t.put("/identity/v2/auth/email").key().json(&mail("123456")),
        login(&t, &user.email),
    ];
    for call in calls {
        assert!(!is_too_fast(&call.send().await));
    }
    assert!(is_too_fast(&login(&t, &user.email).send().await));
    t.leave_messages();
}

#[tokio::test]
async fn an_identifier_is_counted_at_each_tenant_for_itself() {
    let t = with_rates(Rates { identifiers: Some(hourly(1)), ..Rates::default() }).await;
    let other = t.tenant("other").await;
    login(&t, "asha@example.com").send().await.refusal();
    assert!(is_too_fast(&login(&t, "asha@example.com").send().await));
    let body = json!({ "email": "asha@example.com", "password": OTHER_PASSWORD });
    let there = t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&body).send().await;
    assert_eq!(there.refusal(), (401, 966));
}

fn server_info(t: &Test, tenant: &Tenant, host: u8) -> Call {
    t.get("/identity/v2/serverinfo").query("apikey", &tenant.api_key).from([192, 0, 2, host])
}

#[tokio::test]
async fn a_tenant_is_held_as_a_whole_and_others_do_not_notice() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    t.set("rateLimit.requestsPerTenSeconds", "7").await;
    let replies = race((0..200).map(|host| server_info(&t, &t.acme, host))).await;
    let admitted = replies.iter().filter(|reply| !is_too_fast(reply)).count();
    // The bucket fills while the test runs, by one in a second and a half.
    assert!((7..200).contains(&admitted), "{admitted}");
    for reply in race((0..200).map(|host| server_info(&t, &other, host))).await {
        reply.ok();
    }
}

#[tokio::test]
async fn a_tenant_is_not_held_unless_it_says_so_and_its_back_end_never_is() {
    let t = Test::new().await;
    for reply in race((0..200).map(|host| server_info(&t, &t.acme, host))).await {
        reply.ok();
    }
    t.set("rateLimit.requestsPerTenSeconds", "1").await;
    let user = t.user().await;
    for _ in 0..20 {
        t.update_call(&user, &json!({ "FirstName": "Ravi" })).send().await.ok();
    }
}

#[tokio::test]
async fn a_right_code_is_no_failure_of_its_network_whatever_stands_in_the_way_of_the_account() {
    let t = with_rates(Rates { failures: Some(hourly(1)), ..Rates::default() }).await;
    t.set("IsInstantSignin.SmsOtp", "true").await;
    t.set("sessionLimit", "1").await;
    let user = t.user().await;
    t.login(&user).await;
    let path = "/identity/v2/auth/login/passwordlesslogin/otp";
    t.get(path).key().query("phone", &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let enter = |otp: &str| {
        let body = json!({ "phone": user.phone, "otp": otp });
        t.put(&format!("{path}/verify")).key().from([192, 0, 2, 9]).json(&body).send()
    };
    assert_eq!(enter(&code).await.refusal(), (403, 1338));
    assert_eq!(enter(&wrong(&code)).await.refusal(), (403, 1067));
    assert!(is_too_fast(&enter(&wrong(&code)).await));
}
