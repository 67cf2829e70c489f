//! The button for a passkey, and the suggestions in a field.

use super::Sheet;
use super::content::Passkey;
use doorward_model::settings::PasskeySelection;

impl<'a> Sheet<'a> {
    /// A button for a passkey, whose text is `LABEL`. The page at `begin` is asked what the browser is to do, with what was
    /// typed into the form; see [`ceremony`](crate::hosted::here::ceremony) for its answer. To be called after [`Sheet::form`], if there is one.
    pub(crate) fn passkey(mut self, label: &str, begin: &str) -> Sheet<'a> {
        let is_alone = self.content.button.is_none();
        let texts = ["cancelled", "known", "failed"].map(|name| (name, self.site.say(&format!("passkey-{name}"))));
        let unfit = is_alone.then(|| self.site.say("passkey-unfit"));
        self.content.passkey = Some(Passkey {
            label: self.site.say(label),
            begin: self.site.path(begin),
            suggest: None,
            origins: self.site.settings().passkeys.origins.join(" "),
            offer: "button",
            texts: texts.into_iter().chain(unfit.clone().map(|text| ("unfit", text))).collect(),
            unfit,
        });
        self
    }

    /// Has passkeys suggested in the field for the name, beside the button or, by the tenant's choice, instead of it.
    pub(crate) fn suggesting(mut self, begin: &str) -> Sheet<'a> {
        let selection = self.site.settings().passkeys.selection;
        let address = self.site.path(begin);
        if let Some(passkey) = &mut self.content.passkey
            && selection != PasskeySelection::Button
        {
            passkey.suggest = Some(address);
            passkey.offer = if selection == PasskeySelection::Autofill { "suggestions" } else { "button" };
            for field in self.content.fields.iter_mut().filter(|field| field.complete == "username") {
                field.complete = "username webauthn";
            }
        }
        self
    }
}
