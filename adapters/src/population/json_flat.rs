//! The profile `json-flat`: the record itself as JSON (population.md 8).
//!
//! The form of its answer is this project's assumption: none is public.

pub(super) mod answer;
pub(super) mod request;

use std::sync::Arc;

use lienthong_core::clock::Clock;
use lienthong_core::identity::Identity;
use lienthong_core::name::{KeyRule, NameKey};
use lienthong_core::ports::population::{CitizenAnswer, Operation, PopulationRegistry};

use super::dialect::{Dialect, Question, Registry, Unwritable, check_procedure};
use super::record::Flaw;
use super::settings::{RouteSettings, WireDateFormat};
use crate::http::SetupError;

/// Settings of the profile `json-flat`. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct JsonFlatSettings {
    /// The way to the database. Only the look-up is known (population.md 8), normally
    /// with a token for the static header `Auth`. No service code is sent.
    pub route: RouteSettings,
    /// `userNameService`: the account of the province, of the form `STTTT_<PROVINCE>`.
    pub user_name_service: String,
    /// Form of a full birth date; `yyyy-MM-dd` unless configured.
    pub date_format: WireDateFormat,
    /// How names become keys.
    pub name_key_rule: KeyRule,
    /// `maDVC` for every look-up. Normally absent: the national code of the procedure is
    /// sent.
    pub general_procedure: Option<String>,
}

impl JsonFlatSettings {
    /// The settings of the route as it is seen in Đồng Tháp (population.md 8).
    #[must_use]
    pub fn new(route: RouteSettings, user_name_service: impl Into<String>) -> Self {
        Self {
            route,
            user_name_service: user_name_service.into(),
            date_format: WireDateFormat::Hyphens,
            name_key_rule: KeyRule::LettersAndDigits,
            general_procedure: None,
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
        check_procedure(self.general_procedure.as_deref())?;
        let dialect = JsonFlat {
            user_name_service: self.user_name_service,
            date_format: self.date_format,
            name_key_rule: self.name_key_rule,
            general_procedure: self.general_procedure,
        };
        Registry::set_up(dialect, &self.route, clock)
    }
}

#[derive(Debug)]
struct JsonFlat {
    user_name_service: String,
    date_format: WireDateFormat,
    name_key_rule: KeyRule,
    general_procedure: Option<String>,
}

impl Dialect for JsonFlat {
    fn profile(&self) -> &'static str {
        "json-flat"
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
        Ok(request::body(&request::RequestFields {
            request_number: question.call.request_number.as_str(),
            procedure: question.procedure(self.general_procedure.as_deref()),
            officer: question.officer_code.expose(),
            personal_number,
            old_id_card_number,
            name_key: NameKey::of(&query.name, self.name_key_rule).expose(),
            birth: &self.date_format.text_of(query.birth),
            user_name_service: &self.user_name_service,
        })?)
    }

    fn read_look_up(&self, body: &[u8]) -> Result<CitizenAnswer, Flaw> {
        answer::read_look_up(body)
    }
}

#[cfg(test)]
mod tests;
