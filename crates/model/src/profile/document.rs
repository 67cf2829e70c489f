//! What the server knows of an account and keeps as one document.

use super::checks;
use super::members::Broken;
use super::merge::{self, Nulls};
use super::parts::common::TextMap;
use super::parts::document::{
    ConsentProfile, ExternalId, Organization, PasskeyLogin, PinNote, PrivacyPolicy, RegistrationData,
};
use super::wire::{self, wire_object};
use super::writer::{Writer, may_set};
use crate::reason::Reason;
use crate::refusal::Refusal;
use serde_json::{Map, Value};

wire_object! {
    /// The keys of an account alone that nothing searches by, stored as one sparse text.
    AccountDocument {
        "PrivacyPolicy" privacy_policy: PrivacyPolicy,
        "PIN" pin: PinNote,
        "ConsentProfile" consent_profile: ConsentProfile,
        "RegistrationData" registration_data: RegistrationData,
        "CustomFields" custom_fields: TextMap,
        "Roles" roles: Vec<String>,
        "ExternalIds" external_ids: Vec<ExternalId>,
        "Organizations" organizations: Vec<Organization>,
        "PasskeyLogin" passkey_login: PasskeyLogin,
    }
}

impl AccountDocument {
    /// Reads the body of a registration or of a new account; keys that the writer may not set are ignored.
    ///
    /// Refuses wrong types (1090) and custom fields that are too long, or more than 256 KB in all (1134).
    pub fn from_wire(body: &Map<String, Value>, writer: Writer) -> Result<AccountDocument, Refusal> {
        AccountDocument::default().merged(body, writer, Nulls::Keep)
    }

    /// This document with the changes of a body applied, custom fields one by one; refuses what
    /// [`AccountDocument::from_wire`] refuses.
    pub fn merged(
        &self,
        change: &Map<String, Value>,
        writer: Writer,
        nulls: Nulls,
    ) -> Result<AccountDocument, Refusal> {
        let mut given = wire::members(change, AccountDocument::KEYS).map_err(|_| Reason::PayloadInvalid)?;
        given.retain(|(key, _)| may_set(writer, key));
        let next: AccountDocument = merge::merged(self, &given, nulls)?;
        next.custom_fields.as_ref().map_or(Ok(()), checks::custom_fields)?;
        Ok(next)
    }

    /// Reads a stored text back.
    pub fn from_stored(text: &str) -> Result<AccountDocument, Broken> {
        Ok(serde_json::from_str(text)?)
    }

    /// The text to store: what is set, in wire order.
    pub fn to_stored(&self) -> String {
        merge::text(self)
    }
}
