//! A device that waits until a link is opened elsewhere.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, PUBLIC_URL, Reply, Test, Tokens, User, race};
use doorward_model::time::Span;
use serde_json::json;

/// The random GUID of the device with this number.
pub(crate) fn guid(number: u32) -> String {
    format!("{number:08x}-6d5b-4c3a-9f2e-7b1d0c9e8f7a")
}

/// A product whose "acme" lets devices wait.
async fn ready() -> Test {
    let t = Test::new().await;
    t.set("smartLogin", "true").await;
    t
}

pub(crate) fn ask(t: &Test, name: &str, value: &str, guid: &str) -> Call {
    t.get("/identity/v2/auth/login/smartlogin").key().query(name, value).query("clientguid", guid)
}

pub(crate) fn ping(t: &Test, guid: &str) -> Call {
    t.get("/identity/v2/auth/login/smartlogin/ping").key().query("clientguid", guid)
}

pub(crate) fn open(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/email/smartlogin").key().query("verificationtoken", token)
}

/// The token in the latest link to this address.
pub(crate) async fn token_for(t: &Test, address: &str) -> String {
    t.run_jobs().await;
    let outbox = t.outbox();
    let link = outbox.iter().rev().find(|message| message.to == address).and_then(|message| message.link.clone());
    let link = link.expect("a link was sent to this address");
    link.split_once("verificationtoken=").unwrap().1.split('&').next().unwrap().to_owned()
}

/// Somebody whose device waits, and the token that lets it in.
async fn with_token() -> (Test, User, String) {
    let t = ready().await;
    let user = t.user().await;
    ask(&t, "email", &user.email, &guid(1)).send().await.ok();
    let token = token_for(&t, &user.email).await;
    (t, user, token)
}

fn carried(t: &Test) -> usize {
    t.outbox().len()
}

#[tokio::test]
async fn the_device_is_signed_in_after_the_link_was_opened_elsewhere() {
    let (t, user, token) = with_token().await;
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1139));
    let opened = open(&t, &token).from([198, 51, 100, 7]).header("user-agent", "a phone").send().await;
    assert_eq!(*opened.ok(), json!({ "IsPosted": true, "IsVerified": true }));
    let reply = ping(&t, &guid(1)).query("fields", "Uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    t.refresh_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn the_link_leads_to_the_question_of_this_server_or_to_the_page_that_is_named() {
    let (t, user, token) = with_token().await;
    let key = &t.acme.api_key;
    let link = format!(
        "{PUBLIC_URL}/confirm/smartlogin?apikey={key}&vtype=smartlogin&verificationtoken={token}&vtoken={token}"
    );
    assert_eq!(t.outbox()[0].link.as_deref(), Some(link.as_str()));
    assert_eq!(t.outbox()[0].template, "smart-login");
    t.set("domains", r#"["https://shop.example.com"]"#).await;
    let with_page = |page: &str| ask(&t, "email", &user.email, &guid(2)).query("redirecturl", page).send();
    assert_eq!(with_page("https://elsewhere.example.com/in").await.refusal(), (403, 1249));
    with_page("https://shop.example.com/in").await.ok();
    t.run_jobs().await;
    let link = t.outbox().last().unwrap().link.clone().unwrap();
    assert!(link.starts_with("https://shop.example.com/in?vtype=smartlogin&verificationtoken="), "{link}");
}

#[tokio::test]
async fn the_user_name_and_the_phone_lead_to_the_address_of_their_account() {
    let t = ready().await;
    let user = t.user().await;
    ask(&t, "username", &user.user_name, &guid(1)).send().await.ok();
    ask(&t, "phone", &user.phone, &guid(2)).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().iter().all(|message| message.to == user.email));
    assert_eq!(carried(&t), 2);
}

#[tokio::test]
async fn the_session_is_had_once() {
    let (t, _, token) = with_token().await;
    open(&t, &token).send().await.ok();
    ping(&t, &guid(1)).send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1136));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_pings_at_once_one_gets_the_session() {
    let (t, user, token) = with_token().await;
    open(&t, &token).send().await.ok();
    let replies = race((0..50).map(|_| ping(&t, &guid(1)))).await;
    let (won, lost): (Vec<Reply>, Vec<Reply>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 1136)));
    assert_eq!(won[0].json["Profile"]["NoOfLogins"], 1);
    t.profile_call(&Tokens::of(&won[0])).send().await.ok();
    let (sessions,): (i64,) = t.app.read(|tx| Ok(tx.one("SELECT COUNT(*) FROM sessions", &[])?)).await.unwrap();
    assert_eq!((sessions, won[0].json["Profile"]["Uid"].as_str()), (1, Some(user.uid.as_str())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_open_the_link_one_lets_the_device_in() {
    let (t, _, token) = with_token().await;
    let replies = race((0..50).map(|_| open(&t, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| {
        let code = reply.refusal().1;
        code == 1137 || code == 1138
    }));
}

#[tokio::test]
async fn an_opened_link_says_whether_the_device_has_its_session() {
    let (t, _, token) = with_token().await;
    open(&t, &token).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1138));
    ping(&t, &guid(1)).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1137));
}

#[tokio::test]
async fn an_unknown_link_and_an_old_one_let_nobody_in() {
    let (t, _, token) = with_token().await;
    assert_eq!(open(&t, "0123456789abcdef0123456789abcdef").send().await.refusal(), (403, 973));
    t.clock.advance(Span::minutes(15));
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 975));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
}

#[tokio::test]
async fn a_device_that_comes_too_late_gets_nothing() {
    let (t, _, token) = with_token().await;
    open(&t, &token).send().await.ok();
    t.clock.advance(Span::minutes(15));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
}

#[tokio::test]
async fn only_the_client_that_asked_gets_the_session() {
    let t = ready().await;
    let user = t.user().await;
    ask(&t, "email", &user.email, &guid(1)).header("user-agent", "laptop").send().await.ok();
    open(&t, &token_for(&t, &user.email).await).send().await.ok();
    let other_network = ping(&t, &guid(1)).header("user-agent", "laptop").from([198, 51, 100, 7]);
    assert_eq!(other_network.clone().send().await.refusal(), (403, 1140));
    assert_eq!(ping(&t, &guid(1)).header("user-agent", "other").send().await.refusal(), (403, 1140));
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
    ping(&t, &guid(1)).header("user-agent", "laptop").send().await.ok();
}

#[tokio::test]
async fn a_tenant_may_let_devices_move_between_networks_but_not_between_programs() {
    let t = ready().await;
    t.set("waitingDeviceNetwork", "false").await;
    let user = t.user().await;
    ask(&t, "email", &user.email, &guid(1)).header("user-agent", "laptop").send().await.ok();
    open(&t, &token_for(&t, &user.email).await).send().await.ok();
    let moved = || ping(&t, &guid(1)).from([198, 51, 100, 7]);
    assert_eq!(moved().header("user-agent", "other").send().await.refusal(), (403, 1140));
    moved().header("user-agent", "laptop").send().await.ok();
}

#[tokio::test]
async fn a_guid_that_may_be_guessed_is_refused() {
    let t = ready().await;
    let user = t.user().await;
    let guids = [
        "my-device",
        "00000000-0000-0000-0000-000000000000",
        "c232ab00-9414-11ec-b3c8-9f6bdeced846", // by clock and network card
        "5df41881-3aed-3515-88a7-2f4a814cf09e", // by name
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", // by clock
        "00000001-6d5b-4c3a-1f2e-7b1d0c9e8f7a", // of no variant
    ];
    for guid in guids {
        assert_eq!(ask(&t, "email", &user.email, guid).send().await.refusal(), (403, 1140), "{guid}");
        assert_eq!(ping(&t, guid).send().await.refusal(), (403, 1140), "{guid}");
    }
    t.run_jobs().await;
    assert_eq!(carried(&t), 0);
}

#[tokio::test]
async fn a_guid_is_one_however_it_is_written() {
    let (t, _, token) = with_token().await;
    open(&t, &token).send().await.ok();
    ping(&t, &guid(1).replace('-', "").to_uppercase()).send().await.ok();
}

#[tokio::test]
async fn a_guid_serves_one_attempt() {
    let (t, user, _) = with_token().await;
    assert_eq!(ask(&t, "email", &user.email, &guid(1)).send().await.refusal(), (403, 1136));
    assert_eq!(ask(&t, "email", "nobody@example.com", &guid(1)).send().await.refusal(), (403, 1136));
    t.run_jobs().await;
    assert_eq!(carried(&t), 1);
}

#[tokio::test]
async fn a_second_attempt_voids_the_link_of_the_first() {
    let (t, user, first) = with_token().await;
    ask(&t, "email", &user.email, &guid(2)).send().await.ok();
    let second = token_for(&t, &user.email).await;
    assert_eq!(open(&t, &first).send().await.refusal(), (403, 973));
    open(&t, &second).send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1139));
    ping(&t, &guid(2)).send().await.ok();
}

#[tokio::test]
async fn nothing_of_one_tenant_opens_anything_at_another() {
    let (t, _, token) = with_token().await;
    let other = t.tenant("globex").await;
    doorward_flows::configuration::tenants::set(&t.app, "globex", &[("smartLogin".to_owned(), "true".to_owned())])
        .await
        .unwrap();
    let there = |path: &str| t.get(path).query("apikey", &other.api_key);
    let opened = there("/identity/v2/auth/email/smartlogin").query("verificationtoken", &token).send().await;
    assert_eq!(opened.refusal(), (403, 973));
    open(&t, &token).send().await.ok();
    let pinged = there("/identity/v2/auth/login/smartlogin/ping").query("clientguid", &guid(1)).send().await;
    assert_eq!(pinged.refusal(), (403, 1140));
    ping(&t, &guid(1)).send().await.ok();
}

#[tokio::test]
async fn nobody_and_the_blocked_are_answered_alike_and_get_no_message() {
    let t = ready().await;
    let blocked = t.user_with(&json!({ "IsActive": false })).await;
    ask(&t, "email", "nobody@example.com", &guid(1)).send().await.ok();
    ask(&t, "email", &blocked.email, &guid(2)).send().await.ok();
    t.run_jobs().await;
    assert_eq!(carried(&t), 0);
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1139));
    assert_eq!(ping(&t, &guid(2)).send().await.refusal(), (403, 1139));
}

#[tokio::test]
async fn the_sixth_message_within_a_quarter_of_an_hour_is_refused() {
    let t = ready().await;
    let user = t.user().await;
    for number in 0..5 {
        ask(&t, "email", &user.email, &guid(number)).send().await.ok();
    }
    assert_eq!(ask(&t, "email", &user.email, &guid(5)).send().await.refusal(), (403, 1122));
    assert_eq!(ping(&t, &guid(5)).send().await.refusal(), (403, 1140));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_changed_password_sends_the_device_away_before_and_after_the_link_was_opened() {
    let (t, user, token) = with_token().await;
    open(&t, &token).send().await.ok();
    t.update_call(&user, &json!({ "Password": OTHER_PASSWORD })).send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
    ask(&t, "email", &user.email, &guid(2)).send().await.ok();
    let token = token_for(&t, &user.email).await;
    t.update_call(&user, &json!({ "Password": "cobalt lantern 33 ferries" })).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1137));
    assert_eq!(ping(&t, &guid(2)).send().await.refusal(), (403, 1139));
}

#[tokio::test]
async fn a_deleted_account_takes_its_waiting_device_with_it() {
    let (t, user, token) = with_token().await;
    open(&t, &token).send().await.ok();
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1140));
}

#[tokio::test]
async fn a_waiting_device_follows_its_account_to_another_uid() {
    let (t, user, token) = with_token().await;
    open(&t, &token).send().await.ok();
    let rename = t.put("/identity/v2/manage/account/uid").back_end().query("uid", &user.uid);
    rename.json(&json!({ "NewUid": "another" })).send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.ok()["Profile"]["Uid"], "another");
}

#[tokio::test]
async fn a_locked_account_is_told_so_and_the_device_waits_on() {
    let (t, user, token) = with_token().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    t.set("LoginLockedConfiguration.SuspendConfiguration.EffectivePeriodInSeconds", "60").await;
    open(&t, &token).send().await.ok();
    for _ in 0..2 {
        t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    }
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1198));
    t.clock.advance(Span::seconds(60));
    ping(&t, &guid(1)).send().await.ok();
}

#[tokio::test]
async fn a_refused_session_leaves_the_device_waiting() {
    let (t, user, token) = with_token().await;
    t.set("sessionLimit", "1").await;
    t.login(&user).await;
    open(&t, &token).send().await.ok();
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    ping(&t, &guid(1)).send().await.ok();
}

#[tokio::test]
async fn whoever_registered_an_address_they_do_not_hold_loses_the_account_to_its_owner() {
    let t = ready().await;
    let stranger = json!({
        "Email": [{ "Type": "Primary", "Value": "ravi@example.com" }],
        "PhoneId": "+919812345678",
        "Password": GOOD_PASSWORD,
    });
    t.register(&stranger).await.ok();
    let login = || {
        let body = json!({ "email": "ravi@example.com", "password": GOOD_PASSWORD });
        t.post("/identity/v2/auth/login").key().json(&body).send()
    };
    let session = Tokens::of(&login().await);
    ask(&t, "email", "ravi@example.com", &guid(1)).send().await.ok();
    open(&t, &token_for(&t, "ravi@example.com").await).send().await.ok();
    let reply = ping(&t, &guid(1)).send().await;
    assert_eq!(reply.ok()["Profile"]["EmailVerified"], true);
    assert_eq!(reply.json["Profile"]["PhoneId"], json!(null));
    assert_eq!(login().await.refusal(), (401, 966));
    assert_eq!(t.profile_call(&session).send().await.refusal(), (403, 905));
}

#[tokio::test]
async fn the_owner_of_a_proved_address_keeps_password_and_sessions() {
    let (t, user, token) = with_token().await;
    let session = t.login(&user).await;
    open(&t, &token).send().await.ok();
    ping(&t, &guid(1)).send().await.ok();
    t.profile_call(&session).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn an_address_that_stands_unproved_beside_a_proved_phone_gets_nothing() {
    let t = ready().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    ask(&t, "email", &user.email, &guid(1)).send().await.ok();
    t.run_jobs().await;
    assert_eq!(carried(&t), 0);
}

#[tokio::test]
async fn while_smart_login_is_off_nothing_of_it_works() {
    let (t, user, token) = with_token().await;
    t.set("smartLogin", "false").await;
    for call in [ask(&t, "email", &user.email, &guid(2)), open(&t, &token), ping(&t, &guid(1))] {
        assert_eq!(call.send().await.refusal(), (403, 1135));
    }
    t.set("oneTouchLogin", "true").await;
    t.set("smartLogin", "true").await;
    open(&t, &token).send().await.ok();
    t.set("smartLogin", "false").await;
    assert_eq!(ping(&t, &guid(1)).send().await.refusal(), (403, 1135));
}

#[tokio::test]
async fn a_parameter_that_is_missing_is_named() {
    let t = ready().await;
    let smart_login = || t.get("/identity/v2/auth/login/smartlogin").key();
    for (call, name) in [
        (smart_login().query("email", "ravi@example.com"), "clientguid"),
        (smart_login().query("clientguid", &guid(1)), "email"),
        (t.get("/identity/v2/auth/login/smartlogin/ping").key(), "clientguid"),
        (t.get("/identity/v2/auth/email/smartlogin").key(), "verificationtoken"),
    ] {
        let reply = call.send().await;
        assert_eq!(reply.refusal(), (400, 908));
        assert_eq!(reply.json["Description"], format!("The {name} is a required parameter."));
    }
}

#[tokio::test]
async fn the_switches_of_sign_in_hold_here_too() {
    let t = ready().await;
    t.set("IsPhoneLogin", "false").await;
    t.set("IsUserNameLogin", "false").await;
    assert_eq!(ask(&t, "phone", "+919812345678", &guid(1)).send().await.refusal(), (403, 1074));
    assert_eq!(ask(&t, "username", "ravi", &guid(1)).send().await.refusal(), (403, 1220));
    t.set("IsEmailLogin", "false").await;
    assert_eq!(ask(&t, "email", "ravi@example.com", &guid(1)).send().await.refusal(), (403, 1183));
}

#[tokio::test]
async fn neither_the_guid_nor_the_token_is_kept_in_clear() {
    let (t, _, token) = with_token().await;
    open(&t, &token).send().await.ok();
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
        t.app.read(|tx| Ok(tx.all("SELECT device, link, client FROM waiting_devices", &[])?)).await.unwrap();
    assert_eq!(rows.len(), 1);
    let (device, link, client) = &rows[0];
    // The id of the key and a hash of 32 bytes, whatever they are made of.
    assert!([device, link, client].iter().all(|kept| kept.len() == 36));
    let kept: Vec<(i64,)> = t.app.read(|tx| Ok(tx.all("SELECT COUNT(*) FROM sessions", &[])?)).await.unwrap();
    assert_eq!(kept, [(0,)], "the session is made when the device comes for it");
}
