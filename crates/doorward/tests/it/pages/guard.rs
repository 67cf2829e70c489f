//! What keeps the pages harmless.

use super::browser::{BACK, Browser};
use crate::support::{GOOD_PASSWORD, Test};
use serde_json::json;

/// Every page that can be looked at without a step, signed out and signed in.
const PAGES: [&str; 7] =
    ["sign-in", "register", "register-by-phone", "forgot", "sign-in-code", "lost-passkey", "forgot-pin"];
const OWN_PAGES: [&str; 10] = [
    "account",
    "account/password",
    "account/second-factor/phone/number",
    "account/second-factor/email",
    "account/second-factor/backup-codes",
    "account/pin",
    "account/passkeys",
    "account/delete",
    "offer/passkey",
    "offer/pin",
];

async fn signed_in(t: &Test) -> Browser {
    let user = t.user().await;
    let mut browser = Browser::new(t).await;
    browser.get("sign-in").await;
    let shown = browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert_eq!(shown.next(), "account");
    browser
}

#[tokio::test]
async fn pages_are_there_only_where_the_tenant_wants_them() {
    let t = Test::new().await;
    let mut browser = Browser::again(&t);
    assert_eq!(browser.get("sign-in").await.status, 404);
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await.says(200, "<h1>Sign in</h1>");
    t.set("plan.state", "suspended").await;
    assert_eq!(browser.get("sign-in").await.status, 404);
}

#[tokio::test]
async fn every_page_lets_in_nothing_inline_and_nothing_from_elsewhere() {
    let t = Test::new().await;
    let mut browser = signed_in(&t).await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    let mut out = Browser::again(&t);
    let mut seen = Vec::new();
    for page in OWN_PAGES {
        seen.push((page, browser.get(page).await));
    }
    for page in PAGES {
        seen.push((page, out.get(page).await));
    }
    for (page, shown) in seen {
        assert_eq!(shown.status, 200, "{page}");
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"), "{page}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(shown.headers["cache-control"], "no-store", "{page}");
        assert_eq!(shown.headers["referrer-policy"], "no-referrer", "{page}");
        assert_eq!(shown.headers["x-content-type-options"], "nosniff", "{page}");
        for foreign in ["://", "src=\"//", "href=\"//", "style=\"", "<style", " onclick", "<script>", "javascript:"] {
            assert!(!shown.text.contains(foreign), "{page}: {foreign}");
        }
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    browser.headers.push(("x-request-id", "mine"));
    let mut seen = Vec::new();
    for page in ["sign-in", "theme.css", "account", "no-such-page"] {
        seen.push(browser.get(page).await.headers["x-request-id"].to_str().unwrap().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "one each: {seen:?}");
    assert!(!seen.contains(&"mine".to_owned()));
}

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    let shown = browser.get("sign-in").await;
    let cookie = shown.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with(&format!("__Host-doorward-{}=", t.acme.id)), "{cookie}");
    for flag in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{flag}: {cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains(&browser.form), "{cookie}");
}

#[tokio::test]
async fn a_form_that_no_page_of_ours_sent_is_refused() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    let fields = [("identifier", user.email.as_str()), ("password", GOOD_PASSWORD)];

    browser.get("sign-in").await;
    let right = std::mem::take(&mut browser.form);
    browser.post("sign-in", &fields).await.says(403, "out of date");
    // What stands in somebody else's form.
    let mut other = Browser::again(&t);
    other.get("sign-in").await;
    browser.form.clone_from(&other.form);
    browser.post("sign-in", &fields).await.says(403, "out of date");
    // The right one, sent by another site.
    for site in ["cross-site", "same-site", "none"] {
        browser.form.clone_from(&right);
        browser.headers = vec![("sec-fetch-site", site)];
        browser.post("sign-in", &fields).await.says(403, "out of date");
    }
    browser.headers = vec![("sec-fetch-site", "same-origin")];
    browser.form = right;
    assert_eq!(browser.post("sign-in", &fields).await.next(), "account");
}

#[tokio::test]
async fn every_form_is_guarded() {
    let t = Test::new().await;
    let mut browser = signed_in(&t).await;
    for page in [
        "continue",
        "sign-out",
        "sign-in",
        "sign-in/passkey",
        "sign-in/passkey/begin",
        "sign-in/passkey/any",
        "sign-in/passkey/any/begin",
        "sign-in-code",
        "sign-in-code/enter",
        "sign-in-code/again",
        "sign-in-link",
        "register",
        "register-by-phone",
        "sign-in/pin",
        "sign-in/forget-device",
        "forgot-pin",
        "reset-pin",
        "reset-pin/again",
        "offer/passkey",
        "offer/passkey/begin",
        "offer/passkey/skip",
        "offer/pin",
        "offer/pin/skip",
        "account/pin",
        "account/pin/forget-device",
        "register/passkey",
        "register/passkey/begin",
        "lost-passkey",
        "lost-passkey/again",
        "reset-passkey",
        "reset-passkey/begin",
        "account/passkeys",
        "account/passkeys/begin",
        "account/passkeys/one/remove",
        "verify",
        "verify/again",
        "verify-link",
        "forgot",
        "reset",
        "reset/again",
        "second-factor/passkey",
        "second-factor/passkey/begin",
        "second-factor/phone",
        "second-factor/phone/number",
        "second-factor/phone/send",
        "second-factor/email",
        "second-factor/email/send",
        "second-factor/authenticator",
        "second-factor/questions",
        "second-factor/backup-code",
        "pin",
        "account/profile",
        "account/password",
        "account/sessions/end",
        "account/second-factor/passkey",
        "account/second-factor/passkey/begin",
        "account/second-factor/phone",
        "account/second-factor/phone/number",
        "account/second-factor/phone/send",
        "account/second-factor/phone/remove",
        "account/second-factor/email",
        "account/second-factor/email/send",
        "account/second-factor/authenticator",
        "account/second-factor/questions",
        "account/second-factor/backup-codes",
        "account/prove/password",
        "account/prove/pin",
        "account/prove/authenticator",
        "account/prove/phone",
        "account/prove/phone/send",
        "account/prove/email",
        "account/prove/email/send",
        "account/prove/questions",
        "account/prove/backup-code",
        "account/delete",
        "account/delete/confirm",
    ] {
        browser.form = "guessed".to_owned();
        assert_eq!(browser.post(page, &[]).await.status, 403, "{page}");
    }
    assert_eq!(browser.get("account").await.status, 200, "nothing happened to the session");
}

#[tokio::test]
async fn signing_in_leaves_nothing_of_the_visitor_before() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut browser = Browser::new(&t).await;
    browser.get("sign-in").await;
    let (planted, before) = (browser.form.clone(), browser.cookies());
    let mut thief = Browser::again(&t);
    thief.steal(&browser);
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    assert_ne!(browser.cookies(), before);
    // Who knows the cookie from before is not signed in, and the form from before is worth nothing.
    assert_eq!(thief.get("account").await.next(), "sign-in");
    browser.form = planted;
    assert_eq!(browser.post("sign-out", &[]).await.status, 403);
}

#[tokio::test]
async fn a_cookie_of_one_tenant_says_nothing_to_another() {
    let t = Test::new().await;
    let mut browser = signed_in(&t).await;
    let other = t.tenant("other").await;
    let change = [("hostedPages.enabled".to_owned(), "true".to_owned())];
    doorward_flows::configuration::tenants::set(&t.app, &other.name, &change).await.unwrap();
    // The same sealed text under the other tenant's name.
    let cookies = browser.cookies().replace(t.acme.id.as_str(), other.id.as_str());
    let router = doorward_web::hosted(t.app.clone());
    let request = axum::http::Request::get("/hosted/other/account").header("cookie", cookies);
    let response = tower::ServiceExt::oneshot(router, request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["location"], "/hosted/other/sign-in");
    assert_eq!(browser.get("account").await.status, 200);
}

#[tokio::test]
async fn what_people_call_themselves_is_text() {
    let t = Test::new().await;
    let evil = "<script>alert(1)</script>\"'";
    let user = t.user_with(&json!({ "FirstName": evil })).await;
    let mut browser = Browser::new(&t).await;
    browser.headers = vec![("user-agent", "<script>alert(2)</script>")];
    browser.get("sign-in").await;
    let shown = browser.post("sign-in", &[("identifier", evil), ("password", "wrong")]).await;
    assert!(!shown.text.contains("<script>alert"), "{}", shown.text);
    browser.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await;
    let shown = browser.get("account").await;
    assert!(shown.text.contains("alert(1)") && !shown.text.contains("<script>alert"), "{}", shown.text);
    let shown = browser.get(&format!("sign-in?redirect_url={BACK}&state=%22%3E%3Cscript%3Ealert(3)")).await;
    assert!(!shown.text.contains("<script>alert"), "{}", shown.text);
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    browser.headers = vec![("accept-language", "de-CH,de;q=0.9")];
    browser.get("sign-in").await.says(200, "<html lang=\"de\">");
    browser.get("sign-in?ui_locales=en").await.says(200, "<html lang=\"en\">");
    let shown = browser.get("forgot?ui_locales=en").await;
    assert!(shown.text.contains("sign-in?ui_locales=en"), "the choice is carried on");
}

#[tokio::test]
async fn the_tenants_colours_and_name_are_shown() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    t.set("hostedPages.accent", "#7a1fa2").await;
    t.set("hostedPages.title", "Acme & Sons").await;
    t.set("hostedPages.colourScheme", "dark").await;
    t.set("hostedPages.logo", "data:image/png;base64,iVBORw0KGgo=").await;
    assert!(browser.get("theme.css").await.text.contains("--accent: #7a1fa2;"));
    let shown = browser.get("sign-in").await;
    shown.says(200, "Acme &amp; Sons");
    shown.says(200, "data-scheme=\"dark\"");
    shown.says(200, "iVBORw0KGgo=");
}

#[tokio::test]
async fn nobody_is_led_to_an_address_that_is_not_listed() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    for address in [
        "https://evil.test/",
        "https://app.example.test/back/",
        "https://app.example.test/back?x=1",
        "https://app.example.test/back%23x",
        "https://app.example.test:444/back",
        "https://app.example.test%40evil.test/back",
        "https://user%40app.example.test/back",
        "https://app.example.test/%2Fback",
        "https://app.example.test%5Cback",
        "https://app.example.test/x/%252e%252e/back",
        "HTTPS://app.example.test/back",
        "%2F%2Fapp.example.test/back",
        "/back",
        "javascript:alert(1)",
        "%20https://app.example.test/back",
    ] {
        let shown = browser.get(&format!("sign-in?redirect_url={address}")).await;
        shown.says(400, "This link does not work");
        assert!(!shown.text.contains("redirect_url"), "{address} is not carried on");
        assert_eq!(browser.post(&format!("sign-in?redirect_url={address}"), &[]).await.status, 400, "{address}");
    }
    browser.get(&format!("sign-in?redirect_url={BACK}")).await.says(200, "Sign in");
}

#[tokio::test]
async fn a_form_may_lead_to_the_listed_origin_and_to_no_other() {
    let t = Test::new().await;
    let mut browser = Browser::new(&t).await;
    let policy = |shown: super::browser::Shown| shown.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy(browser.get("sign-in").await).contains("form-action 'self';"));
    let with = policy(browser.get(&format!("sign-in?redirect_url={BACK}")).await);
    assert!(with.contains("form-action 'self' https://app.example.test;"), "{with}");
}
