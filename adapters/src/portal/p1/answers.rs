//! What the portal's sentences mean: one table, read from the top.
//!
//! The code decides little: "đã tồn tại" comes with 0, 3 and -3, and 0 comes with
//! failures (portal.md 21 and part D 1, 2). Whatever no row knows is not
//! understood, and never a success.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{
    PortalAnswer, PortalError, PortalView, Reading, Said, StepMark,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::wire_time;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

/// A service of the portal (portal.md 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// A dossier's full state.
    SubmitDossier,
    /// Processing steps.
    AppendSteps,
    /// Search for a dossier.
    FindDossier,
}

impl Service {
    /// Name on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SubmitDossier => "DongBoHoSoMC",
            Self::AppendSteps => "CapNhatTienDoHoSoMC",
            Self::FindDossier => "TraCuuHoSo",
        }
    }
}

/// `{error_code, message[, result][, session]}`.
#[derive(Deserialize)]
pub(super) struct Envelope {
    #[serde(default)]
    error_code: Value,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    session: Option<String>,
}

/// `error_code`, which comes as integer or string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// `0`, `"0"` or `"00"`.
    Zero,
    /// Another.
    NonZero,
    /// None at all.
    Absent,
}

impl Envelope {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`PortalError::Nonsense`] when it is not such an object.
    pub(super) fn read(body: &[u8]) -> Result<Self, PortalError> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let nonsense = PortalError::Nonsense {
            problem: "not a JSON object of the portal",
            said: None,
        };
        // A struct may be read from a list as well, and `[]` would pass.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(nonsense);
        }
        let envelope: Self = serde_json::from_slice(body).map_err(|_| nonsense.clone())?;
        match envelope.error_code {
            Value::Null | Value::Number(_) | Value::String(_) => Ok(envelope),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(nonsense),
        }
    }

    /// The session of a log-in that went well.
    pub(super) fn into_session(self) -> Option<SecretString> {
        let fine = self.code() == Code::Zero;
        self.session
            .filter(|session| fine && !session.is_empty())
            .map(SecretString::from)
    }

    /// Whether the portal seems not to have acted because of the session. `-1` alone
    /// is a general error (portal.md 3), so the sentence decides.
    pub(super) fn refuses_session(&self) -> bool {
        let text = self.without_user_name();
        self.code() == Code::NonZero
            && ["session", "đăng nhập"]
                .iter()
                .chain(SESSION_GONE)
                .any(|words| text.contains(words))
    }

    /// Whether the table reads a refusal of the call's content out of an answer that
    /// names a field, and does not say outright that the session is gone. Without the
    /// name it stays a fault of the session: that one passes, a refusal does not.
    pub(super) fn refuses_call(&self) -> bool {
        let text = self.without_user_name();
        let refused = matches!(self.meaning(), Meaning::Reads(Reading::Refused { .. }));
        let holds = |words: &[&str]| words.iter().any(|words| text.contains(words));
        refused && holds(FIELD_NAMED) && !holds(SESSION_GONE)
    }

    /// Whether the portal says that it is out of service.
    pub(super) fn is_out_of_service(&self) -> bool {
        let text = self.folded();
        OUT_OF_SERVICE.iter().any(|words| text.contains(words))
    }

    /// The sentence without "tên đăng nhập": a user name is a field like any other.
    fn without_user_name(&self) -> String {
        self.folded().replace("tên đăng nhập", "")
    }

    /// The words of the answer, without the values `known`.
    pub(super) fn said(&self, known: &[&str]) -> Said {
        Said::new(&self.code_text(), self.message(), known)
    }

    fn code_text(&self) -> String {
        match &self.error_code {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        }
    }

    fn code(&self) -> Code {
        let text = self.code_text();
        if text.is_empty() {
            Code::Absent
        } else if text.bytes().all(|byte| byte == b'0') {
            Code::Zero
        } else {
            Code::NonZero
        }
    }

    fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// The sentence composed, in lower case and with single spaces, so that one
    /// written form stands for all.
    fn folded(&self) -> String {
        let folded = self.message().nfc().collect::<String>().to_lowercase();
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Codes that a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codes {
    Any,
    Zero,
    NonZero,
}

/// Sentences that a row is about, in lower case.
#[derive(Debug, Clone, Copy)]
enum Sentence {
    /// One that holds any of these.
    Holds(&'static [&'static str]),
    /// One that names a thing and says of it what the second list says.
    Says(&'static [&'static str], &'static [&'static str]),
    /// None at all.
    Empty,
    /// Any.
    Any,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Reads(Reading),
    Throttled,
    OutOfService,
}

struct Row {
    codes: Codes,
    sentence: Sentence,
    meaning: Meaning,
}

const fn row(codes: Codes, sentence: Sentence, meaning: Meaning) -> Row {
    Row {
        codes,
        sentence,
        meaning,
    }
}

const fn refused(cause: Cause) -> Meaning {
    Meaning::Reads(Reading::Refused { cause })
}

const MISSING: &[&str] = &["không tồn tại", "chưa tồn tại", "không tìm thấy"];
const OVERLOAD: &[&str] = &[
    "quá tải",
    "quá nhiều",
    "vượt quá số lượt",
    "vượt quá tần suất",
];
/// A portal that is down for a while, said so that it can mean nothing else.
const OUT_OF_SERVICE: &[&str] = &[
    "hệ thống bảo trì",
    "hệ thống đang bảo trì",
    "đang được bảo trì",
    "cổng đang bảo trì",
    "hệ thống bảo dưỡng",
    "hệ thống đang bảo dưỡng",
    "đang được bảo dưỡng",
    "hệ thống đang nâng cấp",
    "hệ thống đang được nâng cấp",
    "hệ thống tạm dừng",
    "hệ thống tạm ngừng",
    "hệ thống đang tạm dừng",
    "hệ thống đang tạm ngừng",
];
/// Words of an outage where nothing else in the sentence says what is wrong: a
/// procedure may be about maintenance, and a field's fault be called a system's.
const OUTAGE: &[&str] = &[
    "bảo trì",
    "bảo dưỡng",
    "tạm dừng",
    "tạm ngừng",
    "nâng cấp",
    "gián đoạn",
    "lỗi hệ thống",
    "lỗi máy chủ",
    "quá thời gian",
    "timeout",
    "time out",
    "timed out",
    "maintenance",
    "service unavailable",
    "internal server error",
];
/// The same words, said of the dossier. An outage never ends, these do.
const DOSSIER_PAUSED_OR_LATE: &[&str] = &[
    "hồ sơ tạm dừng",
    "hồ sơ tạm ngừng",
    "hồ sơ đang tạm dừng",
    "hồ sơ đang tạm ngừng",
    "hồ sơ đã tạm dừng",
    "hồ sơ đã tạm ngừng",
    "hồ sơ bị tạm dừng",
    "hồ sơ bị tạm ngừng",
    "quá thời gian nộp",
    "quá thời gian tiếp nhận",
    "quá thời gian giải quyết",
    "quá thời gian quy định",
    "quá thời gian bổ sung",
];
/// Said of the session itself, whatever else the sentence holds.
const SESSION_GONE: &[&str] = &[
    "phiên làm việc",
    "phiên đăng nhập",
    "session không hợp lệ",
    "session là bắt buộc",
    "session bắt buộc",
    "session không đúng",
    "invalid session",
    "session is",
    "đăng nhập không hợp lệ",
    "đăng nhập lại",
    "chưa đăng nhập",
    "cần đăng nhập",
    "phải đăng nhập",
    "bắt buộc đăng nhập",
    "yêu cầu đăng nhập",
    "vui lòng đăng nhập",
];
/// That a sentence is about a field of what was sent.
const FIELD_NAMED: &[&str] = &[
    "trường ",
    "ký tự",
    "mahoso",
    "matthc",
    "malinhvuc",
    "chuhoso",
    "nguoixuly",
    "noidungxuly",
    "phongbanxuly",
    "trichyeuhoso",
    "thongtinkhac",
    "ghichu",
    "trangthai",
];
const FAILED: &[&str] = &["không thành công", "chưa thành công", "thất bại"];
const CODED_THINGS: &[&str] = &[
    "mã thủ tục",
    "mã tthc",
    "matthc",
    "mã lĩnh vực",
    "malinhvuc",
    "mã đơn vị",
    "madonvi",
    "mã thành phần",
    "mathanhphanhoso",
];

/// Answers to a dossier or to steps; the first row that fits counts.
static WRITES: &[Row] = &[
    row(
        Codes::Any,
        Sentence::Holds(&["đã tồn tại"]),
        Meaning::Reads(Reading::AlreadyThere),
    ),
    // These hold "thành công" and mean its opposite.
    row(
        Codes::Zero,
        Sentence::Says(FAILED, OUT_OF_SERVICE),
        Meaning::OutOfService,
    ),
    row(
        Codes::Zero,
        Sentence::Holds(FAILED),
        Meaning::Reads(Reading::NotUnderstood),
    ),
    row(
        Codes::Zero,
        Sentence::Holds(&["thành công"]),
        Meaning::Reads(Reading::Accepted),
    ),
    // OpenCPS v2 looks at the code alone.
    row(
        Codes::Zero,
        Sentence::Empty,
        Meaning::Reads(Reading::Accepted),
    ),
    // A code that is missing there, before the dossier that is missing there; the name
    // of a procedure may hold any word of an outage.
    row(
        Codes::NonZero,
        Sentence::Says(CODED_THINGS, MISSING),
        refused(Cause::MappingMissing),
    ),
    row(
        Codes::Any,
        Sentence::Holds(OUT_OF_SERVICE),
        Meaning::OutOfService,
    ),
    row(
        Codes::Zero,
        Sentence::Any,
        Meaning::Reads(Reading::NotUnderstood),
    ),
    row(
        Codes::NonZero,
        Sentence::Holds(OVERLOAD),
        Meaning::Throttled,
    ),
    row(
        Codes::NonZero,
        Sentence::Holds(MISSING),
        Meaning::Reads(Reading::NotThere),
    ),
    row(
        Codes::NonZero,
        Sentence::Holds(&[
            "không hợp lệ",
            "bắt buộc",
            "không đúng định dạng",
            "vượt quá",
        ]),
        refused(Cause::FieldRejected),
    ),
    row(
        Codes::Any,
        Sentence::Holds(DOSSIER_PAUSED_OR_LATE),
        Meaning::Reads(Reading::NotUnderstood),
    ),
    row(Codes::Any, Sentence::Holds(OUTAGE), Meaning::OutOfService),
    row(
        Codes::Any,
        Sentence::Any,
        Meaning::Reads(Reading::NotUnderstood),
    ),
];

impl Row {
    fn fits(&self, code: Code, sentence: &str) -> bool {
        let holds = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let code_fits = match self.codes {
            Codes::Any => true,
            Codes::Zero => code == Code::Zero,
            Codes::NonZero => code == Code::NonZero,
        };
        code_fits
            && match self.sentence {
                Sentence::Holds(words) => holds(words),
                Sentence::Says(things, what) => holds(things) && holds(what),
                Sentence::Empty => sentence.is_empty(),
                Sentence::Any => true,
            }
    }
}

impl Envelope {
    /// What the table says of an answer to a write.
    fn meaning(&self) -> &'static Meaning {
        let (code, sentence) = (self.code(), self.folded());
        WRITES
            .iter()
            .find(|row| row.fits(code, &sentence))
            .map_or(&NOT_UNDERSTOOD, |row| &row.meaning)
    }
}

static NOT_UNDERSTOOD: Meaning = Meaning::Reads(Reading::NotUnderstood);

/// Reads the answer to `DongBoHoSoMC` or `CapNhatTienDoHoSoMC`; its words are kept
/// without the values `known`.
///
/// # Errors
/// [`PortalError::Throttled`] when the sentence says that there are too many calls,
/// [`PortalError::OutOfService`] when it says that the portal does not work.
pub(super) fn of_write(envelope: &Envelope, known: &[&str]) -> Result<PortalAnswer, PortalError> {
    let said = envelope.said(known);
    match envelope.meaning() {
        Meaning::Throttled => Err(throttled(said)),
        Meaning::OutOfService => Err(PortalError::OutOfService { said: Some(said) }),
        Meaning::Reads(reading) => Ok(PortalAnswer::new(reading.clone(), said)),
    }
}

fn throttled(said: Said) -> PortalError {
    PortalError::Throttled {
        retry_after: None,
        said: Some(said),
    }
}

/// Reads the answer to `TraCuuHoSo` about `dossier`.
///
/// # Errors
/// [`PortalError::Nonsense`] when the answer does not say whether the dossier is
/// there, [`PortalError::Throttled`] and [`PortalError::OutOfService`] as for a write.
pub(super) fn of_search(
    envelope: &Envelope,
    dossier: &DossierNumber,
) -> Result<PortalView, PortalError> {
    let said = || envelope.said(&[]);
    let nonsense = |problem| {
        let said = Some(said());
        Err(PortalError::Nonsense { problem, said })
    };
    let sentence = envelope.folded();
    let holds = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    match envelope.code() {
        Code::Zero => {}
        Code::NonZero if holds(OVERLOAD) => return Err(throttled(said())),
        Code::NonZero if holds(MISSING) && !holds(CODED_THINGS) && !holds(OUT_OF_SERVICE) => {
            return Ok(PortalView::Absent);
        }
        Code::NonZero | Code::Absent if holds(OUT_OF_SERVICE) || holds(OUTAGE) => {
            return Err(PortalError::OutOfService { said: Some(said()) });
        }
        Code::NonZero => return nonsense("a failed search without a known reason"),
        Code::Absent => return nonsense("a search answer without a code"),
    }
    // "Nothing found" counts only from a portal that looked.
    let absent = || {
        if holds(OUT_OF_SERVICE) {
            Err(PortalError::OutOfService { said: Some(said()) })
        } else if holds(FAILED) {
            nonsense("a search that failed and names no reason")
        } else {
            Ok(PortalView::Absent)
        }
    };
    let found = match &envelope.result {
        Value::Null => return absent(),
        Value::Array(found) if found.is_empty() => return absent(),
        Value::Object(found) if found.is_empty() => return absent(),
        Value::Array(found) => found.iter().filter_map(Value::as_object).collect(),
        Value::Object(found) => vec![found],
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    // An entry without a number answers the question as it was asked; one with
    // another number is about another dossier.
    let about_it = |entry: &&Map<String, Value>| {
        text(entry, "MaHoSo").is_none_or(|number| number == dossier.as_str())
    };
    match found.into_iter().find(about_it) {
        Some(entry) => Ok(PortalView::Present {
            status: text(entry, "TrangThaiHoSo")
                .and_then(|status| PortalStatus::parse(&status).ok()),
            steps: steps(entry),
            details: Box::default(),
        }),
        None => nonsense("a search answer without the dossier"),
    }
}

/// The steps there; `None` when the answer lists none or one cannot be read, since
/// half a list would look like missing steps.
fn steps(entry: &Map<String, Value>) -> Option<Vec<StepMark>> {
    entry
        .get("DanhSachTienDo")?
        .as_array()?
        .iter()
        .map(step)
        .collect()
}

fn step(value: &Value) -> Option<StepMark> {
    let entry = value.as_object()?;
    Some(StepMark {
        handled_at: wire_time::from_portal_text(&text(entry, "ThoiDiemXuLy")?).ok()?,
        status: PortalStatus::parse(&text(entry, "TrangThai")?).ok()?,
        // Composed and trimmed like the content that was sent.
        content: text(entry, "NoiDungXuLy")?.trim().nfc().collect(),
    })
}

/// A string, or a number as one: the portal is not consistent.
fn text(entry: &Map<String, Value>, name: &str) -> Option<String> {
    match entry.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
