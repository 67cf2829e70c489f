//! What a login comes to: a session, or a second factor that is waited for.

use crate::ops::answers::second_factor::PendingAnswer;
use crate::wire::Fields;
use doorward_flows::session::invitation;
use doorward_flows::session::{Finished, Login, Tokens};
use doorward_model::reason::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The answer of every login.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum LoginAnswer {
    /// The person is signed in.
    Finished(FinishedAnswer),
    /// A second factor has to be proved.
    Pending(Box<PendingAnswer>),
}

impl LoginAnswer {
    pub(crate) fn of(login: Login, fields: &Fields) -> LoginAnswer {
        match login {
            Login::Finished(finished) => LoginAnswer::Finished(FinishedAnswer::of(finished, fields)),
            Login::Pending(pending) => LoginAnswer::Pending(Box::new(PendingAnswer::of(pending))),
        }
    }
}

/// The answer of a finished login.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FinishedAnswer {
    /// The profile, all 149 keys of it unless `fields` asks for fewer.
    #[serde(rename = "Profile")]
    profile: Box<RawValue>,
    /// Opens what belongs to the person.
    access_token: String,
    /// Exchanged once for the next access token.
    refresh_token: String,
    /// When the access token ends, RFC 3339 in UTC.
    expires_in: String,
    /// What a PIN signs in with next time, where the tenant has sign-in by PIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
    /// When the session token ends, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_expires_in: Option<String>,
}

impl FinishedAnswer {
    pub(crate) fn of(login: Finished, fields: &Fields) -> FinishedAnswer {
        let tokens = TokensAnswer::of(&login.tokens);
        let pin = login.pin_session.as_ref();
        FinishedAnswer {
            profile: fields.prune(login.profile),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_in: tokens.expires_in,
            session_token: pin.map(|pin| pin.token.expose().to_owned()),
            session_expires_in: pin.map(|pin| pin.expires_at.to_wire()),
        }
    }
}

/// An invitation that a request follows.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Invited {
    /// The token of an invitation to an organisation. No organisation invites anybody: one that is named is not found.
    invitation_token: Option<String>,
}

impl Invited {
    /// 8169 when an invitation is named and gone.
    pub(crate) fn require_found(&self) -> Result<(), Reason> {
        invitation::require_found(self.invitation_token.as_deref())
    }
}

/// The three fields of a renewed session.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TokensAnswer {
    /// Opens what belongs to the person.
    access_token: String,
    /// Exchanged once for the next access token.
    refresh_token: String,
    /// When the access token ends, RFC 3339 in UTC.
    expires_in: String,
}

impl TokensAnswer {
    pub(crate) fn of(tokens: &Tokens) -> TokensAnswer {
        TokensAnswer {
            access_token: tokens.access.expose().to_owned(),
            refresh_token: tokens.refresh.expose().to_owned(),
            expires_in: tokens.expires_at.to_wire(),
        }
    }
}

/// That it is done, with the login that came of it, if one did.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PostedLogin {
    /// Always true.
    is_posted: bool,
    /// The login, where the tenant signs people in at this point.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<LoginAnswer>,
}

impl PostedLogin {
    pub(crate) fn of(login: Option<Login>, fields: &Fields) -> PostedLogin {
        PostedLogin { is_posted: true, data: login.map(|login| LoginAnswer::of(login, fields)) }
    }
}
