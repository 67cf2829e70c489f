//! Clients that work on a server, and the book that each keeps of what the server has acknowledged.

use std::sync::atomic::Ordering;

use rand::RngExt;
use rand::rngs::StdRng;

use super::Round;
use crate::support::{Api, Call, Person, Reply, eventually};

/// What one client knows of its accounts.
#[derive(Default)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
    /// Phone numbers of accounts that were deleted.
    deleted: Vec<String>,
}

/// What must be true of one account.
struct Account {
    person: Person,
    proof: Proof,
    /// The password, or the two that it may be when the answer to a reset was lost.
    passwords: Vec<String>,
    former: Vec<String>,
    /// Access and refresh token that must live.
    live: Option<(String, String)>,
    ended: Vec<String>,
    spent: Vec<String>,
    resets: usize,
}

/// Whether the phone is proved, and with it the account in use.
#[derive(Clone, Copy, PartialEq)]
enum Proof {
    Given,
    Missing,
    /// The answer was lost.
    Unknown,
}

/// The server was gone before it had answered: what was asked may be done or not.
struct Lost;

pub(super) struct Client<'r> {
    round: &'r Round<'r>,
    random: StdRng,
    ledger: Ledger,
}

impl<'r> Client<'r> {
    pub(super) fn new(round: &'r Round<'r>, random: StdRng) -> Client<'r> {
        Client { round, random, ledger: Ledger::default() }
    }

    /// Works until the server is gone.
    pub(super) fn work(mut self) -> Ledger {
        while self.step().is_ok() {}
        self.ledger
    }

    fn step(&mut self) -> Result<(), Lost> {
        let count = self.ledger.accounts.len();
        let choice = self.random.random_range(0..10);
        match choice {
            0 => return self.create(),
            _ if count == 0 => return self.register(),
            1 => return self.register(),
            _ => {}
        }
        let chosen = self.random.random_range(0..count);
        let mut account = self.ledger.accounts.swap_remove(chosen);
        let ended = match choice {
            2 | 3 => self.refresh(&mut account),
            4 => self.invalidate(&mut account),
            5 | 6 => self.reset(&mut account),
            7 => return self.delete(&account),
            _ => self.log_in(&mut account),
        };
        self.ledger.accounts.push(account);
        ended
    }

    /// The answer, counted as acknowledged.
    fn ask(&self, call: Call) -> Result<Reply, Lost> {
        let reply = call.try_send().ok_or(Lost)?;
        self.round.acknowledged.fetch_add(1, Ordering::Relaxed);
        Ok(reply)
    }

    /// The back end makes an account.
    fn create(&mut self) -> Result<(), Lost> {
        let person = Person::new();
        self.ask(self.round.api.create(&person))?.ok();
        self.ledger.accounts.push(Account::of(person, Proof::Given));
        Ok(())
    }

    /// Somebody registers and proves the phone.
    fn register(&mut self) -> Result<(), Lost> {
        let person = Person::new();
        self.ask(self.round.api.register(&person, &self.round.sott))?.ok();
        let mut account = Account::of(person, Proof::Missing);
        let proved = self.prove(&mut account);
        self.ledger.accounts.push(account);
        proved
    }

    fn prove(&self, account: &mut Account) -> Result<(), Lost> {
        let code = self.code(account, 0)?;
        account.proof = Proof::Unknown;
        account.live = Some(self.ask(self.round.api.verify_phone(&account.person, &code))?.tokens());
        account.proof = Proof::Given;
        Ok(())
    }

    fn delete(&mut self, account: &Account) -> Result<(), Lost> {
        let found = self.ask(self.round.api.account_with(&account.person.phone))?;
        self.ask(self.round.api.delete(found.ok()["Uid"].as_str().unwrap()))?.ok();
        self.ledger.deleted.push(account.person.phone.clone());
        Ok(())
    }

    fn log_in(&self, account: &mut Account) -> Result<(), Lost> {
        let reply = self.ask(self.round.api.login(&account.person, &account.passwords[0]))?;
        account.live = Some(reply.tokens());
        Ok(())
    }

    fn refresh(&self, account: &mut Account) -> Result<(), Lost> {
        // Taken out: should the answer be lost, it may be used up.
        let Some((access, refresh)) = account.live.take() else { return self.log_in(account) };
        let reply = self.ask(self.round.api.refresh(&refresh))?;
        account.live = Some(reply.tokens());
        account.ended.push(access);
        account.spent.push(refresh);
        Ok(())
    }

    fn invalidate(&self, account: &mut Account) -> Result<(), Lost> {
        let Some((access, _)) = account.live.take() else { return self.log_in(account) };
        self.ask(self.round.api.invalidate(&access))?.ok();
        account.ended.push(access);
        Ok(())
    }

    fn reset(&self, account: &mut Account) -> Result<(), Lost> {
        // More codes than this are refused for a while.
        if account.resets == 4 {
            return self.log_in(account);
        }
        account.resets += 1;
        let before = self.round.sms.texts_to(&account.person.phone).len();
        self.ask(self.round.api.ask_for_reset(&account.person))?.ok();
        let code = self.code(account, before)?;
        let new = format!("{} {}", account.person.password, account.resets);
        account.passwords.push(new.clone());
        let live = account.live.take();
        let reply = self.ask(self.round.api.reset(&account.person, &code, &new))?;
        let tokens = reply.tokens();
        account.former.push(account.passwords.remove(0));
        // Who resets a password is signed in, and everybody else is signed out.
        account.ended.extend(live.map(|(access, _)| access));
        account.live = Some(tokens);
        Ok(())
    }

    fn code(&self, account: &Account, before: usize) -> Result<String, Lost> {
        eventually("the code arrives or the server goes", || {
            let texts = self.round.sms.texts_to(&account.person.phone);
            match texts.get(before..).into_iter().flatten().find(|text| text.body.contains("code")) {
                Some(text) => Some(Ok(text.code())),
                None => self.round.over.load(Ordering::Relaxed).then_some(Err(Lost)),
            }
        })
    }
}

impl Ledger {
    /// Everybody in the book.
    pub(super) fn people(&self) -> impl Iterator<Item = Person> {
        self.accounts.iter().map(|account| account.person.clone())
    }

    /// Holds what a server says against the book.
    pub(super) fn check(&self, api: &Api) {
        self.accounts.iter().for_each(|account| account.check(api));
        for phone in &self.deleted {
            assert_ne!(api.account_with(phone).send().status, 200, "an account that was deleted is there");
        }
    }
}

impl Account {
    fn of(person: Person, proof: Proof) -> Account {
        let passwords = vec![person.password.clone()];
        let (former, ended, spent) = (Vec::new(), Vec::new(), Vec::new());
        Account { person, proof, passwords, former, live: None, ended, spent, resets: 0 }
    }

    fn check(&self, api: &Api) {
        let account = api.account_with(&self.person.phone).send();
        let is_proved = account.ok()["PhoneIdVerified"] == true;
        assert!(self.proof == Proof::Unknown || is_proved == (self.proof == Proof::Given), "a proof: {}", account.text);
        if is_proved {
            self.check_tokens(api);
            self.check_passwords(api);
        }
    }

    fn check_tokens(&self, api: &Api) {
        for access in &self.ended {
            assert_eq!(api.validate(access).send().code(), 905, "a token that was ended lives");
        }
        if let Some((access, refresh)) = &self.live {
            api.validate(access).send().ok();
            api.refresh(refresh).send().ok();
        }
        for refresh in &self.spent {
            assert_eq!(api.refresh(refresh).send().code(), 1217, "a refresh token that was used works again");
        }
    }

    fn check_passwords(&self, api: &Api) {
        let opens = |password: &String| api.login(&self.person, password).send().status == 200;
        assert_eq!(self.passwords.iter().filter(|password| opens(password)).count(), 1, "one password opens");
        assert!(!self.former.iter().any(opens), "a former password opens");
    }
}
