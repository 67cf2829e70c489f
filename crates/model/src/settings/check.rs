//! What the settings must be like to be accepted.

use super::unfit::{Unfit, within};
use super::{LockKind, Settings};
use crate::origin::Pattern;
use crate::password::{Policy, rules};

impl Settings {
    /// Everything that does not fit, section by section.
    pub(super) fn unfit(&self) -> Vec<Unfit> {
        let checks = [
            self.check_tokens(),
            self.lockout.check(),
            self.check_questions(),
            self.second_factor.check(),
            check_passwords(&self.password),
            self.migration.check(),
            self.otp.check(),
            self.pin.check(),
            self.passkeys.check(),
            self.hosted_pages.check(),
            self.voice.check(),
            self.sott.check(),
            self.ip_access.check(),
            self.signing.check(),
            self.plan.check(),
            self.check_domains(),
            self.check_language(),
        ];
        checks.into_iter().filter_map(Result::err).collect()
    }

    fn check_domains(&self) -> Result<(), Unfit> {
        match self.domains.iter().find(|text| Pattern::parse(text).is_none()) {
            None => Ok(()),
            Some(bad) => {
                Err(Unfit(format!("domains: `{bad}` is no origin; write it as https://host or http://localhost:*")))
            }
        }
    }

    fn check_language(&self) -> Result<(), Unfit> {
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
                "TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled needs at least {least} questions in SecurityQuestions.Questions"
            )));
        }
        if self.lockout.kind == LockKind::SecurityQuestion && !self.is_security_question {
            return Err(Unfit(
                "LoginLockedConfiguration.LoginLockedType SecurityQuestion needs IsSecurityQuestion to be on".into(),
            ));
        }
        Ok(())
    }
}

fn check_passwords(policy: &Policy) -> Result<(), Unfit> {
    within("passwordPolicy.minLength", i64::try_from(policy.min_length).unwrap_or(i64::MAX), 6, 64)?;
    within("passwordPolicy.maxLength", i64::try_from(policy.max_length).unwrap_or(i64::MAX), 64, 1024)?;
    within("passwordPolicy.MaxPasswordHistory", i64::from(policy.history), 0, 24)?;
    within("passwordPolicy.ExpirationFrequency", policy.expiration, 0, 3650)?;
    match rules::unfit(&policy.rules) {
        Some(problem) => Err(Unfit(format!("passwordPolicy.PasswordValidationRules: {problem}"))),
        None => Ok(()),
    }
}
