//! What a person does with their own account.

mod address;
mod deletion;
mod email;
mod login_phone;
mod phone;
mod profile;
mod profile_read;
mod resend;
mod user_name;

use crate::support::{Test, User};
use doorward_flows::app::outside::Message;

/// The latest message to this receiver, after all that wait are carried.
pub(crate) async fn latest(t: &Test, to: &str) -> Message {
    t.run_jobs().await;
    t.outbox().into_iter().rev().find(|message| message.to == to).unwrap_or_else(|| panic!("nothing went to {to}"))
}

/// The token in the link of the latest message to this receiver.
pub(crate) async fn token(t: &Test, to: &str) -> String {
    let link = latest(t, to).await.link.expect("a link");
    link.rsplit_once("&vtoken=").expect("a token in the link").1.to_owned()
}

/// Who was told of this, after all messages that wait are carried.
pub(crate) async fn told(t: &Test, template: &str) -> Vec<String> {
    t.run_jobs().await;
    let mut told: Vec<_> =
        t.outbox().into_iter().filter(|message| message.template == template).map(|message| message.to).collect();
    told.sort();
    told
}

/// The person's profile as the back end sees it.
pub(crate) async fn account(t: &Test, user: &User) -> serde_json::Value {
    let reply = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    reply.ok().clone()
}
