//! Rows out of a file, batch by batch.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail};
use doorward_flows::accounts::import::{BATCH, Row};
use serde_json::{Map, Value};

use super::Format;

#[cfg(test)]
mod tests;

/// The longest line that is read, in bytes: more than the largest profile.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What some programs begin a text with. The reader of CSV leaves it out by itself.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Columns of CSV that are true or false.
const TRUTHS: &[&str] =
    &["EmailVerified", "PhoneIdVerified", "IsActive", "DisableLogin", "IsEmailSubscribed", "IsSecurePassword"];
/// Columns of CSV that are numbers.
const NUMBERS: &[&str] = &["NoOfLogins"];

/// Some rows, and where in the file they end.
pub(super) struct Batch {
    pub(super) rows: Vec<Row>,
    pub(super) end: u64,
}

/// The rows of a file in batches.
pub(super) enum Batches {
    Lines { reader: BufReader<File>, line: u64, end: u64 },
    Csv { reader: csv::Reader<BufReader<File>>, heading: Vec<String>, line_feeds: u64 },
}

impl Batches {
    pub(super) fn open(path: &Path, format: Option<Format>) -> anyhow::Result<Batches> {
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("reading {shown}"))?;
        let mut reader = BufReader::new(file);
        match format.map_or_else(|| by_ending(path), Ok)? {
            Format::Jsonl => {
                if reader.fill_buf()?.trim_ascii_start().starts_with(b"[") {
                    bail!("{shown} is one JSON array: write its objects one to a line, as `jq -c '.[]'` does");
                }
                Ok(Batches::Lines { reader, line: 0, end: 0 })
            }
            Format::Csv => {
                // Of CR LF the reader takes the CR for the end of a record, and counts lines by the LF after it.
                let first = reader.fill_buf()?.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let line_feeds = u64::from(first.ends_with(b"\r"));
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
                let heading = reader.headers().with_context(|| format!("reading the heading of {shown}"))?;
                let heading: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
                if !heading.iter().any(|name| identifies(name)) {
                    bail!("{shown} has no column named Email, PhoneId or UserName in its first line");
                }
                if let Some(twice) = named_twice(&heading) {
                    bail!(
                        "{shown} has more than one column named {twice} in its first line; leave out the ones that are not meant"
                    );
                }
                Ok(Batches::Csv { reader, heading, line_feeds })
            }
        }
    }

    fn fill(&mut self) -> anyhow::Result<Batch> {
        let mut rows = Vec::with_capacity(BATCH);
        while rows.len() < BATCH {
            match self.row()? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        let end = match self {
            Batches::Lines { end, .. } => *end,
            Batches::Csv { reader, .. } => reader.position().byte(),
        };
        Ok(Batch { rows, end })
    }

    fn row(&mut self) -> anyhow::Result<Option<Row>> {
        match self {
            Batches::Lines { reader, line, end } => next_line(reader, line, end),
            Batches::Csv { reader, heading, line_feeds } => next_record(reader, heading, *line_feeds),
        }
    }
}

impl Iterator for Batches {
    type Item = anyhow::Result<Batch>;

    fn next(&mut self) -> Option<anyhow::Result<Batch>> {
        match self.fill() {
            Ok(batch) if batch.rows.is_empty() => None,
            filled => Some(filled),
        }
    }
}

fn by_ending(path: &Path) -> anyhow::Result<Format> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "jsonl" | "ndjson" | "json" => Ok(Format::Jsonl),
        "csv" => Ok(Format::Csv),
        _ => {
            bail!("{} does not say by its ending how it is written: add --format jsonl or --format csv", path.display())
        }
    }
}

fn identifies(name: &str) -> bool {
    ["Email", "PhoneId", "UserName"].iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A heading that stands there again: one of its columns would be lost without a word.
fn named_twice(heading: &[String]) -> Option<&String> {
    let again = |(at, name): &(usize, &String)| heading[..*at].iter().any(|earlier| earlier.eq_ignore_ascii_case(name));
    heading.iter().enumerate().filter(|(_, name)| !name.is_empty()).find(again).map(|(_, name)| name)
}

fn next_line(reader: &mut BufReader<File>, line: &mut u64, end: &mut u64) -> anyhow::Result<Option<Row>> {
    loop {
        let mut text = Vec::new();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(None);
        }
        *line += 1;
        *end += read as u64;
        let is_whole = text.ends_with(b"\n") || (read as u64) < LONGEST_LINE;
        if !is_whole {
            *end += reader.skip_until(b'\n')? as u64;
        }
        let text = text.strip_prefix(BYTE_ORDER_MARK).filter(|_| *line == 1).unwrap_or(&text).trim_ascii();
        if !text.is_empty() {
            let body = if is_whole { serde_json::from_slice(text).ok() } else { None };
            return Ok(Some(Row { number: *line, body }));
        }
    }
}

fn next_record(
    reader: &mut csv::Reader<BufReader<File>>,
    heading: &[String],
    line_feeds: u64,
) -> anyhow::Result<Option<Row>> {
    let number = reader.position().line() + line_feeds;
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(false) => Ok(None),
        Ok(true) => {
            let number = record.position().map_or(number, |position| position.line() + line_feeds);
            let is_whole = record.len() <= heading.len();
            Ok(Some(Row { number, body: is_whole.then(|| body(heading, &record)) }))
        }
        Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => Ok(Some(Row { number, body: None })),
        Err(error) => Err(error.into()),
    }
}

/// The cells as a profile: an empty cell says nothing, a dot in a heading leads inside.
fn body(heading: &[String], record: &csv::StringRecord) -> Map<String, Value> {
    let mut body = Map::new();
    for (name, cell) in heading.iter().zip(record) {
        if cell.trim().is_empty() || name.is_empty() {
            continue;
        }
        match name.split_once('.') {
            Some((outer, inner)) => {
                let place = body.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(members) = place {
                    members.insert(inner.to_owned(), value(inner, cell));
                }
            }
            None => {
                body.insert(name.clone(), value(name, cell));
            }
        }
    }
    body
}

fn value(name: &str, cell: &str) -> Value {
    let is = |names: &[&str]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
    let text = || Value::String(cell.to_owned());
    let trimmed = cell.trim();
    if is(TRUTHS) {
        return match trimmed.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => Value::Bool(true),
            "false" | "f" | "no" | "n" | "0" => Value::Bool(false),
            _ => text(),
        };
    }
    if is(NUMBERS) {
        return trimmed.parse::<i64>().map_or_else(|_| text(), Value::from);
    }
    if trimmed.starts_with(['[', '{']) {
        return serde_json::from_str(trimmed).unwrap_or_else(|_| text());
    }
    text()
}
