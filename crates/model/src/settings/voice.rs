//! Codes that are spoken in a call.

use super::unfit::{Unfit, within};
use serde::{Deserialize, Serialize};

/// The longest name of a voice, in bytes.
const LONGEST_VOICE: usize = 64;

/// Calls that tell a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Voice {
    /// Whether there are any: each costs more than a text message.
    #[serde(rename = "isEnabled")]
    pub enabled: bool,
    /// The voice, as the service that calls names it; empty for its usual one.
    #[serde(rename = "voiceType")]
    pub voice: String,
    /// The language that is spoken to people who have none of their own, `en`, `es`, `fr`, `de` or `it`; empty for that of
    /// all messages.
    pub language: String,
    /// How many times the text is said, 1 to 10.
    pub repeat: i64,
}

impl Default for Voice {
    fn default() -> Voice {
        Voice { enabled: false, voice: String::new(), language: String::new(), repeat: 1 }
    }
}

impl Voice {
    /// How many times the text is said.
    pub fn times(&self) -> usize {
        usize::try_from(self.repeat).unwrap_or(1)
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("voice.repeat", self.repeat, 1, 10)?;
        if !["", "en", "es", "fr", "de", "it"].contains(&self.language.as_str()) {
            return Err(Unfit("voice.language must be en, es, fr, de or it, or empty".into()));
        }
        let is_name = self.voice.len() <= LONGEST_VOICE && self.voice.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        is_name.then_some(()).ok_or_else(|| {
            Unfit(format!(
                "voice.voiceType must be the name of a voice, up to {LONGEST_VOICE} visible ASCII characters"
            ))
        })
    }
}
