//! `doorward template`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use doorward_flows::App;
use doorward_flows::app::outside::{Channel, Message};
use doorward_flows::configuration::templates::{self, Content, Shown, Which};

use doorward_flows::notify::{Cargo, DEFAULT, Language, Template};
use doorward_model::did_you_mean;
use serde_json::{Value, json};

use super::output::counted;
use super::{DatabaseArguments, block_on, output, quiet};
use crate::flow_error::to_anyhow;
use crate::{database, logging, outside, serve};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward template list acme
  doorward template show acme reset-password --language de
  doorward template set acme reset-password --text reset.txt --subject 'Your new password'
  doorward template set acme verify-email --name spring --text spring.txt --html spring.html
  doorward template preview acme verify-email --name spring --html look.html
  doorward template send acme verify-email --name spring --to me@example.com
  doorward template reset acme reset-password

Requests choose a version by its name, as emailtemplate=spring or smstemplate=spring; the version named
default goes out when they do not. Placeholders such as #OTP#, #Url# and #FirstName# are in docs/messages.md.")]
pub(super) struct TemplateArguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseArguments,
    /// Prints JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the kinds of message, and the tenant's own versions of them.
    List {
        /// The name of the tenant.
        tenant: String,
    },
    /// Shows a version: the tenant's own, else the one that ships with the program.
    Show(WhichArguments),
    /// Stores a version of the tenant's own, in place of the one that had its name and language.
    Set(SetArguments),
    /// Takes the tenant's own version back; the one that ships with the program holds again.
    Reset(WhichArguments),
    /// Shows a message with values made up.
    Preview {
        #[command(flatten)]
        which: WhichArguments,
        /// Shows the form with a link instead of a code.
        #[arg(long)]
        link: bool,
        /// Writes the HTML of an email to this file.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Sends a message with values made up, on the way that all messages take.
    Send {
        #[command(flatten)]
        which: WhichArguments,
        /// Sends the form with a link instead of a code.
        #[arg(long)]
        link: bool,
        /// The address or phone number.
        #[arg(long, value_name = "RECEIVER")]
        to: String,
    },
}

#[derive(Debug, Args)]
struct WhichArguments {
    /// The name of the tenant.
    tenant: String,
    /// The kind of message, such as verify-email; `list` has them all.
    #[arg(value_name = "KIND", value_parser = parse_template)]
    template: Template,
    /// How it goes.
    #[arg(long, value_enum, default_value_t = Way::Email)]
    channel: Way,
    /// The name of the version.
    #[arg(long, default_value = DEFAULT)]
    name: String,
    /// The language, such as de; otherwise the tenant's own, for `reset` all.
    #[arg(long)]
    language: Option<String>,
}

#[derive(Debug, Args)]
struct SetArguments {
    #[command(flatten)]
    which: WhichArguments,
    /// The subject of an email; without it the subject that ships with the program stands.
    #[arg(long)]
    subject: Option<String>,
    /// A file with the text; `-` reads it from standard input.
    #[arg(long, value_name = "FILE")]
    text: PathBuf,
    /// A file with the HTML of an email; without it, HTML is laid out from the text.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// Email.
    Email,
    /// A text message.
    Sms,
    /// A call that speaks the text.
    Voice,
}

impl From<Way> for Channel {
    fn from(way: Way) -> Channel {
        match way {
            Way::Email => Channel::Email,
            Way::Sms => Channel::Sms,
            Way::Voice => Channel::Voice,
        }
    }
}

impl WhichArguments {
    fn which(&self) -> Which {
        Which {
            template: self.template,
            channel: self.channel.into(),
            name: self.name.clone(),
            language: self.language.clone(),
        }
    }
}

fn parse_template(text: &str) -> Result<Template, String> {
    Template::named(text).ok_or_else(|| {
        let names: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
        format!("the kinds are {}{}", names.join(", "), did_you_mean(text, names.iter().copied()))
    })
}

pub(super) fn run(arguments: TemplateArguments) -> anyhow::Result<()> {
    logging::start(&quiet());
    let settings = arguments.database.settings()?;
    let store = database::open(&settings.database)?;
    let text = block_on(async {
        database::require_up_to_date(&store).await?;
        // The messages of a demo go to its mailbox, whoever sends them.
        let is_demo = arguments.database.data.is_some();
        let outside = if is_demo { outside::caught(&store) } else { outside::real(&settings)? };
        let app = serve::app(&settings, store.clone(), outside).await?;
        let text = act(&app, &arguments.action, arguments.json).await;
        store.close().await;
        text
    })?;
    output::line(&text)
}

async fn act(app: &App, action: &Action, as_json: bool) -> anyhow::Result<String> {
    match action {
        Action::List { tenant } => list(app, tenant, as_json).await,
        Action::Show(which) => {
            let shown = templates::show(app, &which.tenant, &which.which()).await.map_err(to_anyhow)?;
            Ok(show(&shown, as_json))
        }
        Action::Set(set) => store(app, set, as_json).await,
        Action::Reset(which) => {
            let gone = templates::reset(app, &which.tenant, &which.which()).await.map_err(to_anyhow)?;
            Ok(match (as_json, gone) {
                (true, _) => json!({ "removed": gone }).to_string(),
                (false, 0) => "There was no version of the tenant's own; nothing was changed.".to_owned(),
                (false, _) => format!("Took {} back; it holds from the next message on.", counted(gone, "version")),
            })
        }
        Action::Preview { which, link, html } => {
            let message = templates::preview(app, &which.tenant, &which.which(), cargo(*link)).await;
            preview(&message.map_err(to_anyhow)?, html.as_deref(), as_json)
        }
        Action::Send { which, link, to } => {
            let sent = templates::send(app, &which.tenant, &which.which(), cargo(*link), to).await;
            let outcome = sent.map_err(to_anyhow)?;
            if as_json {
                return Ok(json!({ "outcome": outcome }).to_string());
            }
            match outcome.as_str() {
                "delivered" => Ok(format!("The message to {to} was handed over.")),
                "waiting" => Ok(format!("The message to {to} waits for a server that can hand it over.")),
                _ => Err(anyhow::anyhow!("the message was {outcome}; the log says why")),
            }
        }
    }
}

fn cargo(link: bool) -> Cargo {
    if link { Cargo::Link } else { Cargo::Code }
}

async fn list(app: &App, tenant: &str, as_json: bool) -> anyhow::Result<String> {
    let own = templates::list(app, tenant).await.map_err(to_anyhow)?;
    if as_json {
        let own = own.iter().map(|one| {
            json!({ "kind": one.kind, "channel": one.channel, "name": one.name, "language": one.language,
                    "modified_at": one.modified_at.to_wire() })
        });
        let kinds = Template::ALL.iter().map(|template| template.name());
        let languages = Language::ALL.iter().map(|language| language.tag());
        return Ok(json!({ "kinds": kinds.collect::<Value>(), "languages": languages.collect::<Value>(),
                          "own": own.collect::<Value>() })
        .to_string());
    }
    let languages: Vec<&str> = Language::ALL.iter().map(|language| language.tag()).collect();
    let heading = format!("{:24}OWN VERSIONS (all kinds ship in {})", "KIND", languages.join(" and "));
    let rows = Template::ALL.iter().map(|template| {
        let versions = own.iter().filter(|one| one.kind == template.name());
        let versions: Vec<String> =
            versions.map(|one| format!("{} {} ({})", one.channel, one.name, one.language)).collect();
        format!("{:24}{}", template.name(), versions.join(", ")).trim_end().to_owned()
    });
    Ok(std::iter::once(heading).chain(rows).collect::<Vec<_>>().join("\n"))
}

fn show(shown: &Shown, as_json: bool) -> String {
    let Content { subject, text, html } = &shown.content;
    if as_json {
        return json!({ "own": shown.is_own, "language": shown.language, "subject": subject, "text": text, "html": html })
            .to_string();
    }
    let whose = if shown.is_own { "the tenant's own" } else { "ships with the program" };
    let mut lines = vec![format!("Version     {whose}, in {}", shown.language)];
    lines.extend(subject.iter().map(|subject| format!("Subject     {subject}")));
    lines.push(format!("\n{}", text.trim_end()));
    lines.extend(html.iter().map(|html| format!("\n{}", html.trim_end())));
    lines.join("\n")
}

async fn store(app: &App, set: &SetArguments, as_json: bool) -> anyhow::Result<String> {
    let html = set.html.as_deref().map(read).transpose()?;
    let content = Content { subject: set.subject.clone(), text: read(&set.text)?, html };
    let stored = templates::set(app, &set.which.tenant, &set.which.which(), &content).await;
    let warnings = stored.map_err(to_anyhow)?;
    if as_json {
        return Ok(json!({ "warnings": warnings }).to_string());
    }
    let name = set.which.template.name();
    let done = format!("Stored {name} `{}`; it holds from the next message on.", set.which.name);
    let warnings = warnings.into_iter().map(|warning| format!("Warning: {warning}."));
    Ok(std::iter::once(done).chain(warnings).collect::<Vec<_>>().join("\n"))
}

fn read(file: &Path) -> anyhow::Result<String> {
    let read =
        if file == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { fs::read_to_string(file) };
    read.with_context(|| format!("reading {}", file.display()))
}

fn preview(message: &Message, html: Option<&Path>, as_json: bool) -> anyhow::Result<String> {
    if let Some(file) = html {
        let page = message.html.as_deref().context("only an email has HTML")?;
        fs::write(file, page).with_context(|| format!("writing {}", file.display()))?;
    }
    if as_json {
        let Message { subject, text, html, .. } = message;
        return Ok(json!({ "subject": subject, "text": text, "html": html }).to_string());
    }
    let mut lines: Vec<String> = message.subject.iter().map(|subject| format!("Subject     {subject}\n")).collect();
    lines.push(message.text.trim_end().to_owned());
    lines.extend(html.map(|file| format!("\nThe HTML is in {}.", file.display())));
    Ok(lines.join("\n"))
}
