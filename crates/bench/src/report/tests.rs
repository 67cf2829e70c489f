use super::*;

fn trial(per_second: f64, limit: f64) -> Trial {
    let figures = |per_second| Figures { per_second, p50: 1.0, p99: 2.0, processor: 3.0 };
    Trial { figures: figures(per_second), limit: figures(limit), tally: Tally::default() }
}

fn cell(connections: usize, trials: &[Trial]) -> Cell {
    Cell::of("sqlite", 10_000, Scenario::Validate, connections, Limit::Bare, 0.5, trials).unwrap()
}

#[test]
fn a_share_is_that_of_the_limit_measured_beside_it() {
    let cell = cell(64, &[trial(60.0, 100.0), trial(30.0, 40.0), trial(10.0, 100.0)]);
    assert!((cell.ratio.median - 0.6).abs() < 1e-9, "{cell:?}");
    assert!((cell.ratio.least - 0.1).abs() < 1e-9 && (cell.ratio.most - 0.75).abs() < 1e-9, "{cell:?}");
    assert_eq!(cell.verdict, Verdict::Ok);
}

#[test]
fn a_missed_target_is_said_and_few_connections_are_not_judged() {
    let missed = [trial(49.0, 100.0)];
    assert_eq!(cell(64, &missed).verdict, Verdict::Below);
    assert_eq!(cell(16, &missed).verdict, Verdict::NotJudged);
    assert_eq!(Target::AtMost(50.0).judge(50.1), Verdict::Above);
    assert_eq!(Target::AtMost(50.0).judge(50.0), Verdict::Ok);
}

#[test]
fn figures_keep_the_digits_that_matter() {
    assert_eq!(
        ["0.12", "12.3", "123", "-0.05"],
        [0.123, 12.34, 123.4, -0.051].map(rounded).map(|text| text.leak() as &str)
    );
    assert_eq!(spread(&Spread { median: 2.0, least: 1.0, most: 3.0 }), "2.00 (1.00–3.00)");
    assert_eq!(spread(&Spread { median: 2.0, least: 2.0, most: 2.0 }), "2.00");
}

#[test]
fn a_table_lines_up_in_a_terminal_too() {
    let rows = [vec!["a".to_owned(), "µs".to_owned()], vec!["longer".to_owned(), String::new()]];
    let text = table(&["one", "two"], &rows);
    assert_eq!(text, "| one    | two |\n| ------ | --- |\n| a      | µs  |\n| longer |     |\n");
}

#[test]
fn every_line_has_a_cell_for_every_heading() {
    let cell = cell(64, &[trial(1.0, 2.0)]);
    assert!(cell.lines().iter().all(|line| line.len() == CELL_HEADINGS.len()));
    let fact = Fact::new("sqlite", 1, "start", "ms", Spread::only(1.0), Some(Target::AtMost(50.0)));
    assert_eq!(fact.line().len(), FACT_HEADINGS.len());
    assert_eq!(fact.line()[3], "≤ 50 ms");
}
