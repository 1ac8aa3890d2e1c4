//! Official documents as they are cited: kind, number and symbol, date, issuer.
//!
//! What a reader would get wrong: a number does not name a document. Numbers begin anew
//! every year with every issuer, so 781/QĐ-UBND exists once in each province and year;
//! only symbol, date and issuer together name one (administration.md 1.6).

mod cursor;
mod date;
mod documents;
mod find;
mod kind;
mod symbol;

pub use date::{InvalidVietnameseDate, long_date, parse_date, short_date};
pub use documents::{FoundDocument, find_documents};
pub use find::{Doubt, Mention, find_mentions};
pub use kind::DocumentKind;
pub use symbol::{DocumentSymbol, InvalidSymbol, ReadSymbol};

#[cfg(test)]
mod tests;
