//! What the traffic says of a criterion, before any document is asked.
//!
//! What a reader would get wrong: dossiers that an outage took out of a count are not gone.
//! Where they could turn what is counted, nothing is proved.

use super::rules::ShareBound;
use super::tally::Count;
use super::wording::{self, Words};

/// What the traffic says of a criterion, before any document is asked.
#[derive(Debug, Clone)]
pub(super) enum Observed {
    /// It applies to no dossier.
    Nothing(Words),
    /// Traffic does not show it.
    Hidden(Words),
    /// It was counted, and dossiers that an outage took out of the count could turn it.
    Doubtful(Words),
    /// It was counted.
    Counted {
        /// How many dossiers it rests on.
        sample: u64,
        /// Whether the behaviour is good.
        good: bool,
        /// Whether one dossier is enough to say that it is not.
        by_one: bool,
        /// What was counted, and what is allowed.
        words: Words,
    },
}

impl Observed {
    /// A share against its bound; of no dossiers it is unproved, not good.
    pub(super) fn share(count: Count, bound: ShareBound, vi: &str, en: &str) -> Self {
        let words = wording::counted(count, vi, en).and(&wording::bound(bound));
        Self::Counted {
            sample: count.whole,
            good: bound.keeps(count.share()).unwrap_or(true),
            by_one: false,
            words,
        }
    }

    /// A share of good dossiers, from which `excused` ones were left out for the reason `why`.
    /// It is bad only if it were bad with all of them good, so that no outage turns it.
    pub(super) fn share_without(
        (excused, why): (u64, &Words),
        count: Count,
        bound: ShareBound,
        vi: &str,
        en: &str,
    ) -> Self {
        let with_all_good = Count {
            part: count.part + excused,
            whole: count.whole + excused,
        };
        let keeps = |count: Count| bound.keeps(count.share()).unwrap_or(true);
        let observed = Self::share(count, bound, vi, en);
        match observed {
            Self::Counted { words, .. } if !keeps(count) && keeps(with_all_good) => {
                Self::Doubtful(words.and(&Words::new(
                    format!(
                        "{excused} hồ sơ không tính {} có thể làm thay đổi kết quả",
                        why.vi
                    ),
                    format!("{excused} dossiers left out {} could turn it", why.en),
                )))
            }
            Self::Counted { .. } | Self::Nothing(_) | Self::Hidden(_) | Self::Doubtful(_) => {
                observed
            }
        }
    }

    /// This share of bad dossiers, besides which `unclear` ones may be bad as well, which
    /// `why` tells. Where they alone would turn it, nothing is proved.
    pub(super) fn or_with(
        self,
        unclear: u64,
        why: &Words,
        count: Count,
        bound: ShareBound,
    ) -> Self {
        let with_all_bad = Count {
            part: count.part + unclear,
            whole: count.whole,
        };
        let keeps = |count: Count| bound.keeps(count.share()).unwrap_or(true);
        match self {
            Self::Counted {
                sample,
                good,
                by_one,
                words,
            } if unclear > 0 => {
                let words = words.and(why);
                if good && !keeps(with_all_bad) {
                    return Self::Doubtful(words);
                }
                Self::Counted {
                    sample,
                    good,
                    by_one,
                    words,
                }
            }
            Self::Counted { .. } | Self::Nothing(_) | Self::Hidden(_) | Self::Doubtful(_) => self,
        }
    }

    /// Why dossiers are left out which the population database did not serve.
    pub(super) fn unserved() -> Words {
        Words::new(
            "vì tra cứu không thành công hoặc không khớp",
            "because look-ups failed or found no match",
        )
    }

    /// None of the dossiers may show it.
    pub(super) fn none(count: Count, words: Words) -> Self {
        Self::Counted {
            sample: count.whole,
            good: count.part == 0,
            by_one: true,
            words,
        }
    }
}
