//! The second factor of a login that waits for it.

use super::here::Here;
use super::name::Name;
use super::posted::Posted;
use super::sheet::{Kind, Sheet};
use super::trouble::Trouble;
use super::visitor::Step;
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::mfa::{mfa_update_phone_number_by_mfa_token, resend_mfa_otp, verify_mfa_sms_otp};
use doorward_flows::phone::Voice;
use doorward_model::secret::Secret;
use serde_json::json;

pub(super) async fn page(here: Here) -> Response {
    let Some(Step::SecondFactor { phone, .. }) = here.step() else { return here.go("sign-in") };
    here.show(form(&here, phone.as_deref()))
}

/// Asks for the code, or where no number is set up, for the number.
fn form<'a>(here: &'a Here, phone: Option<&str>) -> Sheet<'a> {
    let sheet = if let Some(phone) = phone {
        let sheet = here.sheet("second-factor").lead("second-factor", &[("to", phone)]);
        let sheet = sheet.form("second-factor", "second-factor").field("code", Kind::Code, "");
        sheet.other("send-again", "second-factor/again")
    } else {
        let sheet = here.sheet("second-factor-phone").form("second-factor-phone", "second-factor/phone");
        sheet.field("phone", Kind::Phone, "")
    };
    sheet.link("back-to-sign-in", "sign-in")
}

pub(super) async fn submit(posted: Posted) -> Response {
    let Some(Step::SecondFactor { token, phone }) = posted.here.step() else { return posted.here.go("sign-in") };
    let (code, here) = (posted.secret("code"), posted.here);
    let login = verify_mfa_sms_otp(&here.app, &here.caller, &Secret::new(token), &code, &json!({})).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(form(&here, phone.as_deref()).trouble(&trouble)),
    }
}

/// Names the number that codes are to go to.
pub(super) async fn set_up(posted: Posted) -> Response {
    let Some(Step::SecondFactor { token, .. }) = posted.here.step() else { return posted.here.go("sign-in") };
    let typed = posted.text("phone").to_owned();
    let here = posted.here;
    match send_to(&here, &token, &typed).await {
        Ok(masked) => here.begin(Step::SecondFactor { token, phone: Some(masked) }, "second-factor"),
        Err(error) => here.show(form(&here, None).trouble(&Trouble::of(error))),
    }
}

async fn send_to(here: &Here, token: &str, typed: &str) -> Result<String> {
    let phone = Name::Phone(typed.to_owned()).phone()?;
    let token = Secret::new(token.to_owned());
    mfa_update_phone_number_by_mfa_token(&here.app, &here.caller, &token, &phone, Voice::No).await?;
    Ok(phone.masked())
}

pub(super) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::SecondFactor { token, phone }) = here.step() else { return here.go("sign-in") };
    match resend_mfa_otp(&here.app, &here.caller, &Secret::new(token), Voice::No).await {
        Ok(_) => {
            here.visitor.leave("notice-sent");
            here.go("second-factor")
        }
        Err(error) => here.show(form(&here, phone.as_deref()).trouble(&Trouble::of(error))),
    }
}
