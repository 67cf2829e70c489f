//! What a login answers while it waits for its second factor.

use super::authenticator::{self, Setup};
use super::{Factor, Standing, sms};
use crate::access::Caller;
use crate::sending::Posted;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{identifiers, mfa_transactions};

/// A login that waits for its second factor, as the client sees it.
#[derive(Debug)]
pub struct Pending {
    /// Stands for the login where the second factor is proved.
    pub token: Secret,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// What there is to prove it with.
    pub factors: Shown,
    /// Whether the tenant demands a second factor of everybody.
    pub is_required: bool,
}

/// The factors of an account, as far as an answer shows them.
#[derive(Debug)]
pub struct Shown {
    /// Those that were proved.
    pub verified: Vec<Factor>,
    /// The phone number that codes go to.
    pub phone: Option<String>,
    /// The text message that is on its way.
    pub sms: Option<Posted>,
    /// The key of the authenticator app that may be set up now.
    pub authenticator: Option<Setup>,
}

/// A pending login that is written, but not yet told to anybody.
pub(crate) struct Waiting {
    uid: Uid,
    token: Secret,
    new: mfa_transactions::New,
    standing: Standing,
    usable: Vec<Factor>,
}

impl Waiting {
    pub(super) fn new(
        uid: Uid,
        token: Secret,
        new: mfa_transactions::New,
        standing: Standing,
        usable: Vec<Factor>,
    ) -> Waiting {
        Waiting { uid, token, new, standing, usable }
    }

    /// Whose login it is.
    pub(crate) fn uid(&self) -> &Uid {
        &self.uid
    }

    /// Describes it; where a code by text message is the only way on, the code goes out by itself.
    pub(crate) async fn finish(self, app: &App, caller: &Caller) -> Result<Pending> {
        let takes_codes = self.usable.contains(&Factor::Sms);
        let phone = if takes_codes { self.standing.phone(app, caller.tenant_id())? } else { None };
        let sms = match &phone {
            Some(phone) if self.usable == [Factor::Sms] => {
                sms::send_unasked(app, caller, &self.uid, &self.new.token, phone).await?
            }
            _ => None,
        };
        let phone = phone.map(|phone| phone.masked());
        let authenticator = self.authenticator(app, caller).await?;
        Ok(Pending {
            token: self.token,
            expires_at: self.new.expires_at,
            factors: Shown { verified: self.usable, phone, sms, authenticator },
            is_required: caller.settings().second_factor.required,
        })
    }

    async fn authenticator(&self, app: &App, caller: &Caller) -> Result<Option<Setup>> {
        let Some(sealed) = &self.new.authenticator else { return Ok(None) };
        let (tenant, uid) = (caller.tenant.clone(), self.uid.clone());
        let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
        authenticator::tell(app, caller, (&self.new.id, sealed), &held).map(Some)
    }
}
