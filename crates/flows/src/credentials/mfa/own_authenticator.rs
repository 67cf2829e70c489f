//! The authenticator app of a person who is signed in.

use crate::access::SignedIn;
use crate::factors::mfa::authenticator::{self, Tested, require_offered};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::{Factor, Setup, Standing, held};
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::profile;
use crate::profile::account::{self, require_recent};
use crate::{App, Result, notify};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::second_factors;
use doorward_store::sessions::Session;
use serde_json::value::RawValue;

/// How long a key that was told may be set up.
const ENROLMENT: Span = Span::minutes(60);

/// The key of the app that this session may set up; none while there is an app, or where the tenant has no apps.
///
/// It stays the same for the session and for an hour, so that a page may be drawn twice. Another session gets another
/// key: who has read the settings of one knows nothing of the app that is set up in the next.
pub(super) async fn setup(app: &App, signed_in: &SignedIn, standing: &Standing) -> Result<Option<Setup>> {
    let (caller, session) = (&signed_in.caller, &signed_in.session);
    let is_done = standing.verified(Factor::Authenticator).is_some();
    if is_done || !Factor::Authenticator.is_offered(caller.settings()) {
        return Ok(None);
    }
    let now = app.now();
    let begun = match begun(standing, session, now) {
        Some(begun) => Some(begun.sealed().to_vec()),
        None => begin(app, signed_in, now).await?,
    };
    let Some(sealed) = begun else { return Ok(None) };
    let held = account::identifiers(app, signed_in).await?;
    authenticator::tell(app, caller, (session.id.as_str(), &sealed), &held).map(Some)
}

/// Draws the key, unless another request of the session was faster; none when there is an app meanwhile.
async fn begin(app: &App, signed_in: &SignedIn, now: Timestamp) -> Result<Option<Vec<u8>>> {
    let (caller, session) = (signed_in.caller.clone(), signed_in.session.clone());
    let drawn = authenticator::draw(app, caller.tenant_id(), session.id.as_str());
    app.write(move |tx| {
        let (tenant, uid) = (caller.tenant_id(), &session.uid);
        account::lock(tx, tenant, uid)?;
        let standing = Standing::load(tx, tenant, uid)?;
        if standing.verified(Factor::Authenticator).is_some() {
            return Ok(None);
        }
        if let Some(begun) = begun(&standing, &session, now) {
            return Ok(Some(begun.sealed().to_vec()));
        }
        let wanted = second_factors::New {
            factor: Factor::Authenticator.as_str(),
            // The row bears the name of the session: no other may finish what it began.
            id: session.id.as_str().to_owned(),
            sealed: Some(drawn.clone()),
            subject: None,
        };
        second_factors::want(tx, tenant, uid, &wanted, now)?;
        Ok(Some(drawn.clone()))
    })
    .await
}

/// The app that this session began to set up.
fn begun(standing: &Standing, session: &Session, now: Timestamp) -> Option<Tested> {
    let row = standing.row(Factor::Authenticator)?;
    let is_own = row.wanted_id.as_deref() == Some(session.id.as_str());
    let is_fresh = row.wanted_at.is_some_and(|asked| now.since(asked) < ENROLMENT);
    let (id, sealed) = (row.wanted_id.clone()?, row.wanted.clone()?);
    (is_own && is_fresh).then(|| Tested::wanted(id, sealed))
}

/// Makes the app with this code the person's and gives their profile; the owner is told. A code of the app that is the
/// person's already is used up and changes nothing else.
///
/// Refused: 1097 and 1279 by the tenant's switches, 90006 when the person signed in long ago, 1099 when no key was told,
/// 1102 for a code that is wrong or was used before, 1198, 1132 or 1148 while the account is locked, 1264 when it is
/// locked by this.
pub async fn verify2fa_totp_auth(app: &App, signed_in: &SignedIn, code: &Secret) -> Result<Box<RawValue>> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    require_recent(app, signed_in)?;
    let change = Change::prepare(app, caller, &signed_in.session.uid).await?;
    let (cipher, within, session, code) = (app.clone(), caller.clone(), signed_in.session.clone(), code.clone());
    let proved = app
        .write(move |tx| {
            let (tenant, uid) = (within.tenant_id(), &session.uid);
            account::lock(tx, tenant, uid)?;
            let subject = Subject::Account(uid.clone());
            let (kind, released) = (Counted::SecondFactor, Released::default());
            if let Some(refusal) = limits::enter(tx, &within.tenant, &subject, kind, released, now)? {
                return Ok(Err(refusal));
            }
            let standing = Standing::load(tx, tenant, uid)?;
            let tested = Tested::proved(&standing).or_else(|| begun(&standing, &session, now));
            let tested = tested.ok_or(Reason::MfaAuthenticatorNotConfigured)?;
            if !tested.accepts(&cipher, tx, &within, uid, &code, now)? {
                return Ok(Err(held::wrong(tx, &within, uid, Reason::MfaAuthenticatorCodeWrong, now)?));
            }
            if tested.is_new() {
                change.follow(tx, &within, uid)?;
            }
            Ok(Ok((tested.is_new(), profile::load(tx, &within.tenant, uid, now)?)))
        })
        .await?;
    match proved {
        Ok((is_new, loaded)) => {
            app.wake.notify_one();
            if is_new {
                notify::event(caller, "AddSecondFactor", Some(&signed_in.session.uid));
            }
            profile::render(&loaded.ok_or(Reason::AccessTokenInvalid)?)
        }
        Err(refusal) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(refusal.into())
        }
    }
}
