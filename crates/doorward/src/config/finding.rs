//! What is wrong with the settings, in words an operator can act on.

use std::fmt;

/// One unsafe or invalid setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands: `[server] public_url`, or the name of a file or variable.
    pub place: String,
    /// What is wrong with it and why that matters.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// A finding about one place; `remedy` is a whole sentence.
    pub fn new(place: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { place: place.into(), problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.place, self.problem, self.remedy)
    }
}

/// The settings cannot be used, for at least one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsound(pub Vec<Finding>);

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these settings cannot be used:")?;
        self.0.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}

impl std::error::Error for Unsound {}

impl From<Finding> for Unsound {
    fn from(finding: Finding) -> Unsound {
        Unsound(vec![finding])
    }
}
