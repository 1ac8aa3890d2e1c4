//! Small counts worked out by hand, and what no reader may find out.

use proptest::prelude::*;

use super::*;

const LIMIT: u64 = 5;

fn cells(counts: &Settled, ids: &[Id]) -> Vec<String> {
    ids.iter()
        .map(|id| match counts.count(*id) {
            Cell::Count(count) => count.to_string(),
            Cell::FewerThan(limit) => format!("<{limit}"),
            Cell::Withheld => "–".to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

/// One row with its total first.
fn row(parts: &[u64]) -> Vec<String> {
    let mut counts = Unsettled::new(LIMIT);
    let total = counts.printed(parts.iter().sum());
    let ids: Vec<Id> = parts.iter().map(|part| counts.printed(*part)).collect();
    counts.sum(total, ids.clone());
    let settled = counts.settle();
    let mut all = vec![total];
    all.extend(ids);
    cells(&settled, &all)
}

#[test]
fn a_small_count_takes_the_smallest_other_one_along() {
    assert_eq!(row(&[40, 30, 7]), ["77", "40", "30", "7"]);
    assert_eq!(row(&[40, 7, 3]), ["50", "40", "–", "<5"]);
    assert_eq!(row(&[7, 3, 0]), ["10", "–", "<5", "0"]);
    assert_eq!(row(&[3, 0, 0]), ["<5", "<5", "0", "0"]);
    assert_eq!(row(&[0, 0]), ["0", "0", "0"]);
}

#[test]
fn two_small_counts_do_not_give_each_other_away() {
    // 1 and 1 of 2, or 4 and 4 of 8, follow from the total alone.
    assert_eq!(row(&[20, 1, 1]), ["22", "–", "<5", "<5"]);
    assert_eq!(row(&[20, 4, 4]), ["28", "–", "<5", "<5"]);
    assert_eq!(row(&[20, 2, 3]), ["25", "20", "<5", "<5"]);
    // With 5, the least that is withheld, the other one would be 1.
    assert_eq!(row(&[20, 5, 1]), ["26", "–", "–", "<5"]);
}

#[test]
fn a_share_with_a_small_rest_is_not_shown() {
    let mut counts = Unsettled::new(LIMIT);
    let whole = counts.printed(100);
    let most = counts.part_of(whole, 98);
    let half = counts.part_of(whole, 50);
    let few = counts.part_of(whole, 2);
    let none = counts.part_of(whole, 0);
    let settled = counts.settle();
    assert_eq!(settled.count(whole), Cell::Count(100));
    assert_eq!(settled.share(most, whole), Cell::Withheld);
    assert_eq!(
        settled.share(half, whole),
        Cell::Share(Share::new(50, 100).unwrap())
    );
    assert_eq!(settled.share(few, whole), Cell::Withheld);
    assert_eq!(
        settled.share(none, whole),
        Cell::Share(Share::new(0, 100).unwrap())
    );
}

#[test]
fn a_share_of_nothing_is_empty() {
    let mut counts = Unsettled::new(LIMIT);
    let whole = counts.printed(0);
    let part = counts.part_of(whole, 0);
    assert_eq!(counts.settle().share(part, whole), Cell::Empty);
}

#[test]
fn a_limit_of_one_hides_nothing() {
    let mut counts = Unsettled::new(1);
    let whole = counts.printed(3);
    let part = counts.part_of(whole, 1);
    let settled = counts.settle();
    assert_eq!(cells(&settled, &[whole, part]), ["3", "1"]);
}

/// Every way to fill the hidden cells of a row that agrees with what is shown and with how
/// the hiding works.
fn fillings(shown: &[String], most: u64) -> Vec<Vec<u64>> {
    let range = |cell: &String| -> Vec<u64> {
        match cell.as_str() {
            "<5" => (1..LIMIT).collect(),
            "–" => (LIMIT..=most).collect(),
            count => vec![count.parse().unwrap()],
        }
    };
    let mut found = vec![Vec::new()];
    for cell in &shown[1..] {
        let values = range(cell);
        found = found
            .into_iter()
            .flat_map(|start: Vec<u64>| {
                values.iter().map(move |value| {
                    let mut longer = start.clone();
                    longer.push(*value);
                    longer
                })
            })
            .collect();
    }
    let totals = range(&shown[0]);
    found.retain(|parts| totals.contains(&parts.iter().sum()));
    found
}

proptest! {
    #[test]
    fn nothing_small_follows_from_a_row(parts in prop::collection::vec(0u64..12, 1..4)) {
        let shown = row(&parts);
        let fillings = fillings(&shown, 40);
        for (index, part) in parts.iter().enumerate() {
            let cell = &shown[index + 1];
            prop_assert!(cell != &part.to_string() || *part == 0 || *part >= LIMIT);
            if (1..LIMIT).contains(part) {
                let mut values: Vec<u64> = fillings.iter().map(|it| it[index]).collect();
                values.sort_unstable();
                values.dedup();
                prop_assert!(values.len() > 1, "{shown:?} tells {part}");
            }
        }
    }

    #[test]
    fn no_small_count_stands_in_a_table_with_totals(
        table in prop::collection::vec(prop::collection::vec(0u64..15, 3), 1..6)
    ) {
        let mut counts = Unsettled::new(LIMIT);
        let mut rows = Vec::new();
        for row in &table {
            let total = counts.printed(row.iter().sum());
            let ids: Vec<Id> = row.iter().map(|value| counts.printed(*value)).collect();
            counts.sum(total, ids.clone());
            rows.push((total, ids));
        }
        let all = counts.printed(table.iter().flatten().sum());
        let mut bottom = Vec::new();
        for column in 0..3 {
            let sum = counts.printed(table.iter().map(|row| row[column]).sum());
            counts.sum(sum, rows.iter().map(|(_, ids)| ids[column]).collect());
            bottom.push(sum);
        }
        counts.sum(all, bottom);
        counts.sum(all, rows.iter().map(|(total, _)| *total).collect());
        let settled = counts.settle();
        for count in &settled.all {
            let small = (1..LIMIT).contains(&count.value);
            prop_assert!(!small || !count.is_shown());
        }
        // No sum has exactly one hidden member: it would be the rest.
        for (row, (total, ids)) in table.iter().zip(&rows) {
            let hidden = ids.iter().chain([total]).filter(|id| !settled.tells(**id));
            prop_assert!(hidden.count() != 1, "{row:?}");
        }
        for column in 0..3 {
            let hidden = rows.iter().filter(|(_, ids)| !settled.tells(ids[column]));
            let sum = u64::from(!settled.tells(Id(all.0 + 1 + column)));
            prop_assert!(hidden.count() as u64 + sum != 1);
        }
    }
}
