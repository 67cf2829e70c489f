//! What the template of a page fills in.

use serde::Serialize;
use std::borrow::Cow;

/// Everything on it.
#[derive(Serialize)]
pub(crate) struct Content {
    pub(super) title: String,
    pub(super) lead: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) action: Option<String>,
    pub(super) button: Option<Button>,
    /// A second button of the form.
    pub(super) beside: Option<Button>,
    pub(super) is_grave: bool,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) picture: Option<Picture>,
    pub(super) codes: Vec<String>,
    pub(super) copy: String,
    pub(super) choices: Vec<Choice>,
    pub(super) passkey: Option<Passkey>,
    pub(super) others: Vec<Other>,
    pub(super) links: Vec<Link>,
}

#[derive(Serialize)]
pub(super) struct Button {
    pub(super) label: String,
    /// What is sent when it is this one that is pressed.
    pub(super) sends: Option<(&'static str, &'static str)>,
}

#[derive(Serialize)]
pub(super) struct Field {
    pub(super) name: Cow<'static, str>,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) complete: &'static str,
    pub(super) keyboard: &'static str,
    pub(super) value: String,
    pub(super) hint: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) is_required: bool,
    pub(super) is_checkbox: bool,
    /// Whether it holds the digits of a code.
    pub(super) is_digits: bool,
    /// What there is to choose from.
    pub(super) options: Vec<Listed>,
}

#[derive(Serialize)]
pub(super) struct Other {
    pub(super) action: String,
    pub(super) label: String,
    pub(super) sends: Option<(&'static str, String)>,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
}

/// A way on, with a line about it.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) address: String,
    /// Whether choosing it does something, so that it is sent as a form is.
    pub(super) is_sent: bool,
}

/// One of several values of a field.
#[derive(Serialize)]
pub(super) struct Listed {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A button that has the browser make or use a passkey, which is sent with the form. The script `passkey.js` shows it.
#[derive(Serialize)]
pub(super) struct Passkey {
    pub(super) label: String,
    /// Asked for what the browser is to do.
    pub(super) begin: String,
    /// The same for the suggestions in a field that takes them.
    pub(super) suggest: Option<String>,
    /// The origins on which passkeys may be used, with spaces between them.
    pub(super) origins: String,
    /// `button`, or `suggestions` where it shows none.
    pub(super) offer: &'static str,
    /// What the script says, by the names it knows.
    pub(super) texts: Vec<(&'static str, String)>,
    /// What is said where a browser has none, if there is nothing else to do on the page.
    pub(super) unfit: Option<String>,
}

/// A key as a picture for the camera of a phone, as a way into an app on this device, and as text.
#[derive(Serialize)]
pub(super) struct Picture {
    /// None for a text that no picture holds.
    pub(super) source: Option<String>,
    pub(super) described: String,
    pub(super) address: String,
    pub(super) open: String,
    pub(super) typed_label: String,
    pub(super) typed: String,
}
