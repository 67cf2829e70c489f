//! The error codes.

use doorward_model::reason::Reason;
use serde::Serialize;

/// All of them, by number.
#[derive(Serialize)]
pub(super) struct Catalogue {
    codes: Vec<Code>,
}

#[derive(Serialize)]
struct Code {
    number: u32,
    status: u16,
    name: &'static str,
    message: &'static str,
    remedy: &'static str,
}

pub(super) fn read() -> Catalogue {
    let mut codes: Vec<Code> = Reason::ALL
        .iter()
        .map(|reason| Code {
            number: reason.code(),
            status: reason.status(),
            name: reason.name(),
            message: reason.message(),
            remedy: reason.description(),
        })
        .collect();
    codes.sort_by_key(|code| code.number);
    Catalogue { codes }
}
