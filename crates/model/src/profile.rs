//! The profile: who a person says they are, and what the server knows of the account.
//!
//! The wire shows 149 keys for an account and 117 for each identity linked to it. 116 of them are shared and make the
//! [`Persona`] and the [`Identity`]; the rest are the account's alone: [`AccountFacts`] from columns and rows,
//! [`AccountDocument`] from a document. Documents are stored as sparse JSON text with their keys in wire order, so that
//! [`render`] copies values it never reads.

mod account;
mod checks;
mod document;
mod members;
mod merge;
pub mod parts;
mod persona;
mod render;
mod shape;
mod wire;
mod writer;

pub use account::{AccountChange, AccountFacts, PasskeyOffer};
pub use checks::birth_date;
pub use document::AccountDocument;
pub use members::Broken;
pub use merge::Nulls;
pub use parts::common::EmailEntry;
pub use persona::{Identity, Persona};
pub use render::render;
pub use shape::Shape;
pub use writer::{Writer, may_set};

#[cfg(test)]
mod tests;
