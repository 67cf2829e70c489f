use std::sync::{Arc, Mutex};
use std::time::Duration;

use doorward_flows::app::outside::{Carrier, Channel, Message, Speech, Undelivered};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Smtp, Step};
use crate::config::Mail;

/// How the server of a test behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Accepts,
    /// Answers everybody it shall deliver to with this line.
    Refuses(&'static str),
    /// Says nothing, not even hello.
    Mute,
    /// Falls silent when the message is there.
    MuteAfterData,
    /// Closes the connection after each message.
    ClosesAfterMessage,
    RefusesLogin,
}

/// An SMTP server on loopback that remembers what it was told.
struct Server {
    port: u16,
    told: Arc<Mutex<Told>>,
}

#[derive(Default)]
struct Told {
    connections: usize,
    commands: Vec<String>,
    messages: Vec<String>,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "the server of a test runs beside it")]
    async fn start(manner: Manner) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::new(Mutex::new(Told::default()));
        let remembered = told.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                remembered.lock().unwrap().connections += 1;
                tokio::spawn(converse(stream, manner, remembered.clone()));
            }
        });
        Server { port, told }
    }

    fn carrier(&self, settings: &str) -> Smtp {
        self.carrier_of("Doorward <no-reply@example.com>", settings)
    }

    fn carrier_of(&self, from: &str, settings: &str) -> Smtp {
        let basis = format!("port = {}\ntls = 'none'\nfrom = '{from}'\n", self.port);
        let settings: Mail = toml::from_str(&(basis + settings)).unwrap();
        Smtp::new("127.0.0.1", &settings, Some("id.example.com")).unwrap()
    }

    fn message(&self) -> String {
        let told = self.told.lock().unwrap();
        assert_eq!(told.messages.len(), 1);
        told.messages[0].clone()
    }

    fn was_told(&self, start: &str) -> bool {
        self.told.lock().unwrap().commands.iter().any(|command| command.starts_with(start))
    }
}

/// Never ends before the client does, unless its manner says so.
async fn converse(mut stream: TcpStream, manner: Manner, told: Arc<Mutex<Told>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    if manner != Manner::Mute {
        writer.write_all(b"220 test\r\n").await?;
    }
    while let Some(line) = lines.next_line().await? {
        told.lock().unwrap().commands.push(line.clone());
        let answer = match line.get(..4).unwrap_or(&line).to_uppercase().as_str() {
            _ if manner == Manner::Mute => continue,
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            "AUTH" if manner == Manner::RefusesLogin => "535 5.7.8 not you",
            "AUTH" => "235 welcome",
            "RCPT" => match manner {
                Manner::Refuses(answer) => answer,
                _ => "250 ok",
            },
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    message += &line;
                    message += "\n";
                }
                told.lock().unwrap().messages.push(message);
                match manner {
                    Manner::MuteAfterData => continue,
                    Manner::ClosesAfterMessage => {
                        writer.write_all(b"250 ok\r\n").await?;
                        return Ok(());
                    }
                    _ => "250 ok",
                }
            }
            _ => "250 ok",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn message() -> Message {
    Message {
        id: "0192-id".to_owned(),
        channel: Channel::Email,
        to: "anna@example.org".to_owned(),
        template: "default".to_owned(),
        subject: Some("Your code".to_owned()),
        text: "The code is 123456.".to_owned(),
        html: Some("<p>The code is <b>123456</b>.</p>".to_owned()),
        code: Some("123456".to_owned()),
        link: None,
        speech: Speech::default(),
    }
}

#[tokio::test]
async fn a_mail_arrives_with_text_and_html() {
    let server = Server::start(Manner::Accepts).await;
    server.carrier("").send(&message()).await.unwrap();
    assert!(server.was_told("MAIL FROM:<no-reply@example.com>"));
    assert!(server.was_told("RCPT TO:<anna@example.org>"));
    let mail = server.message();
    for part in [
        "From: Doorward <no-reply@example.com>",
        "To: anna@example.org",
        "Subject: Your code",
        "Message-ID: <0192-id@example.com>",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "The code is 123456.",
        "<p>The code is <b>123456</b>.</p>",
    ] {
        assert!(mail.contains(part), "{part} is missing in\n{mail}");
    }
}

#[tokio::test]
async fn a_mail_without_html_is_plain_text() {
    let server = Server::start(Manner::Accepts).await;
    server.carrier("").send(&Message { html: None, ..message() }).await.unwrap();
    let mail = server.message();
    assert!(mail.contains("Content-Type: text/plain") && !mail.contains("multipart"), "{mail}");
    assert!(mail.contains("Auto-Submitted: auto-generated"), "{mail}");
}

#[tokio::test]
async fn a_sender_with_letters_beyond_ascii_is_written_in_ascii() {
    let server = Server::start(Manner::Accepts).await;
    let carrier = server.carrier_of("Büro <id@münchen.example>", "");
    carrier.send(&message()).await.unwrap();
    assert!(server.was_told("MAIL FROM:<id@xn--mnchen-3ya.example>"));
    let mail = server.message();
    assert!(mail.contains("<id@xn--mnchen-3ya.example>") && mail.contains("-id@xn--mnchen-3ya.example>"), "{mail}");
    assert!(mail.is_ascii(), "{mail}");
}

#[tokio::test]
async fn the_server_is_greeted_with_the_host_of_the_public_address_or_with_what_is_set() {
    for (settings, greeting) in [
        ("", "EHLO id.example.com"),
        ("hello = 'mx.example.org'", "EHLO mx.example.org"),
        ("hello = '192.0.2.7'", "EHLO [192.0.2.7]"),
        ("hello = '2001:db8::1'", "EHLO [IPv6:2001:db8::1]"),
    ] {
        let server = Server::start(Manner::Accepts).await;
        server.carrier(settings).send(&message()).await.unwrap();
        assert_eq!(server.told.lock().unwrap().commands[0], greeting);
    }
}

#[tokio::test]
async fn a_rehearsal_goes_as_far_as_the_receiver_and_no_further() {
    let server = Server::start(Manner::Accepts).await;
    assert_eq!(server.carrier("").rehearse().await.unwrap(), "250 ok");
    assert!(server.was_told("RCPT TO:<no-reply@example.com>") && !server.was_told("DATA"));

    let answer = "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname";
    let server = Server::start(Manner::Refuses(answer)).await;
    let stopped = server.carrier("").rehearse().await.unwrap_err();
    assert_eq!((stopped.step, stopped.code), (Step::Receiver, Some(504)));
    assert!(stopped.told.contains("need fully-qualified hostname"), "{stopped:?}");

    let server = Server::start(Manner::RefusesLogin).await;
    let stopped = server.carrier("user = 'door'\npassword = 'ward'").rehearse().await.unwrap_err();
    assert_eq!((stopped.step, stopped.code), (Step::LogIn, Some(535)));
}

#[tokio::test]
async fn a_line_break_reaches_no_header() {
    let server = Server::start(Manner::Accepts).await;
    let subject = Some("Hello\r\nBcc: eve@example.org\r\n\r\nforged".to_owned());
    server.carrier("").send(&Message { subject, ..message() }).await.unwrap();
    let mail = server.message();
    assert!(mail.lines().all(|line| !line.starts_with("Bcc") && line != "forged"), "{mail}");

    let to = "anna@example.org\r\nRCPT TO:<eve@example.org>".to_owned();
    let verdict = server.carrier("").send(&Message { to, ..message() }).await;
    assert!(matches!(verdict, Err(Undelivered::Refused(_))), "{verdict:?}");
    assert!(!server.was_told("RCPT TO:<eve"));
}

#[tokio::test]
async fn one_connection_carries_many_mails() {
    let server = Server::start(Manner::Accepts).await;
    let carrier = server.carrier("");
    for _ in 0..3 {
        carrier.send(&message()).await.unwrap();
    }
    let told = server.told.lock().unwrap();
    assert_eq!((told.connections, told.messages.len()), (1, 3));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let server = Server::start(Manner::ClosesAfterMessage).await;
    let carrier = server.carrier("");
    carrier.send(&message()).await.unwrap();
    carrier.send(&message()).await.unwrap();
    assert_eq!(server.told.lock().unwrap().connections, 2);
}

#[tokio::test]
async fn a_permanent_refusal_is_final_and_a_passing_one_is_not() {
    let server = Server::start(Manner::Refuses("550 5.1.1 <anna@example.org> unknown")).await;
    let verdict = server.carrier("").send(&message()).await;
    assert_eq!(verdict, Err(Undelivered::Refused("the SMTP server answered 550".to_owned())));

    let server = Server::start(Manner::Refuses("451 4.7.1 <anna@example.org> later")).await;
    let verdict = server.carrier("").send(&message()).await;
    assert_eq!(verdict, Err(Undelivered::Unreachable("the SMTP server answered 451".to_owned())));
}

#[tokio::test]
async fn after_a_refusal_the_next_mail_starts_afresh() {
    let server = Server::start(Manner::Refuses("451 later")).await;
    let carrier = server.carrier("");
    for _ in 0..2 {
        carrier.send(&message()).await.unwrap_err();
    }
    assert_eq!(server.told.lock().unwrap().connections, 2);
}

#[tokio::test]
async fn the_login_is_used_and_a_wrong_one_can_be_mended() {
    let login = "user = 'door'\npassword = 'ward'";
    let server = Server::start(Manner::Accepts).await;
    server.carrier(login).send(&message()).await.unwrap();
    assert!(server.was_told("AUTH PLAIN AGRvb3IAd2FyZA=="));

    let server = Server::start(Manner::RefusesLogin).await;
    let verdict = server.carrier(login).send(&message()).await;
    assert_eq!(verdict, Err(Undelivered::Unreachable("the SMTP server answered 535".to_owned())));
    assert!(!server.was_told("MAIL"));
}

#[tokio::test]
async fn a_server_without_starttls_learns_neither_password_nor_mail() {
    let server = Server::start(Manner::Accepts).await;
    let mut carrier = server.carrier("user = 'door'\npassword = 'ward'");
    carrier.security = crate::config::Security::Starttls;
    let verdict = carrier.send(&message()).await;
    assert!(matches!(verdict, Err(Undelivered::Unreachable(_))), "{verdict:?}");
    assert!(!server.was_told("AUTH") && !server.was_told("MAIL"));
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server { port: listener.local_addr().unwrap().port(), told: Arc::default() };
    drop(listener);
    let verdict = server.carrier("").send(&message()).await;
    assert!(matches!(verdict, Err(Undelivered::Unreachable(_))), "{verdict:?}");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_its_connection_closed() {
    for manner in [Manner::Mute, Manner::MuteAfterData] {
        let server = Server::start(manner).await;
        let mut carrier = server.carrier("");
        carrier.timeout = Duration::from_millis(200);
        for _ in 0..2 {
            let verdict = carrier.send(&message()).await;
            assert!(matches!(verdict, Err(Undelivered::Unreachable(_))), "{verdict:?}");
        }
        assert_eq!(server.told.lock().unwrap().connections, 2);
    }
}
