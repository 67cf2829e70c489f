//! How often one may be wrong, and how fast one may ask.

use crate::Result;
use crate::access::Tenant;
use crate::unlock::Released;
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::LockKind;
use doorward_model::time::{Span, Timestamp};
use doorward_store::{Tx, accounts, failures, sessions};
use serde_json::json;

mod velocity;

pub use velocity::{Rate, Rates, Velocity};

/// More failures in a row than this, locks between them or not, and only a reset or the back end opens the account
/// (NIST SP 800-63B, 5.2.2).
const MOST_IN_ALL: i64 = 100;

/// 9999-12-31T23:59:59Z: a lock that time does not lift.
const FOR_GOOD: Timestamp = Timestamp(253_402_300_799_000);

/// How long wrong answers to security questions close that way, unless the owner comes by another one. Answers are so
/// easily guessed that three tries a month are enough; and what is not for good is swept out some day, also of
/// identifiers that nobody has.
const ANSWERS_CLOSED: Span = Span::days(30);

/// Whose failures are counted. An identifier that belongs to nobody is counted like any other, under its keyed hash,
/// so that a lock tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An account.
    Account(Uid),
    /// An identifier that nobody has.
    Unknown(Digest),
}

impl Subject {
    /// The account if there is one, else the identifier.
    pub fn of(uid: Option<&Uid>, identifier: &Digest) -> Subject {
        uid.map_or_else(|| Subject::Unknown(identifier.clone()), |uid| Subject::Account(uid.clone()))
    }

    /// The account, or one that there is not: an identifier that nobody has costs the same work.
    fn uid(&self) -> Uid {
        match self {
            Subject::Account(uid) => uid.clone(),
            Subject::Unknown(_) => Uid::new(""),
        }
    }

    fn key(&self) -> String {
        match self {
            Subject::Account(uid) => format!("account:{uid}"),
            Subject::Unknown(digest) => format!("unknown:{}", digest.hex()),
        }
    }
}

/// What was failed at. The owner's way back is counted apart, so that failed sign-ins never close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Signing in, by whatever credential.
    Login,
    /// Resetting the password with a code.
    Reset,
    /// Answering security questions, at whichever door.
    SecurityAnswer,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Login => "login",
            Kind::Reset => "reset",
            Kind::SecurityAnswer => "security-answer",
        }
    }

    /// After how many failures in a row it locks.
    fn threshold(self, tenant: &Tenant) -> i64 {
        match self {
            Kind::Login | Kind::Reset => tenant.settings.lockout.threshold,
            Kind::SecurityAnswer => tenant.settings.security_questions.tries,
        }
    }
}

/// A lock that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// What lifts it sooner than time.
    pub kind: LockKind,
    /// Until when it holds.
    pub until: Timestamp,
}

impl Lock {
    fn stored(self) -> failures::Lock {
        failures::Lock { lock_kind: self.kind.as_str().to_owned(), locked_until: self.until }
    }

    /// What somebody is told who brings nothing to lift it with: 1132, 1148 or 1198, each with the end of the lock.
    fn refusal(self, now: Timestamp) -> Refusal {
        let reason = match self.kind {
            LockKind::Captcha => Reason::LockedCaptchaRequired,
            LockKind::SecurityQuestion => Reason::LockedSecurityAnswerRequired,
            LockKind::None | LockKind::Suspend | LockKind::Block => Reason::AccountSuspended,
        };
        let refusal = Refusal::from(reason).with_data(json!({ "LoginLockedTimeout": self.until.to_wire() }));
        // The other two may come back at once, with the answer.
        let waits = reason == Reason::AccountSuspended;
        if waits { refusal.retry_after(self.until.since(now).whole_seconds_up()) } else { refusal }
    }
}

/// The lock of a subject, if it is locked; a block too, which no door tells of.
pub fn lock(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<Option<Lock>> {
    let stored = failures::lock_of(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    Ok(stored.map(|stored| Lock {
        kind: LockKind::parse(&stored.lock_kind).unwrap_or(LockKind::Suspend),
        until: stored.locked_until,
    }))
}

/// The refusal of a locked subject (1198, 1132 or 1148, with the end of the lock), if it is locked.
pub fn locked(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<Option<Refusal>> {
    barred(tx, tenant, subject, kind, Released::default(), now)
}

/// The same, but nothing when the request has brought what lifts this lock.
pub(crate) fn barred(
    tx: &mut Tx,
    tenant: &Tenant,
    subject: &Subject,
    kind: Kind,
    released: Released,
    now: Timestamp,
) -> Result<Option<Refusal>> {
    // A blocked account answers like any other until the right credential comes.
    let lock = lock(tx, tenant, subject, kind, now)?.filter(|lock| lock.kind != LockKind::Block);
    Ok(lock.filter(|lock| !released.lifts(lock.kind)).map(|lock| lock.refusal(now)))
}

/// Makes others who count against the subject wait until the transaction ends: of many guesses at once, each sees the lock
/// that the one before it tripped.
pub(crate) fn hold(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<()> {
    Ok(failures::hold(tx, &tenant.id, &subject.key(), kind.as_str(), now)?)
}

/// Counts one failure and trips the lock that the tenant's settings ask for; returns how many tries are left.
pub fn count(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<i64> {
    let key = subject.key();
    let counted = failures::add(tx, &tenant.id, &key, kind.as_str(), now)?;
    let left = (kind.threshold(tenant) - counted.in_a_row).max(0);
    match following(tenant, kind, counted, now) {
        None => {}
        Some(Lock { kind: LockKind::Block, .. }) => block(tx, tenant, subject, now)?,
        Some(lock) => failures::lock(tx, &tenant.id, &key, kind.as_str(), &lock.stored())?,
    }
    Ok(left)
}

/// The lock that follows from so many failures.
fn following(tenant: &Tenant, kind: Kind, counted: failures::Count, now: Timestamp) -> Option<Lock> {
    let lockout = &tenant.settings.lockout;
    if kind == Kind::Login && counted.in_all >= MOST_IN_ALL {
        return Some(Lock { kind: LockKind::Suspend, until: FOR_GOOD });
    }
    if counted.in_a_row < kind.threshold(tenant) {
        return None;
    }
    let suspension = Span::seconds(lockout.suspend.seconds);
    match kind {
        Kind::SecurityAnswer => Some(Lock { kind: LockKind::Suspend, until: now.plus(ANSWERS_CLOSED) }),
        _ if lockout.kind == LockKind::None => None,
        Kind::Login => Some(Lock { kind: lockout.kind, until: now.plus(suspension) }),
        // Whatever the tenant asks for at sign-in: somebody who only guesses at the way back must not be able to close an
        // account for good.
        Kind::Reset => {
            let until = now.plus(lengthened(suspension, counted.in_all / lockout.threshold));
            Some(Lock { kind: LockKind::Suspend, until })
        }
    }
}

/// Closes an account, and notes that failures did it. Of an identifier that nobody has, nothing stays.
fn block(tx: &mut Tx, tenant: &Tenant, subject: &Subject, now: Timestamp) -> Result<()> {
    let (uid, key, kind) = (subject.uid(), subject.key(), Kind::Login.as_str());
    accounts::block(tx, &tenant.id, &uid, now)?;
    sessions::end_all(tx, &tenant.id, &uid)?;
    match subject {
        Subject::Account(_) => {
            let lock = Lock { kind: LockKind::Block, until: FOR_GOOD };
            failures::lock_anew(tx, &tenant.id, &key, kind, &lock.stored())?;
        }
        Subject::Unknown(_) => failures::clear(tx, &tenant.id, &key, kind)?,
    }
    Ok(())
}

/// Lets the failures of one subject count for another, such as an account under its new uid.
pub(crate) fn hand_over(tx: &mut Tx, tenant: &Tenant, from: &Subject, to: &Subject) -> Result<()> {
    Ok(failures::hand_over(tx, &tenant.id, &from.key(), &to.key())?)
}

/// The suspension of the way back when it trips for the `time`th time in a row: twice as long each time, but never
/// longer than a day. Nobody can close that way for good, and nobody gets through it by guessing.
fn lengthened(suspension: Span, time: i64) -> Span {
    let doublings = u32::try_from(time - 1).unwrap_or(0).min(20);
    Span(suspension.0.saturating_mul(1 << doublings)).min(suspension.max(Span::days(1)))
}

/// Forgets all failures of an account and lifts its locks: its owner, or the back end, has said so.
pub(crate) fn clear_all(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<()> {
    let subject = Subject::Account(uid.clone());
    [Kind::Login, Kind::Reset, Kind::SecurityAnswer].into_iter().try_for_each(|kind| clear(tx, tenant, &subject, kind))
}

/// Forgets the failures of one kind: the subject has proved itself.
pub fn clear(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind) -> Result<()> {
    Ok(failures::clear(tx, &tenant.id, &subject.key(), kind.as_str())?)
}
