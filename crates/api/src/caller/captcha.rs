//! What a request says in answer to a captcha.

use crate::wire::case_blind;
use crate::wire::describe::{Describe, Page, Place};
use crate::wire::error::{Error, Result};
use crate::wire::json::Content;
use crate::wire::query::Parameters;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_flows::limits::captcha::Response;
use doorward_model::secret::Secret;
use serde_json::Value;

/// Names of a captcha's token, the one that counts first.
const TOKENS: [&str; 4] = ["g-recaptcha-response", "g_recaptcha_response", "h-captcha-response", "qq_captcha_ticket"];
const RANDOM: &str = "qq_captcha_randstr";

/// The answer to a captcha, in the query or the body; nothing when it is not there.
pub(crate) struct Captcha(pub(crate) Option<Response>);

impl<S: Sync> FromRequestParts<S> for Captcha {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Captcha> {
        let query = Parameters::of(parts)?;
        let content = Content::of(parts)?;
        let in_body = |name: &str| case_blind::find(content.value.as_object()?, name);
        let text = |name: &str| {
            let found = query.get(name).or_else(|| in_body(name).and_then(Value::as_str));
            found.filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        let token = TOKENS.into_iter().find_map(text);
        Ok(Captcha(token.map(|token| Response { token: Secret::new(token), random: text(RANDOM) })))
    }
}

impl Describe for Captcha {
    fn describe(page: &mut Page<'_>) {
        for name in TOKENS.into_iter().chain([RANDOM]) {
            let description = "The answer to a captcha, where one is asked for; may stand in the body";
            page.optional(Place::Query, name, description);
        }
    }
}
