//! Why a flow did not do what it was asked.

use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;

/// Why a flow did not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// The catalogue has a row for it.
    Refused(Box<Refusal>),
    /// Something broke; the caller learns nothing of it, the log everything.
    Failed(anyhow::Error),
}

/// What flows return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(Box::new(refusal))
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Error {
        Refusal::from(reason).into()
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Failed(error)
    }
}

impl From<doorward_store::Error> for Error {
    fn from(error: doorward_store::Error) -> Error {
        use doorward_store::Error as Store;
        match error {
            Store::Busy | Store::TimedOut | Store::Closed | Store::Retry(_) | Store::Gone(_) => {
                tracing::warn!(%error, "the database did not answer in time");
                busy()
            }
            Store::Full(_) => {
                tracing::error!(%error, "nothing can be written");
                busy()
            }
            other => Error::Failed(other.into()),
        }
    }
}

/// 90005: there is more to do than can be done; in a second it may be different.
pub(crate) fn busy() -> Error {
    Refusal::from(Reason::Busy).retry_after(1).into()
}
