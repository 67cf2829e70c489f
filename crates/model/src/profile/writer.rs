//! Who may set which key of a profile.

/// On whose behalf a profile is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The person, by an access token or at registration.
    User,
    /// The tenant's back end, by the API secret.
    BackEnd,
}

/// Who is needed for a key that not everybody may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The back end: states of the account, and facts that nobody is harmed by when a back end invents them.
    BackEnd,
    /// No caller: the server alone, or an operation of its own.
    Nobody,
}

/// The rule: a key that is not listed is its owner's to set; a listed one that the writer may not set is ignored.
///
/// The back end may set what describes (`Created`, `LRUserID`, counts, dates of an account that moves in from elsewhere),
/// so that an exported profile can be imported whole; it may not set what would prove something or is a secret.
const RESTRICTED: &[(&str, Need)] = &[
    ("IsPasswordBreached", Need::BackEnd),
    ("IsActive", Need::BackEnd),
    ("IsDeleted", Need::BackEnd),
    ("EmailVerified", Need::BackEnd),
    ("IsLoginLocked", Need::BackEnd),
    ("DisableLogin", Need::BackEnd),
    ("IsTwoFactorAuthenticationEnabled", Need::BackEnd),
    ("IsRequiredFieldsFilledOnce", Need::BackEnd),
    ("FirstLogin", Need::BackEnd),
    ("IsProtected", Need::BackEnd),
    ("IsSecurePassword", Need::BackEnd),
    ("IsCustomUid", Need::Nobody),
    ("PhoneIdVerified", Need::BackEnd),
    ("NoOfLogins", Need::BackEnd),
    ("PinsCount", Need::BackEnd),
    ("BoardsCount", Need::BackEnd),
    ("LikesCount", Need::BackEnd),
    ("SessionLimit", Need::BackEnd),
    ("ID", Need::BackEnd),
    ("Password", Need::Nobody),
    ("LoginLockedType", Need::BackEnd),
    ("Provider", Need::BackEnd),
    ("LastPasswordChangeToken", Need::Nobody),
    ("FullName", Need::BackEnd),
    ("RegistrationProvider", Need::BackEnd),
    ("RegistrationSource", Need::BackEnd),
    ("LastLoginLocation", Need::BackEnd),
    ("ExternalUserLoginId", Need::BackEnd),
    ("Language", Need::BackEnd),
    ("Verified", Need::BackEnd),
    ("UpdatedTime", Need::BackEnd),
    ("Created", Need::BackEnd),
    ("Age", Need::BackEnd),
    ("LRUserID", Need::BackEnd),
    ("LastPasswordChangeDate", Need::BackEnd),
    ("PasswordExpirationDate", Need::BackEnd),
    ("CreatedDate", Need::BackEnd),
    ("ModifiedDate", Need::BackEnd),
    ("ProfileModifiedDate", Need::BackEnd),
    ("LastLoginDate", Need::BackEnd),
    ("SignupDate", Need::BackEnd),
    ("PrivacyPolicy", Need::BackEnd),
    ("PIN", Need::BackEnd),
    ("ConsentProfile", Need::BackEnd),
    ("RegistrationData", Need::BackEnd),
    ("ProviderAccessCredential", Need::Nobody),
    ("Roles", Need::BackEnd),
    ("Uid", Need::BackEnd),
    ("PreviousUids", Need::BackEnd),
    ("ExternalIds", Need::BackEnd),
    ("UnverifiedEmail", Need::BackEnd),
    ("Organizations", Need::BackEnd),
    ("PasskeyLogin", Need::BackEnd),
    ("Identities", Need::Nobody),
];

/// True when this writer may set the key; `key` is a top-level one in the wire's own spelling.
pub fn may_set(writer: Writer, key: &str) -> bool {
    match RESTRICTED.iter().find(|(name, _)| *name == key) {
        None => true,
        Some((_, Need::BackEnd)) => writer == Writer::BackEnd,
        Some((_, Need::Nobody)) => false,
    }
}

#[cfg(test)]
pub(super) fn restricted() -> impl Iterator<Item = &'static str> {
    RESTRICTED.iter().map(|(name, _)| *name)
}
