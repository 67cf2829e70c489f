use super::Agent;

fn agent(text: &str) -> [Option<&'static str>; 4] {
    let Agent { browser, system, device, kind } = Agent::of(text);
    [browser, system, device, kind]
}

#[test]
fn a_browser_is_not_taken_for_those_it_names_beside_itself() {
    let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0";
    assert_eq!(agent(edge), [Some("Edge"), Some("Windows"), None, Some("Desktop")]);
    let chrome = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";
    assert_eq!(agent(chrome), [Some("Chrome"), Some("Android"), Some("Pixel"), Some("Mobile")]);
}

#[test]
fn apples_machines_are_told_apart() {
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
    assert_eq!(agent(phone), [Some("Safari"), Some("iOS"), Some("iPhone"), Some("Mobile")]);
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";
    assert_eq!(agent(mac), [Some("Safari"), Some("macOS"), Some("Mac"), Some("Desktop")]);
}

#[test]
fn what_says_nothing_is_nothing() {
    for text in ["", "-", "okhttp", "\u{1f98a}"] {
        assert_eq!(Agent::of(text), Agent::default());
    }
}
