//! Captchas: the one place that says whether an answer is right.

use crate::access::Caller;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::ProtectedApis;

/// What a request says in answer to a captcha.
#[derive(Debug, Clone)]
pub struct Response {
    /// The token that the captcha's page was given, or its ticket.
    pub token: Secret,
    /// The random text that goes with a ticket.
    pub random: Option<String>,
}

/// Refuses (982) a request without the right answer where the tenant has this operation protected. Asked once what is
/// required is there, and before anybody is looked up or anything is hashed.
pub(crate) fn require(
    caller: &Caller,
    api: impl Fn(&ProtectedApis) -> bool,
    response: Option<&Response>,
) -> Result<(), Reason> {
    if caller.settings().captcha.protects(api) { check(response) } else { Ok(()) }
}

/// Refuses (982) an answer that is not right, and one that is not there. There is no captcha provider whom to ask, so none
/// is right.
pub(crate) fn check(_: Option<&Response>) -> Result<(), Reason> {
    Err(Reason::CaptchaInvalid)
}
