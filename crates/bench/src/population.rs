//! The people in the benchmark's database. All of a person follows from their number, so nothing has to be remembered.

use doorward_model::id::{SessionId, Uid};

/// What a person is there for. A reset ends the sessions of its account and a refresh the access token before it, so
/// that nobody can play two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Has a session whose access token is asked about.
    Reader,
    /// Signs in with the password or the PIN.
    Guest,
    /// Has a session whose refresh token is exchanged over HTTP.
    Renewer,
    /// Has a session whose refresh token is exchanged straight in the database.
    RawRenewer,
    /// Resets the password.
    Resetter,
}

/// What a person proves beside the password, where the tenant has second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Factor {
    /// A code in a text message.
    Sms,
    /// A passkey.
    Passkey,
}

const ROLES: [Role; 5] = [Role::Reader, Role::Guest, Role::Renewer, Role::RawRenewer, Role::Resetter];

/// As many roles, for the arithmetic.
const PARTS: u64 = ROLES.len() as u64;

/// How many readers have a full profile, which is some forty times as long as an ordinary one.
const FULL_PROFILES: u64 = 10_000;

/// Everybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Population {
    accounts: u64,
}

impl Population {
    /// So many people.
    pub(crate) fn of(accounts: u64) -> Population {
        Population { accounts }
    }

    /// Those with numbers from `from` and below `to`, as far as there are any.
    pub(crate) fn slice(self, from: u64, to: u64) -> impl Iterator<Item = Person> {
        (from..to.min(self.accounts)).map(Person)
    }

    /// How many there are.
    pub(crate) fn accounts(self) -> u64 {
        self.accounts
    }

    /// How many have this role.
    pub(crate) fn count(self, role: Role) -> u64 {
        (self.accounts + PARTS - 1 - role as u64) / PARTS
    }

    /// One of this role; `turn` counts from zero and begins again after the last.
    pub(crate) fn next(self, role: Role, turn: u64) -> Person {
        Person((turn % self.count(role)) * PARTS + role as u64)
    }

    /// One of this role; turns that follow each other are far apart.
    pub(crate) fn any(self, role: Role, turn: u64) -> Person {
        self.next(role, mixed(turn))
    }

    /// Anybody; `turn` counts from zero and begins again after the last. For what is in nobody's way.
    pub(crate) fn anybody(self, turn: u64) -> Person {
        Person(turn % self.accounts)
    }

    /// Somebody whose password may be reset; turns as in [`Population::next`].
    pub(crate) fn resetter(self, turn: u64) -> Person {
        self.next(Role::Resetter, turn)
    }

    /// One of the readers with a full profile; turns that follow each other are far apart.
    pub(crate) fn any_with_full_profile(self, turn: u64) -> Person {
        let full = self.count(Role::Reader).div_ceil(self.full_profile_every());
        self.next(Role::Reader, (mixed(turn) % full) * self.full_profile_every())
    }

    /// True for a reader with a full profile.
    pub(crate) fn has_full_profile(self, person: Person) -> bool {
        person.role() == Role::Reader && (person.0 / PARTS).is_multiple_of(self.full_profile_every())
    }

    fn full_profile_every(self) -> u64 {
        self.count(Role::Reader).div_ceil(FULL_PROFILES)
    }
}

/// One person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person(u64);

impl Person {
    /// What this person is there for.
    pub(crate) fn role(self) -> Role {
        *ROLES.iter().find(|role| **role as u64 == self.0 % PARTS).expect("a remainder is below the number of roles")
    }

    /// True when a session is there from the beginning.
    pub(crate) fn has_session(self) -> bool {
        matches!(self.role(), Role::Reader | Role::Renewer | Role::RawRenewer)
    }

    /// The second factor: that of one role is a passkey, so that there are plenty of both.
    pub(crate) fn factor(self) -> Factor {
        if self.role() == Role::Reader { Factor::Passkey } else { Factor::Sms }
    }

    /// The account's public id.
    pub(crate) fn uid(self) -> Uid {
        Uid::new(self.guid("uid"))
    }

    /// The id of the session that is there from the beginning.
    pub(crate) fn session(self) -> SessionId {
        SessionId::new(self.guid("session"))
    }

    /// Its access token.
    pub(crate) fn access_token(self) -> String {
        self.guid("access token")
    }

    /// What a PIN signs in with, for those who have one.
    pub(crate) fn pin_session_token(self) -> String {
        self.guid("pin session token")
    }

    /// Its first refresh token.
    pub(crate) fn refresh_token(self) -> String {
        self.guid("refresh token")
    }

    /// The address, proved.
    pub(crate) fn email(self) -> String {
        format!("person-{}@bench.example", self.0)
    }

    /// The login phone, proved; nothing is ever sent there.
    pub(crate) fn phone(self) -> String {
        format!("+1202{:07}", self.0)
    }

    /// Names the second factor to the cipher.
    pub(crate) fn factor_id(self) -> String {
        self.guid("second factor")
    }

    /// What the authenticator calls the passkey.
    pub(crate) fn credential(self) -> Vec<u8> {
        self.guid("credential").into_bytes()
    }

    /// The id at another provider.
    pub(crate) fn external_id(self) -> String {
        self.0.to_string()
    }

    fn guid(self, what: &str) -> String {
        guid(what, self.0)
    }
}

/// Scattered like a random one, as ids and tokens of the server are: it matters for the pages of an index.
pub(crate) fn guid(what: &str, number: u64) -> String {
    let kind = what.bytes().fold(0, |kind: u64, byte| mixed(kind ^ u64::from(byte)));
    let (high, low) = (mixed(kind ^ mixed(number)), mixed(kind.wrapping_add(1) ^ mixed(number)));
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
        .into_uuid()
        .hyphenated()
        .to_string()
}

/// A number that looks random and belongs to `number` alone (splitmix64).
fn mixed(number: u64) -> u64 {
    let mut number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_model::identifier::{Email, Phone};
    use std::collections::HashSet;

    #[test]
    fn everybody_has_one_role_and_the_roles_add_up() {
        for accounts in [1000, 1001, 1002, 1003, 1004] {
            let population = Population::of(accounts);
            for role in ROLES {
                let those = population.slice(0, accounts).filter(|person| person.role() == role).count();
                assert_eq!(u64::try_from(those).unwrap(), population.count(role), "{role:?} of {accounts}");
                assert!((0..2000).all(|turn| population.next(role, turn).role() == role));
                assert!((0..2000).all(|turn| population.next(role, turn).0 < accounts));
            }
        }
    }

    #[test]
    fn full_profiles_are_few_and_found() {
        for accounts in [1000, 1_000_000] {
            let population = Population::of(accounts);
            let full = population.slice(0, accounts).filter(|person| population.has_full_profile(*person)).count();
            assert!((200..=10_000).contains(&full), "{full} of {accounts}");
            assert!((0..5000).all(|turn| population.has_full_profile(population.any_with_full_profile(turn))));
        }
    }

    #[test]
    fn identifiers_are_as_the_server_keeps_them() {
        for number in [0, 9, 10_000, 4_999_999] {
            let person = Person(number);
            assert_eq!(Phone::parse(&person.phone()).unwrap().as_str(), person.phone());
            assert_eq!(Email::parse(&person.email()).unwrap().as_str(), person.email());
        }
    }

    #[test]
    fn tokens_and_ids_are_all_different() {
        let mut all = HashSet::new();
        for person in (0..10_000).map(Person) {
            let texts =
                [person.uid().to_string(), person.session().to_string(), person.access_token(), person.refresh_token()];
            assert!(texts.into_iter().all(|text| all.insert(text)), "{person:?}");
        }
    }
}
