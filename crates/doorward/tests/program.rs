//! The program as its operator meets it: commands, exit codes, signals.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The program in a folder of its own, without any setting from outside.
fn doorward(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    doorward(folder, arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The exit code and what was said on standard error.
fn failure(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// A running program that is ended with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// The demo in `folder`, and the line it prints.
    fn demo(folder: &Path) -> (Running, Value) {
        let mut demo = Running::start(&mut doorward(folder, &["demo", "--json", "--listen", "127.0.0.1:0"]));
        let mut line = String::new();
        BufReader::new(demo.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}, {}", demo.stderr()));
        (demo, ready)
    }

    /// Everything that is said on standard error until the program ends or `enough` holds for a line.
    fn stderr_until(&mut self, enough: impl Fn(&str) -> bool) -> String {
        let mut lines = BufReader::new(self.0.stderr.as_mut().unwrap()).lines().map(Result::unwrap);
        let mut said = String::new();
        for line in &mut lines {
            said += &line;
            said += "\n";
            if enough(&line) {
                break;
            }
        }
        said
    }

    fn stderr(&mut self) -> String {
        self.stderr_until(|_| false)
    }

    /// Sends the signal that a supervisor sends, and waits.
    fn terminate(mut self) -> i32 {
        let sent = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap().code().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(url: &str) -> String {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn help_has_examples_and_wrong_usage_its_code() {
    let folder = TempDir::new().unwrap();
    for command in [&["--help"][..], &["demo", "--help"], &["tenant", "--help"]] {
        assert!(printed(&run(folder.path(), command)).contains("Examples:"), "{command:?}");
    }
    assert_eq!(printed(&run(folder.path(), &["--version"])).trim(), concat!("doorward ", env!("CARGO_PKG_VERSION")));
    assert_eq!(run(folder.path(), &["tenent"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["tenant", "set", "acme", "without-a-value"]).status.code(), Some(2));
}

#[test]
fn the_demo_says_where_it_is_as_soon_as_it_answers() {
    let folder = TempDir::new().unwrap();
    let (demo, ready) = Running::demo(folder.path());
    let url = ready["url"].as_str().unwrap();
    assert!(get(&format!("{url}/health/ready")).starts_with("HTTP/1.1 200"));
    assert!(get(ready["mailbox"].as_str().unwrap()).starts_with("HTTP/1.1 200"));
    let known = get(&format!("{url}/identity/v2/serverinfo?apikey={}", ready["api_key"].as_str().unwrap()));
    assert!(known.starts_with("HTTP/1.1 200"), "{known}");
    assert_eq!(demo.terminate(), 0);
}

/// Needs `sh` and `curl`, as the newcomer who pastes the lines does.
#[test]
fn the_lines_that_the_demo_prints_reset_a_password_when_pasted() {
    let folder = TempDir::new().unwrap();
    let mut demo = Running::start(&mut doorward(folder.path(), &["demo", "--listen", "127.0.0.1:0"]));
    let lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let welcome: Vec<String> = lines.take_while(|line| !line.starts_with("Ctrl-C")).collect();
    let script: Vec<&str> = welcome.iter().map(String::as_str).skip_while(|line| !line.contains('#')).collect();
    let pasted = printed(&Command::new("sh").args(["-ec", &script.join("\n")]).output().unwrap());
    let answers: Vec<Value> = pasted.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [created, asked, reset] = answers.as_slice() else { panic!("{pasted}") };
    assert_eq!(created["PhoneId"], "+41791234567", "{pasted}");
    assert_eq!(asked["IsPosted"], true, "{pasted}");
    assert!(reset["Data"]["access_token"].is_string(), "{pasted}");
}

#[test]
fn the_same_folder_gives_the_same_keys_and_another_folder_others() {
    let (one, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let keys = |folder: &TempDir| {
        let (demo, ready) = Running::demo(folder.path());
        demo.terminate();
        (ready["api_key"].clone(), ready["api_secret"].clone())
    };
    let first = keys(&one);
    assert_eq!(keys(&one), first);
    assert_ne!(keys(&other), first);
}

#[test]
fn a_demo_that_lost_its_master_key_refuses_and_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    Running::demo(folder.path()).0.terminate();
    fs::remove_file(folder.path().join("doorward-demo/master.key")).unwrap();
    let (code, said) = failure(&run(folder.path(), &["demo", "--listen", "127.0.0.1:0"]));
    assert_eq!(code, 1);
    assert!(said.contains("put it back, or remove the folder"), "{said}");
}

#[test]
fn the_demo_stays_on_this_machine() {
    let folder = TempDir::new().unwrap();
    let (code, said) = failure(&run(folder.path(), &["demo", "--listen", "0.0.0.0:0"]));
    assert_eq!(code, 3);
    assert!(said.contains("0.0.0.0:0 is not loopback"), "{said}");
    assert!(!folder.path().join("doorward-demo").exists());
}

#[cfg(unix)]
#[test]
fn what_the_demo_keeps_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    Running::demo(folder.path()).0.terminate();
    for name in ["doorward-demo", "doorward-demo/master.key", "doorward-demo/doorward.db"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[test]
fn tenants_are_made_and_set_while_the_demo_runs() {
    let folder = TempDir::new().unwrap();
    let (demo, ready) = Running::demo(folder.path());
    let url = ready["url"].as_str().unwrap();
    let tenant = |arguments: &[&str]| {
        let all = [&["tenant", "--data", "doorward-demo", "--json"], arguments].concat();
        serde_json::from_str::<Value>(&printed(&run(folder.path(), &all))).unwrap()
    };

    let created = tenant(&["create", "acme"]);
    let key = created["api_key"].as_str().unwrap();
    assert!(get(&format!("{url}/identity/v2/serverinfo?apikey={key}")).starts_with("HTTP/1.1 200"));
    let names: Vec<Value> = tenant(&["list"]).as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["demo", "acme"]);

    let configuration = || get(&format!("{url}/ciam/appinfo?apikey={key}"));
    assert!(!configuration().contains("\"IsPhoneLogin\":true"));
    assert_eq!(tenant(&["set", "acme", "IsPhoneLogin=true"])["IsPhoneLogin"], true);
    assert!(configuration().contains("\"IsPhoneLogin\":true"), "{}", configuration());
    let shown = tenant(&["show", "acme"]);
    assert_eq!(shown["settings"]["IsPhoneLogin"], true);
    assert!(!shown.to_string().contains(created["api_secret"].as_str().unwrap()));
    drop(demo);
}

#[test]
fn a_tenant_starts_from_a_document_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    Running::demo(folder.path()).0.terminate();
    fs::write(folder.path().join("good.json"), r#"{"accessTokenLifetime":30}"#).unwrap();
    fs::write(folder.path().join("bad.json"), r#"{"accessTokenLifetim":30}"#).unwrap();
    let create =
        |name, file| run(folder.path(), &["tenant", "create", name, "--data", "doorward-demo", "--settings", file]);
    assert!(printed(&create("acme", "good.json")).contains("API secret"));
    let (code, said) = failure(&create("other", "bad.json"));
    assert!(code == 1 && said.contains("accessTokenLifetim"), "{said}");
    let (code, said) = failure(&create("acme", "good.json"));
    assert!(code == 1 && said.contains("there is a tenant named `acme` already"), "{said}");
    let (code, said) = failure(&run(folder.path(), &["tenant", "--data", "doorward-demo", "show", "nobody"]));
    assert!(code == 1 && said.contains("there is no tenant named `nobody`"), "{said}");
}

#[test]
fn serve_refuses_what_is_unsafe_and_names_all_of_it() {
    let folder = TempDir::new().unwrap();
    let mut serve = doorward(folder.path(), &["serve"]);
    let (code, said) = failure(&serve.env("DOORWARD_SERVER_LISTEN", "0.0.0.0:0").output().unwrap());
    assert_eq!(code, 3);
    for place in ["[server] public_url", "[server] listen", "[keys] master"] {
        assert!(said.contains(place), "{place} is missing in {said}");
    }
    assert!(!folder.path().join("doorward.db").exists());
}

fn serve(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = doorward(folder, arguments);
    command
        .env("DOORWARD_SERVER_PUBLIC_URL", "https://id.example.com")
        .env("DOORWARD_SERVER_LISTEN", "127.0.0.1:0")
        .env("DOORWARD_KEYS_MASTER", KEY)
        .env("DOORWARD_LOGGING_FORMAT", "json");
    command
}

/// Where the server says that it listens.
fn address(running: &mut Running) -> String {
    let said = running.stderr_until(|line| line.contains("\"listening\""));
    let line: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    line["address"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn serve_runs_until_it_is_told_to_stop() {
    let folder = TempDir::new().unwrap();
    let mut server = Running::start(&mut serve(folder.path(), &["serve"]));
    let address = address(&mut server);
    assert!(get(&format!("http://{address}/health/live")).starts_with("HTTP/1.1 200"));
    assert!(get(&format!("http://{address}/health/ready")).starts_with("HTTP/1.1 200"));
    for path in ["dev/outbox", "dev/mailbox"] {
        assert!(get(&format!("http://{address}/{path}")).starts_with("HTTP/1.1 404"), "{path}");
    }
    assert_eq!(server.terminate(), 0);
}

#[test]
fn serve_leaves_an_old_database_alone_when_told_to() {
    let folder = TempDir::new().unwrap();
    let mut command = serve(folder.path(), &["serve"]);
    let (code, said) = failure(&command.env("DOORWARD_DATABASE_MIGRATE", "false").output().unwrap());
    assert_eq!(code, 4);
    assert!(said.contains("run `doorward migrate`"), "{said}");
}

#[test]
fn migrate_does_its_work_once() {
    let folder = TempDir::new().unwrap();
    assert!(printed(&run(folder.path(), &["migrate"])).contains("applied"));
    assert_eq!(printed(&run(folder.path(), &["migrate"])), "The database is up to date.\n");
}

#[test]
fn a_database_that_cannot_be_reached_has_its_code_and_no_password_in_its_message() {
    let folder = TempDir::new().unwrap();
    for url in ["sqlite:no/such/folder/doorward.db", "postgres://anna:hunter2@127.0.0.1:1/doorward"] {
        let (code, said) =
            failure(&doorward(folder.path(), &["migrate"]).env("DOORWARD_DATABASE_URL", url).output().unwrap());
        assert_eq!(code, 4, "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn config_shows_what_holds_without_secrets() {
    let folder = TempDir::new().unwrap();
    let shown = printed(&serve(folder.path(), &["config"]).output().unwrap());
    assert!(shown.contains("public_url = \"https://id.example.com/\"") && !shown.contains(KEY), "{shown}");
    assert!(serve(folder.path(), &["config", "--check"]).output().unwrap().status.success());
    assert_eq!(run(folder.path(), &["config", "--check"]).status.code(), Some(3));
}

#[test]
fn openapi_prints_the_document() {
    let folder = TempDir::new().unwrap();
    let document: Value = serde_json::from_str(&printed(&run(folder.path(), &["openapi"]))).unwrap();
    assert!(document["paths"]["/identity/v2/auth/password/otp"]["put"].is_object());
}
