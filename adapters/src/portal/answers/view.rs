//! What an answer tells of a dossier that is there.
//!
//! What a reader would get wrong: a list of steps of which one cannot be read is no list
//! without that one. Half a list would look like missing steps, and they would be sent
//! again.

use jiff::Timestamp;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{PortalDetails, PortalView, StepMark, StepStatus, StepsThere};
use lienthong_core::wire_time::from_portal_text;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

/// How a profile writes what it tells of a dossier.
pub(in crate::portal) struct PresentForm {
    /// Name of the status.
    pub(in crate::portal) status: &'static str,
    /// How a moment is written.
    pub(in crate::portal) moment: fn(&str) -> Option<Timestamp>,
    /// Whether the profile brings the dates behind the receipt. What was never brought
    /// differs always, and cannot be compared.
    pub(in crate::portal) later_dates: bool,
}

/// The form of P1 to P3 (portal.md 5).
pub(super) const STRINGS: PresentForm = PresentForm {
    status: "TrangThaiHoSo",
    moment: |text| from_portal_text(text).ok(),
    later_dates: true,
};

impl PresentForm {
    /// What `entry` tells of a dossier that is there.
    pub(in crate::portal) fn present(&self, entry: &Map<String, Value>) -> PortalView {
        let raw = text(entry, self.status).filter(|status| !status.is_empty());
        let status = raw.as_deref().and_then(|raw| PortalStatus::parse(raw).ok());
        let unknown = raw.filter(|_| status.is_none());
        let later = |name| self.later_dates.then(|| self.date(entry, name)).flatten();
        PortalView::Present {
            status,
            steps: self.steps(entry),
            details: Box::new(PortalDetails {
                received: self.date(entry, "NgayTiepNhan"),
                due: later("NgayHenTra"),
                finished: later("NgayKetThucXuLy"),
                returned: later("NgayTra"),
                results: results(entry),
                raw_status: unknown.map(|raw| raw.chars().take(StepStatus::OTHER_LIMIT).collect()),
            }),
        }
    }

    /// A date that cannot be read is none that could be compared.
    #[expect(
        clippy::option_option,
        reason = "not carried, carried empty, and a date are three things to the port"
    )]
    fn date(&self, entry: &Map<String, Value>, name: &str) -> Option<Option<Timestamp>> {
        match entry.get(name)? {
            Value::Null => Some(None),
            Value::String(text) if text.trim().is_empty() => Some(None),
            Value::String(text) => (self.moment)(text.trim()).map(Some),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The steps there. Null and the empty text are how an absent value is written
    /// (portal.md 5); anything else that is no list was meant to be one.
    fn steps(&self, entry: &Map<String, Value>) -> StepsThere {
        let carried = |value: &&Value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => true,
        };
        let list = ["DanhSachTienDo", "DanhSachTienTrinh"]
            .iter()
            .filter_map(|name| entry.get(*name))
            .find(carried);
        let Some(list) = list else {
            return StepsThere::NotCarried;
        };
        list.as_array()
            .and_then(|steps| steps.iter().map(|step| self.step(step)).collect())
            .map_or(StepsThere::Unreadable, StepsThere::Listed)
    }

    fn step(&self, value: &Value) -> Option<StepMark> {
        let entry = value.as_object()?;
        Some(StepMark {
            handled_at: (self.moment)(text(entry, "ThoiDiemXuLy")?.trim())?,
            status: StepStatus::read(text(entry, "TrangThai")?.trim()),
            // Composed and trimmed like the content that was sent.
            content: text(entry, "NoiDungXuLy")?.trim().nfc().collect(),
        })
    }
}

/// Of each result paper, whether it has a file; `None` when the answer lists none.
fn results(entry: &Map<String, Value>) -> Option<Vec<bool>> {
    entry
        .get("DanhSachGiayToKetQua")?
        .as_array()?
        .iter()
        .map(|paper| {
            let paper = paper.as_object()?;
            Some(text(paper, "DuongDanTepTinKetQua").is_some_and(|url| !url.trim().is_empty()))
        })
        .collect()
}

/// A string, or a number as one: the portal is not consistent.
pub(super) fn text(entry: &Map<String, Value>, name: &str) -> Option<String> {
    match entry.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
