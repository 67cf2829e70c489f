//! An authenticator of software. Everybody's passkey has the same key: checking a signature costs the same whosever it is.

use crate::waiting::Waiting;
use anyhow::{Context, Result, anyhow};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use webauthn_rs_core::proto::{COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, ECDSACurve};

/// The domain that the passkeys are for.
pub(crate) const RP_ID: &str = "bench.example";

/// The page that asks for them.
pub(crate) const ORIGIN: &str = "https://bench.example";

/// Somebody touched it, and it knew them.
const PRESENT_AND_VERIFIED: u8 = 0b0000_0101;

/// A device that holds everybody's passkey.
pub(crate) struct Authenticator {
    pair: EcdsaKeyPair,
}

impl Authenticator {
    /// One with a new key.
    pub(crate) fn new() -> Result<Authenticator> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| anyhow!("no key was made"))?;
        Ok(Authenticator { pair })
    }

    /// The public key as the server keeps it.
    pub(crate) fn public_key(&self) -> Result<COSEKey> {
        // The point: 4, x, y.
        let point = self.pair.public_key().as_ref().get(1..65).context("a point of another curve")?;
        let (x, y) = point.split_at(32);
        let key = COSEEC2Key { curve: ECDSACurve::SECP256R1, x: x.to_vec(), y: y.to_vec() };
        Ok(COSEKey { type_: COSEAlgorithm::ES256, key: COSEKeyType::EC_EC2(key) })
    }

    /// What a browser sends to complete a login.
    pub(crate) fn answer(&self, login: Waiting) -> Result<String> {
        let client = json!({ "type": "webauthn.get", "challenge": login.challenge(), "origin": ORIGIN }).to_string();
        let mut data = digest(&SHA256, RP_ID.as_bytes()).as_ref().to_vec();
        data.push(PRESENT_AND_VERIFIED);
        // It does not count: then nobody has to remember how often it was asked.
        data.extend([0; 4]);
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).map_err(|_| anyhow!("nothing was signed"))?;
        let text = |bytes: &[u8]| Value::from(BASE64URL_NOPAD.encode(bytes));
        let id = text(&login.person.credential());
        Ok(json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": {
                "clientDataJSON": text(client.as_bytes()),
                "authenticatorData": text(&data),
                "signature": text(signature.as_ref()),
                "userHandle": text(login.person.uid().as_str().as_bytes()),
            },
        })
        .to_string())
    }
}
