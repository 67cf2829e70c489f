//! A flow's refusal, as a command tells it.

use doorward_flows::Error;
use doorward_model::reason::Reason;

/// The failure itself, or the refusal in the words of the catalogue.
pub(crate) fn to_anyhow(error: Error) -> anyhow::Error {
    match error {
        Error::Failed(error) => error,
        // What exactly the database did was logged where it happened.
        Error::Refused(refusal) if refusal.reason == Reason::Busy => doorward_store::Error::Busy.into(),
        Error::Refused(refusal) => anyhow::anyhow!("{}", refusal.reason.description()),
    }
}
