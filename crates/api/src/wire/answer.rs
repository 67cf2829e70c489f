//! Answers: 200 and JSON, always.
//!
// Wire: the Java client takes no other status for a success, the Node client nothing but JSON.

use crate::wire::describe::{Describe, Page};
use crate::wire::error::Error;
use crate::wire::response::json;
use anyhow::Context;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// A successful answer.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0).context("writing the answer") {
            Ok(body) => json(body),
            Err(error) => Error::from(error).into_response(),
        }
    }
}

impl<T: JsonSchema> Describe for Answer<T> {
    fn describe(page: &mut Page<'_>) {
        let schema = page.schema_of::<T>();
        page.answer(schema);
    }
}
