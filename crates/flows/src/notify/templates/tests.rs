use super::*;
use doorward_model::secret::Secret;

fn values(code: &str) -> Values {
    Values { code: Some(Secret::new(code)), seconds: 300, link: None }
}

fn to(channel: Channel) -> Receiver {
    Receiver { channel, to: "somebody".into() }
}

#[test]
fn a_text_message_carries_the_code_and_its_life() {
    let message = Template::ResetPassword.fill("id", "Acme", &to(Channel::Sms), &values("123456"));
    assert!(message.text.starts_with("123456 is your code to reset your Acme password. It works for 5 minutes."));
    assert_eq!((message.subject, message.html), (None, None));
    assert_eq!(message.code.as_deref(), Some("123456"));
}

#[test]
fn a_value_that_looks_like_a_placeholder_is_not_filled() {
    let message = Template::VerifyPhone.fill("id", "#OTP# & #Url#", &to(Channel::Sms), &values("123456"));
    assert!(message.text.contains("your #OTP# & #Url# verification code"));
}

#[test]
fn html_is_escaped_and_headers_are_one_line() {
    let message = Template::VerifyPhone.fill("id", "<b>\r\nBcc: x", &to(Channel::Email), &values("1"));
    assert!(message.html.unwrap().contains("&lt;b&gt;"));
    assert!(!message.subject.unwrap().contains(['\r', '\n']));
}
