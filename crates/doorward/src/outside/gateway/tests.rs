use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, StatusCode, Uri, header};
use axum::response::IntoResponse;
use doorward_flows::app::outside::{Carrier, Channel, Message, Speech, Undelivered};
use tokio::net::TcpListener;

use super::HttpGateway;
use crate::config::Gateway;

/// A request as the service saw it.
struct Seen {
    method: HttpMethod,
    uri: Uri,
    headers: HeaderMap,
    body: String,
}

/// An SMS service on loopback that gives one answer and remembers what it was asked.
struct Service {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Service {
    async fn answering(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> Service {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let remember = move |State(seen): State<Arc<Mutex<Vec<Seen>>>>,
                             method: HttpMethod,
                             uri: Uri,
                             headers: HeaderMap,
                             body: Bytes| async move {
            let body = String::from_utf8(body.to_vec()).unwrap();
            seen.lock().unwrap().push(Seen { method, uri, headers, body });
            answer
        };
        let router = Router::new().fallback(remember).with_state(seen.clone());
        let address = serve(router).await;
        Service { address, seen }
    }

    fn only_request(&self) -> Seen {
        let mut seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }
}

#[expect(clippy::disallowed_methods, reason = "the service of a test runs beside it")]
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/send", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum_server::from_tcp(listener.into_std().unwrap()).unwrap().serve(router.into_make_service()).await
    });
    address
}

fn carrier(address: &str, settings: &str) -> HttpGateway {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let settings: Gateway = toml::from_str(settings).unwrap();
    HttpGateway::new("sms", &address.parse().unwrap(), &settings).unwrap()
}

fn message() -> Message {
    Message {
        id: "id-1".to_owned(),
        channel: Channel::Sms,
        to: "+41791234567".to_owned(),
        template: "default".to_owned(),
        subject: None,
        text: "Ihr \"Code\" & #receiver# lautet 123456 – gültig.".to_owned(),
        html: None,
        code: Some("123456".to_owned()),
        link: None,
        speech: Speech { language: "fr".to_owned(), voice: "woman".to_owned() },
    }
}

async fn verdict_on(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> Result<(), Undelivered> {
    let service = Service::answering(answer).await;
    carrier(&service.address, "").send(&message()).await
}

#[tokio::test]
async fn without_a_template_the_message_goes_as_json() {
    let service = Service::answering(StatusCode::ACCEPTED).await;
    carrier(&service.address, "").send(&message()).await.unwrap();
    let seen = service.only_request();
    assert_eq!(seen.method, HttpMethod::POST);
    assert_eq!(seen.headers[header::CONTENT_TYPE], "application/json");
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body, serde_json::json!({ "to": message().to, "text": message().text }));
}

#[tokio::test]
async fn placeholders_are_filled_deep_inside_json_and_only_once() {
    let service = Service::answering(StatusCode::OK).await;
    let settings = r##"
        method = "PUT"
        body = '{"key":"#1","n":5,"messages":[{"to":["#receiver#"],"text":"<#template#>","ref":"#id#"}]}'
    "##;
    carrier(&service.address, settings).send(&message()).await.unwrap();
    let seen = service.only_request();
    assert_eq!(seen.method, HttpMethod::PUT);
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    let text = format!("<{}>", message().text);
    let expected = serde_json::json!({
        "key": "#1", "n": 5, "messages": [{ "to": ["+41791234567"], "text": text, "ref": "id-1" }]
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_form_keeps_its_fields_whatever_the_message_says() {
    let service = Service::answering(StatusCode::OK).await;
    let settings = "auth = 'basic'\nuser = 'anna'\npassword = 'p:w'\nbody_format = 'form'\nbody = 'To=#receiver#&Body=#template#&From=Door%20ward'";
    carrier(&service.address, settings).send(&message()).await.unwrap();
    let seen = service.only_request();
    assert_eq!(seen.headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(seen.headers[header::AUTHORIZATION], "Basic YW5uYTpwOnc=");
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect();
    let text = message().text;
    let expected = [("To", "+41791234567"), ("Body", text.as_str()), ("From", "Door ward")];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_get_carries_everything_in_query_and_headers() {
    let service = Service::answering(StatusCode::NO_CONTENT).await;
    let settings = "method = 'GET'\nauth = 'bearer'\ntoken = 't0k3n'\n\
                    query = { to = '#receiver#', text = '#template#' }\nheaders = { Idempotency-Key = '#id#' }";
    carrier(&service.address, settings).send(&message()).await.unwrap();
    let seen = service.only_request();
    assert_eq!((seen.method, seen.body.as_str()), (HttpMethod::GET, ""));
    assert_eq!(seen.headers["Idempotency-Key"], "id-1");
    assert_eq!(seen.headers[header::AUTHORIZATION], "Bearer t0k3n");
    let query: Vec<_> = url::form_urlencoded::parse(seen.uri.query().unwrap().as_bytes()).into_owned().collect();
    assert!(query.contains(&("to".to_owned(), "+41791234567".to_owned())));
    assert!(query.contains(&("text".to_owned(), message().text)));
}

#[tokio::test]
async fn the_status_tells_a_refusal_from_a_bad_moment() {
    for accepted in [StatusCode::OK, StatusCode::CREATED, StatusCode::ACCEPTED] {
        assert_eq!(verdict_on(accepted).await, Ok(()));
    }
    for refused in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND] {
        assert!(matches!(verdict_on(refused).await, Err(Undelivered::Refused(_))), "{refused}");
    }
    let later = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    for later in later {
        assert!(matches!(verdict_on(later).await, Err(Undelivered::Unreachable(_))), "{later}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Service::answering(StatusCode::OK).await;
    let there = [(header::LOCATION, elsewhere.address.clone())];
    let answer = (StatusCode::TEMPORARY_REDIRECT, there);
    assert!(matches!(verdict_on(answer).await, Err(Undelivered::Refused(_))));
    assert!(elsewhere.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_service_that_is_not_there_may_be_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/?key=hunter2", listener.local_addr().unwrap());
    drop(listener);
    let verdict = carrier(&address, "").send(&message()).await;
    assert_eq!(verdict, Err(Undelivered::Unreachable("the service of [sms] cannot be reached".to_owned())));
}

#[tokio::test]
async fn a_service_that_hangs_is_given_up_without_naming_the_receiver() {
    // The listener takes the connection and nobody ever answers on it.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let verdict = carrier(&address, "timeout_seconds = 1\nquery = { to = '#receiver#' }").send(&message()).await;
    assert_eq!(verdict, Err(Undelivered::Unreachable("the service of [sms] did not answer in time".to_owned())));
}

#[tokio::test]
async fn a_header_that_would_split_the_request_is_refused() {
    let service = Service::answering(StatusCode::OK).await;
    let carrier = carrier(&service.address, "headers = { X-To = '#receiver#' }");
    let forged = Message { to: "+1\r\nX-Admin: yes".to_owned(), ..message() };
    assert!(matches!(carrier.send(&forged).await, Err(Undelivered::Refused(_))));
    assert!(service.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn language_and_voice_are_filled_in_for_calls() {
    let service = Service::answering(StatusCode::OK).await;
    let settings = r##"body = '{"say":"#template#","language":"#language#","voice":"#voice#","to":"#receiver#"}'"##;
    carrier(&service.address, settings).send(&message()).await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&service.only_request().body).unwrap();
    assert_eq!((&body["language"], &body["voice"]), (&"fr".into(), &"woman".into()));
}

#[tokio::test]
async fn a_service_that_says_when_is_not_asked_before() {
    let wait = |status: StatusCode, headers: &'static [(&'static str, &'static str)]| async move {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        match verdict_on((status, headers)).await {
            Err(Undelivered::NotBefore(_, wait)) => Some(wait.as_secs()),
            Err(Undelivered::Unreachable(_)) => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(wait(StatusCode::TOO_MANY_REQUESTS, &[("retry-after", "120")]).await, Some(120));
    let by_date = &[("date", "Tue, 01 Dec 2026 01:00:00 GMT"), ("retry-after", "Tue, 01 Dec 2026 01:05:00 GMT")];
    assert_eq!(wait(StatusCode::SERVICE_UNAVAILABLE, by_date).await, Some(300));
    for past_or_nonsense in ["Tue, 01 Dec 2015 01:05:00 GMT", "soon", "-5", ""] {
        let headers = Box::leak(Box::new([("retry-after", past_or_nonsense)]));
        assert_eq!(wait(StatusCode::TOO_MANY_REQUESTS, headers).await, None, "{past_or_nonsense}");
    }
}
