//! The procedure catalogue in the words of the contract.
//!
//! What a reader would get wrong: an empty list of fees stays empty. Who shows it says that
//! the fee is not known, and never that there is none.

use jiff::Timestamp;
use lienthong_core::catalogue::{
    CatalogueChange, ChangeKind, Component, DetailStanding, Level, Listing, Method, NamedCode,
    Procedure, Search,
};
use lienthong_core::ports::catalogue::{ChangeFilter, KeptProcedure};
use lienthong_core::procedure::{FieldCode, ProcedureCode};
use lienthong_proto::v1;
use prost::Message as _;

use super::operations::read_operator;
use super::page::{self, Digest};
use super::{InvalidField, Reader, to_duration, to_timestamp};
use crate::catalogue::{Keeper, Order, Refreshed, Trouble};
use crate::status::ServerError;

mod reasons;

/// Longest text that is looked for, in characters.
const LONGEST_QUERY: usize = 200;

/// A checked request for a page of procedures.
#[derive(Debug)]
pub(crate) struct ProcedurePage {
    /// What is looked for.
    pub(crate) search: Search,
    /// Behind this code.
    pub(crate) after: Option<String>,
    most: usize,
    digest: Digest,
}

impl ProcedurePage {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::ListProceduresRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let query = message.query.trim().to_owned();
        if query.chars().count() > LONGEST_QUERY {
            let most = LONGEST_QUERY;
            reader.refuse("query", InvalidField::TooLong { most });
        }
        let field = reader.optional("field_code", &message.field_code, FieldCode::parse);
        let level = read_level(&mut reader, message.level);
        let conditions = v1::ListProceduresRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        let digest = page::digest(&conditions.encode_to_vec());
        let most = page::read_size(&mut reader, message.page_size);
        let after = page::read_token(&mut reader, &message.page_token, digest, |place| {
            String::from_utf8(place.to_vec()).ok()
        });
        let page = most.map(|most| Self {
            search: Search {
                query,
                field: field.map(|field| field.as_str().to_owned()),
                level,
                withdrawn: message.include_withdrawn,
            },
            after,
            most: usize::try_from(most).unwrap_or(usize::MAX),
            digest,
        });
        reader.finish(page)
    }

    /// The page, of what was found behind the one before.
    pub(crate) fn answer<'l>(
        &self,
        found: impl Iterator<Item = &'l Listing>,
        catalogue: v1::CatalogueState,
    ) -> v1::ListProceduresResponse {
        let mut found: Vec<&Listing> = found.take(self.most.saturating_add(1)).collect();
        let mut next_page_token = String::new();
        if found.len() > self.most {
            found.truncate(self.most);
            if let Some(last) = found.last() {
                next_page_token = page::token(self.digest, last.code.as_str().as_bytes());
            }
        }
        v1::ListProceduresResponse {
            procedures: found.into_iter().map(summary).collect(),
            next_page_token,
            catalogue: Some(catalogue),
        }
    }
}

fn read_level(reader: &mut Reader, raw: i32) -> Option<Level> {
    match v1::ImplementationLevel::try_from(raw) {
        Ok(v1::ImplementationLevel::Unspecified) => None,
        Ok(v1::ImplementationLevel::Ministry) => Some(Level::Ministry),
        Ok(v1::ImplementationLevel::Province) => Some(Level::Province),
        Ok(v1::ImplementationLevel::District) => Some(Level::District),
        Ok(v1::ImplementationLevel::Commune) => Some(Level::Commune),
        Err(_) => {
            reader.refuse("level", InvalidField::UnknownValue);
            None
        }
    }
}

/// Reads which procedure is wanted.
///
/// # Errors
/// [`ServerError::Invalid`].
pub(crate) fn read_code(message: &v1::GetProcedureRequest) -> Result<ProcedureCode, ServerError> {
    let mut reader = Reader::default();
    let raw = message.procedure_code.trim();
    let code = reader.required("procedure_code", raw, ProcedureCode::parse);
    reader.finish(code)
}

/// Reads who wants a fetch, and how.
///
/// # Errors
/// [`ServerError::Invalid`].
pub(crate) fn read_order(message: &v1::RefreshCatalogueRequest) -> Result<Order, ServerError> {
    let mut reader = Reader::default();
    let by = read_operator(&mut reader, &message.operator_id);
    reader.finish(by.map(|by| Order {
        by,
        accept_shrink: message.accept_shrink,
    }))
}

/// A checked request for a page of changes.
#[derive(Debug)]
pub(crate) struct ChangePage {
    /// Which ones.
    pub(crate) filter: ChangeFilter,
    /// Behind this number.
    pub(crate) before: Option<u64>,
    /// At most so many.
    pub(crate) most: u32,
    digest: Digest,
}

impl ChangePage {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::ListCatalogueChangesRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let since = reader.optional_moment("since", message.since);
        let raw = message.procedure_code.trim();
        let code = reader.optional("procedure_code", raw, ProcedureCode::parse);
        let conditions = v1::ListCatalogueChangesRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        let digest = page::digest(&conditions.encode_to_vec());
        let most = page::read_size(&mut reader, message.page_size);
        let before = page::read_token(
            &mut reader,
            &message.page_token,
            digest,
            page::read_number_place,
        );
        let filter = ChangeFilter {
            since,
            until: None,
            code,
        };
        let page = most.map(|most| Self {
            filter,
            before,
            most,
            digest,
        });
        reader.finish(page)
    }

    /// The page; `found` holds one more than wanted where there is another page.
    pub(crate) fn answer(
        &self,
        mut found: Vec<(u64, CatalogueChange)>,
    ) -> v1::ListCatalogueChangesResponse {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let mut next_page_token = String::new();
        if found.len() > most {
            found.truncate(most);
            if let Some((number, _)) = found.last() {
                next_page_token = page::token(self.digest, &page::number_place(*number));
            }
        }
        v1::ListCatalogueChangesResponse {
            changes: found.into_iter().map(|(_, it)| change(it)).collect(),
            next_page_token,
        }
    }
}

fn change(change: CatalogueChange) -> v1::CatalogueChange {
    use v1::catalogue_change::Kind;
    let kind = match change.kind {
        ChangeKind::Added => Kind::Added,
        ChangeKind::Changed => Kind::Changed,
        ChangeKind::Withdrawn => Kind::Withdrawn,
        ChangeKind::Restored => Kind::Restored,
    };
    v1::CatalogueChange {
        procedure_code: change.code.as_str().to_owned(),
        name: change.name,
        kind: kind.into(),
        changed_fields: change.fields,
        seen_at: Some(to_timestamp(change.seen_at)),
        catalogue_version: change.version,
    }
}

/// Which catalogue `keeper` holds, and what is wrong with it.
pub(crate) fn state(keeper: &Keeper) -> v1::CatalogueState {
    let now = keeper.now();
    let troubles = keeper.troubles();
    let stale = troubles
        .iter()
        .any(|trouble| matches!(trouble, Trouble::Stale { .. }));
    let told = v1::CatalogueState {
        stale,
        reasons: troubles.iter().map(reasons::reason).collect(),
        refreshing: keeper.is_fetching(),
        last_tried_at: keeper.last().map(|last| to_timestamp(last.at)),
        ..v1::CatalogueState::default()
    };
    let Some(held) = keeper.held() else {
        return told;
    };
    let which = &held.state;
    v1::CatalogueState {
        version: which.version.clone(),
        fetched_at: Some(to_timestamp(which.fetched_at)),
        age: Some(to_duration(now.duration_since(which.fetched_at))),
        profile: which.profile.clone(),
        procedures: count(which.procedures),
        ..told
    }
}

/// What a fetch brought.
pub(crate) fn refreshed(
    refreshed: &Refreshed,
    catalogue: v1::CatalogueState,
) -> v1::RefreshCatalogueResponse {
    let counts = refreshed.counts;
    v1::RefreshCatalogueResponse {
        catalogue: Some(catalogue),
        added: count(counts.added),
        changed: count(counts.changed),
        withdrawn: count(counts.withdrawn),
        restored: count(counts.restored),
        details_not_fetched: count(counts.not_fetched),
        rows_left_out: count(refreshed.left_out),
        rows_repeated: count(refreshed.repeated),
    }
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn summary(listing: &Listing) -> v1::ProcedureSummary {
    let field = listing.fields.first().cloned().unwrap_or_default();
    v1::ProcedureSummary {
        procedure_code: listing.code.as_str().to_owned(),
        name: listing.name.clone(),
        field_code: field.code,
        field_name: field.name,
        levels: listing.levels.iter().map(level).map(Into::into).collect(),
        withdrawn: listing.withdrawn_at.is_some(),
        withdrawn_at: listing.withdrawn_at.map(to_timestamp),
    }
}

fn level(named: &NamedCode) -> v1::ImplementationLevel {
    match Level::of_wire(&named.code) {
        Some(Level::Ministry) => v1::ImplementationLevel::Ministry,
        Some(Level::Province) => v1::ImplementationLevel::Province,
        Some(Level::District) => v1::ImplementationLevel::District,
        Some(Level::Commune) => v1::ImplementationLevel::Commune,
        None => v1::ImplementationLevel::Unspecified,
    }
}

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

fn online(service: lienthong_core::catalogue::OnlineService) -> v1::OnlineService {
    v1::OnlineService {
        service_code: service.code,
        name: service.name,
        agency_code: service.agency_code,
        level: service.level,
    }
}

fn basis(basis: lienthong_core::catalogue::LegalBasis) -> v1::LegalBasis {
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

#[cfg(test)]
mod tests;
