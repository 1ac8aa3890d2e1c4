//! Warnings about the agency that a check is asked for.
//!
//! What a reader would get wrong: a table of zeros is true for an agency that nobody knows and
//! for one that ceased, and is read as "nothing is the matter" all the same.

use std::collections::BTreeMap;

use lienthong_core::agencies::ClosedAgency;
use lienthong_core::agency::AgencyCode;
use lienthong_core::document::short_date;

use super::CheckWarning;
use crate::essential::knowledge::Knowledge;
use crate::essential::question::Question;

impl CheckWarning {
    /// What is the matter with the agency of the question, whose dossiers in these days are
    /// so many; `names` are those of all agencies that are known by name.
    pub(in crate::essential) fn of_unit(
        knowledge: &Knowledge,
        question: &Question,
        names: &BTreeMap<AgencyCode, String>,
        dossiers: u64,
    ) -> Option<Self> {
        let unit = question.unit.as_ref()?;
        if let Some(closed) = knowledge.agencies.closed(unit, question.judged_on()) {
            return Some(Self::unit_closed(unit, closed));
        }
        let is_known = dossiers > 0
            || knowledge
                .home
                .as_ref()
                .is_some_and(|home| unit.includes(home))
            || names.keys().any(|named| unit.includes(named));
        (!is_known).then(|| Self::unit_unknown(unit, names.is_empty()))
    }

    fn unit_closed(unit: &AgencyCode, closed: &ClosedAgency) -> Self {
        let last = closed.last_day;
        let name = &closed.name;
        let by = if closed.code == *unit {
            format!("({name})")
        } else {
            format!("({}, {name})", closed.code)
        };
        let (sure_vi, sure_en) = if closed.is_confirmed() {
            ("", "")
        } else {
            (" (dữ liệu chưa kiểm chứng)", " (not verified)")
        };
        let (next_vi, next_en) = match &closed.successor {
            Some(next) => (
                format!("; đơn vị kế thừa: {next}"),
                format!("; its successor is {next}"),
            ),
            None => (String::new(), String::new()),
        };
        Self {
            code: "UNIT_CLOSED",
            text_vi: format!(
                "Đơn vị {unit} {by} đã chấm dứt hoạt động, ngày cuối cùng là \
                 {}{sure_vi}{next_vi}.",
                short_date(last)
            ),
            text_en: format!(
                "Agency {unit} {by} ceased, its last day was {last}{sure_en}{next_en}."
            ),
            advice_vi: match &closed.successor {
                Some(next) => format!("Kiểm tra theo đơn vị mới trong {next}."),
                None => String::new(),
            },
            advice_en: match &closed.successor {
                Some(next) => format!("Check for the new agency within {next}."),
                None => String::new(),
            },
        }
    }

    fn unit_unknown(unit: &AgencyCode, no_names: bool) -> Self {
        let (unnamed_vi, unnamed_en) = if no_names {
            (
                "cổng kết nối chưa có danh mục đơn vị để đối chiếu mã",
                "the gateway holds no catalogue of agencies to look the code up in",
            )
        } else {
            (
                "không có trong danh mục đơn vị đang giữ",
                "it is not in the catalogue of agencies that is held",
            )
        };
        Self {
            code: "UNIT_UNKNOWN",
            text_vi: format!(
                "Không rõ đơn vị {unit}: không có hồ sơ nào trong kỳ và {unnamed_vi}."
            ),
            text_en: format!(
                "Agency {unit} is not known: no dossier of it was seen in these days and \
                 {unnamed_en}."
            ),
            advice_vi: "Kiểm tra lại mã đơn vị; tra cứu: lienthong catalogue units.".to_owned(),
            advice_en: "Look at the code once more; to look it up: lienthong catalogue units."
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::essential::doubles::{Fixed, Office};

    fn code(text: &str) -> AgencyCode {
        AgencyCode::parse(text).unwrap()
    }

    fn warned(unit: Option<&str>, named: &[&str], dossiers: u64) -> Option<CheckWarning> {
        let office = Office::with(Fixed::default());
        let question = Question {
            unit: unit.map(code),
            ..office.desk.usual_question()
        };
        let held = named
            .iter()
            .map(|unit| (code(unit), "Đơn vị thử".to_owned()))
            .collect();
        CheckWarning::of_unit(office.desk.knowledge(), &question, &held, dossiers)
    }

    #[test]
    fn a_unit_that_nobody_knows_is_told() {
        let warning = warned(Some("H99.77"), &["H60.12"], 0).unwrap();
        assert_eq!(warning.code, "UNIT_UNKNOWN");
        assert_eq!(
            warning.text_vi,
            "Không rõ đơn vị H99.77: không có hồ sơ nào trong kỳ và không có trong danh mục đơn \
             vị đang giữ."
        );
        let without = warned(Some("H99.77"), &[], 0).unwrap();
        assert!(
            without.text_en.contains("holds no catalogue"),
            "{}",
            without.text_en
        );
    }

    #[test]
    fn a_unit_with_a_dossier_or_a_name_is_known() {
        assert_eq!(warned(Some("H99.77"), &[], 1), None);
        assert_eq!(warned(Some("H99.77"), &["H99.77"], 0), None);
        assert_eq!(warned(Some("H99"), &["H99.77"], 0), None);
        assert_eq!(warned(None, &[], 0), None);
    }

    #[test]
    fn a_unit_that_ceased_is_told_with_its_last_day_and_its_successor() {
        // Also where old dossiers of it are still in hand.
        let warning = warned(Some("H22.12"), &["H22.12"], 3).unwrap();
        assert_eq!(warning.code, "UNIT_CLOSED");
        assert_eq!(
            warning.text_vi,
            "Đơn vị H22.12 (H22, Hà Giang) đã chấm dứt hoạt động, ngày cuối cùng là 30/6/2025 \
             (dữ liệu chưa kiểm chứng); đơn vị kế thừa: H60."
        );
        assert_eq!(
            warning.text_en,
            "Agency H22.12 (H22, Hà Giang) ceased, its last day was 2025-06-30 (not verified); \
             its successor is H60."
        );
    }
}
