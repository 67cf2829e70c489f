//! What the files of a crate take from each other, read off their text: from `use` lines and from paths.
//!
//! Comments and texts are left out, groups are taken apart, and a name that a module hands on is followed to where it
//! stands. Files of tests are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// That a file takes something from another one.
pub(super) struct Use {
    pub(super) file: String,
    pub(super) line: usize,
    /// The module of the file, and the one in which the thing stands.
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
    /// Whether it is handed on (`pub use`).
    pub(super) hands_on: bool,
}

/// A crate as it was read.
pub(super) struct Sources {
    files: BTreeMap<Vec<String>, File>,
    modules: BTreeSet<Vec<String>>,
    uses: Vec<Use>,
}

struct File {
    name: String,
    text: String,
    /// Names that `use` lines bring in, with the whole path of each.
    names: Vec<Name>,
}

struct Name {
    line: usize,
    own: String,
    path: Vec<String>,
    hands_on: bool,
}

impl Sources {
    /// Reads `crates/<name>/src`.
    pub(super) fn read(name: &str) -> Sources {
        let base = super::root().join("crates").join(name).join("src");
        let mut texts = Vec::new();
        collect(&base, &base, &mut texts);
        let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        Sources::of(name, &texts)
    }

    /// Reads these files, by their paths below `src`.
    pub(super) fn of(name: &str, texts: &[(&str, &str)]) -> Sources {
        let mut files = BTreeMap::new();
        for (path, text) in texts {
            let path = path.trim_end_matches(".rs");
            let module: Vec<String> = path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect();
            let name = format!("crates/{name}/src/{path}.rs");
            files.insert(module, File { name, text: blank(text), names: Vec::new() });
        }
        let modules: BTreeSet<Vec<String>> = files.keys().cloned().collect();
        for (module, file) in &mut files {
            file.names = names(&file.text, module, &modules);
        }
        let mut sources = Sources { files, modules, uses: Vec::new() };
        sources.uses = sources.files.iter().flat_map(|(module, file)| sources.uses_of(module, file)).collect();
        sources
    }

    pub(super) fn uses(&self) -> impl Iterator<Item = &Use> {
        self.uses.iter()
    }

    /// The outermost modules.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &str> {
        self.files.keys().filter_map(|module| module.first()).map(String::as_str)
    }

    /// Every line without comments and texts, with the name of its file and its number.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.files.values().flat_map(|file| {
            let lines = (1..).zip(file.text.lines());
            lines.map(|(line, text)| (file.name.as_str(), line, text))
        })
    }

    fn uses_of(&self, module: &[String], file: &File) -> Vec<Use> {
        let arrow = |line, to, hands_on| Use { file: file.name.clone(), line, from: module.to_vec(), to, hands_on };
        let mut uses = Vec::new();
        for Name { line, path, hands_on, .. } in &file.names {
            // A module that is brought in is used by the paths that begin with it.
            let is_module = self.files.contains_key(path) && self.handed(path).is_none();
            if !is_module {
                uses.push(arrow(*line, self.home(path), *hands_on));
            }
        }
        for (line, path) in paths(&file.text) {
            if let Some(path) = self.whole(module, file, &path) {
                uses.push(arrow(line, self.home(&path), false));
            }
        }
        uses
    }

    /// The whole path of one that is written in a file; none of what is not the crate's.
    fn whole(&self, module: &[String], file: &File, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        if let Some(name) = file.names.iter().find(|name| name.own == *first) {
            return Some([name.path.as_slice(), rest].concat());
        }
        absolute(path, module, &self.modules)
    }

    /// What the module hands on under the last name of a path, if the rest of the path is a module.
    fn handed(&self, path: &[String]) -> Option<&Name> {
        let (last, module) = path.split_last()?;
        self.files.get(module)?.names.iter().find(|one| one.hands_on && one.own == *last && one.path != path)
    }

    /// The module in which what a path names stands.
    fn home(&self, path: &[String]) -> Vec<String> {
        for depth in 1..=path.len() {
            let so_far = &path[..depth];
            // A function may have the name of the module it stands in: what the path goes on with tells which is meant.
            if depth < path.len() && self.files.contains_key(so_far) {
                continue;
            }
            if let Some(handed) = self.handed(so_far) {
                return self.home(&handed.path);
            }
            if !self.files.contains_key(so_far) {
                return so_far[..depth - 1].to_vec();
            }
        }
        path.to_vec()
    }
}

fn collect(base: &Path, folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file of a folder").path();
        if path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            collect(base, &path, texts);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let name = path.strip_prefix(base).expect("below the base").to_string_lossy().into_owned();
            texts.push((name, fs::read_to_string(&path).expect("a source is text")));
        }
    }
}

/// The same text with blanks in the place of comments and of what stands in quotes.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' if rest.starts_with("r#\"") => rest[3..].find("\"#").map_or(rest.len(), |end| end + 5),
            '"' => quoted(rest),
            '\'' if rest.starts_with("'\\") => rest[2..].find('\'').map_or(1, |end| end + 3),
            '\'' if rest.chars().nth(2) == Some('\'') => rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at),
            _ => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where each `use` line begins, and what stands between that word and the semicolon.
fn use_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("use ").filter(|(at, _)| !text[..*at].ends_with(is_word)).map(|(at, _)| {
        let end = text[at..].find(';').map_or(text.len(), |end| at + end);
        (at, &text[at + 4..end])
    })
}

/// The names of the crate that the `use` lines of a file bring in.
fn names(text: &str, module: &[String], modules: &BTreeSet<Vec<String>>) -> Vec<Name> {
    let mut names = Vec::new();
    for (at, tree) in use_lines(text) {
        let before = text[..at].trim_end();
        let hands_on = before.ends_with("pub") || before.ends_with("pub(crate)") || before.ends_with("pub(super)");
        let mut leaves = Vec::new();
        flatten(&tree.split_whitespace().collect::<Vec<_>>().join(" "), "", &mut leaves);
        for leaf in leaves {
            let (path, alias) = leaf.split_once(" as ").unwrap_or((&leaf, ""));
            let mut path: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
            if path.last().is_some_and(|last| last == "self" || last == "*") {
                path.pop();
            }
            let Some(path) = absolute(&path, module, modules) else { continue };
            let last = path.last().cloned().unwrap_or_default();
            let own = if alias.is_empty() { last } else { alias.trim().to_owned() };
            names.push(Name { line: line_of(text, at), own, path, hands_on });
        }
    }
    names
}

/// Takes the groups of a `use` line apart.
fn flatten(tree: &str, prefix: &str, leaves: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        leaves.push(format!("{prefix}{}", tree.trim()));
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut begun) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[begun..at].trim().is_empty() {
                    flatten(inner[begun..at].trim(), &prefix, leaves);
                }
                begun = at + 1;
            }
            _ => {}
        }
    }
}

/// Paths of two names and more outside of `use` lines.
fn paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let lines: Vec<(usize, usize)> = use_lines(text).map(|(at, tree)| (at, at + 4 + tree.len())).collect();
    let mut paths = Vec::new();
    for (at, _) in text.match_indices("::") {
        let begun = text[..at].rfind(|c: char| !is_word(c)).map_or(0, |before| before + 1);
        let is_first = begun < at && !text[..begun].ends_with("::");
        if !is_first || lines.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            continue;
        }
        let end = text[at..].find(|c: char| !is_word(c) && c != ':').map_or(text.len(), |end| at + end);
        let path = text[begun..end].split("::").filter(|part| !part.is_empty() && !part.contains(':'));
        paths.push((line_of(text, at), path.map(str::to_owned).collect()));
    }
    paths
}

/// A path from the root of the crate on; none of what is not the crate's.
fn absolute(path: &[String], module: &[String], modules: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module, rest].concat()),
        "super" => {
            let above = &module[..module.len().checked_sub(1)?];
            if rest.first().is_some_and(|next| next == "super") {
                return absolute(rest, above, modules);
            }
            Some([above, rest].concat())
        }
        _ => {
            let inner = [module, std::slice::from_ref(first)].concat();
            modules.contains(&inner).then(|| [module, path].concat())
        }
    }
}
