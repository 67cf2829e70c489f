use super::*;

#[test]
fn a_wait_is_as_long_as_one_of_the_latest_calls() {
    let pace = Pace::default();
    assert_eq!(pace.typical(7), Duration::ZERO);
    (1..=20).for_each(|millis| pace.note(Duration::from_millis(millis)));
    assert_eq!(pace.typical(0), Duration::from_millis(20));
    assert_eq!(pace.typical(15), Duration::from_millis(5));
    assert_eq!(pace.typical(16), Duration::from_millis(20));
}
