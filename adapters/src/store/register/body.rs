//! A piece of evidence as JSON, without its id: that is its place in the register.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use lienthong_core::agency::AgencyCode;
use lienthong_core::document::DocumentSymbol;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::evidence::{Comparison, Evidence, EvidenceClass, EvidenceId, FileHash};
use lienthong_core::procedure::ProcedureCode;
use serde::{Deserialize, Serialize};

/// Form of the bodies that are written.
const VERSION: u32 = 1;

/// Why a body cannot be read back; holds no stored value.
pub(in crate::store) type Unreadable = &'static str;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    class: String,
    services: Vec<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    symbol: Option<String>,
    title: String,
    issuer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    issued_on: String,
    valid_from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    supersedes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repeals: Vec<String>,
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compared: Option<StoredComparison>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    statements: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct StoredComparison {
    on: String,
    by: String,
}

/// The body of a piece; the same piece has the same body to the letter.
pub(in crate::store) fn write(piece: &Evidence) -> Result<String, Unreadable> {
    let texts = |all: &BTreeSet<ProcedureCode>| all.iter().map(ToString::to_string).collect();
    let stored = Stored {
        version: VERSION,
        class: piece.class.id().to_owned(),
        services: piece.services.iter().map(|it| it.get()).collect(),
        codes: texts(&piece.codes),
        units: piece
            .units
            .iter()
            .map(|it| it.as_str().to_owned())
            .collect(),
        symbol: piece.symbol.as_ref().map(ToString::to_string),
        title: piece.title.clone(),
        issuer: piece.issuer.clone(),
        issuer_code: piece.issuer_code.as_ref().map(|it| it.as_str().to_owned()),
        signer: piece.signer.clone(),
        issued_on: piece.issued_on.to_string(),
        valid_from: piece.valid_from.to_string(),
        valid_to: piece.valid_to.map(|day| day.to_string()),
        supersedes: piece.supersedes.iter().map(ToString::to_string).collect(),
        repeals: texts(&piece.repeals),
        sha256: piece.sha256.to_string(),
        address: piece.address.clone(),
        compared: piece.compared.as_ref().map(|it| StoredComparison {
            on: it.on.to_string(),
            by: it.by.clone(),
        }),
        statements: piece.statements.clone(),
    };
    serde_json::to_string(&stored).map_err(|_| "the body of a piece of evidence")
}

/// The piece in this place of the register.
pub(in crate::store) fn read(sequence: u64, body: &str) -> Result<Evidence, Unreadable> {
    let stored: Stored =
        serde_json::from_str(body).map_err(|_| "the body of a piece of evidence")?;
    if stored.version != VERSION {
        return Err("the version of a piece of evidence");
    }
    let services = stored.services.into_iter().map(ServiceNumber::new);
    Ok(Evidence {
        id: EvidenceId::given(sequence),
        class: EvidenceClass::from_id(&stored.class).ok_or("the class of a piece of evidence")?,
        services: services.collect::<Option<_>>().ok_or("a service number")?,
        codes: codes(&stored.codes)?,
        units: all(&stored.units, |it| AgencyCode::parse(it).ok()).ok_or("an agency code")?,
        symbol: maybe(stored.symbol.as_deref(), "a document symbol", |it| {
            DocumentSymbol::parse(it).ok()
        })?,
        title: stored.title,
        issuer: stored.issuer,
        issuer_code: maybe(
            stored.issuer_code.as_deref(),
            "the code of an issuer",
            |it| AgencyCode::parse(it).ok(),
        )?,
        signer: stored.signer,
        issued_on: day(&stored.issued_on).ok_or("a day of issue")?,
        valid_from: day(&stored.valid_from).ok_or("a first day")?,
        valid_to: maybe(stored.valid_to.as_deref(), "a last day", day)?,
        supersedes: all(&stored.supersedes, |it| EvidenceId::parse(it).ok())
            .ok_or("an id of evidence")?,
        repeals: codes(&stored.repeals)?,
        sha256: FileHash::parse(&stored.sha256).map_err(|_| "the hash of a file")?,
        address: stored.address,
        compared: comparison(stored.compared)?,
        statements: stored.statements,
    })
}

fn comparison(stored: Option<StoredComparison>) -> Result<Option<Comparison>, Unreadable> {
    let Some(StoredComparison { on, by }) = stored else {
        return Ok(None);
    };
    let on = day(&on).ok_or("the day of a comparison")?;
    Ok(Some(Comparison { on, by }))
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn codes(texts: &[String]) -> Result<BTreeSet<ProcedureCode>, Unreadable> {
    all(texts, |it| ProcedureCode::parse(it).ok()).ok_or("a procedure code")
}

fn all<T: Ord>(texts: &[String], read: impl Fn(&str) -> Option<T>) -> Option<BTreeSet<T>> {
    texts.iter().map(|text| read(text)).collect()
}

/// What may be absent; `what` names it where it is there and cannot be read.
fn maybe<T>(
    text: Option<&str>,
    what: Unreadable,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Unreadable> {
    text.map(|text| read(text).ok_or(what)).transpose()
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::store::conformance::register::piece;

    #[test]
    fn a_body_keeps_its_form() {
        let mut whole = piece(1);
        whole
            .statements
            .insert("steps".to_owned(), "Một cửa > Lãnh đạo".to_owned());
        insta::assert_snapshot!(write(&whole).unwrap(), @r#"{"version":1,"class":"E3","services":[3,4],"codes":["1.004194.H60","1.004222"],"units":["H60.12"],"symbol":"1/QĐ-TTPVHCC","title":"Phê duyệt quy trình nội bộ, quy trình điện tử","issuer":"UBND tỉnh thử nghiệm","issuer_code":"H60","signer":"Nguyễn Văn Thử","issued_on":"2026-05-13","valid_from":"2026-06-01","valid_to":"2026-12-31","repeals":["2.001023"],"sha256":"0101010101010101010101010101010101010101010101010101010101010101","address":"https://vanban.example/663","compared":{"on":"2026-06-02","by":"CB-01"},"statements":{"steps":"Một cửa > Lãnh đạo","time_limit":"16 giờ làm việc"}}"#);
        let mut bare = piece(1);
        bare.codes.clear();
        bare.units.clear();
        bare.symbol = None;
        bare.issuer_code = None;
        bare.signer = None;
        bare.valid_to = None;
        bare.address = None;
        bare.compared = None;
        bare.statements.clear();
        bare.repeals.clear();
        insta::assert_snapshot!(write(&bare).unwrap(), @r#"{"version":1,"class":"E3","services":[3,4],"title":"Phê duyệt quy trình nội bộ, quy trình điện tử","issuer":"UBND tỉnh thử nghiệm","issued_on":"2026-05-13","valid_from":"2026-06-01","sha256":"0101010101010101010101010101010101010101010101010101010101010101"}"#);
    }

    #[test]
    fn a_body_of_another_version_is_told_and_not_read() {
        let body = write(&piece(1)).unwrap();
        let newer = body.replace("\"version\":1", "\"version\":2");
        assert_eq!(read(1, &newer), Err("the version of a piece of evidence"));
        assert!(read(1, "{}").is_err());
        let wrong = body.replace("\"class\":\"E3\"", "\"class\":\"E0\"");
        assert_eq!(read(1, &wrong), Err("the class of a piece of evidence"));
    }
}
