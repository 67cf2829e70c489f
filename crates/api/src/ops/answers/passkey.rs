//! What requests and answers say of passkeys, in the words of the browser's own interface.

use crate::wire::Result;
use crate::wire::case_blind::{self, Scalars};
use doorward_flows::factors::passkey::{ALGORITHMS, Creation, Descriptor, Given, GivenResponse, Listed, Request};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Milliseconds that a browser gives the person to find their authenticator.
const TIMEOUT: u32 = 60_000;

/// The kind of every credential.
const PUBLIC_KEY: &str = "public-key";

/// What an authenticator is asked to make, wrapped as the newer clients expect it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreationAnswer {
    register_begin_credential: CreationOptions,
}

impl CreationAnswer {
    pub(crate) fn of(creation: Creation) -> CreationAnswer {
        CreationAnswer { register_begin_credential: CreationOptions::of(creation) }
    }
}

/// The argument of `navigator.credentials.create`, binary values as base64url.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CreationOptions {
    public_key: PublicKeyCreation,
}

/// What the authenticator is asked to make.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PublicKeyCreation {
    /// The site that the passkey is made for.
    rp: Entity,
    /// The account that it is made for.
    user: UserEntity,
    /// What is to be signed.
    challenge: String,
    /// The signatures that are taken, the best supported first.
    pub_key_cred_params: Vec<Algorithm>,
    /// Milliseconds the person has.
    timeout: u32,
    /// An authenticator with one of these makes no other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_credentials: Vec<DescriptorAnswer>,
    /// What the authenticator should be able to do.
    authenticator_selection: Selection,
    /// Always `none`: the make of an authenticator is not checked.
    attestation: &'static str,
}

/// The site that a passkey is made for.
#[derive(Serialize, JsonSchema)]
struct Entity {
    /// The name that is shown.
    name: String,
    /// The domain.
    id: String,
}

/// The account that a passkey is made for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UserEntity {
    /// The account as the authenticator keeps it.
    id: String,
    /// The account as the person knows it.
    name: String,
    /// The same.
    display_name: String,
}

/// A kind of signature.
#[derive(Serialize, JsonSchema)]
struct Algorithm {
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its COSE number.
    alg: i64,
}

/// What the authenticator should be able to do.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Selection {
    /// Always false: also one that remembers no accounts will do.
    require_resident_key: bool,
    /// Always `preferred`: one that does is found by autofill.
    resident_key: &'static str,
    /// `preferred` or `required`.
    user_verification: &'static str,
}

/// Names a passkey.
#[derive(Serialize, JsonSchema)]
struct DescriptorAnswer {
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What its authenticator calls it.
    id: String,
    /// How that may be reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transports: Vec<String>,
}

impl DescriptorAnswer {
    fn of(descriptor: Descriptor) -> DescriptorAnswer {
        DescriptorAnswer { kind: PUBLIC_KEY, id: descriptor.id, transports: descriptor.transports }
    }
}

impl CreationOptions {
    fn of(creation: Creation) -> CreationOptions {
        let name = creation.user_name;
        CreationOptions {
            public_key: PublicKeyCreation {
                rp: Entity { name: creation.rp_name, id: creation.rp_id },
                user: UserEntity { id: creation.user_id, display_name: name.clone(), name },
                challenge: creation.challenge,
                pub_key_cred_params: ALGORITHMS.map(|alg| Algorithm { kind: PUBLIC_KEY, alg }).into(),
                timeout: TIMEOUT,
                exclude_credentials: creation.exclude.into_iter().map(DescriptorAnswer::of).collect(),
                authenticator_selection: Selection {
                    require_resident_key: false,
                    resident_key: "preferred",
                    user_verification: creation.user_verification,
                },
                attestation: "none",
            },
        }
    }
}

/// What an authenticator is asked to sign.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RequestAnswer {
    login_begin_credential: RequestOptions,
}

/// The argument of `navigator.credentials.get`, binary values as base64url.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    public_key: PublicKeyRequest,
}

/// What the authenticator is asked to sign.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PublicKeyRequest {
    /// What is to be signed.
    challenge: String,
    /// Milliseconds the person has.
    timeout: u32,
    /// The domain that the passkey was made for.
    rp_id: String,
    /// The passkeys that will do; not there where any will.
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_credentials: Option<Vec<DescriptorAnswer>>,
    /// `preferred` or `required`.
    user_verification: &'static str,
}

impl RequestAnswer {
    pub(crate) fn of(request: Request) -> RequestAnswer {
        let allow = request.allow.map(|allow| allow.into_iter().map(DescriptorAnswer::of).collect());
        let public_key = PublicKeyRequest {
            challenge: request.challenge,
            timeout: TIMEOUT,
            rp_id: request.rp_id,
            allow_credentials: allow,
            user_verification: request.user_verification,
        };
        RequestAnswer { login_begin_credential: RequestOptions { public_key } }
    }
}

/// The passkeys of an account.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PasskeysAnswer {
    credentials: Vec<PasskeyAnswer>,
}

impl PasskeysAnswer {
    pub(crate) fn of(listed: Vec<Listed>) -> PasskeysAnswer {
        PasskeysAnswer { credentials: listed.into_iter().map(PasskeyAnswer::of).collect() }
    }
}

/// A passkey.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PasskeyAnswer {
    /// Names it where it is removed.
    id: String,
    /// The make of the authenticator, as far as it is known.
    authenticator: &'static str,
    /// The address that it was made for.
    identifier: String,
    /// When it was made, RFC 3339 in UTC.
    created_at: String,
}

impl PasskeyAnswer {
    pub(crate) fn of(listed: Listed) -> PasskeyAnswer {
        PasskeyAnswer {
            id: listed.id,
            authenticator: listed.authenticator,
            identifier: listed.identifier,
            created_at: listed.created_at.to_wire(),
        }
    }
}

/// What `navigator.credentials` gave, binary values as base64url.
#[derive(Default, Deserialize, JsonSchema)]
pub(crate) struct Credential {
    /// What the authenticator calls the passkey.
    #[schemars(required)]
    id: Option<String>,
    /// The same.
    #[serde(rename = "rawId")]
    #[schemars(required)]
    raw_id: Option<String>,
    /// `public-key`.
    #[serde(rename = "type")]
    #[schemars(required)]
    kind: Option<String>,
    /// What the authenticator made.
    #[schemars(required)]
    response: Option<CredentialResponse>,
    /// `platform` or `cross-platform`: whether it was one of the same device.
    #[serde(rename = "authenticatorAttachment")]
    attachment: Option<String>,
}

/// What the authenticator made: a passkey, or a signature.
#[derive(Deserialize, JsonSchema)]
struct CredentialResponse {
    /// What the browser saw.
    #[serde(rename = "clientDataJSON")]
    #[schemars(required)]
    client_data: Option<String>,
    /// The new passkey.
    #[serde(rename = "attestationObject")]
    attestation: Option<String>,
    /// What the authenticator saw when it signed.
    #[serde(rename = "authenticatorData")]
    authenticator_data: Option<String>,
    /// The signature.
    signature: Option<String>,
    /// Whom the authenticator kept the passkey for; blank is the same as not there.
    #[serde(rename = "userHandle")]
    user_handle: Option<String>,
    /// How the authenticator may be reached.
    transports: Option<Vec<String>>,
}

impl Credential {
    /// The credential among the members of a free body, taken out of it.
    pub(crate) fn take_from(body: &mut Map<String, Value>) -> Result<Credential> {
        let key = body.keys().find(|key| key.eq_ignore_ascii_case("PasskeyCredential")).cloned();
        match key.and_then(|key| body.shift_remove(&key)) {
            Some(value @ Value::Object(_)) => Ok(case_blind::read(&value, Scalars::Typed)?),
            Some(Value::Null) | None => Ok(Credential::default()),
            Some(Value::String(text)) if text.is_empty() => Ok(Credential::default()),
            Some(_) => Err(doorward_model::reason::Reason::PayloadInvalid.into()),
        }
    }

    pub(crate) fn given(self) -> Given {
        Given {
            id: self.id,
            raw_id: self.raw_id,
            kind: self.kind,
            attachment: self.attachment,
            response: self.response.map(|response| GivenResponse {
                client_data: response.client_data,
                attestation: response.attestation,
                authenticator_data: response.authenticator_data,
                signature: response.signature,
                user_handle: response.user_handle,
                transports: response.transports.unwrap_or_default(),
            }),
        }
    }
}

/// A credential, under its name or bare.
///
// Wire: some operations are documented with the one form and some with the other; clients send both to either.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Presented {
    /// The credential.
    #[serde(rename = "PasskeyCredential")]
    wrapped: Option<Credential>,
    /// The same as inside.
    id: Option<String>,
    /// The same as inside.
    #[serde(rename = "rawId")]
    raw_id: Option<String>,
    /// The same as inside.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The same as inside.
    response: Option<CredentialResponse>,
    /// The same as inside.
    #[serde(rename = "authenticatorAttachment")]
    attachment: Option<String>,
    /// Where a link replaces lost passkeys: the token in it, if the query does not carry it.
    vtoken: Option<String>,
}

impl Presented {
    /// The token of a link, where the body carries it.
    pub(crate) fn token(&self) -> Option<Secret> {
        self.vtoken.as_deref().map(Secret::new)
    }

    pub(crate) fn given(self) -> Given {
        let Presented { wrapped, id, raw_id, kind, response, attachment, .. } = self;
        wrapped.unwrap_or(Credential { id, raw_id, kind, response, attachment }).given()
    }
}
