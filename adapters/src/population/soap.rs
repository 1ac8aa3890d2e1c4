//! SOAP 1.1 as the population database speaks it (population.md 1 to 3).
//!
//! Requests are written and answers are read event by event, never by joining or
//! searching text: a name is data that a stranger chose.

pub(super) mod citizen;
pub(super) mod read;
pub(super) mod write;

/// Namespace of the SOAP 1.1 envelope.
const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of requests and of the confirmation's answer.
const QUERY_NS: &str = "http://dancuquocgia.bca";
/// Namespace of citizen data (QCVN 109:2017).
const CITIZEN_NS: &str = "http://www.mic.gov.vn/dancu/1.0";
