//! What a request brings to lift a lock: captcha parameters and answers to security questions.

use crate::caller::captcha::Captcha;
use crate::wire::case_blind;
use crate::wire::describe::{Describe, Page};
use crate::wire::error::{Error, Result};
use crate::wire::json::Content;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_flows::factors::release::Release;
use doorward_model::security_question::Answers;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

const ANSWERS: &str = "securityanswer";

/// The answer to a captcha, in the query or the body, and `securityanswer` in the body; nothing when they are not there.
/// 1090 when answers are in no form that can be read.
pub(crate) struct Releasing(pub(crate) Release);

impl<S: Sync> FromRequestParts<S> for Releasing {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Releasing> {
        let Captcha(captcha) = Captcha::from_request_parts(parts, state).await?;
        let content = Content::of(parts)?;
        let answers = content.value.as_object().and_then(|body| case_blind::find(body, ANSWERS));
        let answers = answers.map(Answers::read).transpose()?.flatten();
        Ok(Releasing(Release { captcha, answers }))
    }
}

impl Describe for Releasing {
    fn describe(page: &mut Page<'_>) {
        Captcha::describe(page);
    }
}

/// The place of the answers in the description of a body; [`Releasing`] reads them.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SecurityAnswers(#[schemars(with = "BTreeMap<String, String>")] IgnoredAny);
