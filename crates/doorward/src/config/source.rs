//! Where settings come from: the file, the variables over it, and the files that hold secrets.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use doorward_model::{did_you_mean, nearest};
use serde::Deserialize;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::database::holds_password;
use super::finding::{Finding, Unsound};
use super::keys::NEW_KEY;
use super::reference::{KeyReference, Kind, keys};
use super::secret_text::SecretText;
use super::{Keys, Settings};

/// The file that is read when none is named; it need not exist.
pub const DEFAULT_FILE: &str = "doorward.toml";

/// Settings as far as they can be read, and what cannot.
#[derive(Debug)]
pub struct Read {
    /// What was read; where that is nothing, the default stands.
    pub settings: Settings,
    found: Vec<Finding>,
    /// The places of values that are given and could not be read.
    unread: Vec<String>,
    /// Whether there is a file of which nothing could be read.
    is_blind: bool,
}

impl Read {
    /// All that is wrong: with reading them, and what `unsound` finds in what was read. Of a value that could not be read
    /// nothing more is said, nor of a file.
    pub fn findings(&self, unsound: impl Fn(&Settings) -> Vec<Finding>) -> Vec<Finding> {
        if self.is_blind {
            return self.found.clone();
        }
        let more = unsound(&self.settings).into_iter().filter(|finding| !self.unread.contains(&finding.place));
        self.found.iter().cloned().chain(more).collect()
    }

    /// The settings, if `unsound` and the reading found nothing.
    pub fn sound(self, unsound: impl Fn(&Settings) -> Vec<Finding>) -> Result<Settings, Unsound> {
        let found = self.findings(unsound);
        if found.is_empty() { Ok(self.settings) } else { Err(Unsound(found)) }
    }

    fn refuse(&mut self, place: String, finding: Finding) {
        self.unread.push(place);
        self.found.push(finding);
    }
}

/// Reads the settings: `file`, or [`DEFAULT_FILE`] where it exists, under the `DOORWARD_SECTION_KEY` of `environment`.
///
/// The values are well-formed afterwards and the secret files read; whether they are safe says [`Settings::unsound`].
pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Settings, Unsound> {
    read(file, environment).sound(|_| Vec::new())
}

/// The same as far as it goes, for whoever wants to tell everything that is wrong at once.
pub fn read(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Read {
    let known = keys();
    let mut read = Read { settings: Settings::default(), found: Vec::new(), unread: Vec::new(), is_blind: false };
    let mut table = read_table(file, &known, &mut read);
    override_with(&mut table, environment, &known, &mut read);
    match table.try_into() {
        Ok(settings) => read.settings = settings,
        // Each key was read alone before; this is what only two of them together can get wrong.
        Err(error) => read.found.push(Finding::new("settings", one_line(&error), CHECK)),
    }
    read_secrets(&mut read);
    read
}

const CHECK: &str = "docs/config.md lists every key with its meaning.";

/// The file's keys that can be read.
fn read_table(file: Option<&Path>, known: &[KeyReference], read: &mut Read) -> Table {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let shown = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_none() => return Table::new(),
        Err(error) => {
            read.found.push(unreadable(&shown, path, &error));
            read.is_blind = true;
            return Table::new();
        }
    };
    let line = |span: Range<usize>| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
    // Only the message and the line are shown: the text around it may be a secret.
    let written = match DeTable::parse(&text) {
        Ok(written) => written,
        Err(error) => {
            let place = format!("{shown} line {}", error.span().map_or(1, line));
            read.found.push(Finding::new(place, one_line(&error), CHECK));
            read.is_blind = true;
            return Table::new();
        }
    };
    let mut table: Table = toml::from_str(&text).unwrap_or_default();
    let mut lines = Lines { shown: &shown, line: &line, known, read };
    lines.take("", written.get_ref(), &mut table);
    let holds_secret = known.iter().any(|key| lookup(&table, key).is_some_and(|value| is_secret(key, value)));
    if holds_secret && readable_by_everyone(path) {
        read.found.push(exposed(&shown, path));
    }
    table
}

/// What is wrong in a file, told by its lines.
struct Lines<'a> {
    shown: &'a str,
    line: &'a dyn Fn(Range<usize>) -> usize,
    known: &'a [KeyReference],
    read: &'a mut Read,
}

impl Lines<'_> {
    /// Looks at the keys of one section, and takes those out of `table` that cannot be read.
    fn take(&mut self, section: &str, written: &DeTable<'_>, table: &mut Table) {
        let mut in_order: Vec<_> = written.iter().collect();
        in_order.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in in_order {
            let place = format!("{} line {}", self.shown, (self.line)(name.span()));
            let name = name.get_ref().as_ref();
            let inner = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            let is_section = self.known.iter().any(|key| key.section == inner);
            let problem = match (value.get_ref(), table.get_mut(name)) {
                (DeValue::Table(written), Some(Value::Table(table))) if is_section => {
                    self.take(&inner, written, table);
                    continue;
                }
                (_, Some(value)) => self.problem(section, name, is_section, value),
                (_, None) => continue,
            };
            if let Some((meant, problem)) = problem {
                table.remove(name);
                self.read.refuse(format!("[{section}] {meant}"), Finding::new(place, problem, CHECK));
            }
        }
    }

    /// What is wrong with a key, behind the name of the one that is meant.
    fn problem(&self, section: &str, name: &str, is_section: bool, value: &Value) -> Option<(String, String)> {
        if is_section {
            return Some((name.to_owned(), format!("`{name}` is a section; write its keys below [{name}]")));
        }
        if let Some(key) = self.known.iter().find(|key| key.section == section && key.name == name) {
            return alone(key, value.clone()).err().map(|problem| (name.to_owned(), format!("{name}: {problem}")));
        }
        let names = self.known.iter().filter(|key| section.is_empty() || key.section == section);
        let names = names.map(|key| if section.is_empty() { key.section.as_str() } else { key.name.as_str() });
        let names: Vec<&str> = names.collect();
        let meant = nearest(name, names.iter().copied()).unwrap_or(name).to_owned();
        Some((meant, format!("unknown field `{name}`{}", did_you_mean(name, names))))
    }
}

/// True when the value must not be shown to others. A database is a secret only with a password to it.
fn is_secret(key: &KeyReference, value: &Value) -> bool {
    match value {
        Value::String(text) if key.section == "database" && key.name == "url" => holds_password(text),
        Value::String(text) => key.secret && !text.is_empty(),
        Value::Table(inner) => key.secret && !inner.is_empty(),
        Value::Array(items) => key.secret && !items.is_empty(),
        _ => key.secret,
    }
}

fn lookup<'a>(table: &'a Table, key: &KeyReference) -> Option<&'a Value> {
    let section = key.section.split('.').try_fold(table, |table, name| table.get(name)?.as_table());
    section?.get(&key.name)
}

/// Sets a key, in sections that are made where they are missing.
fn insert(table: &mut Table, key: &KeyReference, value: Value) {
    let section = key.section.split('.').fold(table, |table, name| {
        let section = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
        section.as_table_mut().expect("what is no table was taken out of the sections")
    });
    section.insert(key.name.clone(), value);
}

fn override_with(
    table: &mut Table,
    environment: impl IntoIterator<Item = (String, String)>,
    known: &[KeyReference],
    read: &mut Read,
) {
    for (name, text) in environment {
        let Some(key) = known.iter().find(|key| key.variable == name) else {
            if let Some((meant, finding)) = unknown_variable(&name, known) {
                read.refuse(meant, finding);
            }
            continue;
        };
        match read_variable(key, &text) {
            Ok(value) => insert(table, key, value),
            Err(problem) => read.refuse(key.place(), Finding::new(name, problem, CHECK)),
        }
    }
}

/// A variable that names a section but none of its keys is a mistake; others with our prefix are not ours to judge.
/// It comes behind the place of the key that is meant.
fn unknown_variable(name: &str, known: &[KeyReference]) -> Option<(String, Finding)> {
    let ours = known.iter().find(|key| name.starts_with(&key.variable_prefix()))?;
    let variables = || known.iter().map(|key| key.variable.as_str());
    let meant = nearest(name, variables()).and_then(|meant| known.iter().find(|key| key.variable == meant));
    let problem = format!("names no key of [{}]{}", ours.section, did_you_mean(name, variables()));
    Some((meant.map(KeyReference::place).unwrap_or_default(), Finding::new(name, problem, CHECK)))
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
    alone(key, value)
}

/// The value, if it can be read; otherwise why not. It is read alone, so that this can be told of its own key.
fn alone(key: &KeyReference, value: Value) -> Result<Value, String> {
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

fn read_secrets(read: &mut Read) {
    let Settings { database, keys, mail, sms, voice, .. } = &mut read.settings;
    let fields = [
        ("[database] url", &mut database.url, &database.url_file),
        ("[keys] master", &mut keys.master, &keys.master_file),
        ("[mail] password", &mut mail.password, &mail.password_file),
        ("[sms] password", &mut sms.password, &sms.password_file),
        ("[sms] token", &mut sms.token, &sms.token_file),
        ("[voice] password", &mut voice.password, &voice.password_file),
        ("[voice] token", &mut voice.token, &voice.token_file),
    ];
    let mut wrong: Vec<(&str, Finding)> = fields
        .into_iter()
        .filter_map(|(place, secret, file)| Some((place, read_secret(place, secret, file.as_deref()).err()?)))
        .collect();
    wrong.extend(read_previous(keys).err().map(|finding| ("[keys] previous", finding)));
    for (place, finding) in wrong {
        read.refuse(place.to_owned(), finding);
    }
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
    let text = fs::read_to_string(path).map_err(|error| {
        let finding = unreadable(&place, path, &error);
        let is_to_be_made = error.kind() == io::ErrorKind::NotFound && place == "[keys] master_file";
        if is_to_be_made { Finding { remedy: NEW_KEY.to_owned(), ..finding } } else { finding }
    })?;
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
