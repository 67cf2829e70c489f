use super::document;
use crate::tests::sample;
use insta::assert_json_snapshot;

#[test]
fn a_signature_is_documented() {
    let document = document(&sample());
    assert_json_snapshot!(document["paths"]["/sample/{uid}"]["put"]);
    assert_json_snapshot!(document["components"]["schemas"]);
}

#[test]
fn the_document_is_the_same_every_time() {
    assert_eq!(document(&sample()).to_string(), document(&sample()).to_string());
}

#[test]
fn every_named_scheme_is_declared() {
    let document = document(&sample());
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let security = operations.filter_map(|operation| operation["security"].as_array()).flatten();
    for (name, _) in security.flat_map(|set| set.as_object().unwrap()) {
        assert!(schemes.contains_key(name), "{name}");
    }
}
