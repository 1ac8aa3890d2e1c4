//! Who asks and about whom: the parts that every look-up request shares.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::{BirthDate, InvalidBirthDate};
use lienthong_core::citizen::{CitizenField, CitizenQuery};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{Identity, OldIdCardNumber, PersonalNumber};
use lienthong_core::lookup::Freshness;
use lienthong_core::name::FullName;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use prost_types::FieldMask;

use super::{InvalidField, Reader};
use crate::lookup::Asked;
use crate::status::ServerError;

/// A checked look-up request.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// Who asks about whom.
    pub(crate) asked: Asked,
    /// Fields asked for; all that are allowed when none is named.
    pub(crate) fields: Option<BTreeSet<CitizenField>>,
}

/// The fields that the look-up requests share.
pub(crate) struct LookupMessage {
    pub(crate) context: Option<v1::AccessContext>,
    pub(crate) identity: Option<v1::Identity>,
    pub(crate) full_name: String,
    pub(crate) birth: Option<v1::BirthDate>,
    pub(crate) freshness: Option<v1::Freshness>,
    pub(crate) fields: Option<FieldMask>,
}

impl From<v1::VerifyCitizenRequest> for LookupMessage {
    fn from(message: v1::VerifyCitizenRequest) -> Self {
        let v1::VerifyCitizenRequest {
            context,
            identity,
            full_name,
            birth,
            freshness,
        } = message;
        Self {
            context,
            identity,
            full_name,
            birth,
            freshness,
            fields: None,
        }
    }
}

impl From<v1::LookupCitizenRequest> for LookupMessage {
    fn from(message: v1::LookupCitizenRequest) -> Self {
        let v1::LookupCitizenRequest {
            context,
            identity,
            full_name,
            birth,
            freshness,
            fields,
        } = message;
        Self {
            context,
            identity,
            full_name,
            birth,
            freshness,
            fields,
        }
    }
}

impl From<v1::LookupHouseholdRequest> for LookupMessage {
    fn from(message: v1::LookupHouseholdRequest) -> Self {
        let v1::LookupHouseholdRequest {
            context,
            identity,
            full_name,
            birth,
            freshness,
        } = message;
        Self {
            context,
            identity,
            full_name,
            birth,
            freshness,
            fields: None,
        }
    }
}

impl LookupMessage {
    /// Reads the message of `client` at the moment `now`.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(self, client: ClientName, now: Timestamp) -> Result<Lookup, ServerError> {
        let mut reader = Reader::default();
        let context = read_context(&mut reader, self.context, client, now);
        let identity = read_identity(&mut reader, self.identity);
        let name = read_name(&mut reader, &self.full_name);
        let birth = read_birth(&mut reader, self.birth, now);
        let freshness = read_freshness(&mut reader, self.freshness);
        let fields = read_fields(&mut reader, self.fields);
        let lookup = (|| {
            let query = CitizenQuery {
                identity: identity?,
                name: name?,
                birth: birth?,
            };
            let asked = Asked {
                context: context?,
                query,
                freshness: freshness?,
            };
            Some(Lookup { asked, fields })
        })();
        reader.finish(lookup)
    }
}

fn read_context(
    reader: &mut Reader,
    message: Option<v1::AccessContext>,
    client: ClientName,
    now: Timestamp,
) -> Option<AccessContext> {
    let Some(message) = message else {
        reader.refuse("context", InvalidField::Missing);
        return None;
    };
    let officer = reader.required("context.officer_id", &message.officer_id, |raw| {
        OfficerId::parse(raw).ok_or(InvalidField::OfficerId)
    });
    let officer_account = reader.optional(
        "context.officer_account",
        &message.officer_account,
        Text::parse,
    );
    let unit = reader.required("context.unit_code", &message.unit_code, AgencyCode::parse);
    let procedure = reader.required(
        "context.procedure_code",
        &message.procedure_code,
        ProcedureCode::parse,
    );
    let dossier = read_dossier_number(reader, "context.dossier_code", &message.dossier_code, now);
    let purpose = read_purpose(reader, message.purpose);
    let legal_basis = reader.optional("context.legal_basis", &message.legal_basis, Text::parse);
    Some(AccessContext {
        client,
        officer: officer?,
        officer_account,
        unit: unit?,
        procedure: procedure?,
        dossier: dossier?,
        purpose: purpose?,
        legal_basis,
    })
}

/// Reads a dossier number that must be there and may not be of a future day.
pub(super) fn read_dossier_number(
    reader: &mut Reader,
    field: &str,
    raw: &str,
    now: Timestamp,
) -> Option<DossierNumber> {
    reader.required(field, raw, |raw| {
        let number = DossierNumber::parse(raw)?;
        number.not_after(local_date(now))?;
        Ok::<_, lienthong_core::dossier_number::InvalidDossierNumber>(number)
    })
}

fn read_purpose(reader: &mut Reader, raw: i32) -> Option<Purpose> {
    let purpose = purpose_of(v1::Purpose::try_from(raw).ok());
    reader.take("context.purpose", purpose)
}

/// The purpose behind a value of the enumeration; `None` is a value outside it.
pub(super) fn purpose_of(raw: Option<v1::Purpose>) -> Result<Purpose, InvalidField> {
    match raw {
        Some(v1::Purpose::Unspecified) => Err(InvalidField::Missing),
        Some(v1::Purpose::DossierIntake) => Ok(Purpose::DossierIntake),
        Some(v1::Purpose::DossierProcessing) => Ok(Purpose::DossierProcessing),
        Some(v1::Purpose::ResultDelivery) => Ok(Purpose::ResultDelivery),
        Some(v1::Purpose::DataCleaning) => Ok(Purpose::DataCleaning),
        Some(v1::Purpose::Inspection) => Ok(Purpose::Inspection),
        None => Err(InvalidField::UnknownValue),
    }
}

fn read_identity(reader: &mut Reader, message: Option<v1::Identity>) -> Option<Identity> {
    match message.and_then(|identity| identity.number) {
        None => {
            reader.refuse("identity", InvalidField::Missing);
            None
        }
        Some(v1::identity::Number::PersonalNumber(raw)) => reader
            .take("identity.personal_number", PersonalNumber::parse(&raw))
            .map(Identity::PersonalNumber),
        Some(v1::identity::Number::OldIdCardNumber(raw)) => reader
            .take("identity.old_id_card_number", OldIdCardNumber::parse(&raw))
            .map(Identity::OldIdCard),
    }
}

fn read_name(reader: &mut Reader, raw: &str) -> Option<FullName> {
    if raw.trim().is_empty() {
        reader.refuse("full_name", InvalidField::Missing);
        return None;
    }
    for violation in FullName::violations(raw) {
        reader.refuse("full_name", violation.into());
    }
    FullName::parse(raw).ok()
}

fn read_birth(
    reader: &mut Reader,
    message: Option<v1::BirthDate>,
    now: Timestamp,
) -> Option<BirthDate> {
    let (field, raw) = match message.and_then(|birth| birth.value) {
        None => {
            reader.refuse("birth", InvalidField::Missing);
            return None;
        }
        Some(v1::birth_date::Value::Date(raw)) => ("birth.date", raw),
        Some(v1::birth_date::Value::Year(year)) => ("birth.year", format!("{year:04}")),
    };
    let read = BirthDate::parse(&raw).and_then(|birth| {
        // A year alone has a field of its own: what was to be a day is not asked as less.
        if field == "birth.date" && matches!(birth, BirthDate::Year(_)) {
            return Err(InvalidBirthDate::Format);
        }
        birth.not_after(local_date(now))?;
        Ok(birth)
    });
    reader.take(field, read)
}

fn read_freshness(reader: &mut Reader, message: Option<v1::Freshness>) -> Option<Freshness> {
    let Some(message) = message else {
        return Some(Freshness::default());
    };
    let max_age = match message.max_age {
        None => None,
        Some(age) => Some(reader.take("freshness.max_age", positive(age))?),
    };
    Some(Freshness {
        max_age,
        refresh: message.refresh,
    })
}

/// Most seconds of a `google.protobuf.Duration`.
const LONGEST_SECONDS: u64 = 315_576_000_000;

fn positive(age: prost_types::Duration) -> Result<Duration, InvalidField> {
    let seconds = u64::try_from(age.seconds).ok();
    let nanos = u32::try_from(age.nanos).ok();
    match (seconds, nanos) {
        (Some(seconds @ 0..=LONGEST_SECONDS), Some(nanos @ 0..1_000_000_000)) => {
            Ok(Duration::new(seconds, nanos))
        }
        (Some(_) | None, Some(_) | None) => Err(InvalidField::NotADuration),
    }
}

/// The fields of a mask; `None` without one. Unknown paths are noted.
fn read_fields(reader: &mut Reader, mask: Option<FieldMask>) -> Option<BTreeSet<CitizenField>> {
    let mask = mask.filter(|mask| !mask.paths.is_empty())?;
    let most = CitizenField::ALL.len();
    if mask.paths.len() > most {
        reader.refuse("fields.paths", InvalidField::TooMany { most });
        return None;
    }
    let mut fields = BTreeSet::new();
    for (index, path) in mask.paths.iter().enumerate() {
        match CitizenField::from_path(path) {
            Some(field) => {
                fields.insert(field);
            }
            None => reader.refuse(format!("fields.paths[{index}]"), InvalidField::UnknownPath),
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use lienthong_core::citizen::CitizenField;
    use prost_types::FieldMask;

    use super::{Reader, ServerError, read_fields};

    fn violations(paths: usize) -> Vec<crate::status::Violation> {
        let mut reader = Reader::default();
        let paths = vec!["nothing".to_owned(); paths];
        let fields = read_fields(&mut reader, Some(FieldMask { paths }));
        match reader.finish(fields.filter(|fields| !fields.is_empty())) {
            Err(ServerError::Invalid(violations)) => violations,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mask_with_more_paths_than_there_are_fields_breaks_one_rule() {
        let most = CitizenField::ALL.len();
        assert_eq!(violations(most).len(), most);
        let refused = violations(most + 1);
        assert_eq!(refused.len(), 1);
        let refused = &refused[0];
        assert_eq!(
            (refused.field.as_str(), refused.reason),
            ("fields.paths", "TOO_MANY")
        );
    }
}
