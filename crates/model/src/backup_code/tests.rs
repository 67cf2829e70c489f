use super::{DRAWN, compared, new};
use crate::secret::Secret;

#[test]
fn a_code_is_four_groups_of_four() {
    let code = new([0x5b; DRAWN]);
    let groups: Vec<&str> = code.expose().split('-').collect();
    assert_eq!(groups.len(), 4);
    assert!(groups.iter().all(|group| group.len() == 4));
    assert_ne!(code.expose(), new([0x5c; DRAWN]).expose());
}

#[test]
fn it_may_be_typed_in_any_case_and_grouping() {
    let code = Secret::new("olqm-2xvp-hd4t-w6rn");
    for typed in ["OLQM2XVPHD4TW6RN", " olqm 2xvp hd4t w6rn ", "01qm-2xvp-hd4t-w6rn"] {
        assert_eq!(compared(&Secret::new(typed)).expose(), compared(&code).expose());
    }
    assert_ne!(compared(&Secret::new("olqm-2xvp-hd4t-w6rm")).expose(), compared(&code).expose());
}
