//! Completing a login by a code that was sent to an address of the account.

use super::{
    SECOND, enrol_email, enrolled, enrolled_email, knock, mail, optional, pending, required, set_phone, token, verify,
    verify_mail,
};
use crate::support::{OTHER_PASSWORD, Reply, Test, Tokens, User, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

/// An address beside the first one.
fn two_addresses() -> Value {
    json!({ "Email": [
        { "Type": "Primary", "Value": "Asha.Rao@example.com" }, { "Type": "Work", "Value": "ar@works.example.org" }
    ] })
}

#[tokio::test]
async fn the_code_goes_out_by_itself_to_the_only_address_and_completes_the_login() {
    let (t, user) = enrolled_email().await;
    let reply = t.login_call(&user, &user.password).send().await;
    let block = pending(&reply);
    assert_eq!(block["IsEmailOtpAuthenticatorVerified"], true);
    assert_eq!(block["IsOTPAuthenticatorVerified"], false);
    assert_eq!(block["Email"], json!(["a***1@e*****e.c*m"]));
    assert_eq!(block["EmailOTPStatus"], json!({ "Email": "a***1@e*****e.c*m" }));
    assert_eq!(block["OTPStatus"], Value::Null);
    let code = t.code_for(&user.email).await;
    let token = token(&reply);
    assert_eq!(verify_mail(&t, &token, &user.email, &wrong(&code)).send().await.refusal(), (403, 1067));
    let reply = verify_mail(&t, &token, &user.email.to_uppercase(), &code).send().await;
    assert_eq!(reply.ok()["Profile"]["Uid"], user.uid);
    assert_eq!(reply.json["Profile"].as_object().unwrap().len(), 149);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1103), "used up");
}

#[tokio::test]
async fn of_several_addresses_the_person_names_one() {
    let t = optional().await;
    let user = t.user_with(&two_addresses()).await;
    enrol_email(&t, &user).await;
    let reply = t.login_call(&user, &user.password).send().await;
    let block = pending(&reply);
    assert_eq!(block["Email"], json!(["A******o@e*****e.c*m", "a*@w***s.e*****e.o*g"]));
    assert_eq!(block["EmailOTPStatus"], Value::Null, "nobody has chosen yet");
    t.run_jobs().await;
    let token = token(&reply);
    assert_eq!(verify_mail(&t, &token, "ar@works.example.org", "123456").send().await.refusal(), (403, 1105));
    assert_eq!(mail(&t, &token, "ar@works.example.org").send().await.ok(), &json!({ "IsPosted": true }));
    let code = t.code_for("ar@works.example.org").await;
    let other = verify_mail(&t, &token, "asha.rao@example.com", &code);
    assert_eq!(other.send().await.refusal(), (403, 1067), "the code is good for the address it went to");
    verify_mail(&t, &token, "ar@works.example.org", &code).send().await.ok();
}

#[tokio::test]
async fn with_a_second_phone_beside_it_nothing_goes_out_unasked() {
    let (t, user) = enrolled().await;
    let login = Tokens::of(&{
        let (token, code) = super::challenged(&t, &user).await;
        verify(&t, &token, &code).send().await
    });
    let path = "/identity/v2/auth/account/2fa/email";
    t.get(path).key().token(&login.access).send().await.ok();
    let body = json!({ "email": user.email, "otp": t.code_for(&user.email).await });
    t.put(path).key().token(&login.access).json(&body).send().await.ok();
    t.run_jobs().await;
    let sent = t.outbox().len();
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["EmailOTPStatus"], Value::Null);
    assert_eq!(pending(&reply)["OTPStatus"], Value::Null);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
    let token = token(&reply);
    mail(&t, &token, &user.email).send().await.ok();
    let code = t.code_for(&user.email).await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1105), "it is no code of the phone's");
    verify_mail(&t, &token, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn only_an_address_that_the_account_proved_takes_codes() {
    let (t, user) = enrolled_email().await;
    let other = t.user().await;
    let token = knock(&t, &user).await;
    t.run_jobs().await;
    let sent = t.outbox().len();
    for stranger in ["nobody@example.com", other.email.as_str()] {
        assert_eq!(mail(&t, &token, stranger).send().await.refusal(), (403, 1340));
        assert_eq!(verify_mail(&t, &token, stranger, "123456").send().await.refusal(), (403, 1340));
    }
    t.update_call(&user, &json!({ "EmailVerified": false })).send().await.ok();
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1340));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
}

#[tokio::test]
async fn whose_addresses_are_no_factor_cannot_use_them() {
    let (t, user) = enrolled().await;
    let token = knock(&t, &user).await;
    t.run_jobs().await;
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1101));
    assert_eq!(verify_mail(&t, &token, &user.email, "123456").send().await.refusal(), (403, 1101));
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["Email"], Value::Null);
    t.run_jobs().await;
}

#[tokio::test]
async fn who_must_have_a_factor_and_has_none_sets_one_up_by_the_code() {
    let t = required().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&reply)["Email"], json!(["a***1@e*****e.c*m"]));
    assert_eq!(pending(&reply)["IsEmailOtpAuthenticatorVerified"], false);
    let first = token(&reply);
    mail(&t, &first, &user.email).send().await.ok();
    let code = t.code_for(&user.email).await;
    assert_eq!(verify_mail(&t, &first, &user.email, &wrong(&code)).send().await.refusal(), (403, 1067));
    let again = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&again)["IsEmailOtpAuthenticatorVerified"], false, "a wrong code proves nothing");
    verify_mail(&t, &first, &user.email, &code).send().await.ok();
    t.run_jobs().await;
    let told = t.outbox().into_iter().filter(|message| message.template == "second-factor-changed");
    assert_eq!(told.count(), 2, "by email and to the login phone");
    let next = t.login_call(&user, &user.password).send().await;
    assert_eq!(pending(&next)["IsEmailOtpAuthenticatorVerified"], true);
    assert_eq!(set_phone(&t, &token(&next), SECOND).send().await.refusal(), (403, 1250), "a factor is proved");
    t.run_jobs().await;
}

#[tokio::test]
async fn a_login_that_began_without_a_factor_sets_none_up_once_another_has() {
    let t = required().await;
    let user = t.user().await;
    let (thief, owner) = (knock(&t, &user).await, knock(&t, &user).await);
    mail(&t, &thief, &user.email).send().await.ok();
    let code = t.code_for(&user.email).await;
    set_phone(&t, &owner, SECOND).send().await.ok();
    let own = t.code_for(SECOND).await;
    verify(&t, &owner, &own).send().await.ok();
    assert_eq!(verify_mail(&t, &thief, &user.email, &code).send().await.refusal(), (403, 1101));
    t.run_jobs().await;
}

#[tokio::test]
async fn the_address_that_was_the_first_factor_is_no_second_one() {
    let (t, user) = enrolled_email().await;
    assert_eq!(by_link(&t, &user).await.refusal(), (403, 1101), "one channel is not two");
    enrol_again_with_phone(&t, &user).await;
    let reply = by_link(&t, &user).await;
    assert_eq!(pending(&reply)["IsEmailOtpAuthenticatorVerified"], false);
    assert_eq!(pending(&reply)["Email"], Value::Null);
    let token = token(&reply);
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1101));
    assert_eq!(verify_mail(&t, &token, &user.email, "123456").send().await.refusal(), (403, 1101));
    t.run_jobs().await;
}

/// A login by a link in an email.
async fn by_link(t: &Test, user: &User) -> Reply {
    let path = "/identity/v2/auth/login/passwordlesslogin/email";
    t.set("IsInstantSignin.EmailLink", "true").await;
    t.get(path).key().query("email", &user.email).send().await.ok();
    t.run_jobs().await;
    let link = t.outbox().into_iter().rev().find_map(|message| message.link).unwrap();
    let vtoken = link.split("vtoken=").nth(1).unwrap();
    t.get(&format!("{path}/verify")).key().query("verificationtoken", vtoken).send().await
}

/// A code for a new password, sent to the person's address.
async fn reset_code(t: &Test, user: &User) -> String {
    t.set("otpPasswordReset", "true").await;
    let call = t.post("/identity/v2/auth/password").key();
    call.json(&json!({ "email": user.email })).send().await.ok();
    t.code_for(&user.email).await
}

/// Gives somebody with codes by email a second phone too.
async fn enrol_again_with_phone(t: &Test, user: &User) {
    let token = knock(t, user).await;
    let code = t.code_for(&user.email).await;
    let tokens = Tokens::of(&verify_mail(t, &token, &user.email, &code).send().await);
    super::want(t, &tokens, SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    super::confirm(t, &tokens, &code).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn after_a_reset_by_mail_the_same_address_completes_nothing() {
    let (t, user) = enrolled_email().await;
    let code = reset_code(&t, &user).await;
    let body = json!({ "email": user.email, "otp": code, "password": OTHER_PASSWORD });
    let reply = t.put("/identity/v2/auth/password/reset").key().json(&body).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }), "nobody is signed in by one mailbox");
    t.run_jobs().await;
}

#[tokio::test]
async fn the_switches_are_asked_first_and_what_is_required_is_named() {
    let (t, user) = enrolled_email().await;
    let token = knock(&t, &user).await;
    let code = t.code_for(&user.email).await;
    let path = "/identity/v2/auth/login/2fa/email";
    assert_eq!(t.post(path).key().json(&json!({ "email": user.email })).send().await.refusal(), (400, 908));
    assert_eq!(mail(&t, &token, " ").send().await.refusal(), (400, 908));
    assert_eq!(mail(&t, &token, "no address").send().await.refusal(), (400, 1038));
    assert_eq!(verify_mail(&t, &token, "", &code).send().await.refusal(), (400, 908));
    assert_eq!(verify_mail(&t, &token, &user.email, "").send().await.refusal(), (400, 908));
    assert_eq!(mail(&t, "00000000-0000-4000-8000-000000000000", &user.email).send().await.refusal(), (403, 1103));
    t.set("TwoFactorAuthentication.IsEmailOtpAuthenticatorEnabled", "false").await;
    assert_eq!(t.post(path).key().send().await.refusal(), (403, 1256));
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1256));
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn both_paths_and_every_spelling_are_taken() {
    let (t, user) = enrolled_email().await;
    t.set("otp.RequestLimit", "100").await;
    for (send, check) in [("email", "email"), ("otp/email", "verification/otp/email")] {
        for name in ["email", "EmailId", "email_id"] {
            let token = knock(&t, &user).await;
            t.clock.advance(Span::minutes(1));
            let call = t.post(&format!("/identity/v2/auth/login/2fa/{send}")).key();
            let call = call.query("secondfactorauthenticationtoken", &token).query("emailtemplate2fa", "Mine");
            call.json(&json!({ name: user.email })).send().await.ok();
            let code = t.code_for(&user.email).await;
            let call = t.put(&format!("/identity/v2/auth/login/2fa/{check}")).key();
            let call = call.query("secondfactorauthenticationtoken", &token).query("fields", "Uid");
            let reply = call.json(&json!({ name: user.email, "Otp": code })).send().await;
            assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
        }
    }
}

#[tokio::test]
async fn a_code_is_good_for_one_login_and_one_tenant() {
    let (t, user) = enrolled_email().await;
    let (first, code) = (knock(&t, &user).await, t.code_for(&user.email).await);
    let second = knock(&t, &user).await;
    t.run_jobs().await;
    assert_eq!(verify_mail(&t, &second, &user.email, &code).send().await.refusal(), (403, 1067));
    let other = t.tenant("other").await;
    let call = t.put("/identity/v2/auth/login/2fa/email").query("apikey", &other.api_key);
    let call = call.query("secondfactorauthenticationtoken", &first);
    let foreign = call.json(&json!({ "emailid": user.email, "otp": code })).send().await;
    assert_eq!(foreign.refusal(), (403, 1097), "the other tenant has no second factors");
    // A code that the same person got for another purpose.
    let reset = reset_code(&t, &user).await;
    assert_eq!(verify_mail(&t, &first, &user.email, &reset).send().await.refusal(), (403, 1067));
    verify_mail(&t, &first, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn whose_addresses_are_all_gone_is_not_let_in_without_them() {
    let (t, user) = enrolled_email().await;
    t.update_call(&user, &json!({ "EmailVerified": false })).send().await.ok();
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1101));
    let reset = t.delete("/identity/v2/manage/account/2fa/email").back_end().query("uid", &user.uid);
    reset.send().await.ok();
    t.login(&user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn a_missing_invitation_leaves_code_and_login_as_they_were() {
    let (t, user) = enrolled_email().await;
    let token = knock(&t, &user).await;
    let code = t.code_for(&user.email).await;
    let set = |invitation: Option<&'static str>| {
        t.app.store.write::<_, doorward_store::Error>(move |tx| {
            tx.execute("UPDATE mfa_transactions SET invitation = $1", &[&invitation.map(str::to_owned)])
        })
    };
    set(Some("gone")).await.unwrap();
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (404, 8169));
    set(None).await.unwrap();
    verify_mail(&t, &token, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn an_address_that_is_proved_to_sign_in_is_no_second_factor_of_that_login() {
    let (t, user) = enrolled_email().await;
    let token = knock(&t, &user).await;
    let code = t.code_for(&user.email).await;
    let tokens = Tokens::of(&verify_mail(&t, &token, &user.email, &code).send().await);
    let add = t.post("/identity/v2/auth/email").key().token(&tokens.access);
    add.json(&json!({ "email": "typo@example.com", "type": "Work" })).send().await.ok();
    t.run_jobs().await;
    let link = t.outbox().into_iter().rev().find_map(|message| message.link).unwrap();
    let vtoken = link.split("vtoken=").nth(1).unwrap();
    let reply = t.get("/identity/v2/auth/email").key().query("verificationtoken", vtoken).send().await;
    let block = &reply.ok()["Data"]["SecondFactorAuthentication"];
    assert_eq!(block["Email"], json!(["a***1@e*****e.c*m"]), "the other address alone");
    let token = block["SecondFactorAuthenticationToken"].as_str().unwrap();
    assert_eq!(mail(&t, token, "typo@example.com").send().await.refusal(), (403, 1101));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_phone_that_is_proved_to_sign_in_is_no_second_factor_of_that_login() {
    let t = required().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let prove = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code);
    let waiting = token(&prove.json(&json!({ "phone": user.phone })).send().await);
    assert_eq!(set_phone(&t, &waiting, &user.phone).send().await.refusal(), (403, 1106));
    t.run_jobs().await;
}
