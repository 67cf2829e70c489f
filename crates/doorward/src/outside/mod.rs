//! The real outside world: the machine's clock and random numbers, mail, text messages, calls, the demo's mailbox,
//! lists of stolen passwords, and the service that people move here from.

mod breach_api;
mod breach_file;
mod former_home;
mod gateway;
pub(crate) mod http;
mod machine;
mod mailbox;
mod smtp;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use anyhow::Context;
use doorward_flows::app::outside::{BreachList, Carrier, Outside};
use doorward_store::Store;

use crate::config::{Gateway, Passwords, Settings};
use breach_api::BreachApi;
use breach_file::BreachFile;
pub use breach_file::build as build_breach_file;
use former_home::VendorLogin;
use gateway::HttpGateway;
pub(crate) use machine::{MachineRandom, SystemClock};
use mailbox::Mailbox;
pub(crate) use smtp::{Smtp, Step, Stopped};

/// The outside world as the settings describe it: without an SMTP host no mail goes out, without an SMS or
/// voice URL no text and no call.
pub fn real(settings: &Settings) -> anyhow::Result<Outside> {
    let smtp = |host: &String| Smtp::new(host, &settings.mail, settings.server.public_host());
    let mail = settings.mail.host.as_ref().map(smtp).transpose();
    Ok(Outside {
        clock: Arc::new(SystemClock),
        random: Arc::new(MachineRandom),
        mail: mail.context("preparing [mail]")?.map(|smtp| Arc::new(smtp) as Arc<dyn Carrier>),
        sms: gateway("sms", &settings.sms)?,
        voice: gateway("voice", &settings.voice)?,
        breach_lists: breach_lists(&settings.passwords).context("preparing [passwords]")?,
        former_home: Some(Arc::new(VendorLogin::new()?)),
    })
}

/// The carrier of a section, if that names a service.
fn gateway(section: &'static str, settings: &Gateway) -> anyhow::Result<Option<Arc<dyn Carrier>>> {
    let Some(url) = &settings.url else { return Ok(None) };
    let gateway = HttpGateway::new(section, url, settings).with_context(|| format!("preparing [{section}]"))?;
    Ok(Some(Arc::new(gateway)))
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
        sms: Some(mailbox.clone()),
        voice: Some(mailbox),
        breach_lists: Vec::new(),
        former_home: None,
    }
}
