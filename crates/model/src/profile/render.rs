//! A profile as the wire shows it: every key in its place, null where nothing is known.

use super::account::{AccountFacts, PasskeyOffer};
use super::document::AccountDocument;
use super::members::{Broken, Members};
use super::parts::document::{PasskeyLogin, PinNote};
use super::persona::{Identity, Persona};
use crate::time::Timestamp;
use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// Shown wherever a password or a PIN is; of fixed length, so that nothing is told of the real one's.
const MASK: &str = "********";

/// Writes the whole profile: 149 keys for the account, 117 for each identity, in the order of the wire.
///
/// `persona`, `document` and `identities` are stored texts; their values are copied, not read, which makes this cheap
/// enough to do on every sign-in. [`Broken`] when one of them is no object or has a key out of its place.
pub fn render(
    persona: &str,
    document: &str,
    facts: &AccountFacts,
    identities: &[String],
) -> Result<Box<RawValue>, Broken> {
    let profile = Profile {
        persona: Members::of(persona)?,
        document: Members::of(document)?,
        facts,
        identities: identities.iter().map(|text| Members::of(text).map(IdentityView)).collect::<Result<_, _>>()?,
    };
    Ok(to_raw_value(&profile)?)
}

struct Profile<'a> {
    persona: Members<'a>,
    document: Members<'a>,
    facts: &'a AccountFacts,
    identities: Vec<IdentityView<'a>>,
}

impl Serialize for Profile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = Page {
            map: serializer.serialize_map(None)?,
            persona: Source::new(Persona::KEYS, &self.persona),
            document: Source::new(AccountDocument::KEYS, &self.document),
        };
        page.states_and_counts(self.facts)?;
        page.names(self.facts)?;
        page.dates(self.facts)?;
        page.objects(self.facts)?;
        page.lists(self.facts)?;
        page.put("Identities", &filled(&self.identities))?;
        page.persona.finish()?;
        page.document.finish()?;
        page.map.end()
    }
}

/// The profile being written, and how far its stored parts are used up.
struct Page<'a, M> {
    map: M,
    persona: Source<'a>,
    document: Source<'a>,
}

impl<M: SerializeMap> Page<'_, M> {
    fn states_and_counts(&mut self, facts: &AccountFacts) -> Result<(), M::Error> {
        self.put("IsPasswordBreached", &facts.is_password_breached)?;
        self.put("IsActive", &facts.is_active)?;
        self.put("IsDeleted", &facts.is_deleted)?;
        self.put("EmailVerified", &facts.email_verified)?;
        self.put("IsLoginLocked", &facts.is_login_locked)?;
        self.put("IsRequiredFieldsFilledOnce", &facts.is_required_fields_filled_once)?;
        self.put_over("FirstLogin", &facts.first_login)?;
        self.persona_keys("IsProtected", "Hireable")?;
        self.put("IsSecurePassword", &facts.is_secure_password)?;
        self.put("IsCustomUid", &facts.is_custom_uid)?;
        self.put("PhoneIdVerified", &facts.phone_id_verified)?;
        self.put("IsEmailSubscribed", &facts.is_email_subscribed)?;
        self.put("NoOfLogins", &facts.no_of_logins)?;
        self.persona_keys("FollowersCount", "SessionLimit")
    }

    fn names(&mut self, facts: &AccountFacts) -> Result<(), M::Error> {
        self.persona_keys("ID", "ID")?;
        self.put("Password", &facts.has_password.then_some(MASK))?;
        self.put("LoginLockedType", &facts.login_locked_type)?;
        self.persona_keys("Provider", "Provider")?;
        self.put("LastPasswordChangeToken", &())?;
        self.persona_keys("FullName", "LastName")?;
        self.put("RegistrationProvider", &facts.registration_provider)?;
        self.put("RegistrationSource", &facts.registration_source)?;
        self.put("LastLoginLocation", &facts.last_login_location)?;
        self.put("ExternalUserLoginId", &facts.external_user_login_id)?;
        self.put_over("PhoneId", &facts.phone_id)?;
        self.put("UserName", &facts.user_name)?;
        self.persona_keys("Prefix", "GravatarImageUrl")
    }

    fn dates(&mut self, facts: &AccountFacts) -> Result<(), M::Error> {
        let wire = |date: Option<Timestamp>| date.map(Timestamp::to_wire);
        self.put("LastPasswordChangeDate", &wire(facts.last_password_change_date))?;
        self.put("PasswordExpirationDate", &wire(facts.password_expiration_date))?;
        self.put_over("CreatedDate", &wire(facts.created_date))?;
        self.put_over("ModifiedDate", &wire(facts.modified_date))?;
        self.put_over("ProfileModifiedDate", &wire(facts.profile_modified_date))?;
        self.put_over("LastLoginDate", &wire(facts.last_login_date))?;
        self.put_over("SignupDate", &wire(facts.signup_date))
    }

    fn objects(&mut self, facts: &AccountFacts) -> Result<(), M::Error> {
        self.document_keys("PrivacyPolicy", "PrivacyPolicy")?;
        self.persona_keys("Country", "Subscription")?;
        let pin = PinView::of(self.document.next("PIN"), facts.has_pin)?;
        self.put("PIN", &pin)?;
        self.document_keys("ConsentProfile", "RegistrationData")?;
        self.put_over("ProviderAccessCredential", &())?;
        self.document_keys("CustomFields", "CustomFields")?;
        self.persona_keys("ProfileImageUrls", "WebProfiles")
    }

    fn lists(&mut self, facts: &AccountFacts) -> Result<(), M::Error> {
        self.document_keys("Roles", "Roles")?;
        self.put("Uid", facts.uid.as_str())?;
        self.persona_keys("PreviousUids", "InterestedIn")?;
        self.document_keys("ExternalIds", "ExternalIds")?;
        self.put("UnverifiedEmail", &filled(&facts.unverified_email))?;
        self.persona_keys("Positions", "MemberUrlResources")?;
        self.document_keys("Organizations", "Organizations")?;
        self.put_over("Email", &filled(&facts.email))?;
        let passkey = passkey_login(self.document.next("PasskeyLogin"), facts.passkey_offer)?;
        self.put("PasskeyLogin", &passkey)
    }

    fn put<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), M::Error> {
        self.map.serialize_entry(key, value)
    }

    /// Puts a fact where the persona has a key of the same name, which counts for nothing.
    fn put_over<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), M::Error> {
        self.persona.next(key);
        self.put(key, value)
    }

    fn persona_keys(&mut self, first: &str, last: &str) -> Result<(), M::Error> {
        self.persona.copy(&mut self.map, first, last)
    }

    fn document_keys(&mut self, first: &str, last: &str) -> Result<(), M::Error> {
        self.document.copy(&mut self.map, first, last)
    }
}

/// A stored text beside the full list of its keys; both are walked once, side by side.
struct Source<'a> {
    keys: std::slice::Iter<'static, &'static str>,
    members: std::iter::Peekable<std::slice::Iter<'a, (std::borrow::Cow<'a, str>, &'a RawValue)>>,
}

impl<'a> Source<'a> {
    fn new(keys: &'static [&'static str], members: &'a Members<'a>) -> Source<'a> {
        Source { keys: keys.iter(), members: members.0.iter().peekable() }
    }

    /// Steps over the next key, which the caller knows, and gives its stored value.
    fn next(&mut self, key: &str) -> Option<&'a RawValue> {
        let expected = self.keys.next();
        debug_assert_eq!(expected, Some(&key), "the page asks for keys in the order of the list");
        self.members.next_if(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// Writes the next keys from `first` to `last`, null where nothing is stored.
    fn copy<M: SerializeMap>(&mut self, map: &mut M, first: &str, last: &str) -> Result<(), M::Error> {
        debug_assert_eq!(self.keys.as_slice().first(), Some(&first), "the page asks for keys in the order of the list");
        for key in self.keys.by_ref() {
            let stored = self.members.next_if(|(name, _)| name == key);
            map.serialize_entry(key, &stored.map(|(_, value)| *value))?;
            if *key == last {
                break;
            }
        }
        Ok(())
    }

    /// Fails when something stored found no place.
    fn finish<E: Error>(mut self) -> Result<(), E> {
        match self.members.next() {
            None => Ok(()),
            Some(_) => Err(E::custom("a stored key is out of its place")),
        }
    }
}

struct IdentityView<'a>(Members<'a>);

impl Serialize for IdentityView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut stored = Source::new(Identity::KEYS, &self.0);
        // Wire: a number that never means anything; a real secret for signing would have no business here.
        map.serialize_entry("TokenSignSecret", &0)?;
        stored.copy(&mut map, "FirstLogin", "Subscription")?;
        stored.next("ProviderAccessCredential");
        map.serialize_entry("ProviderAccessCredential", &())?;
        stored.copy(&mut map, "ProfileImageUrls", "Email")?;
        stored.finish()?;
        map.end()
    }
}

/// `PIN` with its secret members masked.
#[derive(serde::Serialize)]
struct PinView {
    #[serde(rename = "Skipped", skip_serializing_if = "Option::is_none")]
    skipped: Option<bool>,
    #[serde(rename = "PIN", skip_serializing_if = "Option::is_none")]
    pin: Option<&'static str>,
    #[serde(rename = "LastPINChangeDate", skip_serializing_if = "Option::is_none")]
    last_pin_change_date: Option<String>,
    #[serde(rename = "SkippedDate", skip_serializing_if = "Option::is_none")]
    skipped_date: Option<String>,
}

impl PinView {
    fn of<E: Error>(stored: Option<&RawValue>, has_pin: bool) -> Result<Option<PinView>, E> {
        if stored.is_none() && !has_pin {
            return Ok(None);
        }
        let note = stored.map(|text| serde_json::from_str::<PinNote>(text.get())).transpose().map_err(E::custom)?;
        let note = note.unwrap_or_default();
        Ok(Some(PinView {
            skipped: note.skipped,
            pin: has_pin.then_some(MASK),
            last_pin_change_date: note.last_pin_change_date,
            skipped_date: note.skipped_date,
        }))
    }
}

/// `PasskeyLogin`: as it is stored, with what is offered now in it.
fn passkey_login<E: Error>(stored: Option<&RawValue>, offer: Option<PasskeyOffer>) -> Result<Option<PasskeyLogin>, E> {
    let stored = stored.map(|text| serde_json::from_str::<PasskeyLogin>(text.get())).transpose().map_err(E::custom)?;
    let Some(offer) = offer else { return Ok(stored) };
    Ok(Some(PasskeyLogin {
        progressive_flag: Some(offer.progressive),
        local_enrollment_flag: Some(offer.local),
        ..stored.unwrap_or_default()
    }))
}

/// The list, or null when there is nothing in it.
fn filled<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}
