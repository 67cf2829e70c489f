//! What a tenant is set to.

pub(crate) mod password_policy;
mod tenants;
