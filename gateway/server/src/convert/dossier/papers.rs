//! Documents, fees, attachments and results of a dossier.

use lienthong_core::dossier::{
    Document, Fee, FeeCollection, FileUrl, OtherAttachment, ResultPaper, Reuse,
};
use lienthong_core::procedure::{ComponentCode, ResultCode};
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::required_flag;
use crate::convert::{InvalidField, Reader};

/// Most entries of one list in a dossier.
const MAX_ENTRIES: usize = 500;

/// The lists of a dossier.
pub(super) struct Papers {
    pub(super) connected_databases: Vec<Text<20>>,
    pub(super) documents: Vec<Document>,
    pub(super) fees: Vec<Fee>,
    pub(super) other_attachments: Vec<OtherAttachment>,
    pub(super) results: Vec<ResultPaper>,
}

/// Reads every list.
pub(super) fn read_papers(reader: &mut Reader, message: &v1::Dossier) -> Option<Papers> {
    let databases = &message.connected_databases;
    let connected_databases = list(
        reader,
        "dossier.connected_databases",
        databases,
        |reader, at, raw| reader.required(at, raw, Text::parse),
    );
    let documents = list(
        reader,
        "dossier.documents",
        &message.documents,
        read_document,
    );
    let fees = list(reader, "dossier.fees", &message.fees, read_fee);
    let attachments = &message.other_attachments;
    let other_attachments = list(
        reader,
        "dossier.other_attachments",
        attachments,
        read_attachment,
    );
    let results = list(reader, "dossier.results", &message.results, read_result);
    Some(Papers {
        connected_databases: connected_databases?,
        documents: documents?,
        fees: fees?,
        other_attachments: other_attachments?,
        results: results?,
    })
}

fn read_document(
    reader: &mut Reader,
    at: &str,
    message: &v1::SubmittedDocument,
) -> Option<Document> {
    let id = reader.optional(
        format!("{at}.document_id"),
        &message.document_id,
        Text::parse,
    );
    let name = reader.required(format!("{at}.file_name"), &message.file_name, Text::parse);
    let component = reader.required(
        format!("{at}.component_code"),
        &message.component_code,
        ComponentCode::parse,
    );
    let url = reader.required(format!("{at}.url"), &message.url, file_url);
    let digitised = required_flag(reader, format!("{at}.digitised"), message.digitised);
    let from_national_store = required_flag(
        reader,
        format!("{at}.from_national_repository"),
        message.from_national_repository,
    );
    let reuse = match v1::Reuse::try_from(message.reuse) {
        Ok(v1::Reuse::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::Reuse::NotReused) => Ok(Reuse::None),
        Ok(v1::Reuse::ComponentReused) => Ok(Reuse::Component),
        Ok(v1::Reuse::ResultReused) => Ok(Reuse::Result),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    let reuse = reader.take(format!("{at}.reuse"), reuse);
    let replaced_by_result = reader.optional(
        format!("{at}.replacing_result_code"),
        &message.replacing_result_code,
        ResultCode::parse,
    );
    Some(Document {
        id,
        name: name?,
        deleted: message.deleted,
        component: component?,
        url: url?,
        digitised: digitised?,
        reuse: reuse?,
        from_national_store: from_national_store?,
        replaced_by_result,
    })
}

fn read_fee(reader: &mut Reader, at: &str, message: &v1::Fee) -> Option<Fee> {
    let name = reader.required(format!("{at}.name"), &message.name, Text::parse);
    let code = reader.required(format!("{at}.code"), &message.code, Text::parse);
    let kind = reader.required(format!("{at}.kind_code"), &message.kind_code, Text::parse);
    let collected = reader.required(
        format!("{at}.collection_code"),
        &message.collection_code,
        |raw| match raw {
            "1" => Ok(FeeCollection::AtIntake),
            "2" => Ok(FeeCollection::AtSupplement),
            "4" => Ok(FeeCollection::AtReturn),
            _ => Err(InvalidField::UnknownValue),
        },
    );
    let amount = match message.amount_vnd {
        None => Err(InvalidField::Missing),
        Some(amount) => u64::try_from(amount).map_err(|_| InvalidField::OutOfRange {
            least: 0,
            most: i64::MAX,
        }),
    };
    let amount = reader.take(format!("{at}.amount_vnd"), amount);
    Some(Fee {
        name: name?,
        code: code?,
        collected: collected?,
        amount: amount?,
        kind: kind?,
    })
}

fn read_attachment(
    reader: &mut Reader,
    at: &str,
    message: &v1::OtherAttachment,
) -> Option<OtherAttachment> {
    let name = reader.required(format!("{at}.name"), &message.name, Text::parse);
    let kind = reader.required(format!("{at}.kind_code"), &message.kind_code, Text::parse);
    let quantity = u32::try_from(message.quantity)
        .ok()
        .filter(|quantity| *quantity > 0)
        .ok_or(InvalidField::OutOfRange {
            least: 1,
            most: i32::MAX.into(),
        });
    let quantity = reader.take(format!("{at}.quantity"), quantity);
    Some(OtherAttachment {
        name: name?,
        quantity: quantity?,
        kind: kind?,
    })
}

fn read_result(reader: &mut Reader, at: &str, message: &v1::ResultDocument) -> Option<ResultPaper> {
    let name = reader.required(format!("{at}.name"), &message.name, Text::parse);
    let component = reader.optional(
        format!("{at}.component_code"),
        &message.component_code,
        ComponentCode::parse,
    );
    let id = reader.optional(
        format!("{at}.document_id"),
        &message.document_id,
        Text::parse,
    );
    let result = reader.optional(
        format!("{at}.result_code"),
        &message.result_code,
        ResultCode::parse,
    );
    let url = reader.optional(format!("{at}.url"), &message.url, file_url);
    Some(ResultPaper {
        name: name?,
        component,
        id,
        result,
        url,
    })
}

/// Reads every entry of a list, so that all violations are found.
pub(super) fn list<M, T>(
    reader: &mut Reader,
    field: &str,
    messages: &[M],
    mut read: impl FnMut(&mut Reader, &str, &M) -> Option<T>,
) -> Option<Vec<T>> {
    if messages.len() > MAX_ENTRIES {
        reader.refuse(field, InvalidField::TooMany { most: MAX_ENTRIES });
        return None;
    }
    let entries: Vec<Option<T>> = messages
        .iter()
        .enumerate()
        .map(|(index, message)| read(reader, &format!("{field}[{index}]"), message))
        .collect();
    entries.into_iter().collect()
}

/// One address. Systems are known to join several with `##`, of which the portal fetches
/// none (portal.md D 17).
fn file_url(raw: &str) -> Result<FileUrl, InvalidField> {
    FileUrl::parse(raw)
        .filter(|_| raw.matches('#').count() <= 1)
        .ok_or(InvalidField::FileUrl)
}
