use super::*;

#[test]
fn random_bytes_differ_each_time() {
    let [mut one, mut other] = [[0; 32]; 2];
    MachineRandom.fill(&mut one);
    MachineRandom.fill(&mut other);
    assert_ne!(one, other);
    assert_ne!(one, [0; 32]);
}

#[test]
fn the_clock_counts_milliseconds_since_1970() {
    let (year_2025, year_2100) = (1_735_689_600_000, 4_102_444_800_000);
    assert!((year_2025..year_2100).contains(&SystemClock.now().0));
}
