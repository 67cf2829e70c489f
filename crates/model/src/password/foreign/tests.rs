use super::*;
use crate::password::{self, Password};
use crate::secret::Secret;
use proptest::prelude::*;
use vectors::{BY_RECIPE, NATIVE, PASSWORD};

mod vectors;

fn password(text: &str) -> Password {
    Password::new(&Secret::new(text))
}

fn recipe(json: &str) -> Result<Recipe, Unfit> {
    Recipe::read(serde_json::from_str::<serde_json::Value>(json).unwrap().as_object().unwrap())
}

/// Imports it and looks at all that holds of what is stored.
#[track_caller]
fn is_kept(name: &str, hash: &str, salt: Option<&str>, recipe: Option<&Recipe>) {
    let stored = import(hash, salt, recipe).unwrap_or_else(|unfit| panic!("{name}: {unfit}"));
    assert!(stored.starts_with(PREFIX), "{name}: {stored}");
    assert!(password::verify(&password(PASSWORD), &stored), "{name}: {stored}");
    assert!(!password::verify(&password("naïve tulip 59"), &stored), "{name}: {stored}");
    assert!(!password::verify(&password(""), &stored), "{name}: {stored}");
    assert!(password::is_outdated(&stored), "{name}");
    assert_eq!(import(&stored, None, None).as_ref(), Ok(&stored), "{name}: what is exported comes in again");
}

#[test]
fn hashes_that_say_how_they_were_made_are_matched_by_their_password_alone() {
    for (name, hash) in NATIVE {
        is_kept(name, hash, None, None);
    }
}

#[test]
fn hashes_of_a_recipe_are_matched_by_their_password_alone() {
    for (name, json, hash, salt) in BY_RECIPE {
        is_kept(name, hash, *salt, Some(&recipe(json).unwrap()));
    }
}

/// The example that the maker of the scheme publishes.
#[test]
fn the_scrypt_of_firebase_is_the_published_one() {
    let recipe = recipe(
        r#"{"Type": "FIREBASE_SCRYPT", "NumberOfIteration": 8, "PasswordHashMemory": 14, "SaltSeparator": "Bw==",
            "PasswordSaltEncodingType": "Base64",
            "SignerKey": "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="}"#,
    );
    let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    let stored = import(hash, Some("42xEC+ixf3L2lw=="), Some(&recipe.unwrap())).unwrap();
    assert!(password::verify(&password("user1password"), &stored));
    assert!(!password::verify(&password("user2password"), &stored));
}

#[test]
fn a_hash_with_the_parameters_of_today_is_kept_as_it_is() {
    let own = password::hash(&password(PASSWORD), [5; 16]);
    assert_eq!(import(&own, None, None), Ok(own));
}

#[test]
fn bcrypt_reads_72_bytes_as_it_did_elsewhere_and_nothing_behind_a_nul() {
    let hash = "$2b$04$abcdefghijklmnopqrstuu";
    let foreign = |text: &[u8]| {
        let salt = encoding::bcrypt64(&hash[7..]).unwrap();
        let scheme = Scheme::Bcrypt { cost: 4, before: scheme::Before::Nothing };
        compute::candidates(&scheme, text, &salt, 23)
    };
    let long = "x".repeat(72);
    assert_eq!(foreign(format!("{long}a").as_bytes()), foreign(format!("{long}b").as_bytes()));
    assert!(foreign(b"x\0x").is_empty());
}

#[test]
fn what_costs_too_much_is_refused_at_import() {
    let costly = [
        "$argon2id$v=19$m=1048576,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=65536,t=1000,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$2b$16$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=20,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8,p=4000000000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=63,r=4000000000,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2_sha256$4000000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "Rfc2898DeriveBytes$4000000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "$P$SsaltsaltAAAAAAAAAAAAAAAAAAAAAA",
        "$6$rounds=999999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];
    for hash in costly {
        assert_eq!(import(hash, None, None), Err(Unfit::TooCostly), "{hash}");
    }
    let planted = "$doorward-foreign$bcrypt$c=31,b=none$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(import(planted, None, None), Err(Unfit::TooCostly));
    let recipe = recipe(r#"{"Type": "ARGON2ID", "NumberOfIteration": 1, "PasswordHashMemory": 4000000}"#).unwrap();
    let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(import(hash, Some("saltsalt"), Some(&recipe)), Err(Unfit::TooCostly));
}

#[test]
fn what_would_match_by_chance_or_always_is_refused() {
    for hash in [
        "pbkdf2_sha256$10$salt$",
        "$pbkdf2-sha256$10$c2FsdA$AAAA",
        "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$",
        "{SHA}",
        "{SSHA}AAAA",
        "$1$salt$",
        "$5$salt$AAAA",
        "$3$$",
        "$doorward-foreign$pbkdf2$i=1$$",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
        "pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "$2b$03$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(import(hash, None, None), Err(Unfit::Malformed), "{hash}");
    }
}

#[test]
fn a_hash_that_nobody_explains_is_refused() {
    let bare = "5f4dcc3b5aa765d61d8327deb882cf99";
    assert_eq!(import(bare, None, None), Err(Unfit::Unrecognised));
    assert!(import(bare, None, Some(&recipe(r#"{"type": "md5"}"#).unwrap())).is_ok());
    assert_eq!(import(bare, None, Some(&recipe(r#"{"Type": "SHA1"}"#).unwrap())), Err(Unfit::Malformed));
    assert_eq!(import(bare, None, Some(&recipe(r#"{"Type": "BCRYPT"}"#).unwrap())), Err(Unfit::Malformed));
}

#[test]
fn a_recipe_that_is_not_understood_is_refused() {
    for json in [
        "{}",
        r#"{"Type": "ROT13"}"#,
        r#"{"Type": 5}"#,
        r#"{"Type": "MD5", "SaltAttachType": "Sideways"}"#,
        r#"{"Type": "MD5", "SaltPattern": "{salt}"}"#,
        r#"{"Type": "MD5", "PasswordHashEncodingType": "UTF8"}"#,
        r#"{"Type": "MD5", "PlaintextPasswordEncoding": "Base64"}"#,
        r#"{"Type": "PBKDF2", "NumberOfIteration": -1}"#,
        r#"{"Type": "PBKDF2", "NumberOfIteration": 99999999999}"#,
    ] {
        assert!(matches!(recipe(json), Err(Unfit::Recipe(_))), "{json}");
    }
}

#[test]
fn a_password_of_many_kilobytes_is_not_hashed_the_old_way() {
    let (_, hash) = NATIVE.iter().find(|(name, _)| *name == "sha512-crypt").unwrap();
    let stored = import(hash, None, None).unwrap();
    assert!(!password::verify(&password(&"x".repeat(LONGEST_PASSWORD + 1)), &stored));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,60}", index in 0..NATIVE.len(), cut in 0usize..80) {
        let _ = import(&text, None, None);
        let _ = import(&text, Some(&text), Some(&recipe(r#"{"Type": "PBKDF2", "NumberOfIteration": 1}"#).unwrap()));
        let (_, hash) = NATIVE[index];
        let cut = hash.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(hash.len());
        let _ = import(&hash[..cut], None, None);
        let _ = import(&format!("{}{text}", &hash[..cut]), None, None);
    }
}
