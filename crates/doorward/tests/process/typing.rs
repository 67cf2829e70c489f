//! What people type, and what they are told when it is not right.

use std::collections::BTreeSet;

use crate::support::{Ended, Installation, TENANT};

/// Every command and the commands inside it, as the help lists them.
fn commands(installation: &Installation) -> BTreeSet<Vec<String>> {
    let mut known = BTreeSet::from([Vec::new()]);
    let mut open = vec![Vec::<String>::new()];
    while let Some(command) = open.pop() {
        let help = help(installation, &command);
        let listed =
            help.ok().lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
            let inner = [&command[..], &[name.to_owned()]].concat();
            assert!(known.insert(inner.clone()), "{inner:?} is listed twice");
            open.push(inner);
        }
    }
    assert!(known.len() > 25, "{known:?}");
    known
}

fn help(installation: &Installation, command: &[String]) -> Ended {
    let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    arguments.push("--help");
    installation.run(&arguments)
}

#[test]
fn no_help_says_a_word_twice() {
    let installation = Installation::bare();
    for command in commands(&installation) {
        let help = help(&installation, &command);
        let usage = help.ok().lines().find(|line| line.starts_with("Usage: ")).unwrap();
        assert!(usage.starts_with(&format!("Usage: doorward {}", command.join(" ")).trim_end().to_owned()), "{usage}");
        for line in help.out.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let twice = words.windows(2).find(|pair| pair[0] == pair[1]);
            assert!(twice.is_none(), "{command:?}: {line}");
        }
        let flags = help.out.lines().filter_map(|line| line.strip_prefix("      --"));
        let flags: Vec<&str> = flags.filter_map(|line| line.split([' ', '\n']).next()).collect();
        assert_eq!(flags.iter().collect::<BTreeSet<_>>().len(), flags.len(), "{command:?}: {flags:?}");
    }
}

#[test]
fn a_typing_error_is_answered_by_what_was_meant() {
    let (installation, _) = Installation::new();
    let set = |change: &'static str| ["tenant", "set", TENANT, change];
    for (typed, code, meant) in [
        (&["tenent"][..], 2, "'tenant'"),
        (&["inti"], 2, "'init'"),
        (&["tenant", "lst"], 2, "'list'"),
        (&["template", "previw", TENANT], 2, "'preview'"),
        (&["serve", "--confg", "x"], 2, "'--config'"),
        (&["user", "import", "people.csv", "--dryrun"], 2, "'--dry-run'"),
        (&["template", "show", TENANT, "verify-emial"], 2, "did you mean `verify-email`?"),
        (&set("IsPhoneLogn=true"), 1, "did you mean `IsPhoneLogin`?"),
        (&set("validitySeconds=60"), 1, "did you mean `otp.validitySeconds`?"),
    ] {
        installation.run(typed).failed(code, &[meant]);
    }
}

#[test]
fn a_command_that_is_like_none_is_answered_with_all_of_them() {
    let installation = Installation::bare();
    installation.run(&["xyzzy"]).failed(2, &["the commands are demo, init, serve", "health", "--help"]);
    installation.run(&["tenant", "xyzzy"]).failed(2, &["the commands are create, list, show, set"]);
}

#[test]
fn whatever_is_changed_is_told() {
    let (installation, _) = Installation::new();
    std::fs::write(installation.path("text"), "Hello #OTP#").unwrap();
    std::fs::write(installation.path("stolen"), "hunter2\n").unwrap();
    std::fs::write(installation.path("people.jsonl"), "{\"Email\":\"ann@example.com\"}\n").unwrap();
    for (arguments, told) in [
        (&["tenant", "create", "globex"][..], "Made the tenant globex."),
        (&["tenant", "set", TENANT, "IsPhoneLogin=true"], "Set IsPhoneLogin of acme"),
        (&["template", "set", TENANT, "verify-email", "--text", "text"], "Stored verify-email `default`"),
        (&["template", "reset", TENANT, "verify-email"], "Took 1 version back"),
        (&["template", "reset", TENANT, "verify-email"], "nothing was changed"),
        (&["user", "import", "people.jsonl", "--tenant", TENANT], "Added 1 account, changed 0, refused 0 rows."),
        (&["user", "export", "--tenant", TENANT, "--out", "out.jsonl"], "Wrote 1 account to out.jsonl"),
        (&["breached", "build", "stolen", "stolen.bin"], "Made stolen.bin of 1 different password."),
        (&["man", "--write", "man"], "Wrote a page for each command to man."),
        (&["migrate"], "up to date"),
    ] {
        let ended = installation.run(arguments);
        assert!(ended.ok().contains(told), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn settings_given_together_are_set_in_every_order() {
    let (installation, _) = Installation::new();
    let questions = r#"SecurityQuestions.Questions=[{"QuestionId":"pet","Question":"Which?"}]"#;
    let set = |changes: &[&str]| installation.run(&[&["tenant", "set", TENANT], changes].concat());
    set(&["IsSecurityQuestion=true"]).failed(1, &["SecurityQuestions.Questions"]);
    set(&["IsSecurityQuestion=true", questions]).ok();
    set(&["SecurityQuestions.Questions=[]", "IsSecurityQuestion=false"]).ok();
    set(&[questions, "IsSecurityQuestion=true"]).ok();
    set(&["otp.validitySeconds=1"]).failed(1, &["otp.validitySeconds must be between 30 and 600"]);
    let twice = set(&["otp.validitySeconds=1"]);
    assert_eq!(twice.err.matches("validitySeconds").count(), 1, "{twice:?}");
}
