//! The rates of each service beside its verdicts (administration.md 1.2, D16).
//!
//! What a reader would get wrong: three texts say "số hóa" and mean three things, so there
//! are three columns, and a fourth for what the header of a dossier says of itself. None of them is the share of old results that were digitised, which no
//! traffic shows (administration.md 1.1, T11, and 9).

use super::material::{column, section, text};
use super::small::{Id, Settled, Unsettled};
use super::{Cell, Column, ColumnKind, Counts, Language, Section};
use crate::essential::EssentialService;

/// The counts of one service. Each pair is a part and its whole.
pub(super) struct Rates {
    late: (Id, Id),
    digitised_dossiers: (Id, Id),
    digitised_flagged: (Id, Id),
    digitised_results: (Id, Id),
    digitised_both: (Id, Id),
    reused: (Id, Id),
    paid_online: (Id, Id),
    online_vneid: (Id, Id),
}

impl Rates {
    /// Counts a service, whose received and online dossiers the report prints already where
    /// their numbers are the same.
    pub(super) fn count(
        gathered: &Counts,
        received: Id,
        online: Option<Id>,
        counts: &mut Unsettled,
    ) -> Self {
        let received = counts.same_or(received, gathered.received);
        let online = match online {
            Some(id) if counts.is(id, gathered.online) => id,
            Some(_) | None => counts.part_of(received, gathered.online),
        };
        let finished = counts.printed(gathered.tally.finished());
        let late = counts.part_of(finished, gathered.tally.finished_late);
        let dossiers = counts.part_of(received, gathered.digitised_dossiers);
        let flagged = counts.part_of(received, gathered.digitised_flagged);
        let completed = counts.part_of(received, gathered.completed);
        let results = counts.part_of(completed, gathered.digitised_results);
        let both = counts.part_of(dossiers, gathered.digitised_both);
        counts.sum(results, vec![both]);
        counts.sum(received, vec![both]);
        let reused = counts.part_of(received, gathered.reused);
        let fee_due = counts.part_of(received, gathered.fee_due);
        let paid_online = counts.part_of(fee_due, gathered.paid_online);
        let online_vneid = counts.part_of(online, gathered.online_vneid);
        Self {
            late: (late, finished),
            digitised_dossiers: (dossiers, received),
            digitised_flagged: (flagged, received),
            digitised_results: (results, completed),
            digitised_both: (both, received),
            reused: (reused, received),
            paid_online: (paid_online, fee_due),
            online_vneid: (online_vneid, online),
        }
    }

    /// Dossiers with a digitised paper.
    pub(super) fn digitised_dossiers(&self) -> Id {
        self.digitised_dossiers.0
    }

    /// The counts that figures of the check may be parts of, each with the code of a figure
    /// that is about the same.
    pub(super) fn beside(&self) -> [(&'static str, Id); 6] {
        [
            ("LATE_SHARE", self.late.0),
            ("DIGITISED_SHARE", self.digitised_dossiers.0),
            ("UNFOUNDED_REUSE_SHARE", self.reused.0),
            ("ELECTRONIC_RESULT_SHARE", self.digitised_results.0),
            ("ONLINE_PAYMENT_SHARE", self.paid_online.0),
            ("VNEID_SHARE", self.online_vneid.0),
        ]
    }

    fn cells(&self, counts: &Settled) -> Vec<Cell> {
        let shares = [
            self.late,
            self.digitised_dossiers,
            self.digitised_flagged,
            self.digitised_results,
            self.digitised_both,
            self.reused,
            self.paid_online,
            self.online_vneid,
        ];
        shares.map(|(part, whole)| counts.share(part, whole)).into()
    }
}

/// The table of the rates.
pub(super) fn table<'a>(
    rows: impl Iterator<Item = (&'a EssentialService, &'a Rates)>,
    counts: &Settled,
    language: Language,
) -> Section {
    let rows = rows.map(|(service, rates)| {
        let mut cells = vec![
            Cell::Count(u64::from(service.number.get())),
            text(&service.name),
        ];
        cells.extend(rates.cells(counts));
        cells
    });
    let heading = language.of("Các tỷ lệ theo dịch vụ", "Rates by service");
    let mut section = section("rates", heading, columns(language), rows.collect());
    section.remarks.push(
        language
            .of(
                "Ba tỷ lệ số hóa là ba chỉ tiêu khác nhau: hồ sơ có giấy tờ số hóa; hồ sơ đã giải \
                 quyết có kết quả điện tử; hồ sơ có cả hai (chỉ số 766, thành phần 4.2). “Hồ sơ có \
                 đánh dấu số hóa” là lời khai chung của hồ sơ, không tính vào ba tỷ lệ đó. Tỷ lệ \
                 số hóa kết quả cũ còn hiệu lực không nhận biết được qua hồ sơ.",
                "The three rates of digitisation are three things: dossiers with a digitised \
                 paper; finished dossiers with an electronic result; dossiers with both (index \
                 766, component 4.2). “Flagged as digitised” is what the dossier says of \
                 itself and counts in none of them. The share of older results that were digitised cannot be \
                 seen in dossiers.",
            )
            .to_owned(),
    );
    section
}

fn columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Number, Prose};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("r1", Number, "Trễ hạn (R1)", "Late (R1)"),
        of(
            "digitised_dossiers",
            Number,
            "Hồ sơ số hóa",
            "Digitised dossiers",
        ),
        of(
            "digitised_flagged",
            Number,
            "Hồ sơ có đánh dấu số hóa",
            "Flagged as digitised",
        ),
        of(
            "digitised_results",
            Number,
            "Kết quả điện tử",
            "Electronic results",
        ),
        of(
            "digitised_both",
            Number,
            "Số hóa cả hồ sơ và kết quả",
            "Both digitised",
        ),
        of("reused", Number, "Tái sử dụng giấy tờ", "Papers reused"),
        of(
            "paid_online",
            Number,
            "Thanh toán trực tuyến",
            "Paid online",
        ),
        of(
            "online_vneid",
            Number,
            "Hồ sơ trực tuyến có VNeID",
            "Online with VNeID",
        ),
    ]
}
