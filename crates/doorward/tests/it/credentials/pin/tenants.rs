//! The wall between tenants, as far as PINs are concerned.

use super::{PIN, of, with_owed_pins, with_pins};
use crate::support::Test;
use doorward_flows::configuration::tenants;
use serde_json::json;

async fn neighbour(t: &Test) -> crate::support::Tenant {
    let other = t.tenant("other").await;
    let changes = [("PINAuthentication.IsEnabled".to_owned(), "true".to_owned())];
    tenants::set(&t.app, "other", &changes).await.unwrap();
    other
}

#[tokio::test]
async fn a_session_token_is_unknown_under_another_tenants_key() {
    let t = with_pins().await;
    let (other, holder) = (neighbour(&t).await, t.holder().await);
    let call = of(t.post("/identity/v2/auth/login/pin"), &other).query("session_token", &holder.session_token);
    assert_eq!(call.json(&json!({ "pin": PIN })).send().await.refusal(), (403, 1245));
    let invalidate = of(t.get("/identity/v2/auth/session_token/invalidate"), &other);
    invalidate.query("session_token", &holder.session_token).send().await.ok();
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn what_sets_a_pin_is_unknown_under_another_tenants_key() {
    let t = with_owed_pins().await;
    let other = neighbour(&t).await;
    let token = t.owed(&t.user().await).await;
    let call = of(t.post("/identity/v2/auth/pin/set/pinauthtoken"), &other).query("pinauthtoken", &token);
    assert_eq!(call.json(&json!({ "pin": PIN })).send().await.refusal(), (403, 1239));
    t.set_call(&token, PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_code_is_unknown_under_another_tenants_key() {
    let t = with_pins().await;
    let (other, holder) = (neighbour(&t).await, t.holder().await);
    t.user_at(&json!({ "PhoneId": holder.user.phone }), |call| call.back_end_of(&other)).await;
    let code = t.pin_code(&holder.user).await;
    let call = of(t.put("/identity/v2/auth/pin/reset/otp/phone"), &other);
    let body = json!({ "phone": holder.user.phone, "otp": code, "pin": "8462" });
    assert_eq!(call.json(&body).send().await.refusal(), (403, 1067));
    t.reset_by("phone", &holder.user.phone, &code, "8462").send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn an_access_token_changes_no_pin_under_another_tenants_key() {
    let t = with_pins().await;
    let (other, holder) = (neighbour(&t).await, t.holder().await);
    let call = of(t.put("/identity/v2/auth/pin/change"), &other).token(&holder.tokens.access);
    assert_eq!(call.json(&json!({ "oldpin": PIN, "newpin": "8462" })).send().await.refusal(), (403, 905));
}
