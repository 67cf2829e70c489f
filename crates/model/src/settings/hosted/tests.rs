use super::{HostedPages, contrast};

fn leading_to(url: &str) -> HostedPages {
    HostedPages { redirect_urls: vec![url.to_owned()], ..HostedPages::default() }
}

#[test]
fn plain_addresses_may_be_listed() {
    for url in ["https://app.example.test/signed-in", "http://localhost:3000/", "https://app.example.test:8443/a?b=c"] {
        assert_eq!(leading_to(url).check(), Ok(()), "{url}");
    }
}

#[test]
fn addresses_that_programs_read_differently_are_refused() {
    for url in [
        "https://app.example.test@evil.test/",
        "https://app.example.test\\@evil.test/",
        "https://app.example.test/#end",
        "https://app.example.test//evil.test/",
        "https://app.example.test/a/../b",
        "https://app.example.test/%2e%2e/b",
        "https://APP.example.test/",
        "https://app.example.test",
        "http://app.example.test/",
        "javascript://localhost/",
        "//app.example.test/",
        "https:///path",
        "https://*.example.test/",
        "https://app.example.test:99999/",
    ] {
        assert!(leading_to(url).check().is_err(), "{url}");
    }
}

#[test]
fn only_the_very_same_address_is_led_to() {
    let pages = leading_to("https://app.example.test/back");
    assert!(pages.leads_to("https://app.example.test/back"));
    for url in [
        "https://app.example.test/back/",
        "https://app.example.test/back?x=1",
        "https://app.example.test/back#x",
        "https://app.example.test:443/back",
        "https://app.example.test:444/back",
        "https://user@app.example.test/back",
        "https://app.example.test//back",
        "https://app.example.test\\back",
        "https://app.example.test/%62ack",
        "https://app.example.test/x/%2e%2e/back",
        "HTTPS://app.example.test/back",
        "//app.example.test/back",
        " https://app.example.test/back",
        "https://app.example.test.evil.test/back",
    ] {
        assert!(!pages.leads_to(url), "{url}");
    }
}

#[test]
fn colours_that_are_hard_to_read_are_refused() {
    let with = |accent: &str| HostedPages { accent: accent.to_owned(), ..HostedPages::default() };
    assert_eq!(with("#0b6b5d").check(), Ok(()));
    for accent in ["#cccccc", "teal", "#12345", "#gggggg", "red;}"] {
        assert!(with(accent).check().is_err(), "{accent}");
    }
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
}

#[test]
fn a_logo_comes_from_here_or_not_at_all() {
    let with = |logo: &str| HostedPages { logo: logo.to_owned(), ..HostedPages::default() };
    for logo in ["", "data:image/png;base64,AAAA", "/docs/icon.svg"] {
        assert_eq!(with(logo).check(), Ok(()), "{logo}");
    }
    for logo in ["https://cdn.example.test/logo.png", "//cdn.example.test/logo.png", "data:text/html,x", "logo.png"] {
        assert!(with(logo).check().is_err(), "{logo}");
    }
}
