use super::{Routes, kebab_case};
use crate::wire::{Answer, Result};
use axum::http::Method;

async fn list_roles() -> Result<Answer<Vec<String>>> {
    Ok(Answer(Vec::new()))
}

#[test]
fn a_line_declares_its_operation() {
    let routes = Routes::group("Roles")
        .get("/roles", list_roles, "List the roles")
        .alias("/role")
        .alias_by(Method::POST, "/roles/list");
    let routes = Routes::all([routes]);
    let operation = &routes.lines()[0].operation;
    assert_eq!((operation.id.as_str(), operation.group, operation.summary), ("list-roles", "Roles", "List the roles"));
    assert_eq!((&operation.method, operation.path), (&Method::GET, "/roles"));
    assert_eq!(operation.aliases, [(Method::GET, "/role"), (Method::POST, "/roles/list")]);
}

#[test]
fn the_id_is_the_handlers_name() {
    assert_eq!(kebab_case("doorward_api::ops::credentials::mfa::sms::verify_mfa_sms_otp"), "verify-mfa-sms-otp");
}
