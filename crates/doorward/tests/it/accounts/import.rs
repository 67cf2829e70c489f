//! Accounts taken over from elsewhere, by the bulk operation and as the command does it.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, User, race};
use doorward_flows::accounts::export::{self, Hashes};
use doorward_flows::accounts::import;
use doorward_flows::configuration::tenants;

use doorward_flows::accounts::import::{Batch, Duplicates, Outcome, Row, Rules, Seen};

use doorward_model::id::Uid;
use doorward_model::password::foreign::Recipe;
use doorward_store::passwords;
use serde_json::{Value, json};

/// bcrypt of [`GOOD_PASSWORD`].
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuXsdm0M8sHnRngM7oTA6t2s4mEkE1ESa";
/// SHA-1 of "pepper" and [`GOOD_PASSWORD`].
const SHA1: &str = "3133e9eb1d1d33cf9f838d3572c75962cf875b77";
/// PBKDF2 of the salt "Ba4zsWmfF" and [`GOOD_PASSWORD`].
const RFC2898: &str =
    "Rfc2898DeriveBytes$1000$AAECAwQFBgcICQoLDA0ODw==$2k99vTI3dtlPhs4UzifiKXgoiyCm7Rq/Hg9cHZgkdzk=:Ba4zsWmfF";

fn person(name: &str) -> Value {
    json!({
        "Email": [{ "Type": "Primary", "Value": format!("{name}@example.com") }],
        "EmailVerified": true,
        "FirstName": name,
        "PasswordHash": BCRYPT,
    })
}

fn upload(t: &Test, body: &Value) -> Call {
    t.post("/v2/bulk/upsert").back_end().json(body)
}

fn sign_in(t: &Test, email: &str, password: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ "email": email, "password": password }))
}

#[track_caller]
fn counts(reply: &Reply) -> (u64, u64, usize) {
    let profile = &reply.ok()["Profile"];
    let number = |name: &str| profile[name].as_u64().unwrap();
    (number("RecordInserted"), number("RecordUpdated"), profile["Failed"].as_array().unwrap().len())
}

async fn stored_hash(t: &Test, uid: &str) -> String {
    let (tenant, uid) = (t.acme.id.clone(), Uid::new(uid));
    let current = t.app.store.read(move |tx| passwords::current(tx, &tenant, &uid)).await;
    current.unwrap().unwrap().hash
}

#[tokio::test]
async fn a_password_hashed_elsewhere_signs_in_and_is_replaced() {
    let t = Test::new().await;
    let body = json!({ "Profiles": [person("ann")] });
    assert_eq!(counts(&upload(&t, &body).send().await), (1, 0, 0));

    let refused = sign_in(&t, "ann@example.com", OTHER_PASSWORD).send().await.refusal();
    assert_eq!(refused, (401, 966));
    let reply = sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await;
    let uid = reply.ok()["Profile"]["Uid"].as_str().unwrap();
    assert_eq!(reply.json["Profile"]["IsSecurePassword"], true, "the login saw that it meets the rules");
    assert!(stored_hash(&t, uid).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.ok();
    assert_eq!(sign_in(&t, "ann@example.com", OTHER_PASSWORD).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_wrong_password_leaves_the_hash_as_it_came() {
    let t = Test::new().await;
    let mut ann = person("ann");
    ann["Uid"] = json!("ann-1");
    upload(&t, &json!({ "Profiles": [ann] })).send().await.ok();
    let before = stored_hash(&t, "ann-1").await;
    sign_in(&t, "ann@example.com", OTHER_PASSWORD).send().await.refusal();
    assert_eq!(stored_hash(&t, "ann-1").await, before);
    assert!(before.starts_with("$doorward-foreign$bcrypt$"));
}

#[tokio::test]
async fn logins_that_race_replace_the_hash_once_and_all_succeed() {
    let t = Test::new().await;
    upload(&t, &json!({ "Profiles": [person("ann")] })).send().await.ok();
    let replies = race((0..6).map(|_| sign_in(&t, "ann@example.com", GOOD_PASSWORD))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn hashes_in_the_vendors_forms_sign_in() {
    let t = Test::new().await;
    let of = |name: &str, hash: &str| {
        let mut person = person(name);
        person["PasswordHash"] = json!(hash);
        person
    };
    let body = json!({ "Profiles": [of("ann", RFC2898)] });
    upload(&t, &body).send().await.ok();
    let body = json!({
        "PasswordEncryption": { "Type": "SHA1", "Salt": "pepper", "SaltAttachType": "Prepend", "IsPerPasswordSalt": false },
        "Profiles": [of("bob", SHA1)],
    });
    upload(&t, &body).send().await.ok();
    for name in ["ann", "bob"] {
        sign_in(&t, &format!("{name}@example.com"), GOOD_PASSWORD).send().await.ok();
    }
}

#[tokio::test]
async fn the_canonical_path_and_the_scripts_path_are_one_operation() {
    let t = Test::new().await;
    let body = json!({ "profiles": [person("ann")] });
    let reply = t.post("/bulk/upsert").back_end().json(&body).send().await;
    assert_eq!(counts(&reply), (1, 0, 0));
    assert_eq!(counts(&upload(&t, &body).send().await), (0, 0, 1));
}

#[tokio::test]
async fn nothing_is_stored_when_a_record_is_not_acceptable() {
    let t = Test::new().await;
    let body = json!({ "Profiles": [
        person("ann"),
        { "FirstName": "Nobody" },
        { "Email": "bob@example.com", "PasswordHash": "5f4dcc3b5aa765d61d8327deb882cf99" },
        { "Email": "quokka" },
        { "Email": "cid@example.com", "PasswordHash": BCRYPT, "Password": GOOD_PASSWORD },
        { "Email": "dan@example.com", "PasswordHash": "$2b$31$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    ] });
    let reply = upload(&t, &body).send().await;
    assert_eq!(reply.refusal(), (400, 8198));
    let errors = reply.json["Errors"].as_array().unwrap();
    let names: Vec<&str> = errors.iter().map(|error| error["FieldName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Record 2", "Record 3", "Record 4", "Record 5", "Record 6"]);
    assert!(!reply.text.contains("5f4dcc3b") && !reply.text.contains("quokka"), "{}", reply.text);
    assert_eq!(sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_record_that_is_somebodys_fails_alone_and_leaves_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    let mut taken = person("bob");
    taken["UserName"] = json!(user.user_name);
    taken["Uid"] = json!("bob-1");
    let body = json!({ "Profiles": [person("ann"), taken, person("ann"), person("cid")] });
    let reply = upload(&t, &body).send().await;
    assert_eq!(counts(&reply), (2, 0, 2));
    let failed = reply.json["Profile"]["Failed"].as_array().unwrap();
    assert_eq!((failed[0]["RecordNumber"].as_u64(), failed[1]["RecordNumber"].as_u64()), (Some(2), Some(3)));
    let gone = t.get("/identity/v2/manage/account/bob-1").back_end().send().await;
    assert_eq!(gone.refusal(), (403, 984));
    assert_eq!(sign_in(&t, "bob@example.com", GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login(&user).await;
}

#[tokio::test]
async fn duplicates_change_accounts_only_where_it_is_asked_for() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let change = json!({
        "Email": [{ "Type": "Primary", "Value": user.email }], "FirstName": "Changed", "PasswordHash": RFC2898,
    });
    for delta in [json!({ "DeltaMigration": true, "OverWriteDuplicate": false }), json!(null)] {
        let body = json!({ "Profiles": [change], "DeltaMigrationModel": delta });
        assert_eq!(counts(&upload(&t, &body).send().await), (0, 0, 1));
    }
    let delta = json!({ "DeltaMigration": true, "OverWriteDuplicate": true });
    let body = json!({ "Profiles": [change, person("ann")], "DeltaMigrationModel": delta });
    assert_eq!(counts(&upload(&t, &body).send().await), (1, 1, 0));
    let profile = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(profile.ok()["FirstName"], "Changed");
    assert_eq!(profile.json["LastName"], "Rao", "what the record does not name stays");
    assert_eq!(profile.json["EmailVerified"], true);
    assert_ne!(t.profile_call(&tokens).send().await.status, 200, "a new password ends sessions");
    sign_in(&t, &user.email, GOOD_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn a_record_between_two_accounts_changes_neither() {
    let t = Test::new().await;
    let (one, other) = (t.user().await, t.user().await);
    let record = json!({ "Email": one.email, "UserName": other.user_name, "FirstName": "Mixed" });
    let delta = json!({ "DeltaMigration": true, "OverWriteDuplicate": true });
    let reply = upload(&t, &json!({ "Profiles": [record], "DeltaMigrationModel": delta })).send().await;
    assert_eq!(counts(&reply), (0, 0, 1));
    for user in [one, other] {
        let profile = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
        assert_eq!(profile.ok()["FirstName"], "Asha");
    }
}

#[tokio::test]
async fn another_tenants_people_are_neither_seen_nor_changed() {
    let t = Test::new().await;
    let globex = t.tenant("globex").await;
    let theirs: User = t.user_at(&json!({}), |call| call.back_end_of(&globex)).await;
    let record = json!({ "Email": theirs.email, "Uid": theirs.uid, "FirstName": "Mine", "PasswordHash": BCRYPT });
    let delta = json!({ "DeltaMigration": true, "OverWriteDuplicate": true });
    let reply = upload(&t, &json!({ "Profiles": [record], "DeltaMigrationModel": delta })).send().await;
    assert_eq!(counts(&reply), (1, 0, 0));
    let profile = t.get(&format!("/identity/v2/manage/account/{}", theirs.uid)).back_end_of(&globex).send().await;
    assert_eq!(profile.ok()["FirstName"], "Asha");
}

#[tokio::test]
async fn no_records_too_many_and_an_unusable_encryption_are_refused() {
    let t = Test::new().await;
    assert_eq!(upload(&t, &json!({})).send().await.refusal(), (400, 8246));
    assert_eq!(upload(&t, &json!({ "Profiles": [] })).send().await.refusal(), (400, 8246));
    let many: Vec<Value> = (0..501).map(|number| json!({ "UserName": format!("u{number}") })).collect();
    assert_eq!(upload(&t, &json!({ "Profiles": many })).send().await.refusal(), (400, 8199));
    let encryption = json!({ "Type": "ROT13" });
    let body = json!({ "Profiles": [person("ann")], "PasswordEncryption": encryption });
    assert_eq!(upload(&t, &body).send().await.refusal(), (400, 7992));
    let bare = t.post("/bulk/upsert").key().json(&json!({ "Profiles": [person("ann")] }));
    assert_eq!(bare.send().await.refusal(), (400, 923));
}

#[tokio::test]
async fn a_body_of_five_hundred_full_records_is_read() {
    let t = Test::new().await;
    let about = "x".repeat(1500);
    let records: Vec<Value> =
        (0..500).map(|number| json!({ "UserName": format!("u{number}"), "About": about })).collect();
    assert_eq!(counts(&upload(&t, &json!({ "Profiles": records })).send().await), (500, 0, 0));
}

/// A record that races with another over one address is there once, whoever wins.
#[tokio::test]
async fn uploads_that_race_for_an_address_make_one_account() {
    let t = Test::new().await;
    let body = json!({ "Profiles": [person("ann"), person("bob")] });
    let replies = race((0..5).map(|_| upload(&t, &body))).await;
    let inserted: u64 = replies.iter().map(|reply| counts(reply).0).sum();
    assert_eq!(inserted, 2);
    sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.ok();
}

fn rules() -> Rules {
    Rules { recipe: None, duplicates: Duplicates::Refuse }
}

fn rows(bodies: &[Value]) -> Vec<Row> {
    (1..).zip(bodies).map(|(number, body)| Row { number, body: body.as_object().cloned() }).collect()
}

async fn run(t: &Test, bodies: &[Value], number: i64) -> Outcome {
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    let batch = Batch { import: vec![7; 32], number };
    import::import(&t.app, &tenant, &rules(), rows(bodies), batch).await.unwrap()
}

#[tokio::test]
async fn a_batch_is_written_once_however_often_it_is_tried_and_tells_the_same() {
    let t = Test::new().await;
    let bodies = [person("ann"), json!({ "FirstName": "Nobody" }), person("ann"), json!(5)];
    let first = run(&t, &bodies, 0).await;
    assert_eq!((first.inserted, first.refused.iter().map(|row| row.number).collect()), (1, vec![2, 3, 4]));
    assert_eq!(run(&t, &bodies, 0).await, first);

    let other = run(&t, &bodies, 1).await;
    assert_eq!((other.inserted, other.refused.len()), (0, 4), "another batch is written on its own");
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    import::conclude(&t.app, &tenant, vec![7; 32]).await.unwrap();
    assert_eq!(run(&t, &bodies, 0).await.inserted, 0, "an import that ended is forgotten, its accounts are not");
}

#[tokio::test]
async fn looking_stores_nothing_and_foresees_what_happens() {
    let t = Test::new().await;
    let user = t.user().await;
    let bodies = [person("ann"), json!({ "Email": user.email }), person("ann"), json!({ "Email": "?" }), person("bob")];
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    let mut seen = Seen::default();
    let foreseen = import::look(&t.app, &tenant, &rules(), rows(&bodies), &mut seen).await.unwrap();
    let again = import::look(&t.app, &tenant, &rules(), rows(&bodies[..1]), &mut seen).await.unwrap();
    assert_eq!((again.inserted, again.refused.len()), (0, 1), "rows far apart are seen together");
    assert_eq!(sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(run(&t, &bodies, 0).await, foreseen);
}

#[tokio::test]
async fn what_is_exported_comes_in_again_as_it_was() {
    let t = Test::new().await;
    let full: Value = serde_json::from_str(include_str!("../../../../model/tests/data/profile.json")).unwrap();
    let mut bodies = vec![person("ann"), full, person("cid")];
    bodies[0]["UnverifiedEmail"] = json!([{ "Type": "Work", "Value": "ann@work.example" }]);
    bodies[2]["PasswordHash"] = Value::Null;
    bodies[2]["Password"] = json!(GOOD_PASSWORD);
    let outcome = run(&t, &bodies, 0).await;
    assert_eq!((outcome.inserted, &outcome.refused), (3, &Vec::new()));
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    let exported = export::export(&t.app, &tenant, Uid::new(""), 10, Hashes::With).await.unwrap();
    assert_eq!(exported.len(), 3);

    let globex = t.tenant("globex").await;
    let target = tenants::tenant(&t.app, "globex").await.unwrap().unwrap();
    let lines: Vec<Value> = exported.iter().map(|one| serde_json::from_str(&one.line).unwrap()).collect();
    let batch = Batch { import: vec![8; 32], number: 0 };
    let outcome = import::import(&t.app, &target, &rules(), rows(&lines), batch).await.unwrap();
    assert_eq!((outcome.inserted, &outcome.refused), (3, &Vec::new()));
    let back = export::export(&t.app, &target, Uid::new(""), 10, Hashes::With).await.unwrap();
    let differing = |one: &Value, other: &Value| -> Vec<String> {
        let one = one.as_object().unwrap();
        one.iter().filter(|(key, value)| other[key.as_str()] != **value).map(|(key, _)| key.clone()).collect()
    };
    for (line, back) in lines.iter().zip(&back) {
        let back: Value = serde_json::from_str(&back.line).unwrap();
        let differing = differing(line, &back);
        assert!(differing.iter().all(|key| key == "IsCustomUid"), "{differing:?}");
    }
    let login = t.post("/identity/v2/auth/login").query("apikey", &globex.api_key);
    login.json(&json!({ "email": "ann@example.com", "password": GOOD_PASSWORD })).send().await.ok();
}

#[tokio::test]
async fn exported_pages_follow_each_other_and_may_leave_hashes_out() {
    let t = Test::new().await;
    let names = ["a", "b", "c"].map(person);
    run(&t, &names, 0).await;
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    let (mut after, mut seen) = (Uid::new(""), 0);
    loop {
        let page = export::export(&t.app, &tenant, after.clone(), 2, Hashes::Without).await.unwrap();
        assert!(page.iter().all(|account| !account.line.contains("PasswordHash") && account.uid > after));
        seen += page.len();
        match page.last() {
            Some(last) => after = last.uid.clone(),
            None => break,
        }
    }
    assert_eq!(seen, 3);
}

#[tokio::test]
async fn a_salt_may_stand_beside_its_hash() {
    let t = Test::new().await;
    let recipe = json!({ "Type": "SHA1", "SaltAttachType": "Prepend" });
    let rules =
        Rules { recipe: Some(Recipe::read(recipe.as_object().unwrap()).unwrap()), duplicates: Duplicates::Refuse };
    let bodies = [json!({ "Email": "ann@example.com", "PasswordHash": SHA1, "PasswordSalt": "pepper" })];
    let tenant = tenants::tenant(&t.app, "acme").await.unwrap().unwrap();
    let batch = Batch { import: vec![9; 32], number: 0 };
    import::import(&t.app, &tenant, &rules, rows(&bodies), batch).await.unwrap();
    sign_in(&t, "ann@example.com", GOOD_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn passwords_of_an_import_are_not_in_the_database_as_they_came() {
    let t = Test::new().await;
    let body = json!({ "Email": "ann@example.com", "Uid": "ann-1", "Password": GOOD_PASSWORD });
    run(&t, &[body], 0).await;
    let stored = stored_hash(&t, "ann-1").await;
    assert!(stored.starts_with("$argon2id$") && !stored.contains(GOOD_PASSWORD));
}
