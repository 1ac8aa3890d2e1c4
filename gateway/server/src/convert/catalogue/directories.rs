//! Pages of the catalogues of units and of fields.

use lienthong_core::catalogue::{Directory, DirectoryEntry, DirectorySearch};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueUnit};
use lienthong_proto::v1;
use prost::Message as _;

use super::super::page::{self, Digest};
use super::super::{InvalidField, Reader};
use super::LONGEST_QUERY;
use crate::status::ServerError;

/// Longest group that is looked for, in characters.
const LONGEST_GROUP: usize = 50;

/// What is asked for, as it came.
struct Asked<'m> {
    query: &'m str,
    /// Name of the field that holds the group, and the group.
    group: (&'static str, &'m str),
    page_size: i32,
    page_token: &'m str,
    /// The conditions, encoded.
    conditions: Vec<u8>,
}

/// A checked request for a page of a directory.
#[derive(Debug)]
pub(crate) struct DirectoryPage {
    search: DirectorySearch,
    after: Option<String>,
    most: usize,
    digest: Digest,
}

impl DirectoryPage {
    /// Reads a request for units.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_units(message: &v1::ListCatalogueUnitsRequest) -> Result<Self, ServerError> {
        let conditions = v1::ListCatalogueUnitsRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        Self::read(&Asked {
            query: &message.query,
            group: ("level_code", &message.level_code),
            page_size: message.page_size,
            page_token: &message.page_token,
            conditions: conditions.encode_to_vec(),
        })
    }

    /// Reads a request for fields.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_fields(message: &v1::ListCatalogueFieldsRequest) -> Result<Self, ServerError> {
        let conditions = v1::ListCatalogueFieldsRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        Self::read(&Asked {
            query: &message.query,
            group: ("sector_code", &message.sector_code),
            page_size: message.page_size,
            page_token: &message.page_token,
            conditions: conditions.encode_to_vec(),
        })
    }

    fn read(asked: &Asked<'_>) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let mut bounded = |field: &'static str, text: &str, most: usize| {
            let text = text.trim().to_owned();
            if text.chars().count() > most {
                reader.refuse(field, InvalidField::TooLong { most });
            }
            text
        };
        let query = bounded("query", asked.query, LONGEST_QUERY);
        let (name, group) = asked.group;
        let group = bounded(name, group, LONGEST_GROUP);
        let digest = page::digest(&asked.conditions);
        let most = page::read_size(&mut reader, asked.page_size);
        let after = page::read_token(&mut reader, asked.page_token, digest, |place| {
            String::from_utf8(place.to_vec()).ok()
        });
        let page = most.map(|most| Self {
            search: DirectorySearch {
                query,
                group: (!group.is_empty()).then_some(group),
            },
            after,
            most: usize::try_from(most).unwrap_or(usize::MAX),
            digest,
        });
        reader.finish(page)
    }

    /// The entries of the page, and the token of the next one.
    fn cut<'d, T: DirectoryEntry>(&'d self, directory: &'d Directory<T>) -> (Vec<&'d T>, String) {
        let found = directory.found(&self.search, self.after.as_deref());
        let mut found: Vec<&T> = found.take(self.most.saturating_add(1)).collect();
        let mut next = String::new();
        if found.len() > self.most {
            found.truncate(self.most);
            if let Some(last) = found.last() {
                next = page::token(self.digest, last.code().as_bytes());
            }
        }
        (found, next)
    }

    /// The page of units.
    pub(crate) fn units(
        &self,
        units: &Directory<CatalogueUnit>,
        list: Option<v1::CatalogueListState>,
    ) -> v1::ListCatalogueUnitsResponse {
        let (found, next_page_token) = self.cut(units);
        let units = found.into_iter().map(|unit| v1::CatalogueUnit {
            unit_code: unit.code.clone(),
            name: unit.name.clone(),
            level_code: unit.level.clone(),
        });
        v1::ListCatalogueUnitsResponse {
            units: units.collect(),
            next_page_token,
            list,
        }
    }

    /// The page of fields.
    pub(crate) fn fields(
        &self,
        fields: &Directory<CatalogueField>,
        list: Option<v1::CatalogueListState>,
    ) -> v1::ListCatalogueFieldsResponse {
        let (found, next_page_token) = self.cut(fields);
        let fields = found.into_iter().map(|entry| v1::CatalogueField {
            field_code: entry.field.code.clone(),
            name: entry.field.name.clone(),
            sector_code: entry.sector.clone(),
        });
        v1::ListCatalogueFieldsResponse {
            fields: fields.collect(),
            next_page_token,
            list,
        }
    }
}
