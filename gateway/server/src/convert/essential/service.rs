//! One service of the list, and how far its documents go.

use jiff::civil::Date;
use lienthong_core::essential::{EssentialService, ServiceCode};
use lienthong_core::evidence::{Documented, DocumentedState, Lack, Register};
use lienthong_core::places::SourceCertainty;
use lienthong_core::report::Language;
use lienthong_proto::v1;

use crate::essential::ListedService;

/// The list, judged on a day.
pub(crate) fn list_response(
    listed: &[ListedService<'_>],
    register: &Register,
    on: Date,
    version: &str,
) -> v1::ListServicesResponse {
    let services = listed.iter().map(|listed| v1::EssentialServiceSummary {
        service: Some(service(listed.service, on)),
        documented: Some(documented(&listed.documented, register)),
    });
    v1::ListServicesResponse {
        services: services.collect(),
        list_version: version.to_owned(),
        as_of: on.to_string(),
    }
}

/// A service as it is on a day.
pub(super) fn service(service: &EssentialService, on: Date) -> v1::EssentialService {
    let (owner, level) = (service.owner(on), service.level(on));
    let how_well =
        |known: Option<SourceCertainty>| known.map_or(v1::Certainty::Unspecified, certainty).into();
    v1::EssentialService {
        number: i32::from(service.number.get()),
        name: service.name.clone(),
        owner: owner.map(|owner| owner.name.clone()).unwrap_or_default(),
        owner_certainty: how_well(owner.map(|owner| owner.certainty)),
        procedures: service.codes.iter().map(procedure).collect(),
        outside_procedure_law: service.outside_procedure_law,
        level: level.map(|level| level.name.clone()).unwrap_or_default(),
        level_certainty: how_well(level.map(|level| level.certainty)),
        interlinked: service.interlinked,
        note: service.note.clone().unwrap_or_default(),
    }
}

fn procedure(code: &ServiceCode) -> v1::ServiceProcedure {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    v1::ServiceProcedure {
        procedure_code: code.code.as_str().to_owned(),
        role: code.role.name().to_owned(),
        valid_from: day(code.days.from),
        valid_to: day(code.days.to),
        certainty: certainty(code.certainty).into(),
        source: code.source.clone().unwrap_or_default(),
        note: code.note.clone().unwrap_or_default(),
        replaced_by: code
            .replaced_by
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
    }
}

fn certainty(certainty: SourceCertainty) -> v1::Certainty {
    match certainty {
        SourceCertainty::Seen => v1::Certainty::Seen,
        SourceCertainty::Inferred => v1::Certainty::Inferred,
        SourceCertainty::Unverified => v1::Certainty::Unverified,
    }
}

/// How far the documents go, and why not further.
pub(super) fn documented(found: &Documented, register: &Register) -> v1::DocumentedStatus {
    let reason = |language| {
        let texts = found
            .lacks
            .iter()
            .map(|lack: &Lack| lack.text(language, register));
        texts.collect::<Vec<_>>().join("; ")
    };
    v1::DocumentedStatus {
        state: state(found.state).into(),
        reason_vi: reason(Language::Vietnamese),
        reason_en: reason(Language::English),
        evidence_ids: found
            .evidence
            .iter()
            .map(|id| id.as_str().to_owned())
            .collect(),
    }
}

fn state(state: DocumentedState) -> v1::documented_status::State {
    use v1::documented_status::State;
    match state {
        DocumentedState::NotReviewed => State::NotReviewed,
        DocumentedState::Reviewed => State::Reviewed,
        DocumentedState::OptionDrafted => State::OptionDrafted,
        DocumentedState::OptionApproved => State::OptionApproved,
        DocumentedState::Published => State::Published,
        DocumentedState::ProcessApproved => State::ProcessApproved,
        DocumentedState::Configured => State::Configured,
        DocumentedState::Tested => State::Tested,
        DocumentedState::InOperation => State::InOperation,
        DocumentedState::Evaluated => State::Evaluated,
        DocumentedState::Suspended => State::Suspended,
        DocumentedState::Superseded => State::Superseded,
        DocumentedState::Repealed => State::Repealed,
        DocumentedState::NotApplicable => State::NotApplicable,
    }
}
