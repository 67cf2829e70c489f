//! The profile of whoever is signed in: read and changed by its owner.

use super::request::Here;
use doorward_flows::access::SignedIn;
use doorward_flows::notify::Voice;
use doorward_flows::own::profile::{Updated, read_own, update_account_by_access_token};
use doorward_flows::{Error, Result};
use doorward_model::profile::Nulls;
use serde_json::{Map, Value};

/// The person's profile.
pub(crate) async fn profile(here: &Here, signed_in: &SignedIn) -> Result<Value> {
    let rendered = read_own(&here.app, signed_in).await?;
    serde_json::from_str(rendered.get()).map_err(|error| Error::Failed(error.into()))
}

/// A member of it that is a text; empty where there is none.
pub(crate) fn text(profile: &Value, member: &str) -> String {
    profile[member].as_str().unwrap_or_default().to_owned()
}

/// What to call the person: their name, else what they sign in with.
pub(crate) fn display_name(profile: &Value) -> String {
    let name = format!("{} {}", text(profile, "FirstName"), text(profile, "LastName")).trim().to_owned();
    let others = [name, text(&profile["Email"][0], "Value"), text(profile, "PhoneId"), text(profile, "UserName")];
    others.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The same for the page that asks whether to go on.
pub(crate) async fn name_of(here: &Here, signed_in: &SignedIn) -> String {
    profile(here, signed_in).await.map(|profile| display_name(&profile)).unwrap_or_default()
}

/// Changes the person's profile.
pub(crate) async fn update(here: &Here, signed_in: &SignedIn, body: Map<String, Value>) -> Result<()> {
    let updated = Updated { body: &body, nulls: Nulls::Keep, verification_url: None, voice: Voice::No, captcha: None };
    update_account_by_access_token(&here.app, signed_in, updated).await?;
    Ok(())
}
