//! A new master key: PINs are encrypted anew under it, and nobody notices.

use super::pin::{Sealed, place};
use crate::{App, Result};
use doorward_store::pins;

/// PINs in one transaction.
const BATCH: i64 = 250;

/// Encrypts every PIN under the current master key that is not. After that the key before it opens no PIN and may be
/// forgotten. One that no known key opens is left as it is.
pub(crate) async fn seal_anew(app: &App) -> Result<()> {
    let key = app.keys.id().to_vec();
    loop {
        let outdated = {
            let key = key.clone();
            app.read(move |tx| Ok(pins::outdated(tx, &key, BATCH)?)).await?
        };
        let opened: Vec<_> = outdated
            .into_iter()
            .filter_map(|pin| {
                let hash = app.keys.open(&place(&pin.tenant), &pin.sealed);
                let hash =
                    hash.inspect_err(|error| tracing::error!(%error, account.uid = %pin.uid, "a PIN stays sealed"));
                Some((Sealed::of(app, &pin.tenant, &hash.ok()?), pin))
            })
            .collect();
        if opened.is_empty() {
            return Ok(());
        }
        app.write(move |tx| opened.iter().try_for_each(|(sealed, pin)| sealed.replace(tx, pin))).await?;
    }
}
