//! Pages for people: the hosted sign-in pages of the tenants, the question behind a link in a message, the reference of
//! the API, and the demo's welcome page and mailbox.
//!
//! What belongs here: HTML, its templates and assets, and how it is served: everything from this process, nothing
//! inline, nothing that needs a script but what browsers give to scripts alone. A handler reads through the store and fills a template.
//! What does not: rules, writes, SQL, and the JSON API, whose document is handed in.

mod confirm;
mod demo;
mod docs;
mod frame;
mod hosted;

pub use confirm::confirm;
pub use demo::{DEMO_BACK, DemoKeys, demo};
pub use docs::docs;
pub use frame::loopback::loopback_only;
pub use hosted::hosted;
