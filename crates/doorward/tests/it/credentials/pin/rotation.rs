//! What is kept of a PIN, and what a new master key does to it.

use super::{PIN, with_pins};
use crate::support::Test;
use doorward_flows::worker;
use doorward_model::id::Uid;
use doorward_model::keys::Keys;
use doorward_store::{Error, pins};

async fn kept(t: &Test, uid: &str) -> Vec<u8> {
    let (tenant, uid) = (t.acme.id.clone(), Uid::new(uid));
    t.app.store.read::<_, Error>(move |tx| pins::find(tx, &tenant, &uid)).await.unwrap().unwrap().sealed
}

#[tokio::test]
async fn a_pin_is_kept_as_an_encrypted_argon2id_hash_and_opens_at_its_tenant_alone() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let sealed = kept(&t, &holder.user.uid).await;
    assert!(sealed.starts_with(t.app.keys.id()));
    assert!(!sealed.windows(6).any(|part| part == b"argon2"), "whoever has the database alone has nothing to guess at");
    let place = format!("pin:{}", t.acme.id);
    assert!(t.app.keys.open(&place, &sealed).unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(t.app.keys.open("pin:other", &sealed).is_err());
    assert!(Keys::derive(&[8; 32], &[]).open(&place, &sealed).is_err());
}

#[tokio::test]
async fn a_new_master_key_takes_pins_over_and_the_one_before_may_be_forgotten() {
    let mut t = with_pins().await;
    let holder = t.holder().await;
    t.restart(|setup| setup.keys = Keys::derive(&[8; 32], &[[7; 32]])).await;
    t.pin_call(&holder.session_token, PIN).send().await.ok();
    let before = kept(&t, &holder.user.uid).await;
    worker::sweep(&t.app).await.unwrap();
    let after = kept(&t, &holder.user.uid).await;
    assert_ne!(before, after);
    worker::sweep(&t.app).await.unwrap();
    assert_eq!(kept(&t, &holder.user.uid).await, after, "once is enough");

    t.restart(|setup| setup.keys = Keys::derive(&[8; 32], &[])).await;
    assert_eq!(
        t.pin_call(&holder.session_token, PIN).send().await.refusal(),
        (403, 1245),
        "tokens are hashed, so they end with the key that they were hashed under"
    );
    let again = t.sign_in(&holder.user).await;
    t.pin_call(&again.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn tokens_that_ended_long_ago_are_forgotten() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.clock.advance(doorward_model::time::Span::days(8));
    worker::sweep(&t.app).await.unwrap();
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1246), "still remembered");
    t.clock.advance(doorward_model::time::Span::days(7));
    worker::sweep(&t.app).await.unwrap();
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
}
