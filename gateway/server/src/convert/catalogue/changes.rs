//! Pages of what changed between fetches.
//!
//! What a reader would get wrong: the services of a change are those of the list that the
//! gateway has today. The change itself is as it was seen.

use lienthong_core::catalogue::{CatalogueChange, ChangeKind, CodeUse, code_uses};
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::ChangeFilter;
use lienthong_core::procedure::ProcedureCode;
use lienthong_proto::v1;
use prost::Message as _;

use super::super::page::{self, Digest};
use super::super::{Reader, to_timestamp};
use crate::status::ServerError;

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
            presence: false,
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
        services: &ServiceList,
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
            changes: found
                .into_iter()
                .map(|(_, it)| change(it, services))
                .collect(),
            next_page_token,
        }
    }
}

/// A change, with the services that the code belongs to.
fn change(change: CatalogueChange, services: &ServiceList) -> v1::CatalogueChange {
    use v1::catalogue_change::Kind;
    let kind = match change.kind {
        ChangeKind::Added => Kind::Added,
        ChangeKind::Changed => Kind::Changed,
        ChangeKind::Withdrawn => Kind::Withdrawn,
        ChangeKind::Restored => Kind::Restored,
    };
    let uses = code_uses(&change.code, services);
    // A code that is still listed has not been replaced by the source.
    let replaced_by = match change.kind {
        ChangeKind::Withdrawn => uses.iter().find_map(|it| it.code.replaced_by.as_ref()),
        ChangeKind::Added | ChangeKind::Changed | ChangeKind::Restored => None,
    };
    let replaced_by = replaced_by.map_or_else(String::new, |code| code.as_str().to_owned());
    v1::CatalogueChange {
        services: uses.iter().map(changed_service).collect(),
        replaced_by,
        procedure_code: change.code.as_str().to_owned(),
        name: change.name,
        kind: kind.into(),
        changed_fields: change.fields,
        seen_at: Some(to_timestamp(change.seen_at)),
        catalogue_version: change.version,
    }
}

fn changed_service(touched: &CodeUse<'_>) -> v1::ChangedService {
    v1::ChangedService {
        number: i32::from(touched.service.number.get()),
        name: touched.service.name.clone(),
        role: touched.code.role.name().to_owned(),
    }
}
