//! What somebody may have meant by a name that does not exist.

#[cfg(test)]
mod tests;

/// How alike two names must be, from 0 to 1: one typing error in a name of usual length, not another name.
const ALIKE: f64 = 0.85;

/// The one of `names` that is most like `wrong`, whatever the case, if any is like it.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let alike = names.into_iter().map(|name| (strsim::jaro_winkler(&wrong, &name.to_lowercase()), name));
    let best = alike.filter(|(alike, _)| *alike >= ALIKE).max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map(|(_, name)| name)
}

/// The half-sentence that names it: `; did you mean ...?`, or nothing.
pub fn did_you_mean<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
