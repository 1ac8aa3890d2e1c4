//! Profiles of the National Public Service Portal (Cổng Dịch vụ công quốc gia).
//!
//! The portal answers in Vietnamese sentences, and the code beside them does not
//! decide alone (portal.md 21). Each profile reads them by one table; a sentence
//! in no table is never taken for a success.

mod answers;
mod codes;
mod entry;
mod exchange;
mod p1;
mod p3;
mod p4;

pub use entry::FieldSet;
pub use p1::{P1Paths, P1Portal, P1Settings};
pub use p3::{P3Form, P3Portal, P3Settings};
pub use p4::{FileSettings, NumberBy, P4Paths, P4Portal, P4Settings};
