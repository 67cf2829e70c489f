//! How a phone is reached, and whether it can be.

use super::Receiver;
use crate::access::Caller;
use crate::app::outside::Channel;
use crate::{App, Result};
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;

/// How a code to a phone is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// By text message.
    No,
    /// By a call; refused with 1281 where the tenant or the installation has none.
    Yes,
}

impl Voice {
    /// 1281 for a call, 1071 for a text message, where there is nobody to carry it.
    pub(crate) fn require_carried(self, app: &App, caller: &Caller) -> Result<(), Reason> {
        match self {
            Voice::Yes if app.outside.voice.is_none() || !caller.settings().voice.enabled => {
                Err(Reason::VoiceOtpNotConfigured)
            }
            Voice::No if app.outside.sms.is_none() => Err(Reason::SmsNotConfigured),
            Voice::Yes | Voice::No => Ok(()),
        }
    }

    pub(crate) fn receiver(self, phone: &Phone) -> Receiver {
        let channel = if self == Voice::Yes { Channel::Voice } else { Channel::Sms };
        Receiver { channel, to: phone.as_str().to_owned() }
    }
}

/// 1071, 1072, 1096 or 1281 when nothing can be sent to this number, whoever has it.
pub(crate) fn require_reachable(app: &App, caller: &Caller, phone: &Phone, voice: Voice) -> Result<(), Reason> {
    voice.require_carried(app, caller)?;
    if !phone.is_valid() {
        return Err(Reason::PhoneFormatInvalid);
    }
    if !caller.settings().may_message(phone) {
        return Err(Reason::OtpSendFailed);
    }
    Ok(())
}
