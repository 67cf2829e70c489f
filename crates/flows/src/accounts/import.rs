//! Accounts that move in from elsewhere, many at once.
//!
//! A batch is one transaction. A row that is refused leaves nothing behind and does not hold the others up; every
//! refusal says which row it was and why, never what stood in it.

use crate::access::Admin;
use crate::app::Tenant;
use crate::profile::identifiers::Named;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::password::Password;
use doorward_model::password::foreign::Recipe;
use doorward_model::reason::Reason;
use doorward_model::refusal::{FieldError, Refusal};
use doorward_model::secret::Secret;
use doorward_store::identifiers::Kind;
use doorward_store::imports;
use outcome::Written;
use row::{Account, Sketched};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use writing::{Ready, outcome, taken, taken_reason, write};

mod outcome;
mod row;
mod writing;

pub use outcome::{Batch, Duplicates, Outcome, Refused, Row, Rules};

/// Rows in one transaction of an import: a few tens of milliseconds.
pub const BATCH: usize = 250;

/// The most records that one request brings.
const RECORDS: usize = 500;

/// Writes a batch, exactly once however often it is tried, and gives what became of its rows.
pub async fn import(app: &App, tenant: &Arc<Tenant>, rules: &Rules, rows: Vec<Row>, batch: Batch) -> Result<Outcome> {
    let (within, done) = (tenant.clone(), batch.clone());
    let done = app.read(move |tx| outcome(tx, &within, &done)).await?;
    if let Some(outcome) = done {
        return Ok(outcome);
    }
    let (sketched, refused) = sketch(app, tenant, rules, rows);
    write(app, tenant, rules, Ready { accounts: finish(app, tenant, sketched).await?, refused, batch: Some(batch) })
        .await
}

/// Forgets which batches are done: the import has come to its end.
pub async fn conclude(app: &App, tenant: &Arc<Tenant>, import: Vec<u8>) -> Result<()> {
    let tenant = tenant.clone();
    app.write(move |tx| Ok(imports::forget(tx, &tenant.id, &import)?)).await?;
    Ok(())
}

/// What the rows of a file name their accounts by, those looked at so far.
#[derive(Debug, Default)]
pub struct Seen(HashSet<String>);

/// What [`import`] would do with these rows, as far as it can be told without writing. `seen` remembers what the rows
/// before them hold.
pub async fn look(app: &App, tenant: &Arc<Tenant>, rules: &Rules, rows: Vec<Row>, seen: &mut Seen) -> Result<Outcome> {
    let (sketched, refused) = sketch(app, tenant, rules, rows);
    let mut outcome = Outcome { refused, ..Outcome::default() };
    let numbers: Vec<u64> = sketched.iter().map(|row| row.number).collect();
    let named: Vec<Vec<(Option<Kind>, String)>> = sketched.iter().map(Sketched::names).collect();
    let (within, asked) = (tenant.clone(), named.clone());
    let held = app
        .read(move |tx| {
            let taken = asked.iter().map(|names| taken(tx, &within, names));
            taken.collect::<Result<Vec<_>>>()
        })
        .await?;
    for ((number, names), held) in numbers.into_iter().zip(named).zip(held) {
        let keys = names.into_iter().map(|(kind, value)| (kind, format!("{}:{value}", kind.map_or("", Kind::as_str))));
        let here = keys.filter(|(_, key)| !seen.0.insert(key.clone())).map(|(kind, _)| kind).next();
        let first = held.first().map(|(kind, _)| *kind).or(here);
        let owners: BTreeSet<&Uid> = held.iter().map(|(_, uid)| uid).collect();
        let written = match first {
            None => Ok(Written::Inserted),
            Some(_) if rules.duplicates == Duplicates::Overwrite && owners.len() <= 1 => Ok(Written::Updated),
            Some(kind) => Err(taken_reason(kind).into()),
        };
        outcome.count(number, written);
    }
    Ok(outcome.in_order())
}

/// Takes over the one person who got in elsewhere with this identifier and password: `profile` is what is known of them
/// there. Tells why, if not; an identifier that is not in the profile is not theirs.
pub(crate) async fn take_over(
    app: &App,
    tenant: &Arc<Tenant>,
    named: &Named,
    mut profile: Map<String, Value>,
    password: &Secret,
) -> Result<Option<Refused>> {
    // What is null there is unknown here, and what was said of the password there says nothing of ours.
    profile.retain(|name, value| !value.is_null() && !name.to_ascii_lowercase().starts_with("password"));
    let hash = app.hash_password(Password::new(password)).await?;
    profile.insert("PasswordHash".to_owned(), Value::String(hash));
    let rules = Rules { recipe: None, duplicates: Duplicates::Refuse };
    let (sketched, mut refused) = sketch(app, tenant, &rules, vec![Row { number: 1, body: Some(profile) }]);
    let wanted = (Some(named.kind), named.value.clone());
    if sketched.iter().any(|row| !row.names().contains(&wanted)) {
        return Ok(Some(Refused::new(1, &Reason::CredentialsInvalid.into())));
    }
    if refused.is_empty() {
        let ready = Ready { accounts: finish(app, tenant, sketched).await?, refused, batch: None };
        refused = write(app, tenant, &rules, ready).await?.refused;
    }
    Ok(refused.pop())
}

/// Takes the records of one request over: all of them are looked at before anything is stored.
///
/// Refused: 8246 without records, 8199 with more than 500, 7992 by `encryption`, 8198 when a record is not acceptable.
/// A record whose identifiers are somebody's is told of in the answer, and the others are stored.
pub async fn batch_upload(
    app: &App,
    admin: &Admin,
    profiles: Vec<Map<String, Value>>,
    encryption: Option<&Map<String, Value>>,
    duplicates: Duplicates,
) -> Result<Outcome> {
    let tenant = &admin.caller.tenant;
    match profiles.len() {
        0 => return Err(Reason::NoRecords.into()),
        count if count > RECORDS => return Err(Reason::TooManyRecords.into()),
        _ => {}
    }
    let recipe = encryption.map(Recipe::read).transpose().map_err(|unfit| Refusal {
        errors: vec![FieldError { field: "PasswordEncryption".to_owned(), message: unfit.to_string() }],
        ..Reason::PasswordEncryptionInvalid.into()
    })?;
    let rules = Rules { recipe, duplicates };
    let rows = (1..).zip(profiles).map(|(number, body)| Row { number, body: Some(body) }).collect();
    let (sketched, refused) = sketch(app, tenant, &rules, rows);
    if !refused.is_empty() {
        let errors =
            refused.into_iter().map(|one| FieldError { field: format!("Record {}", one.number), message: one.why });
        return Err(Refusal { errors: errors.collect(), ..Reason::RecordsInvalid.into() }.into());
    }
    let ready = Ready { accounts: finish(app, tenant, sketched).await?, refused, batch: None };
    let outcome = write(app, tenant, &rules, ready).await?;
    notify::event(&admin.caller, "BatchUpload", None);
    Ok(outcome)
}

fn sketch(app: &App, tenant: &Tenant, rules: &Rules, rows: Vec<Row>) -> (Vec<Sketched>, Vec<Refused>) {
    let now = app.now();
    let (mut sketched, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    for Row { number, body } in rows {
        let row = body.ok_or_else(|| Reason::PayloadInvalid.into());
        match row.and_then(|body| Sketched::new(app, tenant, rules, number, body, now)) {
            Ok(row) => sketched.push(row),
            Err(refusal) => refused.push(Refused::new(number, &refusal)),
        }
    }
    (sketched, refused)
}

/// Hashes the passwords that came in clear.
async fn finish(app: &App, tenant: &Tenant, sketched: Vec<Sketched>) -> Result<Vec<Account>> {
    let mut accounts = Vec::with_capacity(sketched.len());
    for row in sketched {
        accounts.push(row.finish(app, tenant).await?);
    }
    Ok(accounts)
}
