//! The demo's mailbox: messages are caught in a table instead of going out.

use std::sync::Arc;

use doorward_flows::app::outside::{BoxFuture, Carrier, Clock, Message, Undelivered};
use doorward_store::Store;
use doorward_store::mailbox::{self, Caught};

#[cfg(test)]
mod tests;

/// Catches every message, whatever its channel.
pub(crate) struct Mailbox {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Mailbox {
    /// A mailbox in the table that [`mailbox::create`] has made in `store`.
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Mailbox {
        Mailbox { store, clock }
    }
}

impl Carrier for Mailbox {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
        let caught = Caught {
            id: message.id.clone(),
            at: self.clock.now(),
            receiver: message.to.clone(),
            channel: message.channel.as_str().to_owned(),
            template: message.template.clone(),
            subject: message.subject.clone(),
            body: message.text.clone(),
            code: message.code.clone(),
            link: message.link.clone(),
        };
        Box::pin(async move {
            let written = self.store.write(move |tx| mailbox::add(tx, &caught)).await;
            written.map_err(|error| Undelivered::Unreachable(format!("the mailbox could not be written: {error}")))
        })
    }
}
