//! What ends session tokens.

use super::{Holder, PIN, with_owed_pins, with_pins};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens};
use serde_json::json;

async fn assert_closed(t: &Test, holder: &Holder) {
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_changed_password_ends_them_even_where_sessions_live_on() {
    let t = with_pins().await;
    t.set("forceLogout", "false").await;
    let holder = t.holder().await;
    let body = json!({ "oldpassword": GOOD_PASSWORD, "newpassword": OTHER_PASSWORD });
    let change = t.put("/identity/v2/auth/password/change").key().token(&holder.tokens.access);
    change.json(&body).send().await.ok();
    t.profile_call(&holder.tokens).send().await.ok();
    assert_closed(&t, &holder).await;
}

#[tokio::test]
async fn a_reset_password_ends_them_and_the_login_that_follows_has_a_new_one() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let code = t.reset_code(&holder.user).await;
    let reset = t.reset_call(&holder.user.phone, &code, OTHER_PASSWORD).send().await;
    assert_closed(&t, &holder).await;
    t.pin_call(&super::session_token(&reset), PIN).send().await.ok();
}

#[tokio::test]
async fn a_password_set_by_the_back_end_ends_them() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.update_call(&holder.user, &json!({ "Password": OTHER_PASSWORD })).send().await.ok();
    assert_closed(&t, &holder).await;
    let holder = t.holder().await;
    let path = format!("/identity/v2/manage/account/{}/password", holder.user.uid);
    t.put(&path).back_end().json(&json!({ "password": OTHER_PASSWORD })).send().await.ok();
    assert_closed(&t, &holder).await;
}

#[tokio::test]
async fn a_block_and_a_disabled_login_end_them_and_lifting_it_does_not_bring_them_back() {
    let t = with_pins().await;
    for (close, open) in [("IsActive", true), ("DisableLogin", false)] {
        let holder = t.holder().await;
        t.update_call(&holder.user, &json!({ close: !open })).send().await.ok();
        assert_closed(&t, &holder).await;
        t.update_call(&holder.user, &json!({ close: open })).send().await.ok();
        assert_closed(&t, &holder).await;
    }
}

#[tokio::test]
async fn a_deleted_account_has_none() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.delete(&format!("/identity/v2/manage/account/{}", holder.user.uid)).back_end().send().await.ok();
    assert_closed(&t, &holder).await;
}

#[tokio::test]
async fn signing_out_leaves_them() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let invalidate = t.get("/identity/v2/auth/access_token/invalidate").key().token(&holder.tokens.access);
    invalidate.send().await.ok();
    t.pin_call(&holder.session_token, PIN).send().await.ok();
}

#[tokio::test]
async fn another_uid_keeps_the_pin_and_what_it_signs_in_with() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let uid = "6dd4b6c0-3a3c-4a44-8d6b-5ee4ce2f8b31";
    let rename = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &holder.user.uid);
    rename.json(&json!({ "NewUid": uid })).send().await.ok();
    let reply = t.pin_call(&holder.session_token, PIN).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], uid);
}

#[tokio::test]
async fn whoever_registered_a_strangers_address_keeps_neither_pin_nor_token() {
    let t = with_pins().await;
    let pin = json!({ "PIN": PIN });
    let address = json!([{ "Type": "Primary", "Value": "ravi@example.com" }]);
    let body = json!({ "Email": address, "Password": GOOD_PASSWORD, "PINInfo": pin });
    let squatter = super::session_token(&t.register(&body).await);
    t.pin_call(&squatter, PIN).send().await.ok();
    let forgot = t.post("/identity/v2/auth/password").key().json(&json!({ "email": "ravi@example.com" }));
    forgot.send().await.ok();
    let code = t.code_for("ravi@example.com").await;
    let reset = t.put("/identity/v2/auth/password/reset").key();
    let body = json!({ "email": "ravi@example.com", "otp": code, "password": OTHER_PASSWORD });
    let owner = super::session_token(&reset.json(&body).send().await);
    assert_eq!(t.pin_call(&squatter, PIN).send().await.refusal(), (403, 1245));
    assert_eq!(t.pin_call(&owner, PIN).send().await.refusal(), (403, 1235));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_new_password_ends_the_logins_that_wait_for_a_pin() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    let waiting = t.owed(&user).await;
    t.update_call(&user, &json!({ "Password": OTHER_PASSWORD })).send().await.ok();
    assert_eq!(t.set_call(&waiting, PIN).send().await.refusal(), (403, 1239));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_password_at_a_tenant_that_asks_for_a_pin_stays_reset_and_signs_nobody_in() {
    let t = with_owed_pins().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reply = t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    let waiting = super::pin_auth_token(&t.login_call(&user, OTHER_PASSWORD).send().await);
    let login = Tokens::of(&t.set_call(&waiting, PIN).send().await);
    t.profile_call(&login).send().await.ok();
    t.run_jobs().await;
}
