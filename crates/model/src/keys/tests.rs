use super::*;

fn tenant() -> TenantId {
    TenantId::new("tenant")
}

#[test]
fn a_digest_differs_by_purpose_tenant_and_key() {
    let keys = Keys::derive(&[1; 32], &[]);
    let one = keys.digest(Purpose::AccessToken, &tenant(), "text");
    assert!(one.matches(&keys.digest(Purpose::AccessToken, &tenant(), "text")));
    assert!(!one.matches(&keys.digest(Purpose::RefreshToken, &tenant(), "text")));
    assert!(!one.matches(&keys.digest(Purpose::AccessToken, &TenantId::new("other"), "text")));
    assert!(!one.matches(&Keys::derive(&[2; 32], &[]).digest(Purpose::AccessToken, &tenant(), "text")));
}

#[test]
fn a_digest_knows_its_forms_under_every_key_held() {
    let (first, second) = (Keys::derive(&[1; 32], &[]), Keys::derive(&[2; 32], &[[1; 32]]));
    let of = |keys: &Keys, text: &str| keys.digest(Purpose::Identifier, &tenant(), text);
    let (old, new) = (of(&first, "text"), of(&second, "text"));
    assert!(first.digest(Purpose::Identifier, &tenant(), "text").earlier().next().is_none());
    assert_eq!(new.forms().map(|form| form.hex()).collect::<Vec<_>>(), [new.hex(), old.hex()]);
    assert_eq!(new.oldest().hex(), old.hex());
    assert_ne!(new.as_bytes(), old.as_bytes());
    // As the database gives it back: what it is, and no more.
    let stored = Digest::new(old.as_bytes().to_vec());
    assert!(new.matches(&stored) && stored.matches(&new));
    assert!(!of(&second, "other").matches(&stored));
    assert!(!Digest::new(new.as_bytes().to_vec()).matches(&stored));
}

#[test]
fn after_a_rotation_old_digests_and_ciphertexts_are_still_known() {
    let old = Keys::derive(&[1; 32], &[]);
    let new = Keys::derive(&[2; 32], &[[1; 32]]);
    let stored = old.digest(Purpose::OneTimeCode, &tenant(), "123456");
    assert!(new.confirms(&stored, Purpose::OneTimeCode, &tenant(), "123456"));
    assert!(!new.confirms(&stored, Purpose::OneTimeCode, &tenant(), "123457"));
    assert_eq!(new.open("here", &old.seal("here", "text", [7; 12])).as_deref(), Ok("text"));
}

#[test]
fn a_sealed_value_opens_only_unchanged_in_its_place_and_under_its_key() {
    let keys = Keys::derive(&[1; 32], &[]);
    let sealed = keys.seal("here", "text", [7; 12]);
    assert_eq!(keys.open("here", &sealed).as_deref(), Ok("text"));
    assert_eq!(keys.open("there", &sealed), Err(Unopened::Damaged));
    assert_eq!(Keys::derive(&[2; 32], &[]).open("here", &sealed), Err(Unopened::UnknownKey));
    for cut in 0..sealed.len() {
        assert!(keys.open("here", &sealed[..cut]).is_err());
    }
    let mut changed = sealed.clone();
    changed[20] ^= 1;
    assert_eq!(keys.open("here", &changed), Err(Unopened::Damaged));
}
