use crate::settings::Settings;

fn with(rp_id: &str, origin: &str) -> Result<Settings, String> {
    let settings = Settings::default().with("PassKeysConfig.RPID", rp_id).map_err(|unfit| unfit.0)?;
    settings.with("PassKeysConfig.RPOrigins", &serde_json::json!([origin]).to_string()).map_err(|unfit| unfit.0)
}

#[test]
fn an_origin_lies_at_or_below_the_domain() {
    for (rp_id, origin) in [
        ("example.com", "https://example.com"),
        ("example.com", "https://login.example.com"),
        ("example.com", "https://login.example.com:8443"),
        ("localhost", "http://localhost:8080"),
        ("localhost", "https://localhost"),
        ("example.com", "android:apk-key-hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        assert!(with(rp_id, origin).is_ok(), "{rp_id} {origin}: {:?}", with(rp_id, origin));
    }
}

#[test]
fn no_other_origin_is_taken() {
    for origin in [
        "https://badexample.com",
        "https://example.com.evil.test",
        "https://other.test",
        "http://example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com:443",
        "https://user@example.com",
        "https://EXAMPLE.com",
        "example.com",
        "ftp://example.com",
        "https://192.0.2.1",
        "android:apk-key-hash:short",
        "",
    ] {
        assert!(with("example.com", origin).is_err(), "{origin}");
    }
}

#[test]
fn the_domain_is_one() {
    for rp_id in ["https://example.com", "example.com:443", "com", "Example.com", "192.0.2.1", ".com", "a b.test"] {
        assert!(Settings::default().with("PassKeysConfig.RPID", rp_id).is_err(), "{rp_id}");
    }
}
