//! Checks the four SOAP requests against the documented sequences.
//!
//! What a reader would get wrong: the order of the elements is part of the contract, as in an XSD
//! `sequence` (population.md 2.1). A field in the wrong place is refused like a missing one.

use super::DateFormat;
use super::element::Element;
use super::question::{ClaimedBirth, Number, Operation, Question, WrongRequest, bounded, digits};
use crate::config::UnitElement;

/// Namespace of SOAP 1.1.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of requests and of the answer of 033.
pub(super) const BCA: &str = "http://dancuquocgia.bca";
/// Namespace of the relatives' request (population.md 4).
const GTEL: &str = "http://gtel.vn/qldc";

/// What a SOAP profile lays down beyond the sequences themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct SoapRules {
    /// How a birth date is written.
    pub(super) date_format: DateFormat,
    /// Where `MaDonVi` stands.
    pub(super) unit: UnitElement,
    /// Whether `TaiKhoan` and `SoDienThoai` may follow the officer, as the court system sends them.
    pub(super) account_fields: bool,
}

/// The operation element of a body, if it is a SOAP envelope at all.
pub(super) fn operation(body: &[u8]) -> Result<Element, WrongRequest> {
    let body = std::str::from_utf8(body).map_err(|_| WrongRequest::NotSoap)?;
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

/// Checks a request that came to the address of `operation`.
pub(super) fn question(
    operation: Operation,
    element: &Element,
    rules: SoapRules,
) -> Result<Question, WrongRequest> {
    match operation {
        Operation::Lookup => {
            named(element, BCA, &["TraCuuThongTinCongDan"])?;
            by_number_name_birth(element, Some("037"), rules)
        }
        Operation::Household => {
            named(element, BCA, &["CungCapThongTinHoGiaDinh"])?;
            by_number_name_birth(element, None, rules)
        }
        Operation::Verify => verify(element),
        Operation::Relatives => relatives(element, rules),
    }
}

fn named(element: &Element, namespace: &str, names: &[&str]) -> Result<(), WrongRequest> {
    if names.iter().any(|name| element.is(namespace, name)) {
        Ok(())
    } else {
        Err(WrongRequest::OtherOperation)
    }
}

/// Look-up and household (population.md 2.1 and 5): the same fields in the same order.
fn by_number_name_birth(
    element: &Element,
    code: Option<&'static str>,
    rules: SoapRules,
) -> Result<Question, WrongRequest> {
    let mut fields = Fields::of(element, BCA);
    sender(&mut fields, code, rules)?;
    let number = if fields.next_is("SoCMND") {
        Number::old_card(&fields.take("SoCMND")?.text)?
    } else {
        Number::personal(&fields.take("SoDinhDanh")?.text)?
    };
    let name = fields.text("HoVaTen", 100)?;
    let container = fields.take("NgayThangNamSinh")?;
    let birth = claimed_birth(container, rules.date_format)?;
    fields.end()?;
    Ok(Question {
        number,
        name,
        birth: Some(birth),
    })
}

/// The block that says who asks. Without a `code` the service code is not known, and any three
/// digits will do.
fn sender(
    fields: &mut Fields<'_>,
    code: Option<&'static str>,
    rules: SoapRules,
) -> Result<(), WrongRequest> {
    fields.text("MaYeuCau", 40)?;
    fields.text("MaDVC", 20)?;
    match code {
        Some(code) => fields.service_code("MaTichHop", code)?,
        None => {
            digits("MaTichHop", 3, &fields.take("MaTichHop")?.text)?;
        }
    }
    let stands_before = match rules.unit {
        UnitElement::Before => true,
        UnitElement::MayStandBefore | UnitElement::Anywhere => fields.next_is("MaDonVi"),
        UnitElement::Absent | UnitElement::After => false,
    };
    if stands_before {
        fields.text("MaDonVi", 35)?;
    }
    fields.text("MaCanBo", 20)?;
    let stands_after = match rules.unit {
        UnitElement::After => true,
        UnitElement::Anywhere => !stands_before && fields.next_is("MaDonVi"),
        UnitElement::Absent | UnitElement::Before | UnitElement::MayStandBefore => false,
    };
    if stands_after {
        fields.text("MaDonVi", 35)?;
    }
    if rules.account_fields {
        for field in ["TaiKhoan", "SoDienThoai"] {
            if fields.next_is(field) {
                fields.text(field, 100)?;
            }
        }
    }
    Ok(())
}

/// `XacThucThongTinCongDan` (population.md 3).
fn verify(element: &Element) -> Result<Question, WrongRequest> {
    let names = ["XacThucThongTinCongDan", "XacThucThongTinCongDanRequest"];
    named(element, BCA, &names)?;
    let mut fields = Fields::of(element, BCA);
    fields.text("MaYeuCau", 40)?;
    fields.service_code("MaDichVu", "033")?;
    fields.text("MaCanBo", 20)?;
    let personal = &fields.take("SoDinhDanh")?.text;
    let old_card = &fields.take("SoCMND")?.text;
    let number = Number::one_of(personal, old_card)?;
    let name = fields.text("HoVaTen", 100)?;
    fields.end()?;
    Ok(Question {
        number,
        name,
        birth: None,
    })
}

/// `XacMinhThongTinNhanThan` (population.md 4): another namespace, and a birth as plain text.
fn relatives(element: &Element, rules: SoapRules) -> Result<Question, WrongRequest> {
    let names = ["XacMinhThongTinNhanThan", "XacMinhThongTinNhanThanRequest"];
    named(element, GTEL, &names)?;
    let mut fields = Fields::of(element, GTEL);
    fields.text("MaYeuCau", 40)?;
    fields.text("MaDVC", 20)?;
    digits("MaTichHop", 3, &fields.take("MaTichHop")?.text)?;
    let unit_is_required = match rules.unit {
        UnitElement::Before | UnitElement::After => true,
        UnitElement::Absent | UnitElement::MayStandBefore | UnitElement::Anywhere => false,
    };
    if unit_is_required || fields.next_is("MaDonVi") {
        fields.text("MaDonVi", 35)?;
    }
    fields.text("MaCanBo", 20)?;
    let personal = fields.optional("SoDinhDanh");
    let old_card = fields.optional("SoCMND");
    let number = Number::one_of(personal, old_card)?;
    let name = fields.text("HoVaTen", 100)?;
    let birth = fields.text("NgayThangNamSinh", 10)?;
    fields.end()?;
    Ok(Question {
        number,
        name,
        birth: Some(ClaimedBirth::day_or_year(&birth, rules.date_format)?),
    })
}

fn claimed_birth(container: &Element, format: DateFormat) -> Result<ClaimedBirth, WrongRequest> {
    let [only] = container.children.as_slice() else {
        return Err(WrongRequest::Birth);
    };
    if only.is(BCA, "Nam") {
        ClaimedBirth::year(&only.text)
    } else if only.is(BCA, "NgayThangNam") {
        ClaimedBirth::day(&only.text, format)
    } else {
        Err(WrongRequest::Birth)
    }
}

/// The children of an operation, taken in order.
struct Fields<'a> {
    namespace: &'static str,
    rest: std::slice::Iter<'a, Element>,
}

impl<'a> Fields<'a> {
    fn of(operation: &'a Element, namespace: &'static str) -> Self {
        Self {
            namespace,
            rest: operation.children.iter(),
        }
    }

    fn next_is(&self, name: &str) -> bool {
        self.rest
            .as_slice()
            .first()
            .is_some_and(|next| next.is(self.namespace, name))
    }

    fn take(&mut self, name: &'static str) -> Result<&'a Element, WrongRequest> {
        self.rest
            .next()
            .filter(|next| next.is(self.namespace, name))
            .ok_or(WrongRequest::Missing(name))
    }

    /// The text of the next element if it has this name; empty otherwise.
    fn optional(&mut self, name: &'static str) -> &'a str {
        if self.next_is(name) {
            self.rest.next().map_or("", |element| element.text.as_str())
        } else {
            ""
        }
    }

    fn text(&mut self, field: &'static str, most: usize) -> Result<String, WrongRequest> {
        let element = self.take(field)?;
        if !element.children.is_empty() {
            return Err(WrongRequest::Unexpected("an element inside a text field"));
        }
        bounded(field, most, &element.text)
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
