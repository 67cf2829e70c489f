//! How often one may be wrong, what follows, and what lifts it.

mod captcha;
mod lockout;
mod locks;
