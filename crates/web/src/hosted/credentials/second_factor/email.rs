//! Codes to an address of the account.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion, Way};
use super::{backup_codes, own};
use crate::frame::form::Fields;
use crate::hosted::here::{Here, OwnPosted, Recent, Step, refuse};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::mfa::{
    email_otp_auth_verification_by_access_token, own_factors, resend_email_otpmfa_token, resend_two_factor_email_otp,
    validate_mfa_otp_by_email,
};
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use serde_json::json;

/// The field that names the address by its place among those that are shown.
const MAILBOX: &str = "mailbox";

/// Asks for the code that went to this address.
pub(crate) fn code_form<'a>(here: &'a Here, occasion: &Occasion, to: &str) -> Sheet<'a> {
    let sheet = here.sheet("factor-code").lead("factor-code", &[("to", to)]);
    let sheet = sheet.form("factor-code", &occasion.page("email")).field("code", Kind::Code, "");
    sheet.other("send-again", &occasion.page("email/send"))
}

/// Offers to send a code to one of these addresses.
pub(crate) fn send_form<'a>(here: &'a Here, occasion: &Occasion, shown: &[String]) -> Sheet<'a> {
    let sheet = here.sheet("factor-email-send").form("factor-email-send", &occasion.page("email/send"));
    match shown {
        [only] => sheet.lead("factor-email-send-to", &[("to", only)]),
        _ => sheet.one_of(MAILBOX, shown),
    }
}

/// The address that was chosen; where none was, the one that got a code `before`, or the only one.
pub(crate) fn chosen<T: Clone>(fields: &Fields, mailboxes: &[T], before: Option<T>) -> Result<T> {
    let chosen = match (fields.text(MAILBOX), before, mailboxes) {
        ("", Some(before), _) => Some(before),
        ("", None, [only]) => Some(only.clone()),
        (text, ..) => text.parse().ok().and_then(|at: usize| mailboxes.get(at)).cloned(),
    };
    Ok(chosen.ok_or(Reason::EmailNotOnProfile)?)
}

fn form(at: &Waiting) -> Sheet<'_> {
    let login = &at.login;
    let Some(mailed) = &login.mailed else { return address_form(at) };
    let sheet = code_form(&at.here, &LOGIN, &mailed.masked());
    let has_others = login.mailboxes.len() > 1;
    at.close(if has_others { sheet.link("other-address", &LOGIN.page("email/address")) } else { sheet })
}

fn address_form(at: &Waiting) -> Sheet<'_> {
    at.close(send_form(&at.here, &LOGIN, &at.login.factors.emails))
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.ways().contains(&Way::Email) { at.here.show(form(&at)) } else { at.here.go("second-factor") }
}

/// The choice of another address than the one that got a code.
pub(super) async fn address_page(at: Waiting) -> Response {
    at.here.show(address_form(&at))
}

pub(super) async fn send(sent: WaitingPosted) -> Response {
    let address = chosen(&sent.posted.fields, &sent.login.mailboxes, sent.login.mailed.clone());
    let at = sent.waiting();
    let mailed = match address {
        Ok(address) => resend_email_otpmfa_token(&at.here.app, &at.here.caller, &at.token, &address).await,
        Err(refused) => Err(refused),
    };
    match mailed {
        Ok(()) => at.sent("notice-code-sent", Way::Email),
        Err(error) => at.refuse(&Trouble::of(error), address_form),
    }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let (code, at) = (sent.posted.fields.secret("code"), sent.waiting());
    let Some(address) = at.login.mailed.clone() else { return at.here.go(&LOGIN.page("email")) };
    let (app, caller) = (&at.here.app, &at.here.caller);
    let login = validate_mfa_otp_by_email(app, caller, &at.token, (&address, &code), &json!({})).await;
    backup_codes::arrive(at, login, form).await
}

/// The choice of an address by somebody signed in, or the code that went there.
pub(super) async fn own_page(Recent { here, signed_in }: Recent) -> Response {
    if let Some(Step::NewMailbox(address)) = here.step() {
        return here.show(own_code_form(&here, &address));
    }
    match own_factors(&here.app, &signed_in).await {
        Ok(factors) => here.show(own_address_form(&here, &factors.emails)),
        Err(error) => here.show(own_address_form(&here, &[]).trouble(&Trouble::of(error))),
    }
}

fn own_address_form<'a>(here: &'a Here, addresses: &[String]) -> Sheet<'a> {
    OWN.close(send_form(here, &OWN, addresses), &[])
}

fn own_code_form<'a>(here: &'a Here, address: &str) -> Sheet<'a> {
    OWN.close(code_form(here, &OWN, address), &[])
}

pub(super) async fn own_send(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let before = match posted.here.step() {
        Some(Step::NewMailbox(address)) => Some(address),
        _ => None,
    };
    let mut here = posted.here;
    let addresses = own_factors(&here.app, &signed_in).await.map(|factors| factors.emails).unwrap_or_default();
    match own_send_to(&here, &signed_in, chosen(&posted.fields, &addresses, before)).await {
        Ok(address) => {
            here.visitor.leave("notice-code-sent");
            here.begin(Step::NewMailbox(address), &OWN.page("email"))
        }
        Err(error) => refuse(here, error, &OWN.page("email"), |here| own_address_form(here, &addresses)),
    }
}

async fn own_send_to(here: &Here, signed_in: &SignedIn, address: Result<String>) -> Result<String> {
    let address = address?;
    resend_two_factor_email_otp(&here.app, signed_in, Some(&Email::parse(&address)?)).await?;
    Ok(address)
}

pub(super) async fn own_submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (code, here) = (posted.fields.secret("code"), posted.here);
    let Some(Step::NewMailbox(address)) = here.step() else { return here.go(&OWN.page("email")) };
    let added = match Email::parse(&address) {
        Ok(email) => email_otp_auth_verification_by_access_token(&here.app, &signed_in, &email, &code).await,
        Err(reason) => Err(reason.into()),
    };
    match added {
        Ok(_) => own::added(here, &signed_in).await,
        Err(error) => refuse(here, error, &OWN.page("email"), |here| own_code_form(here, &address)),
    }
}
