//! What many measurements come to.

use serde::Serialize;

/// The latency that `per_mille` of a thousand do not exceed (nearest rank); `None` when there are none.
pub(crate) fn quantile(sorted: &[u32], per_mille: usize) -> Option<u32> {
    let rank = (sorted.len() * per_mille).div_ceil(1000);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// A count as a number to divide with; the counts of one run are far below 2^32.
pub(crate) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The same figure from several repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The middle one; of an even number, the mean of the two in the middle.
    pub(crate) median: f64,
    /// The smallest.
    pub(crate) least: f64,
    /// The greatest.
    pub(crate) most: f64,
}

impl Spread {
    /// Sums up `values`; `None` when there are none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let median = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Spread { median, least, most })
    }

    /// A figure that was taken once.
    pub(crate) fn only(value: f64) -> Spread {
        Spread { median: value, least: value, most: value }
    }

    /// The same in another unit.
    pub(crate) fn scaled(self, factor: f64) -> Spread {
        Spread { median: self.median * factor, least: self.least * factor, most: self.most * factor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_values_by_nearest_rank() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(quantile(&values, 500), Some(100));
        assert_eq!(quantile(&values, 990), Some(198));
        assert_eq!(quantile(&values, 1000), Some(200));
        assert_eq!(quantile(&values, 0), Some(1));
    }

    #[test]
    fn a_single_value_is_every_quantile_and_none_is_none() {
        assert_eq!(quantile(&[7], 500), Some(7));
        assert_eq!(quantile(&[7], 990), Some(7));
        assert_eq!(quantile(&[], 500), None);
    }

    #[test]
    fn a_spread_names_middle_and_ends_in_whatever_order_they_came() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { median: 2.0, least: 1.0, most: 3.0 }));
        assert_eq!(Spread::of([4.0, 1.0]), Some(Spread { median: 2.5, least: 1.0, most: 4.0 }));
        assert_eq!(Spread::of([]), None);
    }
}
