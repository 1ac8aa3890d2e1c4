//! What becomes of the rows that a part of a choice has read: the same in every store.
//!
//! What a reader would get wrong: a part ends where its rows end, not where its dossiers do.
//! Rows that are not meant move the choice on too.

use lienthong_core::ports::ledger::{ChoicePosition, ChosenPart};

/// Most rows that one part reads.
pub(super) const ROWS_OF_A_PART: usize = 5_000;

/// A row that was read, in the order of the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Walked {
    /// Moment of the dossier's first event, in microseconds.
    pub(super) recorded_at: i64,
    /// Mã hồ sơ.
    pub(super) code: String,
    /// Whether the filter means it.
    pub(super) is_meant: bool,
}

/// A part of at most `most` dossiers of what was read; `is_end` says that there are no more
/// rows. A row that cannot be read as a position is left out, and logged.
pub(super) fn part<E: std::fmt::Display>(
    rows: Vec<Walked>,
    is_end: bool,
    most: u32,
    position: impl Fn(&Walked) -> Result<ChoicePosition, E>,
) -> ChosenPart {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let all = rows.len();
    let mut part = ChosenPart::default();
    for (read, row) in (1..).zip(rows) {
        let at = match position(&row) {
            Ok(at) => at,
            Err(error) => {
                tracing::error!(%error, "a dossier is left out of a choice");
                continue;
            }
        };
        if row.is_meant {
            part.dossiers.push(at.dossier.clone());
        }
        let is_last = read == all;
        part.next = (!is_last || !is_end).then_some(at);
        if part.dossiers.len() >= most {
            break;
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lienthong_core::dossier_number::DossierNumber;
    use lienthong_core::ports::ledger::ChoicePosition;

    use super::{Walked, part};

    fn row(index: u32, is_meant: bool) -> Walked {
        Walked {
            recorded_at: i64::from(index),
            code: format!("H22.12-250714-{index:04}"),
            is_meant,
        }
    }

    fn position(row: &Walked) -> Result<ChoicePosition, &'static str> {
        Ok(ChoicePosition {
            recorded_at: Timestamp::from_microsecond(row.recorded_at).map_err(|_| "moment")?,
            dossier: DossierNumber::parse(&row.code).map_err(|_| "number")?,
        })
    }

    /// How many are chosen of these rows, and the row behind which it goes on.
    fn chosen(rows: &[Walked], is_end: bool, most: u32) -> (usize, Option<i64>) {
        let part = part(rows.to_vec(), is_end, most, position);
        let next = part.next.map(|next| next.recorded_at.as_microsecond());
        (part.dossiers.len(), next)
    }

    #[test]
    fn rows_that_are_not_meant_move_the_choice_on() {
        let rows = [row(1, false), row(2, true), row(3, false)];
        assert_eq!(chosen(&rows, true, 5), (1, None));
        assert_eq!(chosen(&rows, false, 5), (1, Some(3)));
        assert_eq!(chosen(&[], true, 5), (0, None));
    }

    #[test]
    fn a_full_part_goes_on_behind_its_last_dossier() {
        let rows = [row(1, true), row(2, true), row(3, true)];
        assert_eq!(chosen(&rows, true, 2), (2, Some(2)));
        assert_eq!(chosen(&rows, true, 3), (3, None));
    }

    #[test]
    fn a_row_that_cannot_be_read_hides_no_other() {
        let broken = Walked {
            code: "no number".to_owned(),
            ..row(1, true)
        };
        assert_eq!(chosen(&[broken.clone(), row(2, true)], true, 5), (1, None));
        assert_eq!(chosen(&[row(2, true), broken], true, 5).0, 1);
    }
}
