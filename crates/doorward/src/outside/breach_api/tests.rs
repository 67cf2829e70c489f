use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use data_encoding::HEXUPPER;
use doorward_flows::app::outside::BreachList;
use doorward_model::password::Password;
use doorward_model::secret::Secret;
use url::Url;

use super::{BreachApi, LONGEST_ANSWER};
use crate::outside::testing::serve;

type Seen = Arc<Mutex<Vec<(Uri, HeaderMap)>>>;

/// A range service on loopback that gives one answer and remembers what it was asked.
async fn answering(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> (BreachApi, Seen) {
    let seen = Seen::default();
    let remember = move |State(seen): State<Seen>, uri: Uri, headers: HeaderMap| async move {
        seen.lock().unwrap().push((uri, headers));
        answer
    };
    let address = serve(Router::new().fallback(remember).with_state(seen.clone())).await;
    (BreachApi::new(&Url::parse(&format!("{address}/range")).unwrap()).unwrap(), seen)
}

fn sha1(password: &str) -> [u8; 20] {
    Password::new(&Secret::new(password)).sha1()
}

fn suffix(password: &str) -> String {
    HEXUPPER.encode(&sha1(password))[5..].to_owned()
}

#[tokio::test]
async fn a_stolen_password_is_known_by_the_rest_of_its_hash() {
    let answer = format!("{}:0\r\n{}:37\r\n", suffix("padding"), suffix("stolen"));
    let (api, _) = answering(answer).await;
    assert!(api.holds(&sha1("stolen")).await.unwrap());
    assert!(!api.holds(&sha1("another")).await.unwrap());
    assert!(!api.holds(&sha1("padding")).await.unwrap(), "a count of zero is there to fill the answer");
}

#[tokio::test]
async fn the_service_learns_five_digits_and_nothing_else() {
    let (api, seen) = answering("").await;
    api.holds(&sha1("stolen")).await.unwrap();
    let (uri, headers) = seen.lock().unwrap().remove(0);
    assert_eq!(uri.to_string(), format!("/range/{}", &HEXUPPER.encode(&sha1("stolen"))[..5]));
    assert_eq!(headers["add-padding"], "true");
}

#[tokio::test]
async fn an_outage_a_redirect_and_an_endless_answer_tell_nothing() {
    let answers: [axum::response::Response; 3] = [
        StatusCode::SERVICE_UNAVAILABLE.into_response(),
        (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        "x".repeat(LONGEST_ANSWER + 1).into_response(),
    ];
    for answer in answers {
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let (api, seen) = answering((parts.status, parts.headers, body)).await;
        for _ in 0..3 {
            assert!(api.holds(&sha1("stolen")).await.is_err());
        }
        assert_eq!(seen.lock().unwrap().len(), 1, "it is left alone for a while");
    }
    let nobody = BreachApi::new(&Url::parse("http://127.0.0.1:1/range").unwrap()).unwrap();
    assert!(nobody.holds(&sha1("stolen")).await.is_err());
}
