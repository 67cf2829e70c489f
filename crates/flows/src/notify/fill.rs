//! Placeholders and what is put in their place.

use std::borrow::Cow;

/// Where a value is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Into a text.
    Text,
    /// Into HTML, between or inside of tags.
    Html,
    /// Into a header of an email: one line.
    Header,
}

/// Puts values in, reading the template once from left to right: a value that looks like a placeholder stays text.
pub(super) fn fill(template: &str, place: Place, value: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('#') {
        out.push_str(before);
        rest = after;
        match placeholder(after) {
            Some((name, after)) => {
                let value = value(&name.to_lowercase());
                out.push_str(&if place == Place::Html { escape(&value) } else { Cow::Owned(value) });
                rest = after;
            }
            None => out.push('#'),
        }
    }
    out.push_str(rest);
    if place == Place::Header { one_line(&out) } else { out }
}

/// The placeholder whose first `#` was just read, and what follows it.
fn placeholder(after: &str) -> Option<(&str, &str)> {
    let (name, rest) = after.split_once('#')?;
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    fits.then_some((name, rest))
}

/// The names of all placeholders, in lower case.
pub(crate) fn placeholders(template: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('#') {
        rest = match placeholder(after) {
            Some((name, after)) => {
                names.push(name.to_lowercase());
                after
            }
            None => after,
        };
    }
    names
}

/// A part of a template that is kept for some receivers only: `#FPass .. FPass#`.
pub(super) struct Section {
    /// The tag, such as `FPass`.
    pub(super) tag: &'static str,
    /// Whether this receiver gets it.
    pub(super) kept: bool,
}

/// The template with the tags of its sections taken out, and those sections that are not for this receiver.
///
// Wire: `#FPass .. FPass#`, `#FProv .. FProv#` and `#FUName .. FUName#` in templates that move in.
pub(super) fn cut<'a>(template: &'a str, sections: &[Section]) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(template);
    for Section { tag, kept } in sections {
        let (open, close) = (format!("#{tag}"), format!("{tag}#"));
        while let Some((before, inner, after)) = between(&text, &open, &close) {
            text = Cow::Owned(format!("{before}{}{after}", if *kept { inner } else { "" }));
        }
    }
    text
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, rest) = text.split_once(open)?;
    let (inner, after) = rest.split_once(close)?;
    Some((before, inner, after))
}

/// A template that builds the link itself, as `#Url#?vtype=..&vtoken=#GUID#`, with just `#Url#` in its place: ours is
/// the whole link.
///
// Wire: the form in templates that move in.
pub(super) fn whole_links(template: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(template);
    while let Some((before, query, after)) = between(&text, "#Url#?", "#GUID#") {
        if query.len() > 100 || query.contains(['#', ' ', '"', '<', '\n']) {
            break;
        }
        text = Cow::Owned(format!("{before}#Url#{after}"));
    }
    text
}

/// The text without control characters, so that it ends no header.
pub(super) fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The text as HTML shows it.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    }))
}

#[cfg(test)]
mod tests;
