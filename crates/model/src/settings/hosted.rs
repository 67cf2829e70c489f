//! The pages on which a tenant's people sign in.

use super::unfit::Unfit;
use serde::{Deserialize, Serialize};

/// The longest logo, as text.
const LONGEST_LOGO: usize = 64 * 1024;

/// How much lighter the lighter of text and ground has to be (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

/// The grounds that the accent stands on: in light, and in dark.
const LIGHT: &str = "#ffffff";
const DARK: &str = "#1a1e21";

/// Whether a tenant has hosted pages, where they lead and what they look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostedPages {
    /// Whether they are served.
    pub enabled: bool,
    /// Where a finished sign-in may lead: whole addresses, compared character by character.
    #[serde(rename = "redirectUrls")]
    pub redirect_urls: Vec<String>,
    /// The name that people know the application by; empty for the tenant's own.
    pub title: String,
    /// A picture above the form, as a `data:image/...` URL or a path of this server; empty for none.
    pub logo: String,
    /// The colour of buttons and links on light ground, `#rrggbb`.
    pub accent: String,
    /// The same on dark ground.
    #[serde(rename = "accentDark")]
    pub accent_dark: String,
    /// Light, dark, or what the person's machine asks for.
    #[serde(rename = "colourScheme")]
    pub colour_scheme: ColourScheme,
}

/// Which colours the hosted pages have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourScheme {
    /// What the person's machine asks for.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Default for HostedPages {
    fn default() -> HostedPages {
        HostedPages {
            enabled: false,
            redirect_urls: Vec::new(),
            title: String::new(),
            logo: String::new(),
            accent: "#0b6b5d".to_owned(),
            accent_dark: "#62d3be".to_owned(),
            colour_scheme: ColourScheme::default(),
        }
    }
}

impl HostedPages {
    /// True when a finished sign-in may lead to `url`: it is on the list, character by character. Nothing is normalised,
    /// so that there is nothing for two programs to read differently.
    pub fn leads_to(&self, url: &str) -> bool {
        self.redirect_urls.iter().any(|listed| listed == url)
    }

    /// The colour of text on the accent, on light and on dark ground.
    pub fn on_accent(&self) -> (&'static str, &'static str) {
        let text_on = |accent: &str| if contrast(accent, "#ffffff") >= LEAST_CONTRAST { "#ffffff" } else { "#0c1a18" };
        (text_on(&self.accent), text_on(&self.accent_dark))
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        if let Some(bad) = self.redirect_urls.iter().find(|url| !is_destination(url)) {
            return Err(Unfit(format!(
                "hostedPages.redirectUrls: `{bad}` is no plain address; write it as https://host/path, without user, \
                 fragment, backslash or spaces, or as http://localhost:port/path for an application that is written here"
            )));
        }
        for (name, colour, ground) in [("accent", &self.accent, LIGHT), ("accentDark", &self.accent_dark, DARK)] {
            if luminance(colour).is_none() {
                return Err(Unfit(format!("hostedPages.{name}: `{colour}` is no colour; write it as #0b6b5d")));
            }
            if contrast(colour, ground) < LEAST_CONTRAST {
                return Err(Unfit(format!(
                    "hostedPages.{name}: text in `{colour}` is hard to read on {ground}; the contrast must be 4.5 to 1 or more"
                )));
            }
        }
        let is_picture = self.logo.strip_prefix("data:image/").is_some_and(|rest| rest.contains(','));
        let is_path = self.logo.starts_with('/') && !self.logo.starts_with("//");
        let is_plain = self.logo.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !self.logo.is_empty() && !(is_plain && (is_picture || is_path) && self.logo.len() <= LONGEST_LOGO) {
            return Err(Unfit(
                "hostedPages.logo must be a data:image/... URL of at most 64 KiB, or a path of this server".into(),
            ));
        }
        if self.title.chars().count() > 100 {
            return Err(Unfit("hostedPages.title must have at most 100 characters".into()));
        }
        Ok(())
    }
}

/// True for an address that every program reads alike: `https`, or `http` to this machine, a plain host, and a path.
fn is_destination(url: &str) -> bool {
    let is_plain = url.len() <= 1000 && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#@\"<>".contains(&byte));
    let Some((scheme, rest)) = url.split_once("://").filter(|_| is_plain) else { return false };
    let Some((authority, path)) = rest.split_once('/') else { return false };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(fits)
    };
    let is_local = host == "localhost" || host == "127.0.0.1";
    let path = path.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let walks =
        path.starts_with('/') || path.split('/').any(|part| matches!(part.replace("%2e", ".").as_str(), "." | ".."));
    (scheme == "https" || (scheme == "http" && is_local))
        && host.split('.').all(is_label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
        && !walks
}

/// How far apart two colours are to the eye, 1 to 21 (WCAG 2.2).
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one).unwrap_or(0.0), luminance(other).unwrap_or(0.0));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How light a colour is, 0 to 1; `None` for what is no `#rrggbb`.
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

#[cfg(test)]
mod tests;
