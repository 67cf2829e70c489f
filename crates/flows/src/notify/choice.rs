//! Which version of a message goes out: the names that a request gives, and the versions there are.

use super::fill;
use super::letter::Letter;
use super::shipped::{self, Cargo, Language};
use super::templates::Template;
use crate::access::Wished;
use crate::app::outside::Channel;
use doorward_store::templates::Stored;

/// The version that needs no choosing.
pub const DEFAULT: &str = "default";
/// The longest name of a version, in bytes.
pub const LONGEST_NAME: usize = 64;

/// The version that a request wishes for a message.
pub(super) fn wished(names: &Wished, template: Template, channel: Channel) -> Option<&str> {
    names.first_of(parameters(template, channel)).filter(|name| name.len() <= LONGEST_NAME)
}

/// The parameters that choose a message's version, the most telling one first.
///
// Wire: some operations send two messages, so that some messages have parameters of their own.
fn parameters(template: Template, channel: Channel) -> &'static [&'static str] {
    let by_mail = channel == Channel::Email;
    match template {
        Template::VerifyPhone
        | Template::VerifyEmail
        | Template::ResetPassword
        | Template::ChangePhone
        | Template::DeleteAccount
        | Template::ResetPin
        | Template::ResetPasskey => {
            if by_mail {
                &["emailtemplate"]
            } else {
                &["smstemplate"]
            }
        }
        Template::StepUp if by_mail => &["emailtemplate2fa", "emailtemplate"],
        Template::StepUp => &["smstemplate2fa", "smstemplate"],
        Template::SecondFactor if by_mail => &["emailtemplate2fa"],
        Template::SecondFactor => &["smstemplate2fa"],
        Template::Passwordless if by_mail => &["passwordlesslogintemplate", "emailtemplate"],
        Template::OneTouch if by_mail => &["onetouchloginemailtemplate", "emailtemplate"],
        Template::SmartLogin if by_mail => &["smartloginemailtemplate", "emailtemplate"],
        Template::Passwordless | Template::OneTouch | Template::SmartLogin => &["smstemplate"],
        Template::Welcome if by_mail => &["welcomeemailtemplate"],
        Template::PasswordChanged if by_mail => &["resetpasswordemailtemplate"],
        Template::PasswordChanged => &["resetpasswordsmstemplate"],
        Template::PasswordBreached if by_mail => &["breachedpasswordemailtemplate"],
        Template::PasswordBreached => &["breachedpasswordsmstemplate"],
        Template::Welcome
        | Template::SignInChanged
        | Template::AccountDeleted
        | Template::SecondFactorChanged
        | Template::PinChanged
        | Template::PasswordExpired => &[],
    }
}

/// A version that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version<'a> {
    /// One of the tenant's own.
    Own(&'a Stored),
    /// The shipped one.
    Shipped(Language),
}

/// Chooses: the version that is wished, in the first of `languages` that it has or in any; else, language by language,
/// the tenant's own default or the shipped text. A version that would swallow what the message carries is passed over.
pub(super) fn choose<'a>(letter: &Letter, own: &'a [Stored], languages: &[String]) -> Version<'a> {
    let fit: Vec<&Stored> = own.iter().filter(|one| carries(one, letter.cargo())).collect();
    let find =
        |name: &str, language: &str| fit.iter().copied().find(|one| one.name == name && one.language == language);
    if let Some(name) = &letter.wished {
        let spoken = languages.iter().find_map(|language| find(name, language));
        if let Some(found) = spoken.or_else(|| fit.iter().copied().find(|one| one.name == *name)) {
            return Version::Own(found);
        }
        // Whoever reads this must find what to repair: no such name, or one without the placeholder.
        tracing::warn!(
            template = letter.template.name(),
            channel = letter.channel.as_str(),
            name,
            "no such version of a message fits; the default goes out"
        );
    }
    let by_language = |language: &String| {
        let own = find(DEFAULT, language).map(Version::Own);
        own.or_else(|| Language::of(language).map(Version::Shipped))
    };
    languages.iter().find_map(by_language).unwrap_or(Version::Shipped(Language::English))
}

/// True when a version shows the code or link that a message carries.
fn carries(version: &Stored, cargo: Cargo) -> bool {
    let shows = |wanted: &[&str]| {
        let shown = |text: &str| fill::placeholders(text).iter().any(|name| wanted.contains(&name.as_str()));
        shown(&version.text) && version.html.as_deref().is_none_or(shown)
    };
    match cargo {
        Cargo::Code => shows(&["otp"]),
        Cargo::Link => shows(&["url", "guid"]),
        Cargo::Nothing => true,
    }
}

/// The languages to try in turn: the person's, the tenant's, English.
pub(super) fn languages(person: Option<&str>, tenant: &str) -> Vec<String> {
    let mut languages: Vec<String> = Vec::with_capacity(3);
    for language in [person, shipped::tag(tenant).as_deref(), Some("en")].into_iter().flatten() {
        if !languages.iter().any(|known| known == language) {
            languages.push(language.to_owned());
        }
    }
    languages
}

#[cfg(test)]
mod tests;
