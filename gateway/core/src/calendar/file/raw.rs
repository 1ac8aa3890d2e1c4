//! The tables of the file as they are written, before anything is judged.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: String,
    #[serde(default)]
    pub(super) year: Vec<RawYear>,
    #[serde(default)]
    pub(super) days: Vec<RawDays>,
    #[serde(default)]
    pub(super) hours: Vec<RawHours>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawYear {
    pub(super) year: Option<i64>,
    pub(super) announced: Option<bool>,
    pub(super) week: Option<Vec<String>>,
    pub(super) source: Option<String>,
    pub(super) certainty: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDays {
    pub(super) dates: Option<Vec<String>>,
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) source: Option<String>,
    pub(super) certainty: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHours {
    pub(super) valid_from: Option<String>,
    pub(super) sessions: Option<Vec<String>>,
    pub(super) unit: Option<String>,
    pub(super) source: Option<String>,
    pub(super) certainty: Option<String>,
}
