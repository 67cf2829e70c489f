//! Messages on their way out: queued with what caused them, handed over until they are taken.

use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test};
use doorward_flows::app::outside::{BoxFuture, Carrier, Message, Undelivered};
use doorward_flows::{notify, worker};

use doorward_model::time::Span;
use doorward_store::{Error, jobs as queue};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// How many messages wait, and how many texts are kept.
async fn kept(t: &Test) -> (i64, i64) {
    t.app
        .store
        .read::<_, Error>(|tx| {
            let (texts,): (i64,) = tx.one("SELECT COUNT(*) FROM jobs WHERE sealed IS NOT NULL", &[])?;
            Ok((queue::waiting(tx)?, texts))
        })
        .await
        .unwrap()
}

/// A person's code is in the queue.
async fn with_message() -> Test {
    let t = Test::new().await;
    let user = t.user().await;
    t.ask_for_reset(&user.phone).send().await.ok();
    assert_eq!(kept(&t).await, (1, 1));
    t
}

fn unreachable(t: &Test, times: usize) {
    for _ in 0..times {
        t.carrier.fail_next(Undelivered::Unreachable("away".to_owned()));
    }
}

#[tokio::test]
async fn a_message_is_carried_once_and_its_text_blanked() {
    let t = with_message().await;
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 1);
    assert_eq!(kept(&t).await, (0, 0));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 0);
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test]
async fn the_text_in_the_queue_is_encrypted() {
    let t = with_message().await;
    let read = t.app.store.read::<_, Error>(|tx| tx.one::<(Vec<u8>,)>("SELECT sealed FROM jobs", &[]));
    let (sealed,) = read.await.unwrap();
    t.run_jobs().await;
    let code = t.outbox()[0].code.clone().unwrap();
    let holds = |text: &[u8]| sealed.windows(text.len()).any(|window| window == text);
    assert!(!holds(code.as_bytes()) && !holds(b"reset-password"));
}

#[tokio::test]
async fn a_refused_request_queues_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    let body = json!({ "PhoneId": "+919812345678", "UserName": user.user_name, "Password": GOOD_PASSWORD });
    t.register(&body).await.refusal();
    t.reset_call(&user.phone, "123456", OTHER_PASSWORD).send().await.refusal();
    t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    assert_eq!(kept(&t).await, (0, 0));
}

#[tokio::test]
async fn a_message_to_nobody_waits_nowhere_and_has_no_text() {
    let t = Test::new().await;
    t.ask_for_reset("+919812345678").send().await.ok();
    assert_eq!(kept(&t).await, (0, 0));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_carrier_that_cannot_be_reached_is_tried_again_after_pauses_that_double() {
    let t = with_message().await;
    unreachable(&t, 5);
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 1);
    for pause in [2, 4, 8, 16, 32] {
        t.clock.advance(Span(pause * 1000 - 1));
        assert_eq!(notify::run_due(&t.app).await.unwrap(), 0, "{pause} s");
        assert!(t.outbox().is_empty());
        t.clock.advance(Span(1));
        assert_eq!(notify::run_due(&t.app).await.unwrap(), 1, "{pause} s");
    }
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test]
async fn no_pause_is_longer_than_ten_minutes() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    unreachable(&t, 20);
    for _ in 0..20 {
        notify::run_due(&t.app).await.unwrap();
        t.clock.advance(Span::minutes(10));
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().last().unwrap().template, "password-changed");
}

#[tokio::test]
async fn a_message_keeps_its_id_through_all_tries() {
    #[derive(Default)]
    struct Refusing(Mutex<Vec<String>>);
    impl Carrier for Refusing {
        fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
            self.0.lock().unwrap().push(message.id.clone());
            Box::pin(async { Err(Undelivered::Unreachable("away".to_owned())) })
        }
    }
    let mut t = with_message().await;
    let carrier = Arc::new(Refusing::default());
    t.restart(|setup| setup.outside.sms = Some(carrier.clone())).await;
    for _ in 0..4 {
        notify::run_due(&t.app).await.unwrap();
        t.clock.advance(Span::seconds(30));
    }
    let ids = carrier.0.lock().unwrap().clone();
    assert_eq!(ids.len(), 4);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1);
    t.leave_messages();
}

#[tokio::test]
async fn a_message_that_is_refused_is_not_tried_again() {
    let t = with_message().await;
    t.carrier.fail_next(Undelivered::Refused("no such number".to_owned()));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 1);
    assert_eq!(kept(&t).await, (0, 0));
    t.clock.advance(Span::minutes(1));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 0);
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_code_that_is_over_is_not_sent_any_more() {
    let t = with_message().await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 1);
    assert_eq!(kept(&t).await, (0, 0));
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_refused_message_keeps_no_other_from_being_carried() {
    let t = Test::new().await;
    for _ in 0..3 {
        let user = t.user().await;
        t.ask_for_reset(&user.phone).send().await.ok();
    }
    t.carrier.fail_next(Undelivered::Refused("no such number".to_owned()));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 2);
}

#[tokio::test]
async fn messages_outlive_a_restart() {
    let mut t = with_message().await;
    t.restart(|_| {}).await;
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test]
async fn without_its_carrier_a_message_waits_for_one() {
    let mut t = with_message().await;
    let outside = t.app.outside.clone();
    for mail in [None, outside.mail.clone()] {
        t.restart(|setup| (setup.outside.mail, setup.outside.sms) = (mail, None)).await;
        assert_eq!(notify::run_due(&t.app).await.unwrap(), 0);
        assert_eq!(attempts(&t).await, 0, "who cannot send it leaves it to a process that can");
    }
    t.restart(|setup| setup.outside = outside).await;
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_workers_carry_each_message_once() {
    let t = Test::new().await;
    let mut phones = BTreeSet::new();
    for _ in 0..40 {
        let user = t.user_with(&json!({ "Password": null })).await;
        t.ask_for_reset(&user.phone).send().await.ok();
        phones.insert(user.phone);
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let app = t.app.clone();
        workers.spawn(async move { while notify::run_due(&app).await.unwrap() > 0 {} });
    }
    workers.join_all().await;
    let carried: Vec<_> = t.outbox().into_iter().map(|message| message.to).collect();
    assert_eq!(carried.len(), 40);
    assert_eq!(carried.into_iter().collect::<BTreeSet<_>>(), phones);
}

#[tokio::test]
async fn what_a_worker_that_died_had_in_hand_is_carried_after_its_lease() {
    let t = with_message().await;
    let now = t.app.now();
    let claim =
        t.app.store.write::<_, Error>(move |tx| queue::claim(tx, queue::Lane::Text, 16, Span::seconds(60), now));
    assert_eq!(claim.await.unwrap().len(), 1);
    t.clock.advance(Span(59_999));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 0);
    t.clock.advance(Span(1));
    assert_eq!(notify::run_due(&t.app).await.unwrap(), 1);
    assert_eq!(t.outbox().len(), 1);
}

/// Never answers about one receiver, and takes what is for the others.
struct Hanging {
    receiver: String,
    taken: Mutex<Vec<String>>,
}

impl Carrier for Hanging {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            if message.to == self.receiver {
                std::future::pending::<()>().await;
            }
            self.taken.lock().unwrap().push(message.to.clone());
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_carrier_that_hangs_holds_up_neither_requests_nor_later_messages() {
    let mut t = Test::new().await;
    t.leave_messages();
    let (first, second) = (t.user().await, t.user().await);
    let carrier = Arc::new(Hanging { receiver: first.phone.clone(), taken: Mutex::default() });
    t.restart(|setup| setup.outside.sms = Some(carrier.clone())).await;
    let mut worker = JoinSet::new();
    worker.spawn(worker::work(t.app.clone(), std::future::pending()));

    t.ask_for_reset(&first.phone).send().await.ok();
    while attempts(&t).await == 0 {
        tokio::task::yield_now().await;
    }
    t.login(&first).await;
    t.ask_for_reset(&second.phone).send().await.ok();
    while carrier.taken.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(*carrier.taken.lock().unwrap(), [second.phone]);
    worker.shutdown().await;
}

async fn attempts(t: &Test) -> i64 {
    let read = t.app.store.read::<_, Error>(|tx| tx.one::<(i64,)>("SELECT MAX(attempts) FROM jobs", &[]));
    read.await.unwrap().0
}

#[tokio::test]
async fn old_rows_are_swept_out_and_what_is_in_use_stays() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.reset_code(&user).await;
    t.clock.advance(Span::days(8));
    let code = t.reset_code(&user).await;
    worker::sweep(&t.app).await.unwrap();
    let read = t.app.store.read::<_, Error>(|tx| tx.one::<(i64,)>("SELECT COUNT(*) FROM jobs", &[]));
    assert_eq!(read.await.unwrap().0, 1);
    t.refresh_call(&tokens).send().await.ok();
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}
