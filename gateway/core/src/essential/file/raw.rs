//! The tables of the file as they are written, before anything is judged.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: Option<String>,
    pub(super) list: Option<String>,
    pub(super) source: Option<String>,
    pub(super) codes_source: Option<String>,
    #[serde(default)]
    pub(super) service: Vec<RawService>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawService {
    pub(super) number: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) certainty: Option<String>,
    pub(super) interlinked: Option<bool>,
    pub(super) outside_procedure_law: Option<bool>,
    #[serde(default)]
    pub(super) owners: Vec<RawDated>,
    #[serde(default)]
    pub(super) levels: Vec<RawDated>,
    #[serde(default)]
    pub(super) codes: Vec<RawCode>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDated {
    pub(super) name: Option<String>,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    pub(super) certainty: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCode {
    pub(super) code: Option<String>,
    pub(super) role: Option<String>,
    pub(super) valid_from: Option<String>,
    pub(super) valid_to: Option<String>,
    pub(super) replaced_by: Option<String>,
    pub(super) source: Option<String>,
    pub(super) certainty: Option<String>,
    pub(super) note: Option<String>,
}
