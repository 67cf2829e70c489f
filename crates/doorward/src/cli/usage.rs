//! Reading the arguments, and what is said of those that cannot be meant.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Parser};

/// The arguments of this process. Ends it when they are wrong, or when it was asked for help.
pub(super) fn parse<T: Parser>() -> T {
    T::try_parse().unwrap_or_else(|error| with_choices(error, &T::command()).exit())
}

/// Names the commands there are where the one given is like none of them; the others are told by what was meant.
fn with_choices(mut error: clap::Error, program: &Command) -> clap::Error {
    let is_like_none =
        error.kind() == ErrorKind::InvalidSubcommand && error.get(ContextKind::SuggestedSubcommand).is_none();
    if is_like_none {
        let names: Vec<&str> = entered(program).get_subcommands().map(Command::get_name).collect();
        let choices = StyledStr::from(format!("the commands are {}", names.join(", ")));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![choices]));
    }
    error
}

/// The command that the first arguments lead into.
fn entered(program: &Command) -> &Command {
    let mut command = program;
    for argument in std::env::args_os().skip(1) {
        match command.find_subcommand(argument) {
            Some(inner) => command = inner,
            None => break,
        }
    }
    command
}
