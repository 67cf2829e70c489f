//! A new master key: what outlives the one before it is encrypted and hashed anew, and nobody notices.
//!
//! Codes, links and tokens are not: nothing of them is kept but a hash. They are found under every key held, and end by
//! themselves; until then the key before is held.

use crate::access::{secret_digest, secret_place};
use crate::app::installation;
use crate::factors::mfa::{Factor as Kind, authenticator, backup, place as factor_place};
use crate::factors::{pin_rotation, security_answers};
use crate::{App, Result, challenge};
use doorward_model::keys::Purpose;
use doorward_model::secret::Secret;
use doorward_store::identifiers;
use doorward_store::rotation::{self, Answer, Factor, Hashed, Renewed};

/// Rows in one transaction.
const BATCH: i64 = 250;

/// Encrypts and hashes everything anew that is not under the current master key. After that nothing that is kept for long
/// needs the key before it. What no known key opens is left as it is.
pub(crate) async fn seal_anew(app: &App) -> Result<()> {
    pin_rotation::seal_anew(app).await?;
    if !app.keys.rotating() {
        return Ok(());
    }
    let left = factors(app).await? + answers(app).await? + api_secrets(app).await? + backup_codes(app).await?;
    if left == 0 {
        installation::own_master_key(app).await?;
    }
    Ok(())
}

/// The text of what is sealed, sealed anew; none of what no known key opens.
fn anew(app: &App, place: &str, sealed: &[u8]) -> Option<(Secret, Vec<u8>)> {
    let text =
        app.keys.open(place, sealed).inspect_err(|error| tracing::error!(%error, place, "it stays sealed")).ok()?;
    let sealed = app.keys.seal(place, &text, app.random());
    Some((Secret::new(text), sealed))
}

/// Second factors; how many were left as they are.
async fn factors(app: &App) -> Result<usize> {
    let (mut after, mut left) = (None::<Factor>, 0);
    loop {
        let (key, behind) = (app.keys.id().to_vec(), after.clone());
        let batch = app.read(move |tx| Ok(rotation::factors(tx, &key, behind.as_ref(), BATCH)?)).await?;
        let Some(last) = batch.last() else { return Ok(left) };
        after = Some(last.clone());
        let all = batch.len();
        let renewed: Vec<_> = batch.into_iter().filter_map(|old| Some((renew(app, &old)?, old))).collect();
        left += all - renewed.len();
        app.write(move |tx| renewed.iter().try_for_each(|(new, old)| Ok(rotation::renew_factor(tx, old, new)?)))
            .await?;
    }
}

fn renew(app: &App, old: &Factor) -> Option<Renewed> {
    let place = |id: &str| {
        if old.factor == Kind::Authenticator.as_str() {
            authenticator::place(&old.tenant, id)
        } else {
            factor_place(&old.tenant, id)
        }
    };
    let subject = |text: &Secret| {
        let is_phone = old.factor == Kind::Sms.as_str();
        is_phone.then(|| challenge::subject(&app.keys, &old.tenant, identifiers::Kind::Phone, text.expose()))
    };
    let mut new = Renewed::default();
    if let Some(sealed) = &old.sealed {
        let (text, sealed) = anew(app, &place(&old.id), sealed)?;
        new = Renewed { subject: subject(&text), sealed: Some(sealed), ..new };
    }
    if let (Some(id), Some(wanted)) = (&old.wanted_id, &old.wanted) {
        let (text, wanted) = anew(app, &place(id), wanted)?;
        new = Renewed { wanted_subject: subject(&text), wanted: Some(wanted), ..new };
    }
    Some(new)
}

/// Answers to security questions.
async fn answers(app: &App) -> Result<usize> {
    let (mut after, mut left) = (None::<Answer>, 0);
    loop {
        let (key, behind) = (app.keys.id().to_vec(), after.clone());
        let batch = app.read(move |tx| Ok(rotation::answers(tx, &key, behind.as_ref(), BATCH)?)).await?;
        let Some(last) = batch.last() else { return Ok(left) };
        after = Some(last.clone());
        let all = batch.len();
        let renew = |old: Answer| {
            let place = security_answers::place(&old.tenant, &old.question);
            Some((anew(app, &place, &old.sealed)?.1, old))
        };
        let renewed: Vec<_> = batch.into_iter().filter_map(renew).collect();
        left += all - renewed.len();
        app.write(move |tx| renewed.iter().try_for_each(|(new, old)| Ok(rotation::renew_answer(tx, old, new)?)))
            .await?;
    }
}

async fn api_secrets(app: &App) -> Result<usize> {
    let (mut after, mut left) = (None::<Hashed>, 0);
    loop {
        let (key, behind) = (app.keys.id().to_vec(), after.clone());
        let batch = app.read(move |tx| Ok(rotation::api_secrets(tx, &key, behind.as_ref(), BATCH)?)).await?;
        let Some(last) = batch.last() else { return Ok(left) };
        after = Some(last.clone());
        let all = batch.len();
        let renew = |old: Hashed| {
            let (text, sealed) = anew(app, &secret_place(&old.tenant), &old.sealed)?;
            Some((secret_digest(&app.keys, &text), sealed, old))
        };
        let renewed: Vec<_> = batch.into_iter().filter_map(renew).collect();
        left += all - renewed.len();
        app.write(move |tx| {
            renewed.iter().try_for_each(|(hash, sealed, old)| Ok(rotation::renew_api_secret(tx, old, hash, sealed)?))
        })
        .await?;
    }
}

async fn backup_codes(app: &App) -> Result<usize> {
    let (mut after, mut left) = (None::<Hashed>, 0);
    loop {
        let (key, behind) = (app.keys.id().to_vec(), after.clone());
        let batch = app.read(move |tx| Ok(rotation::backup_codes(tx, &key, behind.as_ref(), BATCH)?)).await?;
        let Some(last) = batch.last() else { return Ok(left) };
        after = Some(last.clone());
        let all = batch.len();
        let renew = |old: Hashed| {
            let (text, sealed) = anew(app, &backup::place(&old.tenant), &old.sealed)?;
            Some((app.keys.digest(Purpose::BackupCode, &old.tenant, text.expose()), sealed, old))
        };
        let renewed: Vec<_> = batch.into_iter().filter_map(renew).collect();
        left += all - renewed.len();
        app.write(move |tx| {
            renewed.iter().try_for_each(|(hash, sealed, old)| Ok(rotation::renew_backup_code(tx, old, hash, sealed)?))
        })
        .await?;
    }
}
