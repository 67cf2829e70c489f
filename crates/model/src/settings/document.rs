//! The settings as the document that an administrator writes: read, changed, and checked.

use super::{LockKind, Settings};
use crate::origin::Pattern;
use crate::password::{Policy, rules};
use serde_json::Value;

/// Why a settings document is not accepted; meant for the administrator who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl Settings {
    /// Reads a settings document and checks its ranges.
    pub fn read(document: Value) -> Result<Settings, Unfit> {
        let settings: Settings = serde_json::from_value(document).map_err(|error| Unfit(error.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    /// The same settings with one changed: `key` as in the document, inner ones after a dot
    /// (`LoginLockedConfiguration.MaximumFailedLoginAttempts`), without regard to case; `text` as JSON, or as itself.
    pub fn with(&self, key: &str, text: &str) -> Result<Settings, Unfit> {
        let mut document = serde_json::to_value(self).map_err(|error| Unfit(error.to_string()))?;
        let mut place = &mut document;
        for part in key.split('.') {
            let name = place
                .as_object()
                .and_then(|object| object.keys().find(|name| name.eq_ignore_ascii_case(part)).cloned());
            let name =
                name.ok_or_else(|| Unfit(format!("there is no setting `{key}`; `doorward tenant show` lists them")))?;
            place = &mut place[name];
        }
        *place = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        Settings::read(document).map_err(|Unfit(why)| Unfit(format!("{key}: {why}")))
    }

    fn check(&self) -> Result<(), Unfit> {
        self.check_tokens()?;
        self.lockout.check()?;
        self.check_questions()?;
        self.second_factor.check()?;
        check_passwords(&self.password)?;
        self.migration.check()?;
        self.otp.check()?;
        self.pin.check()?;
        self.passkeys.check()?;
        self.hosted_pages.check()?;
        self.voice.check()?;
        self.sott.check()?;
        self.ip_access.check()?;
        self.signing.check()?;
        self.plan.check()?;
        if let Some(bad) = self.domains.iter().find(|text| Pattern::parse(text).is_none()) {
            return Err(Unfit(format!(
                "domains: `{bad}` is no origin; write it as https://host or http://localhost:*"
            )));
        }
        let language = self.message_language.as_bytes();
        if !matches!(language.len(), 2 | 3) || !language.iter().all(u8::is_ascii_lowercase) {
            return Err(Unfit("messageLanguage must be the two letters of a language, such as en or de".into()));
        }
        Ok(())
    }

    fn check_tokens(&self) -> Result<(), Unfit> {
        within("accessTokenLifetime", self.access_token_minutes, 1, 129_600)?;
        within("refreshTokenLifetime", self.refresh_token_minutes, 1, 525_600)?;
        if self.refresh_token_minutes <= self.access_token_minutes {
            return Err(Unfit("refreshTokenLifetime must be more than accessTokenLifetime".into()));
        }
        within("sessionLimit", self.session_limit, 0, 1000)?;
        within("rememberMeLifetime", self.remember_me_minutes, 1, 129_600)?;
        if self.remember_me && self.refresh_token_minutes <= self.remember_me_minutes {
            return Err(Unfit("refreshTokenLifetime must be more than rememberMeLifetime".into()));
        }
        Ok(())
    }

    fn check_questions(&self) -> Result<(), Unfit> {
        if let Some(why) = self.security_questions.unfit() {
            return Err(Unfit(why));
        }
        if self.is_security_question && self.security_questions.list.len() < self.security_questions.asked() {
            let count = self.security_questions.count;
            return Err(Unfit(format!(
                "IsSecurityQuestion needs at least {count} questions in SecurityQuestions.Questions"
            )));
        }
        let is_factor = self.second_factor.security_question && self.is_security_question;
        let least = self.questions_as_factor();
        if is_factor && self.security_questions.list.len() < least {
            return Err(Unfit(format!(
                "IsSecurityQuestionAsMFAEnabled needs at least {least} questions in SecurityQuestions.Questions"
            )));
        }
        if self.lockout.kind == LockKind::SecurityQuestion && !self.is_security_question {
            return Err(Unfit("LoginLockedType SecurityQuestion needs IsSecurityQuestion to be on".into()));
        }
        Ok(())
    }
}

fn check_passwords(policy: &Policy) -> Result<(), Unfit> {
    within("passwordPolicy.minLength", i64::try_from(policy.min_length).unwrap_or(i64::MAX), 6, 64)?;
    within("passwordPolicy.maxLength", i64::try_from(policy.max_length).unwrap_or(i64::MAX), 64, 1024)?;
    within("MaxPasswordHistory", i64::from(policy.history), 0, 24)?;
    within("ExpirationFrequency", policy.expiration, 0, 3650)?;
    match rules::unfit(&policy.rules) {
        Some(problem) => Err(Unfit(format!("PasswordValidationRules: {problem}"))),
        None => Ok(()),
    }
}

/// Refuses a number that is not in its range.
pub(super) fn within(name: &str, value: i64, least: i64, most: i64) -> Result<(), Unfit> {
    let fits = (least..=most).contains(&value);
    fits.then_some(()).ok_or_else(|| Unfit(format!("{name} must be between {least} and {most}, it is {value}")))
}
