//! One procedure in full.

use jiff::Timestamp;
use lienthong_core::catalogue::{
    Component, DetailStanding, LegalBasis, Method, NamedCode, OnlineService, Procedure,
};
use lienthong_core::ports::catalogue::KeptProcedure;
use lienthong_proto::v1;

use super::super::to_timestamp;
use super::procedures::summary;

/// One procedure in full, as far as it is known.
pub(crate) fn procedure(kept: KeptProcedure) -> v1::Procedure {
    let listing = kept.listing;
    let (fetched_at, changed_at) = (kept.detail_fetched_at, listing.changed_at);
    let known = |moment: Option<Timestamp>| moment.map(to_timestamp);
    let frame = v1::Procedure {
        summary: Some(summary(&listing)),
        changed_at: Some(to_timestamp(changed_at)),
        details_fetched_at: known(fetched_at),
        details_stale: listing.detail != DetailStanding::Fresh,
        ..v1::Procedure::default()
    };
    match kept.content {
        Some(content) => filled(frame, content),
        None => frame,
    }
}

fn filled(frame: v1::Procedure, content: Procedure) -> v1::Procedure {
    v1::Procedure {
        publishing_agency_code: content.publishing_agency_code,
        decision: content.decision,
        kind: content.kind,
        agencies: content.agencies.into_iter().map(agency).collect(),
        steps: content.steps,
        methods: content.methods.into_iter().map(method).collect(),
        components: content.components.into_iter().map(component).collect(),
        results: content.results.into_iter().map(result).collect(),
        legal_bases: content.legal_bases.into_iter().map(basis).collect(),
        requirements: content.requirements,
        linked_procedure_codes: content.linked,
        fields: content.fields.into_iter().map(field).collect(),
        online_services: content.online.into_iter().map(online).collect(),
        state: content.state,
        ..frame
    }
}

fn agency(named: NamedCode) -> v1::ProcedureAgency {
    v1::ProcedureAgency {
        unit_code: named.code,
        name: named.name,
    }
}

fn result(named: NamedCode) -> v1::ProcedureResult {
    v1::ProcedureResult {
        result_code: named.code,
        name: named.name,
    }
}

fn field(named: NamedCode) -> v1::ProcedureField {
    v1::ProcedureField {
        field_code: named.code,
        name: named.name,
    }
}

fn online(service: OnlineService) -> v1::OnlineService {
    v1::OnlineService {
        service_code: service.code,
        name: service.name,
        agency_code: service.agency_code,
        level: service.level,
    }
}

fn basis(basis: LegalBasis) -> v1::LegalBasis {
    v1::LegalBasis {
        symbol: basis.symbol,
        title: basis.title,
        issuer: basis.issuer,
        issued_on: basis.issued_on,
        effective_on: basis.effective_on,
    }
}

fn method(method: Method) -> v1::SubmissionMethod {
    let fees = method.fees.into_iter().map(|fee| v1::ProcedureFee {
        code: fee.code,
        amount: fee.amount,
        currency: fee.currency,
        description: fee.description,
    });
    v1::SubmissionMethod {
        channel_code: method.channel,
        processing_time: method.time,
        processing_time_unit: method.time_unit,
        description: method.description,
        fees: fees.collect(),
    }
}

fn component(component: Component) -> v1::ProcedureComponent {
    let files = component.files.into_iter().map(|file| v1::ComponentFile {
        name: file.name,
        url: file.url,
    });
    v1::ProcedureComponent {
        component_code: component.code,
        name: component.name,
        case_name: component.case,
        originals: component.originals,
        copies: component.copies,
        replacing_result_code: component.replacing_result,
        files: files.collect(),
    }
}
