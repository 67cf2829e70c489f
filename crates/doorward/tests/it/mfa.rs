//! Second factors.

mod pending;
