//! Codes to a phone, written or spoken.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion, Way, may_call};
use super::{backup_codes, own};
use crate::frame::form::Fields;
use crate::hosted::here::{Here, Name, Own, OwnPosted, Recent, Step, refuse};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::mfa::{
    mfa_update_phone_number_by_mfa_token, mfa_update_phone_number_by_token, mfa_verify_phone_number_by_access_token,
    resend_mfa_otp, verify_mfa_sms_otp,
};
use doorward_flows::notify::Voice;
use serde_json::json;

/// The field that says how a code is told, and what it says for a call.
const CALL: (&str, &str) = ("by", "call");

/// How the person wants it told, and the text that says so once it was.
pub(crate) fn told(fields: &Fields) -> (Voice, &'static str) {
    if fields.text(CALL.0) == CALL.1 { (Voice::Yes, "notice-calling") } else { (Voice::No, "notice-code-sent") }
}

/// Asks for the code that went to this number.
pub(crate) fn code_form<'a>(here: &'a Here, occasion: &Occasion, to: &str) -> Sheet<'a> {
    let sheet = here.sheet("factor-code").lead("factor-code", &[("to", to)]);
    let sheet = sheet.form("factor-code", &occasion.page("phone")).field("code", Kind::Code, "");
    let send = occasion.page("phone/send");
    let sheet = sheet.other("send-again", &send);
    if may_call(here) { sheet.other_with("call-me", &send, CALL.0, CALL.1) } else { sheet }
}

/// Offers to send a code to this number.
pub(crate) fn send_form<'a>(here: &'a Here, occasion: &Occasion, to: &str) -> Sheet<'a> {
    let sheet = here.sheet("factor-phone-send").lead("factor-phone-send", &[("to", to)]);
    with_call(here, sheet.form("factor-phone-send", &occasion.page("phone/send")))
}

/// Asks for a number.
fn number_form<'a>(here: &'a Here, occasion: &Occasion, typed: &str) -> Sheet<'a> {
    let sheet = here.sheet("factor-number").form("factor-number", &occasion.page("phone/number"));
    with_call(here, sheet.field("phone", Kind::Phone, typed))
}

fn with_call<'a>(here: &Here, sheet: Sheet<'a>) -> Sheet<'a> {
    if may_call(here) { sheet.beside("call-me", CALL) } else { sheet }
}

fn form(at: &Waiting) -> Sheet<'_> {
    let here = &at.here;
    let sheet = match (&at.login.texted, &at.login.factors.phone) {
        (Some(phone), Some(_)) => code_form(here, &LOGIN, &phone.masked()),
        (Some(phone), None) => {
            code_form(here, &LOGIN, phone.as_str()).link("other-number", &LOGIN.page("phone/number"))
        }
        (None, Some(phone)) => send_form(here, &LOGIN, phone),
        (None, None) => number_form(here, &LOGIN, ""),
    };
    at.close(sheet)
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.ways().contains(&Way::Phone) { at.here.show(form(&at)) } else { at.here.go("second-factor") }
}

pub(super) async fn number_page(at: Waiting) -> Response {
    at.here.show(at.close(number_form(&at.here, &LOGIN, "")))
}

/// Names the number that is set up.
pub(super) async fn set_number(sent: WaitingPosted) -> Response {
    let (typed, (voice, notice)) = (sent.posted.fields.text("phone").to_owned(), told(&sent.posted.fields));
    let at = sent.waiting();
    let named = match Name::Phone(typed.clone()).phone() {
        Ok(phone) => {
            mfa_update_phone_number_by_mfa_token(&at.here.app, &at.here.caller, &at.token, &phone, voice).await
        }
        Err(reason) => Err(reason.into()),
    };
    match named {
        Ok(_) => at.sent(notice, Way::Phone),
        Err(error) => at.refuse(&Trouble::of(error), |at| at.close(number_form(&at.here, &LOGIN, &typed))),
    }
}

pub(super) async fn send(sent: WaitingPosted) -> Response {
    let (voice, notice) = told(&sent.posted.fields);
    let at = sent.waiting();
    match resend_mfa_otp(&at.here.app, &at.here.caller, &at.token, voice).await {
        Ok(_) => at.sent(notice, Way::Phone),
        Err(error) => at.refuse(&Trouble::of(error), form),
    }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let (code, at) = (sent.posted.fields.secret("code"), sent.waiting());
    let login = verify_mfa_sms_otp(&at.here.app, &at.here.caller, &at.token, &code, &json!({})).await;
    backup_codes::arrive(at, login, form).await
}

/// What the number of somebody signed in is at: to be named, or proved.
pub(super) async fn own_page(Own { here, .. }: Own) -> Response {
    match here.step() {
        Some(Step::NewPhone(phone)) => here.show(own_code_form(&here, &phone)),
        _ => here.go(&OWN.page("phone/number")),
    }
}

fn own_code_form<'a>(here: &'a Here, phone: &str) -> Sheet<'a> {
    let sheet = code_form(here, &OWN, phone).link("other-number", &OWN.page("phone/number"));
    OWN.close(sheet, &[])
}

pub(super) async fn own_number_page(Recent { here, .. }: Recent) -> Response {
    here.show(own_number_form(&here, ""))
}

fn own_number_form<'a>(here: &'a Here, typed: &str) -> Sheet<'a> {
    OWN.close(number_form(here, &OWN, typed), &[])
}

pub(super) async fn own_set_number(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let typed = posted.fields.text("phone").to_owned();
    let (voice, notice) = told(&posted.fields);
    let mut here = posted.here;
    match own_send_to(&here, &signed_in, &typed, voice).await {
        Ok(()) => {
            here.visitor.leave(notice);
            here.begin(Step::NewPhone(typed), &OWN.page("phone"))
        }
        Err(error) => refuse(here, error, &OWN.page("phone/number"), |here| own_number_form(here, &typed)),
    }
}

async fn own_send_to(here: &Here, signed_in: &SignedIn, typed: &str, voice: Voice) -> Result<()> {
    let phone = Name::Phone(typed.to_owned()).phone()?;
    mfa_update_phone_number_by_token(&here.app, signed_in, &phone, voice).await?;
    Ok(())
}

/// Sends another code.
pub(super) async fn own_send(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (voice, notice) = told(&posted.fields);
    let mut here = posted.here;
    let Some(Step::NewPhone(phone)) = here.step() else { return here.go(&OWN.page("phone/number")) };
    match own_send_to(&here, &signed_in, &phone, voice).await {
        Ok(()) => {
            here.visitor.leave(notice);
            here.go(&OWN.page("phone"))
        }
        Err(error) => refuse(here, error, &OWN.page("phone/number"), |here| own_code_form(here, &phone)),
    }
}

pub(super) async fn own_submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (code, here) = (posted.fields.secret("code"), posted.here);
    let Some(Step::NewPhone(phone)) = here.step() else { return here.go(&OWN.page("phone/number")) };
    match mfa_verify_phone_number_by_access_token(&here.app, &signed_in, &code).await {
        Ok(_) => own::added(here, &signed_in).await,
        Err(error) => refuse(here, error, &OWN.page("phone/number"), |here| own_code_form(here, &phone)),
    }
}
