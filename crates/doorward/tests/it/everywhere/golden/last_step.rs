//! The last step of a login that waits for its second factor: whichever operation completes it, the documented person is
//! answered alike.

use super::answers::Answers;
use super::{assert_alike, expected, keys, when_made};
use crate::support::{BEGIN, Call, Test, Tokens};
use doorward_store::Error;
use serde_json::json;

/// The documented person, with one call to go.
pub(super) struct LastStep {
    pub(super) t: Test,
    /// Completes the login, if nothing comes between.
    pub(super) call: Call,
    /// What is documented of it.
    pub(super) answers: Answers,
}

impl LastStep {
    /// Takes it; it is the person's login of this number.
    pub(super) async fn completes_login(self, number: u32) {
        let LastStep { t, call, answers } = self;
        let reply = call.send().await;
        t.run_jobs().await;
        let mut differing = when_made();
        differing.extend([("/NoOfLogins", json!(number)), ("/LastLoginDate", json!(BEGIN))]);
        assert_alike(&reply.ok()["Profile"], &expected(&differing));
        assert_eq!(keys(&reply.json), keys(answers.success()));
        assert_eq!(reply.json["expires_in"], "2026-01-15T12:15:00Z");
        t.profile_call(&Tokens::of(&reply)).send().await.ok();
    }

    /// Takes it when the tenant's trial is over.
    pub(super) async fn ends_with_the_trial(self) {
        self.t.set("plan", r#"{"state": "trial", "trialEndsAt": "2026-01-01T00:00:00Z"}"#).await;
        self.answers_as_documented(403, 6003).await;
    }

    /// Takes it when the invitation that the login came by is gone.
    pub(super) async fn ends_with_its_invitation(self) {
        self.runs("UPDATE mfa_transactions SET invitation = 'inv_1'").await;
        self.answers_as_documented(404, 8169).await;
    }

    /// Takes it when this has broken the database.
    pub(super) async fn fails_after(self, statement: &'static str) {
        self.runs(statement).await;
        self.answers_as_documented(500, 7909).await;
    }

    async fn runs(&self, statement: &'static str) {
        self.t.app.store.write::<_, Error>(move |tx| tx.execute(statement, &[])).await.unwrap();
    }

    async fn answers_as_documented(self, status: u16, code: u64) {
        let reply = self.call.send().await;
        assert_eq!((reply.status, reply.text), (status, self.answers.error(code)));
    }
}
