//! `doorward demo`

use std::path::Path;

use serde_json::json;

use super::{DemoArguments, block_on, output, quiet};
use crate::config::Logging;
use crate::demo::{Demo, Folder, Ready, Scheme};
use crate::{logging, serve};

pub(super) fn run(arguments: DemoArguments) -> anyhow::Result<()> {
    logging::start(&if arguments.verbose { Logging::default() } else { quiet() });
    let scheme = if arguments.tls { Scheme::Https } else { Scheme::Http };
    let demo = Demo::open(&Folder::at(&arguments.data), arguments.listen, scheme)?;
    let shown = arguments.data.display().to_string();
    let print = move |ready: Ready| {
        let text = if arguments.json { json_line(&ready) } else { welcome(&ready, &shown) };
        if let Err(error) = output::text(&text) {
            tracing::warn!(%error, "what there is could not be printed");
        }
    };
    block_on(async { demo.run(serve::signals(), print).await })
}

fn json_line(ready: &Ready) -> String {
    let secret = ready.api_secret.expose();
    let mut line =
        json!({ "url": ready.url, "api_key": ready.api_key, "api_secret": secret, "mailbox": ready.mailbox });
    if let Some(ca) = &ready.ca {
        line["ca"] = json!(ca);
    }
    format!("{line}\n")
}

fn welcome(ready: &Ready, data: &str) -> String {
    let Ready { url, api_key, mailbox, ca, .. } = ready;
    let secret = ready.api_secret.expose();
    let (trust, curl) = match ca {
        Some(ca) => (trust(ca), format!("curl --cacert {}", quoted(ca))),
        None => (String::new(), "curl".to_owned()),
    };
    format!(
        r#"
Doorward is running, with a tenant named demo.

  URL         {url}
  API key     {api_key}
  API secret  {secret}
  Mailbox     {mailbox}
  API         {url}/docs
  Data        {data}  (the same folder gives the same keys again)
{trust}
A forgotten password, reset by phone. Paste this into another terminal, as often as you like:

  # A phone number that nobody has yet
  PHONE=+4178$(date +%s | tail -c 8)

  # Somebody who proved that it is theirs, made by the back end
  {curl} -sw '\n' '{url}/identity/v2/manage/account?apikey={api_key}&apisecret={secret}&fields=Uid,PhoneId' \
    -H 'Content-Type: application/json' \
    -d '{{"FirstName":"Anna","PhoneId":"'"$PHONE"'","PhoneIdVerified":true,"Password":"her first passphrase"}}'

  # She asks for a code, and the text message is caught in the mailbox
  {curl} -sw '\n' '{url}/identity/v2/auth/password/otp?apikey={api_key}' \
    -H 'Content-Type: application/json' -d '{{"phone":"'"$PHONE"'"}}'
  sleep 1
  code=$({curl} -sG '{url}/dev/outbox' --data-urlencode "to=$PHONE" | grep -o '"code":"[0-9]*"' | head -n 1 | tr -dc 0-9)

  # She sets a new password with it, and is signed in
  {curl} -sw '\n' -X PUT '{url}/identity/v2/auth/password/otp?apikey={api_key}&fields=Uid' \
    -H 'Content-Type: application/json' \
    -d '{{"phone":"'"$PHONE"'","otp":"'"$code"'","password":"her second passphrase"}}'

Ctrl-C stops it.
"#
    )
}

/// How clients come to take the demo's certificate.
fn trust(ca: &Path) -> String {
    let shown = quoted(ca);
    format!(
        "  CA          {}

Its certificate is of an authority that was made for this folder and holds for this machine alone. An application
takes it when it is started with the variable that its SDK reads:

  export NODE_EXTRA_CA_CERTS={shown}   # Node
  export SSL_CERT_FILE={shown}         # Go, Ruby, Python with urllib3; nothing else is trusted then
  export REQUESTS_CA_BUNDLE={shown}    # Python with requests; nothing else is trusted then
",
        ca.display()
    )
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
