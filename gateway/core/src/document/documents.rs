//! The documents that a text cites, each once.
//!
//! What a reader would get wrong: one symbol may stand for two documents. When two mentions
//! of a symbol carry different dates, they stay two; only a mention without a date joins
//! the one before it.

use std::collections::HashMap;

use jiff::civil::Date;

use super::find::{Doubt, Mention, find_mentions};
use super::kind::DocumentKind;
use super::symbol::DocumentSymbol;

/// A document that a text cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDocument {
    /// Loại văn bản; `None` where the text does not tell it.
    pub kind: Option<DocumentKind>,
    /// Số, ký hiệu, in the fullest form that the text uses.
    pub symbol: DocumentSymbol,
    /// Ngày ban hành, if any mention tells it.
    pub date: Option<Date>,
    /// Cơ quan ban hành as the text words it, for a person to check.
    pub issuer: Option<String>,
    /// How often the text names it.
    pub mentions: usize,
    /// What a person should look at, each once.
    pub doubts: Vec<Doubt>,
}

/// The documents that `text` cites, in the order in which it first names them
/// (administration.md 1.6).
#[must_use]
pub fn find_documents(text: &str) -> Vec<FoundDocument> {
    let mut documents: Vec<FoundDocument> = Vec::new();
    // The documents of each number, the one that was named last at the end, so that
    // "Kết luận 91" later in the text is the latest of several.
    let mut numbered: HashMap<String, Vec<usize>> = HashMap::new();
    for mention in find_mentions(text) {
        let of_number = numbered
            .entry(mention.symbol.significant_number())
            .or_default();
        let place = of_number
            .iter()
            .rposition(|&at| documents[at].takes(&mention));
        let at = if let Some(place) = place {
            let at = of_number.remove(place);
            documents[at].absorb(mention);
            at
        } else {
            documents.push(FoundDocument::from(mention));
            documents.len() - 1
        };
        of_number.push(at);
    }
    documents
}

impl FoundDocument {
    fn takes(&self, mention: &Mention) -> bool {
        let agree = |same: Option<bool>| same != Some(false);
        let kinds = self.kind.zip(mention.kind).map(|(one, other)| one == other);
        let dates = self.date.zip(mention.date).map(|(one, other)| one == other);
        let same_symbol = self.symbol.may_be(&mention.symbol);
        let shortened = self.symbol.may_shorten(&mention.symbol)
            && self.kind == mention.kind
            && self.issuers_agree(mention);
        agree(kinds) && agree(dates) && ((same_symbol && self.bare_is_same(mention)) || shortened)
    }

    /// Bare numbers of one kind are one document only where nothing speaks against it.
    fn bare_is_same(&self, mention: &Mention) -> bool {
        !self.symbol.is_bare() || self.issuers_agree(mention)
    }

    fn issuers_agree(&self, mention: &Mention) -> bool {
        match (&self.issuer, &mention.issuer) {
            (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
            (None, _) | (_, None) => true,
        }
    }

    fn absorb(&mut self, mention: Mention) {
        self.mentions += 1;
        self.kind = self.kind.or(mention.kind);
        self.date = self.date.or(mention.date);
        self.issuer = self.issuer.take().or(mention.issuer);
        let (known, named) = (self.symbol.codes().len(), mention.symbol.codes().len());
        let settles =
            named >= known && self.symbol.is_ambiguous() && !mention.symbol.is_ambiguous();
        let fuller = named > known || (self.symbol.is_bare() && !mention.symbol.is_bare());
        if fuller || settles {
            self.symbol = mention.symbol;
        }
        for doubt in mention.doubts {
            if !self.doubts.contains(&doubt) {
                self.doubts.push(doubt);
            }
        }
        if !self.symbol.is_ambiguous() {
            self.doubts.retain(|doubt| *doubt != Doubt::Committee);
        }
    }
}

impl From<Mention> for FoundDocument {
    fn from(mention: Mention) -> Self {
        Self {
            kind: mention.kind,
            symbol: mention.symbol,
            date: mention.date,
            issuer: mention.issuer,
            mentions: 1,
            doubts: mention.doubts,
        }
    }
}
