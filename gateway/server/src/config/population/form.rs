//! How a request is written: dates, name keys, and which elements stand where.
//!
//! A body that is right for one province fails in another (population.md D 14), so each
//! of these is a setting; the defaults are what has been seen on the route.

use lienthong_adapters::population::{FieldOrder, RequestField, UnitElement, WireDateFormat};
use lienthong_core::name::KeyRule;

use super::profile::PopulationProfile;
use crate::config::description::Page;
use crate::config::kinds::{boolean, choice, general_procedure, name_of, raw_text, text};
use crate::config::reader::{Complaint, Read};
use crate::config::section::Section;
use crate::config::source::Node;

/// How a request is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestForm {
    /// How a birth date is written.
    pub date_format: WireDateFormat,
    /// How a name becomes the key that is compared.
    pub name_key: KeyRule,
    /// Sent as `MaDVC` for every procedure, such as `VPCP`; `None`: the procedure's own
    /// national code.
    pub general_procedure: Option<String>,
    /// Where the elements stand; `None` for a profile that is not SOAP.
    pub soap: Option<SoapForm>,
    /// Account of the province (`userNameService`); there for `json-flat` only.
    pub service_user: Option<String>,
}

/// Which elements a SOAP request has, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoapForm {
    /// Of a look-up.
    pub fields: FieldOrder,
    /// Of a question about a household.
    pub household_fields: FieldOrder,
}

const DATE_FORMATS: [(&str, WireDateFormat); 2] = [
    ("yyyy-MM-dd", WireDateFormat::Hyphens),
    ("yyyyMMdd", WireDateFormat::Compact),
];

const UNIT_ELEMENTS: [(&str, UnitElement); 3] = [
    ("absent", UnitElement::Absent),
    ("before-officer", UnitElement::BeforeOfficer),
    ("after-officer", UnitElement::AfterOfficer),
];

const NAME_KEYS: [(&str, KeyRule); 2] = [
    ("letters-and-digits", KeyRule::LettersAndDigits),
    ("keep-apostrophe", KeyRule::KeepApostrophe),
];

/// The order of one request: a list of its elements, or where the unit stands among
/// those that every request has.
struct OrderKeys {
    fields: &'static str,
    unit_element: &'static str,
    default: UnitElement,
}

const LOOK_UP: OrderKeys = OrderKeys {
    fields: "fields",
    unit_element: "unit_element",
    default: UnitElement::Absent,
};

/// The unit is among the fields of population.md 5.
const HOUSEHOLD: OrderKeys = OrderKeys {
    fields: "household_fields",
    unit_element: "household_unit_element",
    default: UnitElement::BeforeOfficer,
};

/// Whether the officer's login name is sent besides, as the court system does.
const SEND_ACCOUNT: &str = "send_account";

const SOAP_KEYS: [&str; 5] = [
    LOOK_UP.fields,
    LOOK_UP.unit_element,
    HOUSEHOLD.fields,
    HOUSEHOLD.unit_element,
    SEND_ACCOUNT,
];

impl RequestForm {
    /// Reads the form; a `profile` that is not known lets nothing be judged by it.
    pub(super) fn read(
        section: &mut Section<'_>,
        profile: Option<PopulationProfile>,
    ) -> Read<Self> {
        let defaults = profile.unwrap_or(PopulationProfile::SoapLgsp).defaults();
        let date_format = section.or("date_format", defaults.date_format, choice(&DATE_FORMATS));
        let name_key = section.or("name_key", KeyRule::default(), choice(&NAME_KEYS));
        let general = section.optional("general_procedure", general_procedure);
        let soap = if defaults.soap {
            SoapForm::read(section).map(Some)
        } else {
            refuse_all(section, &SOAP_KEYS, profile).map(|()| None)
        };
        let service_user = match profile {
            Some(_) if defaults.service_user => section.required("service_user", text).map(Some),
            Some(_) => refuse_all(section, &["service_user"], profile).map(|()| None),
            None => section.optional("service_user", text),
        };
        let usual = || defaults.general_procedure.map(str::to_owned);
        Ok(Self {
            date_format: date_format?,
            name_key: name_key?,
            general_procedure: general?.unwrap_or_else(usual),
            soap: soap?,
            service_user: service_user?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.set("date_format", name_of(&DATE_FORMATS, &self.date_format));
        page.set("name_key", name_of(&NAME_KEYS, &self.name_key));
        match &self.general_procedure {
            Some(code) => page.set("general_procedure", code.as_str()),
            None => page.set("general_procedure", false),
        }
        if let Some(soap) = &self.soap {
            for (keys, order) in [(LOOK_UP, &soap.fields), (HOUSEHOLD, &soap.household_fields)] {
                let elements = order.fields().iter().map(|field| field.element());
                page.list(keys.fields, elements);
            }
        }
        page.set_if_any("service_user", self.service_user.as_deref());
    }
}

impl SoapForm {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let account = section.optional(SEND_ACCOUNT, boolean);
        let with_account = account.is_ok_and(|send| send == Some(true));
        let fields = read_order(section, &LOOK_UP, with_account);
        let household_fields = read_order(section, &HOUSEHOLD, with_account);
        account?;
        Ok(Self {
            fields: fields?,
            household_fields: household_fields?,
        })
    }
}

fn read_order(section: &mut Section<'_>, keys: &OrderKeys, with_account: bool) -> Read<FieldOrder> {
    let order = match section.list(keys.fields, request_field) {
        Ok(Some(fields)) => {
            let message = format!("is of no use beside `population.{}`", keys.fields);
            section.refuse(keys.unit_element, &message, "keep one of the two")?;
            FieldOrder::new(fields).map_err(|invalid| {
                let message = format!("does not make a request: {invalid}");
                let help = "name each element once, in the order in which the route wants them";
                section.wrong(keys.fields, &message, help)
            })?
        }
        Ok(None) => {
            let unit = section.or(keys.unit_element, keys.default, choice(&UNIT_ELEMENTS))?;
            FieldOrder::of_look_up(unit)
        }
        Err(reported) => {
            section.take(keys.unit_element);
            return Err(reported);
        }
    };
    let named = order.fields().contains(&RequestField::Account);
    Ok(if with_account && !named {
        order.with_account()
    } else {
        order
    })
}

fn request_field(node: &Node) -> Result<RequestField, Complaint> {
    RequestField::from_element(raw_text(node)?).ok_or_else(|| {
        let known: Vec<_> = RequestField::ALL
            .iter()
            .map(|field| field.element())
            .collect();
        Complaint::new("is not an element of a request")
            .help(format!("known are {}", known.join(", ")))
    })
}

/// Reports each of `keys` that is there although `profile` has no use for it.
fn refuse_all(
    section: &mut Section<'_>,
    keys: &[&'static str],
    profile: Option<PopulationProfile>,
) -> Read<()> {
    let name = profile.map_or("", PopulationProfile::name);
    let message = format!("is of no use with the profile {name}");
    let refused: Vec<Read<()>> = keys
        .iter()
        .map(|key| section.refuse(key, &message, "take it out"))
        .collect();
    refused.into_iter().collect()
}
