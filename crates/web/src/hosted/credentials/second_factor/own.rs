//! The second factors of somebody signed in: listed on the account's page, and removed.

use super::backup_codes;
use super::way::{OWN, Way, is_phone_possible};
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::Sheet;
use axum::extract::Path;
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::mfa::{backup_codes_left, own_factors, remove_factor};
use doorward_flows::factors::mfa::{Factor, Shown};
use serde::Serialize;
use std::collections::HashMap;

/// A factor as the account's page lists it.
#[derive(Serialize)]
pub(crate) struct Row {
    name: String,
    about: String,
    is_on: bool,
    actions: Vec<Action>,
}

#[derive(Serialize)]
struct Action {
    href: String,
    label: String,
    /// The same to who hears the page: with what it is about.
    heard: String,
}

/// The factors that the person has or may have; none where the tenant has no second factors.
pub(crate) async fn rows(here: &Here, signed_in: &SignedIn) -> Result<Vec<Row>> {
    let switches = &here.settings().second_factor;
    if !switches.enabled {
        return Ok(Vec::new());
    }
    let factors = own_factors(&here.app, signed_in).await?;
    let ways = Way::FACTORS.into_iter().filter(|way| is_listed(here, &factors, *way));
    let mut rows: Vec<Row> = ways.map(|way| row(here, &factors, way)).collect();
    if switches.backup_codes && !factors.verified.is_empty() {
        rows.push(backup_row(here, backup_codes_left(&here.app, signed_in).await?));
    }
    Ok(rows)
}

fn is_listed(here: &Here, factors: &Shown, way: Way) -> bool {
    let Some(factor) = way.factor() else { return false };
    let is_possible = match factor {
        Factor::Sms => is_phone_possible(here),
        Factor::Email => !factors.emails.is_empty(),
        _ => true,
    };
    factor.is_offered(here.settings()) && (is_possible || factors.verified.contains(&factor))
}

fn row(here: &Here, factors: &Shown, way: Way) -> Row {
    let is_on = way.factor().is_some_and(|factor| factors.verified.contains(&factor));
    let name = way.title(here);
    let action = |key: &str, page: String| {
        let label = here.say(key);
        Action { href: here.path(&page), heard: format!("{label}: {name}"), label }
    };
    let set_up = if way == Way::Phone { OWN.page("phone/number") } else { OWN.page(way.page()) };
    let remove = action("factor-remove", OWN.page(&format!("{}/remove", way.page())));
    let actions = match way {
        _ if !is_on => vec![action("factor-set-up", set_up)],
        Way::Passkey => vec![action("factor-another", set_up), remove],
        Way::Phone | Way::Questions => vec![action("factor-change", set_up), remove],
        _ => vec![remove],
    };
    let about = match way {
        Way::Phone if is_on => factors.phone.clone().unwrap_or_default(),
        Way::Email if is_on => factors.emails.join(", "),
        _ => way.text(here),
    };
    Row { name, about, is_on, actions }
}

fn backup_row(here: &Here, left: Option<i64>) -> Row {
    let (name, label) = (here.say("backup-codes-name"), here.say("factor-new-codes"));
    let about = match left {
        Some(left) => here.say_with("backup-codes-left", &[("left", &left.to_string())]),
        None => here.say("backup-codes-none"),
    };
    let heard = format!("{label}: {name}");
    let action = Action { href: here.path(&OWN.page("backup-codes")), label, heard };
    Row { name, about, is_on: left.is_some_and(|left| left > 0), actions: vec![action] }
}

/// What follows a factor that was set up: the codes for who has none yet, else the account.
pub(super) async fn added(mut here: Here, signed_in: &SignedIn) -> Response {
    here.visitor.end_step();
    here.visitor.leave("notice-factor-added");
    match backup_codes::first(&here, signed_in).await {
        Some(codes) => here.show(OWN.close(backup_codes::told(&here, &codes), &[])),
        None => here.go("account"),
    }
}

/// The factor that a page is about.
fn named(path: &HashMap<String, String>) -> Option<(Way, Factor)> {
    let way = Way::of_page(path.get("way")?)?;
    Some((way, way.factor()?))
}

pub(super) async fn remove_page(Path(path): Path<HashMap<String, String>>, recent: Recent) -> Response {
    let here = recent.here;
    match named(&path) {
        Some((way, _)) => here.show(remove_form(&here, way)),
        None => here.go("account"),
    }
}

fn remove_form(here: &Here, way: Way) -> Sheet<'_> {
    let sheet = here.sheet("factor-remove").lead("factor-remove", &[("factor", &way.title(here))]);
    let sheet = sheet.form("factor-remove", &OWN.page(&format!("{}/remove", way.page()))).grave();
    OWN.close(sheet, &[])
}

pub(super) async fn remove(
    Path(path): Path<HashMap<String, String>>,
    OwnPosted { posted, signed_in }: OwnPosted,
) -> Response {
    let mut here = posted.here;
    let Some((way, factor)) = named(&path) else { return here.go("account") };
    match remove_factor(&here.app, &signed_in, factor).await {
        Ok(()) => {
            here.visitor.leave("notice-factor-removed");
            here.go("account")
        }
        Err(error) => {
            let page = OWN.page(&format!("{}/remove", way.page()));
            refuse(here, error, &page, |here| remove_form(here, way))
        }
    }
}
