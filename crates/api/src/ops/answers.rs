//! Fields of requests and answers that several operations share, with what is read out of them.
//!
//! What belongs here: what operations of two groups say, or several of one. What does not: what one operation says.

pub(crate) mod account;
pub(crate) mod done;
pub(crate) mod login;
pub(crate) mod message;
pub(crate) mod passkey;
pub(crate) mod question;
pub(crate) mod second_factor;

pub(crate) use account::{Erasing, Whose};
pub(crate) use done::{Availability, Done, Gone};
pub(crate) use login::{FinishedAnswer, Invited, LoginAnswer, PostedLogin, TokensAnswer};
pub(crate) use message::{MessageIds, PostedMessage, Telling, Verifying};
pub(crate) use passkey::{CreationAnswer, Credential, PasskeyAnswer, PasskeysAnswer, Presented, RequestAnswer};
pub(crate) use question::Question;
pub(crate) use second_factor::{FactorsAnswer, RiskTemplates, Spoken, Telling2fa};
