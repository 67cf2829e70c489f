//! A password that signs nobody in any more, and the code that replaces it.

use crate::access::Caller;
use crate::app::outside::Channel;
use crate::challenge::{self, Sending};
use crate::notify::{Receiver, Template};
use crate::profile::mailbox::{addresses, stands_for_account};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier, Kind};

/// Sends the owner, who has just shown the right password, a code to choose a new one: to an address that stands for
/// the account, else to the proved phone. False when an earlier code still works, when there were as many for a while as
/// the tenant allows, or when there is nowhere to send one.
pub(crate) async fn send_code(
    app: &App,
    caller: &Caller,
    uid: &Uid,
    template: Template,
    now: Timestamp,
) -> Result<bool> {
    let (tenant, id) = (caller.tenant.clone(), uid.clone());
    let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &id)?)).await?;
    let Some((kind, identifier)) = reachable(app, caller, &held) else { return Ok(false) };
    let channel = if kind == Kind::Email { Channel::Email } else { Channel::Sms };
    let receiver = Receiver { channel, to: identifier.shown.clone() };
    let subject = challenge::subject(&app.keys, &caller.tenant.id, kind, &identifier.value);
    let sending = Sending::of_new_password(app, caller, template, subject, &receiver, now)?;
    let (within, uid) = (caller.clone(), uid.clone());
    let sent = app.write(move |tx| sending.issue_once(tx, &within, &uid, now)).await?;
    app.wake.notify_one();
    Ok(sent)
}

fn reachable<'a>(app: &App, caller: &Caller, held: &'a [Identifier]) -> Option<(Kind, &'a Identifier)> {
    let address = addresses(held).find(|address| stands_for_account(address, held));
    let may_text = |phone: &&Identifier| {
        let number = Phone::parse(&phone.value).ok().filter(Phone::is_valid);
        phone.verified_at.is_some() && number.is_some_and(|number| caller.settings().may_message(&number))
    };
    let phone = || {
        let texts = app.outside.sms.is_some() && caller.settings().phone_login;
        held.iter().filter(|one| texts && one.kind == Kind::Phone.as_str()).find(may_text)
    };
    address.map(|address| (Kind::Email, address)).or_else(|| phone().map(|phone| (Kind::Phone, phone)))
}
