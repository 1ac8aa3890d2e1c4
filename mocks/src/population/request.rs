//! Checks a look-up (037) and a verification (033) against the documented sequences.
//!
//! What a reader would get wrong: the order of the elements is part of the contract, as in an XSD
//! `sequence` (population.md 2.1). A field in the wrong place is refused like a missing one.

use jiff::civil::Date;
use thiserror::Error;

use super::DateFormat;
use super::element::{Element, Malformed};
use super::registry::{ClaimedBirth, Number};

/// Namespace of SOAP 1.1.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of requests and of the answer of 033.
pub(super) const BCA: &str = "http://dancuquocgia.bca";

/// Why a request is answered with a SOAP fault. No value of the request is ever repeated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum WrongRequest {
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("the body is not a SOAP 1.1 envelope")]
    NotSoap,
    #[error("the operation is not served at this address")]
    OtherOperation,
    #[error("{0} is missing or not at its place in the sequence")]
    Missing(&'static str),
    #[error("{0} is not expected here")]
    Unexpected(&'static str),
    #[error("{field} is empty or longer than {most} characters")]
    Length { field: &'static str, most: usize },
    #[error("{field} must be {code}")]
    ServiceCode {
        field: &'static str,
        code: &'static str,
    },
    #[error("{field} must have {digits} digits")]
    Digits { field: &'static str, digits: usize },
    #[error("exactly one of SoDinhDanh and SoCMND must be given")]
    OneNumber,
    #[error("NgayThangNamSinh holds neither Nam (yyyy) nor NgayThangNam in the agreed format")]
    Birth,
}

/// A request that may be answered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) number: Number,
    pub(super) name: String,
    /// `None` for 033, which does not test the birth date (population.md 3).
    pub(super) birth: Option<ClaimedBirth>,
}

/// The operation element of a body, if it is a SOAP envelope at all.
pub(super) fn operation(body: &str) -> Result<Element, WrongRequest> {
    let envelope = Element::read(body)?;
    if !envelope.is(SOAP, "Envelope") {
        return Err(WrongRequest::NotSoap);
    }
    let mut parts = envelope
        .children
        .into_iter()
        .skip_while(|part| part.is(SOAP, "Header"));
    let body = parts
        .next()
        .filter(|part| part.is(SOAP, "Body"))
        .ok_or(WrongRequest::NotSoap)?;
    let mut operations = body.children.into_iter();
    match (operations.next(), operations.next(), parts.next()) {
        (Some(operation), None, None) => Ok(operation),
        _ => Err(WrongRequest::NotSoap),
    }
}

/// `MaYeuCau` wherever it stands, so that a wrong request can be journaled under its number.
pub(super) fn request_number(operation: &Element) -> Option<String> {
    let number = operation
        .children
        .iter()
        .find(|child| child.name == "MaYeuCau")?;
    (number.text.len() <= 60).then(|| number.text.clone())
}

/// Checks `TraCuuThongTinCongDan` (population.md 2.1).
pub(super) fn lookup(operation: &Element, format: DateFormat) -> Result<Question, WrongRequest> {
    if !operation.is(BCA, "TraCuuThongTinCongDan") {
        return Err(WrongRequest::OtherOperation);
    }
    let mut fields = Fields::of(operation);
    fields.text("MaYeuCau", 40)?;
    fields.text("MaDVC", 20)?;
    fields.service_code("MaTichHop", "037")?;
    if fields.next_is("MaDonVi") {
        fields.text("MaDonVi", 35)?;
    }
    fields.text("MaCanBo", 20)?;
    let number = if fields.next_is("SoCMND") {
        Number::OldCard(digits("SoCMND", 9, fields.take("SoCMND")?.text.clone())?)
    } else {
        Number::Personal(digits(
            "SoDinhDanh",
            12,
            fields.take("SoDinhDanh")?.text.clone(),
        )?)
    };
    let name = fields.text("HoVaTen", 100)?;
    let birth = claimed_birth(fields.take("NgayThangNamSinh")?, format)?;
    fields.end()?;
    Ok(Question {
        number,
        name,
        birth: Some(birth),
    })
}

/// Checks `XacThucThongTinCongDan` (population.md 3).
pub(super) fn verify(operation: &Element) -> Result<Question, WrongRequest> {
    if !operation.is(BCA, "XacThucThongTinCongDan")
        && !operation.is(BCA, "XacThucThongTinCongDanRequest")
    {
        return Err(WrongRequest::OtherOperation);
    }
    let mut fields = Fields::of(operation);
    fields.text("MaYeuCau", 40)?;
    fields.service_code("MaDichVu", "033")?;
    fields.text("MaCanBo", 20)?;
    let personal = fields.take("SoDinhDanh")?.text.clone();
    let old_card = fields.take("SoCMND")?.text.clone();
    let number = match (personal.is_empty(), old_card.is_empty()) {
        (false, true) => Number::Personal(digits("SoDinhDanh", 12, personal)?),
        (true, false) => Number::OldCard(digits("SoCMND", 9, old_card)?),
        (true, true) | (false, false) => return Err(WrongRequest::OneNumber),
    };
    let name = fields.text("HoVaTen", 100)?;
    fields.end()?;
    Ok(Question {
        number,
        name,
        birth: None,
    })
}

/// The children of an operation, taken in order.
struct Fields<'a> {
    rest: std::slice::Iter<'a, Element>,
}

impl<'a> Fields<'a> {
    fn of(operation: &'a Element) -> Self {
        Self {
            rest: operation.children.iter(),
        }
    }

    fn next_is(&self, name: &str) -> bool {
        self.rest
            .as_slice()
            .first()
            .is_some_and(|next| next.is(BCA, name))
    }

    fn take(&mut self, name: &'static str) -> Result<&'a Element, WrongRequest> {
        self.rest
            .next()
            .filter(|next| next.is(BCA, name))
            .ok_or(WrongRequest::Missing(name))
    }

    fn text(&mut self, field: &'static str, most: usize) -> Result<String, WrongRequest> {
        let element = self.take(field)?;
        if !element.children.is_empty() {
            return Err(WrongRequest::Unexpected("an element inside a text field"));
        }
        if element.text.is_empty() || element.text.chars().count() > most {
            return Err(WrongRequest::Length { field, most });
        }
        Ok(element.text.clone())
    }

    fn service_code(
        &mut self,
        field: &'static str,
        code: &'static str,
    ) -> Result<(), WrongRequest> {
        if self.take(field)?.text == code {
            Ok(())
        } else {
            Err(WrongRequest::ServiceCode { field, code })
        }
    }

    fn end(mut self) -> Result<(), WrongRequest> {
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(WrongRequest::Unexpected(
                "an element after the last of the sequence",
            )),
        }
    }
}

fn digits(field: &'static str, digits: usize, text: String) -> Result<String, WrongRequest> {
    if text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(WrongRequest::Digits { field, digits })
    }
}

fn claimed_birth(container: &Element, format: DateFormat) -> Result<ClaimedBirth, WrongRequest> {
    let [only] = container.children.as_slice() else {
        return Err(WrongRequest::Birth);
    };
    let claimed = if only.is(BCA, "Nam") {
        year(&only.text).map(ClaimedBirth::Year)
    } else if only.is(BCA, "NgayThangNam") {
        day(&only.text, format).map(ClaimedBirth::Day)
    } else {
        None
    };
    claimed.ok_or(WrongRequest::Birth)
}

fn year(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn day(text: &str, format: DateFormat) -> Option<Date> {
    let compact = match format {
        DateFormat::Compact => text.to_owned(),
        DateFormat::Dashed => {
            let bytes = text.as_bytes();
            let dashed = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
            dashed.then(|| text.replace('-', ""))?
        }
    };
    if compact.len() != 8 || !compact.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, month_day) = compact.split_at(4);
    let (month, day) = month_day.split_at(2);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{DateFormat, day, year};

    #[test]
    fn a_day_is_read_only_in_the_agreed_format_and_only_if_it_exists() {
        assert_eq!(
            day("1985-02-13", DateFormat::Dashed),
            Some(date(1985, 2, 13))
        );
        assert_eq!(
            day("19850213", DateFormat::Compact),
            Some(date(1985, 2, 13))
        );
        assert_eq!(day("19850213", DateFormat::Dashed), None);
        assert_eq!(day("1985-02-13", DateFormat::Compact), None);
        assert_eq!(day("1985-02-30", DateFormat::Dashed), None);
        assert_eq!(day("1985-2-013", DateFormat::Dashed), None);
        assert_eq!(year("1945"), Some(1945));
        assert_eq!(year("+945"), None);
    }
}
