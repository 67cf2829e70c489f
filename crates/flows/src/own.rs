pub mod deletion;
pub mod email;
pub mod phone;
pub mod profile;
pub mod unlock;
pub mod username;
