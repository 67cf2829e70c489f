//! The services that messages are handed to, with moods of their own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use serde_json::Value;
use tokio::net::TcpSocket;

/// How a service meets its clients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    /// Takes every message.
    Take,
    /// Says that it cannot now, and repeats to whom.
    Unavailable,
    /// Says that it cannot for so many seconds.
    Busy(u64),
    /// Says that it never will, and repeats to whom.
    Refuse,
    /// Says nothing, until its client gives up.
    Hang,
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) to: String,
    pub(crate) body: String,
    /// The same for every try of one message.
    pub(crate) id: String,
}

impl Text {
    /// The code at the beginning of a text message.
    pub(crate) fn code(&self) -> String {
        self.body.split(' ').next().unwrap().to_owned()
    }
}

/// A service for text messages over HTTP, or one for mail over SMTP.
pub(crate) struct Provider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy)]
enum Protocol {
    Http,
    Smtp,
}

struct State {
    mood: Mood,
    taken: Vec<Text>,
    tries: Vec<Instant>,
    /// Clients that wait for a word.
    hanging: usize,
}

/// A port that is taken, and where nobody listens yet.
pub(crate) struct Reserved {
    socket: TcpSocket,
}

impl Reserved {
    pub(crate) fn port() -> Reserved {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Reserved { socket }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    fn listen(self) -> TcpListener {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let listener = self.socket.listen(64).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        listener
    }
}

impl Provider {
    pub(crate) fn sms() -> Provider {
        Provider::sms_at(Reserved::port())
    }

    pub(crate) fn sms_at(port: Reserved) -> Provider {
        Provider::start(port, Protocol::Http)
    }

    pub(crate) fn mail() -> Provider {
        Provider::mail_at(Reserved::port())
    }

    pub(crate) fn mail_at(port: Reserved) -> Provider {
        Provider::start(port, Protocol::Smtp)
    }

    fn start(port: Reserved, protocol: Protocol) -> Provider {
        let address = port.address();
        let state = State { mood: Mood::Take, taken: Vec::new(), tries: Vec::new(), hanging: 0 };
        let state = Arc::new(Mutex::new(state));
        let (listener, shared) = (port.listen(), state.clone());
        // Ends with the process: nothing of it outlives the tests.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, state) = (connection.unwrap(), shared.clone());
                // A client that goes away in the middle has given up, which some tests are about.
                thread::spawn(move || _ = meet(protocol, &connection, &state));
            }
        });
        Provider { address, state }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn is_now(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// All messages that were taken, oldest first.
    pub(crate) fn texts(&self) -> Vec<Text> {
        self.state.lock().unwrap().taken.clone()
    }

    pub(crate) fn texts_to(&self, to: &str) -> Vec<Text> {
        self.texts().into_iter().filter(|text| text.to == to).collect()
    }

    /// How often somebody came with a message.
    pub(crate) fn tries(&self) -> usize {
        self.tried_at().len()
    }

    /// When somebody came with a message.
    pub(crate) fn tried_at(&self) -> Vec<Instant> {
        self.state.lock().unwrap().tries.clone()
    }

    /// How many clients wait for a word at the moment.
    pub(crate) fn hanging(&self) -> usize {
        self.state.lock().unwrap().hanging
    }
}

fn meet(protocol: Protocol, connection: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(connection);
    match protocol {
        Protocol::Http => http(&mut reader, connection, state),
        Protocol::Smtp => smtp(&mut reader, connection, state),
    }
}

/// Waits until the client goes away.
fn hang(reader: &mut impl Read, state: &Mutex<State>) {
    state.lock().unwrap().hanging += 1;
    // However it goes away, it is gone.
    let _ = reader.read_to_end(&mut Vec::new());
    state.lock().unwrap().hanging -= 1;
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
}

fn begin_try(state: &Mutex<State>) -> Mood {
    let mut state = state.lock().unwrap();
    state.tries.push(Instant::now());
    state.mood
}

fn http(reader: &mut impl BufRead, mut connection: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut length = 0;
    loop {
        match line(reader)?.to_ascii_lowercase() {
            end if end.is_empty() => break,
            header => length = header.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap()),
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let text = Text { to: field("to"), body: field("text"), id: field("id") };
    let told = format!("message to {}: {}", text.to, text.body);
    let status = match begin_try(state) {
        Mood::Hang => {
            hang(reader, state);
            return None;
        }
        Mood::Take => {
            state.lock().unwrap().taken.push(text);
            "200 OK"
        }
        Mood::Busy(seconds) => &format!("429 Too Many Requests\r\nRetry-After: {seconds}"),
        Mood::Unavailable => "503 Service Unavailable",
        Mood::Refuse => "400 Bad Request",
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", told.len());
    connection.write_all((head + &told).as_bytes()).ok()
}

fn smtp(reader: &mut impl BufRead, mut connection: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut say = |text: &str| connection.write_all(format!("{text}\r\n").as_bytes()).ok();
    if state.lock().unwrap().mood == Mood::Hang {
        begin_try(state);
        hang(reader, state);
        return None;
    }
    say("220 mail.example.com ESMTP")?;
    let mut to = String::new();
    loop {
        let command = line(reader)?;
        let verb = command.split([' ', ':']).next()?.to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => say("250-mail.example.com\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            "RCPT" => {
                command.split(['<', '>']).nth(1)?.clone_into(&mut to);
                match begin_try(state) {
                    Mood::Unavailable | Mood::Busy(_) => say(&format!("451 4.2.1 <{to}> is busy"))?,
                    Mood::Refuse => say(&format!("550 5.1.1 <{to}> is unknown here"))?,
                    Mood::Take | Mood::Hang => say("250 OK")?,
                }
            }
            "DATA" => {
                say("354 go on")?;
                let mut body = String::new();
                loop {
                    match line(reader)? {
                        end if end == "." => break,
                        part => body = body + &part + "\n",
                    }
                }
                let id = body.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
                state.lock().unwrap().taken.push(Text { to: to.clone(), body, id });
                say("250 OK")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Some(());
            }
            _ => say("250 OK")?,
        }
    }
}
