use super::*;
use crate::config::Settings;

#[test]
fn the_password_of_a_database_is_not_shown_wherever_it_stands() {
    for (url, shown) in [
        (
            "postgres://u:hunter1@a.example:5432,b.example/d?sslmode=disable",
            "postgres://u@a.example:5432,b.example/d?sslmode=disable",
        ),
        ("postgresql://u:hunter1:2@[::1]:5432/d", "postgresql://u@[::1]:5432/d"),
        ("postgres://u@h/d?password=hunter1&connect_timeout=2", "postgres://u@h/d?connect_timeout=2"),
        ("postgres://u@h/d?%70assword=hunter1", "postgres://u@h/d"),
        // What is not taken may be anything.
        ("postgres://u@h/d?sslpassword=hunter1", "(set)"),
        ("postgres://u@h/d?pasword=hunter1", "(set)"),
        ("mysql://u:hunter1@h/d", "(set)"),
        // What was meant as a password is a port and the rest something else.
        ("postgres://u:12/hunter1@h/d", "(set)"),
        ("postgres://u:12/d?application_name=hunter1@h/d", "(set)"),
        ("postgres:///d?host=/run/postgresql", "postgres:///d?host=/run/postgresql"),
        ("sqlite:/var/lib/a@b.db", "sqlite:/var/lib/a@b.db"),
    ] {
        let database = Database { url: Some(SecretText::new(url)), ..Database::default() };
        let text = Settings { database, ..Settings::default() }.to_toml();
        assert!(text.contains(&format!("url = {shown:?}")) && !text.contains("hunter"), "{url}: {text}");
        assert_eq!(holds_password(url), url != shown, "{url}");
    }
}
