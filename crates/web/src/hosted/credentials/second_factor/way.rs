//! The ways to prove who one is, and for what that is done.

use crate::hosted::here::Here;
use crate::hosted::sheet::Sheet;
use doorward_flows::factors::mfa::Factor;

/// A way to prove who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Passkey,
    Authenticator,
    Phone,
    Email,
    Questions,
    BackupCode,
    /// Signed in, where there is no second factor.
    Password,
    /// The same.
    Pin,
}

impl Way {
    /// Those that are second factors, the best first.
    pub(crate) const FACTORS: [Way; 5] = [Way::Passkey, Way::Authenticator, Way::Phone, Way::Email, Way::Questions];

    /// The second factor that it is.
    pub(crate) fn factor(self) -> Option<Factor> {
        match self {
            Way::Passkey => Some(Factor::Passkey),
            Way::Authenticator => Some(Factor::Authenticator),
            Way::Phone => Some(Factor::Sms),
            Way::Email => Some(Factor::Email),
            Way::Questions => Some(Factor::SecurityQuestion),
            Way::BackupCode | Way::Password | Way::Pin => None,
        }
    }

    /// The last part of its pages' addresses, and of its texts' keys.
    pub(crate) fn page(self) -> &'static str {
        match self {
            Way::Passkey => "passkey",
            Way::Authenticator => "authenticator",
            Way::Phone => "phone",
            Way::Email => "email",
            Way::Questions => "questions",
            Way::BackupCode => "backup-code",
            Way::Password => "password",
            Way::Pin => "pin",
        }
    }

    /// The factor of this page.
    pub(crate) fn of_page(page: &str) -> Option<Way> {
        Way::FACTORS.into_iter().find(|way| way.page() == page)
    }

    pub(crate) fn title(self, here: &Here) -> String {
        here.say(&format!("way-{}-title", self.page()))
    }

    /// A line about it.
    pub(crate) fn text(self, here: &Here) -> String {
        match self {
            Way::Phone if may_call(here) => here.say("way-phone-call-text"),
            _ => here.say(&format!("way-{}-text", self.page())),
        }
    }
}

/// Whether a code can be told by phone at all.
pub(super) fn is_phone_possible(here: &Here) -> bool {
    here.app.outside.sms.is_some() || may_call(here)
}

/// Whether codes to a phone are spoken, too.
pub(super) fn may_call(here: &Here) -> bool {
    here.app.outside.voice.is_some() && here.settings().voice.enabled
}

/// For what somebody proves or sets up a factor: where its pages are, and the way out of them.
pub(crate) struct Occasion {
    base: &'static str,
    out: (&'static str, &'static str),
}

/// A login that waits.
pub(crate) const LOGIN: Occasion = Occasion { base: "second-factor", out: ("back-to-sign-in", "sign-in") };

/// Somebody signed in looks after their factors.
pub(crate) const OWN: Occasion = Occasion { base: "account/second-factor", out: ("back-to-account", "account") };

/// Somebody signed in proves once more who they are.
pub(crate) const STEP_UP: Occasion = Occasion { base: "account/prove", out: ("back-to-account", "account") };

impl Occasion {
    /// A page of it.
    pub(crate) fn page(&self, rest: &str) -> String {
        format!("{}/{rest}", self.base)
    }

    /// Ends a sheet with the ways out of it.
    pub(crate) fn close<'a>(&self, sheet: Sheet<'a>, ways: &[Way]) -> Sheet<'a> {
        let sheet = if ways.len() > 1 { sheet.link("another-way", &self.page("choose")) } else { sheet };
        sheet.link(self.out.0, self.out.1)
    }
}
