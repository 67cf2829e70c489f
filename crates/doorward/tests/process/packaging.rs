//! What packages are made of, and what a supervisor sees.

use std::collections::BTreeSet;
use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::{Authority, Installation, MASTER_KEY, Program, Provider};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The commands that the help lists.
fn commands(installation: &Installation) -> BTreeSet<String> {
    let help = installation.run(&["--help"]);
    let listed = help.ok().lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: BTreeSet<String> = listed
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.contains("serve") && commands.contains("completions"), "{commands:?}");
    commands
}

#[test]
fn each_shell_completes_every_command() {
    let installation = Installation::bare();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = installation.run(&["completions", shell]);
        for command in commands(&installation) {
            assert!(printed.ok().contains(&command), "{command} is not in what {shell} completes");
        }
    }
    installation.run(&["completions", "csh"]).failed(2, &["possible values"]);
}

#[test]
fn every_command_has_its_manual_page() {
    let installation = Installation::bare();
    installation.run(&["man", "--write", "pages/man1"]).ok();
    let printed = installation.run(&["man"]);
    for command in commands(&installation) {
        // A hyphen that is one is written \- there.
        let name = format!("doorward-{command}");
        assert!(printed.ok().replace('\\', "").contains(&name), "{name}");
        if command != "help" {
            assert!(installation.path(format!("pages/man1/{name}.1")).exists(), "{name}");
        }
    }
    let page = fs::read_to_string(installation.path("pages/man1/doorward.1")).unwrap();
    assert!(page.contains(".TH doorward 1") && page.contains("Exit codes"), "{page}");
    fs::write(installation.path("file"), "").unwrap();
    installation.run(&["man", "--write", "file"]).failed(1, &["writing to file"]);
}

#[test]
fn the_packaged_settings_lack_only_what_the_operator_knows() {
    let mut installation = Installation::bare();
    let packaged = fs::read_to_string(repository().join("packaging/doorward.toml")).unwrap();
    let here = packaged.replace("/etc/doorward/", "").replace("/var/lib/doorward/", "");
    fs::write(installation.path("doorward.toml"), &here).unwrap();
    fs::write(installation.path("master.key"), MASTER_KEY).unwrap();
    fs::set_permissions(installation.path("master.key"), fs::Permissions::from_mode(0o640)).unwrap();
    let check = installation.run(&["config", "--check"]);
    check.failed(3, &["[server] public_url: is not set"]);
    assert_eq!(check.err.matches("\n  [").count(), 1, "{check:?}");
    installation.set("SERVER_PUBLIC_URL", "https://id.example.com");
    installation.run(&["config", "--check"]).ok();

    let own_certificate = here.replace("# listen", "listen").replace("listen = \"127.0.0.1:8080\"\n", "");
    let own_certificate = own_certificate
        .replace("trusted_proxies = [\"127.0.0.1\"]\n", "")
        .replace("# [server.tls]", "[server.tls]")
        .replace("# certificate", "certificate")
        .replace("# key", "key");
    fs::write(installation.path("doorward.toml"), own_certificate).unwrap();
    let issued = Authority::new().issue();
    issued.write_certificate(&installation.path("fullchain.pem"));
    issued.write_key(&installation.path("privkey.pem"));
    installation.run(&["config", "--check"]).ok();
}

#[test]
fn what_the_package_is_made_of_is_there() {
    let metadata: toml::Table =
        fs::read_to_string(repository().join("crates/doorward/Cargo.toml")).unwrap().parse().unwrap();
    let package = &metadata["package"]["metadata"]["deb"];
    let assets = package["assets"].as_array().unwrap();
    let build = fs::read_to_string(repository().join("packaging/build-deb")).unwrap();
    for asset in assets {
        let [source, _, _] = asset.as_array().unwrap().as_slice() else { panic!("{asset}") };
        let source = source.as_str().unwrap();
        match source.strip_prefix("../../packaging/staged/") {
            // Made by the script, whose steps are named by what they make.
            Some(made) => {
                let made = made.split(['/', '.']).next().unwrap();
                assert!(build.contains(&format!("$staged/{made}")), "{source}");
            }
            None => assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(source).exists(), "{source}"),
        }
    }
    let unit = package["systemd-units"]["unit-name"].as_str().unwrap();
    let unit = fs::read_to_string(repository().join(format!("packaging/{unit}.service"))).unwrap();
    assert!(unit.contains("\nExecStart=/usr/bin/doorward serve --config /etc/doorward/doorward.toml\n"), "{unit}");
}

#[test]
fn what_the_image_is_made_of_is_there() {
    let read = |name: &str| fs::read_to_string(repository().join(name)).unwrap();
    let image = read("Dockerfile");
    let toolchain = format!("FROM rust:{}-", env!("CARGO_PKG_RUST_VERSION"));
    assert!(image.contains(&toolchain), "the image is not built with {toolchain}");
    for step in ["--package doorward", r#""target/$target/release/doorward" /image/doorward"#] {
        assert!(image.contains(step), "{step}");
    }
    let hidden = read(".dockerignore");
    for needed in ["Cargo.toml", "Cargo.lock", ".cargo", "crates"] {
        assert!(repository().join(needed).exists(), "{needed}");
        assert!(!hidden.lines().any(|line| line.trim_matches('/') == needed), "{needed} is kept out of the image");
    }
}

#[test]
fn a_supervisor_hears_when_it_is_ready() {
    let (installation, _) = Installation::new();
    let path = installation.path("notify");
    let name = format!("doorward-{}", std::process::id());
    let sockets = [
        (SocketAddr::from_pathname(&path).unwrap(), path.display().to_string()),
        (SocketAddr::from_abstract_name(&name).unwrap(), format!("@{name}")),
    ];
    for (address, variable) in sockets {
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let server = Program::start(installation.command(&["serve"]).env("NOTIFY_SOCKET", variable));
        let mut heard = [0; 64];
        let length = socket.recv(&mut heard).unwrap();
        assert_eq!(&heard[..length], b"READY=1");
        assert_eq!(server.terminate().code, 0);
    }
}

#[test]
fn health_tells_by_its_code_whether_the_server_is_ready() {
    let (mut installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    installation.set("SERVER_LISTEN", api.url.trim_start_matches("http://"));
    assert_eq!(installation.run(&["health"]).ok(), "{\"status\":\"ready\"}\n");
    assert_eq!(server.terminate().code, 0);
    installation
        .run(&["health"])
        .failed(1, &["asking http://127.0.0.1:", "/health/ready", "is `doorward serve` running"]);
}

#[test]
fn health_believes_no_other_program_and_nothing_without_settings() {
    let mut installation = Installation::bare();
    let other = Provider::sms();
    installation.set("SERVER_LISTEN", other.address());
    assert_eq!(installation.run(&["health"]).code, 1);
    std::fs::remove_file(installation.path("doorward.toml")).unwrap();
    installation.run(&["health"]).failed(3, &["[server] public_url", "--config"]);
}

#[test]
fn health_asks_over_https_where_that_is_spoken() {
    let (mut installation, _) = Installation::new();
    let issued = Authority::new().issue();
    issued.write_certificate(&installation.path("tls.pem"));
    issued.write_key(&installation.path("tls.key"));
    installation.set("SERVER_TLS_CERTIFICATE", "tls.pem");
    installation.set("SERVER_TLS_KEY", "tls.key");
    installation.set("SERVER_PUBLIC_URL", "https://localhost");
    let mut server = Program::start(&mut installation.command(&["serve"]));
    installation.set("SERVER_LISTEN", server.address());
    installation.run(&["health"]).ok();
    assert_eq!(server.terminate().code, 0);
}
