//! An authenticator of software: makes passkeys and signs with them, right or in whatever way a test wants it wrong.
//!
//! Written against the specification and not against the library that judges it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// The page that the person is on.
pub(crate) const ORIGIN: &str = "https://login.acme.test";

/// The domain that passkeys are made for.
pub(crate) const RP_ID: &str = "acme.test";

/// Somebody touched the authenticator.
pub(crate) const PRESENT: u8 = 0b0000_0001;
/// It knew the person by a PIN, a finger or a face.
pub(crate) const VERIFIED: u8 = 0b0000_0100;
/// The passkey may be copied to other devices.
pub(crate) const BACKUP_ELIGIBLE: u8 = 0b0000_1000;
/// It was.
pub(crate) const BACKED_UP: u8 = 0b0001_0000;

const NEW_KEY_FOLLOWS: u8 = 0b0100_0000;

/// A passkey on a device.
pub(crate) struct Authenticator {
    pair: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) user_handle: String,
    counter: u32,
}

/// What goes into an answer; a test changes what it wants wrong before it is signed.
pub(crate) struct Answer {
    pub(crate) kind: String,
    pub(crate) challenge: String,
    pub(crate) origin: String,
    pub(crate) cross_origin: Option<bool>,
    pub(crate) rp_id: String,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    /// The number under which a new key says how it signs.
    pub(crate) algorithm: u8,
    /// What is put behind the authenticator's data.
    pub(crate) appended: Vec<u8>,
}

impl Answer {
    fn to(options: &Value, kind: &str) -> Answer {
        Answer {
            kind: kind.to_owned(),
            challenge: options["challenge"].as_str().unwrap().to_owned(),
            origin: ORIGIN.to_owned(),
            cross_origin: None,
            rp_id: RP_ID.to_owned(),
            flags: PRESENT | VERIFIED,
            counter: 0,
            // ES256, -7, as CBOR writes it.
            algorithm: 0x26,
            appended: Vec::new(),
        }
    }

    fn client_data(&self) -> Vec<u8> {
        let mut data = json!({ "type": self.kind, "challenge": self.challenge, "origin": self.origin });
        if let Some(cross_origin) = self.cross_origin {
            data["crossOrigin"] = json!(cross_origin);
        }
        data.to_string().into_bytes()
    }

    fn head(&self, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

impl Authenticator {
    /// Makes a passkey as `options`, the argument of `navigator.credentials.create`, ask for it.
    pub(crate) fn create(options: &Value, change: impl FnOnce(&mut Answer)) -> (Authenticator, Value) {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref()).unwrap();
        let id = digest(&SHA256, pair.public_key().as_ref()).as_ref()[..20].to_vec();
        let authenticator =
            Authenticator { pair, id, user_handle: options["user"]["id"].as_str().unwrap().to_owned(), counter: 0 };
        let credential = authenticator.attest(options, change);
        (authenticator, credential)
    }

    /// Answers with the passkey that is there already.
    pub(crate) fn attest(&self, options: &Value, change: impl FnOnce(&mut Answer)) -> Value {
        let mut answer = Answer::to(options, "webauthn.create");
        change(&mut answer);
        let mut data = answer.head(NEW_KEY_FOLLOWS);
        // iCloud Keychain.
        data.extend([0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // The point: 4, x, y.
        let point = self.pair.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, answer.algorithm, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        data.extend(&answer.appended);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": text(&answer.client_data()),
                "attestationObject": text(&object),
                "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": {},
        })
    }

    /// Signs as `options`, the argument of `navigator.credentials.get`, ask for it.
    pub(crate) fn sign(&mut self, options: &Value, change: impl FnOnce(&mut Answer)) -> Value {
        self.counter += 1;
        let mut answer = Answer { counter: self.counter, ..Answer::to(options, "webauthn.get") };
        change(&mut answer);
        let (client_data, mut data) = (answer.client_data(), answer.head(0));
        data.extend(&answer.appended);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": text(&client_data),
                "authenticatorData": text(&data),
                "signature": text(signature.as_ref()),
                "userHandle": self.user_handle,
            },
            "clientExtensionResults": {},
        })
    }

    /// A right answer.
    pub(crate) fn answer(&mut self, options: &Value) -> Value {
        self.sign(options, |_| {})
    }
}
