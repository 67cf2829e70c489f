//! What a request says of an account: which one, and what a null in its profile means.

use crate::wire::{Flag, Result, required};
use doorward_model::id::Uid;
use doorward_model::profile::Nulls;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which account is asked for.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Whose {
    /// The account.
    #[schemars(required)]
    uid: Option<String>,
}

impl Whose {
    pub(crate) fn uid(self) -> Result<Uid> {
        Ok(Uid::new(required("uid", self.uid)?))
    }
}

/// What a null in a profile means.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Erasing {
    /// Whether a null in the body erases the value.
    nullsupport: Flag,
}

impl Erasing {
    pub(crate) fn nulls(&self) -> Nulls {
        if self.nullsupport.0 { Nulls::Erase } else { Nulls::Keep }
    }
}
