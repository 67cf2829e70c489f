use super::*;
use tokio::net::TcpListener;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-request-id: 1\r\n\r\n{}";

#[test]
fn a_head_is_read_whatever_the_case_of_its_names() {
    for name in ["content-length", "Content-Length", "CONTENT-LENGTH"] {
        let text = format!("HTTP/1.1 503 Service Unavailable\r\n{name}:  12\r\nretry-after: 1\r\n\r\n");
        let head = Head::read(text.as_bytes()).unwrap();
        assert_eq!(head, Some(Head { status: 503, length: text.len(), body: 12, kept_alive: true }));
    }
}

#[test]
fn a_head_that_is_cut_anywhere_is_waited_for() {
    let end = ANSWER.len() - 2;
    for cut in 0..end {
        assert_eq!(Head::read(&ANSWER[..cut]).unwrap(), None, "{cut}");
    }
    assert!(Head::read(&ANSWER[..end]).unwrap().is_some());
}

#[test]
fn the_end_of_a_connection_is_announced() {
    let head = Head::read(b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").unwrap().unwrap();
    assert!(!head.kept_alive);
}

#[test]
fn what_is_not_understood_is_an_error_and_not_a_figure() {
    let strange: [&[u8]; 5] = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ];
    for text in strange {
        assert!(Head::read(text).is_err(), "{}", String::from_utf8_lossy(text));
    }
    assert!(Head::read(&vec![b'x'; LONGEST_HEAD + 1]).is_err());
}

#[test]
fn requests_are_complete() {
    let mut request = Vec::new();
    get(&mut request, format_args!("/a?b={}", 1), format_args!("authorization: Bearer x\r\n"));
    assert_eq!(request, b"GET /a?b=1 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer x\r\n\r\n");

    request.clear();
    send(&mut request, "PUT", format_args!("/a"), "{\"b\":\"\u{fc}\"}");
    let text = String::from_utf8(request).unwrap();
    assert!(text.starts_with("PUT /a HTTP/1.1\r\n"));
    assert!(text.ends_with("content-length: 10\r\n\r\n{\"b\":\"\u{fc}\"}"), "the length counts bytes: {text}");
}

/// Sends `parts` one after the other to the first client, after each request once.
async fn canned(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        for answer in answers {
            let _ = stream.read(&mut request).await;
            for byte in answer {
                stream.write_all(&[byte]).await.unwrap();
            }
        }
    });
    address
}

#[tokio::test]
async fn one_connection_serves_one_request_after_the_other_however_the_answer_is_cut() {
    let other = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 3\r\n\r\nno!".to_vec();
    let address = canned(vec![ANSWER.to_vec(), other]).await;
    let mut connection = Connection::open(address).await.unwrap();

    let first = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!((first.status, first.body), (200, &b"{}"[..]));
    let second = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!((second.status, second.body), (401, &b"no!"[..]));
    let Err(gone) = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await else { panic!("nobody is there") };
    assert!(format!("{gone:#}").contains("closed") || format!("{gone:#}").contains("reset"), "{gone:#}");
}
