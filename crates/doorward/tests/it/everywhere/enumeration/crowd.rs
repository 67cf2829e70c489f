//! People in every state, and what each of them is answered.

use crate::support::{Call, Reply, Test, User};
use doorward_flows::app::hashing::HashPool;
use serde_json::{Value, json};
use std::num::NonZeroUsize;

/// An answer, and the work that went into it.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    pub(super) hashes: u64,
    statements: u64,
}

/// People in every state, and the ways to name them.
pub(super) struct Crowd {
    pub(super) t: Test,
    pub(super) people: Vec<(&'static str, User)>,
}

impl Crowd {
    /// A tenant with somebody whose everything is proved, somebody blocked, somebody unproved, and one without a password.
    pub(super) async fn new(settings: &[(&str, &str)]) -> Crowd {
        let mut t = Test::new().await;
        t.leave_messages();
        // Nobody else's passwords are counted.
        t.restart(|setup| setup.hashing = HashPool::start(NonZeroUsize::MIN, 16)).await;
        for (key, text) in settings {
            t.set(key, text).await;
        }
        let states = [
            ("known", json!({})),
            ("blocked", json!({ "IsActive": false })),
            ("unproved", json!({ "EmailVerified": false, "PhoneIdVerified": false })),
            ("disabled", json!({ "DisableLogin": true })),
            ("without a password", json!({ "Password": null })),
        ];
        let mut people = Vec::new();
        for (state, fields) in states {
            people.push((state, t.user_with(&fields).await));
        }
        let nobody = User {
            uid: String::new(),
            phone: "+919812345678".to_owned(),
            email: "nobody@example.com".to_owned(),
            user_name: "nobody".to_owned(),
            password: String::new(),
            profile: Value::Null,
        };
        people.push(("unknown", nobody));
        // The first request of a tenant reads its settings.
        t.get("/identity/v2/serverinfo").key().send().await.ok();
        Crowd { t, people }
    }

    pub(super) async fn seen(&self, call: Call) -> Seen {
        let (hashes, statements) = (self.t.app.hashing.runs(), self.t.app.store.statements());
        let reply = call.send().await;
        Seen {
            status: reply.status,
            headers: headers(&reply),
            body: body(&reply),
            hashes: self.t.app.hashing.runs() - hashes,
            statements: self.t.app.store.statements() - statements,
        }
    }

    /// Sends the same about everybody, several times over, and finds no difference.
    pub(super) async fn is_the_same_for_all(&self, call: impl Fn(&Test, &User) -> Call, times: usize) {
        for round in 0..times {
            let expected = self.seen(call(&self.t, &self.people[0].1)).await;
            assert!(expected.statements > 0);
            for (state, user) in &self.people[1..] {
                assert_eq!(self.seen(call(&self.t, user)).await, expected, "{state}, round {round}");
            }
        }
    }
}

/// Headers but for the request's id.
fn headers(reply: &Reply) -> Vec<(String, String)> {
    let all = reply.headers.iter().filter(|(name, _)| !name.as_str().contains("request-id"));
    all.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

/// The body but for the message's id.
fn body(reply: &Reply) -> String {
    match reply.json["Data"]["Sid"].as_str() {
        Some(sid) => reply.text.replace(sid, &"x".repeat(sid.len())),
        None => reply.text.clone(),
    }
}
