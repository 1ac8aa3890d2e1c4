//! Why evidence counts, or does not, in the words of both languages.
//!
//! What a reader would get wrong: these are reasons and no verdicts about anybody. They name
//! the document, the day and the rule, and leave the rest to whoever reads them
//! (administration.md 10).

use jiff::civil::Date;

use super::{EvidenceClass, Lack, OutOfDate, Register, Standing};
use crate::document::short_date;
use crate::report::Language;

impl EvidenceClass {
    /// What such a document is.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match language {
            Language::Vietnamese => self.name_vi(),
            Language::English => self.name_en(),
        }
    }
}

/// A day as the language writes it.
pub(super) fn day(date: Date, language: Language) -> String {
    match language {
        Language::Vietnamese => short_date(date),
        Language::English => date.to_string(),
    }
}

impl Standing {
    /// Why the piece does not count; empty where it does.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Valid => String::new(),
            Self::NotYet { from } => {
                let from = day(*from, language);
                match language {
                    Language::Vietnamese => format!("chưa có hiệu lực, từ ngày {from}"),
                    Language::English => format!("counts from {from} on"),
                }
            }
            Self::OutOfDate(reasons) => joined(reasons, language),
        }
    }
}

fn joined(reasons: &[OutOfDate], language: Language) -> String {
    let texts: Vec<String> = reasons.iter().map(|it| it.text(language)).collect();
    texts.join("; ")
}

impl OutOfDate {
    /// The reason.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Vietnamese => self.vi(),
            Language::English => self.en(),
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::Ended { last } => format!("hết hiệu lực sau ngày {}", short_date(*last)),
            Self::TooOld { last } => {
                format!(
                    "quá thời hạn của loại minh chứng, tính đến ngày {}",
                    short_date(*last)
                )
            }
            Self::Superseded { by } => format!("được thay thế bằng {by}"),
            Self::Repealed { code, by } => format!("mã {code} bị bãi bỏ theo {by}"),
            Self::PublishedAnew { code, by } => {
                format!("thủ tục {code} được công bố lại theo {by}")
            }
            Self::UnitClosed { last } => {
                format!("cơ quan không còn hoạt động sau ngày {}", short_date(*last))
            }
            Self::NotReviewed { since } => {
                format!("chưa được rà soát lại từ ngày {}", short_date(*since))
            }
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Ended { last } => format!("ended after {last}"),
            Self::TooOld { last } => format!("documents of its class counted until {last}"),
            Self::Superseded { by } => format!("{by} took its place"),
            Self::Repealed { code, by } => format!("{by} repealed the code {code}"),
            Self::PublishedAnew { code, by } => format!("{by} published the procedure {code} anew"),
            Self::UnitClosed { last } => format!("the agency ceased after {last}"),
            Self::NotReviewed { since } => format!("nobody has reviewed it since {since}"),
        }
    }
}

impl Lack {
    /// What keeps the documents from going further; a piece is told with its symbol where
    /// `register` knows it.
    #[must_use]
    pub fn text(&self, language: Language, register: &Register) -> String {
        let piece = |id| named(register, id, language);
        match (self, language) {
            (Self::Missing { class }, Language::Vietnamese) => {
                format!("thiếu {} ({})", class.name_vi(), class.id())
            }
            (Self::Missing { class }, Language::English) => {
                format!("no {} ({})", class.name_en(), class.id())
            }
            (Self::NotYet { evidence, from }, Language::Vietnamese) => {
                let from = short_date(*from);
                format!("{} chưa có hiệu lực, từ ngày {from}", piece(evidence))
            }
            (Self::NotYet { evidence, from }, Language::English) => {
                format!("{} counts from {from} on", piece(evidence))
            }
            (Self::OutOfDate { evidence, reasons }, _) => {
                format!("{}: {}", piece(evidence), joined(reasons, language))
            }
            (Self::OtherCode { evidence }, Language::Vietnamese) => {
                format!("{} áp dụng cho mã thủ tục khác", piece(evidence))
            }
            (Self::OtherCode { evidence }, Language::English) => {
                format!("{} covers another code", piece(evidence))
            }
            (Self::OtherUnit { evidence }, Language::Vietnamese) => {
                format!("{} áp dụng cho đơn vị khác", piece(evidence))
            }
            (Self::OtherUnit { evidence }, Language::English) => {
                format!("{} covers another agency", piece(evidence))
            }
            (Self::NotStated { statement }, Language::Vietnamese) => {
                format!("chưa có minh chứng còn hiệu lực nêu \"{statement}\"")
            }
            (Self::NotStated { statement }, Language::English) => {
                format!("no valid evidence states \"{statement}\"")
            }
        }
    }
}

/// A piece as people know it: class, symbol where there is one, and id.
fn named(register: &Register, id: &super::EvidenceId, language: Language) -> String {
    let Some(piece) = register.piece(id) else {
        return id.to_string();
    };
    match (&piece.symbol, language) {
        (Some(symbol), _) => format!("{} {symbol} ({id})", piece.class.id()),
        (None, Language::Vietnamese) => {
            let issued = short_date(piece.issued_on);
            format!("{} ngày {issued} ({id})", piece.class.id())
        }
        (None, Language::English) => {
            format!("{} of {} ({id})", piece.class.id(), piece.issued_on)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::evidence::{EvidenceClass, EvidenceId, Lack, OutOfDate, Register, Standing};
    use crate::report::Language;

    #[test]
    fn every_reason_is_told_in_both_languages() {
        let id = EvidenceId::given(4);
        let last = date(2026, 9, 5);
        let reasons = vec![
            OutOfDate::TooOld { last },
            OutOfDate::Superseded { by: id.clone() },
        ];
        let standing = Standing::OutOfDate(reasons);
        assert_eq!(
            standing.text(Language::Vietnamese),
            "quá thời hạn của loại minh chứng, tính đến ngày 05/9/2026; được thay thế bằng MC-000004"
        );
        assert_eq!(
            standing.text(Language::English),
            "documents of its class counted until 2026-09-05; MC-000004 took its place"
        );
        assert_eq!(Standing::Valid.text(Language::English), "");
        let class = EvidenceClass::ConnectionMinutes;
        let lack = Lack::Missing { class };
        let told = |language| lack.text(language, &Register::default());
        assert_eq!(told(Language::Vietnamese), "thiếu biên bản kết nối (E6)");
        assert_eq!(told(Language::English), "no connection minutes (E6)");
    }
}
