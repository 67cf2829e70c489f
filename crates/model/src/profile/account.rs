//! What the server knows of an account and keeps in columns and rows.

use super::parts::common::EmailEntry;
use super::wire::{self, wire_object};
use super::writer::{Writer, may_set};
use crate::id::Uid;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};
use std::fmt;

/// An account's columns and identifiers, as [`render`](super::render()) shows them.
#[derive(Clone, PartialEq)]
pub struct AccountFacts {
    /// The account's public id.
    pub uid: Uid,
    /// True while the account may be used; false is a block by the back end.
    pub is_active: bool,
    /// True for an account that is deleted but kept.
    pub is_deleted: bool,
    /// True when a mail address is proven.
    pub email_verified: bool,
    /// True when `phone_id` is proven.
    pub phone_id_verified: bool,
    /// True while too many failures, or the back end, keep the owner out.
    pub is_login_locked: bool,
    /// How it is locked: `None`, `Suspend`, `Captcha`, `SecurityQuestion` or `Block`.
    pub login_locked_type: String,
    /// True once all required fields had a value.
    pub is_required_fields_filled_once: bool,
    /// True when the password met the rules of the day it was last checked.
    pub is_secure_password: bool,
    /// True when the password was found in a list of breached ones.
    pub is_password_breached: bool,
    /// True when the uid was chosen by the back end.
    pub is_custom_uid: bool,
    /// True when the owner agreed to receive mail.
    pub is_email_subscribed: bool,
    /// True until the second sign-in.
    pub first_login: bool,
    /// Sign-ins so far.
    pub no_of_logins: i64,
    /// True when there is a password; the wire shows a mask then.
    pub has_password: bool,
    /// True when there is a PIN; the wire shows a mask then.
    pub has_pin: bool,
    /// Whether the person is to be offered a passkey; `None` where the tenant offers none.
    pub passkey_offer: Option<PasskeyOffer>,
    /// Where the account came from, such as `Email` or a social provider.
    pub registration_provider: Option<String>,
    /// The page or program it was registered with.
    pub registration_source: Option<String>,
    /// Where the last sign-in came from.
    pub last_login_location: Option<String>,
    /// The id under which an outside login knows the account.
    pub external_user_login_id: Option<String>,
    /// The name to sign in with.
    pub user_name: Option<String>,
    /// The phone to sign in with.
    pub phone_id: Option<String>,
    /// Proven addresses, or all of them where the tenant does not ask for proof.
    pub email: Vec<EmailEntry>,
    /// Addresses that still wait for proof.
    pub unverified_email: Vec<EmailEntry>,
    /// When the password was last set.
    pub last_password_change_date: Option<Timestamp>,
    /// When the password runs out.
    pub password_expiration_date: Option<Timestamp>,
    /// When the account was made.
    pub created_date: Option<Timestamp>,
    /// When anything of the account last changed.
    pub modified_date: Option<Timestamp>,
    /// When the profile last changed.
    pub profile_modified_date: Option<Timestamp>,
    /// When someone last signed in.
    pub last_login_date: Option<Timestamp>,
    /// When the owner signed up.
    pub signup_date: Option<Timestamp>,
}

/// Whether a client is to offer somebody a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyOffer {
    /// They have none, and were not asked for a while.
    pub progressive: bool,
    /// They have just signed in with one of another device.
    pub local: bool,
}

impl fmt::Debug for AccountFacts {
    /// Shows the uid alone: the rest is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountFacts").field("uid", &self.uid).finish_non_exhaustive()
    }
}

impl AccountFacts {
    /// A fresh account without identifiers and credentials, made at `now`.
    pub fn new(uid: Uid, now: Timestamp) -> AccountFacts {
        AccountFacts {
            uid,
            is_active: true,
            is_deleted: false,
            email_verified: false,
            phone_id_verified: false,
            is_login_locked: false,
            login_locked_type: "None".to_owned(),
            is_required_fields_filled_once: false,
            is_secure_password: false,
            is_password_breached: false,
            is_custom_uid: false,
            is_email_subscribed: false,
            first_login: true,
            no_of_logins: 0,
            has_password: false,
            has_pin: false,
            passkey_offer: None,
            registration_provider: None,
            registration_source: None,
            last_login_location: None,
            external_user_login_id: None,
            user_name: None,
            phone_id: None,
            email: Vec::new(),
            unverified_email: Vec::new(),
            last_password_change_date: None,
            password_expiration_date: None,
            created_date: Some(now),
            modified_date: Some(now),
            profile_modified_date: Some(now),
            last_login_date: None,
            signup_date: Some(now),
        }
    }

    /// Takes over everything that the change sets.
    ///
    /// Identifiers are taken as they are: whether they are valid, free and in their normal form is asked before.
    pub fn apply(&mut self, change: AccountChange) {
        take(&mut self.is_active, change.is_active);
        take(&mut self.is_deleted, change.is_deleted);
        take(&mut self.email_verified, change.email_verified);
        take(&mut self.phone_id_verified, change.phone_id_verified);
        take(&mut self.is_login_locked, change.is_login_locked);
        take(&mut self.login_locked_type, change.login_locked_type);
        take(&mut self.is_required_fields_filled_once, change.is_required_fields_filled_once);
        take(&mut self.is_secure_password, change.is_secure_password);
        take(&mut self.is_password_breached, change.is_password_breached);
        take(&mut self.is_email_subscribed, change.is_email_subscribed);
        take(&mut self.first_login, change.first_login);
        take(&mut self.no_of_logins, change.no_of_logins);
        take(&mut self.email, change.email);
        take(&mut self.unverified_email, change.unverified_email);
        keep_or(&mut self.registration_provider, change.registration_provider);
        keep_or(&mut self.registration_source, change.registration_source);
        keep_or(&mut self.last_login_location, change.last_login_location);
        keep_or(&mut self.external_user_login_id, change.external_user_login_id);
        keep_or(&mut self.user_name, change.user_name);
        keep_or(&mut self.phone_id, change.phone_id);
        keep_or(&mut self.last_password_change_date, change.last_password_change_date);
        keep_or(&mut self.password_expiration_date, change.password_expiration_date);
        keep_or(&mut self.created_date, change.created_date);
        keep_or(&mut self.modified_date, change.modified_date);
        keep_or(&mut self.profile_modified_date, change.profile_modified_date);
        keep_or(&mut self.last_login_date, change.last_login_date);
        keep_or(&mut self.signup_date, change.signup_date);
    }
}

fn take<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

fn keep_or<T>(place: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *place = given;
    }
}

wire_object! {
    /// What a body says of the account itself; identifiers as typed by the caller, not yet looked at.
    AccountChange {
        "Uid" uid: String,
        "UserName" user_name: String,
        "PhoneId" phone_id: String,
        "Email" email: Vec<EmailEntry>,
        "UnverifiedEmail" unverified_email: Vec<EmailEntry>,
        "IsActive" is_active: bool,
        "IsDeleted" is_deleted: bool,
        "EmailVerified" email_verified: bool,
        "PhoneIdVerified" phone_id_verified: bool,
        "IsLoginLocked" is_login_locked: bool,
        "LoginLockedType" login_locked_type: String,
        "DisableLogin" disable_login: bool,
        "IsTwoFactorAuthenticationEnabled" is_two_factor_authentication_enabled: bool,
        "IsRequiredFieldsFilledOnce" is_required_fields_filled_once: bool,
        "IsSecurePassword" is_secure_password: bool,
        "IsPasswordBreached" is_password_breached: bool,
        "IsEmailSubscribed" is_email_subscribed: bool,
        "FirstLogin" first_login: bool,
        "NoOfLogins" no_of_logins: i64,
        "RegistrationProvider" registration_provider: String,
        "RegistrationSource" registration_source: String,
        "LastLoginLocation" last_login_location: String,
        "ExternalUserLoginId" external_user_login_id: String,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "LastPasswordChangeDate" last_password_change_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "PasswordExpirationDate" password_expiration_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "CreatedDate" created_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "ModifiedDate" modified_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "ProfileModifiedDate" profile_modified_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "LastLoginDate" last_login_date: Timestamp,
        #[serde(deserialize_with = "moment", skip_serializing)]
        "SignupDate" signup_date: Timestamp,
    }
}

impl AccountChange {
    /// Reads the keys that the writer may set out of a body; 1090 when one of them has a wrong type, or is a date that
    /// is none.
    pub fn from_wire(body: &Map<String, Value>, writer: Writer) -> Result<AccountChange, Refusal> {
        let mut given = wire::members(body, AccountChange::KEYS).map_err(|_| Reason::PayloadInvalid)?;
        given.retain(|(key, _)| may_set(writer, key));
        let given = given.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
        wire::read(&Value::Object(given)).map_err(|_| Reason::PayloadInvalid.into())
    }
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    Timestamp::parse(&text).map(Some).ok_or_else(|| D::Error::custom("a date is needed"))
}
