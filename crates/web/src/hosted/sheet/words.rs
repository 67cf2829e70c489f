//! What the hosted pages say, in the language of whoever reads them.
//!
//! The words stand in `words/*.ftl` (Fluent); a test holds every language against English. Text for a page is asked for
//! by its key, and a key that is not there is a mistake of ours.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::cmp::Reverse;
use std::sync::LazyLock;

#[cfg(test)]
mod tests;

/// The languages, the one for everybody else first.
const SOURCES: [(&str, &str); 2] = [("en", include_str!("words/en.ftl")), ("de", include_str!("words/de.ftl"))];

static BUNDLES: LazyLock<Vec<FluentBundle<FluentResource>>> = LazyLock::new(|| {
    let bundle = |(name, source): &(&str, &str)| {
        let name = name.parse().expect("the names of the languages are language tags");
        let mut bundle = FluentBundle::new_concurrent(vec![name]);
        // The marks around what is put in show up where pages are compared or copied from.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new((*source).to_owned()).expect("the words are compiled in and tested");
        bundle.add_resource(resource).expect("no key stands in a file twice, which a test looks at");
        bundle
    };
    SOURCES.iter().map(bundle).collect()
});

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language(usize);

impl Language {
    /// What the application asks for, best first and separated by spaces (`ui_locales`), else what the browser accepts.
    pub(crate) fn of(asked: Option<&str>, accepted: Option<&str>) -> Language {
        let asked = asked.unwrap_or_default().split_whitespace().find_map(Language::named);
        asked.or_else(|| accepted.and_then(Language::accepted)).unwrap_or(Language(0))
    }

    fn named(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        SOURCES.iter().position(|(name, _)| name.eq_ignore_ascii_case(primary)).map(Language)
    }

    /// The best of `Accept-Language` that we speak, by its weights.
    fn accepted(header: &str) -> Option<Language> {
        let weighed = header.split(',').filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((tag.trim(), weight))
        });
        let mut weighed: Vec<_> = weighed.collect();
        weighed.sort_by(|(_, one), (_, other)| {
            Reverse(one).partial_cmp(&Reverse(other)).unwrap_or(std::cmp::Ordering::Equal)
        });
        weighed.into_iter().find_map(|(tag, _)| Language::named(tag))
    }

    /// Its tag, for the page to name.
    pub(crate) fn tag(self) -> &'static str {
        SOURCES[self.0].0
    }

    /// The text of this key; `None` where there is none.
    pub(crate) fn find(self, key: &str, given: &[(&str, &str)]) -> Option<String> {
        let bundle = &BUNDLES[self.0];
        let pattern = bundle.get_message(key)?.value()?;
        let arguments: FluentArgs<'_> = given.iter().copied().collect();
        let mut problems = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut problems).into_owned();
        if !problems.is_empty() {
            tracing::error!(key, ?problems, "a text of the hosted pages lacks something");
        }
        Some(text)
    }

    /// The text of this key with these put in.
    pub(crate) fn say(self, key: &str, given: &[(&str, &str)]) -> String {
        self.find(key, given).unwrap_or_else(|| {
            tracing::error!(key, language = self.tag(), "the hosted pages have no such text");
            key.to_owned()
        })
    }
}
