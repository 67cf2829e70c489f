//! What a request says of itself.

use std::net::IpAddr;

/// The longest user agent that is kept.
const USER_AGENT_LENGTH: usize = 512;

/// What is known of a request before anybody is known: where it came from and what it asked of our own doings.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The client's address: the transport's peer, or what a trusted proxy says.
    pub ip: IpAddr,
    /// The client program as it names itself; empty when it does not.
    pub user_agent: String,
    /// The web origin that a browser names.
    pub origin: Option<String>,
    /// The page or program that sent the request, as `Referer` says.
    pub referer: Option<String>,
    /// Names this request in the log and in the answer.
    pub request_id: String,
    /// Whether webhooks follow from this request.
    pub webhooks: Webhooks,
    /// The versions of messages that the request asks for by name.
    pub templates: Wished,
}

impl Visit {
    /// The client program as it names itself, as far as that is kept.
    pub(crate) fn clipped_agent(&self) -> String {
        self.user_agent.chars().take(USER_AGENT_LENGTH).collect()
    }
}

/// Whether webhooks follow from a request (`X-PreventWebhook`, else `prevent_webhook`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhooks {
    /// They do.
    Fire,
    /// The caller asked for none.
    Prevent,
}

/// The names of versions that a request gives, by the parameter that gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wished(Vec<(&'static str, String)>);

impl Wished {
    /// Reads them off a request; `value` gives the parameter of a lower-case name.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Wished {
        let mut wished = Wished::default();
        for parameter in PARAMETERS {
            wished.add(parameter, value(parameter));
        }
        wished
    }

    /// Adds one that stands elsewhere in a request; it goes before what is there.
    pub fn add(&mut self, parameter: &'static str, name: Option<String>) {
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if let Some(name) = name {
            self.0.insert(0, (parameter, name));
        }
    }

    /// The name that the first of these parameters gives that gives one.
    pub(crate) fn first_of(&self, parameters: &[&str]) -> Option<&str> {
        let named = |wanted: &&str| self.0.iter().find(|(parameter, _)| parameter == wanted);
        parameters.iter().find_map(named).map(|(_, name)| name.as_str())
    }
}

/// The parameters that name a version of a message.
const PARAMETERS: [&str; 12] = [
    "emailtemplate",
    "emailtemplate2fa",
    "smstemplate",
    "smstemplate2fa",
    "welcomeemailtemplate",
    "resetpasswordemailtemplate",
    "resetpasswordsmstemplate",
    "passwordlesslogintemplate",
    "onetouchloginemailtemplate",
    "smartloginemailtemplate",
    "breachedpasswordemailtemplate",
    "breachedpasswordsmstemplate",
];
