//! The rooms of the two doors, `crates/api` and `crates/web`: groups of use cases that do not touch each other.

use super::reader::{Sources, Use};

/// Every group of operations may use these, and no other group.
const OPERATIONS: &[&str] = &["wire", "caller", "routes", "ops::answers"];

/// Room of `crates/api`, and what it may use. The file `ops.rs` lists all groups, `lib.rs` serves them.
const API: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("routes", &["wire"]),
    // A signed request is judged by what its route line says of it.
    ("caller", &["wire", "routes"]),
    ("ops::answers", &["wire", "caller"]),
    ("ops::configuration", OPERATIONS),
    ("ops::registration", OPERATIONS),
    ("ops::sign_in", OPERATIONS),
    ("ops::credentials", OPERATIONS),
    ("ops::own", OPERATIONS),
    ("ops::session", OPERATIONS),
    ("ops::accounts", OPERATIONS),
    ("openapi", &["wire", "routes"]),
    ("cors", &["wire", "caller"]),
    ("layers", &["wire", "caller", "cors"]),
    ("fuzz", &["wire", "caller", "ops::answers"]),
];

/// Every group of hosted pages may use these, and no other group.
const PAGES: &[&str] = &["frame", "hosted::sheet", "hosted::here"];

/// But the page of an account is put together from what each credential shows of itself, and the one to sign in on asks a
/// known device for its PIN.
const PAGES_WITH_CREDENTIALS: &[&str] = &["frame", "hosted::sheet", "hosted::here", "hosted::credentials"];

/// Room of `crates/web`, and what it may use. The file `hosted.rs` lists all groups, `lib.rs` serves the rooms.
const WEB: &[(&str, &[&str])] = &[
    ("frame", &[]),
    ("confirm", &["frame"]),
    ("demo", &["frame"]),
    ("docs", &["frame"]),
    ("hosted::sheet", &["frame"]),
    ("hosted::here", &["frame", "hosted::sheet"]),
    ("hosted::credentials", PAGES),
    ("hosted::registration", PAGES),
    ("hosted::sign_in", PAGES_WITH_CREDENTIALS),
    ("hosted::own", PAGES_WITH_CREDENTIALS),
];

/// The innermost declared room that a module stands in; `None` for the files that list rooms.
fn room_of<'a>(rooms: &[(&'a str, &[&str])], module: &[String]) -> Option<&'a str> {
    let path = module.join("::");
    let holds = |room: &&str| path == **room || path.starts_with(&format!("{room}::"));
    rooms.iter().map(|(room, _)| *room).filter(holds).max_by_key(|room| room.len())
}

/// What is wrong with the arrows between the rooms of a door.
fn faults(rooms: &[(&str, &[&str])], sources: &Sources) -> Vec<String> {
    let mut faults = Vec::new();
    for Use { file, line, from, to, .. } in sources.uses() {
        let (Some(room), other) = (room_of(rooms, from), room_of(rooms, to)) else { continue };
        let allowed = rooms.iter().find(|(one, _)| *one == room).map_or(&[][..], |(_, allowed)| allowed);
        if other != Some(room) && !other.is_some_and(|other| allowed.contains(&other)) {
            faults.push(format!(
                "{file}:{line}: `{room}` must not use `{}`: what two groups share stands below both",
                to.join("::")
            ));
        }
    }
    faults
}

/// The outermost rooms that stand in a crate and are not declared.
fn undeclared(rooms: &[(&str, &[&str])], sources: &Sources) -> Vec<String> {
    let is_declared = |room: &&str| rooms.iter().any(|(one, _)| one == room || one.starts_with(&format!("{room}::")));
    sources.rooms().filter(|room| !is_declared(room)).map(str::to_owned).collect()
}

#[test]
fn the_rooms_of_the_doors_keep_their_order() {
    for (name, rooms) in [("api", API), ("web", WEB)] {
        let sources = Sources::read(name);
        assert_eq!(undeclared(rooms, &sources), Vec::<String>::new(), "declare the room of crates/{name} here");
        assert_eq!(faults(rooms, &sources), Vec::<String>::new());
    }
}

#[test]
fn a_group_that_touches_another_is_found() {
    let planted = Sources::of(
        "api",
        &[
            ("ops.rs", "mod own;\nmod sign_in;\nfn routes() { own::routes(); sign_in::routes(); }"),
            ("ops/own.rs", "use crate::wire::Error;\nuse super::sign_in::Lasting;"),
            ("ops/sign_in.rs", "pub struct Lasting;\npub fn routes() {}"),
            ("wire.rs", "pub struct Error;\nfn up() { crate::ops::own::routes() }"),
        ],
    );
    let found = faults(API, &planted);
    let at: Vec<&str> = found.iter().filter_map(|fault| fault.split(": `").next()).collect();
    assert_eq!(at, ["crates/api/src/ops/own.rs:2", "crates/api/src/wire.rs:2"]);
}
