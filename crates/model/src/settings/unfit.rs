//! Why a setting is refused.

/// Why a settings document is not accepted; meant for the administrator who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// Refuses a number that is not in its range.
pub(super) fn within(name: &str, value: i64, least: i64, most: i64) -> Result<(), Unfit> {
    let fits = (least..=most).contains(&value);
    fits.then_some(()).ok_or_else(|| Unfit(format!("{name} must be between {least} and {most}, it is {value}")))
}
