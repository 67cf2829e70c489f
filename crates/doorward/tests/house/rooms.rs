//! The rooms of `crates/flows`, in the order in which ARCHITECTURE.md draws them.

use super::reader::{Sources, Use};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms that stand below whatever a door calls, the lowest first: each may use those before it.
const EIGHT: &[&str] = &["app", "access", "notify", "limits", "challenge", "profile", "factors", "session"];

/// Of the eight, those that do not use each other although one stands before the other.
const APART: &[(&str, &str)] = &[("limits", "notify")];

/// The rooms above the eight, and what each may use beside them.
const ABOVE: &[(&str, &[&str])] = &[
    ("registration", &[]),
    ("accounts", &["registration"]),
    ("credentials", &["registration"]),
    ("own", &["registration"]),
    ("configuration", &["registration"]),
    ("sign_in", &["registration", "accounts"]),
    ("worker", &[]),
];

/// What a proof is made by, and the only places that may do it, below `crates/flows/src/`.
const MADE_IN: &[(&str, &[&str])] = &[
    // What fuzzers ask of a judge is asked by a caller whom nobody let in.
    ("Caller {", &["access", "factors/passkey/fuzz.rs"]),
    ("Admin {", &["access"]),
    ("SignedIn {", &["access"]),
    ("Released::by(", &["factors/release.rs"]),
];

/// Rooms that hold no use case: what is public there and waits for something is this alone.
const WITHOUT_USE_CASES: &[&str] = &["app", "limits", "challenge", "profile", "factors"];
const NO_USE_CASE: &[&str] = &["check_master_key"];

fn flows() -> Sources {
    Sources::read("flows")
}

/// What a room may use.
fn allowed(room: &str) -> Option<Vec<&'static str>> {
    if let Some(floor) = EIGHT.iter().position(|one| *one == room) {
        let apart = |other: &&str| !APART.contains(&(EIGHT[floor], *other));
        return Some(EIGHT[..floor].iter().copied().filter(apart).collect());
    }
    let (_, beside) = ABOVE.iter().find(|(one, _)| *one == room)?;
    Some(EIGHT.iter().chain(*beside).copied().collect())
}

/// What is wrong with the arrows between rooms.
fn faults(sources: &Sources) -> Vec<String> {
    let mut faults = Vec::new();
    for Use { file, line, from, to, .. } in sources.uses() {
        let (Some(room), Some(other)) = (from.first(), to.first()) else { continue };
        match allowed(room) {
            None => faults.push(format!("{file}:{line}: no room `{room}` is declared; put the file into one that is")),
            Some(_) if room == other => {}
            Some(allowed) if allowed.contains(&other.as_str()) => {}
            Some(_) => faults.push(format!(
                "{file}:{line}: `{room}` must not use `{}`: move what both need to the lower room, or let the caller \
                 act on a verdict",
                to.join("::")
            )),
        }
    }
    faults
}

#[test]
fn no_room_uses_one_above_it() {
    let sources = flows();
    let stands: BTreeSet<&str> = sources.rooms().collect();
    let drawn: BTreeSet<&str> = EIGHT.iter().chain(ABOVE.iter().map(|(room, _)| room)).copied().collect();
    assert_eq!(stands, drawn, "a room was added or removed: declare it here and draw it in ARCHITECTURE.md");
    assert_eq!(faults(&sources), Vec::<String>::new());
}

#[test]
fn a_room_hands_on_its_own_things_alone() {
    let mut faults = Vec::new();
    for Use { file, line, from, to, hands_on } in flows().uses() {
        if *hands_on && from.first().is_some_and(|room| Some(room) != to.first()) {
            faults.push(format!("{file}:{line}: let those who want `{}` name it where it stands", to.join("::")));
        }
    }
    for (file, line, text) in flows().lines() {
        if text.trim_start().starts_with("impl App ") && !file.ends_with("src/app.rs") {
            faults.push(format!("{file}:{line}: a method of App is an arrow that nobody sees; make it a function"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// The files that lead into a circle of files of one room.
fn circle(sources: &Sources) -> Vec<String> {
    let mut arrows: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    // A file that hands something on does not use it.
    for Use { from, to, hands_on, .. } in sources.uses() {
        if !hands_on && from != to && from.first() == to.first() {
            arrows.entry(from).or_default().insert(to);
        }
    }
    // Whoever uses nothing that is left is in no circle.
    loop {
        let left: BTreeSet<&[String]> = arrows.keys().copied().collect();
        for used in arrows.values_mut() {
            used.retain(|one| left.contains(one));
        }
        arrows.retain(|_, used| !used.is_empty());
        if arrows.len() == left.len() {
            return arrows.keys().map(|module| module.join("::")).collect();
        }
    }
}

#[test]
fn no_files_of_a_room_use_each_other_in_a_circle() {
    let help = "these lead into a circle: move what both need to one of them, or below";
    assert_eq!(circle(&flows()), Vec::<String>::new(), "{help}");
}

#[test]
fn a_circle_is_found_behind_what_is_handed_on() {
    let planted = Sources::of(
        "flows",
        &[
            ("limits.rs", "mod lock;\nmod count;\npub use count::count;"),
            ("limits/lock.rs", "use super::count;\npub fn lock() { count() }"),
            ("limits/count.rs", "pub fn count() { super::lock::lock() }"),
        ],
    );
    assert_eq!(circle(&planted), ["limits::count", "limits::lock"]);
}

#[test]
fn what_proves_something_is_made_in_one_place() {
    let mut faults = Vec::new();
    for (file, line, text) in flows().lines() {
        for (made, homes) in MADE_IN {
            let is_made = text.match_indices(made).any(|(at, _)| {
                let before = text[..at].trim_end();
                let is_part = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let is_read = ["struct", "impl", "for", "->", "let"].iter().any(|word| before.ends_with(word));
                !is_part && !is_read
            });
            if is_made && !homes.iter().any(|home| file.contains(&format!("src/{home}"))) {
                faults.push(format!(
                    "{file}:{line}: `{made}` is written in {homes:?} alone; take the proof as an argument"
                ));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn use_cases_stand_above_what_they_use() {
    let mut faults = Vec::new();
    for (file, line, text) in flows().lines() {
        let Some(name) = text.strip_prefix("pub async fn ") else { continue };
        let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let room = file.split("/src/").nth(1).and_then(|path| path.split(['/', '.']).next()).unwrap_or_default();
        if WITHOUT_USE_CASES.contains(&room) && !NO_USE_CASE.contains(&name) {
            faults.push(format!("{file}:{line}: `{name}` is a use case; put it into a room above `session`"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_order_is_drawn_in_the_architecture() {
    let text = std::fs::read_to_string(super::root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md can be read");
    let drawn = EIGHT.join(" → ");
    assert!(text.contains(&drawn), "ARCHITECTURE.md must say the order of the rooms: {drawn}");
    for (room, _) in ABOVE {
        assert!(text.contains(&format!("| `{room}` |")), "ARCHITECTURE.md must say what belongs in `{room}`");
    }
}

#[test]
fn an_arrow_is_found_however_it_is_written() {
    let spellings = [
        "use crate::session::Fresh;",
        "use super::super::session::Fresh;",
        "use crate::{App, session::{self, Fresh}};",
        "fn late() { crate::session::begin() }",
        "pub use crate::session::Fresh;",
        "use crate::session;\nfn late() { session::begin() }",
        "use crate::factors::handed;",
    ];
    let planted = |text: &str| {
        Sources::of(
            "flows",
            &[
                ("lib.rs", "mod limits;\nmod session;\nmod factors;\nmod app;\npub use app::App;"),
                ("app.rs", "pub struct App;"),
                ("limits.rs", "mod captcha;"),
                ("limits/captcha.rs", text),
                ("factors.rs", "pub use crate::session::begin as handed;"),
                ("session.rs", "pub struct Fresh;\npub fn begin() {}"),
            ],
        )
    };
    for text in spellings {
        let found = faults(&planted(text));
        assert!(found.iter().any(|fault| fault.contains("limits/captcha.rs")), "not found: {text}\n{found:?}");
    }
    for text in ["// use crate::session::Fresh;", "const TEXT: &str = \"crate::session::Fresh\";", "use crate::App;"] {
        let found = faults(&planted(text));
        assert!(
            !found.iter().any(|fault| fault.contains("limits/captcha.rs")),
            "found what is none: {text}\n{found:?}"
        );
    }
}
