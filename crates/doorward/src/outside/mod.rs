//! The real outside world: the machine's clock and random numbers, mail, text messages, the demo's mailbox,
//! lists of stolen passwords, and the service that people move here from.

mod breach_api;
mod breach_file;
mod former_home;
mod http;
mod http_sms;
mod machine;
mod mailbox;
mod smtp;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use anyhow::Context;
use doorward_flows::outside::{BreachList, Carrier, Outside};
use doorward_store::Store;

use crate::config::{Passwords, Settings};
use breach_api::BreachApi;
use breach_file::BreachFile;
pub use breach_file::build as build_breach_file;
use former_home::VendorLogin;
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
        breach_lists: breach_lists(&settings.passwords).context("preparing [passwords]")?,
        former_home: Some(Arc::new(VendorLogin::new()?)),
    })
}

/// The lists of stolen passwords that the settings name, the nearer one first.
pub fn breach_lists(settings: &Passwords) -> anyhow::Result<Vec<Arc<dyn BreachList>>> {
    let mut lists: Vec<Arc<dyn BreachList>> = Vec::new();
    if let Some(path) = &settings.breached_list {
        lists.push(Arc::new(BreachFile::open(path)?));
    }
    if let Some(url) = &settings.breach_api {
        lists.push(Arc::new(BreachApi::new(url)?));
    }
    Ok(lists)
}

/// The outside world of a demo: every message is caught in the mailbox table of `store`.
pub fn caught(store: &Store) -> Outside {
    let clock = Arc::new(SystemClock);
    let mailbox: Arc<dyn Carrier> = Arc::new(Mailbox::new(store.clone(), clock.clone()));
    Outside {
        clock,
        random: Arc::new(MachineRandom),
        mail: Some(mailbox.clone()),
        sms: Some(mailbox),
        breach_lists: Vec::new(),
        former_home: None,
    }
}
