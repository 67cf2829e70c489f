//! README.md, pasted as a newcomer pastes it: as it is printed, twice, in each shell.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Ended, Installation, Program};

const SHELLS: [&str; 2] = ["sh", "bash"];

/// The lines of the code block that has this line in it.
fn block(with: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.into_iter().find(|block| block.contains(with)).unwrap().to_owned()
}

/// Puts `to` in the place of the one `from`, so that a README which says something else is noticed.
fn put(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    text.replace(from, to)
}

#[test]
fn a_password_is_forgotten_and_reset_as_often_as_the_lines_are_pasted() {
    let installation = Installation::bare();
    let (_demo, api, ready) = installation.demo(&[]);
    let word = |name: &str| ready[name].as_str().unwrap().to_owned();
    let lines = block("PHONE=");
    let lines = put(&lines, "URL=http://localhost:8080\n", &format!("URL={}\n", api.url));
    let lines = put(&lines, "\nKEY=...", &format!("\nKEY={}", word("api_key")));
    let lines = put(&lines, "\nSECRET=...", &format!("\nSECRET={}", word("api_secret")));
    for shell in SHELLS {
        let pasted = Ended::of(Command::new(shell).args(["-c", &lines.repeat(2)]));
        let answers: Vec<Value> = pasted.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((answers.len(), pasted.err.as_str()), (12, ""), "{pasted:?}");
        for [registered, proved, asked, reset, new, old] in answers.as_chunks().0 {
            assert_eq!((&registered["IsPosted"], &asked["IsPosted"]), (&true.into(), &true.into()), "{pasted:?}");
            for signed_in in [&proved["access_token"], &reset["Data"]["access_token"], &new["access_token"]] {
                assert!(signed_in.is_string(), "{pasted:?}");
            }
            assert_eq!(old["ErrorCode"], 966, "{pasted:?}");
        }
    }
}

#[test]
fn a_server_is_set_up_as_it_is_printed() {
    let home = Installation::bare();
    let lines = block("doorward init");
    let folder = Path::new(env!("CARGO_BIN_EXE_doorward")).parent().unwrap();
    let lines = put(&lines, "cargo build --release\n", "");
    let lines = put(&lines, "$PWD/target/release", folder.to_str().unwrap());
    let lines = put(&lines, "doorward serve\n", "");
    for shell in SHELLS {
        let mut pasted = Command::new(shell);
        pasted.args(["-c", &lines.repeat(2)]).env_clear().env("HOME", home.path("")).env("PATH", "/usr/bin:/bin");
        let pasted = Ended::of(pasted.current_dir(home.path("")));
        assert!(pasted.out.contains("fit for `doorward serve`"), "{pasted:?}");
        // The name is taken when it is pasted again, which is all there is to say.
        let complaints: Vec<&str> = pasted.err.lines().collect();
        assert!(complaints.iter().all(|line| line.contains("there is a tenant named `acme` already")), "{pasted:?}");
    }
    let mut serve = home.command(&["serve", "--config", "doorward/doorward.toml"]);
    let mut server = Program::start(serve.env("DOORWARD_SERVER_LISTEN", "127.0.0.1:0"));
    server.address();
    assert_eq!(server.terminate().code, 0);
}
