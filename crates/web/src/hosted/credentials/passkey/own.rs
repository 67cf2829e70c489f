//! A person's own passkeys: seen on the account's page, added, and removed after a question.

use crate::hosted::here::ceremony::{create, given};
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::{Sheet, Trouble};
use axum::extract::Path;
use axum::response::Response;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::passkeys::{
    account_list_passkey, account_register_passkey_begin, account_register_passkey_finish, account_remove_passkey,
};
use doorward_flows::factors::passkey::{Listed, require_passkeys};
use doorward_flows::{Error, Result};
use doorward_model::reason::Reason;
use serde::Serialize;

/// A passkey as the account's page shows it.
#[derive(Serialize)]
pub(crate) struct Shown {
    name: &'static str,
    told: String,
    remove: String,
    remove_label: String,
}

/// The passkeys that sign the person in; `None` where the tenant has no passkeys.
pub(crate) async fn shown(here: &Here, signed_in: &SignedIn) -> Result<Option<Vec<Shown>>> {
    if require_passkeys(&here.caller).is_err() {
        return Ok(None);
    }
    let listed = listed(here, signed_in).await?;
    Ok(Some(listed.into_iter().map(|passkey| Shown::of(here, passkey)).collect()))
}

async fn listed(here: &Here, signed_in: &SignedIn) -> Result<Vec<Listed>> {
    match account_list_passkey(&here.app, signed_in).await {
        Err(Error::Refused(refusal)) if refusal.reason == Reason::PasskeyNotOnProfile => Ok(Vec::new()),
        listed => listed,
    }
}

impl Shown {
    fn of(here: &Here, passkey: Listed) -> Shown {
        let made = passkey.created_at.to_date();
        let told = match passkey.last_used_at {
            Some(used) => here.say_with("passkey-used", &[("made", &made), ("used", &used.to_date())]),
            None => here.say_with("passkey-unused", &[("made", &made)]),
        };
        Shown {
            name: passkey.authenticator,
            told,
            remove: here.path(&removal(&passkey.id)),
            remove_label: here.say_with("passkey-remove-label", &[("passkey", passkey.authenticator)]),
        }
    }
}

fn removal(id: &str) -> String {
    format!("account/passkeys/{id}/remove")
}

pub(super) async fn page(Recent { here, .. }: Recent) -> Response {
    here.show(sheet(&here))
}

fn sheet(here: &Here) -> Sheet<'_> {
    let sheet = here.sheet("passkey-add").passkey("passkey-add-button", "account/passkeys/begin");
    sheet.link("back-to-account", "account")
}

/// Asks for a new one. The script follows to where the person proves who they are, if that is due.
pub(super) async fn begin(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    match account_register_passkey_begin(&here.app, &signed_in).await {
        Err(Error::Refused(refusal)) if refusal.reason == Reason::RecentAuthenticationNeeded => {
            refuse(here, Error::Refused(refusal), "account/passkeys", sheet)
        }
        creation => create(&here, creation, "account/passkeys"),
    }
}

/// Adds it.
pub(super) async fn finish(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let added = match given(&posted) {
        Ok(given) => account_register_passkey_finish(&posted.here.app, &signed_in, &given).await,
        Err(error) => Err(error),
    };
    let mut here = posted.here;
    match added {
        Ok(_) => {
            here.visitor.leave("notice-passkey-added");
            here.go("account")
        }
        Err(error) => refuse(here, error, "account/passkeys", sheet),
    }
}

/// Asks whether this one shall go; for one that is not there, back to the account.
pub(super) async fn removal_page(Path((_, id)): Path<(String, String)>, recent: Recent) -> Response {
    let Recent { here, signed_in } = recent;
    match find(&here, &signed_in, &id).await {
        Ok(Some(passkey)) => here.show(question(&here, &passkey)),
        Ok(None) => here.go("account"),
        Err(error) => here.show(here.sheet("broken").trouble(&Trouble::of(error))),
    }
}

async fn find(here: &Here, signed_in: &SignedIn, id: &str) -> Result<Option<Listed>> {
    Ok(listed(here, signed_in).await?.into_iter().find(|passkey| passkey.id == id))
}

fn question<'a>(here: &'a Here, passkey: &Listed) -> Sheet<'a> {
    let sheet = here.sheet("passkey-remove").lead("passkey-remove", &[("passkey", passkey.authenticator)]);
    sheet.form("passkey-remove", &removal(&passkey.id)).grave().link("back-to-account", "account")
}

/// Removes it.
pub(super) async fn remove(Path((_, id)): Path<(String, String)>, own: OwnPosted) -> Response {
    let OwnPosted { posted, signed_in } = own;
    let mut here = posted.here;
    let found = match find(&here, &signed_in, &id).await {
        Ok(Some(passkey)) => passkey,
        Ok(None) => return here.go("account"),
        Err(error) => return here.show(here.sheet("broken").trouble(&Trouble::of(error))),
    };
    match account_remove_passkey(&here.app, &signed_in, &id).await {
        Ok(()) => {
            here.visitor.leave("notice-passkey-removed");
            here.go("account")
        }
        Err(error) => refuse(here, error, &removal(&id), |here| question(here, &found)),
    }
}
