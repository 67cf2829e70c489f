//! Logins that wait for their second factor. All of one follows from its turn, so nothing has to be remembered.

use crate::population::{Factor, Person, Population, Role, guid};
use data_encoding::BASE64URL_NOPAD;

/// A login whose password was right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    /// Whose it is.
    pub(crate) person: Person,
    turn: u64,
}

impl Waiting {
    /// One that this factor completes, of somebody who has it.
    pub(crate) fn of(population: Population, factor: Factor, turn: u64) -> Waiting {
        let role = match factor {
            // Not those who sign in with a password meanwhile, which ends what waits.
            Factor::Sms => Role::Renewer,
            Factor::Passkey => Role::Reader,
        };
        Waiting { person: population.next(role, turn), turn }
    }

    /// What stands for it where the factor is proved.
    pub(crate) fn token(self) -> String {
        guid("waiting", self.turn)
    }

    /// Names it to the cipher.
    pub(crate) fn id(self) -> String {
        guid("waiting id", self.turn)
    }

    /// What the passkey is asked to sign.
    pub(crate) fn challenge(self) -> String {
        BASE64URL_NOPAD.encode(guid("challenge", self.turn).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_is_another_login_of_somebody_with_that_factor() {
        let population = Population::of(1000);
        for factor in [Factor::Sms, Factor::Passkey] {
            let logins = [0, 1, 200].map(|turn| Waiting::of(population, factor, turn));
            assert!(logins.iter().all(|login| login.person.factor() == factor));
            assert_eq!(logins[0].person, logins[2].person, "after the last comes the first");
            assert!(logins[0].token() != logins[2].token() && logins[0].challenge() != logins[2].challenge());
        }
    }
}
