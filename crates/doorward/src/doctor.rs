//! Looks at everything that a server with these settings depends on, and says what to do about what is wrong.

mod around;
mod within;

use doorward_store::Store;

use crate::config::{DatabaseUrl, Finding, Read, Settings};
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
    /// What is wrong with the settings of a server; nothing is asked of those of a demo.
    findings: Option<Vec<Finding>>,
    store: Result<Store, Verdict>,
}

impl<'a> Patient<'a> {
    /// Opens the database that these settings name; makes none where there is none.
    pub fn admit(read: &'a Read) -> Patient<'a> {
        let settings = &read.settings;
        Patient { settings, findings: Some(read.findings(Settings::unsound)), store: open(settings) }
    }

    /// The same for a demo, of which only the database is of interest.
    pub fn demo(settings: &'a Settings) -> Patient<'a> {
        Patient { settings, findings: None, store: open(settings) }
    }

    /// Everything there is to say, in the order in which it has to be put right.
    pub async fn examine(self) -> Vec<Examined> {
        let Patient { settings, findings, store } = self;
        let is_server = findings.is_some();
        let mut found = findings.map(within::settings).unwrap_or_default();
        found.extend(within::certificate(settings));
        match &store {
            Ok(store) => found.extend(within::database(settings, store).await),
            Err(verdict) => found.push(Examined { what: "database", verdict: verdict.clone() }),
        }
        found.extend(within::disk(settings));
        if is_server {
            found.extend(around::examine(settings).await);
        }
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
        let (problem, remedy) = trouble(settings, &error, NOT_OPENED);
        Verdict::wrong(problem, remedy)
    })
}

const NOT_OPENED: &str = "Check [database] url, and that its server or folder can be reached.";

/// What went wrong and what to do about it: about this error of the database, since advice for another one does harm.
/// `otherwise` is for errors that did not come from there.
fn trouble(settings: &Settings, error: &anyhow::Error, otherwise: &str) -> (String, String) {
    let found = error.chain().find_map(|cause| cause.downcast_ref::<doorward_store::Error>());
    match found.map(|found| (found, found.remedy())) {
        Some((found, Some(remedy))) => (found.problem(), sentence(remedy)),
        Some((found, None)) => (format!("{error:#}"), look(settings, found).to_owned()),
        None => (format!("{error:#}"), otherwise.to_owned()),
    }
}

/// Where to look after an error that says all it knows.
fn look(settings: &Settings, error: &doorward_store::Error) -> &'static str {
    match (error, settings.database.location()) {
        (doorward_store::Error::Open(_), _) => NOT_OPENED,
        (_, Ok(DatabaseUrl::Postgres(_))) => {
            "Look into the log of the database server, which says more. Change neither the master key nor the program for it."
        }
        _ => "Look at the file and its disk; if it is damaged, stop the server and `doorward restore` the last copy.",
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
