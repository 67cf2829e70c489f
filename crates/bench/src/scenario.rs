//! What is measured, the limit each is held against, and the share of it that is the target.

use crate::household::Household;
use crate::population::Factor;
use clap::ValueEnum;
use serde::Serialize;

/// Something to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    /// Sign in with the right password.
    Login,
    /// Sign in with the right PIN.
    LoginPin,
    /// Ask whether an access token lives.
    Validate,
    /// Read a full profile of 149 fields.
    Profile,
    /// Exchange a refresh token.
    Refresh,
    /// Reset a password with a code sent by phone, which also signs in.
    ResetByOtp,
    /// Sign in without a password, with a code sent by phone.
    PasswordlessOtp,
    /// Sign in with the right password, which sends a code, and complete a login with one.
    MfaLoginSms,
    /// Complete a login with the code that was sent by phone.
    VerifySmsOtp,
    /// Complete a login with a passkey.
    VerifyPasskey,
    /// Register by address with a registration token.
    Register,
    /// Move accounts in from a file with their password hashes.
    Import,
    /// Ten times the logins that can be hashed, with token checks beside them.
    HashStorm,
    /// A wrong password for an account that exists, and for one that does not.
    Enumeration,
}

/// The limit that a scenario is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// So many password hashes for each request, on all cores.
    Hashes(u8),
    /// One route of the same HTTP stack that answers as many bytes.
    Bare,
    /// The statements of a refresh, written by as many tasks.
    Refreshes,
    /// The statements of a sign-in by code, written by as many tasks.
    Arrivals,
    /// The statements that complete a login by a second factor, written by as many tasks.
    Proofs(Factor),
}

/// A reset compares the new password with the current one, and hashes it. Earlier ones would cost a comparison each;
/// the tenant is set up to keep none, so that the count is exact.
const HASHES_OF_A_RESET: u8 = 2;

impl Scenario {
    /// All of them.
    pub(crate) const ALL: [Scenario; 14] = [
        Scenario::Login,
        Scenario::LoginPin,
        Scenario::Validate,
        Scenario::Profile,
        Scenario::Refresh,
        Scenario::ResetByOtp,
        Scenario::PasswordlessOtp,
        Scenario::MfaLoginSms,
        Scenario::VerifySmsOtp,
        Scenario::VerifyPasskey,
        Scenario::Register,
        Scenario::Import,
        Scenario::HashStorm,
        Scenario::Enumeration,
    ];

    /// Its name on the command line and in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Scenario::Login => "login",
            Scenario::LoginPin => "login-pin",
            Scenario::Validate => "validate",
            Scenario::Profile => "profile",
            Scenario::Refresh => "refresh",
            Scenario::ResetByOtp => "reset-by-otp",
            Scenario::PasswordlessOtp => "passwordless-otp",
            Scenario::MfaLoginSms => "mfa-login-sms",
            Scenario::VerifySmsOtp => "verify-sms-otp",
            Scenario::VerifyPasskey => "verify-passkey",
            Scenario::Register => "register",
            Scenario::Import => "import",
            Scenario::HashStorm => "hash-storm",
            Scenario::Enumeration => "enumeration",
        }
    }

    /// The limit it is held against and the share that is to be reached; `None` for those with measures of their own.
    pub(crate) fn limit(self) -> Option<(Limit, f64)> {
        match self {
            Scenario::Login => Some((Limit::Hashes(1), 0.90)),
            Scenario::Validate | Scenario::Profile => Some((Limit::Bare, 0.50)),
            Scenario::Refresh => Some((Limit::Refreshes, 0.50)),
            Scenario::ResetByOtp => Some((Limit::Hashes(HASHES_OF_A_RESET), 0.85)),
            Scenario::PasswordlessOtp => Some((Limit::Arrivals, 0.50)),
            Scenario::LoginPin | Scenario::MfaLoginSms | Scenario::Register => Some((Limit::Hashes(1), 0.85)),
            Scenario::VerifySmsOtp => Some((Limit::Proofs(Factor::Sms), 0.50)),
            Scenario::VerifyPasskey => Some((Limit::Proofs(Factor::Passkey), 0.50)),
            Scenario::Import | Scenario::HashStorm | Scenario::Enumeration => None,
        }
    }

    /// Whose people it needs.
    pub(crate) fn household(self) -> Household {
        match self {
            Scenario::LoginPin => Household::Pins,
            Scenario::MfaLoginSms | Scenario::VerifySmsOtp | Scenario::VerifyPasskey => Household::SecondFactors,
            _ => Household::Plain,
        }
    }

    /// True for what changes the database at every request.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Scenario::Login
                | Scenario::LoginPin
                | Scenario::Refresh
                | Scenario::ResetByOtp
                | Scenario::PasswordlessOtp
                | Scenario::MfaLoginSms
                | Scenario::VerifySmsOtp
                | Scenario::VerifyPasskey
                | Scenario::Register
        )
    }
}

impl Limit {
    /// Its name in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Limit::Hashes(1) => "raw hashes",
            Limit::Hashes(_) => "raw hashes, two for each",
            Limit::Bare => "bare endpoint",
            Limit::Refreshes | Limit::Arrivals | Limit::Proofs(_) => "raw commits",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_goes_by_one_name_everywhere() {
        for scenario in Scenario::ALL {
            let on_the_command_line = scenario.to_possible_value().unwrap();
            assert_eq!(on_the_command_line.get_name(), scenario.name());
            assert_eq!(serde_json::to_value(scenario).unwrap(), scenario.name());
        }
        assert_eq!(Scenario::ALL, Scenario::value_variants());
    }
}
