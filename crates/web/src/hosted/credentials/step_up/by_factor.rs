//! By a second factor, or what stands in for one; by a code to an address also where there is none.

use super::stepping::{Stepping, SteppingPosted};
use crate::hosted::credentials::second_factor::way::{STEP_UP, Way};
use crate::hosted::credentials::second_factor::{
    authenticator, backup_codes, email as by_email, phone as by_phone, questions as asked,
};
use crate::hosted::here::Name;
use crate::hosted::sheet::{Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::step_up::{Given, reauth_trigger, validate_reauth_mfa};
use doorward_flows::credentials::step_up::{
    Mailing, send_email_otp, validate_email_otp, validate_security_question_reauth_mfa,
};
use doorward_flows::factors::release::Release;
use doorward_flows::session::step_up::Proof;
use doorward_model::identifier::{Email, Phone};
use doorward_model::secret::Secret;

async fn prove(at: &Stepping, given: Given) -> Result<Proof> {
    validate_reauth_mfa(&at.here.app, &at.signed_in, &given, &Release::default()).await
}

fn app_form(at: &Stepping) -> Sheet<'_> {
    at.close(authenticator::code_form(&at.here, &STEP_UP))
}

pub(super) async fn app_page(at: Stepping) -> Response {
    at.here.show(app_form(&at))
}

pub(super) async fn app(sent: SteppingPosted) -> Response {
    let (code, at) = (sent.posted.secret("code"), sent.stepping());
    let proof = prove(&at, Given::AuthenticatorCode(code)).await;
    at.follow(proof, app_form)
}

fn backup_code_form(at: &Stepping) -> Sheet<'_> {
    at.close(backup_codes::code_form(&at.here, &STEP_UP))
}

pub(super) async fn backup_code_page(at: Stepping) -> Response {
    at.here.show(backup_code_form(&at))
}

pub(super) async fn backup_code(sent: SteppingPosted) -> Response {
    let (code, at) = (sent.posted.secret("backup-code"), sent.stepping());
    let proof = prove(&at, Given::BackupCode(code)).await;
    at.follow(proof, backup_code_form)
}

fn questions_form(at: &Stepping) -> Sheet<'_> {
    at.close(asked::asking_form(&at.here, &STEP_UP, &at.offer.questions))
}

pub(super) async fn questions_page(at: Stepping) -> Response {
    at.here.show(questions_form(&at))
}

pub(super) async fn questions(sent: SteppingPosted) -> Response {
    let answers = asked::answers(&sent.posted.fields, &sent.offer.questions);
    let at = sent.stepping();
    let proof = match answers {
        Ok(answers) => validate_security_question_reauth_mfa(&at.here.app, &at.signed_in, &answers).await,
        Err(error) => Err(error),
    };
    at.follow(proof, questions_form)
}

/// Asks for the code that went to the phone; before one did, offers to send it.
fn phone_form(at: &Stepping) -> Sheet<'_> {
    let to = at.offer.phone.as_ref().map(Phone::as_str).unwrap_or_default();
    let form = if at.is_texted() { by_phone::code_form } else { by_phone::send_form };
    at.close(form(&at.here, &STEP_UP, to))
}

pub(super) async fn phone_page(at: Stepping) -> Response {
    at.here.show(phone_form(&at))
}

pub(super) async fn send_to_phone(sent: SteppingPosted) -> Response {
    let (voice, notice) = by_phone::told(&sent.posted.fields);
    let at = sent.stepping();
    match reauth_trigger(&at.here.app, &at.signed_in, voice).await {
        Ok(shown) => at.sent(Name::Phone(shown.phone.unwrap_or_default()), notice, Way::Phone),
        Err(error) => at.here.show(phone_form(&at).trouble(&Trouble::of(error))),
    }
}

pub(super) async fn phone(sent: SteppingPosted) -> Response {
    let (code, at) = (sent.posted.secret("code"), sent.stepping());
    let proof = prove(&at, Given::Otp(code)).await;
    at.follow(proof, phone_form)
}

/// A mailbox proves as much as the account has: it is a second factor only where there are some.
fn mailing(at: &Stepping) -> Mailing {
    if at.offer.factors.is_empty() { Mailing::Plain } else { Mailing::SecondFactor }
}

fn email_form(at: &Stepping) -> Sheet<'_> {
    at.close(match at.mailed() {
        Some(address) => by_email::code_form(&at.here, &STEP_UP, &address),
        None => by_email::send_form(&at.here, &STEP_UP, &at.offer.addresses),
    })
}

pub(super) async fn email_page(at: Stepping) -> Response {
    at.here.show(email_form(&at))
}

pub(super) async fn send_by_email(sent: SteppingPosted) -> Response {
    let address = by_email::chosen(&sent.posted.fields, &sent.offer.addresses, sent.mailed());
    let at = sent.stepping();
    match send_to(&at, address).await {
        Ok(address) => at.sent(Name::Email(address), "notice-code-sent", Way::Email),
        Err(error) => at.here.show(email_form(&at).trouble(&Trouble::of(error))),
    }
}

async fn send_to(at: &Stepping, address: Result<String>) -> Result<String> {
    let address = address?;
    send_email_otp(&at.here.app, &at.signed_in, Some(&Email::parse(&address)?), mailing(at)).await?;
    Ok(address)
}

pub(super) async fn email(sent: SteppingPosted) -> Response {
    let (code, at) = (sent.posted.secret("code"), sent.stepping());
    let Some(address) = at.mailed() else { return at.here.go(&STEP_UP.page(Way::Email.page())) };
    let proof = by_mailed(&at, &address, &code).await;
    at.follow(proof, email_form)
}

async fn by_mailed(at: &Stepping, address: &str, code: &Secret) -> Result<Proof> {
    let email = Email::parse(address)?;
    let (app, release) = (&at.here.app, Release::default());
    validate_email_otp(app, &at.signed_in, (&email, code), mailing(at), &release).await
}
