//! What fuzzers throw at the readers and judges of credentials: each target takes bytes of any kind and panics when one of
//! them does what it must not. CONTRIBUTING.md says how they are run.

use super::presented::{Assertion, Attestation, Given, GivenResponse};
use super::relying_party::{Attested, Proof, RelyingParty};
use crate::access::{Caller, Visit, Webhooks, Wished};
use crate::app::Tenant;
use crate::{Error, Result};
use data_encoding::BASE64URL_NOPAD;
use doorward_model::id::{TenantId, Uid};
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::passkeys::{Passkey, Purpose};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock};

/// A new passkey, as a browser sends it, right in everything.
const MADE: &str = include_str!("../../../../../fuzz/made.json");

/// A signature by that passkey, right in everything.
const SHOWN: &str = include_str!("../../../../../fuzz/shown.json");

/// What stands in the way of nothing: the site of the two samples, and the passkey as it is kept.
static SITE: LazyLock<(RelyingParty, Passkey)> = LazyLock::new(|| {
    let site = site();
    let made = sample(MADE);
    let attested = attest(&site, &made).expect("the sample is right");
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let passkey = Passkey {
        id: String::new(),
        uid: Uid::new("somebody"),
        user_handle: text(&sample(SHOWN).response.unwrap_or_default().user_handle),
        purpose: Purpose::Login.as_str().to_owned(),
        credential: attested.credential,
        public_key: attested.public_key,
        counter: attested.counter,
        transports: attested.transports,
        aaguid: attested.aaguid,
        identifier: String::new(),
        backup_eligible: attested.backup_eligible,
        created_at: Timestamp(0),
        last_used_at: None,
    };
    (site, passkey)
});

/// A credential as it was read off the wire, in both roles.
pub fn credential(given: &Given) {
    let (site, passkey) = &*SITE;
    attest(site, given);
    assert(site, passkey, given);
}

/// The object that tells of a new passkey, beside client data that are right.
pub fn attestation(object: &[u8]) {
    let (site, passkey) = &*SITE;
    let given = with(MADE, |response| response.attestation = Some(BASE64URL_NOPAD.encode(object)));
    if let Some(attested) = attest(site, &given) {
        assert_eq!(attested.credential, passkey.credential, "another id than the browser named");
    }
}

/// What the browser saw when the passkey was made.
pub fn client_data(json: &[u8]) {
    let (site, _) = &*SITE;
    let given = with(MADE, |response| response.client_data = Some(BASE64URL_NOPAD.encode(json)));
    if attest(site, &given).is_some() {
        let read: Value = serde_json::from_slice(json).expect("it was read");
        assert_eq!(read["origin"], "https://login.acme.test", "another site's page");
        assert_eq!(read["type"], "webauthn.create", "something else was asked for");
    }
}

/// What the authenticator saw when it signed, and its signature: the first byte says how long the former is.
pub fn assertion(bytes: &[u8]) {
    let (site, passkey) = &*SITE;
    let Some((length, bytes)) = bytes.split_first() else { return };
    let (data, signature) = bytes.split_at(usize::from(*length).min(bytes.len()));
    let given = with(SHOWN, |response| {
        response.authenticator_data = Some(BASE64URL_NOPAD.encode(data));
        response.signature = Some(BASE64URL_NOPAD.encode(signature));
    });
    if assert(site, passkey, &given).is_some() {
        let signed = sample(SHOWN).response.and_then(|response| response.authenticator_data);
        assert_eq!(Some(BASE64URL_NOPAD.encode(data)), signed, "nothing else was ever signed");
    }
}

fn attest(site: &RelyingParty, given: &Given) -> Option<Attested> {
    let made = Attestation::read(given).ok()?;
    judged(site.attest(&made))?.ok()
}

fn assert(site: &RelyingParty, passkey: &Passkey, given: &Given) -> Option<Proof> {
    let shown = Assertion::read(given).ok()?;
    judged(site.assert(&shown, passkey))?.ok()
}

/// Whatever somebody sends is refused at worst: nothing of it is a failure of ours.
fn judged<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(judged) => Some(judged),
        Err(Error::Refused(_)) => None,
        Err(Error::Failed(cause)) => panic!("{cause:#}"),
    }
}

fn with(sample_text: &str, change: impl Fn(&mut GivenResponse)) -> Given {
    let mut given = sample(sample_text);
    given.response.iter_mut().for_each(change);
    given
}

fn sample(text: &str) -> Given {
    serde_json::from_str(text).expect("the samples are right")
}

fn site() -> RelyingParty {
    let mut settings = Settings::default();
    "acme.test".clone_into(&mut settings.passkeys.rp_id);
    settings.passkeys.origins = vec!["https://login.acme.test".to_owned()];
    let tenant = Tenant { id: TenantId::new("acme"), name: "Acme".to_owned(), api_key: String::new(), settings };
    let visit = Visit {
        ip: Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
        origin: None,
        referer: None,
        request_id: String::new(),
        webhooks: Webhooks::Fire,
        templates: Wished::read(|_| None),
    };
    RelyingParty::of(&Caller { tenant: Arc::new(tenant), visit }).expect("the settings name a domain and an origin")
}
