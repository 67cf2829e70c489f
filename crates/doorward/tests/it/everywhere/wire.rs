//! The habits of the wire, shown by operations that are served: one fact per test.

mod answers;
mod credentials;
mod legacy;
mod order;
mod origins;
mod requests;
