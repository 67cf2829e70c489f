use super::{normalise, parameters};
use axum::http::Request;
use serde_json::{Value, json};

fn normalised(uri: &str) -> String {
    normalise(Request::builder().uri(uri).body(()).unwrap()).uri().to_string()
}

#[test]
fn paths_lose_their_case_and_one_slash_and_queries_keep_theirs() {
    assert_eq!(normalised("/Auth/2FA?apiKey=Ab"), "/auth/2fa?apiKey=Ab");
    assert_eq!(normalised("/auth/customobject/"), "/auth/customobject");
    assert_eq!(normalised("/auth//"), "/auth/");
    assert_eq!(normalised("/"), "/");
    assert_eq!(normalised("/auth"), "/auth");
    assert_eq!(normalised("/Auth?"), "/auth?");
}

#[test]
fn parameters_are_taken_by_position_and_decoded() {
    let found = parameters("/account/{uid}/role/{name}", "/Account/Ab%20%2f/role/X").unwrap();
    assert_eq!(Value::Object(found), json!({ "uid": "Ab /", "name": "X" }));
    assert!(parameters("/account/{uid}", "/account/%ff").is_err());
}
