//! The hosted pages, as a browser without scripts sees them.

mod browser;
mod factors;
mod guard;
mod handover;
mod journeys;
mod offers;
mod passkeys;
mod pin;
