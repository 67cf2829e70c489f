//! How often one may be wrong, and whether a machine asks.
//!
//! What belongs here: failures, locks and what a request has brought to pass one, captchas. What does not: what a wrong
//! try is told, and how one that lifts a lock is judged.

use crate::access::Caller;
use crate::app::Tenant;
use crate::{App, Error, Result};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::LockKind;
use doorward_model::time::{Span, Timestamp};
use doorward_store::failures::{self, Count};
use doorward_store::{Tx, accounts, mfa_transactions, sessions};
use serde_json::json;

pub mod captcha;

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
#[derive(Debug, Clone)]
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
            // Under the oldest key held: a count that was begun before a rotation goes on, and nobody is asked for twice.
            Subject::Unknown(digest) => format!("unknown:{}", digest.oldest().hex()),
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
    /// Proving a second factor. Its failures are counted apart, so that neither a right password nor a new one forgets
    /// any of them, and the lock that they trip is lifted by neither; while it holds, nobody signs in.
    SecondFactor,
    /// Answering security questions, at whichever door.
    SecurityAnswer,
    /// Signing in at the service that people move here from, through us; counted before it is asked.
    Elsewhere,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Login => "login",
            Kind::Reset => "reset",
            Kind::SecondFactor => "second-factor",
            Kind::SecurityAnswer => "security-answer",
            Kind::Elsewhere => "elsewhere",
        }
    }

    /// After how many failures in a row it locks.
    fn threshold(self, tenant: &Tenant) -> i64 {
        match self {
            Kind::Login | Kind::Reset | Kind::SecondFactor | Kind::Elsewhere => tenant.settings.lockout.threshold,
            Kind::SecurityAnswer => tenant.settings.security_questions.tries,
        }
    }

    /// The kinds whose locks stand in the way of this one. A lock keeps its cause, so that nothing lifts it that cannot
    /// clear the cause.
    fn barred_by(self) -> &'static [Kind] {
        match self {
            Kind::Login | Kind::SecondFactor => &[Kind::Login, Kind::SecondFactor],
            Kind::Reset => &[Kind::Reset],
            Kind::SecurityAnswer => &[Kind::SecurityAnswer],
            Kind::Elsewhere => &[Kind::Elsewhere],
        }
    }

    /// Whether its lock keeps people from signing in.
    fn closes_sign_in(self) -> bool {
        Kind::Login.barred_by().contains(&self)
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

/// The lock of a subject that holds the longest, if it is locked; a block too, which no door tells of.
pub fn lock(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<Option<Lock>> {
    Ok(locks(tx, tenant, subject, kind, now)?.into_iter().max_by_key(|lock| lock.until))
}

fn locks(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<Vec<Lock>> {
    let mut locks = Vec::new();
    for cause in kind.barred_by() {
        let stored = failures::lock_of(tx, &tenant.id, &subject.key(), cause.as_str(), now)?;
        locks.extend(stored.map(|stored| Lock {
            kind: LockKind::parse(&stored.lock_kind).unwrap_or(LockKind::Suspend),
            until: stored.locked_until,
        }));
    }
    Ok(locks)
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
    let bars = |lock: &Lock| lock.kind != LockKind::Block && !released.lifts(lock.kind);
    let barring = locks(tx, tenant, subject, kind, now)?.into_iter().filter(bars);
    Ok(barring.max_by_key(|lock| lock.until).map(|lock| lock.refusal(now)))
}

/// The same for a transaction that is about to judge a guess: of many at once each sees what the one before it left, so
/// that none is looked at after the one that tripped the lock.
pub(crate) fn enter(
    tx: &mut Tx,
    tenant: &Tenant,
    subject: &Subject,
    kind: Kind,
    released: Released,
    now: Timestamp,
) -> Result<Option<Refusal>> {
    failures::take_turns(tx, &tenant.id, &subject.key())?;
    barred(tx, tenant, subject, kind, released, now)
}

/// What is answered to somebody whose proof was refused: that counts against the network they come from, unless the proof
/// was right and it is the account that stands in the way.
pub(crate) fn refused(app: &App, caller: &Caller, refusal: impl Into<Refusal>) -> Error {
    let refusal = refusal.into();
    let counted = if stands_in_the_way(refusal.reason) { Ok(()) } else { app.velocity.count_failure(caller.visit.ip) };
    counted.err().unwrap_or_else(|| refusal.into())
}

/// Whether this is told only to somebody who proved who they are.
fn stands_in_the_way(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::AccountBlocked
            | Reason::LoginDisabledForAccount
            | Reason::PinSetupRequired
            | Reason::SessionLimitReached
            | Reason::MfaRequired
            | Reason::MfaNotConfigured
            | Reason::MfaNotConfiguredOnProfile
    )
}

/// Counts one failure and trips the lock that the tenant's settings ask for; returns how many tries are left.
pub fn count(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<i64> {
    let counted = failures::add(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    follow(tx, tenant, subject, kind, counted, now)
}

/// Counts one try before it is made; false when the subject is locked. Of many at once no more than the threshold are
/// told true.
#[must_use = "false means that the try must not be made"]
pub(crate) fn try_once(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<bool> {
    let counted = failures::add_unless_locked(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    let Some(counted) = counted else { return Ok(false) };
    follow(tx, tenant, subject, kind, counted, now)?;
    Ok(true)
}

/// Trips the lock that follows from a count, if one does; how many tries are left.
fn follow(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, counted: Count, now: Timestamp) -> Result<i64> {
    let key = subject.key();
    let left = (kind.threshold(tenant) - counted.in_a_row).max(0);
    let Some(lock) = following(tenant, kind, counted, now) else { return Ok(left) };
    if lock.kind == LockKind::Block {
        block(tx, tenant, subject, kind, now)?;
    } else {
        failures::restart(tx, &tenant.id, &key, kind.as_str())?;
        failures::lock(tx, &tenant.id, &key, kind.as_str(), &lock.stored(), now)?;
    }
    if kind.closes_sign_in() {
        mfa_transactions::end_all(tx, &tenant.id, &subject.uid())?;
    }
    Ok(left)
}

/// The lock that follows from so many failures.
fn following(tenant: &Tenant, kind: Kind, counted: Count, now: Timestamp) -> Option<Lock> {
    let lockout = &tenant.settings.lockout;
    if kind.closes_sign_in() && counted.in_all >= MOST_IN_ALL {
        return Some(Lock { kind: LockKind::Suspend, until: FOR_GOOD });
    }
    if counted.in_a_row < kind.threshold(tenant) {
        return None;
    }
    let suspension = Span::seconds(lockout.suspend.seconds);
    match kind {
        Kind::SecurityAnswer => Some(Lock { kind: LockKind::Suspend, until: now.plus(ANSWERS_CLOSED) }),
        // Another service is not ours to leave open to guesses.
        _ if lockout.kind == LockKind::None && kind != Kind::Elsewhere => None,
        Kind::Login | Kind::SecondFactor => Some(Lock { kind: lockout.kind, until: now.plus(suspension) }),
        // Whatever the tenant asks for at sign-in: somebody who only guesses at the way back must not be able to close an
        // account for good.
        Kind::Reset | Kind::Elsewhere => {
            let until = now.plus(lengthened(suspension, counted.in_all / lockout.threshold));
            Some(Lock { kind: LockKind::Suspend, until })
        }
    }
}

/// Closes an account, and notes that failures did it. An identifier that nobody has gets a note that is over at once.
fn block(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<()> {
    let (uid, key) = (subject.uid(), subject.key());
    accounts::block(tx, &tenant.id, &uid, now)?;
    sessions::close_all(tx, &tenant.id, &uid)?;
    failures::clear(tx, &tenant.id, &key, kind.as_str())?;
    let until = if matches!(subject, Subject::Account(_)) { FOR_GOOD } else { now };
    let lock = Lock { kind: LockKind::Block, until };
    Ok(failures::lock(tx, &tenant.id, &key, kind.as_str(), &lock.stored(), now)?)
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

/// Forgets all failures of an account and lifts its locks: the back end has said so, or the account is no more.
pub(crate) fn clear_all(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<()> {
    let subject = Subject::Account(uid.clone());
    let kinds = [Kind::Login, Kind::Reset, Kind::SecondFactor, Kind::SecurityAnswer, Kind::Elsewhere];
    kinds.into_iter().try_for_each(|kind| clear(tx, tenant, &subject, kind))
}

/// Forgets the wrong passwords of an account that has a new one, at sign-in and at the way back. What else was wrong
/// stays counted: a second factor, the answers to security questions and a PIN are forgiven by a proof of that very kind
/// or by the back end, so that a mailbox buys no new tries of what stands beside the password.
pub(crate) fn clear_password(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<()> {
    let subject = Subject::Account(uid.clone());
    [Kind::Login, Kind::Reset, Kind::Elsewhere].into_iter().try_for_each(|kind| clear(tx, tenant, &subject, kind))
}

/// Forgets the failures at signing in of a subject that did, and lifts a lock that wrong second factors tripped if the
/// request brought what lifts it; they stay counted.
pub(crate) fn clear_released(
    tx: &mut Tx,
    tenant: &Tenant,
    subject: &Subject,
    released: Released,
    now: Timestamp,
) -> Result<()> {
    clear(tx, tenant, subject, Kind::Login)?;
    if locks(tx, tenant, subject, Kind::Login, now)?.iter().any(|lock| released.lifts(lock.kind)) {
        failures::unlock(tx, &tenant.id, &subject.key(), Kind::SecondFactor.as_str())?;
    }
    Ok(())
}

/// Forgets the failures of one kind, and lifts the lock that they tripped: the subject has proved itself by that kind.
pub fn clear(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind) -> Result<()> {
    Ok(failures::clear(tx, &tenant.id, &subject.key(), kind.as_str())?)
}

/// The kind of lock that a request has brought the right answer to: it is no obstacle to this request. The lock itself
/// is lifted when the credential is right as well.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Released(Option<LockKind>);

impl Released {
    /// A lock of this kind: its release was judged right.
    pub(crate) fn by(kind: LockKind) -> Released {
        Released(Some(kind))
    }

    pub(crate) fn lifts(self, kind: LockKind) -> bool {
        self.0 == Some(kind)
    }
}
