//! A letter put into words.

use super::choice::{self, Version};
use super::fill::{self, Place, Section};
use super::layout::{self, Content};
use super::letter::Letter;
use super::person::{self, Person};
use super::shipped::{self, Language};
use crate::app::outside::{Channel, Message, Speech};
use doorward_store::templates::Stored;

impl Letter {
    /// The message as `person` gets it, from the tenant's `own` versions or the shipped one.
    pub(crate) fn write(&self, person: &Person, own: &[Stored]) -> Message {
        let languages = choice::languages(person.language.as_deref(), &self.language);
        let words = match choice::choose(self, own, &languages) {
            Version::Own(own) => Words::own(self, own),
            Version::Shipped(language) => Words::shipped(self, language),
        };
        let sections = [
            Section { tag: "FPass", kept: person.has_password },
            Section { tag: "FProv", kept: person.has_identities },
            Section { tag: "FUName", kept: person.has_user_name() },
        ];
        let value = |name: &str| self.value(name, person, words.spoken);
        let filled = |template: &str, place: Place| {
            fill::fill(&fill::whole_links(&fill::cut(template, &sections)), place, value)
        };
        let is_email = self.channel == Channel::Email;
        let text = filled(words.text.trim_end(), Place::Text);
        Message {
            id: self.id.clone(),
            channel: self.channel,
            to: self.to.clone(),
            template: self.template.name().to_owned(),
            subject: is_email.then(|| filled(&words.subject, Place::Header)),
            text: if self.channel == Channel::Voice { vec![text; self.times].join(" ") } else { text },
            html: is_email.then(|| filled(&words.html(), Place::Html)),
            code: self.code.clone(),
            link: self.link.clone(),
            speech: Speech { language: words.language, voice: self.voice.clone() },
        }
    }

    /// What a placeholder stands for; nothing, when nobody knows it.
    fn value(&self, name: &str, person: &Person, spoken: Language) -> String {
        match name {
            "app" => self.app.clone(),
            "otp" => self.code.as_deref().map(|code| spell(code, self.channel)).unwrap_or_default(),
            "otpexpiry" => self.seconds.to_string(),
            "expiry" => duration(self.seconds, spoken),
            "minutes" => (self.seconds / 60).max(1).to_string(),
            "url" => self.link.clone().unwrap_or_default(),
            "guid" => self.link.as_deref().and_then(token).unwrap_or_default().to_owned(),
            "receiver" => self.to.clone(),
            "email" if self.channel == Channel::Email => self.to.clone(),
            "ipaddress" => self.ip.clone(),
            "useragent" => person::plain(&self.user_agent),
            "currentyear" => self.year.clone(),
            name => person.value(name).unwrap_or_default().to_owned(),
        }
    }
}

/// Words that wait to be filled.
struct Words {
    subject: String,
    text: String,
    /// HTML of the tenant's own; laid out from the text without it.
    html: Option<String>,
    heading: &'static str,
    button: &'static str,
    /// The tag of the language that they are in.
    language: String,
    /// The shipped language for what the layout says.
    spoken: Language,
}

impl Words {
    fn shipped(letter: &Letter, language: Language) -> Words {
        let texts = shipped::texts(language, letter.template);
        Words {
            subject: texts.line("subject").to_owned(),
            text: texts.text(letter.channel, letter.cargo()).to_owned(),
            html: None,
            heading: texts.line("heading"),
            button: texts.line("button"),
            language: language.tag().to_owned(),
            spoken: language,
        }
    }

    fn own(letter: &Letter, own: &Stored) -> Words {
        let spoken = Language::of(&own.language).unwrap_or(Language::English);
        let shipped = Words::shipped(letter, spoken);
        Words {
            subject: own.subject.clone().unwrap_or(shipped.subject),
            text: own.text.clone(),
            html: own.html.clone(),
            // A text of the tenant's own begins as the tenant wants it to.
            heading: "",
            language: own.language.clone(),
            ..shipped
        }
    }

    fn html(&self) -> String {
        let laid_out = || {
            let (language, heading, button) = (self.language.as_str(), self.heading, self.button);
            layout::page(&Content { language, heading, button, text: &self.text, words: shipped::words(self.spoken) })
        };
        self.html.clone().unwrap_or_else(laid_out)
    }
}

/// A code as a channel tells it: a voice would read six digits as one number.
fn spell(code: &str, channel: Channel) -> String {
    if channel != Channel::Voice {
        return code.to_owned();
    }
    code.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// The token in one of our links.
fn token(link: &str) -> Option<&str> {
    link.rsplit_once("vtoken=").map(|(_, token)| token)
}

/// A length of time in words: the largest unit that it is a whole number of, at least a minute.
fn duration(seconds: i64, language: Language) -> String {
    let units = [(86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")];
    let whole = |unit: &&(i64, &str, &str)| seconds >= unit.0 && seconds % unit.0 == 0;
    let (length, one, many) = units.iter().find(whole).copied().unwrap_or((1, "second", "seconds"));
    let count = seconds / length;
    let name = if count == 1 { one } else { many };
    shipped::words(language).line(name).replace("#Count#", &count.to_string())
}

#[cfg(test)]
mod tests;
