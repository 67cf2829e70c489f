//! Where settings come from: the file, the variables over it, and the files that hold secrets.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::finding::{Finding, Unsound};
use super::reference::{KeyReference, Kind, keys};
use super::secret_text::SecretText;
use super::{Keys, Settings};

/// The file that is read when none is named; it need not exist.
pub const DEFAULT_FILE: &str = "doorward.toml";

/// Reads the settings: `file`, or [`DEFAULT_FILE`] where it exists, under the `DOORWARD_SECTION_KEY` of `environment`.
///
/// The values are well-formed afterwards and the secret files read; whether they are safe says [`Settings::unsound`].
pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Settings, Unsound> {
    let known = keys();
    let mut table = read_table(file, &known)?;
    override_with(&mut table, environment, &known)?;
    let mut settings: Settings = table.try_into().map_err(|error| Finding::new("settings", one_line(&error), CHECK))?;
    read_secrets(&mut settings)?;
    Ok(settings)
}

const CHECK: &str = "docs/config.md lists every key with its meaning.";

fn read_table(file: Option<&Path>, known: &[KeyReference]) -> Result<Table, Unsound> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_none() => return Ok(Table::new()),
        Err(error) => return Err(unreadable(&path.display().to_string(), path, &error).into()),
    };
    // Only the message and the line are shown: the text around it may be a secret.
    let refuse = |error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Finding::new(format!("{} line {line}", path.display()), one_line(&error), CHECK)
    };
    let table: Table = toml::from_str(&text).map_err(refuse)?;
    toml::from_str::<Settings>(&text).map_err(refuse)?;
    let holds_secret = known.iter().any(|key| key.secret && lookup(&table, key).is_some());
    if holds_secret && readable_by_everyone(path) {
        return Err(exposed(&path.display().to_string(), path).into());
    }
    Ok(table)
}

fn lookup<'a>(table: &'a Table, key: &KeyReference) -> Option<&'a Value> {
    let section = key.section.split('.').try_fold(table, |table, name| table.get(name)?.as_table());
    section?.get(&key.name)
}

/// Sets a key, in sections that are made where they are missing.
fn insert(table: &mut Table, key: &KeyReference, value: Value) {
    let section = key.section.split('.').fold(table, |table, name| {
        let section = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
        section.as_table_mut().expect("the file was read as settings, whose sections are tables")
    });
    section.insert(key.name.clone(), value);
}

fn override_with(
    table: &mut Table,
    environment: impl IntoIterator<Item = (String, String)>,
    known: &[KeyReference],
) -> Result<(), Unsound> {
    let mut wrong = Vec::new();
    for (name, text) in environment {
        let Some(key) = known.iter().find(|key| key.variable == name) else {
            wrong.extend(unknown_variable(&name, known));
            continue;
        };
        match read_variable(key, &text) {
            Ok(value) => insert(table, key, value),
            Err(problem) => wrong.push(Finding::new(name, problem, CHECK)),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Unsound(wrong)) }
}

/// A variable that names a section but none of its keys is a mistake; others with our prefix are not ours to judge.
fn unknown_variable(name: &str, known: &[KeyReference]) -> Option<Finding> {
    let ours = known.iter().find(|key| name.starts_with(&key.variable_prefix()))?;
    let problem = format!("names no key of [{}]", ours.section);
    Some(Finding::new(name, problem, CHECK))
}

fn read_variable(key: &KeyReference, text: &str) -> Result<Value, String> {
    let value = match key.kind {
        Kind::Text => Value::String(text.to_owned()),
        Kind::Number => Value::Integer(text.trim().parse().map_err(|_| "must be a whole number".to_owned())?),
        Kind::Truth => Value::Boolean(text.trim().parse().map_err(|_| "must be true or false".to_owned())?),
        Kind::List => {
            Value::Array(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect())
        }
        Kind::Map => {
            let pairs = serde_json::from_str::<std::collections::BTreeMap<String, String>>(text);
            let pairs = pairs.map_err(|_| "must be a JSON object of texts, like {\"name\":\"value\"}".to_owned())?;
            Value::Table(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
        }
    };
    // Read alone, so that what is wrong with it can be told of this variable.
    let mut alone = Table::new();
    insert(&mut alone, key, value.clone());
    match Settings::deserialize(alone) {
        Ok(_) => Ok(value),
        Err(error) => Err(one_line(&error)),
    }
}

fn one_line(error: &toml::de::Error) -> String {
    error.message().lines().collect::<Vec<_>>().join(" ")
}

fn read_secrets(settings: &mut Settings) -> Result<(), Unsound> {
    let Settings { database, keys, mail, sms, voice, .. } = settings;
    let fields = [
        ("[database] url", &mut database.url, &database.url_file),
        ("[keys] master", &mut keys.master, &keys.master_file),
        ("[mail] password", &mut mail.password, &mail.password_file),
        ("[sms] password", &mut sms.password, &sms.password_file),
        ("[sms] token", &mut sms.token, &sms.token_file),
        ("[voice] password", &mut voice.password, &voice.password_file),
        ("[voice] token", &mut voice.token, &voice.token_file),
    ];
    let mut wrong: Vec<Finding> = fields
        .into_iter()
        .filter_map(|(place, secret, file)| read_secret(place, secret, file.as_deref()).err())
        .collect();
    wrong.extend(read_previous(keys).err());
    if wrong.is_empty() { Ok(()) } else { Err(Unsound(wrong)) }
}

fn read_secret(place: &str, secret: &mut Option<SecretText>, file: Option<&Path>) -> Result<(), Finding> {
    let Some(path) = file else { return Ok(()) };
    if secret.is_some() {
        return Err(twice(place));
    }
    *secret = Some(SecretText::new(read_secret_file(place, path)?.trim()));
    Ok(())
}

fn read_previous(keys: &mut Keys) -> Result<(), Finding> {
    let place = "[keys] previous";
    let Some(path) = &keys.previous_file else { return Ok(()) };
    if !keys.previous.is_empty() {
        return Err(twice(place));
    }
    let text = read_secret_file(place, path)?;
    keys.previous = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(SecretText::new).collect();
    Ok(())
}

fn twice(place: &str) -> Finding {
    let problem = "is set, and so is the file that would hold it; one of them is out of date";
    Finding::new(place, problem, "Keep the file and take the value out.")
}

fn read_secret_file(place: &str, path: &Path) -> Result<String, Finding> {
    let place = format!("{place}_file");
    let text = fs::read_to_string(path).map_err(|error| unreadable(&place, path, &error))?;
    if readable_by_everyone(path) {
        return Err(exposed(&place, path));
    }
    if text.trim().is_empty() {
        return Err(Finding::new(place, format!("{} is empty", path.display()), "Write the secret into it."));
    }
    Ok(text)
}

pub(crate) fn unreadable(place: &str, path: &Path, error: &io::Error) -> Finding {
    let problem = format!("{} cannot be read: {error}", path.display());
    Finding::new(place, problem, "Check the path, and that the user this program runs as may read it.")
}

pub(crate) fn exposed(place: &str, path: &Path) -> Finding {
    let shown = path.display();
    let problem = format!("{shown} holds secrets and every user of this machine may read or change it");
    Finding::new(place, problem, format!("Close it with: chmod o-rwx {shown}"))
}

#[cfg(unix)]
pub(crate) fn readable_by_everyone(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
pub(crate) fn readable_by_everyone(_: &Path) -> bool {
    false
}
