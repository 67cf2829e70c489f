//! What a browser sends: read out of its text, not yet judged.

use data_encoding::BASE64URL_NOPAD;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use serde::Deserialize;
use webauthn_rs_core::proto::{
    AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw,
    PublicKeyCredential, RegisterPublicKeyCredential, RegistrationExtensionsClientOutputs,
};

/// A credential as it was sent; binary values are base64url, with or without padding. Read from JSON it is what
/// `PublicKeyCredential.toJSON` gives.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Given {
    /// What the authenticator calls it.
    pub id: Option<String>,
    /// The same.
    pub raw_id: Option<String>,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What the authenticator made.
    pub response: Option<GivenResponse>,
    /// `platform` for an authenticator of the same device, `cross-platform` for another one; nothing vouches for it.
    #[serde(rename = "authenticatorAttachment")]
    pub attachment: Option<String>,
}

/// What an authenticator made: a passkey, or a signature.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GivenResponse {
    /// What the browser saw.
    #[serde(rename = "clientDataJSON")]
    pub client_data: Option<String>,
    /// The new passkey.
    #[serde(rename = "attestationObject")]
    pub attestation: Option<String>,
    /// What the authenticator saw.
    pub authenticator_data: Option<String>,
    /// The signature over both.
    pub signature: Option<String>,
    /// Whom the authenticator kept it for; blank is the same as not there.
    pub user_handle: Option<String>,
    /// How the authenticator may be reached.
    #[serde(default)]
    pub transports: Vec<String>,
}

impl Given {
    fn is_blank(&self) -> bool {
        self.id.is_none() && self.raw_id.is_none() && self.kind.is_none() && self.response.is_none()
    }
}

/// What the browser saw when it asked the authenticator.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientData {
    pub(crate) challenge: String,
    pub(crate) origin: String,
    cross_origin: Option<bool>,
    top_origin: Option<serde_json::Value>,
}

impl ClientData {
    fn read(bytes: &[u8]) -> Result<ClientData, Reason> {
        serde_json::from_slice(bytes).map_err(|_| Reason::PayloadInvalid)
    }

    /// True when it was asked for inside of another site's page.
    pub(crate) fn is_embedded(&self) -> bool {
        self.cross_origin == Some(true) || self.top_origin.is_some()
    }
}

/// A new passkey.
#[derive(Debug, Clone)]
pub(crate) struct Attestation {
    pub(crate) client: ClientData,
    pub(crate) credential: RegisterPublicKeyCredential,
    pub(crate) id: Vec<u8>,
    pub(crate) transports: Vec<String>,
}

/// A signature by a passkey.
#[derive(Debug, Clone)]
pub(crate) struct Assertion {
    pub(crate) client: ClientData,
    pub(crate) credential: PublicKeyCredential,
    pub(crate) id: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

/// The ways to reach an authenticator that browsers know.
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

impl Attestation {
    /// 908 for what is missing, 1090 for what cannot be read.
    pub(crate) fn read(given: &Given) -> Result<Attestation, Refusal> {
        let Parts { id, raw_id, kind, response } = parts(given)?;
        let client_data = required("clientDataJSON", response.client_data.as_deref())?;
        let mut transports = response.transports.clone();
        transports.retain(|transport| TRANSPORTS.contains(&transport.as_str()));
        transports.dedup();
        Ok(Attestation {
            client: ClientData::read(&client_data)?,
            credential: RegisterPublicKeyCredential {
                id: BASE64URL_NOPAD.encode(&id),
                raw_id,
                response: AuthenticatorAttestationResponseRaw {
                    attestation_object: required("attestationObject", response.attestation.as_deref())?,
                    client_data_json: client_data,
                    transports: None,
                },
                type_: kind,
                extensions: RegistrationExtensionsClientOutputs::default(),
            },
            id,
            transports,
        })
    }
}

impl Assertion {
    /// 908 for what is missing, 1090 for what cannot be read.
    pub(crate) fn read(given: &Given) -> Result<Assertion, Refusal> {
        let Parts { id, raw_id, kind, response } = parts(given)?;
        let client_data = required("clientDataJSON", response.client_data.as_deref())?;
        // Wire: clients send "" or " " where their authenticator gave none.
        let handle = response.user_handle.as_deref().filter(|text| !text.trim().is_empty());
        let user_handle = handle.map(decode).transpose()?;
        let authenticator_data = required("authenticatorData", response.authenticator_data.as_deref())?;
        require_whole(&authenticator_data)?;
        Ok(Assertion {
            client: ClientData::read(&client_data)?,
            credential: PublicKeyCredential {
                id: BASE64URL_NOPAD.encode(&id),
                raw_id,
                response: AuthenticatorAssertionResponseRaw {
                    authenticator_data,
                    client_data_json: client_data,
                    signature: required("signature", response.signature.as_deref())?,
                    user_handle: user_handle.clone(),
                },
                extensions: AuthenticationExtensionsClientOutputs::default(),
                type_: kind,
            },
            id,
            user_handle,
        })
    }
}

/// The members that every credential has.
struct Parts<'a> {
    id: Vec<u8>,
    raw_id: Vec<u8>,
    kind: String,
    response: &'a GivenResponse,
}

fn parts(given: &Given) -> Result<Parts<'_>, Refusal> {
    if given.is_blank() {
        return Err(Refusal::missing("PasskeyCredential"));
    }
    let id = required("id", given.id.as_deref())?;
    let raw_id = required("rawId", given.raw_id.as_deref())?;
    let kind = given.kind.clone().ok_or_else(|| Refusal::missing("type"))?;
    let response = given.response.as_ref().ok_or_else(|| Refusal::missing("response"))?;
    Ok(Parts { id, raw_id, kind, response })
}

fn required(name: &str, text: Option<&str>) -> Result<Vec<u8>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing(name))?;
    Ok(decode(text)?)
}

fn decode(text: &str) -> Result<Vec<u8>, Reason> {
    let text = text.trim().trim_end_matches('=');
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Reason::PayloadInvalid)
}

/// 1090 for authenticator data of an assertion that is shorter or longer than its flags say.
fn require_whole(data: &[u8]) -> Result<(), Reason> {
    // The hash of the domain, the flags, the counter.
    const PLAIN: usize = 32 + 1 + 4;
    const MORE_FOLLOWS: u8 = 0b1100_0000;
    let flags = data.get(32).copied().unwrap_or_default();
    let fits = data.len() == PLAIN || (data.len() > PLAIN && flags & MORE_FOLLOWS != 0);
    fits.then_some(()).ok_or(Reason::PayloadInvalid)
}
