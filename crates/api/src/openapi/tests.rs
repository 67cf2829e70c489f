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

#[test]
#[expect(clippy::disallowed_methods, reason = "the switch that rewrites a generated file")]
fn the_written_document_is_fresh() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = serde_json::to_string_pretty(&crate::openapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/openapi.json is out of date: UPDATE_DOCS=1 cargo test -p doorward-api");
}
