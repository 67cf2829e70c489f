//! The passkeys of an account: added, listed and removed.

use super::{add, asked, begin_add, creation, enrolled, finish_add, finish_login, with_passkeys};
use crate::support::authenticator::Authenticator;
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn the_owner_adds_lists_and_removes() {
    let t = with_passkeys().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let list = || t.get("/identity/v2/auth/account/passkey").key().token(&tokens.access);
    assert_eq!(list().send().await.refusal(), (403, 1323));

    let options = begin_add(&t, &tokens).await;
    assert_eq!(options["rp"], json!({ "name": "acme", "id": "acme.test" }));
    let handle = data_encoding::BASE64URL_NOPAD.encode(user.uid.as_bytes());
    assert_eq!(options["user"], json!({ "id": handle, "name": user.email, "displayName": user.email }));
    let algorithms: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|one| &one["alg"]).collect();
    assert_eq!(algorithms, [-7, -257, -35]);
    let selection = json!({ "requireResidentKey": false, "residentKey": "preferred", "userVerification": "preferred" });
    assert_eq!(options["authenticatorSelection"], selection);
    assert_eq!(options["attestation"], "none");
    assert!(options.get("excludeCredentials").is_none());

    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let added = finish_add(&t, &tokens, &credential).send().await;
    let entry = &added.ok()["Credentials"][0];
    assert_eq!(entry["Authenticator"], "iCloud Keychain");
    assert_eq!(entry["Identifier"], user.email);
    assert_eq!(entry["CreatedAt"], "2026-01-15T12:00:00Z");
    let id = entry["Id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    assert_eq!(list().send().await.ok(), &added.json);
    t.run_jobs().await;
    assert!(t.outbox().iter().any(|message| message.to == user.email && message.template == "sign-in-changed"));
    let again = begin_add(&t, &tokens).await;
    assert_eq!(again["excludeCredentials"][0]["id"], credential["id"]);
    assert_eq!(again["excludeCredentials"][0]["transports"], json!(["internal", "hybrid"]));

    let remove = |id: &str| t.delete(&format!("/identity/v2/auth/account/passkey/{id}")).key().token(&tokens.access);
    assert_eq!(remove("0123456789abcdef0123456789abcdef").send().await.refusal(), (403, 1325));
    assert_eq!(remove(&id).send().await.ok(), &json!({ "IsDeleted": true }));
    t.run_jobs().await;
    assert_eq!(remove(&id).send().await.refusal(), (403, 1323));
    let options = asked(&t, &user).await;
    assert_eq!(finish_login(&t, &authenticator.answer(&options)).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn adding_and_removing_need_a_recent_sign_in() {
    let (t, user, _) = enrolled().await;
    let tokens = t.login(&user).await;
    let (_, credential) = Authenticator::create(&begin_add(&t, &tokens).await, |_| {});
    let list = t.get("/identity/v2/auth/account/passkey").key().token(&tokens.access).send().await;
    let id = list.ok()["Credentials"][0]["Id"].as_str().unwrap().to_owned();
    t.clock.advance(Span::minutes(11));
    let begin = t.get("/identity/v2/auth/account/register/passkey/begin").key().token(&tokens.access);
    assert_eq!(begin.send().await.refusal(), (403, 90006));
    assert_eq!(finish_add(&t, &tokens, &credential).send().await.refusal(), (403, 90006));
    let remove = t.delete(&format!("/identity/v2/auth/account/passkey/{id}")).key().token(&tokens.access);
    assert_eq!(remove.send().await.refusal(), (403, 90006));
}

#[tokio::test]
async fn an_account_without_an_address_gets_none() {
    let t = with_passkeys().await;
    let user = t.user_with(&json!({ "Email": null, "EmailVerified": null })).await;
    let tokens = t.login(&user).await;
    let begin = t.get("/identity/v2/auth/account/register/passkey/begin").key().token(&tokens.access);
    assert_eq!(begin.send().await.refusal(), (403, 1324));
}

#[tokio::test]
async fn nobody_removes_the_passkey_of_another() {
    let (t, user, _) = enrolled().await;
    let list = t.get("/identity/v2/manage/account/passkey").back_end().query("uid", &user.uid).send().await;
    let id = list.ok()["Credentials"][0]["Id"].as_str().unwrap().to_owned();
    let other = t.user().await;
    add(&t, &other).await;
    let tokens = t.login(&other).await;
    let remove = t.delete(&format!("/identity/v2/auth/account/passkey/{id}")).key().token(&tokens.access);
    assert_eq!(remove.send().await.refusal(), (403, 1325));
    let of_other = t.delete(&format!("/identity/v2/manage/account/passkey/{id}")).back_end().query("uid", &other.uid);
    assert_eq!(of_other.send().await.refusal(), (403, 1325));
}

#[tokio::test]
async fn the_back_end_lists_and_removes() {
    let (t, user, _) = enrolled().await;
    let list = || t.get("/identity/v2/manage/account/passkey").back_end().query("uid", &user.uid);
    let id = list().send().await.ok()["Credentials"][0]["Id"].as_str().unwrap().to_owned();
    let remove = t.delete(&format!("/identity/v2/manage/account/passkey/{id}")).back_end().query("uid", &user.uid);
    assert_eq!(remove.send().await.ok(), &json!({ "IsDeleted": true }));
    t.run_jobs().await;
    assert_eq!(list().send().await.refusal(), (403, 1323));
    let unknown = t.get("/identity/v2/manage/account/passkey").back_end().query("uid", "nobody");
    assert_eq!(unknown.send().await.refusal(), (403, 984));
}

#[tokio::test]
async fn the_passkey_of_a_deleted_account_is_nobodys() {
    let (t, user, mut authenticator) = enrolled().await;
    let begin = t.get("/identity/v2/auth/login/passkey/autofill/begin").key().send().await;
    let credential = authenticator.answer(&super::request(&begin));
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    t.leave_messages();
    let finish = t.post("/identity/v2/auth/login/passkey/autofill/finish").key().json(&credential);
    assert_eq!(finish.send().await.refusal(), (403, 1321));
    // Its address and its authenticator are free again.
    let begin = t.get("/identity/v2/auth/register/passkey/begin").key().query("identifier", &user.email);
    creation(&begin.send().await);
}
