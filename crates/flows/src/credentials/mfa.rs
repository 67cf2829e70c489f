//! Second factors: set up and proved while a login waits, and looked at, set up and removed by who is signed in.
//!
//! A factor is a file of its own; `own_` stands before what somebody signed in does with it.

mod waiting;

pub use waiting::{Open, waiting_login};
