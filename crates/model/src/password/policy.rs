//! A tenant's rules for passwords: what a new one must be, how long it serves, and what follows when it is stolen.

use super::{Password, rules};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;

/// The longest password in characters that is looked up in the shipped lists: the time of that grows steeply past it.
const LOOKED_UP: usize = 64;
/// Shorter values of a profile are too common as parts of good passwords to refuse.
const SHORTEST_PROFILE_VALUE: usize = 4;

/// A tenant's rules for passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Fewest characters.
    #[serde(rename = "minLength")]
    pub min_length: usize,
    /// Most characters.
    #[serde(rename = "maxLength")]
    pub max_length: usize,
    /// Further rules as forms write them, such as `required|min_length[10]`; see [`rules`].
    #[serde(rename = "PasswordValidationRules")]
    pub rules: String,
    /// How many earlier passwords are refused beside the current one.
    #[serde(rename = "MaxPasswordHistory")]
    pub history: u32,
    /// Whether passwords that are themselves common passwords are refused.
    #[serde(rename = "CommonPasswordPreventionValidation")]
    pub common: bool,
    /// Whether passwords that are themselves one word or name of a dictionary are refused.
    #[serde(rename = "DictionaryPasswordValidation")]
    pub dictionary: bool,
    /// Whether passwords that hold a value of the profile are refused.
    #[serde(rename = "ProfileDataPasswordValidation")]
    pub profile_data: bool,
    /// Whether those are refused only that are such a value and nothing else.
    #[serde(rename = "ProfileDataPasswordExactMatch")]
    pub profile_data_exact: bool,
    /// After how many days, months or years a password is too old to sign in with; 0 is never.
    #[serde(rename = "ExpirationFrequency")]
    pub expiration: i64,
    /// What is counted there.
    #[serde(rename = "ExpirationFrequencyType")]
    pub expiration_unit: Unit,
    /// What a login with a password that is too old comes to.
    #[serde(rename = "expiredLogin")]
    pub expired_login: ExpiredLogin,
    /// What follows from a password that is on a list of stolen ones.
    #[serde(rename = "breachedPasswords")]
    pub breached: Breached,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            min_length: 8,
            max_length: 128,
            rules: String::new(),
            history: 5,
            common: true,
            dictionary: true,
            profile_data: true,
            profile_data_exact: false,
            expiration: 0,
            expiration_unit: Unit::default(),
            expired_login: ExpiredLogin::default(),
            breached: Breached::default(),
        }
    }
}

/// What a password's age is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Days of 24 hours.
    #[default]
    Day,
    /// Months of the calendar.
    Month,
    /// Years of the calendar.
    Year,
}

/// What a login with a password that is too old comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpiredLogin {
    /// It is refused (90001), and the owner gets a code to choose a new one.
    #[default]
    Refuse,
    /// It goes on; `PasswordExpirationDate` of the profile says it.
    Warn,
}

/// What follows from a password that is on a list of stolen ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Breached {
    /// Whether nobody registers with one (1315).
    #[serde(rename = "Register")]
    pub register: bool,
    /// Whether nobody changes or resets theirs to one (1315).
    #[serde(rename = "PasswordChange")]
    pub change: bool,
    /// What a login with one comes to.
    #[serde(rename = "Login")]
    pub login: BreachedLogin,
}

impl Default for Breached {
    fn default() -> Breached {
        Breached { register: true, change: true, login: BreachedLogin::default() }
    }
}

/// What a login with a stolen password comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BreachedLogin {
    /// Nobody looks.
    Off,
    /// `IsPasswordBreached` of the profile says it.
    #[default]
    Record,
    /// The owner is told too, once.
    Notify,
    /// It is refused (1316, 1317), and the owner gets a code to choose a new one.
    Change,
}

impl Policy {
    /// When a password that was set at `changed_at` is too old; `None` while passwords do not age.
    pub fn expires_at(&self, changed_at: Timestamp) -> Option<Timestamp> {
        let count = self.expiration;
        (count > 0).then(|| match self.expiration_unit {
            Unit::Day => changed_at.plus(Span::days(count)),
            Unit::Month => changed_at.plus_months(count),
            Unit::Year => changed_at.plus_months(count.saturating_mul(12)),
        })
    }
}

impl Password {
    /// The rules that need nobody's account: length and the tenant's own (1134), common passwords and words (1216).
    pub fn check_form(&self, policy: &Policy) -> Result<(), Refusal> {
        let length = self.text.expose().chars().count();
        if length < policy.min_length || length > policy.max_length {
            let message = format!("The password must have {} to {} characters.", policy.min_length, policy.max_length);
            return Err(Refusal::invalid("password", message));
        }
        rules::check(&policy.rules, self.text.expose()).map_err(|broken| Refusal::invalid("password", broken))?;
        let refused = match self.listed() {
            Some(Listed::Leaked | Listed::Pattern) => policy.common,
            Some(Listed::Word) => policy.dictionary,
            None => false,
        };
        if refused { Err(Reason::PasswordWeak.into()) } else { Ok(()) }
    }

    /// Refuses (1216) a password that contains one of the account's own values as a whole, or is one: address, its local
    /// part, user name, first or last name, phone number.
    pub fn check_profile<'a>(&self, policy: &Policy, values: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
        if !policy.profile_data && !policy.profile_data_exact {
            return Ok(());
        }
        let password = Zeroizing::new(self.text.expose().to_lowercase());
        let is_told = |part: String| {
            let long_enough = part.chars().count() >= SHORTEST_PROFILE_VALUE;
            long_enough && if policy.profile_data_exact { *password == part } else { password.contains(&part) }
        };
        for value in values {
            let value = value.trim().to_lowercase();
            let local_part = value.split_once('@').map(|(local, _)| local.to_owned());
            let digits = value.strip_prefix('+').map(str::to_owned);
            if [Some(value), local_part, digits].into_iter().flatten().any(is_told) {
                return Err(Reason::PasswordWeak.into());
            }
        }
        Ok(())
    }

    /// True when the whole password, whatever its case, is on the shipped list of common passwords, which was made from
    /// stolen ones.
    pub fn is_known_leaked(&self) -> bool {
        self.listed() == Some(Listed::Leaked)
    }

    fn listed(&self) -> Option<Listed> {
        *self.listed.get_or_init(|| look_up(self.text.expose()))
    }
}

#[expect(clippy::default_trait_access, reason = "the list of passwords is the default of a type without a public name")]
fn look_up(password: &str) -> Option<Listed> {
    if password.chars().count() > LOOKED_UP {
        return None;
    }
    let estimate = zxcvbn::zxcvbn(password, &[]);
    let [only] = estimate.sequence() else { return None };
    match &only.pattern {
        MatchPattern::Dictionary(word) if word.l33t || word.reversed => None,
        MatchPattern::Dictionary(word) if word.dictionary_name == Default::default() => Some(Listed::Leaked),
        MatchPattern::Dictionary(_) => Some(Listed::Word),
        MatchPattern::Repeat(_) | MatchPattern::Sequence(_) => Some(Listed::Pattern),
        _ => None,
    }
}

/// What a whole password is, as the shipped lists know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// A password that leaked, often.
    Leaked,
    /// A word or a name.
    Word,
    /// One thing repeated, or a run such as `12345678`.
    Pattern,
}
