//! Profiles of the National Public Service Portal (Cổng Dịch vụ công quốc gia).
//!
//! The portal answers in Vietnamese sentences, and the code beside them does not
//! decide alone (portal.md 21). Each profile reads them by one table; a sentence
//! in no table is never taken for a success.

mod p1;

pub use p1::{FieldSet, P1Paths, P1Portal, P1Settings};
