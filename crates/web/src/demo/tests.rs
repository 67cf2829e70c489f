use super::{DemoKeys, demo};
use axum::body::Body;
use axum::http::{Request, Response};
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::testing::Fakes;
use doorward_flows::{App, Setup};
use doorward_model::keys::Keys;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::mailbox::{self, Caught};
use doorward_store::{SqliteOptions, Store};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use tempfile::TempDir;
use tower::ServiceExt;

/// A demo with these messages, each of them a second after the one before.
struct Installation {
    app: App,
    _folder: TempDir,
}

impl Installation {
    async fn with(messages: impl IntoIterator<Item = Caught>) -> Installation {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(folder.path().join("demo.db"), SqliteOptions::default()).unwrap();
        store.write(mailbox::create).await.unwrap();
        for (second, message) in (0..).zip(messages) {
            let message = Caught { at: Timestamp(second * 1000), id: format!("m{second}"), ..message };
            store.write(move |tx| mailbox::add(tx, &message)).await.unwrap();
        }
        let app = App::new(Setup {
            store,
            outside: Fakes::new(Timestamp(0), 1).outside,
            keys: Keys::derive(&[7; 32], &[]),
            hashing: HashPool::start(NonZeroUsize::MIN, 1),
            velocity: Velocity::unlimited(),
            trusted_proxies: Vec::new(),
            public_url: "http://127.0.0.1:8080/".to_owned(),
        });
        Installation { app, _folder: folder }
    }

    async fn get_as(&self, host: &str, path: &str) -> Response<Body> {
        let keys = DemoKeys {
            tenant: "demo",
            api_key: "the-key".to_owned(),
            api_secret: Secret::new("the-secret".to_owned()),
            ca: None,
        };
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        demo(self.app.clone(), keys).oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> Response<Body> {
        self.get_as("127.0.0.1:8080", path).await
    }

    async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    /// The ids that the outbox lists for a query.
    async fn ids(&self, query: &str) -> Vec<String> {
        let listed: Vec<Value> = serde_json::from_str(&self.text(&format!("/dev/outbox{query}")).await).unwrap();
        listed.iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn sms(to: &str) -> Caught {
    Caught {
        id: String::new(),
        at: Timestamp(0),
        receiver: to.to_owned(),
        channel: "sms".to_owned(),
        template: "reset-password".to_owned(),
        subject: None,
        body: "123456 is your code.".to_owned(),
        code: Some("123456".to_owned()),
        link: None,
    }
}

fn email(to: &str) -> Caught {
    Caught {
        channel: "email".to_owned(),
        template: "verify-email".to_owned(),
        subject: Some("Confirm".to_owned()),
        body: "Open it.".to_owned(),
        code: None,
        link: Some("https://app.example.com/?a=1&b=2".to_owned()),
        ..sms(to)
    }
}

#[tokio::test]
async fn the_outbox_lists_messages_newest_first() {
    let demo = Installation::with([sms("+41791234567"), email("Anna@example.com")]).await;
    let response = demo.get("/dev/outbox").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let listed: Value = serde_json::from_str(&demo.text("/dev/outbox").await).unwrap();
    let expected = json!([
        {
            "id": "m1", "at": "1970-01-01T00:00:01Z", "to": "Anna@example.com", "channel": "email",
            "template": "verify-email", "subject": "Confirm", "body": "Open it.", "code": null,
            "link": "https://app.example.com/?a=1&b=2",
        },
        {
            "id": "m0", "at": "1970-01-01T00:00:00Z", "to": "+41791234567", "channel": "sms",
            "template": "reset-password", "subject": null, "body": "123456 is your code.", "code": "123456",
            "link": null,
        },
    ]);
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_number_is_found_however_it_is_written() {
    let demo = Installation::with([sms("+41791234567"), sms("+41791234568")]).await;
    let spellings = [
        "%2B41791234567",
        "+41791234567",
        "41791234567",
        "%2B41%2079%20123-45-67",
        "%2B41+79+123+45+67",
        "0041791234567",
    ];
    for spelling in spellings {
        assert_eq!(demo.ids(&format!("?to={spelling}")).await, ["m0"], "{spelling}");
    }
    assert!(demo.ids("?to=%2B41791234569").await.is_empty());
    assert!(demo.ids("?to=nobody").await.is_empty());
}

#[tokio::test]
async fn an_address_is_found_without_regard_to_case() {
    let demo = Installation::with([email("Anna+Test@Example.com"), email("bob@example.com")]).await;
    for spelling in ["anna%2Btest@example.com", "anna+test@example.com", "ANNA%2BTEST%40EXAMPLE.COM"] {
        assert_eq!(demo.ids(&format!("?to={spelling}")).await, ["m0"], "{spelling}");
    }
}

#[tokio::test]
async fn a_channel_narrows_the_list_down() {
    let voice = Caught { channel: "voice".to_owned(), ..sms("+41791234567") };
    let demo = Installation::with([sms("+41791234567"), voice, email("anna@example.com")]).await;
    assert_eq!(demo.ids("?channel=voice").await, ["m1"]);
    assert_eq!(demo.ids("?to=%2B41791234567&channel=sms").await, ["m0"]);
    assert_eq!(demo.ids("?channel=").await, ["m2", "m1", "m0"]);
    assert_eq!(demo.get("/dev/outbox?channel=fax").await.status(), 400);
    assert_eq!(demo.get("/dev/mailbox?channel=fax").await.status(), 400);
    assert_eq!(demo.get("/dev/outbox?to=a&to=b").await.status(), 400);
}

#[tokio::test]
async fn a_hostile_message_stays_text() {
    let hostile = Caught {
        receiver: "\"><img src=x onerror=alert(1)>@example.com".to_owned(),
        template: "<b>".to_owned(),
        subject: Some("</p><script>alert(2)</script>".to_owned()),
        body: "<script>alert(3)</script> & '".to_owned(),
        code: Some("<i>4</i>".to_owned()),
        link: Some("javascript:alert(5)".to_owned()),
        ..email("")
    };
    let demo = Installation::with([hostile]).await;
    for path in ["/dev/mailbox", "/dev/mailbox/messages", "/dev/mailbox?to=%22%3E%3Cimg%20src=x"] {
        let page = demo.text(path).await;
        for markup in ["<img src=x", "<script>", "<b>", "<i>", "href=\"javascript"] {
            assert!(!page.contains(markup), "{markup} is in {path}: {page}");
        }
    }
    let page = demo.text("/dev/mailbox").await;
    assert!(page.contains("&lt;script&gt;alert(3)&lt;&#x2f;script&gt; &amp; &#x27;"), "{page}");
    assert!(page.contains("data-to=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;@example.com\""), "{page}");
}

#[tokio::test]
async fn the_mailbox_shows_code_and_link() {
    let demo = Installation::with([sms("+41791234567"), email("anna@example.com")]).await;
    let page = demo.text("/dev/mailbox").await;
    assert!(page.contains("<output class=\"digits\">123456</output>"), "{page}");
    assert!(page.contains("href=\"https:&#x2f;&#x2f;app.example.com&#x2f;?a=1&amp;b=2\""), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    let part = demo.text("/dev/mailbox/messages?to=anna@example.com").await;
    assert!(part.contains("message-m1") && !part.contains("message-m0") && !part.contains("<html"), "{part}");
}

#[tokio::test]
async fn an_empty_mailbox_says_what_to_do() {
    let demo = Installation::with([]).await;
    assert!(demo.text("/dev/mailbox").await.contains("ask for a code"));
    assert!(demo.text("/dev/mailbox?to=anna@example.com").await.contains("Show all messages"));
}

#[tokio::test]
async fn the_welcome_page_has_the_keys_and_the_main_job() {
    let demo = Installation::with([]).await;
    let page = demo.text("/").await.replace("&#x2f;", "/");
    for part in ["the-secret", "http://127.0.0.1:8080/identity/v2/auth/password/otp?apikey=the-key", "/dev/outbox?to="]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn pages_are_not_kept_and_run_nothing_inline() {
    let demo = Installation::with([sms("+41791234567")]).await;
    for path in ["/", "/dev/mailbox", "/dev/mailbox/messages"] {
        let response = demo.get(path).await;
        let headers = response.headers();
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"), "{path}");
        let page = demo.text(path).await;
        assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn a_page_under_a_foreign_name_learns_nothing() {
    let demo = Installation::with([sms("+41791234567")]).await;
    for path in ["/", "/dev/mailbox", "/dev/mailbox/messages", "/dev/outbox"] {
        let response = demo.get_as("rebound.example.com:8080", path).await;
        assert_eq!(response.status(), 403, "{path}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("123456"), "{path}");
    }
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_read_says_so() {
    let demo = Installation::with([]).await;
    let dropped = demo.app.store.write(|tx| tx.execute("DROP TABLE mailbox", &[]));
    dropped.await.unwrap();
    assert_eq!(demo.get("/dev/outbox").await.status(), 503);
    assert_eq!(demo.get("/dev/mailbox").await.status(), 503);
}
