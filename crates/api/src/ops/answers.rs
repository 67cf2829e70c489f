//! Fields of requests and answers that several operations share.

pub(crate) mod login;
pub(crate) mod passkey;
pub(crate) mod second_factor;

pub(crate) use login::{
    Availability, Done, Erasing, FinishedAnswer, Gone, Invited, LoginAnswer, MessageIds, PostedLogin, PostedMessage,
    Telling, TokensAnswer, Verifying,
};
pub(crate) use passkey::{CreationAnswer, Credential, PasskeyAnswer, PasskeysAnswer, Presented, RequestAnswer};
pub(crate) use second_factor::{FactorsAnswer, Spoken, Telling2fa};
