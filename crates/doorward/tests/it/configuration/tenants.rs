//! Tenants: their settings, their keys, and the wall between them.

use crate::support::{Call, GOOD_PASSWORD, Tenant, Test};
use doorward_flows::access::{self, Wished};
use doorward_flows::access::{Visit, Webhooks};
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::configuration::tenants;

use doorward_flows::{App, Setup};
use doorward_model::keys::Keys;
use doorward_model::settings::Settings;
use doorward_model::time::Span;
use serde_json::json;
use std::net::Ipv4Addr;
use std::num::NonZeroUsize;

async fn settings(t: &Test) -> Settings {
    tenants::show(&t.app, "acme").await.unwrap().unwrap().1
}

async fn set(t: &Test, changes: &[(&str, &str)]) -> Result<Settings, String> {
    let changes: Vec<_> = changes.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    tenants::set(&t.app, "acme", &changes).await.map_err(|error| format!("{error:?}"))
}

fn serverinfo(t: &Test, tenant: &Tenant) -> Call {
    t.get("/identity/v2/serverinfo").query("apikey", &tenant.api_key)
}

#[tokio::test]
async fn a_setting_holds_from_the_next_request_on() {
    let t = Test::new().await;
    let user = t.user().await;
    t.login(&user).await;
    t.set("IsEmailLogin", "false").await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1077));
    t.set("IsEmailLogin", "true").await;
    t.login(&user).await;
}

#[tokio::test]
async fn a_setting_changed_in_one_process_holds_in_another() {
    let t = Test::new().await;
    let other = App::new(Setup {
        store: t.app.store.clone(),
        outside: t.app.outside.clone(),
        keys: Keys::derive(&[7; 32], &[]),
        hashing: HashPool::start(NonZeroUsize::MIN, 1),
        velocity: Velocity::unlimited(),
        trusted_proxies: Vec::new(),
        public_url: String::new(),
    });
    let phone_login = async || {
        let visit = Visit {
            ip: Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
            origin: None,
            referer: None,
            request_id: String::new(),
            webhooks: Webhooks::Fire,
            templates: Wished::default(),
        };
        access::caller(&other, visit, Some(&t.acme.api_key)).await.unwrap().settings().phone_login
    };
    assert!(phone_login().await);
    t.set("IsPhoneLogin", "false").await;
    assert!(!phone_login().await);
}

#[tokio::test]
async fn settings_outlive_a_restart() {
    let mut t = Test::new().await;
    t.set("otp.OTPLength", "8").await;
    t.restart(|_| {}).await;
    assert_eq!(settings(&t).await.otp.length, 8);
}

#[tokio::test]
async fn of_several_settings_all_are_changed_or_none() {
    let t = Test::new().await;
    let before = settings(&t).await;
    for bad in [("otp.OTPLength", "5"), ("noSuchSetting", "1"), ("IsPhoneLogin", "perhaps"), ("domains", r#"["x"]"#)] {
        let why = set(&t, &[("forceLogout", "false"), bad]).await.unwrap_err();
        assert!(why.contains(bad.0), "{why}");
        assert_eq!(settings(&t).await, before);
    }
    set(&t, &[("forceLogout", "false"), ("otp.OTPLength", "7")]).await.unwrap();
    let after = settings(&t).await;
    assert_eq!((after.force_logout, after.otp.length), (false, 7));
}

#[tokio::test]
async fn settings_out_of_their_range_are_refused() {
    let t = Test::new().await;
    let before = settings(&t).await;
    let bad = [
        ("accessTokenLifetime", "0"),
        ("accessTokenLifetime", "86400"),
        ("refreshTokenLifetime", "15"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "0"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "101"),
        ("LoginLockedConfiguration.LoginLockedType", "Sometimes"),
        ("passwordPolicy.minLength", "5"),
        ("otp.validitySeconds", "29"),
        ("otp.wrongTries", "11"),
        ("ipAccessRestriction.list", r#"["here"]"#),
        ("plan.trialEndsAt", "tomorrow"),
    ];
    for (key, text) in bad {
        assert!(set(&t, &[(key, text)]).await.is_err(), "{key} {text}");
    }
    assert_eq!(settings(&t).await, before);
}

#[tokio::test]
async fn one_tenants_settings_are_nothing_to_another() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let user = t.user_at(&json!({}), |call| call.back_end_of(&other)).await;
    t.set("IsEmailLogin", "false").await;
    let body = json!({ "email": user.email, "password": GOOD_PASSWORD });
    t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&body).send().await.ok();
}

#[tokio::test]
async fn two_tenants_have_people_with_the_same_identifiers() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let user = t.user().await;
    let fields = json!({
        "Uid": user.uid,
        "Email": [{ "Type": "Primary", "Value": user.email }],
        "PhoneId": user.phone,
        "UserName": user.user_name,
        "Password": "granite kettle 91 orbits",
    });
    let twin = t.user_at(&fields, |call| call.back_end_of(&other)).await;
    assert_eq!((&twin.uid, &twin.phone), (&user.uid, &user.phone));
    let login = |tenant: &Tenant, password: &str| {
        let body = json!({ "phone": user.phone, "password": password });
        t.post("/identity/v2/auth/login").query("apikey", &tenant.api_key).json(&body).send()
    };
    login(&t.acme, GOOD_PASSWORD).await.ok();
    login(&other, "granite kettle 91 orbits").await.ok();
    assert_eq!(login(&other, GOOD_PASSWORD).await.refusal(), (401, 966));
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    login(&other, "granite kettle 91 orbits").await.ok();
}

#[tokio::test]
async fn the_secret_of_one_tenant_is_none_of_another() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let mixed = Tenant { api_key: t.acme.api_key.clone(), ..other };
    let call = t.get("/identity/v2/manage/account/sott").back_end_of(&mixed);
    assert_eq!(call.send().await.refusal(), (401, 902));
}

#[tokio::test]
async fn a_name_is_given_to_one_tenant_only() {
    let t = Test::new().await;
    let again = tenants::create(&t.app, "acme", &Settings::default()).await;
    assert!(format!("{:?}", again.unwrap_err()).contains("`acme` already"));
    assert_eq!(tenants::list(&t.app).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_suspended_tenant_is_an_unknown_one() {
    let t = Test::new().await;
    t.set("plan.state", "suspended").await;
    assert_eq!(serverinfo(&t, &t.acme).send().await.refusal(), (403, 901));
    assert_eq!(t.get("/identity/v2/manage/account/sott").back_end().send().await.refusal(), (403, 901));
}

#[tokio::test]
async fn a_trial_that_is_over_is_closed_to_people_and_open_to_the_back_end() {
    let t = Test::new().await;
    set(&t, &[("plan.state", "trial"), ("plan.trialEndsAt", "2026-01-15T12:00:01Z")]).await.unwrap();
    let user = t.user().await;
    t.login(&user).await;
    t.clock.advance(Span::seconds(1));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 6003));
    t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
}

#[tokio::test]
async fn only_the_networks_that_are_let_in_may_call() {
    let t = Test::new().await;
    let info = |ip: [u8; 4]| serverinfo(&t, &t.acme).from(ip).send();
    set(&t, &[("ipAccessRestriction.mode", "allow"), ("ipAccessRestriction.list", r#"["198.51.100.0/24"]"#)])
        .await
        .unwrap();
    info([198, 51, 100, 7]).await.ok();
    assert_eq!(info([198, 51, 101, 7]).await.refusal(), (403, 1206));
    t.set("ipAccessRestriction.mode", "deny").await;
    info([198, 51, 101, 7]).await.ok();
    assert_eq!(info([198, 51, 100, 7]).await.refusal(), (403, 1206));
}

#[tokio::test]
async fn an_address_that_a_caller_claims_moves_no_rule_of_networks() {
    let t = Test::new().await;
    set(&t, &[("ipAccessRestriction.mode", "allow"), ("ipAccessRestriction.list", r#"["198.51.100.0/24"]"#)])
        .await
        .unwrap();
    for header in ["x-origin-ip", "x-forwarded-for"] {
        let call = serverinfo(&t, &t.acme).from([203, 0, 113, 9]).header(header, "198.51.100.7");
        assert_eq!(call.send().await.refusal(), (403, 1206), "{header}");
    }
}
