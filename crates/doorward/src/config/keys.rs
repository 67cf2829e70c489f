//! `[keys]`

use std::path::PathBuf;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::secret_text::SecretText;

/// The master key: it encrypts secrets at rest and keys the hashes of tokens and codes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// 32 random bytes as base64 or hexadecimal, for example from `openssl rand -base64 32`. Keep a copy apart from the database: without it no code, token or stored secret can be used again.
    pub master: Option<SecretText>,
    /// A file that holds `master`.
    pub master_file: Option<PathBuf>,
    /// Earlier master keys, newest first. They still open what they closed; nothing new is closed with them. What lasts is
    /// closed anew within minutes; hold them until the tokens that were handed out under them have ended.
    pub previous: Vec<SecretText>,
    /// A file that holds `previous`, one key on a line.
    pub previous_file: Option<PathBuf>,
}

/// How one comes to a master key.
pub(super) const NEW_KEY: &str = "`doorward init` makes one together with the settings. Or make one alone with \
                                  `(umask 077; openssl rand -base64 32 > master.key)`, as the user that this program runs \
                                  as, and name that file in [keys] master_file.";

impl Keys {
    /// The master key; [`Settings::unsound_stores`](super::Settings::unsound_stores) has said before what is wrong with it.
    pub fn master(&self) -> Result<[u8; 32], Finding> {
        let text = self.master.as_ref().ok_or_else(|| {
            Finding::new("[keys] master", "is not set, and nothing may be stored without it", NEW_KEY)
        })?;
        decode(text).ok_or_else(|| Finding::new("[keys] master", NOT_A_KEY, NEW_KEY))
    }

    /// The earlier master keys, in the order given.
    pub fn previous(&self) -> Result<Vec<[u8; 32]>, Finding> {
        let remedy = "List each key exactly as it stood in master.";
        self.previous
            .iter()
            .map(|text| decode(text).ok_or_else(|| Finding::new("[keys] previous", NOT_A_KEY, remedy)))
            .collect()
    }

    pub(super) fn unsound(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.previous().err().into_iter().collect();
        match self.master() {
            Ok(key) if key.iter().all(|byte| *byte == key[0]) => {
                found.push(Finding::new(
                    "[keys] master",
                    "is one byte repeated, which anybody would try first",
                    NEW_KEY,
                ));
            }
            Ok(_) => {}
            Err(finding) => found.push(finding),
        }
        found
    }
}

const NOT_A_KEY: &str = "is not 32 bytes as base64 or hexadecimal";

fn decode(text: &SecretText) -> Option<[u8; 32]> {
    let text = text.expose().trim().as_bytes();
    let encodings = [HEXLOWER_PERMISSIVE, BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD];
    encodings.iter().find_map(|encoding| encoding.decode(text).ok()?.try_into().ok())
}
