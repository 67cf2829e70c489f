//! The figures, as tables for people and as JSON for programs.

use crate::command_line::Options;
use crate::load::{Figures, Tally};
use crate::machine::cores;
use crate::scenario::{Limit, Scenario};
use crate::statistics::Spread;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, Write};

#[cfg(test)]
mod tests;

/// Connections from which on the share of the limit is judged: fewer cannot keep every core busy.
const JUDGED_FROM: usize = 64;

/// Says on standard error what is going on.
pub(crate) fn progress(text: impl Display) {
    // Who closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{text}");
}

/// All that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    version: &'static str,
    cores: usize,
    processor: String,
    seconds: u64,
    repeat: u64,
    cells: Vec<Cell>,
    facts: Vec<Fact>,
}

/// One repetition: the limit, and right after it the scenario.
pub(crate) struct Trial {
    pub(crate) figures: Figures,
    pub(crate) limit: Figures,
    pub(crate) tally: Tally,
}

/// One scenario with so many connections.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Cell {
    pub(crate) database: &'static str,
    pub(crate) accounts: u64,
    pub(crate) scenario: Scenario,
    pub(crate) connections: usize,
    pub(crate) per_second: Spread,
    #[serde(rename = "p50_ms")]
    pub(crate) p50: Spread,
    #[serde(rename = "p99_ms")]
    p99: Spread,
    #[serde(rename = "cpu_us")]
    processor: Spread,
    limit: Limited,
    /// Requests a second, as a share of the limit's.
    ratio: Spread,
    target: f64,
    verdict: Verdict,
    /// Answered with 503.
    refused: usize,
    /// Answered otherwise than wanted, or not at all.
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    complaint: Option<String>,
}

/// The limit's own figures.
#[derive(Debug, Clone, Serialize)]
struct Limited {
    name: &'static str,
    per_second: Spread,
    #[serde(rename = "p50_ms")]
    p50: Spread,
    #[serde(rename = "p99_ms")]
    p99: Spread,
    #[serde(rename = "cpu_us")]
    processor: Spread,
}

impl Cell {
    /// Sums up the repetitions; fails when there are none.
    pub(crate) fn of(
        database: &'static str,
        accounts: u64,
        scenario: Scenario,
        connections: usize,
        limit: Limit,
        target: f64,
        trials: &[Trial],
    ) -> Result<Cell> {
        let spread =
            |value: &dyn Fn(&Trial) -> f64| Spread::of(trials.iter().map(value)).context("nothing was measured");
        let ratio = spread(&|trial| trial.figures.per_second / trial.limit.per_second)?;
        let verdict = match connections {
            JUDGED_FROM.. => Target::AtLeast(target).judge(ratio.median),
            _ => Verdict::NotJudged,
        };
        Ok(Cell {
            database,
            accounts,
            scenario,
            connections,
            per_second: spread(&|trial| trial.figures.per_second)?,
            p50: spread(&|trial| trial.figures.p50)?,
            p99: spread(&|trial| trial.figures.p99)?,
            processor: spread(&|trial| trial.figures.processor)?,
            limit: Limited {
                name: limit.name(),
                per_second: spread(&|trial| trial.limit.per_second)?,
                p50: spread(&|trial| trial.limit.p50)?,
                p99: spread(&|trial| trial.limit.p99)?,
                processor: spread(&|trial| trial.limit.processor)?,
            },
            ratio,
            target,
            verdict,
            refused: trials.iter().map(|trial| trial.tally.refused.len()).sum(),
            failed: trials.iter().map(|trial| trial.tally.failed).sum(),
            complaint: trials.iter().find_map(|trial| trial.tally.complaint.clone()),
        })
    }

    /// The scenario's line, and below it the limit's.
    fn lines(&self) -> [Vec<String>; 2] {
        let place = format!("{} {}", self.database, self.accounts);
        let share = self.ratio.scaled(100.0);
        let target = format!("≥ {:.0} %", self.target * 100.0);
        let wrong = match (self.refused, self.failed) {
            (0, 0) => String::new(),
            (refused, failed) => format!("{refused} refused, {failed} failed"),
        };
        let own = [place, self.scenario.name().to_owned(), self.connections.to_string()].into_iter();
        let own = own.chain(figures(&self.per_second, &self.p50, &self.p99, &self.processor));
        let own = own.chain([format!("{} %", spread(&share)), target, self.verdict.text().to_owned(), wrong]).collect();
        let limit = &self.limit;
        let beside = [String::new(), format!("· {}", limit.name), String::new()].into_iter();
        let beside = beside.chain(figures(&limit.per_second, &limit.p50, &limit.p99, &limit.processor));
        let beside = beside.chain(std::iter::repeat_n(String::new(), 4)).collect();
        [own, beside]
    }
}

fn figures(per_second: &Spread, p50: &Spread, p99: &Spread, processor: &Spread) -> [String; 4] {
    [spread(per_second), rounded(p50.median), rounded(p99.median), rounded(processor.median)]
}

/// One figure that stands for itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u64>,
    what: String,
    value: Spread,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    verdict: Verdict,
}

impl Fact {
    /// A figure of one database with so many accounts.
    pub(crate) fn new(
        database: &'static str,
        accounts: u64,
        what: &str,
        unit: &'static str,
        value: Spread,
        target: Option<Target>,
    ) -> Fact {
        Fact { database: Some(database), accounts: Some(accounts), ..Fact::overall(what, unit, value, target) }
    }

    /// A figure that no database has a part in.
    pub(crate) fn overall(what: &str, unit: &'static str, value: Spread, target: Option<Target>) -> Fact {
        let verdict = target.map_or(Verdict::NotJudged, |target| target.judge(value.median));
        Fact { database: None, accounts: None, what: what.to_owned(), value, unit, target, verdict }
    }

    fn line(&self) -> Vec<String> {
        let place = match (self.database, self.accounts) {
            (Some(database), Some(accounts)) => format!("{database} {accounts}"),
            _ => String::new(),
        };
        let value = format!("{} {}", spread(&self.value), self.unit);
        let target = self.target.map_or_else(String::new, |target| target.text(self.unit));
        vec![place, self.what.clone(), value, target, self.verdict.text().to_owned()]
    }
}

/// What a figure is to be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Target {
    fn judge(self, value: f64) -> Verdict {
        match self {
            Target::AtLeast(least) if value < least => Verdict::Below,
            Target::AtMost(most) if value > most => Verdict::Above,
            Target::AtLeast(_) | Target::AtMost(_) => Verdict::Ok,
        }
    }

    fn text(self, unit: &str) -> String {
        match self {
            Target::AtLeast(least) => format!("≥ {least} {unit}"),
            Target::AtMost(most) => format!("≤ {most} {unit}"),
        }
    }
}

/// Whether a figure is what it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// It is.
    Ok,
    /// Less than wanted.
    Below,
    /// More than allowed.
    Above,
    /// Nothing is wanted.
    NotJudged,
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Below => "**below**",
            Verdict::Above => "**above**",
            Verdict::NotJudged => "",
        }
    }
}

const CELL_HEADINGS: [&str; 11] = [
    "accounts",
    "scenario",
    "connections",
    "per second",
    "p50 ms",
    "p99 ms",
    "CPU µs",
    "of the limit",
    "target",
    "verdict",
    "errors",
];

const FACT_HEADINGS: [&str; 5] = ["accounts", "figure", "value", "target", "verdict"];

impl Report {
    /// An empty report on this machine.
    pub(crate) fn new(options: &Options) -> Report {
        Report {
            version: env!("CARGO_PKG_VERSION"),
            cores: cores().get(),
            processor: processor_name(),
            seconds: options.seconds,
            repeat: options.repeat,
            cells: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Takes a figure, and says it.
    pub(crate) fn add(&mut self, fact: Fact) {
        progress(format_args!("  {}: {} {}", fact.what, spread(&fact.value), fact.unit));
        self.facts.push(fact);
    }

    /// Takes a cell, and says it.
    pub(crate) fn add_cell(&mut self, cell: Cell) {
        let share = cell.ratio.median * 100.0;
        progress(format_args!("  {}/s, {share:.0} % of {}", rounded(cell.per_second.median), cell.limit.name));
        self.cells.push(cell);
    }

    /// The cells with the most connections that were measured.
    pub(crate) fn cells_at_most_connections(&self) -> Vec<Cell> {
        let most = self.cells.iter().map(|cell| cell.connections).max();
        self.cells.iter().filter(|cell| Some(cell.connections) == most).cloned().collect()
    }

    /// All of it for programs.
    pub(crate) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Prints the tables on standard output.
    pub(crate) fn print(&self) -> Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "doorward {} on {} cores ({}),", self.version, self.cores, self.processor)?;
        writeln!(out, "medians of {} repetitions of {} s, in brackets the spread\n", self.repeat, self.seconds)?;
        let cells: Vec<_> = self.cells.iter().flat_map(Cell::lines).collect();
        if !cells.is_empty() {
            writeln!(out, "{}", table(&CELL_HEADINGS, &cells))?;
        }
        let facts: Vec<_> = self.facts.iter().map(Fact::line).collect();
        writeln!(out, "{}", table(&FACT_HEADINGS, &facts))?;
        for cell in &self.cells {
            if let Some(complaint) = &cell.complaint {
                writeln!(out, "{} with {}: first error: {complaint}", cell.scenario.name(), cell.connections)?;
            }
        }
        Ok(())
    }
}

/// A table in Markdown whose columns line up.
fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells = cells.zip(&widths).map(|(cell, width)| format!(" {cell:width$} |", width = *width));
        format!("|{}\n", cells.collect::<String>())
    };
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = line(&mut headings.iter().copied());
    text += &line(&mut rules.iter().map(String::as_str));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// The median, and the ends when there is anything between them.
fn spread(spread: &Spread) -> String {
    let (median, least, most) = (rounded(spread.median), rounded(spread.least), rounded(spread.most));
    if least == most { median } else { format!("{median} ({least}–{most})") }
}

/// Three digits that matter, more only before the point.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn processor_name() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| "an unnamed processor".to_owned(), |(_, name)| name.trim().to_owned())
}
