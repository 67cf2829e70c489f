//! PINs tell nothing of who is known.

use super::crowd::Crowd;
use crate::support::{Call, Test, User};
use serde_json::json;

/// The same people at a tenant with PINs; the one who can sign in has one.
async fn with_pins(settings: &[(&str, &str)]) -> Crowd {
    let mut all = vec![("PINAuthentication.IsEnabled", "true")];
    all.extend(settings);
    let crowd = Crowd::new(&all).await;
    let known = &crowd.people[0].1;
    let tokens = crowd.t.login(known).await;
    let body = json!({ "PINInfo": { "PIN": "2580" } });
    crowd.t.put("/identity/v2/auth/account").key().token(&tokens.access).json(&body).send().await.ok();
    crowd
}

fn forgotten_pin(t: &Test, kind: &str, value: &str) -> Call {
    let path = format!("/identity/v2/auth/pin/forgot/{}", if kind == "phone" { "otp" } else { kind });
    t.post(&path).key().json(&json!({ kind: value }))
}

#[tokio::test]
async fn asking_for_what_resets_a_pin_tells_nothing_until_and_past_the_quota() {
    let crowd = with_pins(&[]).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "phone", &user.phone), 7).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "email", &user.email), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_the_reset_of_a_pin_tells_nothing_until_and_through_the_lock() {
    let crowd = with_pins(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let reset = |t: &Test, user: &User| {
        let body = json!({ "phone": user.phone, "otp": "x", "pin": "9371" });
        t.put("/identity/v2/auth/pin/reset/otp/phone").key().json(&body)
    };
    crowd.is_the_same_for_all(reset, 2).await;
    crowd.is_the_same_for_all(|t, user| forgotten_pin(t, "phone", &user.phone), 1).await;
    crowd.is_the_same_for_all(reset, 8).await;
}
