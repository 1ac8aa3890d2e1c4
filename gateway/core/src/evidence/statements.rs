//! Whether the statements of a piece can be read.
//!
//! What a reader would get wrong: a name that nobody reads is no fault. It is kept, and told
//! so that a slip of the pen is seen.

use std::collections::BTreeMap;

use super::remark::{Note, Remark, Weight};
use super::{DraftField, EvidenceClass};
use crate::check::{ClaimProblem, Claims};

/// What there is to say about the statements of a piece of this class; where the class is not
/// known, what is true of every class.
pub(super) fn remarks(
    class: Option<EvidenceClass>,
    statements: &BTreeMap<String, String>,
) -> Vec<Remark> {
    let read = Claims::read(class.unwrap_or(EvidenceClass::OptionDecision), statements);
    let claims = match read {
        Ok(claims) => claims,
        Err(problems) => {
            let of_class = |it: &&ClaimProblem| matches!(it, ClaimProblem::Class { .. });
            return problems
                .iter()
                .filter(|it| class.is_some() || !of_class(it))
                .map(unreadable)
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

fn unreadable(problem: &ClaimProblem) -> Remark {
    let field = DraftField::Statement(problem.statement().name().to_owned());
    let note = Note::Statement {
        vi: problem.text_vi(),
        en: problem.to_string(),
        weight: Weight::Refuses,
    };
    Remark::at(field, note)
}
