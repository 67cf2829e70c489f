//! The cookies of the pages: of one tenant each.

use crate::frame::cookie::Cookie;
use doorward_flows::app::Tenant;

/// What a cookie is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// What a browser carries from page to page.
    Visitor,
    /// Whom the device knows.
    Device,
}

impl Kind {
    /// One name per tenant: a cookie for the whole host, which its prefix demands, is sent to all of them.
    pub(crate) fn of(self, tenant: &Tenant) -> Cookie {
        let (name, place) = match self {
            Kind::Visitor => ("doorward", "hosted-pages"),
            Kind::Device => ("doorward-device", "hosted-device"),
        };
        Cookie { name: format!("{name}-{}", tenant.id), place: format!("{place}:{}", tenant.id) }
    }
}
