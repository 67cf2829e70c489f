//! Names of the ways to send a credential, as extractors give them to `Page::credentials`.

pub(crate) const API_KEY: &str = "ApiKey";
pub(crate) const API_KEY_HEADER: &str = "ApiKeyHeader";
pub(crate) const API_SECRET: &str = "ApiSecret";
pub(crate) const API_SECRET_HEADER: &str = "ApiSecretHeader";
pub(crate) const ACCESS_TOKEN: &str = "AccessToken";
pub(crate) const ACCESS_TOKEN_QUERY: &str = "AccessTokenQuery";
pub(crate) const MFA_TOKEN: &str = "MfaToken";
pub(crate) const SOTT: &str = "Sott";
pub(crate) const SOTT_QUERY: &str = "SottQuery";
pub(crate) const SESSION_TOKEN: &str = "SessionToken";
pub(crate) const PIN_AUTH_TOKEN: &str = "PinAuthToken";
pub(crate) const PASSKEY_TOKEN: &str = "PasskeyToken";
