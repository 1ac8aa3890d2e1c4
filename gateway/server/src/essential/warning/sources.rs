//! Warnings about the sources of the observations.
//!
//! What a reader would get wrong: some pass by themselves, because the gateway is at work on
//! them. The others stay as long as the days are what they are, and so stand in reports.

use super::CheckWarning;
use crate::essential::observing::Reached;

/// Code of the warning that not all is looked at yet.
pub(super) const LAG: &str = "OBSERVATION_LAG";

/// Code of the warning that a source is told anew.
pub(super) const REBUILDING: &str = "REBUILDING";

impl CheckWarning {
    /// What is not in the figures, by how far the sources are. So many dossiers could not be
    /// read.
    pub(in crate::essential) fn of_sources(reached: &Reached, unreadable: u64) -> Vec<Self> {
        let mut warnings = Vec::new();
        if !reached.is_whole() {
            warnings.push(Self::behind(&reached.missing));
        }
        if reached.is_rebuilding {
            warnings.push(Self::rebuilding());
        }
        if !reached.retired.is_empty() {
            warnings.push(Self::retired(&reached.retired));
        }
        if reached.unreadable > 0 {
            warnings.push(Self::records_unreadable(reached.unreadable));
        }
        if unreadable > 0 {
            warnings.push(Self::dossiers_unreadable(unreadable));
        }
        warnings
    }

    fn behind(missing: &[String]) -> Self {
        let sources = missing.join(", ");
        Self {
            code: LAG,
            text_vi: "Chưa đọc hết các sự kiện hồ sơ và lượt tra cứu đã ghi nhận: số liệu còn \
                      thiếu phần mới nhất."
                .to_owned(),
            text_en: "Not all recorded dossier events and look-ups are read yet: the newest \
                      are missing from the figures."
                .to_owned(),
            advice_vi: format!(
                "Nguồn còn thiếu: {sources}. Chờ ít phút rồi kiểm tra lại; nếu vẫn thiếu, kiểm \
                 tra cổng kết nối giữ nhật ký đó có đang chạy không."
            ),
            advice_en: format!(
                "Missing: {sources}. Wait some minutes and check again; if it stays, see \
                 whether the gateway that has this log is running."
            ),
        }
    }

    fn rebuilding() -> Self {
        Self {
            code: REBUILDING,
            text_vi: "Số liệu quan sát đang được dựng lại: trong lúc này dùng số liệu đã có \
                      trước đó."
                .to_owned(),
            text_en: "The observations are being made anew: until then the figures are those \
                      of before."
                .to_owned(),
            advice_vi: "Chờ dựng lại xong rồi kiểm tra lại: lienthong services rebuild --list."
                .to_owned(),
            advice_en: "Check again when it is done: lienthong services rebuild --list.".to_owned(),
        }
    }

    fn retired(logs: &[String]) -> Self {
        let (count, logs) = (logs.len(), logs.join(", "));
        Self {
            code: "LOG_RETIRED",
            text_vi: format!(
                "Có {count} nhật ký tra cứu dừng lại trong kỳ và không còn cổng kết nối nào đọc \
                 tiếp: lượt tra cứu sau thời điểm đó, nếu có, không nằm trong số liệu."
            ),
            text_en: format!(
                "Records of look-ups that ended in these days and that no gateway follows any \
                 more: {count}. Look-ups behind their end, if there were any, are not in the \
                 figures."
            ),
            advice_vi: format!("Nhật ký: {logs}."),
            advice_en: format!("Records: {logs}."),
        }
    }

    fn records_unreadable(rows: u64) -> Self {
        Self {
            code: "RECORDS_UNREADABLE",
            // Without their number, which is of all days: one more on a later day would make
            // another report of these days.
            text_vi: "Có sự kiện hoặc lượt tra cứu đã ghi nhận nhưng không đọc được; nếu thuộc \
                      kỳ này thì không nằm trong số liệu."
                .to_owned(),
            text_en: "There are recorded events or look-ups that cannot be read; those of these \
                      days, if any, are not in the figures."
                .to_owned(),
            advice_vi: format!(
                "Tổng cộng {rows} bản ghi. Tìm trong nhật ký hoạt động của cổng kết nối; kiểm \
                 tra ổ đĩa và bản sao lưu."
            ),
            advice_en: format!(
                "{rows} in all. Look for them in the gateway's log; check the disk and the \
                 backups."
            ),
        }
    }

    fn dossiers_unreadable(dossiers: u64) -> Self {
        Self {
            code: "DOSSIERS_UNREADABLE",
            text_vi: format!(
                "Có {dossiers} hồ sơ trong kỳ không đọc được số liệu đã quan sát, nên không được \
                 kiểm tra."
            ),
            text_en: format!(
                "Dossiers in hand in these days whose observations cannot be read, and which \
                 were not checked: {dossiers}."
            ),
            advice_vi: "Dựng lại số liệu quan sát: lienthong services rebuild.".to_owned(),
            advice_en: "Have the observations made anew: lienthong services rebuild.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(reached: &Reached, unreadable: u64) -> Vec<(&'static str, bool)> {
        let warnings = CheckWarning::of_sources(reached, unreadable);
        warnings
            .iter()
            .map(|warning| (warning.code, warning.is_passing()))
            .collect()
    }

    #[test]
    fn what_the_gateway_is_at_work_on_passes_and_the_rest_stands_in_reports() {
        assert!(codes(&Reached::default(), 0).is_empty());
        let all = Reached {
            missing: vec!["events".to_owned(), "0a1b".to_owned()],
            retired: vec!["2c3d".to_owned()],
            is_rebuilding: true,
            unreadable: 7,
        };
        let expected = [
            (LAG, true),
            (REBUILDING, true),
            ("LOG_RETIRED", false),
            ("RECORDS_UNREADABLE", false),
            ("DOSSIERS_UNREADABLE", false),
        ];
        assert_eq!(codes(&all, 2), expected);
        // One more that cannot be read, of whatever days, gives the same report.
        let told = |unreadable| {
            let reached = Reached {
                unreadable,
                ..Reached::default()
            };
            CheckWarning::of_sources(&reached, 0).remove(0)
        };
        assert_eq!(told(7).notice(), told(8).notice());
        assert!(told(8).advice_vi.contains('8') && told(8).advice_en.contains('8'));
        let behind = &CheckWarning::of_sources(&all, 2)[0];
        assert!(behind.advice_vi.contains("events, 0a1b"));
        assert!(!behind.text_vi.contains("0a1b") && !behind.text_en.contains("0a1b"));
    }
}
