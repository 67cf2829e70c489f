//! Reading objects the way clients write them: names in any case, old spellings, null as if absent.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value};
use std::collections::HashMap;

/// Makes a type for one object of the wire: every member optional, in wire order, left out when absent.
///
/// Its `Debug` shows nothing of it, since profiles are personal data and must not slip into a log.
macro_rules! wire_object {
    ($(#[$note:meta])* $name:ident { $($(#[$rule:meta])* $wire:literal $field:ident: $kind:ty,)* }) => {
        $(#[$note])*
        #[derive(Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                #[doc = concat!("`", $wire, "` on the wire; `None` when nobody set it.")]
                $(#[$rule])*
                #[serde(rename = $wire, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$kind>,
            )*
        }

        impl $name {
            /// The members' names on the wire, in the order in which they are stored and shown.
            pub const KEYS: &[&str] = &[$($wire),*];
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}
pub(super) use wire_object;

/// Under which names a member is looked for, the first one found winning.
///
/// Wire: `Comapny`, `Compony`, `BageId` and `BageMessage` are misspelled twins that identities show beside the right
/// key, or in its place. Reading every twin from the right key first is also what mirrors them.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("Company", &["Company", "Comapny"]),
    ("Comapny", &["Company", "Comapny"]),
    ("Compony", &["Company", "Compony"]),
    ("BadgeId", &["BadgeId", "BageId"]),
    ("BageId", &["BadgeId", "BageId"]),
    ("BadgeMessage", &["BadgeMessage", "BageMessage"]),
    ("BageMessage", &["BadgeMessage", "BageMessage"]),
    ("InterestedType", &["InterestedType", "InterestType"]),
    ("InterestedName", &["InterestedName", "InterestName"]),
    ("InterestType", &["InterestType", "InterestedType"]),
    ("InterestName", &["InterestName", "InterestedName"]),
    ("Operation", &["Operation", "op"]),
    ("Op", &["Operation", "op"]),
    ("op", &["Operation", "op"]),
    ("Position", &["Position", "Positions"]),
    ("SessionLimit", &["SessionLimit", "SessionsLimit"]),
];

/// Picks the members with the given names out of an object, in the order of `names`; all others are ignored.
///
/// Fails when a name comes twice in different case: two readers could understand two different things.
pub(super) fn members<'a>(
    object: &'a Map<String, Value>,
    names: &[&'static str],
) -> Result<Vec<(&'static str, &'a Value)>, Error> {
    let mut given = HashMap::with_capacity(object.len());
    for (name, value) in object {
        if given.insert(name.to_ascii_lowercase(), value).is_some() {
            return Err(Error::custom("a name is given twice"));
        }
    }
    let found = |spelling: &&str| given.get(&spelling.to_ascii_lowercase()).copied();
    let pick = |name: &&'static str| {
        let spellings = SPELLINGS.iter().find(|(right, _)| right == name).map(|(_, all)| *all);
        let value = spellings.unwrap_or(&[*name]).iter().find_map(found)?;
        Some((*name, value))
    };
    Ok(names.iter().filter_map(pick).collect())
}

/// Reads a whole object; fails on a wrong type or a name given twice.
pub(super) fn read<T: for<'de> Deserialize<'de>>(object: &Value) -> Result<T, Error> {
    T::deserialize(Caseless(object))
}

/// A value whose objects are read by [`members`].
struct Caseless<'a>(&'a Value);

impl<'de> Deserializer<'de> for Caseless<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(storable(text)?),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Caseless))),
            Value::Object(object) => {
                let entries = object.iter().filter(|(_, value)| !value.is_null());
                let entries: Vec<_> = entries
                    .map(|(name, value)| Ok((storable(name)?, Caseless(value))))
                    .collect::<Result<_, Error>>()?;
                visitor.visit_map(MapDeserializer::new(entries.into_iter()))
            }
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Object(object) = self.0 else {
            return Err(Error::custom("an object is needed"));
        };
        let entries = members(object, fields)?.into_iter().map(|(name, value)| (name, Caseless(value)));
        visitor.visit_map(MapDeserializer::new(entries))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Caseless<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The text itself unless it holds U+0000, which PostgreSQL can store in no text.
fn storable(text: &str) -> Result<&str, Error> {
    if text.contains('\0') { Err(Error::custom("U+0000 in a text")) } else { Ok(text) }
}
