//! Turns `catalogue.tsv` into the enum `Reason` and its table, which `src/reason.rs` includes.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const CATALOGUE: &str = "catalogue.tsv";
const COLUMNS: &str = "code\tstatus\tname\tkeys\tmessage\tdescription";

struct Row<'a> {
    code: u32,
    status: u16,
    name: &'a str,
    keys: &'static str,
    message: &'a str,
    description: &'a str,
}

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let text = fs::read_to_string(CATALOGUE).expect("catalogue.tsv stands beside build.rs");
    let rows = read(&text);
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR for a build script");
    fs::write(Path::new(&out).join("reason.rs"), generate(&rows)).expect("OUT_DIR can be written to");
}

fn read(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(COLUMNS), "{CATALOGUE}: the first line names the columns");
    let rows: Vec<Row<'_>> = lines.map(read_row).collect();
    assert!(rows.is_sorted_by(|a, b| a.code < b.code), "{CATALOGUE}: rows ascend by code, none twice");
    let names: HashSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "{CATALOGUE}: no name twice");
    rows
}

fn read_row(line: &str) -> Row<'_> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [code, status, name, keys, message, description] = cells[..] else {
        panic!("{CATALOGUE}: not six columns in: {line}");
    };
    assert!(!message.is_empty() && !description.is_empty(), "{CATALOGUE}: a text is missing in: {line}");
    Row {
        code: code.parse().unwrap_or_else(|_| panic!("{CATALOGUE}: the code is no number in: {line}")),
        status: status.parse().unwrap_or_else(|_| panic!("{CATALOGUE}: the status is no number in: {line}")),
        name,
        keys: match keys {
            "" => "CodeFirst",
            "message-first" => "MessageFirst",
            "description-first" => "DescriptionFirst",
            "both-cases" => "BothCases",
            _ => panic!("{CATALOGUE}: unknown order of keys in: {line}"),
        },
        message,
        description,
    }
}

fn generate(rows: &[Row<'_>]) -> String {
    let (mut variants, mut all, mut table) = (String::new(), String::new(), String::new());
    for Row { code, status, name, keys, message, description } in rows {
        let doc = format!("{code}, status {status}: {message}.");
        write!(variants, "#[doc = {doc:?}] {name},").expect("a String takes any text");
        write!(all, "Reason::{name},").expect("a String takes any text");
        write!(
            table,
            "Row {{ code: {code}, status: {status}, name: {name:?}, keys: Keys::{keys}, \
             message: {message:?}, description: {description:?} }},"
        )
        .expect("a String takes any text");
    }
    format!(
        "/// Why a request is refused: one variant per row of the catalogue.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
         pub enum Reason {{ {variants} }}\n\
         impl Reason {{\n\
             /// Every reason, ascending by code.\n\
             pub const ALL: &'static [Reason] = &[{all}];\n\
         }}\n\
         static ROWS: [Row; {count}] = [{table}];\n",
        count = rows.len(),
    )
}
