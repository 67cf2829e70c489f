//! Every key, as the types and their comments tell it: for the names of variables and for `docs/config.md`.

use std::fmt::Write as _;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Settings;
use super::secret_text::SECRET;

/// One key of the settings.
#[derive(Debug, Clone)]
pub struct KeyReference {
    /// Its section, without brackets; one inside another has a dot, such as `server.tls`.
    pub section: String,
    /// Its name in the section.
    pub name: String,
    /// The variable that overrides it.
    pub variable: String,
    /// How its value is written.
    pub kind: Kind,
    /// Whether its value, or a part of it, must not be shown.
    pub secret: bool,
    /// The only values it may have, or none where it is free.
    pub choices: Vec<String>,
    /// The value it has when nobody sets it, as TOML.
    pub default: Option<String>,
    /// What it means.
    pub text: String,
}

/// How a value is written in a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// Digits.
    Number,
    /// `true` or `false`.
    Truth,
    /// Values between commas.
    List,
    /// A JSON object.
    Map,
}

impl KeyReference {
    /// Where it stands, as findings name it.
    pub(super) fn place(&self) -> String {
        format!("[{}] {}", self.section, self.name)
    }

    /// What every variable of this key's section starts with.
    pub(super) fn variable_prefix(&self) -> String {
        variable(&self.section, "")
    }
}

/// All keys, in the order of the types.
pub fn keys() -> Vec<KeyReference> {
    sections().into_iter().flat_map(|section| section.keys).collect()
}

/// The text of `docs/config.md`.
pub fn markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for section in sections() {
        write!(page, "\n## [{}]\n\n{}\n\n", section.name, section.text).expect("text takes all that is written to it");
        page.push_str("| key | default | meaning |\n| --- | --- | --- |\n");
        for key in section.keys {
            let default = key.default.map(|value| format!("`{value}`")).unwrap_or_default();
            let choices = choices(&key.choices);
            writeln!(page, "| `{}` | {default} | {}{choices} |", key.name, key.text)
                .expect("text takes all that is written to it");
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Settings

<!-- Made from crates/doorward/src/config; change the comments there and run: UPDATE_DOCS=1 cargo test -p doorward config -->

`doorward serve` reads `doorward.toml` in the folder it is started in, or the file that `--config` names. Every key can
also be set by a variable `DOORWARD_SECTION_KEY`, such as `DOORWARD_SERVER_PUBLIC_URL`, which wins over the file: a list
is written there with commas, a map as a JSON object. A secret can stand in a file of its own, named by the key with
`_file` behind it. Keys that do not exist are refused, and so are unsafe values; a file that holds a secret must be
closed to other users (`chmod o-rwx`).

`doorward init` makes a settings file and a master key. `doorward config` shows the effective settings without secrets;
`doorward config --check` says everything that is wrong with them. The settings of a tenant are not here: see
`doorward tenant --help`.

The least that `serve` needs:

```toml
[server]
public_url = \"https://id.example.com\"

[keys]
master_file = \"/etc/doorward/master.key\"   # openssl rand -base64 32 > master.key; chmod 600 master.key
```
";

fn choices(choices: &[String]) -> String {
    if choices.is_empty() {
        return String::new();
    }
    let listed: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    format!(" One of {}.", listed.join(", "))
}

struct Section {
    name: String,
    text: String,
    keys: Vec<KeyReference>,
}

fn sections() -> Vec<Section> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Settings>().to_value();
    properties(&schema).flat_map(|(name, section)| with_inner(name.clone(), section)).collect()
}

/// A section, and the sections inside it behind it.
fn with_inner(name: String, schema: &Value) -> Vec<Section> {
    let (inner, keys): (Vec<_>, Vec<_>) = properties(schema).partition(|(_, schema)| schema["properties"].is_object());
    let inner = inner.into_iter().flat_map(|(key, schema)| with_inner(format!("{name}.{key}"), schema));
    let mut sections: Vec<Section> = inner.collect();
    let keys = keys.into_iter().map(|(key, schema)| describe(&name, key, schema)).collect();
    sections.insert(0, Section { keys, text: description(schema), name });
    sections
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().to_owned()
}

fn describe(section: &str, name: &str, schema: &Value) -> KeyReference {
    let secret = |schema: &Value| schema["format"] == SECRET;
    KeyReference {
        section: section.to_owned(),
        name: name.to_owned(),
        variable: variable(section, name),
        kind: kind(schema),
        secret: secret(schema) || secret(&schema["items"]) || secret(&schema["additionalProperties"]),
        choices: named_values(schema),
        default: schema.get("default").filter(|value| !value.is_null()).map(Value::to_string),
        text: description(schema).replace('\n', " "),
    }
}

fn variable(section: &str, name: &str) -> String {
    format!("DOORWARD_{section}_{name}").to_uppercase().replace('.', "_")
}

fn kind(schema: &Value) -> Kind {
    // An optional key has a list of types, of which null is the last.
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("integer") => Kind::Number,
        Some("boolean") => Kind::Truth,
        Some("array") => Kind::List,
        Some("object") => Kind::Map,
        _ => Kind::Text,
    }
}

fn named_values(schema: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let plain = schema["enum"].as_array().into_iter().flatten().filter_map(text);
    let described = schema["oneOf"].as_array().into_iter().flatten();
    let described = described.flat_map(|choice| {
        let listed = choice["enum"].as_array().into_iter().flatten();
        listed.chain(choice.get("const")).filter_map(text)
    });
    plain.chain(described).collect()
}
