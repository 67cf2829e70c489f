//! The real outside world: the machine's clock and random numbers, mail, text messages, and the demo's mailbox.

mod http_sms;
mod machine;
mod mailbox;
mod smtp;

use std::sync::Arc;

use anyhow::Context;
use doorward_flows::outside::{Carrier, Outside};
use doorward_store::Store;

use crate::config::Settings;
use http_sms::HttpSms;
pub(crate) use machine::{MachineRandom, SystemClock};
use mailbox::Mailbox;
pub(crate) use smtp::Smtp;

/// The outside world as the settings describe it: without an SMTP host no mail goes out, without an SMS URL no text.
pub fn real(settings: &Settings) -> anyhow::Result<Outside> {
    let mail = settings.mail.host.as_ref().map(|host| Smtp::new(host, &settings.mail)).transpose();
    let sms = settings.sms.url.as_ref().map(|url| HttpSms::new(url, &settings.sms)).transpose();
    Ok(Outside {
        clock: Arc::new(SystemClock),
        random: Arc::new(MachineRandom),
        mail: mail.context("preparing [mail]")?.map(|smtp| Arc::new(smtp) as Arc<dyn Carrier>),
        sms: sms.context("preparing [sms]")?.map(|sms| Arc::new(sms) as Arc<dyn Carrier>),
    })
}

/// The outside world of a demo: every message is caught in the mailbox table of `store`.
pub fn caught(store: &Store) -> Outside {
    let clock = Arc::new(SystemClock);
    let mailbox: Arc<dyn Carrier> = Arc::new(Mailbox::new(store.clone(), clock.clone()));
    Outside { clock, random: Arc::new(MachineRandom), mail: Some(mailbox.clone()), sms: Some(mailbox) }
}
