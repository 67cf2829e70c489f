//! Signing in with a PIN.

use crate::access::Caller;
use crate::factors::mfa::Standing;
use crate::factors::mfa::standing::Means;
use crate::factors::pin::{Stored, WRONG_IN_A_ROW, count_wrong, require_pin, settings};
use crate::limits::{self, Kind as Counted, Subject, captcha};
use crate::profile::account;
use crate::session::pin_gate::browser;
use crate::session::{self, Completed, Fresh, Login};
use crate::{App, Result, notify};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::pin_tokens::{self, PinSession};
use doorward_store::{Tx, accounts, pins, sessions};

/// When a session was proved that counts as no proof.
const LONG_AGO: Timestamp = Timestamp(0);

/// 1233 while the tenant has no PINs, 1244 while they are not for signing in.
pub fn require_pin_login(caller: &Caller) -> Result<(), Reason> {
    require_pin(caller)?;
    settings(&caller.tenant).signs_in().then_some(()).ok_or(Reason::PinLoginDisabled)
}

/// Signs in with a session token and a PIN. A second factor is not asked again: the token proves a login that passed it.
/// But for what asks for a recent proof, an account with a second factor has to give that.
///
/// Refused in this order: 1233, 1244; 982 where it takes a captcha and the answer is not right; 1245 for a token that is
/// unknown, ended, another tenant's or was handed to another kind of browser; 1246 for one that is too old; 991 or 1130,
/// 1198; 1234 without a PIN; 1235 when the account has none; 1236 for a wrong one. Five wrong ones in a row end the token,
/// ten of an account end all of its tokens, and each counts like a wrong password.
pub async fn login_by_pin(
    app: &App,
    caller: &Caller,
    token: &Secret,
    pin: Option<Pin>,
    captcha: Option<&captcha::Response>,
) -> Result<Login> {
    require_pin_login(caller)?;
    captcha::require(caller, |apis| apis.post_login_by_pin, captcha)?;
    let now = app.now();
    let visitor = Visitor::new(app, caller, token, now);
    let seen = {
        let visitor = visitor.clone();
        app.read(move |tx| visitor.look(tx)).await?
    };
    let seen = match seen {
        Ok(seen) => seen,
        Err(refusal) => return Err(refused(app, caller, refusal)),
    };
    let pin = pin.ok_or(Reason::PinMissing)?;
    let right = seen.stored.ok_or(Reason::PinNotSet)?.is_right(app, &caller.tenant, &pin).await?;

    let fresh = Fresh::draw(app, caller, now).by_pin();
    match app.write(move |tx| visitor.enter(tx, right, &fresh)).await? {
        Ok(completed) => {
            notify::event(caller, "Login", Some(completed.uid()));
            Ok(Login::Finished(completed.finish()?))
        }
        Err(refusal) => Err(refused(app, caller, refusal)),
    }
}

/// Looks whether a session token may sign in with a PIN now, for a page that asks for the PIN only then. Refused as
/// [`login_by_pin`] is before it compares the PIN.
pub async fn require_pin_session(app: &App, caller: &Caller, token: &Secret) -> Result<()> {
    require_pin_login(caller)?;
    let visitor = Visitor::new(app, caller, token, app.now());
    let seen = app.read(move |tx| visitor.look(tx)).await?;
    match seen {
        Ok(seen) if seen.stored.is_none() => Err(Reason::PinNotSet.into()),
        Ok(_) => Ok(()),
        Err(refusal) => Err(refused(app, caller, refusal)),
    }
}

/// A refusal that may be a guess at a token or a PIN counts against the network it came from.
fn refused(app: &App, caller: &Caller, refusal: Refusal) -> crate::Error {
    if matches!(refusal.reason, Reason::PinSessionTokenInvalid | Reason::PinInvalid) {
        notify::event(caller, "LoginByPinFailed", None);
        return limits::refused(app, caller, refusal);
    }
    refusal.into()
}

/// Somebody with a session token.
#[derive(Clone)]
struct Visitor {
    caller: Caller,
    /// The token under every master key it may have been handed out under.
    digests: Vec<Digest>,
    now: Timestamp,
}

/// A session token that may be used.
struct Seen {
    token: Digest,
    session: PinSession,
    stored: Option<Stored>,
}

impl Visitor {
    fn new(app: &App, caller: &Caller, token: &Secret, now: Timestamp) -> Visitor {
        Visitor { caller: caller.clone(), digests: digests(app, caller, token), now }
    }

    /// What there is behind the token, if there is nothing against its use.
    fn look(&self, tx: &mut Tx) -> Result<Result<Seen, Refusal>> {
        let tenant = &self.caller.tenant;
        let found = find(tx, &self.caller, &self.digests)?.filter(|(_, session)| self.is_same_browser(session));
        let Some((token, session)) = found else { return Ok(Err(Reason::PinSessionTokenInvalid.into())) };
        if self.now >= session.expires_at {
            return Ok(Err(Reason::PinSessionTokenExpired.into()));
        }
        let state = accounts::state(tx, &tenant.id, &session.uid)?;
        if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
            return Ok(Err(account::refuse_state(state)));
        }
        let subject = Subject::Account(session.uid.clone());
        if let Some(refusal) = limits::locked(tx, tenant, &subject, Counted::Login, self.now)? {
            return Ok(Err(refusal));
        }
        let stored = Stored::find(tx, &tenant.id, &session.uid)?;
        Ok(Ok(Seen { token, session, stored }))
    }

    /// A token that went to a browser is of no use to another kind of program: it was copied out.
    fn is_same_browser(&self, session: &PinSession) -> bool {
        let is_bound = settings(&self.caller.tenant).configuration.bind_to_browser && !session.browser.is_empty();
        !is_bound || session.browser == browser(&self.caller)
    }

    /// Judges the PIN where wrong ones are counted: everything is asked again, so that of many guesses at once no more
    /// are told right or wrong than the token has left.
    fn enter(&self, tx: &mut Tx, right: bool, fresh: &Fresh) -> Result<Result<Completed, Refusal>> {
        let (tenant, now) = (&self.caller.tenant, self.now);
        // The account first, as everybody else does who changes both.
        if let Some((_, session)) = find(tx, &self.caller, &self.digests)? {
            accounts::lock(tx, &tenant.id, &session.uid)?;
        }
        let Seen { token, session, .. } = match self.look(tx)? {
            Ok(seen) => seen,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let subject = Subject::Account(session.uid.clone());
        if !right {
            pin_tokens::count_wrong(tx, &tenant.id, &token, WRONG_IN_A_ROW)?;
            count_wrong(tx, &tenant.id, &session.uid)?;
            limits::count(tx, tenant, &subject, Counted::Login, now)?;
            return Ok(Err(Reason::PinInvalid.into()));
        }
        if session.wrong > 0 {
            pin_tokens::forget_wrong(tx, &tenant.id, &token)?;
        }
        pins::forget_wrong(tx, &tenant.id, &session.uid)?;
        limits::clear(tx, tenant, &subject, Counted::Login)?;
        let completed = session::complete(tx, &self.caller, fresh, &session.uid, now)?;
        let usable = Standing::load(tx, &tenant.id, &session.uid)?.usable(&tenant.settings);
        if completed.is_ok() && !Means::Pin.is_highest(&usable) {
            sessions::authenticate(tx, &tenant.id, &fresh.new.id, LONG_AGO)?;
        }
        Ok(completed)
    }
}

fn digests(app: &App, caller: &Caller, token: &Secret) -> Vec<Digest> {
    app.keys.digests(Purpose::PinSession, caller.tenant_id(), token.expose().trim()).collect()
}

fn find(tx: &mut Tx, caller: &Caller, digests: &[Digest]) -> Result<Option<(Digest, PinSession)>> {
    for digest in digests {
        if let Some(session) = pin_tokens::session(tx, caller.tenant_id(), digest)? {
            return Ok(Some((digest.clone(), session)));
        }
    }
    Ok(None)
}

/// Ends a session token. Answers the same for one that there is not: it signs nobody in either way.
pub async fn invalidate_pin_session_token(app: &App, caller: &Caller, token: &Secret) -> Result<()> {
    let (digests, tenant) = (digests(app, caller, token), caller.tenant.clone());
    app.write(move |tx| digests.iter().try_for_each(|digest| Ok(pin_tokens::end(tx, &tenant.id, digest)?))).await
}
