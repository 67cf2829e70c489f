//! What a login answers while it waits for its second factor, and what is seen of it until then.

use super::authenticator::{self, Setup};
use super::held::Held;
use super::questions::{self, BY_ANSWERS};
use super::standing::Standing;
use super::{Factor, email, sms};
use crate::access::Caller;
use crate::challenge::Posted;
use crate::notify::Voice;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::{Digest, Keys};
use doorward_model::secret::Secret;
use doorward_model::security_question::SecurityQuestion;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, identifiers};

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
    token: Secret,
    digest: Digest,
    expires_at: Timestamp,
    login: Login,
    voice: Voice,
}

impl Waiting {
    pub(super) fn new(token: Secret, digest: Digest, expires_at: Timestamp, login: Login) -> Waiting {
        Waiting { token, digest, expires_at, login, voice: Voice::No }
    }

    /// Whose login it is.
    pub(crate) fn uid(&self) -> &Uid {
        &self.login.uid
    }

    /// The same, where a code that goes out by itself to a phone is told so.
    pub(crate) fn told(self, voice: Voice) -> Waiting {
        Waiting { voice, ..self }
    }

    /// Describes it; where a code to one phone or address is the only way on, the code goes out by itself.
    pub(crate) async fn finish(self, app: &App, caller: &Caller) -> Result<Pending> {
        let Seen { mut shown, phone, mailboxes } = self.login.look(app, caller).await?;
        let uid = &self.login.uid;
        match (shown.verified.as_slice(), phone, mailboxes.as_slice()) {
            ([Factor::Sms], Some(phone), _) => {
                shown.sms = sms::send_unasked(app, caller, uid, &self.digest, (&phone, self.voice)).await?;
            }
            ([Factor::Email], _, [address]) => {
                shown.email = email::send_unasked(app, caller, uid, &self.digest, address).await?;
            }
            _ => {}
        }
        Ok(Pending {
            token: self.token,
            expires_at: self.expires_at,
            factors: shown,
            is_required: caller.settings().second_factor.required,
        })
    }
}

/// What is told of a login that waits.
pub(super) struct Login {
    pub(super) uid: Uid,
    /// Names its row to the cipher.
    pub(super) id: String,
    pub(super) first_factor: String,
    pub(super) spent: Option<Digest>,
    /// The key of the app that may be set up in it, sealed.
    pub(super) authenticator: Option<Vec<u8>>,
    pub(super) standing: Standing,
    pub(super) usable: Vec<Factor>,
}

/// The factors as an answer shows them, and in clear where codes may go.
struct Seen {
    shown: Shown,
    phone: Option<Phone>,
    mailboxes: Vec<Email>,
}

impl Login {
    async fn look(&self, app: &App, caller: &Caller) -> Result<Seen> {
        let takes_codes = self.usable.contains(&Factor::Sms);
        let phone = if takes_codes { self.standing.phone(&app.keys, caller.tenant_id())? } else { None };
        let mailboxes = self.mailboxes(app, caller).await?;
        let shown = Shown {
            verified: self.usable.clone(),
            phone: phone.as_ref().map(Phone::masked),
            sms: None,
            authenticator: self.authenticator(app, caller).await?,
            emails: mailboxes.iter().map(Email::masked).collect(),
            email: None,
            questions: self.questions(app, caller).await?,
        };
        Ok(Seen { shown, phone, mailboxes })
    }

    async fn authenticator(&self, app: &App, caller: &Caller) -> Result<Option<Setup>> {
        let Some(sealed) = &self.authenticator else { return Ok(None) };
        let (tenant, uid) = (caller.tenant.clone(), self.uid.clone());
        let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
        authenticator::tell(app, caller, (&self.id, sealed), &held).map(Some)
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
        let spent = self.spent.clone();
        app.read(move |tx| email::mailboxes(tx, &keys, &tenant.id, &uid, spent.as_ref())).await
    }

    async fn questions(&self, app: &App, caller: &Caller) -> Result<Vec<SecurityQuestion>> {
        if !self.takes(caller, Factor::SecurityQuestion) || self.first_factor == BY_ANSWERS {
            return Ok(Vec::new());
        }
        if self.usable.contains(&Factor::SecurityQuestion) {
            return questions::asked_of(app, caller, &self.uid).await;
        }
        Ok(caller.settings().security_questions.list.clone())
    }
}

/// What is shown of a login that waits when it is looked at again, and the addresses that codes may go to.
pub(crate) async fn look_again(
    app: &App,
    caller: &Caller,
    held: Held,
    usable: Vec<Factor>,
) -> Result<(Shown, Vec<Email>)> {
    let login = held.transaction().clone();
    let told = Login {
        uid: login.uid,
        id: login.id,
        first_factor: login.first_factor,
        spent: login.spent,
        authenticator: login.authenticator,
        standing: held.standing().clone(),
        usable,
    };
    let Seen { shown, mailboxes, .. } = told.look(app, caller).await?;
    Ok((shown, mailboxes))
}

/// The factors that may complete a login after its first one, which was sent to `spent` if it was sent anywhere.
pub(crate) fn usable(
    keys: &Keys,
    tx: &mut Tx,
    caller: &Caller,
    (uid, standing): (&Uid, &Standing),
    (first_factor, spent): (&str, Option<&Digest>),
) -> Result<Vec<Factor>> {
    let mut usable = standing.usable_after(keys, caller, (first_factor, spent))?;
    if usable.contains(&Factor::Email) {
        let left = email::mailboxes(tx, keys, caller.tenant_id(), uid, spent)?;
        usable.retain(|factor| *factor != Factor::Email || !left.is_empty());
    }
    usable.retain(|factor| *factor != Factor::SecurityQuestion || first_factor != BY_ANSWERS);
    Ok(usable)
}
