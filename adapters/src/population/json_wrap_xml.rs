//! The profile `json-wrap-xml`: JSON around the SOAP answer (population.md 8).
//!
//! The SOAP text inside decides what was answered; the wrapper only says whether
//! there is one.

pub(super) mod answer;
pub(super) mod request;

use std::sync::Arc;

use lienthong_core::birth::BirthDate;
use lienthong_core::clock::Clock;
use lienthong_core::identity::Identity;
use lienthong_core::name::{KeyRule, NameKey};
use lienthong_core::ports::population::{CitizenAnswer, Operation, PopulationRegistry};

use super::dialect::{
    Dialect, Question, Registry, Unwritable, check_procedure, check_service_codes,
};
use super::record::Flaw;
use super::settings::{RouteSettings, WireDateFormat};
use crate::http::SetupError;

/// Settings of the profile `json-wrap-xml`. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct JsonWrapXmlSettings {
    /// The way to the database. Only the look-up is known (population.md 8), normally
    /// without any access and under one account of the province.
    pub route: RouteSettings,
    /// Form of a full birth date; `yyyyMMdd` unless configured.
    pub date_format: WireDateFormat,
    /// How names become keys.
    pub name_key_rule: KeyRule,
    /// `MaDVC` for every look-up; `VPCP` unless configured. Without one, the national
    /// code of the procedure is sent.
    pub general_procedure: Option<String>,
}

impl JsonWrapXmlSettings {
    /// The settings of the route as it is seen in Thanh Hóa (population.md 8).
    #[must_use]
    pub fn new(route: RouteSettings) -> Self {
        Self {
            route,
            date_format: WireDateFormat::Compact,
            name_key_rule: KeyRule::LettersAndDigits,
            general_procedure: Some("VPCP".to_owned()),
        }
    }

    /// The registry with these settings. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address, path, code or credential that cannot be used, or
    /// an operation other than the look-up.
    pub fn registry(
        self,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn PopulationRegistry>, SetupError> {
        check_service_codes(&self.route)?;
        check_procedure(self.general_procedure.as_deref())?;
        let dialect = JsonWrapXml {
            date_format: self.date_format,
            name_key_rule: self.name_key_rule,
            general_procedure: self.general_procedure,
        };
        Registry::set_up(dialect, &self.route, clock)
    }
}

#[derive(Debug)]
struct JsonWrapXml {
    date_format: WireDateFormat,
    name_key_rule: KeyRule,
    general_procedure: Option<String>,
}

impl Dialect for JsonWrapXml {
    fn profile(&self) -> &'static str {
        "json-wrap-xml"
    }

    fn knows(&self) -> &'static [Operation] {
        &[Operation::LookUp]
    }

    fn media_types(&self) -> (&'static str, &'static str) {
        ("application/json", "application/json")
    }

    fn write(&self, question: &Question<'_>) -> Result<Vec<u8>, Unwritable> {
        let query = question.query;
        let (personal_number, old_id_card_number) = match &query.identity {
            Identity::PersonalNumber(number) => (number.expose(), ""),
            Identity::OldIdCard(number) => ("", number.expose()),
        };
        let birth = self.date_format.text_of(query.birth);
        let (date, year) = match &query.birth {
            BirthDate::Date(_) => (birth.as_str(), ""),
            BirthDate::Year(_) => ("", birth.as_str()),
        };
        Ok(request::body(&request::RequestFields {
            name_key: NameKey::of(&query.name, self.name_key_rule).expose(),
            personal_number,
            old_id_card_number,
            date,
            year,
            service_code: question.service_code,
            procedure: question.procedure(self.general_procedure.as_deref()),
            officer: question.officer_code.expose(),
            request_number: question.call.request_number.as_str(),
        })?)
    }

    fn read_look_up(&self, body: &[u8]) -> Result<CitizenAnswer, Flaw> {
        answer::read_look_up(body)
    }
}

#[cfg(test)]
mod tests;
