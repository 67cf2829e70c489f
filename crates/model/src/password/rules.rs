//! Rules for passwords in the form that registration forms write them: `required|min_length[10]|max_length[64]`.
//!
//! Beside those there are `exact_length[n]`, `alpha`, `alpha_numeric`, `alpha_dash`, `matches[field]`, and
//! `custom_validation[expression###message]` (also `custom[..]`) with a regular expression as browsers know them, which
//! must be found in the password. `matches` compares two fields of a form, of which only one is ever sent: it is the
//! form's to check.

use fancy_regex::{Regex, RegexBuilder};

/// How often an expression may step back before it counts as not found, a few milliseconds of work.
const BACKTRACKS: usize = 50_000;
/// What separates an expression from the message that is told when it is not found.
const MESSAGE_MARK: &str = "###";

/// The longest text that rules may have, in bytes.
const LONGEST: usize = 4096;

/// The names that rules have.
const NAMES: &[&str] = &[
    "required",
    "min_length",
    "max_length",
    "exact_length",
    "alpha",
    "alpha_numeric",
    "alpha_dash",
    "matches",
    "custom",
    "custom_validation",
];

enum Rule<'a> {
    Required,
    MinLength(usize),
    MaxLength(usize),
    ExactLength(usize),
    Letters,
    LettersAndDigits,
    LettersDigitsDashes,
    Matches,
    Custom(Box<Regex>, &'a str),
}

/// Why rules cannot be read; meant for the administrator who wrote them.
pub fn unfit(rules: &str) -> Option<String> {
    if rules.len() > LONGEST {
        return Some(format!("they are longer than {LONGEST} bytes"));
    }
    read(rules).err()
}

/// What the first broken rule says; rules that cannot be read break nothing.
pub(super) fn check(rules: &str, password: &str) -> Result<(), String> {
    let length = password.chars().count();
    for rule in read(rules).unwrap_or_default() {
        let broken = match rule {
            Rule::Required => password.is_empty().then(|| "A password is required.".to_owned()),
            Rule::MinLength(least) => {
                (length < least).then(|| format!("The password must have at least {least} characters."))
            }
            Rule::MaxLength(most) => {
                (length > most).then(|| format!("The password must have at most {most} characters."))
            }
            Rule::ExactLength(exact) => {
                (length != exact).then(|| format!("The password must have {exact} characters."))
            }
            Rule::Letters => only(password, char::is_alphabetic, "letters"),
            Rule::LettersAndDigits => only(password, char::is_alphanumeric, "letters and digits"),
            Rule::LettersDigitsDashes => {
                only(password, |c| c.is_alphanumeric() || c == '-' || c == '_', "letters, digits, - and _")
            }
            Rule::Matches => None,
            // An expression that gives up has not found anything.
            Rule::Custom(expression, message) => {
                (!expression.is_match(password).unwrap_or(false)).then(|| message.to_owned())
            }
        };
        if let Some(message) = broken {
            return Err(message);
        }
    }
    Ok(())
}

fn only(password: &str, fits: impl Fn(char) -> bool, what: &str) -> Option<String> {
    (!password.chars().all(fits)).then(|| format!("The password may have {what} only."))
}

fn read(rules: &str) -> Result<Vec<Rule<'_>>, String> {
    let mut read = Vec::new();
    let mut rest = rules.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (argument, after) = match after.strip_prefix('[') {
            Some(inside) => closed(inside).ok_or_else(|| format!("`{name}[` is not closed with ]"))?,
            None => ("", after),
        };
        read.push(rule(name, argument)?);
        rest = match after.strip_prefix('|') {
            Some(next) => next,
            None if after.is_empty() => after,
            None => return Err(format!("`{after}` stands where | or the end should be")),
        };
    }
    Ok(read)
}

/// What stands before the bracket that ends an argument, and what behind: an expression has brackets of its own, so the
/// one counts that is followed by the end or by the name of another rule.
fn closed(inside: &str) -> Option<(&str, &str)> {
    let ends = inside.match_indices(']').map(|(at, _)| at);
    let mut splits = ends.map(|at| (&inside[..at], &inside[at + 1..]));
    splits.find(|(_, after)| after.is_empty() || after.strip_prefix('|').is_some_and(begins_rule))
}

fn begins_rule(text: &str) -> bool {
    let name = text.split(['[', '|']).next().unwrap_or(text);
    NAMES.contains(&name)
}

fn rule<'a>(name: &str, argument: &'a str) -> Result<Rule<'a>, String> {
    let number = || {
        let number = argument.trim().parse::<usize>().ok().filter(|number| (1..=1024).contains(number));
        number.ok_or_else(|| format!("{name}[{argument}] must hold a number from 1 to 1024"))
    };
    Ok(match name {
        "required" => Rule::Required,
        "min_length" => Rule::MinLength(number()?),
        "max_length" => Rule::MaxLength(number()?),
        "exact_length" => Rule::ExactLength(number()?),
        "alpha" => Rule::Letters,
        "alpha_numeric" => Rule::LettersAndDigits,
        "alpha_dash" => Rule::LettersDigitsDashes,
        "matches" => Rule::Matches,
        "custom" | "custom_validation" => {
            let (expression, message) = argument.split_once(MESSAGE_MARK).unwrap_or((argument, ""));
            let message = if message.is_empty() { "The password does not have the required form." } else { message };
            let built = RegexBuilder::new(expression).backtrack_limit(BACKTRACKS).build();
            Rule::Custom(Box::new(built.map_err(|error| format!("{name}: {error}"))?), message)
        }
        _ => return Err(format!("there is no rule `{name}`")),
    })
}

#[cfg(test)]
mod tests;
