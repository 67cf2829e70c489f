//! The purposes of codes and links, alike for those that are sent and for the devices that wait for one.

/// What a code or link is good for; one of one purpose opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that a person holds their login phone.
    VerifyPhone,
    /// Proves that a person holds an email address.
    VerifyEmail,
    /// Lets the holder of a proved phone or address choose a new password.
    ResetPassword,
    /// Makes a phone number the login phone of the account that asked for it.
    ChangePhone,
    /// Confirms that an account is to be deleted.
    DeleteAccount,
    /// Opens nothing: the row counts how often the welcome was sent.
    Welcome,
    /// Signs in without a password.
    Passwordless,
    /// Signs in or up at one touch.
    OneTouch,
    /// Signs in the device that waits for it.
    SmartLogin,
    /// Finishes a login whose first factor is proved.
    SecondFactor,
    /// Makes a phone number or address a second factor.
    EnrolSecondFactor,
    /// Confirms an action of somebody who is signed in.
    StepUp,
    /// Lets the holder of a proved phone or address choose a new PIN.
    ResetPin,
    /// Lets the holder of a proved address register a new passkey.
    ResetPasskey,
}

impl Purpose {
    /// The purpose as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::VerifyPhone => "verify-phone",
            Purpose::VerifyEmail => "verify-email",
            Purpose::ResetPassword => "reset-password",
            Purpose::ChangePhone => "change-phone",
            Purpose::DeleteAccount => "delete-account",
            Purpose::Welcome => "welcome",
            Purpose::Passwordless => "passwordless",
            Purpose::OneTouch => "one-touch",
            Purpose::SmartLogin => "smart-login",
            Purpose::SecondFactor => "second-factor",
            Purpose::EnrolSecondFactor => "enrol-second-factor",
            Purpose::StepUp => "step-up",
            Purpose::ResetPin => "reset-pin",
            Purpose::ResetPasskey => "reset-passkey",
        }
    }
}
