//! The `fields` parameter: which part of a profile an answer shows.

use super::members::Members;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// How many levels of names are followed; a name at the last level stands for all below it.
const DEPTH: usize = 5;
/// How many names are read; the rest of the text is ignored.
const NAMES: usize = 200;

/// Which members of an object are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// All of them.
    All,
    /// The named ones, each with the shape of what is below; names are compared without case.
    Only(Vec<(String, Shape)>),
}

impl Shape {
    /// Reads a comma list of names with `*` for all, `a(b,c)` and `a/b` for members of members.
    ///
    /// Never refuses: unknown names select nothing, brackets close at the end of the text, and a text without any name
    /// shows everything.
    pub fn parse(text: &str) -> Shape {
        let mut reader = Reader { rest: text, names: 0 };
        let shape = reader.list(1);
        if shape == Shape::Only(Vec::new()) { Shape::All } else { shape }
    }

    /// The given object with what this shape shows of it, order kept; of a list, every entry is pruned alike.
    pub fn prune(&self, value: Box<RawValue>) -> Box<RawValue> {
        if *self == Shape::All {
            return value;
        }
        to_raw_value(&Pruned { value: &value, shape: self }).unwrap_or(value)
    }

    fn add(&mut self, name: &str, below: Shape) {
        let Shape::Only(names) = self else { return };
        match names.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, shape)) => shape.join(below),
            None => names.push((name.to_owned(), below)),
        }
    }

    fn join(&mut self, other: Shape) {
        match other {
            Shape::All => *self = Shape::All,
            Shape::Only(names) => names.into_iter().for_each(|(name, below)| self.add(&name, below)),
        }
    }

    fn below(&self, name: &str) -> Option<&Shape> {
        match self {
            Shape::All => Some(&Shape::All),
            Shape::Only(names) => {
                names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, shape)| shape)
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    names: usize,
}

impl<'a> Reader<'a> {
    /// Reads up to the bracket that closes this list, and the bracket with it.
    fn list(&mut self, level: usize) -> Shape {
        let mut shape = Shape::Only(Vec::new());
        loop {
            match self.name() {
                "" => {}
                "*" => shape = Shape::All,
                name => {
                    let below = self.below(level);
                    shape.add(name, below);
                }
            }
            match self.rest.chars().next() {
                None => return shape,
                Some(')') => {
                    self.step();
                    return shape;
                }
                // A stray bracket or slash separates like a comma.
                Some(_) => self.step(),
            }
        }
    }

    /// What follows a name: a bracket, a path, or nothing.
    fn below(&mut self, level: usize) -> Shape {
        let below = match self.rest.chars().next() {
            Some('(') if level < DEPTH => {
                self.step();
                self.list(level + 1)
            }
            Some('/') if level < DEPTH => {
                self.step();
                self.path(level + 1)
            }
            Some('(' | '/') => {
                self.skip();
                Shape::All
            }
            _ => Shape::All,
        };
        if below == Shape::Only(Vec::new()) { Shape::All } else { below }
    }

    fn path(&mut self, level: usize) -> Shape {
        match self.name() {
            "" | "*" => Shape::All,
            name => {
                let below = self.below(level);
                Shape::Only(vec![(name.to_owned(), below)])
            }
        }
    }

    /// Leaves out what is below the last level: the rest of a path, or a bracket up to its end.
    fn skip(&mut self) {
        let mut open = 0_usize;
        let end = self.rest.find(|sign| {
            match sign {
                '(' => open += 1,
                ')' | ',' if open == 0 => return true,
                ')' => open -= 1,
                _ => {}
            }
            false
        });
        self.rest = &self.rest[end.unwrap_or(self.rest.len())..];
    }

    /// The next name, trimmed; empty when a sign comes first. Beyond the most names allowed nothing is left to read.
    fn name(&mut self) -> &'a str {
        let end = self.rest.find([',', '(', ')', '/']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let name = name.trim();
        self.names += usize::from(!name.is_empty());
        self.rest = if self.names > NAMES { "" } else { rest };
        if self.names > NAMES { "" } else { name }
    }

    fn step(&mut self) {
        let mut signs = self.rest.chars();
        signs.next();
        self.rest = signs.as_str();
    }
}

struct Pruned<'a> {
    value: &'a RawValue,
    shape: &'a Shape,
}

impl Serialize for Pruned<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.value.get();
        match (self.shape, text.as_bytes().first()) {
            (Shape::Only(_), Some(b'{')) => {
                let members = Members::of(text).map_err(serde::ser::Error::custom)?;
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in members.0 {
                    if let Some(shape) = self.shape.below(&name) {
                        map.serialize_entry(&name, &Pruned { value, shape })?;
                    }
                }
                map.end()
            }
            (Shape::Only(_), Some(b'[')) => {
                let entries: Vec<&RawValue> = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
                serializer.collect_seq(entries.into_iter().map(|value| Pruned { value, shape: self.shape }))
            }
            _ => self.value.serialize(serializer),
        }
    }
}
