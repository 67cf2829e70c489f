//! The older paths under `/api/v2`.

use super::{STRANGER, signed_in};
use crate::support::{Call, Test, Tokens, race};
use doorward_model::time::{Span, Timestamp};
use serde_json::{Value, json};

const AT: &str = "/api/v2/access_token";

fn call(t: &Test, name: &str) -> Call {
    t.get(&format!("{AT}/{name}")).query("key", &t.acme.api_key).query("secret", &t.acme.api_secret)
}

fn exchange(t: &Test, token: &str) -> Call {
    t.get(&format!("{AT}/refresh")).query("secret", &t.acme.api_secret).query("access_token", token)
}

#[tokio::test]
async fn a_token_is_described_by_the_secret() {
    let (t, _, tokens) = signed_in().await;
    let reply = call(&t, "validate").query("access_token", &tokens.access).send().await;
    assert_eq!(reply.ok()["access_token"], tokens.access.as_str());
    assert_eq!(reply.json["refresh_token"], Value::Null);
    assert_eq!(reply.json["expires_in"], t.app.now().plus(Span::minutes(15)).to_wire());
}

#[tokio::test]
async fn a_refusal_is_told_under_keys_of_both_cases() {
    let t = Test::new().await;
    let reply = call(&t, "validate").query("access_token", STRANGER).send().await;
    assert_eq!(reply.status, 403);
    assert_eq!(reply.json["errorCode"], 905);
    assert_eq!(reply.json["ErrorCode"], 905);
    assert_eq!(reply.json["message"], reply.json["Message"]);
    assert_eq!(reply.json["description"], reply.json["Description"]);
    let names: Vec<&String> = reply.json.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 6);
    for call in [t.get(&format!("{AT}/validate")), t.get(&format!("{AT}/refresh")), call(&t, "activesession")] {
        let reply = call.send().await;
        assert_eq!(reply.json["errorCode"], reply.json["ErrorCode"], "{}", reply.text);
        assert!(reply.json["errorCode"].is_u64());
    }
}

#[tokio::test]
async fn a_token_is_ended_by_the_secret() {
    let (t, user, tokens) = signed_in().await;
    call(&t, "invalidate").query("access_token", &tokens.access).send().await.ok();
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
    t.refresh_call(&tokens).send().await.ok();

    let tokens = t.login(&user).await;
    call(&t, "invalidate").query("access_token", &tokens.access).query("preventRefresh", "true").send().await.ok();
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
}

#[tokio::test]
async fn a_token_is_exchanged_under_the_secret_alone() {
    let (t, _, tokens) = signed_in().await;
    t.clock.advance(Span::minutes(5));
    let reply = exchange(&t, &tokens.access).send().await;
    let next = Tokens::of(&reply);
    assert_eq!(reply.json["expires_in"], t.app.now().plus(Span::minutes(15)).to_wire());
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
    t.profile_call(&next).send().await.ok();
    t.refresh_call(&next).send().await.ok();
}

#[tokio::test]
async fn a_refresh_token_from_before_an_exchange_counts_as_used() {
    let (t, _, tokens) = signed_in().await;
    let next = Tokens::of(&exchange(&t, &tokens.access).send().await);
    t.clock.advance(Span::seconds(11));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
    assert_eq!(t.profile_call(&next).send().await.refusal(), (403, 905));
}

#[tokio::test]
async fn a_token_is_exchanged_once_however_many_try() {
    let (t, _, tokens) = signed_in().await;
    let replies = race((0..8).map(|_| exchange(&t, &tokens.access))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 905)));
}

#[tokio::test]
async fn an_exchange_may_ask_for_a_shorter_life_and_not_for_a_longer_one() {
    let (t, user, tokens) = signed_in().await;
    let end = |reply: &Value| Timestamp::parse(reply["expires_in"].as_str().unwrap()).unwrap();
    let reply = exchange(&t, &tokens.access).query("expiresin", "5").send().await;
    assert_eq!(end(reply.ok()), t.app.now().plus(Span::minutes(5)));
    for wish in ["500", "-5", "0", "soon"] {
        let tokens = t.login(&user).await;
        let reply = exchange(&t, &tokens.access).query("expiresin", wish).send().await;
        assert_eq!(end(reply.ok()), t.app.now().plus(Span::minutes(15)), "{wish}");
    }
}

#[tokio::test]
async fn an_exchange_asks_for_the_secret_and_a_live_token_of_its_tenant() {
    let (t, user, tokens) = signed_in().await;
    let other = t.tenant("other").await;
    let by = |secret: &str, token: &str| {
        t.get(&format!("{AT}/refresh")).query("secret", secret).query("access_token", token).send()
    };
    assert_eq!(by("", &tokens.access).await.refusal(), (400, 923));
    assert_eq!(by(STRANGER, &tokens.access).await.refusal(), (401, 902));
    assert_eq!(by(&t.acme.api_key, &tokens.access).await.refusal(), (401, 902));
    assert_eq!(by(&other.api_secret, &tokens.access).await.refusal(), (403, 905));
    assert_eq!(by(&t.acme.api_secret, "").await.refusal(), (400, 908));
    assert_eq!(by(&t.acme.api_secret, &tokens.refresh).await.refusal(), (403, 905));
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_eq!(by(&t.acme.api_secret, &tokens.access).await.refusal(), (403, 905));
}

#[tokio::test]
async fn a_session_whose_refresh_tokens_were_revoked_is_not_renewed_by_its_access_token() {
    let (t, user, tokens) = signed_in().await;
    super::revoke_all(&t, &user.uid).send().await.ok();
    assert_eq!(exchange(&t, &tokens.access).send().await.refusal(), (403, 1217));
    t.profile_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn an_old_token_is_not_exchanged() {
    let (t, _, tokens) = signed_in().await;
    t.clock.advance(Span::minutes(15));
    assert_eq!(exchange(&t, &tokens.access).send().await.refusal(), (403, 906));
}

#[tokio::test]
async fn the_live_sessions_of_a_person_are_listed() {
    let (t, user, tokens) = signed_in().await;
    t.clock.advance(Span::minutes(1));
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
    let second = t.login_call(&user, &user.password).header("user-agent", firefox).from([192, 0, 2, 77]);
    let second = Tokens::of(&second.send().await);
    t.login(&t.user().await).await;

    let by_token = call(&t, "activesession").query("token", &tokens.access).send().await;
    let by_uid = call(&t, "activesession").query("accountid", &user.uid).send().await;
    assert_eq!(by_token.ok(), by_uid.ok());
    let list = by_token.json["data"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["Browser"], "Firefox");
    assert_eq!(list[0]["Os"], "Linux");
    assert_eq!(list[0]["DeviceType"], "Desktop");
    assert_eq!(list[0]["Ip"], "192.0.2.77");
    assert_eq!(list[0]["LoginDate"], t.app.now().to_wire());
    assert_eq!(list[1]["Ip"], "192.0.2.1");
    for secret in [&tokens.access, &tokens.refresh, &second.access, &second.refresh] {
        assert!(!by_token.text.contains(secret.as_str()), "a token is shown");
    }

    call(&t, "invalidate").query("access_token", &second.access).send().await.ok();
    let after = call(&t, "activesession").query("accountid", &user.uid).send().await;
    assert_eq!(after.ok()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sessions_are_listed_only_of_somebody() {
    let (t, user, tokens) = signed_in().await;
    assert_eq!(call(&t, "activesession").send().await.refusal(), (400, 908));
    assert_eq!(call(&t, "activesession").query("token", STRANGER).send().await.refusal(), (403, 905));
    assert_eq!(call(&t, "activesession").query("accountid", STRANGER).send().await.refusal(), (403, 984));
    let other = t.tenant("other").await;
    let foreign =
        |name: &str, value: &str| t.get(&format!("{AT}/activesession")).back_end_of(&other).query(name, value).send();
    assert_eq!(foreign("token", &tokens.access).await.refusal(), (403, 905));
    assert_eq!(foreign("accountid", &user.uid).await.refusal(), (403, 984));
    t.clock.advance(Span::minutes(15));
    assert_eq!(call(&t, "activesession").query("token", &tokens.access).send().await.refusal(), (403, 906));
    let reply = call(&t, "activesession").query("accountid", &user.uid).send().await;
    assert_eq!(reply.ok()["data"], json!([]));
}
