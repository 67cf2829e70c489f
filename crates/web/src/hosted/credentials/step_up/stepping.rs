//! Somebody in the middle of proving once more who they are, as the pages have them in hand.

use crate::hosted::credentials::second_factor::way::{self, Way};
use crate::hosted::here::{Here, Name, Own, OwnPosted, Posted, Step};
use crate::hosted::sheet::{Sheet, Trouble};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::step_up::{Offer, offered};
use doorward_flows::session::step_up::Proof;
use doorward_flows::{App, Result};

/// Who looks at a page of it: there only while it lasts.
pub(super) struct Stepping {
    pub(super) here: Here,
    pub(super) signed_in: SignedIn,
    pub(super) offer: Offer,
    progress: Progress,
}

struct Progress {
    /// The page that asks for it.
    page: String,
    /// Where a code went.
    sent: Option<Name>,
}

impl FromRequestParts<App> for Stepping {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Stepping, Response> {
        let Own { here, signed_in } = Own::from_request_parts(parts, app).await?;
        let (progress, offer) = find(&here, &signed_in).await?;
        Ok(Stepping { here, signed_in, offer, progress })
    }
}

/// Who sends a form of such a page.
pub(super) struct SteppingPosted {
    pub(super) posted: Posted,
    signed_in: SignedIn,
    pub(super) offer: Offer,
    progress: Progress,
}

impl FromRequest<App> for SteppingPosted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> std::result::Result<SteppingPosted, Response> {
        let OwnPosted { posted, signed_in } = OwnPosted::from_request(request, app).await?;
        let (progress, offer) = find(&posted.here, &signed_in).await?;
        Ok(SteppingPosted { posted, signed_in, offer, progress })
    }
}

async fn find(here: &Here, signed_in: &SignedIn) -> std::result::Result<(Progress, Offer), Response> {
    let Some(Step::Proving { page, sent }) = here.step() else { return Err(here.go("account")) };
    match offered(&here.app, signed_in).await {
        Ok(offer) => Ok((Progress { page, sent }, offer)),
        Err(error) => Err(here.show(here.sheet("broken").trouble(&Trouble::of(error)))),
    }
}

impl SteppingPosted {
    /// Everything but what was sent.
    pub(super) fn stepping(self) -> Stepping {
        let SteppingPosted { posted, signed_in, offer, progress } = self;
        Stepping { here: posted.here, signed_in, offer, progress }
    }

    /// The address that a code went to.
    pub(super) fn mailed(&self) -> Option<String> {
        mailed(&self.progress)
    }
}

fn mailed(progress: &Progress) -> Option<String> {
    match &progress.sent {
        Some(Name::Email(address)) => Some(address.clone()),
        _ => None,
    }
}

impl Stepping {
    /// What the person may prove themselves with, the best first. A passkey signs in, and proves nothing beside that.
    pub(super) fn ways(&self) -> Vec<Way> {
        let Offer { factors, has_password, has_pin, has_backup_codes, addresses, .. } = &self.offer;
        let mut ways: Vec<Way> = Way::FACTORS
            .into_iter()
            .filter(|way| *way != Way::Passkey)
            .filter(|way| way.factor().is_some_and(|factor| factors.contains(&factor)))
            .collect();
        if factors.is_empty() {
            ways.extend(has_password.then_some(Way::Password));
            ways.extend(has_pin.then_some(Way::Pin));
            ways.extend((!addresses.is_empty()).then_some(Way::Email));
        }
        ways.extend(has_backup_codes.then_some(Way::BackupCode));
        ways
    }

    /// The address that a code went to.
    pub(super) fn mailed(&self) -> Option<String> {
        mailed(&self.progress)
    }

    /// Whether a code went to the phone.
    pub(super) fn is_texted(&self) -> bool {
        matches!(self.progress.sent, Some(Name::Phone(_)))
    }

    /// The ways out of a page.
    pub(super) fn close<'a>(&self, sheet: Sheet<'a>) -> Sheet<'a> {
        way::STEP_UP.close(sheet, &self.ways())
    }

    /// To the page of a code that went there.
    pub(super) fn sent(mut self, to: Name, notice: &str, way: Way) -> Response {
        self.here.visitor.leave(notice);
        let step = Step::Proving { page: self.progress.page, sent: Some(to) };
        self.here.begin(step, &way::STEP_UP.page(way.page()))
    }

    /// Back to what was wanted, or the form again with what was wrong.
    pub(super) fn follow(self, proof: Result<Proof>, form: impl for<'a> FnOnce(&'a Stepping) -> Sheet<'a>) -> Response {
        match proof {
            Ok(_) => self.done(),
            Err(error) => self.here.show(form(&self).trouble(&Trouble::of(error))),
        }
    }

    /// Back to what was wanted.
    pub(super) fn done(mut self) -> Response {
        self.here.visitor.end_step();
        self.here.go(&self.progress.page)
    }
}
