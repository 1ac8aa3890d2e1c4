//! Profiles of the national population database (CSDL quốc gia về dân cư).
//!
//! A profile is a file that writes requests, reads answers and knows its defaults. How it
//! is let in, how often it sends and what a refusal means are the same for all and stand
//! beside it; a new profile is one new file with a `Dialect`, one `mod` line here and one
//! row in the matrix of cases.

mod access;
mod dialect;
mod guarded;
mod json_flat;
mod json_wrap_xml;
#[cfg(test)]
mod matrix;
mod record;
mod refusal;
mod route;
#[cfg(test)]
mod samples;
mod settings;
mod soap;
mod soap_esb;
mod soap_lgsp;

pub use access::{
    AccessRecipe, AuthHeaderAccess, ClientSecretPlace, EsbAccess, LgspAccess, LgspCredential,
    OAuthAccess, OfficerCredential, TimestampUnit,
};
pub use guarded::{GuardSettings, Guarded, RetryRule};
pub use json_flat::JsonFlatSettings;
pub use json_wrap_xml::JsonWrapXmlSettings;
pub use settings::{OfferedOperation, OfficerCodes, OtherOfficers, RouteSettings, WireDateFormat};
pub use soap::{FieldOrder, InvalidFieldOrder, RequestField, SoapSettings, UnitElement};
