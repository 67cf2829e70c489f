//! The judge: whether what an authenticator made is what it was asked for.

use super::ceremony::Drawn;
use super::presented::{Assertion, Attestation, ClientData};
use super::{Creation, Descriptor, Request};
use crate::access::Caller;
use crate::{Error, Result};
use anyhow::Context;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::settings::UserVerification;
use doorward_store::Json;
use doorward_store::passkeys::Passkey;
use serde::de::DeserializeOwned;
use serde_cbor_2::Value as Cbor;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticationState, Credential, CredentialV3, RegistrationState, UserVerificationPolicy,
};

/// The tenant as passkeys know it.
#[derive(Debug, Clone)]
pub(crate) struct RelyingParty {
    id: String,
    name: String,
    origins: Vec<String>,
    verification: UserVerification,
}

/// What was wrong; for the audit line, never for the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw(pub(crate) String);

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Flaw {
    fn from(text: &str) -> Flaw {
        Flaw(text.to_owned())
    }
}

impl Flaw {
    /// 1321, with the flaw in the audit line.
    pub(crate) fn refuse(&self, caller: &Caller, uid: Option<&Uid>) -> Reason {
        tracing::info!(
            target: "doorward::audit",
            event = "PasskeyRefused",
            tenant = caller.tenant_id().as_str(),
            account.uid = uid.map(Uid::as_str),
            request_id = caller.visit.request_id,
            flaw = self.0,
            "PasskeyRefused"
        );
        Reason::PasskeyVerificationFailed
    }
}

/// A passkey that was made as it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Attested {
    pub(crate) credential: Vec<u8>,
    pub(crate) public_key: Json,
    pub(crate) counter: i64,
    pub(crate) transports: Json,
    pub(crate) aaguid: String,
    pub(crate) backup_eligible: bool,
    pub(crate) backup_state: bool,
}

/// A signature that is right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    /// Whether the authenticator knew the person by a PIN, a finger or a face.
    pub(crate) user_verified: bool,
    pub(crate) counter: i64,
    pub(crate) backup_state: bool,
}

impl RelyingParty {
    /// 1322 where the tenant's settings name no domain or no origin.
    pub(crate) fn of(caller: &Caller) -> Result<RelyingParty, Reason> {
        let settings = &caller.settings().passkeys;
        if settings.rp_id.is_empty() || settings.origins.is_empty() {
            return Err(Reason::PasskeyConfigurationError);
        }
        let name = Some(&settings.display_name).filter(|name| !name.trim().is_empty());
        Ok(RelyingParty {
            id: settings.rp_id.clone(),
            name: name.unwrap_or(&caller.tenant.name).clone(),
            origins: settings.origins.clone(),
            verification: settings.user_verification,
        })
    }

    /// What the authenticator of an account is asked to make.
    pub(crate) fn creation(&self, drawn: &Drawn, uid: &Uid, name: &str, held: &[Passkey]) -> Creation {
        Creation {
            rp_id: self.id.clone(),
            rp_name: self.name.clone(),
            user_id: BASE64URL_NOPAD.encode(uid.as_str().as_bytes()),
            user_name: name.to_owned(),
            challenge: drawn.challenge.clone(),
            exclude: held.iter().map(descriptor).collect(),
            user_verification: self.verification.as_str(),
        }
    }

    /// What an authenticator is asked to sign with one of these, or with whichever it has.
    pub(crate) fn request(&self, drawn: &Drawn, allow: Option<Vec<Descriptor>>) -> Request {
        Request {
            rp_id: self.id.clone(),
            challenge: drawn.challenge.clone(),
            allow,
            user_verification: self.verification.as_str(),
        }
    }

    /// Judges a new passkey against the challenge that it names; whether that was given out is asked elsewhere. 1090 when
    /// it cannot be read.
    pub(crate) fn attest(&self, made: &Attestation) -> Result<Result<Attested, Flaw>> {
        let credential = &made.credential;
        if let Err(flaw) = self.check_form(&made.client, &credential.type_, &made.id, &credential.raw_id) {
            return Ok(Err(flaw));
        }
        let state: RegistrationState = state(json!({
            "policy": self.verification.as_str(),
            "exclude_credentials": [],
            "challenge": made.client.challenge,
            "credential_algorithms": ["ES256", "RS256", "ES384"],
            "require_resident_key": false,
            "authenticator_attachment": null,
            "extensions": {},
            "allow_synchronised_authenticators": true,
        }))?;
        let made_it = match self.core()?.register_credential(credential, &state, None) {
            Ok(made_it) => made_it,
            Err(error) => return flaw(error),
        };
        if made_it.cred_id != made.id {
            return Ok(Err("the id is not the one that was attested".into()));
        }
        let aaguid = make(&credential.response.attestation_object)?;
        Ok(Ok(Attested {
            credential: made_it.cred_id.clone(),
            public_key: Json::of(&made_it.cred)?,
            counter: i64::from(made_it.counter),
            transports: Json::of(&made.transports)?,
            aaguid,
            backup_eligible: made_it.backup_eligible,
            backup_state: made_it.backup_state,
        }))
    }

    /// Judges a signature by `passkey` over the challenge that it names; whether that was given out, and to whom, is asked
    /// elsewhere. 1090 when it cannot be read.
    pub(crate) fn assert(&self, shown: &Assertion, passkey: &Passkey) -> Result<Result<Proof, Flaw>> {
        let credential = &shown.credential;
        if let Err(flaw) = self.check_form(&shown.client, &credential.type_, &shown.id, &credential.raw_id) {
            return Ok(Err(flaw));
        }
        let state: AuthenticationState = state(json!({
            "credentials": [],
            "policy": self.verification.as_str(),
            "challenge": shown.client.challenge,
            "appid": null,
            "allow_backup_eligible_upgrade": false,
        }))?;
        let stored = stored(passkey)?;
        Ok(match self.core()?.authenticate_single_credential(credential, &state, &stored) {
            Ok(result) => Ok(Proof {
                user_verified: result.user_verified(),
                counter: i64::from(result.counter()),
                backup_state: result.backup_state(),
            }),
            Err(error) => return flaw(error),
        })
    }

    /// What stands outside of everything that is signed, and the origin to the letter.
    fn check_form(&self, client: &ClientData, kind: &str, id: &[u8], raw_id: &[u8]) -> Result<(), Flaw> {
        if kind != "public-key" {
            return Err("it is no public key".into());
        }
        if id != raw_id {
            return Err("id and rawId differ".into());
        }
        if !self.origins.contains(&client.origin) {
            return Err("the origin is none of the tenant's".into());
        }
        if client.is_embedded() {
            return Err("it was asked for inside of another site's page".into());
        }
        Ok(())
    }

    fn core(&self) -> Result<WebauthnCore> {
        let origins: Vec<Url> =
            self.origins.iter().map(|origin| Url::parse(origin)).collect::<Result<_, _>>().context("an origin")?;
        Ok(WebauthnCore::new_unsafe_experts_only(
            &self.name,
            &self.id,
            origins,
            Duration::from_mins(1),
            Some(false),
            Some(false),
        ))
    }
}

/// Names a passkey to a browser.
pub(crate) fn descriptor(passkey: &Passkey) -> Descriptor {
    Descriptor {
        id: BASE64URL_NOPAD.encode(&passkey.credential),
        transports: passkey.transports.parse().unwrap_or_default(),
    }
}

/// What the library keeps between the two halves of a ceremony. We keep the challenge alone, under its hash: everything
/// else follows from the tenant's settings.
fn state<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    // Whoever brings a challenge that is no base64url was not given it by us.
    serde_json::from_value(value).map_err(|_| Reason::PayloadInvalid.into())
}

fn stored(passkey: &Passkey) -> Result<Credential> {
    let mut credential = Credential::from(CredentialV3 {
        cred_id: passkey.credential.clone(),
        cred: passkey.public_key.parse()?,
        counter: u32::try_from(passkey.counter).unwrap_or(u32::MAX),
        // What it did when it was made binds it to nothing: a login without verification goes on to the second factor.
        verified: false,
        registration_policy: UserVerificationPolicy::Preferred,
    });
    credential.backup_eligible = passkey.backup_eligible;
    Ok(credential)
}

/// 1090 for what cannot be read, else what was wrong.
fn flaw<T>(error: WebauthnError) -> Result<Result<T, Flaw>> {
    match error {
        WebauthnError::ParseBase64Failure(_)
        | WebauthnError::ParseCBORFailure(_)
        | WebauthnError::ParseJSONFailure(_)
        | WebauthnError::ParseNOMFailure
        | WebauthnError::ParseInsufficientBytesAvailable
        | WebauthnError::COSEKeyInvalidCBORValue => Err(Reason::PayloadInvalid.into()),
        other => Ok(Err(Flaw(other.to_string()))),
    }
}

/// The make of the authenticator in hexadecimal; 1090 when its data hold more or less than they say.
fn make(attestation: &[u8]) -> Result<String> {
    let unreadable = || Error::from(Reason::PayloadInvalid);
    let object: BTreeMap<String, Cbor> = serde_cbor_2::from_slice(attestation).map_err(|_| unreadable())?;
    let Some(Cbor::Bytes(data)) = object.get("authData") else { return Err(unreadable()) };
    let aaguid = data.get(37..53).ok_or_else(unreadable)?;
    let length = data.get(53..55).map(|bytes| usize::from(u16::from_be_bytes([bytes[0], bytes[1]])));
    let rest = length.and_then(|length| data.get(55 + length..)).ok_or_else(unreadable)?;
    // The key, and the extensions if the flags tell of some.
    let expected = if data[32] & 0b1000_0000 == 0 { 1 } else { 2 };
    let items: Vec<_> = serde_cbor_2::Deserializer::from_slice(rest).into_iter::<Cbor>().take(3).collect();
    if items.len() != expected || items.iter().any(Result::is_err) {
        return Err(unreadable());
    }
    Ok(HEXLOWER.encode(aaguid))
}
