//! Somebody becomes an account.

mod register;
