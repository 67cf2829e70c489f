use super::*;

fn matches(pattern: &str, origin: &str) -> bool {
    Pattern::parse(pattern).unwrap().matches(origin)
}

#[test]
fn an_origin_matches_by_scheme_host_and_port() {
    assert!(matches("https://app.example.com", "https://app.example.com"));
    assert!(matches("https://app.example.com", "https://APP.example.com:443"));
    assert!(matches("http://localhost:*", "http://localhost:5173"));
    for other in [
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.test",
        "https://evilapp.example.com",
        "https://app.example.com@evil.test",
        "https://evil.test/app.example.com",
        "https://app.example.com/",
        "null",
        "",
    ] {
        assert!(!matches("https://app.example.com", other), "{other}");
    }
}

#[test]
fn a_star_stands_for_one_label() {
    assert!(matches("https://*.example.com", "https://app.example.com"));
    assert!(!matches("https://*.example.com", "https://example.com"));
    assert!(!matches("https://*.example.com", "https://a.b.example.com"));
    assert!(!matches("https://*.example.com", "https://.example.com"));
}

#[test]
fn what_is_no_origin_is_no_entry() {
    for bad in [
        "example.com",
        "ftp://example.com",
        "https://",
        "https://ex ample.com",
        "https://example.com/x",
        "https://*",
        "https://example.com:*",
    ] {
        assert_eq!(Pattern::parse(bad), None, "{bad}");
    }
}
