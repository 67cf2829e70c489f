//! The end of a sign-in on the hosted pages. This operation is our own; the contract has no pages that return with a code.

use crate::caller::ApiSecret;
use crate::ops::answers::FinishedAnswer;
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::sign_in::sign_in_code;

use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Session").post(
        "/doorward/v1/sign-in-code/exchange",
        exchange_sign_in_code,
        "Exchange the code of a sign-in on the hosted pages for a session",
    )
}

async fn exchange_sign_in_code(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(fields): Query<Fields>,
    Json(exchange): Json<Exchange>,
) -> Result<Answer<FinishedAnswer>> {
    let code = Secret::new(required("code", exchange.code)?);
    let redirect_url = required("redirect_url", exchange.redirect_url)?;
    let finished = sign_in_code::exchange_sign_in_code(&app, &admin, &code, &redirect_url).await?;
    Ok(Answer(FinishedAnswer::of(finished, &fields)))
}

#[derive(Deserialize, JsonSchema)]
struct Exchange {
    /// The code that the browser brought; it is used up, whatever comes of it.
    #[schemars(required)]
    code: Option<String>,
    /// The address that it was brought to, as it stands in the tenant's list.
    #[schemars(required)]
    redirect_url: Option<String>,
}
