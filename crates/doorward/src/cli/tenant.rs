//! `doorward tenant`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use doorward_flows::App;
use doorward_flows::configuration::tenants::{self, Listed};
use doorward_model::settings::{Settings as TenantSettings, Unfit};
use serde_json::{Value, json};

use super::{DatabaseArguments, block_on, output, quiet};
use crate::flow_error::to_anyhow;
use crate::{database, logging, outside, serve};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward tenant create acme
  doorward tenant create acme --settings acme.json --json
  doorward tenant list --data doorward-demo
  doorward tenant show acme
  doorward tenant set acme IsPhoneLogin=true accessTokenLifetime=30
  doorward tenant set acme 'domains=[\"https://app.example.com\"]' otp.validitySeconds=120")]
pub(super) struct TenantArguments {
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
    /// Makes a tenant and prints its key and its secret; the secret is never shown again.
    Create {
        /// The name, unique in the database.
        name: String,
        /// A JSON document of settings to start with; what it leaves out has its default.
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
    },
    /// Lists all tenants.
    List,
    /// Shows a tenant and its settings.
    Show {
        /// The name.
        name: String,
    },
    /// Changes settings of a tenant, all or none, from its next request on.
    Set {
        /// The name.
        name: String,
        /// Settings by the names that `show` prints, inner ones after a dot; a value is JSON, or text as it is.
        #[arg(value_name = "KEY=VALUE", required = true, value_parser = parse_change)]
        changes: Vec<(String, String)>,
    },
}

fn parse_change(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

pub(super) fn run(arguments: TenantArguments) -> anyhow::Result<()> {
    logging::start(&quiet());
    let settings = arguments.database.settings()?;
    let store = database::open(&settings.database)?;
    let text = block_on(async {
        database::require_up_to_date(&store).await?;
        let app = serve::app(&settings, store.clone(), outside::real(&settings)?).await?;
        let text = act(&app, &arguments.action, arguments.json).await;
        store.close().await;
        text
    })?;
    output::line(&text)
}

async fn act(app: &App, action: &Action, as_json: bool) -> anyhow::Result<String> {
    match action {
        Action::Create { name, settings } => create(app, name, settings.as_deref(), as_json).await,
        Action::List => list(app, as_json).await,
        Action::Show { name } => show(app, name, as_json).await,
        Action::Set { name, changes } => {
            let outcome = tenants::change(app, name, changes).await.map_err(to_anyhow)?;
            if as_json {
                return Ok(serde_json::to_value(outcome.settings)?.to_string());
            }
            let keys: Vec<&str> = changes.iter().map(|(key, _)| key.as_str()).collect();
            let done = format!("Set {} of {name}; it holds from the next request on.", keys.join(", "));
            Ok(done + &misfits(name, &outcome.unfit))
        }
    }
}

async fn create(app: &App, name: &str, file: Option<&Path>, as_json: bool) -> anyhow::Result<String> {
    let settings = file.map_or_else(|| Ok(TenantSettings::default()), read_settings)?;
    let created = tenants::create(app, name, &settings).await.map_err(to_anyhow)?;
    let (id, key, secret) = (created.id.as_str(), &created.api_key, created.api_secret.expose());
    if as_json {
        return Ok(json!({ "name": name, "id": id, "api_key": key, "api_secret": secret }).to_string());
    }
    Ok(format!(
        "Made the tenant {name}.\n\nId          {id}\nAPI key     {key}\nAPI secret  {secret}\n\n\
         Keep the secret now: it is not shown again."
    ))
}

fn read_settings(file: &Path) -> anyhow::Result<TenantSettings> {
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("reading {shown}"))?;
    let document: Value = serde_json::from_str(&text).with_context(|| format!("{shown} is no JSON document"))?;
    TenantSettings::read(document).with_context(|| format!("{shown} holds no settings of a tenant"))
}

async fn list(app: &App, as_json: bool) -> anyhow::Result<String> {
    let listed = tenants::list(app).await.map_err(to_anyhow)?;
    if as_json {
        return Ok(listed.iter().map(to_json).collect::<Value>().to_string());
    }
    if listed.is_empty() {
        return Ok("There is no tenant; `doorward tenant create NAME` makes one.".to_owned());
    }
    let width = listed.iter().map(|tenant| tenant.name.chars().count()).max().unwrap_or_default().max(4);
    let heading = format!("{:width$}  {:36}  CREATED", "NAME", "API KEY");
    let rows = listed
        .iter()
        .map(|tenant| format!("{:width$}  {:36}  {}", tenant.name, tenant.api_key, tenant.created_at.to_wire()));
    Ok(std::iter::once(heading).chain(rows).collect::<Vec<_>>().join("\n"))
}

async fn show(app: &App, name: &str, as_json: bool) -> anyhow::Result<String> {
    let found = tenants::open(app, name).await.map_err(to_anyhow)?;
    let (tenant, opened) = found.ok_or_else(|| tenants::no_tenant(name))?;
    let settings = opened.document();
    if as_json {
        let mut document = to_json(&tenant);
        document["settings"] = settings;
        document["unfit"] = opened.unfit.iter().map(ToString::to_string).collect();
        return Ok(document.to_string());
    }
    Ok(format!(
        "Tenant      {}\nId          {}\nAPI key     {}\nCreated     {}\nSettings    {settings:#}{}",
        tenant.name,
        tenant.id.as_str(),
        tenant.api_key,
        tenant.created_at.to_wire(),
        misfits(name, &opened.unfit)
    ))
}

/// What does not fit in the settings, and how it is mended; empty where everything does.
fn misfits(name: &str, unfit: &[Unfit]) -> String {
    if unfit.is_empty() {
        return String::new();
    }
    let told: Vec<String> = unfit.iter().map(ToString::to_string).collect();
    let told = told.join("\n  ");
    format!("\n\nThis does not fit; mend it with `doorward tenant set {name} KEY=VALUE`:\n  {told}")
}

fn to_json(tenant: &Listed) -> Value {
    json!({
        "name": tenant.name,
        "id": tenant.id.as_str(),
        "api_key": tenant.api_key,
        "created_at": tenant.created_at.to_wire(),
    })
}
