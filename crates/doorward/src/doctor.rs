//! Looks at everything that a server with these settings depends on, and says what to do about what is wrong.

mod around;
mod within;

use doorward_store::Store;

use crate::config::{DatabaseUrl, Settings};
use crate::database;

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The thing, in a word or two.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
}

/// How something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be; says how that is.
    Well(String),
    /// It may be meant so, or may not be.
    Doubtful {
        /// What is unusual.
        problem: String,
        /// What to do if it is not meant so.
        remedy: String,
    },
    /// A server would not start, or not do its work.
    Wrong {
        /// What is wrong.
        problem: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Verdict {
    fn well(how: impl Into<String>) -> Verdict {
        Verdict::Well(how.into())
    }

    fn doubtful(problem: impl Into<String>, remedy: impl Into<String>) -> Verdict {
        Verdict::Doubtful { problem: problem.into(), remedy: remedy.into() }
    }

    fn wrong(problem: impl Into<String>, remedy: impl Into<String>) -> Verdict {
        Verdict::Wrong { problem: problem.into(), remedy: remedy.into() }
    }
}

/// A patient whose database is open, if it can be. Must be made outside of asynchronous code.
pub struct Patient<'a> {
    settings: &'a Settings,
    store: Result<Store, Verdict>,
}

impl<'a> Patient<'a> {
    /// Opens the database that these settings name; makes none where there is none.
    pub fn admit(settings: &'a Settings) -> Patient<'a> {
        Patient { settings, store: open(settings) }
    }

    /// Everything there is to say, in the order in which it has to be put right.
    pub async fn examine(self) -> Vec<Examined> {
        let Patient { settings, store } = self;
        let mut found = within::settings(settings);
        found.extend(within::certificate(settings));
        match &store {
            Ok(store) => found.extend(within::database(settings, store).await),
            Err(verdict) => found.push(Examined { what: "database", verdict: verdict.clone() }),
        }
        found.extend(within::disk(settings));
        found.extend(around::examine(settings).await);
        if let Ok(store) = store {
            store.close().await;
        }
        found
    }
}

fn open(settings: &Settings) -> Result<Store, Verdict> {
    if let Ok(DatabaseUrl::Sqlite(path)) = settings.database.location()
        && !path.exists()
    {
        let problem = format!("there is none in {}", path.display());
        let remedy =
            "`doorward serve` or `doorward migrate` makes one; after a loss, `doorward restore` puts a copy there.";
        return Err(Verdict::wrong(problem, remedy));
    }
    database::open(&settings.database).map_err(|error| {
        let elsewhere = "Check [database] url, and that its server or folder can be reached.";
        trouble(&error).unwrap_or_else(|| Verdict::wrong(format!("{error:#}"), elsewhere))
    })
}

/// The trouble of the database that lies in an error, with what to do about this one; none where it is another kind,
/// or one that has no remedy of its own.
fn trouble(error: &anyhow::Error) -> Option<Verdict> {
    let found = error.chain().find_map(|cause| cause.downcast_ref::<doorward_store::Error>())?;
    Some(Verdict::wrong(found.problem(), sentence(found.remedy()?)))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
