//! Profiles of the national population database (CSDL quốc gia về dân cư).
//!
//! One file per profile: the route decides authentication, field set, element
//! order and date format together (population.md 8), so a profile is chosen whole
//! and never mixed.

mod soap;
mod soap_lgsp;

pub use soap_lgsp::{
    LgspCredential, OfficerCredential, SoapLgsp, SoapLgspSettings, SoapPaths, UnitElement,
    WireDateFormat,
};
