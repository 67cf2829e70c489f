//! Names of things: text that is compared and stored, never taken apart.

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that already is such an id: one read from the database, or freshly made.
            pub fn new(text: impl Into<String>) -> $name {
                $name(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A tenant: one application's users, settings and keys. First in every key.
    TenantId
}
text_id! {
    /// An account's public id: opaque text of up to 64 characters; new ones are hyphenated lower-case GUIDs.
    Uid
}
text_id! {
    /// One signed-in session.
    SessionId
}
text_id! {
    /// One message or other piece of work in the outbox.
    JobId
}

impl Uid {
    /// The longest uid that is stored.
    pub const MAX_LENGTH: usize = 64;

    /// A uid chosen by the caller: 1 to 64 visible ASCII characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Uid> {
        let fits = (1..=Uid::MAX_LENGTH).contains(&text.len());
        (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Uid(text.to_owned()))
    }
}
