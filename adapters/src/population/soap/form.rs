//! Requests, element by element in the order that the servers check.
//!
//! The order is part of the contract: one element in the wrong place and the
//! whole request is refused (population.md 2.1).

use std::io;

use lienthong_core::birth::BirthDate;
use lienthong_core::identity::Identity;
use lienthong_core::name::{KeyRule, NameKey};
use lienthong_core::ports::population::Operation;
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::field_order::{FieldOrder, RequestField};
use crate::population::dialect::Question;
use crate::population::settings::WireDateFormat;

/// Namespace of the SOAP 1.1 envelope.
const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of nearly all requests.
const QUERY_NS: &str = "http://dancuquocgia.bca";
/// Namespace of the request for relatives (population.md 4).
const RELATIVES_NS: &str = "http://gtel.vn/qldc";

/// Room for a request, so that none has to grow and leave copies of a name behind.
const ROOM: usize = 2048;

/// What a province fixes about the form of its requests.
#[derive(Debug)]
pub(in crate::population) struct RequestForm {
    /// Form of a full birth date.
    pub(super) date_format: WireDateFormat,
    /// Elements of the look-up.
    pub(super) fields: FieldOrder,
    /// Elements of the question about a household.
    pub(super) household_fields: FieldOrder,
    /// How the name becomes a key.
    pub(super) name_key_rule: KeyRule,
    /// `MaDVC` where the route has one for all.
    pub(super) general_procedure: Option<String>,
}

impl RequestForm {
    /// The request of a question.
    ///
    /// # Errors
    /// Only if memory cannot be written, which does not happen.
    pub(super) fn write(&self, question: &Question<'_>) -> io::Result<Vec<u8>> {
        match question.operation {
            Operation::LookUp => self.in_order("TraCuuThongTinCongDan", &self.fields, question),
            Operation::Household => {
                let element = "CungCapThongTinHoGiaDinh";
                self.in_order(element, &self.household_fields, question)
            }
            Operation::Confirm => self.confirm(question),
            Operation::Relatives => self.relatives(question),
        }
    }

    /// `TraCuuThongTinCongDan` and `CungCapThongTinHoGiaDinh` (population.md 2.1, 5).
    fn in_order(
        &self,
        operation: &'static str,
        order: &FieldOrder,
        question: &Question<'_>,
    ) -> io::Result<Vec<u8>> {
        let mut request = Request::open(operation, QUERY_NS)?;
        for field in order.fields() {
            self.write_field(*field, question, &mut request)?;
        }
        request.close()
    }

    fn write_field(
        &self,
        field: RequestField,
        question: &Question<'_>,
        request: &mut Request,
    ) -> io::Result<()> {
        let call = question.call;
        let text = match field {
            RequestField::RequestNumber => call.request_number.as_str(),
            RequestField::Procedure => question.procedure(self.general_procedure.as_deref()),
            RequestField::ServiceCode => question.service_code,
            RequestField::Unit => call.unit.as_str(),
            RequestField::Officer => question.officer_code.expose(),
            // Where nobody is named the element stays, for the order is checked.
            RequestField::Account => call.officer_account.as_ref().map_or("", |it| it.as_str()),
            RequestField::Phone => "0",
            RequestField::Identity => {
                let (element, number) = match &question.query.identity {
                    Identity::PersonalNumber(number) => ("SoDinhDanh", number.expose()),
                    Identity::OldIdCard(number) => ("SoCMND", number.expose()),
                };
                return request.text(element, number);
            }
            RequestField::Name => return request.text("HoVaTen", self.key(question).expose()),
            RequestField::Birth => return self.write_birth(question.query.birth, request),
        };
        request.text(field.element(), text)
    }

    /// The container with the full date, or with the year alone.
    fn write_birth(&self, birth: BirthDate, request: &mut Request) -> io::Result<()> {
        request.start("NgayThangNamSinh")?;
        match birth {
            BirthDate::Year(_) => request.text("Nam", &birth.to_iso())?,
            BirthDate::Date(_) => {
                request.text("NgayThangNam", &self.date_format.text_of(birth))?;
            }
        }
        request.end("NgayThangNamSinh")
    }

    /// `XacThucThongTinCongDan`: six elements, the unused number empty
    /// (population.md 3).
    fn confirm(&self, question: &Question<'_>) -> io::Result<Vec<u8>> {
        let mut request = Request::open("XacThucThongTinCongDan", QUERY_NS)?;
        request.text("MaYeuCau", question.call.request_number.as_str())?;
        request.text("MaDichVu", question.service_code)?;
        request.text("MaCanBo", question.officer_code.expose())?;
        write_both_numbers(&question.query.identity, &mut request)?;
        request.text("HoVaTen", self.key(question).expose())?;
        request.close()
    }

    /// `XacMinhThongTinNhanThan`: nine strings in a namespace of its own, the unused
    /// number empty (population.md 4). The birth is a string as well, in the date format of the
    /// route or as a year.
    fn relatives(&self, question: &Question<'_>) -> io::Result<Vec<u8>> {
        let mut request = Request::open("XacMinhThongTinNhanThan", RELATIVES_NS)?;
        for field in [
            RequestField::RequestNumber,
            RequestField::Procedure,
            RequestField::ServiceCode,
            RequestField::Unit,
            RequestField::Officer,
        ] {
            self.write_field(field, question, &mut request)?;
        }
        write_both_numbers(&question.query.identity, &mut request)?;
        request.text("HoVaTen", self.key(question).expose())?;
        let birth = self.date_format.text_of(question.query.birth);
        request.text("NgayThangNamSinh", &birth)?;
        request.close()
    }

    fn key(&self, question: &Question<'_>) -> NameKey {
        NameKey::of(&question.query.name, self.name_key_rule)
    }
}

fn write_both_numbers(identity: &Identity, request: &mut Request) -> io::Result<()> {
    let (number, old_number) = match identity {
        Identity::PersonalNumber(number) => (number.expose(), ""),
        Identity::OldIdCard(number) => ("", number.expose()),
    };
    request.text("SoDinhDanh", number)?;
    request.text("SoCMND", old_number)
}

/// An envelope that is being written.
struct Request {
    writer: Writer<Vec<u8>>,
    operation: &'static str,
}

impl Request {
    fn open(operation: &'static str, namespace: &'static str) -> io::Result<Self> {
        let mut request = Self {
            writer: Writer::new(Vec::with_capacity(ROOM)),
            operation,
        };
        let envelope = BytesStart::new("soapenv:Envelope")
            .with_attributes([("xmlns:soapenv", ENVELOPE_NS), ("xmlns:dan", namespace)]);
        request.event(Event::Start(envelope))?;
        request.event(Event::Empty(BytesStart::new("soapenv:Header")))?;
        request.event(Event::Start(BytesStart::new("soapenv:Body")))?;
        request.start(operation)?;
        Ok(request)
    }

    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        self.writer.write_event(event)
    }

    fn start(&mut self, name: &str) -> io::Result<()> {
        self.event(Event::Start(BytesStart::new(qualified(name))))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.event(Event::End(BytesEnd::new(qualified(name))))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return self.event(Event::Empty(BytesStart::new(qualified(name))));
        }
        self.start(name)?;
        self.event(Event::Text(BytesText::new(text)))?;
        self.end(name)
    }

    fn close(mut self) -> io::Result<Vec<u8>> {
        self.end(self.operation)?;
        self.event(Event::End(BytesEnd::new("soapenv:Body")))?;
        self.event(Event::End(BytesEnd::new("soapenv:Envelope")))?;
        Ok(self.writer.into_inner())
    }
}

/// The name with the prefix of the request's namespace.
fn qualified(name: &str) -> String {
    ["dan:", name].concat()
}

#[cfg(test)]
mod tests;
