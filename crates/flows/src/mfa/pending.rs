//! What a login answers while it waits for its second factor.

use super::authenticator::{self, Setup};
use super::{BY_ANSWERS, Factor, Standing, email, questions, sms};
use crate::access::Caller;
use crate::sending::{Posted, Voice};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::secret::Secret;
use doorward_model::security_question::SecurityQuestion;
use doorward_model::time::Timestamp;
use doorward_store::{identifiers, mfa_transactions};

/// A login that waits for its second factor, as the client sees it.
#[derive(Debug)]
pub struct Pending {
    /// Stands for the login where the second factor is proved.
    pub token: Secret,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// What there is to prove it with.
    pub factors: Shown,
    /// Whether the tenant demands a second factor of everybody.
    pub is_required: bool,
}

/// The factors of an account, as far as an answer shows them.
#[derive(Debug)]
pub struct Shown {
    /// Those that were proved.
    pub verified: Vec<Factor>,
    /// The phone number that codes go to.
    pub phone: Option<String>,
    /// The text message that is on its way.
    pub sms: Option<Posted>,
    /// The key of the authenticator app that may be set up now.
    pub authenticator: Option<Setup>,
    /// The addresses that codes may go to.
    pub emails: Vec<String>,
    /// Where a code is on its way to by email.
    pub email: Option<String>,
    /// The questions that are asked, or may be chosen.
    pub questions: Vec<SecurityQuestion>,
}

/// A pending login that is written, but not yet told to anybody.
pub(crate) struct Waiting {
    uid: Uid,
    token: Secret,
    new: mfa_transactions::New,
    standing: Standing,
    usable: Vec<Factor>,
    voice: Voice,
}

impl Waiting {
    pub(super) fn new(
        uid: Uid,
        token: Secret,
        new: mfa_transactions::New,
        standing: Standing,
        usable: Vec<Factor>,
    ) -> Waiting {
        Waiting { uid, token, new, standing, usable, voice: Voice::No }
    }

    /// Whose login it is.
    pub(crate) fn uid(&self) -> &Uid {
        &self.uid
    }

    /// The same, where a code that goes out by itself to a phone is told so.
    pub(crate) fn told(self, voice: Voice) -> Waiting {
        Waiting { voice, ..self }
    }

    /// Describes it; where a code to one phone or address is the only way on, the code goes out by itself.
    pub(crate) async fn finish(self, app: &App, caller: &Caller) -> Result<Pending> {
        let takes_codes = self.usable.contains(&Factor::Sms);
        let phone = if takes_codes { self.standing.phone(app, caller.tenant_id())? } else { None };
        let sms = match &phone {
            Some(phone) if self.usable == [Factor::Sms] => {
                sms::send_unasked(app, caller, &self.uid, &self.new.token, (phone, self.voice)).await?
            }
            _ => None,
        };
        let phone = phone.map(|phone| phone.masked());
        let mailboxes = self.mailboxes(app, caller).await?;
        let email = match mailboxes.as_slice() {
            [address] if self.usable == [Factor::Email] => {
                email::send_unasked(app, caller, &self.uid, &self.new.token, address).await?
            }
            _ => None,
        };
        let questions = self.questions(app, caller).await?;
        let authenticator = self.authenticator(app, caller).await?;
        Ok(Pending {
            token: self.token,
            expires_at: self.new.expires_at,
            factors: Shown {
                verified: self.usable,
                phone,
                sms,
                authenticator,
                emails: mailboxes.iter().map(Email::masked).collect(),
                email,
                questions,
            },
            is_required: caller.settings().second_factor.required,
        })
    }

    async fn authenticator(&self, app: &App, caller: &Caller) -> Result<Option<Setup>> {
        let Some(sealed) = &self.new.authenticator else { return Ok(None) };
        let (tenant, uid) = (caller.tenant.clone(), self.uid.clone());
        let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
        authenticator::tell(app, caller, (&self.new.id, sealed), &held).map(Some)
    }

    /// Whether this factor may prove the login: it is one already, or there is none and it may become the first.
    fn takes(&self, caller: &Caller, factor: Factor) -> bool {
        let is_first = self.standing.usable(caller.settings()).is_empty() && factor.is_offered(caller.settings());
        is_first || self.usable.contains(&factor)
    }

    async fn mailboxes(&self, app: &App, caller: &Caller) -> Result<Vec<Email>> {
        if !self.takes(caller, Factor::Email) {
            return Ok(Vec::new());
        }
        let (keys, tenant, uid) = (app.keys.clone(), caller.tenant.clone(), self.uid.clone());
        let spent = self.new.spent.clone();
        app.read(move |tx| email::mailboxes(tx, &keys, &tenant.id, &uid, spent.as_ref())).await
    }

    async fn questions(&self, app: &App, caller: &Caller) -> Result<Vec<SecurityQuestion>> {
        if !self.takes(caller, Factor::SecurityQuestion) || self.new.first_factor == BY_ANSWERS {
            return Ok(Vec::new());
        }
        if self.usable.contains(&Factor::SecurityQuestion) {
            return questions::asked_of(app, caller, &self.uid).await;
        }
        Ok(caller.settings().security_questions.list.clone())
    }
}
