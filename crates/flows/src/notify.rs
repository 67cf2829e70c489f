//! Telling people: messages composed from templates and queued with what caused them, and the audit line.

use crate::access::{Caller, Tenant, Webhooks};
use crate::outside::{Channel, Message};
use crate::{App, Result};
use doorward_model::id::{JobId, TenantId, Uid};
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::jobs;

mod notices;
mod templates;
pub(crate) use notices::Notices;
pub use templates::Template;

/// How long a message without a code is worth delivering.
const NOTICE_LIFE: Span = Span::days(1);

/// What a template's placeholders stand for.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// `#OTP#`.
    pub code: Option<Secret>,
    /// `#OTPExpiry#` in seconds.
    pub seconds: i64,
    /// `#Url#`.
    pub link: Option<String>,
}

/// Where a message goes.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// How.
    pub channel: Channel,
    /// The address or E.164 number.
    pub to: String,
}

/// Whether a prepared message will go out. One that will not is written all the same: it costs as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It will.
    Send,
    /// The receiver is nobody's, or is not to be told.
    Withhold,
}

/// A message composed and encrypted before the transaction that queues it.
#[derive(Debug, Clone)]
pub(crate) struct Prepared(jobs::New);

impl Prepared {
    /// Composes a message that lives until `expires_at`.
    pub(crate) fn compose(
        app: &App,
        tenant: &Tenant,
        template: Template,
        receiver: &Receiver,
        values: &Values,
        expires_at: Timestamp,
    ) -> Result<Prepared> {
        let id = app.guid();
        let message = template.fill(&id, &tenant.name, receiver, values);
        let text = serde_json::to_string(&message).map_err(anyhow::Error::from)?;
        let sealed = app.keys.seal(&place(&tenant.id, &id), &text, app.random());
        let channel = receiver.channel.as_str().to_owned();
        Ok(Prepared(jobs::New { id: JobId::new(id), channel, sealed: Some(sealed), expires_at }))
    }

    /// Composes a notice: nothing in it opens anything, and it may arrive a day late.
    pub(crate) fn notice(
        app: &App,
        tenant: &Tenant,
        template: Template,
        receiver: &Receiver,
        now: Timestamp,
    ) -> Result<Prepared> {
        Prepared::compose(app, tenant, template, receiver, &Values::default(), now.plus(NOTICE_LIFE))
    }

    /// The message's id, which answers show as `Sid`.
    pub(crate) fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Queues it, or writes an empty row in its place.
    pub(crate) fn queue(
        &self,
        tx: &mut doorward_store::Tx,
        tenant: &TenantId,
        delivery: Delivery,
        now: Timestamp,
    ) -> Result<()> {
        let mut new = self.0.clone();
        if delivery == Delivery::Withhold {
            new.sealed = None;
        }
        Ok(jobs::add(tx, tenant, &new, now)?)
    }
}

fn place(tenant: &TenantId, id: &str) -> String {
    format!("job:{tenant}:{id}")
}

/// Reads a queued message back.
pub(crate) fn open(app: &App, claimed: &jobs::Claimed) -> anyhow::Result<Message> {
    let text = app.keys.open(&place(&claimed.tenant, claimed.id.as_str()), &claimed.sealed)?;
    Ok(serde_json::from_str(&text)?)
}

/// The audit line of something that happened: who at which tenant, never what was typed.
pub(crate) fn event(caller: &Caller, event: &'static str, uid: Option<&Uid>) {
    let webhooks = caller.visit.webhooks == Webhooks::Fire;
    let uid = uid.map(Uid::as_str);
    tracing::info!(
        target: "doorward::audit",
        event,
        tenant = caller.tenant_id().as_str(),
        account.uid = uid,
        request_id = caller.visit.request_id,
        webhooks,
        "{event}"
    );
}
