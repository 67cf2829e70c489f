//! A code or a link: drawn, sent, tried, used once.
//!
//! What belongs here: how each is drawn, kept, told, tried and used up, whatever it is for. What does not: what it
//! opens.

mod guess;
pub(crate) mod link;

pub(crate) use guess::{Guess, Verdict, Wrongs};
pub(crate) use link::{DELETION_LINK_LIFE, Link, PASSWORD_LINK_LIFE, Redeemed, link_base, page_base};
