use anyhow::Context;

use super::*;
use crate::config::Finding;

#[test]
fn settings_and_database_have_codes_of_their_own_however_deep_they_lie() {
    let settings = Error::from(Unsound::from(Finding::new("here", "is wrong", "Mend it.")));
    let database: anyhow::Result<()> = Err(doorward_store::Error::Closed).context("listing the tenants");
    assert_eq!(kind(&settings.context("starting")), SETTINGS);
    assert_eq!(kind(&Error::new(OtherMasterKey).context("starting")), SETTINGS);
    assert_eq!(kind(&database.unwrap_err()), DATABASE);
    assert_eq!(kind(&anyhow::anyhow!("anything else")), FAILED);
}
