//! Checks the two JSON forms of the look-up (population.md 8).
//!
//! What a reader would get wrong: the Pascal-case form sends every key, the unused ones empty; the
//! camel-case form may leave the unused number out.

use serde_json::{Map, Value};

use super::DateFormat;
use super::question::{ClaimedBirth, Number, Question, WrongRequest, bounded};

/// A request body as an object.
pub(super) type Fields = Map<String, Value>;

const WRAP_KEYS: [&str; 9] = [
    "HoVaTen",
    "SoDinhDanh",
    "SoCMND",
    "NgayThangNam",
    "Nam",
    "MaTichHop",
    "MaDVC",
    "MaCanBo",
    "MaYeuCau",
];
const FLAT_KEYS: [&str; 8] = [
    "maYeuCau",
    "maDVC",
    "maCanBo",
    "soDinhDanh",
    "soCMND",
    "hoVaTen",
    "ngayThangNam",
    "userNameService",
];

/// The body as an object.
pub(super) fn object(body: &[u8]) -> Result<Fields, WrongRequest> {
    serde_json::from_slice(body).map_err(|_| WrongRequest::NotJson)
}

/// The request number, for the journal, however wrong the rest is.
pub(super) fn request_number(fields: &Fields, key: &str) -> Option<String> {
    let number = fields.get(key).and_then(Value::as_str)?;
    (number.len() <= 60).then(|| number.to_owned())
}

/// json-wrap-xml: nine keys in Pascal case, all of them texts.
pub(super) fn wrapped(fields: &Fields) -> Result<Question, WrongRequest> {
    only(fields, &WRAP_KEYS)?;
    bounded("MaYeuCau", 40, text(fields, "MaYeuCau")?)?;
    bounded("MaDVC", 20, text(fields, "MaDVC")?)?;
    bounded("MaCanBo", 20, text(fields, "MaCanBo")?)?;
    if text(fields, "MaTichHop")? != "037" {
        return Err(WrongRequest::ServiceCode {
            field: "MaTichHop",
            code: "037",
        });
    }
    let number = Number::one_of(text(fields, "SoDinhDanh")?, text(fields, "SoCMND")?)?;
    let name = bounded("HoVaTen", 100, text(fields, "HoVaTen")?)?;
    let (day, year) = (text(fields, "NgayThangNam")?, text(fields, "Nam")?);
    let birth = match (day.is_empty(), year.is_empty()) {
        (false, true) => ClaimedBirth::day(day, DateFormat::Compact)?,
        (true, false) => ClaimedBirth::year(year)?,
        (true, true) | (false, false) => return Err(WrongRequest::Birth),
    };
    Ok(Question {
        number,
        name,
        birth: Some(birth),
    })
}

/// json-flat: camel-case keys. That a lone year goes into `ngayThangNam` is an assumption; the
/// route is only known with whole dates.
pub(super) fn flat(fields: &Fields, account: Option<&str>) -> Result<Question, WrongRequest> {
    only(fields, &FLAT_KEYS)?;
    bounded("maYeuCau", 40, text(fields, "maYeuCau")?)?;
    bounded("maDVC", 20, text(fields, "maDVC")?)?;
    bounded("maCanBo", 20, text(fields, "maCanBo")?)?;
    let given = text(fields, "userNameService")?;
    bounded("userNameService", 100, given)?;
    if account.is_some_and(|agreed| agreed != given) {
        return Err(WrongRequest::NotAgreed("userNameService"));
    }
    let number = Number::one_of(
        text_or_nothing(fields, "soDinhDanh")?,
        text_or_nothing(fields, "soCMND")?,
    )?;
    let name = bounded("hoVaTen", 100, text(fields, "hoVaTen")?)?;
    let birth = text(fields, "ngayThangNam")?;
    Ok(Question {
        number,
        name,
        birth: Some(ClaimedBirth::day_or_year(birth, DateFormat::Dashed)?),
    })
}

fn only(fields: &Fields, keys: &[&str]) -> Result<(), WrongRequest> {
    if fields.keys().all(|key| keys.contains(&key.as_str())) {
        Ok(())
    } else {
        Err(WrongRequest::Unexpected("a key beyond the documented ones"))
    }
}

fn text<'a>(fields: &'a Fields, key: &'static str) -> Result<&'a str, WrongRequest> {
    fields
        .get(key)
        .and_then(Value::as_str)
        .ok_or(WrongRequest::NoText(key))
}

fn text_or_nothing<'a>(fields: &'a Fields, key: &'static str) -> Result<&'a str, WrongRequest> {
    if fields.contains_key(key) {
        text(fields, key)
    } else {
        Ok("")
    }
}
