//! The texts that ship with the program: a folder per language, a file per kind of message.

use super::templates::Template;
use crate::app::outside::Channel;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The languages that messages ship in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which stands in for every language that is not here.
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// The tag, such as `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// The language of a tag.
    pub fn of(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

/// The tag of a language as profiles name it: `de-AT` and `Deutsch` are `de`. None for what is no language.
pub(crate) fn tag(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "english" | "englisch" => return Some("en".to_owned()),
        "german" | "deutsch" => return Some("de".to_owned()),
        _ => {}
    }
    let tag = text.split(['-', '_']).next().unwrap_or_default();
    let fits = matches!(tag.len(), 2 | 3) && tag.bytes().all(|byte| byte.is_ascii_lowercase());
    fits.then(|| tag.to_owned())
}

/// What a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cargo {
    /// A code to type.
    Code,
    /// A link to open.
    Link,
    /// Nothing that opens anything.
    Nothing,
}

/// One file, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    lines: HashMap<&'static str, &'static str>,
    sections: HashMap<&'static str, &'static str>,
}

impl Texts {
    fn parse(file: &'static str) -> Texts {
        let mut texts = Texts::default();
        let (head, sections) = file.split_once("\n[").unwrap_or((file, ""));
        let pairs = head.lines().filter_map(|line| line.split_once(':'));
        texts.lines.extend(pairs.map(|(name, text)| (name.trim(), text.trim())));
        for section in sections.split("\n[") {
            let named = section.split_once(']').map(|(name, text)| (name, text.trim()));
            texts.sections.extend(named);
        }
        texts
    }

    /// A line of the file's head; empty when it has none of this name.
    pub(crate) fn line(&self, name: &str) -> &'static str {
        self.lines.get(name).copied().unwrap_or_default()
    }

    /// The text for a channel: with what it carries, else what there is.
    pub(crate) fn text(&self, channel: Channel, cargo: Cargo) -> &'static str {
        let exact = |cargo: &Cargo| self.sections.get(section(channel, *cargo)).copied();
        [cargo, Cargo::Code, Cargo::Link, Cargo::Nothing].iter().find_map(exact).unwrap_or_default()
    }

    /// True when there is a text for exactly this.
    pub(crate) fn has(&self, channel: Channel, cargo: Cargo) -> bool {
        self.sections.contains_key(section(channel, cargo))
    }
}

fn section(channel: Channel, cargo: Cargo) -> &'static str {
    match (channel, cargo) {
        (Channel::Email, Cargo::Code) => "email code",
        (Channel::Email, Cargo::Link) => "email link",
        (Channel::Email, Cargo::Nothing) => "email",
        (Channel::Sms, Cargo::Code) => "sms code",
        (Channel::Sms, Cargo::Link) => "sms link",
        (Channel::Sms, Cargo::Nothing) => "sms",
        (Channel::Voice, Cargo::Code) => "voice code",
        (Channel::Voice, Cargo::Link) => "voice link",
        (Channel::Voice, Cargo::Nothing) => "voice",
    }
}

/// The texts of one language.
struct Shelf {
    words: Texts,
    texts: HashMap<Template, Texts>,
}

macro_rules! file_of {
    ($language:literal, $template:expr) => {
        match $template {
            Template::VerifyPhone => include_str!(concat!("../../templates/", $language, "/verify-phone.txt")),
            Template::VerifyEmail => include_str!(concat!("../../templates/", $language, "/verify-email.txt")),
            Template::ResetPassword => include_str!(concat!("../../templates/", $language, "/reset-password.txt")),
            Template::PasswordChanged => include_str!(concat!("../../templates/", $language, "/password-changed.txt")),
            Template::ChangePhone => include_str!(concat!("../../templates/", $language, "/change-phone.txt")),
            Template::DeleteAccount => include_str!(concat!("../../templates/", $language, "/delete-account.txt")),
            Template::Welcome => include_str!(concat!("../../templates/", $language, "/welcome.txt")),
            Template::SignInChanged => include_str!(concat!("../../templates/", $language, "/sign-in-changed.txt")),
            Template::AccountDeleted => include_str!(concat!("../../templates/", $language, "/account-deleted.txt")),
            Template::Passwordless => include_str!(concat!("../../templates/", $language, "/passwordless.txt")),
            Template::OneTouch => include_str!(concat!("../../templates/", $language, "/one-touch.txt")),
            Template::SmartLogin => include_str!(concat!("../../templates/", $language, "/smart-login.txt")),
            Template::SecondFactor => include_str!(concat!("../../templates/", $language, "/second-factor.txt")),
            Template::SecondFactorChanged => {
                include_str!(concat!("../../templates/", $language, "/second-factor-changed.txt"))
            }
            Template::StepUp => include_str!(concat!("../../templates/", $language, "/step-up.txt")),
            Template::ResetPin => include_str!(concat!("../../templates/", $language, "/reset-pin.txt")),
            Template::PinChanged => include_str!(concat!("../../templates/", $language, "/pin-changed.txt")),
            Template::ResetPasskey => include_str!(concat!("../../templates/", $language, "/reset-passkey.txt")),
            Template::PasswordBreached => {
                include_str!(concat!("../../templates/", $language, "/password-breached.txt"))
            }
            Template::PasswordExpired => include_str!(concat!("../../templates/", $language, "/password-expired.txt")),
        }
    };
}

macro_rules! shelf {
    ($language:literal) => {
        Shelf {
            words: Texts::parse(include_str!(concat!("../../templates/", $language, "/words.txt"))),
            texts: Template::ALL
                .into_iter()
                .map(|template| (template, Texts::parse(file_of!($language, template))))
                .collect(),
        }
    };
}

static ENGLISH: LazyLock<Shelf> = LazyLock::new(|| shelf!("en"));
static GERMAN: LazyLock<Shelf> = LazyLock::new(|| shelf!("de"));

fn shelf(language: Language) -> &'static Shelf {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// What the layout says in a language.
pub(crate) fn words(language: Language) -> &'static Texts {
    &shelf(language).words
}

/// The texts of a kind of message.
pub(crate) fn texts(language: Language, template: Template) -> &'static Texts {
    &shelf(language).texts[&template]
}

#[cfg(test)]
mod tests;
