//! Pages: templates filled with values, every value escaped, and the headers that keep them harmless.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use std::sync::LazyLock;

/// Nothing inline and nothing from elsewhere; nobody may frame a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The names end in `.html`, which is what turns escaping on.
const TEMPLATES: [(&str, &str); 12] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("application.html", include_str!("../templates/application.html")),
    ("confirm.html", include_str!("../templates/confirm.html")),
    ("hosted.html", include_str!("../templates/hosted.html")),
    ("form.html", include_str!("../templates/form.html")),
    ("account.html", include_str!("../templates/account.html")),
    ("fields.html", include_str!("../templates/fields.html")),
    ("reference.html", include_str!("../templates/reference.html")),
    ("errors.html", include_str!("../templates/errors.html")),
    ("welcome.html", include_str!("../templates/welcome.html")),
    ("mailbox.html", include_str!("../templates/mailbox.html")),
    ("messages.html", include_str!("../templates/messages.html")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("only what surrounds tags differs from the usual"));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("the templates are compiled in, and tests fill each of them");
    }
    environment
});

/// The text of a page.
pub(crate) fn render(template: &str, values: impl Serialize) -> Result<String, minijinja::Error> {
    ENVIRONMENT.get_template(template)?.render(Serde(values))
}

/// A page made for this one request.
pub(crate) fn fresh(template: &str, values: impl Serialize) -> Response {
    match render(template, values) {
        Ok(text) => ([(header::CONTENT_TYPE, HTML)], text).into_response(),
        Err(error) => {
            tracing::error!(template, error = format!("{error:#}"), "a page could not be made");
            sentence(StatusCode::INTERNAL_SERVER_ERROR, "This page could not be made; the log says why.")
        }
    }
}

/// The content type of a page.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// An answer of one sentence.
pub(crate) fn sentence(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}\n")).into_response()
}

/// Adds to every answer of `router` what browsers should know about it.
pub(crate) fn with_headers(router: Router) -> Router {
    router.route_layer(map_response(async |mut response: Response| {
        let fixed = [
            (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        let headers = response.headers_mut();
        for (name, value) in fixed {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }))
}
