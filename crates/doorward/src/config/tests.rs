use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DatabaseUrl, Settings, Unsound, load, reference_markdown};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A folder with a `doorward.toml` that only its owner can read.
struct Folder(TempDir);

impl Folder {
    fn with(text: &str) -> Folder {
        let folder = Folder(TempDir::new().unwrap());
        folder.write("doorward.toml", text, 0o600);
        folder
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn load(&self, environment: &[(&str, &str)]) -> Result<Settings, Unsound> {
        load_file(&self.0.path().join("doorward.toml"), environment)
    }
}

fn load_file(path: &Path, environment: &[(&str, &str)]) -> Result<Settings, Unsound> {
    load(Some(path), environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// Settings that `serve` takes, with `more` behind them.
fn sound(more: &str) -> String {
    format!("[server]\npublic_url = \"https://id.example.com\"\n[keys]\nmaster = \"{KEY}\"\n{more}")
}

fn places(text: &str) -> Vec<String> {
    Folder::with(text).load(&[]).unwrap().unsound().into_iter().map(|finding| finding.place).collect()
}

fn refusal(result: Result<Settings, Unsound>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn the_least_settings_are_sound() {
    assert_eq!(places(&sound("")), Vec::<String>::new());
}

#[test]
fn nothing_set_lacks_only_the_address_and_the_master_key() {
    assert_eq!(places(""), ["[server] public_url", "[keys] master"]);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_at_every_level() {
    let nested = refusal(Folder::with("[server]\nlissen = \"127.0.0.1:1\"").load(&[]));
    assert!(nested.contains("doorward.toml line 2: unknown field `lissen`"), "{nested}");
    let section = refusal(Folder::with("[sever]").load(&[]));
    assert!(section.contains("unknown field `sever`"), "{section}");
}

#[test]
fn a_variable_wins_over_the_file() {
    let folder = Folder::with("[server]\ndrain_seconds = 1\nlisten = \"127.0.0.1:1\"");
    let settings = folder
        .load(&[
            ("DOORWARD_SERVER_DRAIN_SECONDS", "7"),
            ("DOORWARD_SERVER_PUBLIC_URL", "https://a.example"),
            ("DOORWARD_SERVER_TRUSTED_PROXIES", "10.0.0.5, 10.1.0.0/16"),
            ("DOORWARD_DATABASE_MIGRATE", "false"),
            ("DOORWARD_SMS_HEADERS", r#"{"X-Kind":"otp"}"#),
            ("DOORWARD_LOGGING_FORMAT", "json"),
            ("DOORWARD_MAILBOX", "somebody else's"),
            ("PATH", "/bin"),
        ])
        .unwrap();
    assert_eq!(settings.server.drain_seconds, 7);
    assert_eq!(settings.server.listen.port(), 1);
    assert_eq!(settings.server.public_url.unwrap().as_str(), "https://a.example/");
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert!(!settings.database.migrate);
    assert_eq!(settings.sms.headers["X-Kind"].expose(), "otp");
    assert_eq!(settings.logging.format, super::Format::Json);
}

#[test]
fn every_key_has_a_variable_that_is_read() {
    for key in super::key_references() {
        let problem = refusal(Folder::with("").load(&[(&key.variable, "\u{0}")]).and_then(|_| {
            // Text takes anything; the rest refuses a zero byte.
            Err(Unsound::from(super::Finding::new(key.variable.clone(), "was read", "")))
        }));
        assert!(problem.contains(&key.variable) || problem.contains(&key.name), "{problem}");
    }
}

#[test]
fn a_number_in_a_secret_stays_as_it_was_written() {
    let settings = Folder::with("").load(&[("DOORWARD_MAIL_PASSWORD", "0123"), ("DOORWARD_SMS_TOKEN", "1e5")]).unwrap();
    assert_eq!(settings.mail.password.unwrap().expose(), "0123");
    assert_eq!(settings.sms.token.unwrap().expose(), "1e5");
}

#[test]
fn a_wrong_variable_is_named_and_its_section_known() {
    let number = refusal(Folder::with("").load(&[("DOORWARD_SERVER_DRAIN_SECONDS", "soon")]));
    assert!(number.contains("DOORWARD_SERVER_DRAIN_SECONDS: must be a whole number"), "{number}");
    let unknown = refusal(Folder::with("").load(&[("DOORWARD_SERVER_PUBLIC_ULR", "x")]));
    assert!(unknown.contains("DOORWARD_SERVER_PUBLIC_ULR: names no key of [server]"), "{unknown}");
    let address = refusal(Folder::with("").load(&[("DOORWARD_SERVER_LISTEN", "here")]));
    assert!(address.contains("DOORWARD_SERVER_LISTEN: "), "{address}");
}

#[test]
fn a_file_that_was_named_must_exist() {
    let problem = refusal(load_file(Path::new("/nowhere/doorward.toml"), &[]));
    assert!(problem.contains("/nowhere/doorward.toml cannot be read"), "{problem}");
}

#[test]
fn secrets_come_from_files_of_their_own() {
    let folder = Folder::with("");
    let key = folder.write("master.key", &format!("{KEY}\n"), 0o600);
    let old = folder.write("old.keys", &format!("{KEY}\n\n{KEY}\n"), 0o640);
    let url = folder.write("url", "postgres://user:pass@localhost/doorward\n", 0o600);
    let settings = folder
        .load(&[
            ("DOORWARD_KEYS_MASTER_FILE", key.to_str().unwrap()),
            ("DOORWARD_KEYS_PREVIOUS_FILE", old.to_str().unwrap()),
            ("DOORWARD_DATABASE_URL_FILE", url.to_str().unwrap()),
        ])
        .unwrap();
    assert_eq!(settings.keys.master().unwrap()[31], 31);
    assert_eq!(settings.keys.previous().unwrap().len(), 2);
    assert!(matches!(settings.database.location(), Ok(DatabaseUrl::Postgres(url)) if !url.expose().contains('\n')));
}

#[test]
fn a_secret_and_its_file_together_are_refused() {
    let folder = Folder::with(&sound(""));
    let key = folder.write("master.key", KEY, 0o600);
    let problem = refusal(folder.load(&[("DOORWARD_KEYS_MASTER_FILE", key.to_str().unwrap())]));
    assert!(problem.contains("[keys] master: is set, and so is the file"), "{problem}");
}

#[test]
fn a_file_with_secrets_that_everybody_reads_is_refused() {
    let folder = Folder::with("");
    let key = folder.write("master.key", KEY, 0o644);
    let problem = refusal(folder.load(&[("DOORWARD_KEYS_MASTER_FILE", key.to_str().unwrap())]));
    assert!(problem.contains("[keys] master_file") && problem.contains("chmod o-rwx"), "{problem}");

    let settings = folder.write("open.toml", &sound(""), 0o644);
    let problem = refusal(load_file(&settings, &[]));
    assert!(problem.contains("open.toml holds secrets"), "{problem}");
    let harmless = folder.write("harmless.toml", "[server]\ndrain_seconds = 3", 0o644);
    assert_eq!(load_file(&harmless, &[]).unwrap().server.drain_seconds, 3);
}

#[test]
fn only_a_file_that_holds_a_secret_has_to_be_closed() {
    let folder = Folder::with("");
    let password = "[database]\nurl = \"postgres://u:hunter1@localhost/d\"";
    let parameter = "[database]\nurl = \"postgres:///d?password=hunter1\"";
    for secret in [password, parameter, "[sms.headers]\nX-Key = \"hunter1\"", "[mail]\npassword = \"hunter1\""] {
        let file = folder.write("open.toml", secret, 0o644);
        let problem = refusal(load_file(&file, &[]));
        assert!(problem.contains("open.toml holds secrets") && !problem.contains("hunter1"), "{problem}");
    }
    let without = "[database]\nurl = \"postgres://u@localhost/d\"\n[sms]\nheaders = {}";
    for harmless in ["[database]\nurl = \"sqlite:/var/lib/doorward/doorward.db\"", without] {
        let file = folder.write("open.toml", harmless, 0o644);
        load_file(&file, &[]).unwrap();
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = format!(
        "[server]\nlissen = \"127.0.0.1:1\"\ndrain_seconds = \"soon\"\n[sever]\nlisten = \"x\"\n\
         [keys]\nmaster_file = \"/nowhere/master.key\"\nprevious = [\"{KEY}\"]\n[limits]\nhash_queue = 10\n"
    );
    let folder = Folder::with("");
    let file = folder.write("open.toml", &text, 0o644);
    let environment = [("DOORWARD_DATABASE_THREADS", "many"), ("DOORWARD_SERVER_PUBLIC_ULR", "https://a.example")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let problem = super::read(Some(&file), environment).sound(Settings::unsound).unwrap_err().to_string();
    for told in [
        "open.toml line 2: unknown field `lissen`; did you mean `listen`?",
        "open.toml line 3: drain_seconds: ",
        "open.toml line 4: unknown field `sever`; did you mean `server`?",
        "open.toml: ",
        "[keys] master_file: /nowhere/master.key cannot be read",
        "DOORWARD_DATABASE_THREADS: must be a whole number",
        "DOORWARD_SERVER_PUBLIC_ULR: names no key of [server]; did you mean `DOORWARD_SERVER_PUBLIC_URL`?",
        "[limits] hash_queue: 10 is less",
    ] {
        assert!(problem.contains(told), "{told}: {problem}");
    }
    assert!(!problem.contains("[keys] master: "), "what could not be read is not missed as well: {problem}");
    let lines: Vec<usize> = [2, 3, 4].map(|line| problem.find(&format!("line {line}")).unwrap()).to_vec();
    assert!(lines.is_sorted(), "in the order of the file: {problem}");
}

#[test]
fn of_a_file_that_cannot_be_read_nothing_is_missed() {
    let folder = Folder::with("");
    let broken = folder.write("broken.toml", "[server", 0o600);
    for file in [&broken, Path::new("/nowhere/doorward.toml")] {
        let found = super::read(Some(file), []).findings(Settings::unsound);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn a_sender_is_an_address_that_every_server_takes() {
    let mail = |from: &str| sound(&format!("[mail]\nhost = \"mail.example.com\"\nfrom = \"{from}\""));
    for fit in ["id@example.com", "B\u{fc}ro <id@m\u{fc}nchen.example>", "id@xn--mnchen-3ya.example"] {
        assert_eq!(places(&mail(fit)), Vec::<String>::new(), "{fit}");
    }
    for unfit in ["b\u{fc}ro@example.com", "id@", "Example", ""] {
        assert_eq!(places(&mail(unfit)), ["[mail] from"], "{unfit}");
    }
    assert_eq!(places(&(mail("id@example.com") + "\nhello = \"not a name\"")), ["[mail] hello"]);
}

#[test]
fn master_keys_are_hexadecimal_or_base64_of_32_bytes() {
    let hexadecimal = "000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    for good in [KEY, KEY.trim_end_matches('='), hexadecimal] {
        let settings = Folder::with(&format!("[keys]\nmaster = \"{good}\"")).load(&[]).unwrap();
        assert_eq!(settings.keys.master().unwrap()[10], 10, "{good}");
    }
    let zeros = "0".repeat(64);
    for bad in ["", "c2hvcnQ=", "not a key at all, but a sentence of words", &zeros] {
        assert_eq!(
            places(&format!("[server]\npublic_url=\"https://a.example\"\n[keys]\nmaster = \"{bad}\"")),
            ["[keys] master"]
        );
    }
}

#[test]
fn each_unsafe_setting_is_named() {
    let server = |line: &str| format!("[keys]\nmaster = \"{KEY}\"\n[server]\n{line}");
    let cases = [
        (server("public_url = \"http://id.example.com\""), "[server] public_url"),
        (server("public_url = \"https://id.example.com/base\""), "[server] public_url"),
        (server("public_url = \"https://a.example\"\nlisten = \"0.0.0.0:80\""), "[server] listen"),
        (server("public_url = \"https://a.example\"\ntrusted_proxies = [\"0.0.0.0/0\"]"), "[server] trusted_proxies"),
        (server("public_url = \"https://a.example\"\ndrain_seconds = 601"), "[server] drain_seconds"),
        (sound("[database]\nurl = \"mysql://x\""), "[database] url"),
        (sound("[database]\nthreads = 0"), "[database] threads"),
        (sound("[mail]\nhost = \"mail.example.com\"\ntls = \"none\"\nfrom = \"a@example.com\""), "[mail] tls"),
        (sound("[mail]\nhost = \"mail.example.com\"\nuser = \"a\"\nfrom = \"a@example.com\""), "[mail] user"),
        (sound("[mail]\nhost = \"mail.example.com\""), "[mail] from"),
        (sound("[sms]\nurl = \"http://sms.example.com\""), "[sms] url"),
        (sound("[sms]\nurl = \"https://user@sms.example.com\""), "[sms] url"),
        (sound("[sms]\nurl = \"https://sms.example.com/?to=#receiver#\""), "[sms] url"),
        (sound("[sms]\nurl = \"https://sms.example.com\"\nauth = \"bearer\""), "[sms] auth"),
        (
            sound("[sms]\nurl = \"https://sms.example.com\"\nbody = '{\"to\":#receiver#,\"text\":#template#}'"),
            "[sms] body",
        ),
        (sound("[sms]\nurl = \"https://sms.example.com\"\nbody = '{\"to\":\"#receiver#\"}'"), "[sms] body"),
        (sound("[sms]\nurl = \"https://sms.example.com\"\ntimeout_seconds = 0"), "[sms] timeout_seconds"),
        (sound("[voice]\nurl = \"http://voice.example.com\""), "[voice] url"),
        (sound("[voice]\nurl = \"https://voice.example.com\"\nauth = \"bearer\""), "[voice] auth"),
        (sound("[limits]\nhash_queue = 10"), "[limits] hash_queue"),
        (sound("[limits]\nhash_threads = 1000"), "[limits] hash_threads"),
    ];
    for (text, place) in cases {
        assert_eq!(places(&text), [place], "{text}");
    }
}

#[test]
fn this_machine_may_be_spoken_to_in_clear() {
    let local = sound("").replace("https://id.example.com", "http://localhost:8080");
    assert_eq!(places(&local), Vec::<String>::new());
    let mail = "[mail]\nhost = \"127.0.0.1\"\ntls = \"none\"\nfrom = \"a@example.com\"";
    let sms = "[sms]\nurl = \"http://[::1]:9/send\"";
    assert_eq!(places(&sound(&format!("{mail}\n{sms}"))), Vec::<String>::new());
}

#[test]
fn a_listed_proxy_lets_the_server_listen_beyond_loopback() {
    let proxy = "public_url = \"https://id.example.com\"\nlisten = \"0.0.0.0:80\"\ntrusted_proxies = [\"10.0.0.5\"]";
    assert_eq!(places(&sound("").replace("public_url = \"https://id.example.com\"", proxy)), Vec::<String>::new());
}

#[test]
fn the_effective_settings_hold_no_secret() {
    let secrets = format!(
        "[database]\nurl = \"postgres://u:hunter1@h/d\"\n[keys]\nmaster = \"{KEY}\"\nprevious = [\"{KEY}\"]\n\
         [mail]\npassword = \"hunter2\"\n[sms]\npassword = \"hunter3\"\ntoken = \"hunter4\"\nbody = \"hunter5\"\n\
         headers = {{ X-Key = \"hunter6\" }}\nquery = {{ key = \"hunter7\" }}"
    );
    let settings = Folder::with(&secrets).load(&[]).unwrap();
    for shown in [settings.to_toml(), format!("{settings:?}")] {
        assert!(!shown.contains("hunter") && !shown.contains(KEY), "{shown}");
    }
    assert!(settings.to_toml().contains("X-Key = \"(set)\""));
}

#[test]
fn an_error_about_a_secret_does_not_repeat_it() {
    let texts = ["[keys]\nmaster = hunter1", "[keys]\nmaster = 777123", "[mail]\npassword = [\"hunter1\"]"];
    for text in texts {
        let problem = refusal(Folder::with(text).load(&[]));
        assert!(problem.contains("line 2") && !problem.contains("hunter") && !problem.contains("777123"), "{problem}");
    }
}

#[test]
fn a_database_on_another_machine_without_tls_is_noticed() {
    let cases = [
        ("postgres://u:p@db.example.com/d", true),
        ("postgres://u:p@10.0.0.5/d?sslmode=prefer", true),
        ("postgres://u:p@db.example.com/d?sslmode=require", false),
        ("postgres://u:p@localhost/d", false),
        ("postgres://u:p@[::1]:5432/d", false),
        ("postgres:///d?host=/run/postgresql", false),
        ("sqlite:doorward.db", false),
    ];
    for (url, in_clear) in cases {
        let settings = Folder::with("").load(&[("DOORWARD_DATABASE_URL", url)]).unwrap();
        assert_eq!(settings.database.is_in_clear(), in_clear, "{url}");
    }
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/config.md");
    let page = reference_markdown();
    #[expect(clippy::disallowed_methods, reason = "asks whether this run shall write what it would compare")]
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page, "run: UPDATE_DOCS=1 cargo test -p doorward config");
}

#[test]
fn what_the_store_would_not_take_of_a_database_url_is_refused_with_words() {
    for (parameters, problem, remedy) in [
        ("sslmode=verify-fully", "sslmode", "Did you mean verify-full?"),
        ("sslmod=disable", "sslmod", "Did you mean sslmode?"),
        ("pgbouncer=true", "pgbouncer", "pooler = \"transaction\""),
        ("sslmode=verify-ca", "verify-ca", "sslrootcert"),
        ("sslmode=verify-full&sslrootcert=/nowhere/root.crt", "/nowhere/root.crt", "PEM"),
        ("sslmode=require&target_session_attrs=standby", "standby", "read-write"),
    ] {
        let url = format!("postgres://u:hunter1@db.example.com/d?{parameters}");
        let settings = Folder::with("").load(&[("DOORWARD_DATABASE_URL", url.as_str())]).unwrap();
        let found = settings.database.unsound();
        let [finding] = found.as_slice() else { panic!("{parameters}: {found:?}") };
        assert_eq!(finding.place, "[database] url");
        assert!(finding.problem.contains(problem) && finding.remedy.contains(remedy), "{finding}");
        assert!(!finding.to_string().contains("hunter1"), "{finding}");
    }
}

#[test]
fn a_certificate_that_nobody_looks_at_is_noticed() {
    for (parameters, unverified) in [("require", true), ("verify-full", false), ("disable", false)] {
        let url = format!("postgres://u:p@db.example.com/d?sslmode={parameters}");
        let settings = Folder::with("").load(&[("DOORWARD_DATABASE_URL", url.as_str())]).unwrap();
        assert_eq!(settings.database.is_unverified(), unverified, "{url}");
    }
}

#[test]
fn another_machine_is_reached_without_tls_only_when_that_is_said() {
    for (url, accepted) in [
        ("postgres://u:p@db.example.com/d", false),
        ("postgres://u:p@db.example.com/d?sslmode=prefer", false),
        ("postgres://u:p@db.example.com/d?sslmode=allow", false),
        ("postgres://u:p@db.example.com/d?sslmode=require", true),
        ("postgres://u:p@db.example.com/d?sslmode=disable", true),
        ("postgres://u:p@127.0.0.1,db.example.com/d", false),
        ("postgres://u:p@127.0.0.1/d?sslmode=prefer", true),
        ("postgres://u:p@127.0.0.1/d", true),
    ] {
        let settings = Folder::with("").load(&[("DOORWARD_DATABASE_URL", url)]).unwrap();
        assert_eq!(settings.database.unsound().is_empty(), accepted, "{url}");
    }
}
