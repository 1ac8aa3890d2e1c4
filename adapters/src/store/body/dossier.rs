//! The written form of a dossier's state.
//!
//! It holds the owner's name and numbers in the clear: the file is what protects
//! them, so none of these types has a `Debug`.

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{
    Channel, Dossier, DossierDates, OnlinePayment, Owner, OwnerKind, ReturnMethod, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{Identity, OldIdCardNumber, PersonalNumber};
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{FieldCode, ProcedureCode};
use lienthong_core::text::Text;
use serde::{Deserialize, Serialize};

use super::papers::{StoredAttachment, StoredDocument, StoredFee, StoredResult, stored_enum};
use super::{Problem, each, parsed, parsed_optional};

const TEXT: Problem = "a text of its dossier does not parse";
const CODE: Problem = "a code of its dossier does not parse";
const MOMENT: Problem = "a moment of its dossier does not parse";
const IDENTITY: Problem = "an identity of its owner does not parse";

stored_enum! { StoredChannel = Channel { Direct, Online, Postal } }
stored_enum! { StoredReturn = ReturnMethod { Direct, Postal } }
stored_enum! { StoredPlace = SubmissionPlace { NationalPortal, LocalSystem } }
stored_enum! { StoredPayment = OnlinePayment { None, NationalPortal, LocalGateway } }
stored_enum! {
    StoredOwnerKind = OwnerKind { Citizen, Enterprise, StateAgency, OtherOrganisation }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDossier {
    number: String,
    procedure: String,
    procedure_name: String,
    field: String,
    field_name: String,
    receipt_number: Option<String>,
    channel: StoredChannel,
    owner: StoredOwner,
    summary: String,
    note: Option<String>,
    other_information: Option<String>,
    dates: StoredDates,
    status: u8,
    return_method: StoredReturn,
    return_information: Option<String>,
    receiving_unit: Option<String>,
    processing_unit_name: String,
    submitted_at_place: StoredPlace,
    has_digitised_components: bool,
    vneid_verified_account: bool,
    online_payment: StoredPayment,
    connected_databases: Vec<String>,
    documents: Vec<StoredDocument>,
    fees: Vec<StoredFee>,
    other_attachments: Vec<StoredAttachment>,
    results: Vec<StoredResult>,
}

impl From<&Dossier> for StoredDossier {
    fn from(dossier: &Dossier) -> Self {
        // Taking the value apart makes a new field a compile error here.
        let Dossier {
            number,
            procedure,
            procedure_name,
            field,
            field_name,
            receipt_number,
            channel,
            owner,
            summary,
            note,
            other_information,
            dates,
            status,
            return_method,
            return_information,
            receiving_unit,
            processing_unit_name,
            submitted_at_place,
            has_digitised_components,
            vneid_verified_account,
            online_payment,
            connected_databases,
            documents,
            fees,
            other_attachments,
            results,
        } = dossier;
        Self {
            number: number.as_str().to_owned(),
            procedure: procedure.as_str().to_owned(),
            procedure_name: procedure_name.as_str().to_owned(),
            field: field.as_str().to_owned(),
            field_name: field_name.as_str().to_owned(),
            receipt_number: written(receipt_number.as_ref()),
            channel: (*channel).into(),
            owner: owner.into(),
            summary: summary.as_str().to_owned(),
            note: written(note.as_ref()),
            other_information: written(other_information.as_ref()),
            dates: dates.into(),
            status: status.code(),
            return_method: (*return_method).into(),
            return_information: written(return_information.as_ref()),
            receiving_unit: receiving_unit.as_ref().map(|code| code.as_str().to_owned()),
            processing_unit_name: processing_unit_name.as_str().to_owned(),
            submitted_at_place: (*submitted_at_place).into(),
            has_digitised_components: *has_digitised_components,
            vneid_verified_account: *vneid_verified_account,
            online_payment: (*online_payment).into(),
            connected_databases: connected_databases
                .iter()
                .map(|code| code.as_str().to_owned())
                .collect(),
            documents: documents.iter().map(Into::into).collect(),
            fees: fees.iter().map(Into::into).collect(),
            other_attachments: other_attachments.iter().map(Into::into).collect(),
            results: results.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<StoredDossier> for Dossier {
    type Error = Problem;

    fn try_from(stored: StoredDossier) -> Result<Self, Problem> {
        Ok(Self {
            number: parsed(
                DossierNumber::parse(&stored.number),
                "its dossier number does not parse",
            )?,
            procedure: parsed(ProcedureCode::parse(&stored.procedure), CODE)?,
            procedure_name: parsed(Text::parse(&stored.procedure_name), TEXT)?,
            field: parsed(FieldCode::parse(&stored.field), CODE)?,
            field_name: parsed(Text::parse(&stored.field_name), TEXT)?,
            receipt_number: parsed_optional(stored.receipt_number, Text::parse, TEXT)?,
            channel: stored.channel.into(),
            owner: stored.owner.try_into()?,
            summary: parsed(Text::parse(&stored.summary), TEXT)?,
            note: parsed_optional(stored.note, Text::parse, TEXT)?,
            other_information: parsed_optional(stored.other_information, Text::parse, TEXT)?,
            dates: stored.dates.try_into()?,
            status: parsed(
                PortalStatus::try_from(stored.status),
                "its status does not parse",
            )?,
            return_method: stored.return_method.into(),
            return_information: parsed_optional(stored.return_information, Text::parse, TEXT)?,
            receiving_unit: parsed_optional(stored.receiving_unit, AgencyCode::parse, CODE)?,
            processing_unit_name: parsed(Text::parse(&stored.processing_unit_name), TEXT)?,
            submitted_at_place: stored.submitted_at_place.into(),
            has_digitised_components: stored.has_digitised_components,
            vneid_verified_account: stored.vneid_verified_account,
            online_payment: stored.online_payment.into(),
            connected_databases: stored
                .connected_databases
                .iter()
                .map(|code| parsed(Text::parse(code), TEXT))
                .collect::<Result<_, _>>()?,
            documents: each(stored.documents)?,
            fees: each(stored.fees)?,
            other_attachments: each(stored.other_attachments)?,
            results: each(stored.results)?,
        })
    }
}

fn written<const MAX: usize>(text: Option<&Text<MAX>>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDates {
    submitted: String,
    received: String,
    due: Option<String>,
    finished: Option<String>,
    returned: Option<String>,
    refused: Option<String>,
}

impl From<&DossierDates> for StoredDates {
    fn from(dates: &DossierDates) -> Self {
        let DossierDates {
            submitted,
            received,
            due,
            finished,
            returned,
            refused,
        } = dates;
        let written = |at: &Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            submitted: submitted.to_string(),
            received: received.to_string(),
            due: written(due),
            finished: written(finished),
            returned: written(returned),
            refused: written(refused),
        }
    }
}

impl TryFrom<StoredDates> for DossierDates {
    type Error = Problem;

    fn try_from(stored: StoredDates) -> Result<Self, Problem> {
        let optional = |at| parsed_optional(at, str::parse::<Timestamp>, MOMENT);
        Ok(Self {
            submitted: parsed(stored.submitted.parse::<Timestamp>(), MOMENT)?,
            received: parsed(stored.received.parse::<Timestamp>(), MOMENT)?,
            due: optional(stored.due)?,
            finished: optional(stored.finished)?,
            returned: optional(stored.returned)?,
            refused: optional(stored.refused)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOwner {
    kind: StoredOwnerKind,
    name: String,
    identities: Vec<StoredIdentity>,
    tech_id: Option<String>,
    email: Option<String>,
    fax: Option<String>,
    phone: Option<String>,
}

impl From<&Owner> for StoredOwner {
    fn from(owner: &Owner) -> Self {
        let Owner {
            kind,
            name,
            identities,
            tech_id,
            email,
            fax,
            phone,
        } = owner;
        let exposed = |value: &Option<Masked<String>>| value.as_ref().map(|v| v.expose().clone());
        Self {
            kind: (*kind).into(),
            name: name.as_str().to_owned(),
            identities: identities.iter().map(Into::into).collect(),
            tech_id: written(tech_id.as_ref()),
            email: exposed(email),
            fax: exposed(fax),
            phone: exposed(phone),
        }
    }
}

impl TryFrom<StoredOwner> for Owner {
    type Error = Problem;

    fn try_from(stored: StoredOwner) -> Result<Self, Problem> {
        Ok(Self {
            kind: stored.kind.into(),
            name: parsed(Text::parse(&stored.name), TEXT)?,
            identities: each(stored.identities)?,
            tech_id: parsed_optional(stored.tech_id, Text::parse, TEXT)?,
            email: stored.email.map(Masked::new),
            fax: stored.fax.map(Masked::new),
            phone: stored.phone.map(Masked::new),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredIdentity {
    PersonalNumber(String),
    OldIdCard(String),
}

impl From<&Identity> for StoredIdentity {
    fn from(identity: &Identity) -> Self {
        match identity {
            Identity::PersonalNumber(number) => Self::PersonalNumber(number.expose().to_owned()),
            Identity::OldIdCard(number) => Self::OldIdCard(number.expose().to_owned()),
        }
    }
}

impl TryFrom<StoredIdentity> for Identity {
    type Error = Problem;

    fn try_from(stored: StoredIdentity) -> Result<Self, Problem> {
        match stored {
            StoredIdentity::PersonalNumber(text) => {
                parsed(PersonalNumber::parse(&text), IDENTITY).map(Self::PersonalNumber)
            }
            StoredIdentity::OldIdCard(text) => {
                parsed(OldIdCardNumber::parse(&text), IDENTITY).map(Self::OldIdCard)
            }
        }
    }
}
