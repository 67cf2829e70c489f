//! Messages: how a request shapes one, and that it is on its way.

use crate::wire::Flag;
use doorward_flows::challenge::Posted;
use doorward_flows::notify::Voice;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// That a message is on its way.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PostedMessage {
    /// Always true, whoever the receiver is.
    is_posted: bool,
    /// Names the message, for support.
    data: MessageIds,
}

/// Names a message, for support.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MessageIds {
    /// The account at the provider; null where the provider has none.
    account_sid: Option<String>,
    /// The message.
    sid: String,
}

impl PostedMessage {
    pub(crate) fn of(posted: Posted) -> PostedMessage {
        PostedMessage { is_posted: true, data: MessageIds::of(posted) }
    }
}

impl MessageIds {
    pub(crate) fn of(posted: Posted) -> MessageIds {
        MessageIds { account_sid: None, sid: posted.sid }
    }
}

/// How a code sent to a phone is told.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Telling {
    /// Name of the text message's template; an unknown name means the usual one.
    #[serde(rename = "smstemplate")]
    _template: Option<String>,
    /// Whether the code is spoken in a call.
    isvoiceotp: Flag,
}

impl Telling {
    pub(crate) fn voice(&self) -> Voice {
        if self.isvoiceotp.0 { Voice::Yes } else { Voice::No }
    }
}

/// The message that proves an address, as far as a request shapes it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Verifying {
    /// The page that the link in the verification message opens; one of the tenant's domains.
    pub(crate) verificationurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}
