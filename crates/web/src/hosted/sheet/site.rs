//! Whose pages these are, as one request meets them: in which language, and with what their addresses carry on.

use super::words::Language;
use doorward_flows::app::Tenant;
use doorward_model::settings::{HostedPages, Settings};
use url::form_urlencoded::Serializer;

/// What is carried from page to page in the address, so that two tabs do not get into each other's way.
#[derive(Default)]
pub(crate) struct Carried {
    /// Where the finished sign-in leads; on the tenant's list.
    pub(crate) redirect_url: Option<String>,
    /// Goes back to the application as it came.
    pub(crate) state: Option<String>,
    /// The languages that the application asks for.
    pub(crate) ui_locales: Option<String>,
}

impl Carried {
    /// The query of an address that carries this on.
    fn query(&self) -> String {
        let carried = [("redirect_url", &self.redirect_url), ("state", &self.state), ("ui_locales", &self.ui_locales)];
        let mut query = Serializer::new(String::new());
        for (name, value) in carried {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

/// The pages of one tenant for one person: all that a page needs in order to say something and to lead on.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) language: Language,
    pub(crate) carried: &'a Carried,
}

impl<'a> Site<'a> {
    pub(crate) fn settings(self) -> &'a Settings {
        &self.tenant.settings
    }

    pub(crate) fn pages(self) -> &'a HostedPages {
        &self.settings().hosted_pages
    }

    /// The name that people know the application by.
    pub(crate) fn title(self) -> &'a str {
        let title = self.pages().title.as_str();
        if title.is_empty() { &self.tenant.name } else { title }
    }

    /// The text of this key; `app` in it is the application's name.
    pub(crate) fn say(self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// The same with more put in.
    pub(crate) fn say_with(self, key: &str, given: &[(&str, &str)]) -> String {
        let all: Vec<(&str, &str)> = given.iter().copied().chain([("app", self.title())]).collect();
        self.language.say(key, &all)
    }

    /// The address of a page of this tenant, on this host.
    pub(crate) fn path(self, page: &str) -> String {
        format!("{}/{page}{}", self.tenant.pages(), self.carried.query())
    }
}
