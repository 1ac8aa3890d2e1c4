//! What a province configures for a profile that speaks SOAP, and the dialect itself.
//!
//! The two SOAP profiles differ in their defaults only, and a province may change each of
//! them: their own files hold what is known of them and no behaviour.

use std::sync::Arc;

use lienthong_core::clock::Clock;
use lienthong_core::name::KeyRule;
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, Operation, PopulationRegistry,
};

use super::field_order::{FieldOrder, UnitElement};
use super::form::RequestForm;
use crate::http::SetupError;
use crate::population::dialect::{
    Dialect, Question, Registry, Unwritable, check_procedure, check_service_codes,
};
use crate::population::record::{
    Flaw, read_confirmation, read_household, read_look_up, read_relatives,
};
use crate::population::settings::{RouteSettings, WireDateFormat};

/// Settings of a profile that speaks SOAP. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct SoapSettings {
    profile: &'static str,
    /// The way to the database.
    pub route: RouteSettings,
    /// Form of a full birth date in the request.
    pub date_format: WireDateFormat,
    /// Elements of the look-up; no `MaDonVi` unless configured.
    pub fields: FieldOrder,
    /// Elements of the question about a household; `MaDonVi` before `MaCanBo` unless
    /// configured (population.md 5).
    pub household_fields: FieldOrder,
    /// How names become keys.
    pub name_key_rule: KeyRule,
    /// `MaDVC` for every look-up, such as `VPCP`. Normally absent: the national code of
    /// the procedure is sent.
    pub general_procedure: Option<String>,
}

impl SoapSettings {
    /// The defaults that the profiles share.
    pub(in crate::population) fn new(
        profile: &'static str,
        route: RouteSettings,
        date_format: WireDateFormat,
    ) -> Self {
        Self {
            profile,
            route,
            date_format,
            fields: FieldOrder::of_look_up(UnitElement::Absent),
            household_fields: FieldOrder::of_look_up(UnitElement::BeforeOfficer),
            name_key_rule: KeyRule::LettersAndDigits,
            general_procedure: None,
        }
    }

    /// The registry with these settings. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address, path, code or credential that cannot be used.
    pub fn registry(
        self,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn PopulationRegistry>, SetupError> {
        check_service_codes(&self.route)?;
        check_procedure(self.general_procedure.as_deref())?;
        let dialect = Soap {
            profile: self.profile,
            form: RequestForm {
                date_format: self.date_format,
                fields: self.fields,
                household_fields: self.household_fields,
                name_key_rule: self.name_key_rule,
                general_procedure: self.general_procedure,
            },
        };
        Registry::set_up(dialect, &self.route, clock)
    }
}

/// SOAP 1.1, as it is.
#[derive(Debug)]
struct Soap {
    profile: &'static str,
    form: RequestForm,
}

impl Dialect for Soap {
    fn profile(&self) -> &'static str {
        self.profile
    }

    fn knows(&self) -> &'static [Operation] {
        Operation::ALL
    }

    fn media_types(&self) -> (&'static str, &'static str) {
        ("application/xml", "*/*")
    }

    fn write(&self, question: &Question<'_>) -> Result<Vec<u8>, Unwritable> {
        Ok(self.form.write(question)?)
    }

    fn read_look_up(&self, body: &[u8]) -> Result<CitizenAnswer, Flaw> {
        read_look_up(body)
    }

    fn read_confirmation(&self, body: &[u8]) -> Result<bool, Flaw> {
        read_confirmation(body)
    }

    fn read_household(&self, body: &[u8]) -> Result<HouseholdAnswer, Flaw> {
        read_household(body)
    }

    fn read_relatives(&self, body: &[u8]) -> Result<CitizenAnswer, Flaw> {
        read_relatives(body)
    }
}
