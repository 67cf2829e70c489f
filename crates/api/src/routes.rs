//! One line per operation: path, handler, summary. Everything else stands in the handler's signature.

use crate::wire::body;
use crate::wire::describe::{Described, Page};
use crate::wire::error::{self, Error, Result};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router};
use doorward_flows::App;
use doorward_model::reason::Reason;
use schemars::SchemaGenerator;
use serde_json::Value;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// One declared operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The handler's name in kebab case, which is the contract's id.
    pub id: String,
    /// The method of the path.
    pub method: Method,
    /// The path in lower case, with `{name}` for a parameter.
    pub path: &'static str,
    /// Further ways to the same handler.
    pub aliases: Vec<(Method, &'static str)>,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The heading under which it stands.
    pub group: &'static str,
    /// The largest body that it reads, in bytes.
    pub largest_body: usize,
    /// Whether it changes something, or hands something out that opens anything, though it is a GET.
    pub changes: bool,
}

/// Goes along with the requests of an operation that [changes](Operation::changes).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changes;

/// Operations with their handlers, in the order in which they are declared.
pub(crate) struct Routes {
    group: &'static str,
    lines: Vec<Line>,
}

impl Routes {
    /// Starts a group of operations under one heading.
    pub(crate) fn group(group: &'static str) -> Routes {
        Routes { group, lines: Vec::new() }
    }

    /// All these groups, one after the other.
    pub(crate) fn all(groups: impl IntoIterator<Item = Routes>) -> Routes {
        let lines = groups.into_iter().flat_map(|group| group.lines).collect();
        Routes { group: "", lines }
    }

    /// Serves `GET path`, and HEAD with it.
    pub(crate) fn get<H, T, A>(self, path: &'static str, handler: H, summary: &'static str) -> Routes
    where
        H: Handler<T, App> + Described<A>,
        T: 'static,
    {
        self.line(Method::GET, path, handler, summary)
    }

    /// Serves `POST path`.
    pub(crate) fn post<H, T, A>(self, path: &'static str, handler: H, summary: &'static str) -> Routes
    where
        H: Handler<T, App> + Described<A>,
        T: 'static,
    {
        self.line(Method::POST, path, handler, summary)
    }

    /// Serves `PUT path`.
    pub(crate) fn put<H, T, A>(self, path: &'static str, handler: H, summary: &'static str) -> Routes
    where
        H: Handler<T, App> + Described<A>,
        T: 'static,
    {
        self.line(Method::PUT, path, handler, summary)
    }

    /// Serves `DELETE path`.
    pub(crate) fn delete<H, T, A>(self, path: &'static str, handler: H, summary: &'static str) -> Routes
    where
        H: Handler<T, App> + Described<A>,
        T: 'static,
    {
        self.line(Method::DELETE, path, handler, summary)
    }

    /// Serves the line above under another path too.
    pub(crate) fn alias(mut self, path: &'static str) -> Routes {
        let line = self.last();
        line.operation.aliases.push((line.operation.method.clone(), path));
        self
    }

    /// Serves the line above under another method too, at the same or another path.
    pub(crate) fn alias_by(mut self, method: Method, path: &'static str) -> Routes {
        self.last().operation.aliases.push((method, path));
        self
    }

    /// Lets a failure of the line above answer with this code instead of 950.
    pub(crate) fn internal_error(mut self, reason: Reason) -> Routes {
        self.last().internal_error = Some(reason);
        self
    }

    /// Tells the refusals of the line above under keys of both cases.
    ///
    // Wire: the older token paths spell them in lower camel case; the SDKs look for the usual ones.
    pub(crate) fn refused_in_both_cases(mut self) -> Routes {
        self.last().both_cases = true;
        self
    }

    /// Says that the line above, a GET, changes something or hands something out: signed, it is carried out once.
    pub(crate) fn changes(mut self) -> Routes {
        self.last().operation.changes = true;
        self
    }

    /// Lets the line above take a body of many records.
    pub(crate) fn large_body(mut self) -> Routes {
        self.last().operation.largest_body = body::LARGE;
        self
    }

    /// The lines, for the document.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The router that serves every line, and refuses everything else.
    pub(crate) fn router(&self) -> Router<App> {
        let mut router = Router::new();
        for line in &self.lines {
            let operation = &line.operation;
            router = router.route(operation.path, line.serve(&operation.method));
            for (method, path) in &operation.aliases {
                router = router.route(path, line.serve(method));
            }
        }
        if !self.lines.is_empty() {
            router = router.route_layer(from_fn_with_state(self.large(), body::read));
        }
        router.fallback(no_such_operation).method_not_allowed_fallback(method_not_allowed)
    }

    fn line<H, T, A>(mut self, method: Method, path: &'static str, handler: H, summary: &'static str) -> Routes
    where
        H: Handler<T, App> + Described<A>,
        T: 'static,
    {
        let id = kebab_case(std::any::type_name::<H>());
        let (aliases, group, largest_body) = (Vec::new(), self.group, body::LIMIT);
        let operation = Operation { id, method, path, aliases, summary, group, largest_body, changes: false };
        self.lines.push(Line {
            operation,
            serve: Box::new(move |filter| on(filter, handler.clone())),
            describe: H::describe,
            internal_error: None,
            both_cases: false,
        });
        self
    }

    /// The paths that take large bodies.
    fn large(&self) -> Arc<[&'static str]> {
        let large = self.lines.iter().filter(|line| line.operation.largest_body > body::LIMIT);
        let paths = |line: &Line| {
            let aliases = line.operation.aliases.iter().map(|(_, path)| *path);
            aliases.chain([line.operation.path]).collect::<Vec<_>>()
        };
        large.flat_map(paths).collect()
    }

    fn last(&mut self) -> &mut Line {
        self.lines.last_mut().expect("an option follows the line that it is about")
    }
}

/// One operation and how it is served and described.
pub(crate) struct Line {
    /// What is declared.
    pub(crate) operation: Operation,
    serve: Box<dyn Fn(MethodFilter) -> MethodRouter<App> + Send + Sync>,
    describe: fn(&mut Page<'_>),
    internal_error: Option<Reason>,
    both_cases: bool,
}

impl Line {
    /// The operation object of the OpenAPI document.
    pub(crate) fn describe(&self, schemas: &mut SchemaGenerator) -> Value {
        let mut page = Page::new(schemas);
        (self.describe)(&mut page);
        page.finish(&self.operation.id, self.operation.summary, self.operation.group)
    }

    fn serve(&self, method: &Method) -> MethodRouter<App> {
        let filter = MethodFilter::try_from(method.clone()).expect("lines are made with standard methods");
        let mut served = (self.serve)(filter);
        if self.operation.changes {
            served = served.layer(Extension(Changes));
        }
        if let Some(reason) = self.internal_error {
            served =
                served.layer(map_response(move |response: Response| async move { error::fail_with(reason, response) }));
        }
        if self.both_cases {
            served = served.layer(map_response(|response: Response| async { error::in_both_cases(response) }));
        }
        served
    }
}

async fn no_such_operation() -> Result<Response> {
    Err(Error::from(Reason::NoSuchOperation))
}

/// The router adds `Allow`.
async fn method_not_allowed() -> Result<Response> {
    Err(Error::from(Reason::MethodNotAllowed))
}

/// `doorward_api::ops::credentials::mfa::sms::verify_mfa_sms_otp` is `verify-mfa-sms-otp`.
fn kebab_case(function: &str) -> String {
    function.rsplit("::").next().unwrap_or(function).replace('_', "-")
}
