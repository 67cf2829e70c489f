//! The HTML of an email, laid out from its text.

use super::fill::escape;
use super::shipped::Texts;

const PAGE: &str = include_str!("../../templates/layout.html");
const CODE: &str = include_str!("../../templates/code.html");
const BUTTON: &str = include_str!("../../templates/button.html");

/// What a layout is made from; all of it may hold placeholders.
pub(super) struct Content<'a> {
    /// The tag of the language.
    pub(super) language: &'a str,
    /// The first line; none, if it is empty.
    pub(super) heading: &'a str,
    /// What is written on the button.
    pub(super) button: &'a str,
    /// The paragraphs, parted by blank lines.
    pub(super) text: &'a str,
    /// What the layout itself says.
    pub(super) words: &'a Texts,
}

/// The page, its placeholders still to be filled. A paragraph that is `#OTP#` and nothing else becomes the large code,
/// `#Url#` the button.
pub(super) fn page(content: &Content<'_>) -> String {
    let paragraphs: String = content.text.split("\n\n").map(|paragraph| lay_out(paragraph.trim(), content)).collect();
    let heading = escape(content.heading);
    let heading = if heading.is_empty() { String::new() } else { format!("<h1 class=\"ink\">{heading}</h1>\n") };
    replace(
        PAGE,
        &[
            ("{language}", content.language),
            ("{title}", &escape(content.heading)),
            ("{body}", &format!("{heading}{paragraphs}")),
            ("{sent-to}", &escape(content.words.line("sent-to"))),
        ],
    )
}

fn lay_out(paragraph: &str, content: &Content<'_>) -> String {
    match paragraph {
        "" => String::new(),
        "#OTP#" => CODE.to_owned(),
        "#Url#" => {
            let label = if content.button.is_empty() { "#Url#" } else { content.button };
            replace(BUTTON, &[("{label}", &escape(label)), ("{by-hand}", &escape(content.words.line("by-hand")))])
        }
        text => {
            let html =
                escape(text).replace("#Url#", "<a href=\"#Url#\" class=\"link\">#Url#</a>").replace('\n', "<br>\n");
            format!("<p class=\"ink\">{html}</p>\n")
        }
    }
}

/// Fills the places of a layout; what is put in holds no braces of ours, and is not looked at again.
fn replace(layout: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(layout.len() * 2);
    let mut rest = layout;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((place, text)) = places.iter().find(|(place, _)| rest.starts_with(place)) {
            out.push_str(text);
            rest = &rest[place.len()..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}
