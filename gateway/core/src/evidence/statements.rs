//! Whether the statements of a piece can be read.
//!
//! What a reader would get wrong: a name that nobody reads is no fault. It is kept, and told
//! so that a slip of the pen is seen.

use super::remark::{Note, Remark, Weight};
use super::{DraftField, Evidence};
use crate::check::Claims;

/// What there is to say about the statements of `piece`.
pub(super) fn remarks(piece: &Evidence) -> Vec<Remark> {
    let claims = match Claims::of(piece) {
        Ok(claims) => claims,
        Err(problems) => {
            return problems
                .iter()
                .map(|problem| {
                    let field = DraftField::Statement(problem.statement().name().to_owned());
                    let note = Note::Statement {
                        vi: problem.text_vi(),
                        en: problem.to_string(),
                        weight: Weight::Refuses,
                    };
                    Remark::at(field, note)
                })
                .collect();
        }
    };
    let unread = claims.unknown().iter().map(|name| {
        let note = Note::Statement {
            vi: "không có quy tắc nào đọc nội dung này; kiểm tra lại tên".to_owned(),
            en: "no rule reads a statement of this name; look at the name again".to_owned(),
            weight: Weight::Warns,
        };
        Remark::at(DraftField::Statement(name.clone()), note)
    });
    unread.collect()
}
