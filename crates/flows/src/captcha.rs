//! Captchas: the one place that says whether an answer is right.

use doorward_model::reason::Reason;
use doorward_model::secret::Secret;

/// What a request says in answer to a captcha.
#[derive(Debug, Clone)]
pub struct Response {
    /// The token that the captcha's page was given, or its ticket.
    pub token: Secret,
    /// The random text that goes with a ticket.
    pub random: Option<String>,
}

/// Refuses (982) an answer that is not right. There is no captcha provider whom to ask, so none is.
pub(crate) fn check(_: &Response) -> Result<(), Reason> {
    Err(Reason::CaptchaInvalid)
}
