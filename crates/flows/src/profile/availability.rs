//! Whether an identifier is taken: registration forms live on the answer.

use crate::access::Caller;
use crate::{App, Result};
use doorward_model::reason::Reason;
use doorward_store::identifiers::{self, Kind};

/// True when somebody has the identifier; 1411 where the tenant does not let that be asked.
pub(crate) async fn is_taken(app: &App, caller: &Caller, kind: Kind, value: &str) -> Result<bool> {
    if !caller.settings().availability_check {
        return Err(Reason::AvailabilityClosed.into());
    }
    let (tenant, value) = (caller.tenant.clone(), value.to_owned());
    app.read(move |tx| Ok(identifiers::owner(tx, &tenant.id, kind, &value)?.is_some())).await
}
