use super::{compared_by_lookup_form, fold, is_plain, normalise};
use crate::reason::Reason;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// An email address: a local part, and a domain in its ASCII form.
#[derive(Clone)]
pub struct Email {
    lookup: String,
    shown: String,
}

compared_by_lookup_form!(Email);

impl Email {
    /// The longest address in bytes, as SMTP has it.
    pub const MAX_LENGTH: usize = 254;
    /// The longest local part in bytes.
    pub const MAX_LOCAL_LENGTH: usize = 64;

    /// Takes what somebody typed; 1038 for anything that is not one address.
    ///
    /// Quoted local parts and address literals are refused: no mailbox people sign in with needs them, and they let
    /// spaces and second `@` signs through.
    pub fn parse(text: &str) -> Result<Email, Reason> {
        Email::read(text).ok_or(Reason::EmailFormatInvalid)
    }

    /// The form to store as key and to look up: lower case throughout.
    pub fn as_str(&self) -> &str {
        &self.lookup
    }

    /// The form to show and to send to: the local part in the case it was typed in.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The domain in lower-case ASCII, for lists of domains allowed or barred.
    pub fn domain(&self) -> &str {
        self.lookup.rsplit('@').next().unwrap_or_default()
    }

    /// The address with nothing but the first and the last character of each part left, for answers that others may see.
    pub fn masked(&self) -> String {
        let (local, domain) = self.shown.rsplit_once('@').unwrap_or((&self.shown, ""));
        let domain: Vec<String> = domain.split('.').map(mask).collect();
        format!("{}@{}", mask(local), domain.join("."))
    }

    fn read(text: &str) -> Option<Email> {
        // A normalised character can be a quarter of what was typed; beyond that the length cannot come right.
        if text.len() > Email::MAX_LENGTH * 4 {
            return None;
        }
        let normalised = normalise(text);
        let (local, domain) = normalised.split_once('@')?;
        let domain = ascii_domain(domain)?;
        let folded = fold(local);
        if !is_local_part(local) || !is_local_part(&folded) {
            return None;
        }
        let email = Email { lookup: format!("{folded}@{domain}"), shown: format!("{local}@{domain}") };
        let longest = email.lookup.len().max(email.shown.len());
        (longest <= Email::MAX_LENGTH).then_some(email)
    }
}

/// A part of two characters keeps one of them, one of one keeps none.
fn mask(part: &str) -> String {
    let count = part.chars().count();
    let masked = |(place, character)| {
        let is_open = count > 1 && place == 0 || count > 2 && place == count - 1;
        if is_open { character } else { '*' }
    };
    part.chars().enumerate().map(masked).collect()
}

fn is_local_part(text: &str) -> bool {
    let allowed = |character| is_plain(character) && !"\"(),:;<>@[\\]".contains(character);
    text.len() <= Email::MAX_LOCAL_LENGTH
        && text.split('.').all(|atom| !atom.is_empty())
        && text.chars().all(|character| character == '.' || allowed(character))
}

fn ascii_domain(text: &str) -> Option<String> {
    let domain =
        Uts46::new().to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify).ok()?;
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_address_number = top.bytes().all(|byte| byte.is_ascii_digit());
    let is_public = domain.contains('.') && !is_address_number;
    (is_public || domain == "localhost").then(|| domain.into_owned())
}
