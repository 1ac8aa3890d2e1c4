//! Requests, element by element in the order that the servers check.
//!
//! The order is part of the contract: one element in the wrong place and the
//! whole request is refused (population.md 2.1).

use std::io;

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::Identity;
use lienthong_core::name::{KeyRule, NameKey};
use lienthong_core::ports::population::LookupCall;
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::{ENVELOPE_NS, QUERY_NS};
use crate::population::soap_lgsp::{UnitElement, WireDateFormat};

/// What a province fixes about the form of its requests.
#[derive(Debug)]
pub(in crate::population) struct RequestForm {
    /// `MaTichHop` of the look-up.
    pub(in crate::population) lookup_service_code: String,
    /// `MaDichVu` of the confirmation.
    pub(in crate::population) confirm_service_code: String,
    /// Form of a full birth date.
    pub(in crate::population) date_format: WireDateFormat,
    /// Where `MaDonVi` stands.
    pub(in crate::population) unit_element: UnitElement,
    /// How the name becomes a key.
    pub(in crate::population) name_key_rule: KeyRule,
}

impl RequestForm {
    /// `TraCuuThongTinCongDan` (population.md 2.1 and 2.2).
    ///
    /// # Errors
    /// Only if memory cannot be written, which does not happen.
    pub(in crate::population) fn look_up(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> io::Result<Vec<u8>> {
        let mut request = Request::open("dan:TraCuuThongTinCongDan")?;
        request.text("dan:MaYeuCau", call.request_number.as_str())?;
        // The field holds 20 characters: the national code, without the suffix by
        // which a province marks its own variant.
        request.text("dan:MaDVC", call.procedure.national())?;
        request.text("dan:MaTichHop", &self.lookup_service_code)?;
        if self.unit_element == UnitElement::BeforeOfficer {
            request.text("dan:MaDonVi", call.unit.as_str())?;
        }
        request.text("dan:MaCanBo", call.officer.expose())?;
        if self.unit_element == UnitElement::AfterOfficer {
            request.text("dan:MaDonVi", call.unit.as_str())?;
        }
        match &query.identity {
            Identity::PersonalNumber(number) => request.text("dan:SoDinhDanh", number.expose())?,
            Identity::OldIdCard(number) => request.text("dan:SoCMND", number.expose())?,
        }
        request.text(
            "dan:HoVaTen",
            NameKey::of(&query.name, self.name_key_rule).expose(),
        )?;
        request.start("dan:NgayThangNamSinh")?;
        match &query.birth {
            birth @ BirthDate::Year(_) => request.text("dan:Nam", &birth.to_iso())?,
            birth @ BirthDate::Date(_) => {
                let date = match self.date_format {
                    WireDateFormat::Hyphens => birth.to_iso(),
                    WireDateFormat::Compact => birth.to_compact(),
                };
                request.text("dan:NgayThangNam", &date)?;
            }
        }
        request.end("dan:NgayThangNamSinh")?;
        request.close("dan:TraCuuThongTinCongDan")
    }

    /// `XacThucThongTinCongDan`: six elements, the unused number empty
    /// (population.md 3).
    ///
    /// # Errors
    /// Only if memory cannot be written, which does not happen.
    pub(in crate::population) fn confirm(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> io::Result<Vec<u8>> {
        let (number, old_number) = match &query.identity {
            Identity::PersonalNumber(number) => (number.expose(), ""),
            Identity::OldIdCard(number) => ("", number.expose()),
        };
        let mut request = Request::open("dan:XacThucThongTinCongDan")?;
        request.text("dan:MaYeuCau", call.request_number.as_str())?;
        request.text("dan:MaDichVu", &self.confirm_service_code)?;
        request.text("dan:MaCanBo", call.officer.expose())?;
        request.text("dan:SoDinhDanh", number)?;
        request.text("dan:SoCMND", old_number)?;
        request.text(
            "dan:HoVaTen",
            NameKey::of(&query.name, self.name_key_rule).expose(),
        )?;
        request.close("dan:XacThucThongTinCongDan")
    }
}

/// An envelope that is being written.
struct Request(Writer<Vec<u8>>);

impl Request {
    fn open(operation: &'static str) -> io::Result<Self> {
        let mut request = Self(Writer::new(Vec::with_capacity(1024)));
        let envelope = BytesStart::new("soapenv:Envelope")
            .with_attributes([("xmlns:soapenv", ENVELOPE_NS), ("xmlns:dan", QUERY_NS)]);
        request.0.write_event(Event::Start(envelope))?;
        request
            .0
            .write_event(Event::Empty(BytesStart::new("soapenv:Header")))?;
        request.start("soapenv:Body")?;
        request.start(operation)?;
        Ok(request)
    }

    fn start(&mut self, name: &'static str) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name)))
    }

    fn end(&mut self, name: &'static str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return self.0.write_event(Event::Empty(BytesStart::new(name)));
        }
        self.start(name)?;
        self.0.write_event(Event::Text(BytesText::new(text)))?;
        self.end(name)
    }

    fn close(mut self, operation: &'static str) -> io::Result<Vec<u8>> {
        self.end(operation)?;
        self.end("soapenv:Body")?;
        self.end("soapenv:Envelope")?;
        Ok(self.0.into_inner())
    }
}

#[cfg(test)]
mod tests;
