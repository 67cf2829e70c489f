//! A browser without scripts: it keeps cookies, and sends forms as they stand on the page.

use crate::support::{GOOD_PASSWORD, Test, User};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt;

/// Where the application of "acme" gets people back.
pub(super) const BACK: &str = "https://app.example.test/back";

/// The pages of "acme", switched on, and somebody who looks at them.
pub(super) struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// The secret of the form that was seen last.
    pub(super) form: String,
    /// Headers that go with every request.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

/// A page, or where the browser is sent.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Browser {
    /// Somebody new.
    pub(super) async fn new(t: &Test) -> Browser {
        t.set("hostedPages.enabled", "true").await;
        t.set("hostedPages.redirectUrls", &format!("[\"{BACK}\"]")).await;
        Browser::again(t)
    }

    /// Somebody else, once the pages are there.
    pub(super) fn again(t: &Test) -> Browser {
        let router = doorward_web::hosted(t.app.clone());
        Browser { router, cookies: BTreeMap::new(), form: String::new(), headers: Vec::new() }
    }

    pub(super) async fn get(&mut self, page: &str) -> Shown {
        self.send(Method::GET, &at(page), String::new()).await
    }

    /// Sends a form of the page that was seen last.
    pub(super) async fn post(&mut self, page: &str, fields: &[(&str, &str)]) -> Shown {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("form", &self.form).extend_pairs(fields);
        self.send(Method::POST, &at(page), body.finish()).await
    }

    /// Goes to where an answer leads, which must be a page.
    pub(super) async fn follow(&mut self, shown: &Shown) -> Shown {
        let location = shown.location().to_owned();
        assert!(location.starts_with('/'), "{location}");
        self.send(Method::GET, &location, String::new()).await
    }

    /// Opens a link of a message.
    pub(super) async fn open(&mut self, link: &str) -> Shown {
        let path = link.strip_prefix(crate::support::PUBLIC_URL).expect("links lead to this installation");
        self.send(Method::GET, path, String::new()).await
    }

    /// The cookies, as they would be sent.
    pub(super) fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Signs in with the password.
    pub(super) async fn sign_in(&mut self, user: &User) -> Shown {
        self.get("sign-in/password").await;
        self.post("sign-in", &[("identifier", &user.email), ("password", GOOD_PASSWORD)]).await
    }

    /// Signs out, from whichever page.
    pub(super) async fn sign_out(&mut self) {
        self.get("account").await;
        assert_eq!(self.post("sign-out", &[]).await.next(), "sign-in");
    }

    /// Has these cookies and no others.
    pub(super) fn set_cookies(&mut self, cookies: &str) {
        let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        self.cookies = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }

    /// Takes over the cookies of another browser.
    pub(super) fn steal(&mut self, other: &Browser) {
        self.cookies.clone_from(&other.cookies);
    }

    async fn send(&mut self, method: Method, target: &str, body: String) -> Shown {
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookies());
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 40_000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some((_, rest)) = text.split_once("name=\"form\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.form);
        }
        Shown { status: parts.status.as_u16(), headers: parts.headers, text }
    }
}

fn at(page: &str) -> String {
    format!("/hosted/acme/{page}")
}

impl Shown {
    /// Where the browser is sent.
    #[track_caller]
    pub(super) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The page that the browser is sent to.
    #[track_caller]
    pub(super) fn next(&self) -> &str {
        self.location().strip_prefix("/hosted/acme/").expect("a page of this tenant").split('?').next().unwrap()
    }

    /// A page that shows this text.
    #[track_caller]
    pub(super) fn says(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(text), "no `{text}` in {}", self.text);
    }

    /// The code that the application's address was given.
    #[track_caller]
    pub(super) fn code(&self) -> String {
        let (address, query) = self.location().split_once('?').unwrap();
        assert_eq!(address, BACK);
        let pairs: BTreeMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        pairs["code"].clone()
    }
}
