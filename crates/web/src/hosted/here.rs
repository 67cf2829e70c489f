//! Who stands before a page: the request and what it shows, the person and their browser, and what any of the groups of pages
//! may need of both.

pub(crate) mod ceremony;
pub(crate) mod link;
pub(crate) mod owner;
pub(crate) mod theme;

mod arrival;
mod cookie;
mod device;
mod keeping;
mod name;
mod posted;
mod recent;
mod request;
mod sign_in_form;
mod visitor;

pub(crate) use device::{Device, has_pin};
pub(crate) use name::Name;
pub(crate) use posted::{Own, OwnPosted, Posted};
pub(crate) use recent::{Recent, refuse};
pub(crate) use request::Here;
pub(crate) use sign_in_form::sign_in_form;
pub(crate) use visitor::{Step, Visitor};
