//! Reads a JSON value into a type whose field names are compared without ASCII case, at every level.
//!
// Wire: clients write the same name as `PIN` and `pin`, `apiKey` and `apikey`, so no case can be the right one.

use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Number, Value};
use std::fmt;

#[cfg(test)]
mod tests;

/// How numbers and booleans are written in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalars {
    /// As JSON numbers and booleans.
    Typed,
    /// As text, which is all that a query, a path or a form can hold.
    Text,
}

/// Reads `value`; a name that is not declared is ignored, `null` and `""` are the same as a name that is not there.
///
/// 908 when a field without a default is missing, 1090 when a value is of the wrong type.
pub(crate) fn read<'de, T: Deserialize<'de>>(value: &'de Value, scalars: Scalars) -> Result<T, Refusal> {
    T::deserialize(Reader { value, scalars }).map_err(Refusal::from)
}

/// The value of the first name that equals `name` without case.
pub(crate) fn find<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Why a value does not fit the type.
#[derive(Debug)]
enum Mismatch {
    Missing(&'static str),
    WrongType,
}

impl From<Mismatch> for Refusal {
    fn from(mismatch: Mismatch) -> Refusal {
        match mismatch {
            Mismatch::Missing(field) => Refusal::missing(field),
            Mismatch::WrongType => Reason::PayloadInvalid.into(),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Missing(field) => write!(f, "{field} is missing"),
            Mismatch::WrongType => f.write_str("a value of the wrong type"),
        }
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    // The text may hold the offending value, so it is not kept.
    fn custom<T: fmt::Display>(_: T) -> Mismatch {
        Mismatch::WrongType
    }

    fn missing_field(field: &'static str) -> Mismatch {
        Mismatch::Missing(field)
    }
}

#[derive(Clone, Copy)]
struct Reader<'de> {
    value: &'de Value,
    scalars: Scalars,
}

impl<'de> Reader<'de> {
    fn is_absent(self) -> bool {
        self.value.is_null() || self.value.as_str() == Some("")
    }

    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match (self.value, self.scalars) {
            (Value::String(text), Scalars::Text) => {
                let number: Number = text.parse().map_err(|_| Mismatch::WrongType)?;
                number.deserialize_any(visitor).map_err(|_| Mismatch::WrongType)
            }
            _ => self.deserialize_any(visitor),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.number(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let scalars = self.scalars;
        match self.value {
            Value::Array(values) => visitor.visit_seq(Items { values: values.iter(), scalars }),
            Value::Object(object) => visitor.visit_map(Members::all(object, scalars)),
            scalar => scalar.deserialize_any(visitor).map_err(|_| Mismatch::WrongType),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.value {
            Value::Object(object) => visitor.visit_map(Members::declared(object, self.scalars, fields)),
            _ => Err(Mismatch::WrongType),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match (self.value, self.scalars) {
            (Value::String(text), Scalars::Text) => match text.to_ascii_lowercase().parse() {
                Ok(truth) => visitor.visit_bool(truth),
                Err(_) => Err(Mismatch::WrongType),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.value.deserialize_enum(name, variants, visitor).map_err(|_| Mismatch::WrongType)
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'de> {
    values: std::slice::Iter<'de, Value>,
    scalars: Scalars,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let scalars = self.scalars;
        self.values.next().map(|value| seed.deserialize(Reader { value, scalars })).transpose()
    }
}

/// The members of an object: all of them as written, or those that a type declares, under their declared names.
struct Members<'de> {
    entries: serde_json::map::Iter<'de>,
    declared: Option<&'static [&'static str]>,
    current: Option<Reader<'de>>,
    scalars: Scalars,
}

impl<'de> Members<'de> {
    fn all(object: &'de Map<String, Value>, scalars: Scalars) -> Members<'de> {
        Members { entries: object.iter(), declared: None, current: None, scalars }
    }

    fn declared(object: &'de Map<String, Value>, scalars: Scalars, fields: &'static [&'static str]) -> Members<'de> {
        Members { declared: Some(fields), ..Members::all(object, scalars) }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let scalars = self.scalars;
        for (key, value) in self.entries.by_ref() {
            let reader = Reader { value, scalars };
            let name = match self.declared {
                None => Some(key.as_str()),
                Some(_) if reader.is_absent() => None,
                Some(fields) => fields.iter().find(|field| field.eq_ignore_ascii_case(key)).copied(),
            };
            if let Some(name) = name {
                self.current = Some(reader);
                let name: StrDeserializer<'_, Mismatch> = name.into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let value = self.current.take().ok_or(Mismatch::WrongType)?;
        seed.deserialize(value)
    }
}
