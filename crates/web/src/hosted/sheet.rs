//! A page with one form on it, which nearly all of them are. Its texts are found by the page's key: `KEY-title` and
//! `KEY-lead`, and `KEY-button` where there is something to send.

mod choices;
mod content;
mod keys;
mod passkey;
mod site;
mod trouble;
mod words;

use axum::http::StatusCode;
use content::{Button, Content, Field, Link, Other};
use doorward_model::pin::Alphabet;
use std::borrow::Cow;

pub(crate) use site::{Carried, Site};
pub(crate) use trouble::Trouble;
pub(crate) use words::Language;

/// A page in the making.
pub(crate) struct Sheet<'a> {
    site: Site<'a>,
    key: &'static str,
    status: StatusCode,
    content: Content,
}

/// What is typed into a field.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// An address, number or user name.
    Identifier,
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// A part of a name; the token says which.
    PersonName(&'static str),
    /// The password that somebody has.
    Password,
    /// The password that somebody chooses.
    NewPassword,
    /// A code from a message or an app.
    Code,
    /// A code from paper: letters and digits.
    BackupCode,
    /// The answer to a security question.
    Answer,
    /// The PIN that somebody has.
    Pin,
    /// A PIN that somebody chooses.
    NewPin,
}

impl Kind {
    /// Type, `autocomplete` and keyboard.
    fn attributes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Identifier => ("text", "username", "email"),
            Kind::Email => ("email", "email", "email"),
            Kind::Phone => ("tel", "tel", "tel"),
            Kind::PersonName(token) => ("text", token, "text"),
            Kind::Password => ("password", "current-password", "text"),
            Kind::NewPassword => ("password", "new-password", "text"),
            Kind::Code => ("text", "one-time-code", "numeric"),
            Kind::BackupCode => ("text", "one-time-code", "text"),
            Kind::Answer => ("password", "off", "text"),
            Kind::Pin | Kind::NewPin => ("password", "off", "numeric"),
        }
    }
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(site: Site<'a>, key: &'static str) -> Sheet<'a> {
        let content = Content {
            title: site.say(&format!("{key}-title")),
            lead: None,
            problem: None,
            action: None,
            button: None,
            beside: None,
            is_grave: false,
            hidden: Vec::new(),
            fields: Vec::new(),
            picture: None,
            codes: Vec::new(),
            copy: String::new(),
            choices: Vec::new(),
            passkey: None,
            others: Vec::new(),
            links: Vec::new(),
        };
        Sheet { site, key, status: StatusCode::OK, content }
    }

    /// The sentence under the title, in place of the one of the page's key: with these put in.
    pub(crate) fn lead(mut self, key: &str, given: &[(&str, &str)]) -> Sheet<'a> {
        self.content.lead = Some(self.site.say_with(&format!("{key}-lead"), given));
        self
    }

    /// What the form sends, and where to: the button's text is `KEY-button`.
    pub(crate) fn form(mut self, key: &str, page: &str) -> Sheet<'a> {
        self.content.action = Some(self.site.path(page));
        self.content.button = Some(Button { label: self.site.say(&format!("{key}-button")), sends: None });
        self
    }

    /// A second button of the form, which sends this too.
    pub(crate) fn beside(mut self, label: &str, sends: (&'static str, &'static str)) -> Sheet<'a> {
        self.content.beside = Some(Button { label: self.site.say(label), sends: Some(sends) });
        self
    }

    /// Shows the button as one that takes something away.
    pub(crate) fn grave(mut self) -> Sheet<'a> {
        self.content.is_grave = true;
        self
    }

    /// A field that has to be filled in; its label is `field-NAME`.
    pub(crate) fn field(self, name: &'static str, kind: Kind, value: &str) -> Sheet<'a> {
        let label = self.label(name, kind);
        self.any_field(name, kind, value, (label, true))
    }

    /// A field that may stay empty.
    pub(crate) fn optional(self, name: &'static str, kind: Kind, value: &str) -> Sheet<'a> {
        let label = self.label(name, kind);
        self.any_field(name, kind, value, (label, false))
    }

    /// A field with a label of its own.
    pub(crate) fn labelled(self, name: String, kind: Kind, label: &str) -> Sheet<'a> {
        self.any_field(name, kind, "", (label.to_owned(), true))
    }

    fn any_field(
        mut self,
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
        value: &str,
        (label, is_required): (String, bool),
    ) -> Sheet<'a> {
        let (kind_name, complete, keyboard) = kind.attributes();
        let has_letters = self.site.settings().pin.configuration.rules.alphabet == Alphabet::Alphanumeric;
        let is_pin = matches!(kind, Kind::Pin | Kind::NewPin);
        let keyboard = if is_pin && has_letters { "text" } else { keyboard };
        let hint = self.hint(kind);
        self.content.fields.push(Field {
            name: name.into(),
            label,
            kind: kind_name,
            complete,
            keyboard,
            value: value.to_owned(),
            hint,
            problem: None,
            is_required,
            is_checkbox: false,
            is_digits: matches!(kind, Kind::Code),
            options: Vec::new(),
        });
        self
    }

    fn hint(&self, kind: Kind) -> Option<String> {
        let settings = self.site.settings();
        match kind {
            Kind::Phone => Some(self.site.say("hint-phone")),
            Kind::NewPassword => {
                Some(self.site.say_with("hint-password", &[("least", &settings.password.min_length.to_string())]))
            }
            Kind::NewPin => {
                let rules = &settings.pin.configuration.rules;
                let (least, most) = (rules.min_length.to_string(), rules.max_length.to_string());
                Some(self.site.say_with("hint-pin", &[("least", &least), ("most", &most)]))
            }
            _ => None,
        }
    }

    fn label(&self, name: &str, kind: Kind) -> String {
        let settings = self.site.settings();
        let taken = [(settings.email_login, 'e'), (settings.phone_login, 'p'), (settings.user_name_login, 'u')];
        let taken: String = taken.into_iter().filter_map(|(is_on, letter)| is_on.then_some(letter)).collect();
        match (kind, taken.as_str()) {
            (Kind::Identifier, "e" | "p" | "u" | "ep" | "eu" | "pu") => self.site.say(&format!("field-{name}-{taken}")),
            _ => self.site.say(&format!("field-{name}")),
        }
    }

    /// A box to tick.
    pub(crate) fn checkbox(mut self, name: &'static str) -> Sheet<'a> {
        self.content.fields.push(Field {
            name: name.into(),
            label: self.site.say(&format!("field-{name}")),
            kind: "checkbox",
            complete: "off",
            keyboard: "",
            value: String::new(),
            hint: None,
            problem: None,
            is_required: false,
            is_checkbox: true,
            is_digits: false,
            options: Vec::new(),
        });
        self
    }

    /// Something that the form carries and nobody types.
    pub(crate) fn hidden(mut self, name: &'static str, value: &str) -> Sheet<'a> {
        self.content.hidden.push((name, value.to_owned()));
        self
    }

    /// A second button, which sends nothing that was typed.
    pub(crate) fn other(self, label: &str, page: &str) -> Sheet<'a> {
        self.any_other(label, page, None)
    }

    /// The same, which sends this.
    pub(crate) fn other_with(self, label: &str, page: &str, name: &'static str, value: &str) -> Sheet<'a> {
        self.any_other(label, page, Some((name, value.to_owned())))
    }

    fn any_other(mut self, label: &str, page: &str, sends: Option<(&'static str, String)>) -> Sheet<'a> {
        self.content.others.push(Other { action: self.site.path(page), label: self.site.say(label), sends });
        self
    }

    /// A way to another page.
    pub(crate) fn link(mut self, label: &str, page: &str) -> Sheet<'a> {
        self.content.links.push(Link { href: self.site.path(page), label: self.site.say(label) });
        self
    }

    /// Answers with this status: it is a page about something that went wrong.
    pub(crate) fn answered(mut self, status: StatusCode) -> Sheet<'a> {
        self.status = status;
        self
    }

    /// Says what was wrong, beside the field that it is about where the page has that field, else above the form.
    pub(crate) fn trouble(mut self, trouble: &Trouble) -> Sheet<'a> {
        self.status = trouble.status();
        for (fields, text) in trouble.texts(self.site) {
            let about = self.content.fields.iter_mut().find(|field| fields.contains(&field.name.as_ref()));
            match about {
                Some(field) => field.problem = Some(text),
                None => self.content.problem = Some(text),
            }
        }
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn finish(mut self) -> Content {
        let (site, key) = (self.site, self.key);
        self.content.lead.get_or_insert_with(|| site.say(&format!("{key}-lead")));
        self.content
    }
}
