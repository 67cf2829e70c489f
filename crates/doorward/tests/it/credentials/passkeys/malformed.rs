//! What cannot be read is refused for what it is, and uses nothing up.

use super::{asked, begin_add, enrolled, finish_add, finish_login, with_passkeys};
use crate::support::authenticator::Authenticator;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

#[tokio::test]
async fn a_missing_part_is_named() {
    let (t, user, mut authenticator) = enrolled().await;
    let whole = authenticator.answer(&asked(&t, &user).await);
    let cases = [
        ("", "PasskeyCredential"),
        ("/id", "id"),
        ("/rawId", "rawId"),
        ("/type", "type"),
        ("/response", "response"),
        ("/response/clientDataJSON", "clientDataJSON"),
        ("/response/authenticatorData", "authenticatorData"),
        ("/response/signature", "signature"),
    ];
    for (place, name) in cases {
        for nothing in [Value::Null, json!("")] {
            let mut credential = whole.clone();
            *credential.pointer_mut(place).unwrap() = nothing;
            let reply = finish_login(&t, &credential).send().await;
            assert_eq!(reply.refusal(), (400, 908), "{place}");
            assert_eq!(reply.json["Description"], format!("The {name} is a required parameter."));
        }
    }
    for empty in [json!({}), json!({ "PasskeyCredential": {} })] {
        let call = t.post("/identity/v2/auth/login/passkey/finish").key().json(&empty);
        assert_eq!(call.send().await.refusal(), (400, 908));
    }
    finish_login(&t, &whole).send().await.ok();
}

#[tokio::test]
async fn an_unreadable_part_is_1090_and_leaves_the_challenge() {
    let (t, user, mut authenticator) = enrolled().await;
    let options = asked(&t, &user).await;
    let whole = authenticator.answer(&options);
    let data = BASE64URL_NOPAD.decode(whole["response"]["authenticatorData"].as_str().unwrap().as_bytes()).unwrap();
    let longer = [data.as_slice(), &[0xa0]].concat();
    let cases = [
        ("/response/signature", "not base64!".to_owned()),
        ("/rawId", "a+b/".to_owned()),
        ("/response/clientDataJSON", BASE64URL_NOPAD.encode(b"no JSON")),
        ("/response/clientDataJSON", BASE64URL_NOPAD.encode(b"{}")),
        ("/response/authenticatorData", BASE64URL_NOPAD.encode(&data[..36])),
        ("/response/authenticatorData", BASE64URL_NOPAD.encode(&longer)),
    ];
    for (place, text) in cases {
        let mut credential = whole.clone();
        *credential.pointer_mut(place).unwrap() = json!(text);
        assert_eq!(finish_login(&t, &credential).send().await.refusal(), (400, 1090), "{place} {text}");
    }
    let mut number = whole.clone();
    number["id"] = json!(7);
    assert_eq!(finish_login(&t, &number).send().await.refusal(), (400, 1090));
    finish_login(&t, &whole).send().await.ok();
}

#[tokio::test]
async fn an_attestation_cut_anywhere_is_a_clean_refusal() {
    let t = with_passkeys().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let (_, credential) = Authenticator::create(&begin_add(&t, &tokens).await, |_| {});
    let object = credential["response"]["attestationObject"].as_str().unwrap();
    let object = BASE64URL_NOPAD.decode(object.as_bytes()).unwrap();
    for length in (1..object.len()).step_by(7) {
        let mut cut = credential.clone();
        cut["response"]["attestationObject"] = json!(BASE64URL_NOPAD.encode(&object[..length]));
        let reply = finish_add(&t, &tokens, &cut).send().await;
        assert_eq!(reply.refusal(), (400, 1090), "{length} of {}", object.len());
    }
    let mut longer = credential.clone();
    longer["response"]["attestationObject"] = json!(BASE64URL_NOPAD.encode(&[object.as_slice(), &[0xa0]].concat()));
    assert_eq!(finish_add(&t, &tokens, &longer).send().await.refusal(), (400, 1090));
    let (_, appended) = Authenticator::create(&begin_add(&t, &tokens).await, |answer| answer.appended = vec![0xa0]);
    assert_eq!(finish_add(&t, &tokens, &appended).send().await.refusal(), (400, 1090));
}
