//! What the answer to a question tells of a dossier.
//!
//! Only "not found" from a portal that looked, about a dossier, means that it is not
//! there. A look-up that failed says nothing (portal.md 21 and part D 4).

use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{PortalDetails, PortalError, PortalView, StepMark};
use lienthong_core::wire_time::from_portal_text;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::envelope::{Code, Envelope};
use super::session::without_user_name;
use super::throttled;
use super::words::{
    CODED_THINGS, DOSSIER, FAILED, MISSING, NO_RIGHT, OUT_OF_SERVICE, OUTAGE, OVERLOAD,
    SESSION_GONE,
};

/// Longest status kept that is not one of the ten, in characters.
const RAW_STATUS_LIMIT: usize = 50;

/// How a profile writes what it tells of a dossier.
pub(in crate::portal) struct PresentForm {
    /// Name of the status.
    pub(in crate::portal) status: &'static str,
    /// How a moment is written.
    pub(in crate::portal) moment: fn(&str) -> Option<Timestamp>,
}

/// The form of P1 to P3 (portal.md 5).
const STRINGS: PresentForm = PresentForm {
    status: "TrangThaiHoSo",
    moment: |text| from_portal_text(text).ok(),
};

/// What an answer to a question holds.
pub(in crate::portal) enum Found<'a> {
    /// The portal looked and has no such dossier.
    Absent,
    /// What hangs on an answer that went well, and is not empty.
    Entry(&'a Value),
}

/// Reads the answer to `TraCuuHoSo` about `dossier`.
///
/// # Errors
/// [`PortalError::Nonsense`] when the answer does not say whether the dossier is
/// there, otherwise as for a write.
pub(in crate::portal) fn of_search(
    envelope: &Envelope,
    dossier: &DossierNumber,
) -> Result<PortalView, PortalError> {
    let found: Vec<&Map<String, Value>> = match found_in(envelope, dossier.as_str())? {
        Found::Absent => return Ok(PortalView::Absent),
        Found::Entry(Value::Array(found)) => found.iter().filter_map(Value::as_object).collect(),
        Found::Entry(Value::Object(found)) => vec![found],
        Found::Entry(_) => Vec::new(),
    };
    // An entry without a number answers the question as it was asked; one with
    // another number is about another dossier.
    let about_it = |entry: &&Map<String, Value>| {
        text(entry, "MaHoSo").is_none_or(|number| number == dossier.as_str())
    };
    match found.into_iter().find(about_it) {
        Some(entry) => Ok(STRINGS.present(entry)),
        None => Err(nonsense(envelope, "a search answer without the dossier")),
    }
}

/// What an answer to a question about the dossier `number` holds.
///
/// # Errors
/// As [`of_search`].
pub(in crate::portal) fn found_in<'e>(
    envelope: &'e Envelope,
    number: &str,
) -> Result<Found<'e>, PortalError> {
    let sentence = envelope.folded();
    let holds = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    match envelope.class() {
        Code::Zero => {}
        Code::NonZero | Code::Text | Code::Absent => {
            return of_failure(envelope, number).map(|()| Found::Absent);
        }
    }
    let empty = match envelope.result() {
        Value::Null => true,
        Value::Array(found) => found.is_empty(),
        Value::Object(found) => found.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    // "Nothing found" counts only from a portal that looked.
    if !empty {
        Ok(Found::Entry(envelope.result()))
    } else if holds(OUT_OF_SERVICE) {
        let said = Some(envelope.said(&[]));
        Err(PortalError::OutOfService { said })
    } else if holds(FAILED) {
        Err(nonsense(
            envelope,
            "a search that failed and names no reason",
        ))
    } else {
        Ok(Found::Absent)
    }
}

/// `Ok` when a search without success says that the dossier is not there.
fn of_failure(envelope: &Envelope, number: &str) -> Result<(), PortalError> {
    let sentence = envelope.folded();
    let holds = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let said = || Some(envelope.said(&[]));
    let about_it = holds(DOSSIER) || sentence.contains(&number.to_lowercase());
    let coded = envelope.class() != Code::Absent;
    if coded && holds(OVERLOAD) {
        Err(throttled(envelope.said(&[])))
    } else if coded && about_it && holds(MISSING) && !holds(CODED_THINGS) && !holds(OUT_OF_SERVICE)
    {
        Ok(())
    } else if coded
        && SESSION_GONE
            .iter()
            .any(|words| without_user_name(&sentence).contains(words))
    {
        Err(PortalError::SessionRefused { said: said() })
    } else if coded && holds(NO_RIGHT) {
        Err(PortalError::AccessDenied { said: said() })
    } else if holds(OUT_OF_SERVICE) || holds(OUTAGE) {
        Err(PortalError::OutOfService { said: said() })
    } else if coded {
        Err(nonsense(envelope, "a failed search without a known reason"))
    } else {
        Err(nonsense(envelope, "a search answer without a code"))
    }
}

fn nonsense(envelope: &Envelope, problem: &'static str) -> PortalError {
    PortalError::Nonsense {
        problem,
        said: Some(envelope.said(&[])),
    }
}

impl PresentForm {
    /// What `entry` tells of a dossier that is there.
    pub(in crate::portal) fn present(&self, entry: &Map<String, Value>) -> PortalView {
        let raw = text(entry, self.status).filter(|status| !status.is_empty());
        let status = raw.as_deref().and_then(|raw| PortalStatus::parse(raw).ok());
        let unknown = raw.filter(|_| status.is_none());
        PortalView::Present {
            status,
            steps: self.steps(entry),
            details: Box::new(PortalDetails {
                received: self.date(entry, "NgayTiepNhan"),
                due: self.date(entry, "NgayHenTra"),
                finished: self.date(entry, "NgayKetThucXuLy"),
                returned: self.date(entry, "NgayTra"),
                results: results(entry),
                raw_status: unknown.map(|raw| raw.chars().take(RAW_STATUS_LIMIT).collect()),
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

    /// The steps there; `None` when the answer lists none or one cannot be read, since
    /// half a list would look like missing steps.
    fn steps(&self, entry: &Map<String, Value>) -> Option<Vec<StepMark>> {
        entry
            .get("DanhSachTienDo")
            .or_else(|| entry.get("DanhSachTienTrinh"))?
            .as_array()?
            .iter()
            .map(|step| self.step(step))
            .collect()
    }

    fn step(&self, value: &Value) -> Option<StepMark> {
        let entry = value.as_object()?;
        Some(StepMark {
            handled_at: (self.moment)(&text(entry, "ThoiDiemXuLy")?)?,
            status: PortalStatus::parse(&text(entry, "TrangThai")?).ok()?,
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
fn text(entry: &Map<String, Value>, name: &str) -> Option<String> {
    match entry.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
