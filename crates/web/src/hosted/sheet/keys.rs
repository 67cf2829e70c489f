//! What a page tells once: the key of an authenticator app, and codes on paper.

use super::Sheet;
use super::content::Picture;
use doorward_flows::factors::mfa::Setup;
use doorward_model::secret::Secret;

/// How many characters of a key stand together.
const GROUP: usize = 4;

impl<'a> Sheet<'a> {
    /// Shows the key of an app that is to be set up.
    pub(crate) fn key(mut self, setup: &Setup) -> Sheet<'a> {
        let typed: Vec<char> = setup.typed.expose().chars().collect();
        let groups: Vec<String> = typed.chunks(GROUP).map(|group| group.iter().collect()).collect();
        self.content.picture = Some(Picture {
            source: setup.picture(),
            described: self.site.say("key-picture"),
            address: setup.uri.expose().to_owned(),
            open: self.site.say("key-open"),
            typed_label: self.site.say("key-typed"),
            typed: groups.join(" "),
        });
        self
    }

    /// Shows codes to be kept.
    pub(crate) fn codes(mut self, codes: &[Secret]) -> Sheet<'a> {
        self.content.codes = codes.iter().map(|code| code.expose().to_owned()).collect();
        self.content.copy = self.site.say("copy-codes");
        self
    }
}
