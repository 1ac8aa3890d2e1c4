//! How far a report came: kept, approved, published, withdrawn, as it stands on the file.
//!
//! What a reader would get wrong: an officer's code can be the officer's own personal number
//! (population.md 2.1), an old identity card's or a telephone's, and the list is published. Such a code is not shown on the file; the
//! archive has it.

use lienthong_core::access::OfficerId;
use lienthong_core::ports::reports::KeptReport;
use lienthong_core::publication::{Deed, Place, ReportAct, Stage, is_published};
use lienthong_core::report::{Language, ReportKind};
use lienthong_core::wire_time::local_date;

use super::typography;

/// Digits of the shortest number that is a person's: số chứng minh nhân dân, the old identity
/// card (population.md 2.1). Telephone and personal numbers are longer.
const SHORTEST_PERSONAL: usize = 9;

/// How far a report came, in the words of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// The one thing to know, in a few words.
    pub(super) headline: String,
    /// Whether nobody may rely on it.
    pub(super) is_void: bool,
    /// The rest: a name and what it is.
    pub(super) lines: Vec<(String, String)>,
}

impl State {
    /// Of a kept report; `withdrawn` is an earlier one of the same days that was withdrawn.
    pub(super) fn of(
        report: &KeptReport,
        withdrawn: Option<&KeptReport>,
        language: Language,
    ) -> Self {
        let stage = report.stage();
        let name = language.of(stage.name_vi(), stage.name_en());
        let id = report.id.to_string();
        let mut lines = vec![(language.of("Bản lưu số", "Kept as").to_owned(), id)];
        if language == Language::English {
            let of_vietnamese = "Hash of the Vietnamese content (SHA-256)".to_owned();
            lines.push((of_vietnamese, report.sha256.to_string()));
        }
        if is_published(report.kind) {
            lines.extend(approval(report, language));
            lines.extend(publications(report, language));
        }
        lines.extend(
            report
                .acts
                .iter()
                .filter_map(|act| taken_back(act, language)),
        );
        lines.extend(withdrawn.map(|other| corrected(other, language)));
        Self {
            headline: first_upper(name),
            is_void: stage == Stage::Withdrawn,
            lines,
        }
    }

    /// Of a report that is not kept; `None` of one of which nothing is to be said.
    pub(super) fn of_unkept(kind: ReportKind, language: Language) -> Option<Self> {
        is_published(kind).then(|| Self {
            headline: language.of("Bản xem trước", "Preview").to_owned(),
            is_void: true,
            lines: vec![(
                language.of("Lưu ý", "Note").to_owned(),
                language
                    .of(
                        "không được lưu, không duyệt và không công khai được: chỉ danh sách của \
                         trọn một tháng đã kết thúc, do hệ thống được phép ghi nhận lập, mới \
                         được lưu",
                        "it is not kept and can neither be approved nor published: only the list \
                         of one whole month that is over is kept, when a system that may record \
                         asks for it",
                    )
                    .to_owned(),
            )],
        })
    }
}

fn approval(report: &KeptReport, language: Language) -> Vec<(String, String)> {
    let approved = report
        .acts
        .iter()
        .find(|act| matches!(act.deed, Deed::Approved { .. }));
    let text = approved.map_or_else(
        || language.of("chưa duyệt", "not yet").to_owned(),
        |act| signed(act, language),
    );
    vec![(language.of("Người duyệt", "Approved by").to_owned(), text)]
}

fn publications(report: &KeptReport, language: Language) -> Vec<(String, String)> {
    let places = [
        (
            Place::Inside,
            language.of("Công khai trong cơ quan", "Published inside the agency"),
        ),
        (
            Place::Website,
            language.of(
                "Công khai trên trang thông tin điện tử",
                "Published on the website",
            ),
        ),
    ];
    let text = |wanted: Place| {
        let proof = report.acts.iter().find_map(|act| match &act.deed {
            Deed::Published { place, address, on } if *place == wanted => Some((address, on)),
            Deed::Published { .. } | Deed::Approved { .. } | Deed::Withdrawn { .. } => None,
        });
        proof.map_or_else(
            || language.of("chưa công khai", "not yet").to_owned(),
            |(address, on)| {
                let day = typography::day(*on, language);
                format!("{}, {}{day}", address.as_str(), language.of("ngày ", ""))
            },
        )
    };
    places
        .into_iter()
        .map(|(place, name)| (name.to_owned(), text(place)))
        .collect()
}

fn taken_back(act: &ReportAct, language: Language) -> Option<(String, String)> {
    match &act.deed {
        Deed::Withdrawn { reason } => Some((
            language.of("Thu hồi", "Withdrawn").to_owned(),
            format!("{} ({})", reason.as_str(), signed(act, language)),
        )),
        Deed::Approved { .. } | Deed::Published { .. } => None,
    }
}

fn corrected(other: &KeptReport, language: Language) -> (String, String) {
    let reason = other.acts.iter().find_map(|act| match &act.deed {
        Deed::Withdrawn { reason } => Some(reason.as_str()),
        Deed::Approved { .. } | Deed::Published { .. } => None,
    });
    let name = language.of("Thay cho bản đã thu hồi", "In place of the withdrawn");
    let text = format!("{}: {}", other.id, reason.unwrap_or_default());
    (name.to_owned(), text)
}

/// Who did it, through which system, on which day.
fn signed(act: &ReportAct, language: Language) -> String {
    let day = typography::day(local_date(act.at), language);
    let system = act.client.as_str();
    match (shown(&act.operator), language) {
        (Some(code), Language::Vietnamese) => {
            format!("mã cán bộ {code}, qua hệ thống {system}, ngày {day}")
        }
        (None, Language::Vietnamese) => {
            format!("cán bộ ghi trong kho lưu, qua hệ thống {system}, ngày {day}")
        }
        (Some(code), Language::English) => {
            format!("officer {code}, through the system {system}, {day}")
        }
        (None, Language::English) => {
            format!("the officer named in the archive, through the system {system}, {day}")
        }
    }
}

/// The officer's code, unless it has as many digits as a number of a person.
fn shown(operator: &OfficerId) -> Option<&str> {
    let code = operator.expose();
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (digits < SHORTEST_PERSONAL).then_some(code)
}

fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
