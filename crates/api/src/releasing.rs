//! What a request brings to lift a lock: captcha parameters and answers to security questions.

use crate::case_blind;
use crate::describe::{Describe, Page, Place};
use crate::error::{Error, Result};
use crate::json::Content;
use crate::query::Parameters;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_flows::captcha::Response;
use doorward_flows::unlock::Release;
use doorward_model::secret::Secret;
use doorward_model::security_question::Answers;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;

/// Names of a captcha's token, the one that counts first.
const TOKENS: [&str; 4] = ["g-recaptcha-response", "g_recaptcha_response", "h-captcha-response", "qq_captcha_ticket"];
const RANDOM: &str = "qq_captcha_randstr";
const ANSWERS: &str = "securityanswer";

/// The answer to a captcha, in the query or the body, and `securityanswer` in the body; nothing when they are not there.
/// 1090 when answers are in no form that can be read.
pub(crate) struct Releasing(pub(crate) Release);

impl<S: Sync> FromRequestParts<S> for Releasing {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Releasing> {
        let query = Parameters::of(parts)?;
        let content = Content::of(parts)?;
        let in_body = |name: &str| case_blind::find(content.value.as_object()?, name);
        let text = |name: &str| {
            let found = query.get(name).or_else(|| in_body(name).and_then(Value::as_str));
            found.filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        let token = TOKENS.into_iter().find_map(text);
        let captcha = token.map(|token| Response { token: Secret::new(token), random: text(RANDOM) });
        let answers = in_body(ANSWERS).map(Answers::read).transpose()?.flatten();
        Ok(Releasing(Release { captcha, answers }))
    }
}

impl Describe for Releasing {
    fn describe(page: &mut Page<'_>) {
        for name in TOKENS.into_iter().chain([RANDOM]) {
            let description = "The answer to a captcha, where one is asked for; may stand in the body";
            page.optional(Place::Query, name, description);
        }
    }
}

/// The place of the answers in the description of a body; [`Releasing`] reads them.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SecurityAnswers(#[schemars(with = "BTreeMap<String, String>")] IgnoredAny);
