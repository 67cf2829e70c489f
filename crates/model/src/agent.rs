//! What a client program says of itself in `User-Agent`, as far as a list of sessions shows it. Never evidence: anybody
//! may send anything.

#[cfg(test)]
mod tests;

/// A browser on a machine; each part `None` when the text does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// The browser or program, such as `Firefox`.
    pub browser: Option<&'static str>,
    /// The operating system, such as `Windows`.
    pub system: Option<&'static str>,
    /// The machine, such as `iPhone`.
    pub device: Option<&'static str>,
    /// `Desktop`, `Mobile` or `Tablet`.
    pub kind: Option<&'static str>,
}

/// Marks in the order in which they are looked for: browsers name those that they want to be taken for, too.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

const DEVICES: &[(&str, &str)] =
    &[("iPhone", "iPhone"), ("iPad", "iPad"), ("Pixel", "Pixel"), ("SM-", "Samsung"), ("Macintosh", "Mac")];

impl Agent {
    /// Reads the text.
    pub fn of(text: &str) -> Agent {
        let first =
            |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
        let system = first(SYSTEMS);
        let is_tablet = text.contains("iPad") || (text.contains("Android") && !text.contains("Mobile"));
        let kind = match system {
            Some(_) if is_tablet => Some("Tablet"),
            Some("iOS" | "Android") => Some("Mobile"),
            Some(_) => Some("Desktop"),
            None => None,
        };
        Agent { browser: first(BROWSERS), system, device: first(DEVICES), kind }
    }
}
