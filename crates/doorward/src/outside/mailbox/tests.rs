use doorward_flows::app::outside::{Channel, Speech};
use doorward_flows::app::testing::FrozenClock;
use doorward_model::time::Timestamp;
use doorward_store::SqliteOptions;
use tempfile::TempDir;

use super::*;

#[tokio::test]
async fn a_message_is_caught_once_however_often_it_is_handed_over() {
    let folder = TempDir::new().unwrap();
    let store = Store::open_sqlite(folder.path().join("doorward.db"), SqliteOptions::default()).unwrap();
    store.write(mailbox::create).await.unwrap();
    let carrier = Mailbox::new(store.clone(), Arc::new(FrozenClock::at(Timestamp(5))));
    let message = Message {
        id: "one".to_owned(),
        channel: Channel::Sms,
        to: "+41791234567".to_owned(),
        template: "default".to_owned(),
        subject: None,
        text: "123456 is your code.".to_owned(),
        html: None,
        code: Some("123456".to_owned()),
        link: None,
        speech: Speech::default(),
    };
    carrier.send(&message).await.unwrap();
    carrier.send(&message).await.unwrap();

    let caught = store.read(|tx| mailbox::list(tx, Some("+41791234567"), None, 10)).await.unwrap();
    let [caught] = caught.as_slice() else { panic!("{} messages", caught.len()) };
    assert_eq!((caught.at, caught.channel.as_str(), caught.code.as_deref()), (Timestamp(5), "sms", Some("123456")));
    assert_eq!(caught.body, message.text);
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_written_may_be_later() {
    let folder = TempDir::new().unwrap();
    let store = Store::open_sqlite(folder.path().join("doorward.db"), SqliteOptions::default()).unwrap();
    let carrier = Mailbox::new(store, Arc::new(FrozenClock::at(Timestamp(5))));
    let message = Message {
        id: "one".to_owned(),
        channel: Channel::Email,
        to: "anna@example.org".to_owned(),
        template: "default".to_owned(),
        subject: None,
        text: String::new(),
        html: None,
        code: None,
        link: None,
        speech: Speech::default(),
    };
    assert!(matches!(carrier.send(&message).await, Err(Undelivered::Unreachable(_))));
}
