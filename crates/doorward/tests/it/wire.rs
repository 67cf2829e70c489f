//! The habits of the wire, shown by operations that are served: one fact per test.

mod answers;
mod credentials;
mod order;
mod origins;
mod requests;
