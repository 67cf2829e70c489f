//! The settings as the document that an administrator writes: read, opened as it was stored, and changed.

use super::Settings;
use super::unfit::Unfit;
use crate::did_you_mean;
use serde_json::{Map, Value};

#[cfg(test)]
mod tests;

/// A document as it was stored, opened whatever has become of it: a later program may ask for more than the one that
/// stored it, and an administrator has to see what does not fit before it can be mended.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The settings. Where a value cannot be read, its default stands.
    pub settings: Settings,
    /// What does not fit, each with its name.
    pub unfit: Vec<Unfit>,
    unread: Vec<Unread>,
}

/// A value that cannot be read, which stays in the document until it is set anew.
#[derive(Debug, Clone)]
struct Unread {
    path: Vec<String>,
    value: Value,
}

impl Settings {
    /// Reads a document that is to be stored: what does not fit is refused, all of it at once.
    pub fn read(document: Value) -> Result<Settings, Unfit> {
        let opened = Settings::open(document);
        if opened.unfit.is_empty() { Ok(opened.settings) } else { Err(all(&opened.unfit)) }
    }

    /// Opens a document that was stored.
    pub fn open(document: Value) -> Opened {
        if let Ok(settings) = serde_json::from_value::<Settings>(document.clone()) {
            return Opened::of(settings);
        }
        let mut reading = Reading { document: written(&Settings::default()), unfit: Vec::new(), unread: Vec::new() };
        match document {
            Value::Object(stored) => reading.take(&[], stored),
            value => {
                reading.unfit.push(Unfit("the settings must be a JSON object".into()));
                reading.unread.push(Unread { path: Vec::new(), value });
            }
        }
        // It is the default with what could be read put in, so that it can be read.
        let settings = serde_json::from_value::<Settings>(reading.document).unwrap_or_default();
        let unfit = [reading.unfit, settings.unfit()].concat();
        Opened { settings, unfit, unread: reading.unread }
    }

    /// Refuses settings that could not be read back.
    pub fn require_fit(&self) -> Result<(), Unfit> {
        let unfit = self.unfit();
        if unfit.is_empty() { Ok(()) } else { Err(all(&unfit)) }
    }

    /// The same settings with one changed, as [`Opened::with`].
    pub fn with(&self, key: &str, text: &str) -> Result<Settings, Unfit> {
        let changed = Opened::of(self.clone()).with(&[(key.to_owned(), text.to_owned())])?;
        Ok(changed.settings)
    }
}

impl Opened {
    fn of(settings: Settings) -> Opened {
        Opened { unfit: settings.unfit(), settings, unread: Vec::new() }
    }

    /// True when every value was read, so that no default stands for what somebody once set.
    pub fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// The same with all these changes at once, in whatever order they come. A key is written as in the document, inner
    /// ones after a dot (`LoginLockedConfiguration.MaximumFailedLoginAttempts`), without regard to case; a text as JSON,
    /// or as itself. Only the outcome has to fit, and what did not fit before may stay so: things are mended one by one.
    pub fn with(&self, changes: &[(String, String)]) -> Result<Opened, Unfit> {
        let before = written(&self.settings);
        let unknown: Vec<Unfit> = changes.iter().filter_map(|(key, _)| path(&before, key).err()).collect();
        if !unknown.is_empty() {
            return Err(all(&unknown));
        }
        let mut paths: Vec<Vec<String>> = Vec::new();
        let mut document = before.clone();
        for (key, text) in changes {
            let path = path(&before, key)?;
            if let Some(twice) = paths.iter().find(|other| path.starts_with(other) || other.starts_with(&path)) {
                return Err(Unfit(format!("`{}` and `{key}` set the same thing; give one of them", twice.join("."))));
            }
            let place = at(&mut document, &path).expect("the path was found in this document");
            *place = value(place, text);
            paths.push(path);
        }
        let Ok(settings) = serde_json::from_value::<Settings>(document.clone()) else {
            return Err(all(&unreadable(&before, &mut document, &paths)));
        };
        let is_replaced =
            |unread: &&Unread| unread.path.is_empty() || paths.iter().any(|path| unread.path.starts_with(path));
        let unread = self.unread.iter().filter(|unread| !is_replaced(unread));
        let outcome = Opened { unread: unread.cloned().collect(), ..Opened::of(settings) };
        let worse: Vec<Unfit> = outcome.unfit.iter().filter(|unfit| !self.unfit.contains(unfit)).cloned().collect();
        if worse.is_empty() { Ok(Settings::open(outcome.document())) } else { Err(all(&worse)) }
    }

    /// The document to store: the settings, and what could not be read as it was.
    pub fn document(&self) -> Value {
        let mut document = written(&self.settings);
        for unread in &self.unread {
            if let Some(place) = at(&mut document, &unread.path) {
                *place = unread.value.clone();
            }
        }
        document
    }
}

/// A stored document that cannot be read as a whole, taken over value by value.
struct Reading {
    document: Value,
    unfit: Vec<Unfit>,
    unread: Vec<Unread>,
}

impl Reading {
    fn take(&mut self, outer: &[String], stored: Map<String, Value>) {
        for (name, given) in stored {
            let path = [outer, &[name]].concat();
            let Some(place) = at(&mut self.document, &path) else {
                self.unfit.push(unknown(&written(&Settings::default()), &path.join(".")));
                continue;
            };
            let former = std::mem::replace(place, given.clone());
            let Err(error) = serde_json::from_value::<Settings>(self.document.clone()) else { continue };
            if let Some(place) = at(&mut self.document, &path) {
                *place = former.clone();
            }
            match (&former, given) {
                (Value::Object(_), Value::Object(inner)) => self.take(&path, inner),
                (_, value) => {
                    self.unfit.push(refusal(&path.join("."), &former, &value, &error));
                    self.unread.push(Unread { path, value });
                }
            }
        }
    }
}

/// Which of the changed values cannot be read.
fn unreadable(before: &Value, changed: &mut Value, paths: &[Vec<String>]) -> Vec<Unfit> {
    let alone = |path: &Vec<String>| {
        let mut document = before.clone();
        let place = at(&mut document, path)?;
        let given = at(changed, path)?.clone();
        let former = std::mem::replace(place, given.clone());
        let error = serde_json::from_value::<Settings>(document).err()?;
        Some(refusal(&path.join("."), &former, &given, &error))
    };
    paths.iter().filter_map(alone).collect()
}

fn written(settings: &Settings) -> Value {
    serde_json::to_value(settings).expect("settings are texts, numbers and lists under names")
}

fn all(unfit: &[Unfit]) -> Unfit {
    let told: Vec<&str> = unfit.iter().map(|Unfit(why)| why.as_str()).collect();
    Unfit(told.join("; "))
}

/// The place in the document; `None` when there is none.
fn at<'a>(document: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |place, name| place.as_object_mut()?.get_mut(name))
}

/// The names that lead to a setting, as the document has them.
fn path(document: &Value, key: &str) -> Result<Vec<String>, Unfit> {
    let (mut place, mut path) = (document, Vec::new());
    for part in key.split('.') {
        let found =
            place.as_object().and_then(|members| members.iter().find(|(name, _)| name.eq_ignore_ascii_case(part)));
        let (name, inner) = found.ok_or_else(|| unknown(document, key))?;
        path.push(name.clone());
        place = inner;
    }
    Ok(path)
}

/// Says that there is no such setting, and which one may have been meant.
fn unknown(document: &Value, key: &str) -> Unfit {
    let names = names(document);
    let is_last = |name: &&String| name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(key));
    let meant = match names.iter().find(is_last) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => did_you_mean(key, names.iter().map(String::as_str)),
    };
    let next = if meant.is_empty() { "; `doorward tenant show` lists them" } else { "" };
    Unfit(format!("there is no setting `{key}`{meant}{next}"))
}

/// Every setting of the document, outer ones before those inside them.
fn names(document: &Value) -> Vec<String> {
    let members = document.as_object().into_iter().flatten();
    let with_inner = members.flat_map(|(name, value)| {
        let inner = names(value).into_iter().map(move |inner| format!("{name}.{inner}"));
        std::iter::once(name.clone()).chain(inner)
    });
    with_inner.collect()
}

/// The value that a text stands for, where `former` stood before: a text that looks like a number is still a text there.
fn value(former: &Value, text: &str) -> Value {
    let as_it_is = || Value::String(text.to_owned());
    match serde_json::from_str(text) {
        Ok(value @ (Value::String(_) | Value::Null)) => value,
        Ok(_) if former.is_string() => as_it_is(),
        Ok(value) => value,
        Err(_) => as_it_is(),
    }
}

/// Why `given` cannot stand where `former` did.
fn refusal(key: &str, former: &Value, given: &Value, error: &serde_json::Error) -> Unfit {
    let must_be = match (former, given) {
        (Value::Bool(_), _) => "true or false",
        (Value::Number(_), _) => "a whole number",
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => "",
        (Value::Array(_), _) => "a list in JSON, such as [\"one\",\"two\"]",
        (Value::Object(_), _) => "a JSON object, or one of its settings by name after a dot",
        (Value::String(_), given) if !given.is_string() => "text",
        _ => "",
    };
    if must_be.is_empty() {
        let told = error.to_string().replace("unknown variant", "there is no value");
        return Unfit(format!("{key}: {}", told.replace("unknown field", "there is no setting")));
    }
    Unfit(format!("{key} must be {must_be}, it is {given}"))
}
