use super::confirm;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn page(path: &str) -> String {
    let response = confirm().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    // Slashes are escaped like everything else that might end an attribute.
    text.replace("&#x2f;", "/")
}

#[tokio::test]
async fn the_button_of_each_page_asks_its_own_operation_with_what_the_link_carries() {
    for name in ["smartlogin", "onetouchlogin"] {
        let page = page(&format!("/confirm/{name}?apikey=the-key&vtype={name}&verificationtoken=t0k&vtoken=t0k")).await;
        assert!(page.contains(&format!("action=\"/identity/v2/auth/email/{name}\"")), "{page}");
        assert!(page.contains("name=\"apikey\" value=\"the-key\""), "{page}");
        assert!(page.contains("name=\"verificationtoken\" value=\"t0k\""), "{page}");
    }
}

#[tokio::test]
async fn what_a_link_carries_stays_text() {
    let page = page("/confirm/smartlogin?apikey=%22%3E%3Cscript%3E&verificationtoken=%3Cb%3E").await;
    assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
}
