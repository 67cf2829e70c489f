//! Resetting a forgotten PIN by what a message carried.

use super::forgot::name;
use crate::access::Caller;
use crate::challenge::{Guess, Key, Link, Verdict};
use crate::factors::pin::{Accepted, Former, lock, require_pin, settings};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::identifiers::{Named, Typed, require_phone_login};
use crate::profile::mailbox::{self, stands_for_account};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts, sessions};

/// What the owner of a forgotten PIN brings.
#[derive(Debug, Clone)]
pub enum Brought {
    /// The token in the link.
    Link(Secret),
    /// The code in an email, with the address or user name it was asked for.
    Mail(Typed, Secret),
    /// The code in a text message, with the number it was asked for.
    Phone(Phone, Secret),
}

/// Resets the PIN and ends every session token, and under force logout every session; nobody is signed in by it.
///
/// A link is refused with 1063 when it is unknown, 1242 when it was used, 975 when it is too old; every unacceptable
/// code with 1185 (email) or 1067 (phone), and with 1198 after too many wrong ones, be there such an account or not. A
/// PIN that is refused (1134) leaves link and code as they were.
pub async fn reset_pin(app: &App, caller: &Caller, brought: Brought, pin: &Pin) -> Result<()> {
    require_pin(caller)?;
    let opener = Opener::of(app, caller, brought)?;
    pin.check_form(&settings(&caller.tenant).configuration.rules)?;

    let now = app.now();
    let held = match take_in_hand(app, caller, opener, now).await? {
        Ok(held) => held,
        Err(refusal) => return Err(limits::refused(app, caller, refusal)),
    };
    let accepted = held.former.accept(app, caller, pin, now).await?;
    let uid = held.open.uid.clone();
    commit(app, caller, held.open, accepted, now).await?;
    app.wake.notify_one();
    notify::event(caller, "ResetPIN", Some(&uid));
    Ok(())
}

/// Whose PIN it is, what was proved to open it, and what somebody is told who comes second with the same key.
#[derive(Clone)]
struct Open {
    uid: Uid,
    key: Key,
    lost: Reason,
}

/// What a right key holds in hand until the new PIN is accepted. The key itself stays live: a PIN that is refused costs
/// nothing.
struct Held {
    open: Open,
    former: Former,
}

/// Tries the key once. A wrong code is counted against itself and against the account before anything else is done; a
/// right one is taken back.
async fn take_in_hand(app: &App, caller: &Caller, opener: Opener, now: Timestamp) -> Result<Result<Held, Refusal>> {
    let (judge, caller) = (app.clone(), caller.clone());
    app.write(move |tx| {
        let open = match opener.open(&judge, tx, &caller, now)? {
            Ok(open) => open,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let tenant = caller.tenant_id();
        let is_active = accounts::state(tx, tenant, &open.uid)?.is_some_and(|state| state.is_active);
        let former = Former::load(tx, tenant, &open.uid)?;
        // Nobody is sent a code who has no PIN; this one lost it since.
        if !is_active || former.stored().is_none() {
            return Ok(Err(open.lost.into()));
        }
        Ok(Ok(Held { open, former }))
    })
    .await
}

/// The ways to show that one may choose a new PIN.
#[derive(Clone)]
enum Opener {
    Phone(Phone, Secret),
    Mail(Named, Secret),
    Link(Link),
}

impl Opener {
    /// Reads what was brought: 1074 and 1238 by the tenant's settings, 1038 or 1204 when the name is malformed.
    fn of(app: &App, caller: &Caller, brought: Brought) -> Result<Opener> {
        Ok(match brought {
            Brought::Link(token) => Opener::Link(Link::new(app, caller, Purpose::ResetPin, &token)),
            Brought::Mail(typed, otp) => Opener::Mail(name(caller, &typed)?, otp),
            Brought::Phone(phone, otp) => {
                require_phone_login(caller)?;
                Opener::Phone(phone, otp)
            }
        })
    }

    fn open(&self, app: &App, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Result<Open, Refusal>> {
        match self {
            Opener::Link(link) => by_link(app, tx, caller, link, now),
            Opener::Phone(phone, otp) => {
                let owner = identifiers::owner(tx, caller.tenant_id(), Kind::Phone, phone.as_str())?;
                let guess = Guess::new(app, caller, Purpose::ResetPin, Kind::Phone, phone.as_str(), otp);
                by_code(tx, guess, owner.map(|owner| owner.uid), Reason::OtpInvalid)
            }
            Opener::Mail(named, otp) => {
                let (uid, Named { kind, value }) = mailbox::addressee(tx, &caller.tenant, named)?;
                let guess = Guess::new(app, caller, Purpose::ResetPin, kind, &value, otp);
                by_code(tx, guess, uid, Reason::VerificationOtpInvalid)
            }
        }
    }
}

fn by_code(tx: &mut Tx, guess: Guess, uid: Option<Uid>, lost: Reason) -> Result<Result<Open, Refusal>> {
    let code = match guess.judge(tx, uid.as_ref(), Counted::Reset)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(lost.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Open { uid: uid.ok_or(lost)?, key: Key::Code(guess, code), lost }))
}

fn by_link(app: &App, tx: &mut Tx, caller: &Caller, link: &Link, now: Timestamp) -> Result<Result<Open, Refusal>> {
    let (unknown, lost) = (Reason::VerificationTokenInvalid, Reason::PinResetLinkUsed);
    let found = match link.look(tx, caller.tenant_id(), now)? {
        Ok(found) => found,
        Err(Reason::EmailLinkInvalid) => return Ok(Err(unknown.into())),
        Err(Reason::EmailLinkUsed) => return Ok(Err(lost.into())),
        Err(reason) => return Ok(Err(reason.into())),
    };
    if mailbox::held(app, tx, &caller.tenant, &found.uid, &found.subject, stands_for_account)?.is_none() {
        // The account gave the address up since the message was sent; whoever reads it there is not the owner.
        return Ok(Err(unknown.into()));
    }
    Ok(Ok(Open { uid: found.uid.clone(), key: Key::Link(link.clone(), found), lost }))
}

/// Uses the key up and changes everything that follows from it, in one transaction. Of many who hold the right key,
/// exactly one gets here.
async fn commit(app: &App, caller: &Caller, open: Open, accepted: Accepted, now: Timestamp) -> Result<()> {
    let caller = caller.clone();
    app.write(move |tx| {
        let (tenant, uid) = (caller.tenant_id(), &open.uid);
        let account = lock(tx, tenant, uid)??;
        if !open.key.consume(tx, tenant, now)? || !accepted.replace(tx, tenant, account, now)? {
            return Err(open.lost.into());
        }
        limits::clear(tx, &caller.tenant, &Subject::Account(uid.clone()), Counted::Reset)?;
        if caller.settings().force_logout {
            sessions::end_all(tx, tenant, uid)?;
        }
        Ok(())
    })
    .await
}
