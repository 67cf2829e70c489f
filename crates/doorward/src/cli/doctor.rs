//! `doorward doctor`

use std::fmt::Write as _;

use anyhow::bail;

use super::{DatabaseArguments, block_on, output, quiet, read};
use crate::demo::Folder;
use crate::doctor::{Examined, Patient, Verdict};
use crate::logging;

pub(super) const EXAMPLES: &str = "\
Examples:
  doorward doctor                       with doorward.toml and DOORWARD_*, beside a running server or without one
  doorward doctor --data doorward-demo  only the database of a demo is of interest then

Leaves with 1 when something is wrong; what is only doubtful may be meant so.";

pub(super) fn run(arguments: &DatabaseArguments) -> anyhow::Result<()> {
    logging::start(&quiet());
    let examined = if let Some(folder) = &arguments.data {
        let settings = Folder::at(folder).settings()?;
        examine(Patient::demo(&settings))?
    } else {
        let read = read(arguments.config.as_deref());
        examine(Patient::admit(&read))?
    };
    output::text(&report(&examined))?;
    match examined.iter().filter(|one| matches!(one.verdict, Verdict::Wrong { .. })).count() {
        0 => Ok(()),
        1 => bail!("one thing is wrong; what to do stands below it"),
        count => bail!("{count} things are wrong; what to do stands below each"),
    }
}

fn examine(patient: Patient<'_>) -> anyhow::Result<Vec<Examined>> {
    block_on(async { Ok(patient.examine().await) })
}

fn report(examined: &[Examined]) -> String {
    let mut report = String::new();
    for Examined { what, verdict } in examined {
        let (word, told, remedy) = match verdict {
            Verdict::Well(how) => ("ok", how, None),
            Verdict::Doubtful { problem, remedy } => ("doubtful", problem, Some(remedy)),
            Verdict::Wrong { problem, remedy } => ("WRONG", problem, Some(remedy)),
        };
        writeln!(report, "{word:<9} {what:<15} {told}").expect("text takes all that is written to it");
        if let Some(remedy) = remedy {
            writeln!(report, "{:<25} {remedy}", "").expect("text takes all that is written to it");
        }
    }
    report
}
