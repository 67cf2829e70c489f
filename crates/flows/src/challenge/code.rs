//! One-time codes: made, kept as a keyed hash, compared.

use crate::App;
use crate::app::Tenant;
use doorward_model::id::TenantId;
use doorward_model::keys::{Digest, Keys, Purpose as KeyPurpose};
use doorward_model::secret::Secret;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::Kind;

/// Random bytes that one code is drawn from: so many that every digit is as likely as another.
const DRAWN: usize = 16;

/// A code as sent, and what is kept of it.
pub(crate) struct Code {
    /// The digits.
    pub(crate) text: Secret,
    /// Keyed hash of the digits with what they are bound to.
    pub(crate) digest: Digest,
}

/// The keyed hash under which an identifier is known to challenges and counters, whether anybody has it or not.
pub fn subject(keys: &Keys, tenant: &TenantId, kind: Kind, value: &str) -> Digest {
    keys.digest(KeyPurpose::Identifier, tenant, &format!("{}:{value}", kind.as_str()))
}

/// The keyed hash of a code: it is of no use for another purpose, subject or tenant.
pub fn digest(keys: &Keys, tenant: &TenantId, purpose: Purpose, subject: &Digest, text: &str) -> Digest {
    keys.digest(KeyPurpose::OneTimeCode, tenant, &bound(purpose, subject, text))
}

/// Whether `stored` is the keyed hash of this code.
pub(crate) fn confirms(
    keys: &Keys,
    tenant: &TenantId,
    purpose: Purpose,
    subject: &Digest,
    text: &Secret,
    stored: &Digest,
) -> bool {
    // It may have been made, and the subject hashed, under an earlier key.
    subject.forms().fold(false, |found, subject| {
        keys.confirms(stored, KeyPurpose::OneTimeCode, tenant, &bound(purpose, &subject, text.expose().trim())) | found
    })
}

fn bound(purpose: Purpose, subject: &Digest, text: &str) -> String {
    format!("{}:{}:{text}", purpose.as_str(), subject.hex())
}

/// Draws a code of the tenant's length for this purpose and subject.
pub(crate) fn draw_code(app: &App, tenant: &Tenant, purpose: Purpose, subject: &Digest) -> Code {
    let number = u128::from_be_bytes(app.random::<DRAWN>());
    let length = tenant.settings.otp.length;
    let power = 10u128.pow(u32::try_from(length).expect("a code has at most ten digits"));
    let text = format!("{:0length$}", number % power);
    let digest = digest(&app.keys, &tenant.id, purpose, subject, &text);
    Code { text: Secret::new(text), digest }
}
