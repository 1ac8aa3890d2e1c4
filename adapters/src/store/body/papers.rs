//! The written form of a dossier's documents, fees and result papers.
//!
//! Every conversion takes the core value apart field by field, so that a field
//! added in core cannot be lost here unseen.

use lienthong_core::dossier::{
    Document, Fee, FeeCollection, FileUrl, OtherAttachment, ResultPaper, Reuse,
};
use lienthong_core::procedure::{ComponentCode, ResultCode};
use lienthong_core::text::Text;
use serde::{Deserialize, Serialize};

use super::{Problem, parsed, parsed_optional};

const TEXT: Problem = "a text of its papers does not parse";
const CODE: Problem = "a code of its papers does not parse";
const ADDRESS: Problem = "a file address does not parse";

/// A stored twin of a core enum without data; both directions are exhaustive.
macro_rules! stored_enum {
    ($stored:ident = $core:ident { $($variant:ident),+ }) => {
        stored_enum! { $stored = $core { $($variant = $variant),+ } }
    };
    ($stored:ident = $core:ident { $($written:ident = $variant:ident),+ }) => {
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $stored { $($written),+ }

        impl From<$core> for $stored {
            fn from(value: $core) -> Self {
                match value { $($core::$variant => Self::$written),+ }
            }
        }

        impl From<$stored> for $core {
            fn from(value: $stored) -> Self {
                match value { $($stored::$written => Self::$variant),+ }
            }
        }
    };
}
pub(super) use stored_enum;

stored_enum! { StoredReuse = Reuse { None, Component, Result } }
stored_enum! { StoredFeeCollection = FeeCollection { Intake = AtIntake, Supplement = AtSupplement, Return = AtReturn } }

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredDocument {
    id: Option<String>,
    name: String,
    deleted: bool,
    component: String,
    url: String,
    digitised: bool,
    reuse: StoredReuse,
    from_national_store: bool,
    replaced_by_result: Option<String>,
}

impl From<&Document> for StoredDocument {
    fn from(document: &Document) -> Self {
        let Document {
            id,
            name,
            deleted,
            component,
            url,
            digitised,
            reuse,
            from_national_store,
            replaced_by_result,
        } = document;
        Self {
            id: id.as_ref().map(|id| id.as_str().to_owned()),
            name: name.as_str().to_owned(),
            deleted: *deleted,
            component: component.as_str().to_owned(),
            url: url.as_str().to_owned(),
            digitised: *digitised,
            reuse: (*reuse).into(),
            from_national_store: *from_national_store,
            replaced_by_result: replaced_by_result
                .as_ref()
                .map(|code| code.as_str().to_owned()),
        }
    }
}

impl TryFrom<StoredDocument> for Document {
    type Error = Problem;

    fn try_from(stored: StoredDocument) -> Result<Self, Problem> {
        Ok(Self {
            id: parsed_optional(stored.id, Text::parse, TEXT)?,
            name: parsed(Text::parse(&stored.name), TEXT)?,
            deleted: stored.deleted,
            component: parsed(ComponentCode::parse(&stored.component), CODE)?,
            url: FileUrl::parse(&stored.url).ok_or(ADDRESS)?,
            digitised: stored.digitised,
            reuse: stored.reuse.into(),
            from_national_store: stored.from_national_store,
            replaced_by_result: parsed_optional(
                stored.replaced_by_result,
                ResultCode::parse,
                CODE,
            )?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredFee {
    name: String,
    code: String,
    collected: StoredFeeCollection,
    amount: u64,
    kind: String,
}

impl From<&Fee> for StoredFee {
    fn from(fee: &Fee) -> Self {
        let Fee {
            name,
            code,
            collected,
            amount,
            kind,
        } = fee;
        Self {
            name: name.as_str().to_owned(),
            code: code.as_str().to_owned(),
            collected: (*collected).into(),
            amount: *amount,
            kind: kind.as_str().to_owned(),
        }
    }
}

impl TryFrom<StoredFee> for Fee {
    type Error = Problem;

    fn try_from(stored: StoredFee) -> Result<Self, Problem> {
        Ok(Self {
            name: parsed(Text::parse(&stored.name), TEXT)?,
            code: parsed(Text::parse(&stored.code), TEXT)?,
            collected: stored.collected.into(),
            amount: stored.amount,
            kind: parsed(Text::parse(&stored.kind), TEXT)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredAttachment {
    name: String,
    quantity: u32,
    kind: String,
}

impl From<&OtherAttachment> for StoredAttachment {
    fn from(attachment: &OtherAttachment) -> Self {
        let OtherAttachment {
            name,
            quantity,
            kind,
        } = attachment;
        Self {
            name: name.as_str().to_owned(),
            quantity: *quantity,
            kind: kind.as_str().to_owned(),
        }
    }
}

impl TryFrom<StoredAttachment> for OtherAttachment {
    type Error = Problem;

    fn try_from(stored: StoredAttachment) -> Result<Self, Problem> {
        Ok(Self {
            name: parsed(Text::parse(&stored.name), TEXT)?,
            quantity: stored.quantity,
            kind: parsed(Text::parse(&stored.kind), TEXT)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredResult {
    name: String,
    component: Option<String>,
    id: Option<String>,
    result: Option<String>,
    url: Option<String>,
}

impl From<&ResultPaper> for StoredResult {
    fn from(paper: &ResultPaper) -> Self {
        let ResultPaper {
            name,
            component,
            id,
            result,
            url,
        } = paper;
        Self {
            name: name.as_str().to_owned(),
            component: component.as_ref().map(|code| code.as_str().to_owned()),
            id: id.as_ref().map(|id| id.as_str().to_owned()),
            result: result.as_ref().map(|code| code.as_str().to_owned()),
            url: url.as_ref().map(|url| url.as_str().to_owned()),
        }
    }
}

impl TryFrom<StoredResult> for ResultPaper {
    type Error = Problem;

    fn try_from(stored: StoredResult) -> Result<Self, Problem> {
        Ok(Self {
            name: parsed(Text::parse(&stored.name), TEXT)?,
            component: parsed_optional(stored.component, ComponentCode::parse, CODE)?,
            id: parsed_optional(stored.id, Text::parse, TEXT)?,
            result: parsed_optional(stored.result, ResultCode::parse, CODE)?,
            url: stored
                .url
                .map(|url| FileUrl::parse(&url).ok_or(ADDRESS))
                .transpose()?,
        })
    }
}
