//! Lost passkeys tell nothing of who has one.

use super::crowd::Crowd;
use crate::credentials::passkeys;
use crate::support::authenticator::{ORIGIN, RP_ID};
use crate::support::{Test, User};
use serde_json::json;

#[tokio::test]
async fn asking_for_the_link_to_a_new_passkey_tells_nothing_until_and_past_the_quota() {
    let origins = json!([ORIGIN]).to_string();
    let settings = [
        ("PassKeysConfig.RPID", RP_ID),
        ("PassKeysConfig.RPOrigins", origins.as_str()),
        ("PassKeysConfig.IsEnabled", "true"),
    ];
    let crowd = Crowd::new(&settings).await;
    passkeys::add(&crowd.t, &crowd.people[0].1).await;
    let ask =
        |t: &Test, user: &User| t.post("/identity/v2/auth/passkey/forgot").key().json(&json!({ "email": user.email }));
    crowd.is_the_same_for_all(ask, 7).await;
}
