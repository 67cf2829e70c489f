//! The tenants: what each lets its people do. One for each kind, so that none makes the logins of another slower.

use crate::authenticator::{ORIGIN, RP_ID};
use doorward_model::settings::{InstantSignin, LockKind, Settings};

/// What people of a tenant do beside signing in with a password or with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Household {
    /// Nothing.
    Plain,
    /// Sign in with a PIN.
    Pins,
    /// Prove a second factor.
    SecondFactors,
}

impl Household {
    /// What its tenant is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Household::Plain => "bench",
            Household::Pins => "bench with PINs",
            Household::SecondFactors => "bench with second factors",
        }
    }

    /// The settings of its tenant.
    pub(crate) fn settings(self) -> Settings {
        let instant_signin = InstantSignin { sms: true, ..InstantSignin::default() };
        let mut settings = Settings { phone_login: true, instant_signin, ..Settings::default() };
        // A reset compares with the current password alone, see `scenario`.
        settings.password.history = 0;
        // Guesses at passwords are measured, not locks.
        settings.lockout.kind = LockKind::None;
        settings.pin.enabled = self == Household::Pins;
        if self == Household::SecondFactors {
            settings.second_factor.enabled = true;
            // So many logins are many messages.
            settings.otp.request_limit = 1000;
            settings.passkeys.enabled = true;
            RP_ID.clone_into(&mut settings.passkeys.rp_id);
            settings.passkeys.origins = vec![ORIGIN.to_owned()];
        }
        settings
    }
}
