//! What a page lets choose from: other pages, or one of several within its form.

use super::Sheet;
use super::content::{Choice, Field, Listed};

impl<'a> Sheet<'a> {
    /// A way to another page.
    pub(crate) fn choice(self, title: String, text: String, page: &str) -> Sheet<'a> {
        self.any_choice(title, text, page, false)
    }

    /// A way on that does something.
    pub(crate) fn sent_choice(self, title: String, text: String, page: &str) -> Sheet<'a> {
        self.any_choice(title, text, page, true)
    }

    fn any_choice(mut self, title: String, text: String, page: &str, is_sent: bool) -> Sheet<'a> {
        self.content.choices.push(Choice { title, text, address: self.site.path(page), is_sent });
        self
    }

    /// One of these to be marked, the value being its place among them; the label is `field-NAME`.
    pub(crate) fn one_of(self, name: &'static str, labels: &[String]) -> Sheet<'a> {
        let label = self.site.say(&format!("field-{name}"));
        self.options("radio", name.to_owned(), label, (labels, 0))
    }

    /// The same as a list that opens, under a label of its own.
    pub(crate) fn list(self, name: String, label: String, labels: (&[String], usize)) -> Sheet<'a> {
        self.options("select", name, label, labels)
    }

    fn options(
        mut self,
        kind: &'static str,
        name: String,
        label: String,
        (labels, chosen): (&[String], usize),
    ) -> Sheet<'a> {
        let listed = |(at, label): (usize, &String)| Listed {
            value: at.to_string(),
            label: label.clone(),
            is_chosen: at == chosen,
        };
        self.content.fields.push(Field {
            name: name.into(),
            label,
            kind,
            complete: "off",
            keyboard: "",
            value: String::new(),
            hint: None,
            problem: None,
            is_required: true,
            is_checkbox: false,
            is_digits: false,
            options: labels.iter().enumerate().map(listed).collect(),
        });
        self
    }
}
