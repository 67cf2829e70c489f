use super::*;
use crate::notify::choice::DEFAULT;
use crate::notify::fill;
use crate::notify::shipped::Cargo;
use crate::notify::templates::Template;
use doorward_model::time::Timestamp;

fn own(text: &str, html: Option<&str>) -> Stored {
    Stored {
        kind: "welcome".to_owned(),
        channel: "email".to_owned(),
        name: DEFAULT.to_owned(),
        language: "en".to_owned(),
        subject: Some("Hello #Name#".to_owned()),
        text: text.to_owned(),
        html: html.map(str::to_owned),
        modified_at: Timestamp(0),
    }
}

fn named(name: &str) -> Person {
    Person::called(name)
}

#[test]
fn a_text_message_carries_the_code_and_its_life() {
    let letter = Letter::sample(Template::ResetPassword, Channel::Sms, Cargo::Code);
    let message = letter.write(&Person::default(), &[]);
    assert!(message.text.starts_with("123456 is your code to reset your Acme password. It works for 5 minutes."));
    assert_eq!((message.subject, message.html), (None, None));
    assert_eq!(message.code.as_deref(), Some("123456"));
}

#[test]
fn a_voice_says_digit_by_digit() {
    let letter = Letter::sample(Template::SecondFactor, Channel::Voice, Cargo::Code);
    assert!(letter.write(&Person::default(), &[]).text.contains("is: 1 2 3 4 5 6. Once more: 1 2 3 4 5 6."));
}

#[test]
fn a_person_is_spoken_to_in_their_language() {
    let letter = Letter::sample(Template::PasswordChanged, Channel::Email, Cargo::Nothing);
    let mut german = named("Anna");
    german.language = Some("de".to_owned());
    let message = letter.write(&german, &[]);
    assert_eq!(message.subject.as_deref(), Some("Dein Passwort bei Acme wurde geändert"));
    assert!(message.html.unwrap().starts_with("<!doctype html>\n<html lang=\"de\">"));
}

#[test]
fn a_name_is_no_html_no_link_no_header_and_no_placeholder() {
    let letter = Letter::sample(Template::Welcome, Channel::Email, Cargo::Nothing);
    let name = "<a href=x>Win</a>\r\nBcc: all@evil.com https://evil.com #Url##App# \u{202E}";
    let message = letter.write(&named(name), &[own("Hello #Name#,", Some("<p title=\"#Name#\">#Name#</p>"))]);
    let (subject, html) = (message.subject.unwrap(), message.html.unwrap());
    assert!(!subject.contains(['\r', '\n']));
    assert!(html.contains("&lt;a href=x&gt;") && !html.contains("<a"));
    for text in [&subject, &html, &message.text] {
        assert!(text.contains("#Url##App#"), "{text}");
        assert!(!text.contains("evil.com") && !text.contains("://") || text.contains(":/ /evil. com"), "{text}");
        assert!(!text.contains('\u{202E}') && !text.contains("\r\n"), "{text}");
    }
}

#[test]
fn an_own_text_without_html_is_laid_out() {
    let letter = Letter::sample(Template::Welcome, Channel::Email, Cargo::Nothing);
    let html = letter.write(&named("Anna"), &[own("Hello #Name#,\n\n1 < 2", None)]).html.unwrap();
    assert!(html.contains("<p class=\"ink\">Hello Anna,</p>") && html.contains("1 &lt; 2"));
}

#[test]
fn a_field_that_nobody_has_is_empty() {
    let letter = Letter::sample(Template::Welcome, Channel::Email, Cargo::Nothing);
    assert_eq!(letter.write(&Person::default(), &[own("[#loyalty#] #CurrentYear#", None)]).text, "[] 2026");
}

#[test]
fn a_mail_with_a_code_shows_it_large_and_one_with_a_link_has_a_button() {
    let html = |cargo| {
        let letter = Letter::sample(Template::ResetPassword, Channel::Email, cargo);
        letter.write(&Person::default(), &[]).html.unwrap()
    };
    assert!(html(Cargo::Code).contains("bgcolor=\"#f3f4f6\">123456</td>"));
    let page = html(Cargo::Link);
    assert!(page.contains("class=\"button\">Choose a new password</a>"));
    assert!(!page.contains("src=") && !page.contains("url("), "a mail loads nothing");
}

#[test]
fn no_shipped_message_leaves_anything_unfilled() {
    for template in Template::ALL {
        for language in Language::ALL {
            let cargo = if template.opens_something() { Cargo::Code } else { Cargo::Nothing };
            for channel in [Channel::Email, Channel::Sms] {
                let letter = Letter { language: language.tag().to_owned(), ..Letter::sample(template, channel, cargo) };
                let message = letter.write(&Person::default(), &[]);
                let shown = [message.subject.unwrap_or_default(), message.text, message.html.unwrap_or_default()];
                for text in shown {
                    assert!(
                        fill::placeholders(&text).is_empty() && !text.contains('{') || text.contains("<style>"),
                        "{text}"
                    );
                    assert!(!text.contains("{body}") && !text.contains("  \n"), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_length_of_time_is_said_in_its_largest_whole_unit() {
    let said = |seconds| duration(seconds, Language::English);
    assert_eq!(
        [30, 60, 90, 300, 3600, 86_400, 604_800].map(said),
        ["30 seconds", "1 minute", "90 seconds", "5 minutes", "1 hour", "1 day", "7 days"]
    );
    assert_eq!(duration(3600, Language::German), "1 Stunde");
}

#[test]
fn a_call_says_its_text_as_often_as_the_tenant_wants() {
    let once = Letter::sample(Template::SecondFactor, Channel::Voice, Cargo::Code);
    let thrice = Letter { times: 3, voice: "woman".to_owned(), ..once.clone() };
    let (said, repeated) = (once.write(&Person::default(), &[]), thrice.write(&Person::default(), &[]));
    assert_eq!(repeated.text, [said.text.as_str(); 3].join(" "));
    assert_eq!((repeated.speech.language.as_str(), repeated.speech.voice.as_str()), ("en", "woman"));
    assert!(said.text.contains("1 2 3 4 5 6"));
}
