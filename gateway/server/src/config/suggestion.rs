//! "Did you mean": the nearest of the names that would have been right.

/// The candidate nearest to `typed`, if it is near enough to be meant.
pub(super) fn nearest<'c>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let typed = typed.to_lowercase();
    let (distance, nearest) = candidates
        .into_iter()
        .map(|name| (distance(&typed, name), name))
        .min()?;
    // A third of the letters wrong is a slip; more is another word.
    (distance <= nearest.chars().count().max(3) / 3).then_some(nearest)
}

/// Fewest letters to insert, delete or replace to turn one text into the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, right) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["base_url", "profile", "plain", "tls"];
        assert_eq!(nearest("base_ur", names), Some("base_url"));
        assert_eq!(nearest("baseurl", names), Some("base_url"));
        assert_eq!(nearest("Plain", names), Some("plain"));
        assert_eq!(nearest("tsl", names), None);
        assert_eq!(nearest("tl", names), Some("tls"));
        assert_eq!(nearest("timeout", names), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("hồ sơ", "ho so"), 2);
    }
}
