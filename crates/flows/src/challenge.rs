//! A code or a link: drawn, sent, tried, used once.
//!
//! What belongs here: how each is drawn, kept, told, tried and used up, whatever it is for. What does not: what it
//! opens.

mod code;
mod guess;
mod key;
mod link;
mod sending;

pub(crate) use code::{confirms, draw_code};
pub use code::{digest, subject};
pub(crate) use guess::{Guess, Verdict, Wrongs};
pub(crate) use key::Key;
pub(crate) use link::{DELETION_LINK_LIFE, Link, PASSWORD_LINK_LIFE, Redeemed, link_base, page_base};
pub use sending::Posted;
pub(crate) use sending::{Form, RESEND_GAP, Sending, quota};
