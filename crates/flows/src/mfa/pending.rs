//! What a login answers while it waits for its second factor, and what is seen of it until then.

use super::authenticator::{self, Setup};
use super::codes::{self, Way};
use super::proving::{Held, find};
use super::transaction::usable;
use super::{BY_ANSWERS, Factor, Standing, email, questions, sms};
use crate::access::Caller;
use crate::sending::{Posted, Voice};
use crate::{App, Result, code};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::secret::Secret;
use doorward_model::security_question::SecurityQuestion;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::Kind;
use doorward_store::{backup_codes, identifiers};

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

/// A login that waits, looked at again between its steps. Nothing in it is for people but what `factors` shows.
#[derive(Debug)]
pub struct Open {
    /// What there is to prove it with, as its own answer showed it.
    pub factors: Shown,
    /// The addresses that codes may go to, in the order in which they are shown.
    pub mailboxes: Vec<Email>,
    /// The number that a code went to.
    pub texted: Option<Phone>,
    /// The address that a code went to.
    pub mailed: Option<Email>,
    /// Whether the account was given backup codes that can complete the login.
    pub has_backup_codes: bool,
}

impl Open {
    /// Whether there is nothing to prove it with, so that the account's first factor is set up by it.
    pub fn sets_up(&self) -> bool {
        self.factors.verified.is_empty()
    }
}

/// The login that a token stands for, as it waits now; nothing is sent, and nothing is tried. 1103 and 1104 by the token,
/// 991, 1130 or 1198 by the account.
pub async fn waiting_login(app: &App, caller: &Caller, token: &Secret) -> Result<Open> {
    let (finder, within, token, now) = (app.clone(), caller.clone(), token.clone(), app.now());
    let (held, usable, has_backup_codes) = app
        .read(move |tx| {
            let held = find(&finder, tx, &within, &token, now)?;
            let login = &held.transaction;
            let first = (login.first_factor.as_str(), login.spent.as_ref());
            let usable = usable(&finder.keys, tx, &within, (&login.uid, &held.standing), first)?;
            let is_offered = within.settings().second_factor.backup_codes;
            let has_codes = is_offered && backup_codes::exist(tx, within.tenant_id(), &login.uid)?;
            Ok((held, usable, has_codes))
        })
        .await?;
    let texted = texted(app, caller, &held).await?;
    let (tenant, token) = (caller.tenant.clone(), held.transaction.token.clone());
    let mailed = app.read(move |tx| codes::receiver(tx, &tenant.id, &token, Way::Email)).await?;
    let login = held.transaction;
    let told = Login {
        uid: login.uid,
        id: login.id,
        first_factor: login.first_factor,
        spent: login.spent,
        authenticator: login.authenticator,
        standing: held.standing,
        usable,
    };
    let Seen { shown, mailboxes, .. } = told.look(app, caller).await?;
    let is_mailed = |own: &&Email| {
        let subject = code::subject(&app.keys, caller.tenant_id(), Kind::Email, own.as_str());
        mailed.as_ref().is_some_and(|mailed| mailed.matches(&subject))
    };
    let mailed = mailboxes.iter().find(is_mailed).cloned();
    Ok(Open { factors: shown, mailboxes, texted, mailed, has_backup_codes })
}

/// The number that the login's code went to, if it is the one that codes go to.
async fn texted(app: &App, caller: &Caller, held: &Held) -> Result<Option<Phone>> {
    let Some((phone, subject)) = sms::receiver(app, caller, held)? else { return Ok(None) };
    let (tenant, token) = (caller.tenant.clone(), held.transaction.token.clone());
    let sent = app.read(move |tx| codes::receiver(tx, &tenant.id, &token, Way::Phone)).await?;
    Ok(sent.is_some_and(|sent| sent.matches(&subject)).then_some(phone))
}
