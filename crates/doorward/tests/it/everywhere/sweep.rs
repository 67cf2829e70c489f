//! What holds for every operation, asked of every one that is declared: a new operation is asked without a word here.
//!
//! Which credentials an operation takes, and what may stand in its query and body, comes from the OpenAPI document.

mod walk;

use crate::support::Test;
use crate::support::operations::{Credential, Declared, declared};
use axum::http::Method;
use doorward_model::time::Span;
use serde_json::{Value, json};
use walk::{Sweep, judge};

const UNKNOWN_GUID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

/// The path in upper case, but for what is somebody's id.
fn shout(path: &str) -> String {
    let shout = |segment: &str| if segment.contains('-') { segment.to_owned() } else { segment.to_uppercase() };
    path.split('/').map(shout).collect::<Vec<_>>().join("/")
}

fn unreadable(method: &Method) -> (u16, u64) {
    match *method {
        Method::PUT => (400, 1079),
        Method::DELETE => (400, 1084),
        _ => (400, 965),
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_answered() {
    let mut sweep = Sweep::new().await;
    for declared in declared().iter().filter(|declared| declared.requires(Credential::ApiKey)) {
        let ready = sweep.ready(declared).await;
        let bare = sweep.t.call(declared.operation.method.clone(), &ready.path);
        sweep.missed(declared, "with nothing", bare, "apikey").await;
        let keyless = ready.clone().without(Credential::ApiKey).call(&sweep.t);
        sweep.missed(declared, "with all but the key", keyless, "apikey").await;
        let blank = ready.with(Credential::ApiKey, " ").call(&sweep.t);
        sweep.missed(declared, "with a blank key", blank, "apikey").await;
    }
    sweep.end();
}

#[tokio::test]
async fn an_unknown_key_is_901_whatever_else_is_sent() {
    let mut sweep = Sweep::new().await;
    for declared in declared().iter().filter(|declared| declared.requires(Credential::ApiKey)) {
        for key in [UNKNOWN_GUID, "not a key", "'; DROP TABLE tenants; --"] {
            let call = sweep.ready(declared).await.with(Credential::ApiKey, key).call(&sweep.t);
            sweep.refused(declared, "unknown key", call.body("{"), (403, 901)).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn the_back_end_proves_itself_by_its_own_secret() {
    let mut sweep = Sweep::new().await;
    let other = sweep.t.tenant("other").await;
    for declared in declared().iter().filter(|declared| declared.requires(Credential::ApiSecret)) {
        let ready = sweep.ready(declared).await;
        let without = ready.clone().without(Credential::ApiSecret).call(&sweep.t);
        sweep.refused(declared, "no secret", without, (400, 923)).await;
        let api_key = sweep.t.acme.api_key.clone();
        // Where the secret alone names the tenant, another tenant's is a right one.
        let foreign = declared.requires(Credential::ApiKey).then_some(other.api_secret.as_str());
        for secret in [UNKNOWN_GUID, &api_key].into_iter().chain(foreign) {
            let call = ready.clone().with(Credential::ApiSecret, secret).call(&sweep.t);
            sweep.refused(declared, "another secret", call, (401, 902)).await;
        }
        let malformed = ready.clone().with(Credential::ApiSecret, "no-secret").call(&sweep.t);
        sweep.refused(declared, "something that is no secret", malformed, (400, 921)).await;
    }
    sweep.end();
}

#[tokio::test]
async fn a_person_proves_themselves_by_a_live_token_of_this_tenant() {
    let mut sweep = Sweep::new().await;
    let other = sweep.t.tenant("other").await;
    let stranger = sweep.t.user_at(&json!({}), |call| call.back_end_of(&other)).await;
    let body = json!({ "email": stranger.email, "password": stranger.password });
    let login = sweep.t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&body).send().await;
    let foreign = login.ok()["access_token"].as_str().unwrap().to_owned();
    let refresh = sweep.t.login(&sweep.t.user().await).await.refresh;
    let old = sweep.t.login(&sweep.t.user().await).await.access;
    sweep.t.clock.advance(Span::minutes(16));

    for declared in declared().iter().filter(|declared| declared.takes(Credential::AccessToken)) {
        let ready = sweep.ready(declared).await;
        if declared.requires(Credential::AccessToken) {
            let call = ready.clone().without(Credential::AccessToken).call(&sweep.t);
            sweep.missed(declared, "no token", call, "access_token").await;
        }
        for token in [UNKNOWN_GUID, "no token at all", &foreign, &refresh] {
            let call = ready.clone().with(Credential::AccessToken, token).call(&sweep.t);
            sweep.refused(declared, "a token that opens nothing", call, (403, 905)).await;
        }
        let call = ready.with(Credential::AccessToken, &old).call(&sweep.t);
        sweep.refused(declared, "a token that has ended", call, (403, 906)).await;
    }
    sweep.end();
}

#[tokio::test]
async fn a_registration_proves_itself_by_a_token_of_this_tenant() {
    let mut sweep = Sweep::new().await;
    let other = sweep.t.tenant("other").await;
    let reply = sweep.t.get("/identity/v2/manage/account/sott").back_end_of(&other).send().await;
    let foreign = reply.ok()["Sott"].as_str().unwrap().to_owned();
    for declared in declared().iter().filter(|declared| declared.requires(Credential::Sott)) {
        let ready = sweep.ready(declared).await;
        let call = ready.clone().without(Credential::Sott).call(&sweep.t);
        sweep.missed(declared, "no registration token", call, "sott").await;
        for sott in [UNKNOWN_GUID, "*", &foreign] {
            let call = ready.clone().with(Credential::Sott, sott).call(&sweep.t);
            let body = json!({ "UserName": "somebody", "Password": crate::support::GOOD_PASSWORD });
            sweep.refused(declared, "another registration token", call.json(&body), (403, 1049)).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn another_tenants_back_end_finds_nobody_of_this_one() {
    let mut sweep = Sweep::new().await;
    let other = sweep.t.tenant("other").await;
    for declared in declared().iter().filter(|declared| declared.requires(Credential::ApiSecret)) {
        let user = sweep.t.user().await;
        let mut call = sweep.t.call(declared.operation.method.clone(), &declared.path(&user.uid)).back_end_of(&other);
        for name in &declared.query {
            call = match name.as_str() {
                "email" => call.query(name, &user.email),
                "uid" => call.query(name, &user.uid),
                _ => call,
            };
        }
        let call = if declared.body.is_some() { call.json(&json!({ "FirstName": "Mallory" })) } else { call };
        let reply = sweep.send(declared, "another tenant", call).await;
        if reply.text.contains(&user.uid) || reply.text.contains(&user.email) {
            sweep.wrong.push(format!("{}: shows {}", declared.operation.id, reply.text));
        }
        let uid = format!("/identity/v2/manage/account/{}", user.uid);
        let after = sweep.t.get(&uid).back_end().send().await;
        if after.json != user.profile {
            sweep.wrong.push(format!("{}: another tenant changed the account", declared.operation.id));
        }
    }
    sweep.end();
}

#[tokio::test]
async fn a_body_that_is_no_json_has_the_code_of_the_method() {
    let mut sweep = Sweep::new().await;
    for declared in declared().iter().filter(|declared| declared.body.is_some()) {
        let ready = sweep.ready(declared).await;
        let deep = "[".repeat(100_000);
        let broken: [&[u8]; 7] =
            [b"{", b"{]", b"nothing", b"{\"a\":\"\xff\"}", b"{} {}", b"{\"a\":01}", deep.as_bytes()];
        for body in broken {
            let call = ready.call(&sweep.t).header("content-type", "application/json").body(body.to_vec());
            let what = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            sweep.refused(declared, &what, call, unreadable(&declared.operation.method)).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn json_that_is_no_object_or_can_be_read_two_ways_is_1090() {
    let mut sweep = Sweep::new().await;
    for declared in declared().iter().filter(|declared| declared.body.is_some()) {
        let ready = sweep.ready(declared).await;
        for body in ["[]", "1", "true", "\"text\"", r#"{"otp":"1","OTP":"2"}"#, r#"{"a":"\u0000"}"#] {
            let call = ready.call(&sweep.t).header("content-type", "application/json").body(body);
            sweep.refused(declared, body, call, (400, 1090)).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_anything_else() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        let ready = sweep.ready(&declared).await;
        let huge = format!("{{\"password\":\"{}\"}}", "x".repeat(declared.operation.largest_body));
        let call = ready.call(&sweep.t).header("content-type", "application/json").body(huge.clone());
        sweep.refused(&declared, "huge body", call, (413, 90004)).await;
        let bare = sweep.t.call(declared.operation.method.clone(), &ready.path).body(huge);
        sweep.refused(&declared, "huge body without a key", bare, (413, 90004)).await;
    }
    sweep.end();
}

#[tokio::test]
async fn another_content_type_is_1083_where_a_body_is_posted_or_put() {
    let mut sweep = Sweep::new().await;
    let takes_body = |declared: &&Declared| declared.body.is_some() && !declared.is(&Method::DELETE);
    for declared in declared().iter().filter(takes_body) {
        let ready = sweep.ready(declared).await;
        for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=x"] {
            let call = ready.call(&sweep.t).header("content-type", kind).body("{}");
            sweep.refused(declared, kind, call, (400, 1083)).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn paths_and_query_names_are_the_same_in_any_case_and_with_a_slash_at_the_end() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        let method = declared.operation.method.clone();
        for what in ["upper case", "slash at the end", "both"] {
            let (plain, odd) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
            let path = if what == "slash at the end" { odd.path.clone() } else { shout(&odd.path) };
            let path = if what == "upper case" { path } else { path + "/" };
            let odd = odd.call_at(&sweep.t, method.clone(), &path);
            sweep.alike(&declared, what, plain.call(&sweep.t), odd).await;
        }
        let (plain, shouted) = (sweep.ready(&declared).await, sweep.ready(&declared).await.without(Credential::ApiKey));
        let shouted = shouted.call(&sweep.t).query("ApiKEY", &sweep.t.acme.api_key);
        sweep.alike(&declared, "key in odd case", plain.call(&sweep.t), shouted).await;
    }
    sweep.end();
}

#[tokio::test]
async fn each_query_parameter_is_found_in_any_case() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        for name in &declared.query {
            let (plain, shouted) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
            let plain = plain.call(&sweep.t).query(&name.to_lowercase(), "1");
            let shouted = shouted.call(&sweep.t).query(&name.to_uppercase(), "1");
            sweep.alike(&declared, name, plain, shouted).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn what_nobody_knows_in_a_query_or_a_body_is_ignored() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        let (plain, more) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
        let more = more.call(&sweep.t).query("surprise", "1").raw_query("x&=&y=%20&&");
        sweep.alike(&declared, "unknown names in the query", plain.call(&sweep.t), more).await;
        let (plain, more) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
        let more = more.call(&sweep.t).json(&json!({ "surprise": { "deep": [1, 2, 3] } }));
        sweep.alike(&declared, "unknown names in the body", plain.call(&sweep.t), more).await;
    }
    sweep.end();
}

#[tokio::test]
async fn a_body_that_says_nothing_is_no_body() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        for body in ["\"\"", "{}", "  {} \n", " "] {
            let (plain, empty) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
            let empty = empty.call(&sweep.t).header("content-type", "application/json").body(body);
            sweep.alike(&declared, body, plain.call(&sweep.t), empty).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn credentials_that_an_operation_does_not_take_do_no_harm() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        for credential in [Credential::ApiSecret, Credential::AccessToken, Credential::MfaToken, Credential::Sott] {
            if declared.takes(credential) {
                continue;
            }
            let (plain, leaked) = (sweep.ready(&declared).await, sweep.ready(&declared).await);
            let leaked = leaked.with(credential, "leaked").call(&sweep.t);
            sweep.alike(&declared, credential.name(), plain.call(&sweep.t), leaked).await;
        }
    }
    sweep.end();
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let mut sweep = Sweep::new().await;
    for declared in declared().iter().filter(|declared| declared.is(&Method::GET)) {
        let plain = sweep.ready(declared).await.call(&sweep.t);
        let plain = sweep.send(declared, "GET", plain).await;
        let ready = sweep.ready(declared).await;
        let head = ready.call_at(&sweep.t, Method::HEAD, &ready.path).send().await;
        if head.status != plain.status || !head.text.is_empty() {
            sweep.wrong.push(format!("{}: HEAD answers {} {}", declared.operation.id, head.status, head.text));
        }
    }
    sweep.end();
}

#[tokio::test]
async fn another_method_is_90003_and_the_right_ones_are_named() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        let ready = sweep.ready(&declared).await;
        let lower = Method::from_bytes(declared.operation.method.as_str().to_lowercase().as_bytes()).unwrap();
        for method in [lower, Method::PATCH, Method::TRACE] {
            let call = ready.call_at(&sweep.t, method.clone(), &ready.path);
            let reply = sweep.refused(&declared, method.as_str(), call, (405, 90003)).await;
            let allowed = reply.header("allow").unwrap_or_default();
            if !allowed.split(',').any(|name| name.trim() == declared.operation.method.as_str()) {
                sweep.wrong.push(format!("{}: Allow is {allowed}", declared.operation.id));
            }
        }
    }
    sweep.end();
}

/// Values that break what was not written with care.
fn hostile() -> Vec<String> {
    let text =
        ["%00", "%FF", "%", "%F0%9F%A6%8A", "'%20OR%201=1--", "..%2F..%2F", "-1", "99999999999999999999", "%0D%0AX:y"];
    text.into_iter().map(str::to_owned).chain(["9".repeat(5000), "true".to_owned(), "%E2%80%AE".to_owned()]).collect()
}

#[tokio::test]
async fn no_value_in_a_query_or_a_path_breaks_anything() {
    let mut sweep = Sweep::new().await;
    for declared in declared() {
        for value in hostile() {
            let ready = sweep.ready(&declared).await;
            for name in &declared.query {
                let call = ready.call(&sweep.t).raw_query(&format!("{name}={value}"));
                sweep.send(&declared, &format!("{name}={value:.20}"), call).await;
            }
            if declared.operation.path.contains('{') {
                let call = ready.call_at(&sweep.t, declared.operation.method.clone(), &declared.path(&value));
                sweep.send(&declared, &format!("path {value:.20}"), call).await;
            }
        }
    }
    sweep.end();
}

#[tokio::test]
async fn no_value_in_a_body_breaks_anything() {
    let mut sweep = Sweep::new().await;
    let free = [
        "Email",
        "PhoneId",
        "UserName",
        "Password",
        "Uid",
        "BirthDate",
        "CustomFields",
        "Addresses",
        "IsActive",
        "CreatedDate",
    ];
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({ "a": { "b": [null] } }),
        json!([{ "Type": 1, "Value": {} }]),
        json!("\u{202e}\u{1f98a}"),
        json!("a".repeat(100_000)),
        json!("2024-02-30T25:61:00Z"),
    ];
    for declared in declared() {
        let Some(fields) = &declared.body else { continue };
        let free: Vec<String> = free.iter().map(|name| (*name).to_owned()).collect();
        for name in if fields.is_empty() { &free } else { fields } {
            for value in &values {
                let ready = sweep.ready(&declared).await;
                let mut body =
                    json!({ "phone": "+919876543210", "otp": "123456", "password": crate::support::GOOD_PASSWORD });
                body[name] = value.clone();
                let call = ready.call(&sweep.t).json(&body);
                sweep.send(&declared, &format!("{name} is {:.40}", Value::to_string(value)), call).await;
            }
        }
    }
    sweep.end();
}

#[tokio::test]
async fn a_path_that_is_nobodys_is_90002() {
    let t = Test::new().await;
    for path in
        ["/", "/identity", "/identity/v2/auth", "/identity/v2/auth/password/otp/more", "//", "/%2e%2e/etc", "/\u{e9}"]
    {
        let path: String =
            path.bytes().map(|b| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
        let reply = t.get(&path).key().send().await;
        assert_eq!(reply.refusal(), (404, 90002), "{path}");
        judge(&reply).unwrap();
    }
}
