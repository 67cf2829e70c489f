//! What extractors and answers say about themselves, so that a handler's signature is its documentation.

use axum::extract::State;
use doorward_flows::App;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::future::Future;

/// An extractor or an answer that adds its part to the description of the operation.
pub(crate) trait Describe {
    /// Adds the part.
    fn describe(page: &mut Page<'_>);
}

impl Describe for State<App> {
    fn describe(_: &mut Page<'_>) {}
}

impl<T: Describe, E: Describe> Describe for Result<T, E> {
    fn describe(page: &mut Page<'_>) {
        T::describe(page);
        E::describe(page);
    }
}

/// A handler whose arguments and answer can all describe themselves.
pub(crate) trait Described<Arguments> {
    /// Adds every part in the order of the signature.
    fn describe(page: &mut Page<'_>);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<Handler, Answer, $($argument,)*> Described<($($argument,)*)> for Handler
        where
            Handler: Fn($($argument),*) -> Answer,
            Answer: Future,
            Answer::Output: Describe,
            $($argument: Describe,)*
        {
            fn describe(page: &mut Page<'_>) {
                $($argument::describe(page);)*
                Answer::Output::describe(page);
            }
        }
    };
}

described!();
described!(A1);
described!(A1 A2);
described!(A1 A2 A3);
described!(A1 A2 A3 A4);
described!(A1 A2 A3 A4 A5);
described!(A1 A2 A3 A4 A5 A6);
described!(A1 A2 A3 A4 A5 A6 A7);
described!(A1 A2 A3 A4 A5 A6 A7 A8);
described!(A1 A2 A3 A4 A5 A6 A7 A8 A9);

/// Where a parameter is sent.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Header,
    Path,
    Query,
}

/// One operation of the OpenAPI document in the making.
pub(crate) struct Page<'a> {
    schemas: &'a mut SchemaGenerator,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: Map<String, Value>,
    /// Each map is one sufficient set of credentials.
    credentials: Vec<Map<String, Value>>,
}

impl<'a> Page<'a> {
    /// An empty page that collects shared schemas in `schemas`.
    pub(crate) fn new(schemas: &'a mut SchemaGenerator) -> Page<'a> {
        Page { schemas, parameters: Vec::new(), body: None, responses: Map::new(), credentials: Vec::new() }
    }

    /// The schema of a body or an answer, kept once for the whole document.
    pub(crate) fn schema_of<T: JsonSchema>(&mut self) -> Schema {
        self.schemas.subschema_for::<T>()
    }

    /// One query parameter for each field of `T`.
    pub(crate) fn query<T: JsonSchema>(&mut self) {
        let fields = T::json_schema(self.schemas);
        self.fields(Place::Query, &fields);
    }

    /// One path parameter for each field of `T`.
    pub(crate) fn path<T: JsonSchema>(&mut self) {
        let fields = T::json_schema(self.schemas);
        self.fields(Place::Path, &fields);
    }

    /// An optional parameter of one line of text.
    pub(crate) fn optional(&mut self, place: Place, name: &str, description: &str) {
        let schema = json!({ "type": "string", "description": description });
        self.parameter(place, name, &schema, false);
    }

    /// The body, which is never required on the wire: an absent one is an empty object.
    pub(crate) fn body(&mut self, schema: Schema) {
        self.body = Some(json!({ "content": { "application/json": { "schema": schema } } }));
    }

    /// The one success.
    pub(crate) fn answer(&mut self, schema: Schema) {
        let content = json!({ "application/json": { "schema": schema } });
        self.responses.insert("200".to_owned(), json!({ "description": "Done", "content": content }));
    }

    /// Every other status.
    pub(crate) fn refusals(&mut self) {
        self.responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/Refusal" }));
    }

    /// Sets of credentials of which one is enough; asked together with those of earlier extractors.
    pub(crate) fn credentials(&mut self, alternatives: &[&[&str]]) {
        let earlier = std::mem::take(&mut self.credentials);
        let earlier = if earlier.is_empty() { vec![Map::new()] } else { earlier };
        for set in &earlier {
            for alternative in alternatives {
                let more = alternative.iter().map(|scheme| ((*scheme).to_owned(), json!([])));
                self.credentials.push(set.clone().into_iter().chain(more).collect());
            }
        }
    }

    /// The operation object.
    pub(crate) fn finish(self, id: &str, summary: &str, group: &str) -> Value {
        let mut operation = Map::new();
        operation.insert("operationId".to_owned(), id.into());
        operation.insert("summary".to_owned(), summary.into());
        operation.insert("tags".to_owned(), json!([group]));
        if !self.credentials.is_empty() {
            operation.insert("security".to_owned(), json!(self.credentials));
        }
        if !self.parameters.is_empty() {
            operation.insert("parameters".to_owned(), json!(self.parameters));
        }
        operation.extend(self.body.map(|body| ("requestBody".to_owned(), body)));
        operation.insert("responses".to_owned(), Value::Object(self.responses));
        Value::Object(operation)
    }

    fn fields(&mut self, place: Place, object: &Schema) {
        let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let fields = object.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, schema) in &fields {
            // A default, as of a switch, means that the field may be missing.
            let is_required = required.iter().any(|field| field == name) && schema.get("default").is_none();
            self.parameter(place, name, schema, is_required);
        }
    }

    fn parameter(&mut self, place: Place, name: &str, schema: &Value, required: bool) {
        let place = match place {
            Place::Header => "header",
            Place::Path => "path",
            Place::Query => "query",
        };
        if self.parameters.iter().any(|known| known["in"] == place && known["name"] == name) {
            return;
        }
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let mut parameter = Map::new();
        parameter.insert("name".to_owned(), name.into());
        parameter.insert("in".to_owned(), place.into());
        parameter.extend(description.map(|text| ("description".to_owned(), text)));
        if required {
            parameter.insert("required".to_owned(), true.into());
        }
        parameter.insert("schema".to_owned(), without_null(schema));
        self.parameters.push(Value::Object(parameter));
    }
}

/// The schema of a value that may be absent but is never `null`.
fn without_null(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [single] = types.as_slice() {
            schema["type"] = single.clone();
        }
    }
    schema
}
