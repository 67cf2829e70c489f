//! The way from the hosted pages back to the application: a code that its back end exchanges for a session of its own.

use crate::access::{Admin, SignedIn};
use crate::profile::{self, account};
use crate::session::{self, Completed, Fresh, Tokens, limit};
use crate::{App, Result, app, limits, notify};
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::sign_in_codes::{self, New, Used};
use doorward_store::{Tx, accounts, sessions};

/// How long a code works: the browser takes it to the back end at once.
const LIFE: Span = Span::seconds(60);

/// A code for the session on the hosted pages, bound to the tenant and to the address that the browser takes it to. 90007
/// when that is not on the tenant's list.
pub async fn issue_sign_in_code(app: &App, signed_in: &SignedIn, redirect_url: &str) -> Result<Secret> {
    let (caller, now) = (&signed_in.caller, app.now());
    if !caller.settings().hosted_pages.leads_to(redirect_url) {
        return Err(Reason::OriginDenied.into());
    }
    let code = Secret::new(data_encoding::BASE64URL_NOPAD.encode(&app.random::<32>()));
    let new = New {
        code: app.keys.digest(Purpose::SignInCode, caller.tenant_id(), code.expose()),
        session: signed_in.session.id.clone(),
        redirect_url: redirect_url.to_owned(),
        expires_at: now.plus(LIFE),
    };
    let tenant = caller.tenant.clone();
    app.write(move |tx| Ok(sign_in_codes::add(tx, &tenant.id, &new)?)).await?;
    Ok(code)
}

/// Exchanges a code for a session of the application's own, once. What the code proves is what the sign-in on the pages
/// proved, and when: the new session is as recent as that one.
///
/// 90016 for a code that is unknown, used, too old, of another tenant, or named with another address, or whose session has
/// ended; a code that was named wrongly is used up. 991 and 1130 when the account was closed meanwhile, 1338 when it has
/// as many sessions as it may, the one on the pages not counted; these leave the code as it was.
pub async fn exchange_sign_in_code(
    app: &App,
    admin: &Admin,
    code: &Secret,
    redirect_url: &str,
) -> Result<session::Finished> {
    let wrong = Reason::SignInCodeInvalid;
    let asked = Asked { redirect_url: Some(redirect_url.to_owned()), unknown: wrong, too_old: wrong };
    exchange(app, admin, code, asked).await?.finish()
}

/// The same for clients that know the code as a request token, and do not say where they got it: 903 for one that is
/// unknown, used or of another tenant, or whose session has ended, 904 for one that is too old.
pub async fn get_access_token(app: &App, admin: &Admin, token: &Secret) -> Result<Tokens> {
    let (unknown, too_old) = (Reason::RequestTokenInvalid, Reason::RequestTokenExpired);
    let asked = Asked { redirect_url: None, unknown, too_old };
    Ok(exchange(app, admin, token, asked).await?.tokens())
}

/// How somebody brings a code.
struct Asked {
    /// Where they got it, if they say so.
    redirect_url: Option<String>,
    /// What they are told of one that is none.
    unknown: Reason,
    /// What they are told of one that came too late.
    too_old: Reason,
}

impl Asked {
    fn judge(&self, used: Option<Used>, now: Timestamp) -> Result<Used, Reason> {
        let is_here = |used: &Used| self.redirect_url.as_ref().is_none_or(|url| *url == used.redirect_url);
        let used = used.filter(is_here).ok_or(self.unknown)?;
        if now >= used.expires_at {
            return Err(self.too_old);
        }
        if now >= used.access_expires_at { Err(self.unknown) } else { Ok(used) }
    }
}

async fn exchange(app: &App, admin: &Admin, code: &Secret, asked: Asked) -> Result<Completed> {
    let (caller, now) = (&admin.caller, app.now());
    let fresh = Fresh::draw(app, caller, now);
    let digests: Vec<_> = app.keys.digests(Purpose::SignInCode, caller.tenant_id(), code.expose().trim()).collect();
    let within = caller.clone();
    let begun = app
        .write(move |tx| {
            let mut used = None;
            for digest in &digests {
                used = used.or(sign_in_codes::consume(tx, within.tenant_id(), digest, now)?);
            }
            match asked.judge(used, now) {
                Ok(used) => begin(tx, &within.tenant, &fresh, &used, now).map(Ok),
                // Committed, so that a code which was tried once is not tried again.
                Err(reason) => Ok(Err(reason)),
            }
        })
        .await?;
    let completed = begun.map_err(|reason| limits::refused(app, caller, reason))?;
    notify::event(caller, "ExchangeSignInCode", Some(completed.uid()));
    Ok(completed)
}

fn begin(tx: &mut Tx, tenant: &app::Tenant, fresh: &Fresh, used: &Used, now: Timestamp) -> Result<Completed> {
    let account = accounts::lock(tx, &tenant.id, &used.uid)?;
    let Some(account) = account.filter(|account| account.is_active && !account.login_disabled) else {
        return Err(account::refuse_state(accounts::state(tx, &tenant.id, &used.uid)?).into());
    };
    if let Some(reason) = limit::reached(tx, tenant, &used.uid, &used.session, now)? {
        return Err(reason.into());
    }
    let fresh = if used.remembered { fresh.clone().remembered(&tenant.settings, now) } else { fresh.clone() };
    sessions::start(tx, &tenant.id, &used.uid, &fresh.new, now)?;
    sessions::authenticate(tx, &tenant.id, &fresh.new.id, used.authenticated_at)?;
    let loaded = profile::load_around(tx, tenant, account, now)?;
    Ok(Completed::new(loaded, fresh.tokens))
}
