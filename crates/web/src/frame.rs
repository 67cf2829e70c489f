//! What every page stands in: templates and headers, assets, forms and cookies that are ours, one line in the log.

pub(crate) mod asset;
pub(crate) mod cookie;
pub(crate) mod form;
pub(crate) mod loopback;
pub(crate) mod page;
pub(crate) mod watch;
