//! What the owner of an account is told of changes, by every channel that is theirs for certain.

use super::person::Person;
use super::templates::Template;
use super::{Delivery, Prepared, Receiver};
use crate::access::Caller;
use crate::app::outside::Channel;
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::identifiers::Identifier;

/// Notices composed before the transaction that queues them.
#[derive(Debug, Clone)]
pub(crate) struct Notices {
    notices: Vec<Prepared>,
    uid: Option<Uid>,
}

impl Notices {
    /// One for each proved address and phone among what the account holds; none where the tenant wants none.
    pub(crate) fn prepare(
        app: &App,
        caller: &Caller,
        template: Template,
        held: &[Identifier],
        now: Timestamp,
    ) -> Result<Notices> {
        Notices::to_person(app, caller, template, held, None, now)
    }

    /// The same to somebody who cannot be looked up any more when they are handed over.
    pub(crate) fn to_person(
        app: &App,
        caller: &Caller,
        template: Template,
        held: &[Identifier],
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Notices> {
        if !caller.settings().security_notices {
            return Ok(Notices { notices: Vec::new(), uid: None });
        }
        let proved = held.iter().filter(|identifier| identifier.verified_at.is_some());
        let receivers = proved.filter_map(|identifier| {
            let channel = match identifier.kind.as_str() {
                "email" if app.outside.mail.is_some() => Channel::Email,
                "phone" if app.outside.sms.is_some() => Channel::Sms,
                _ => return None,
            };
            Some(Receiver { channel, to: identifier.value.clone() })
        });
        let notices = receivers.map(|receiver| Prepared::notice(app, caller, template, &receiver, person, now));
        Ok(Notices { notices: notices.collect::<Result<_>>()?, uid: None })
    }

    /// The same, about an account whose identifiers may be given up by the transaction that queues them.
    pub(crate) fn about(self, uid: &Uid) -> Notices {
        Notices { uid: Some(uid.clone()), ..self }
    }

    /// Queues them.
    pub(crate) fn queue(&self, tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<()> {
        let uid = self.uid.as_ref();
        self.notices.iter().try_for_each(|notice| notice.queue(tx, tenant, uid, Delivery::Send, now))
    }
}
