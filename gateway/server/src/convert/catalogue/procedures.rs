//! Pages of the list of procedures.

use lienthong_core::catalogue::{Level, Listing, NamedCode, Search};
use lienthong_core::procedure::FieldCode;
use lienthong_proto::v1;
use prost::Message as _;

use super::super::page::{self, Digest};
use super::super::{InvalidField, Reader, to_timestamp};
use super::LONGEST_QUERY;
use crate::status::ServerError;

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

/// One procedure in a list.
pub(super) fn summary(listing: &Listing) -> v1::ProcedureSummary {
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
