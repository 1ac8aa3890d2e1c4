//! Writes the SOAP documents: an answer in its envelope, and the fault.
//!
//! What a reader would get wrong: each operation's answer has its own namespace, and the look-up's
//! is not the one of its request (population.md 1.1).

use jiff::Timestamp;
use quick_xml::escape::escape;

use super::record;
use super::registry::Found;
use super::request::{BCA, SOAP};
use super::shape::AnswerShape;

/// Namespace of citizen data (QCVN 109:2017).
const DANCU: &str = "http://www.mic.gov.vn/dancu/1.0";
/// What a scripted fault puts in the place of either namespace.
const STRANGE: &str = "http://example.invalid/dancu/9.9";

/// The answer in its envelope; in a namespace that nobody agreed on when `strange`.
pub(super) fn document(
    found: &Found<'_>,
    shape: &AnswerShape,
    at: Timestamp,
    strange: bool,
) -> String {
    let (prefix, agreed) = match found {
        Found::Citizens(_) | Found::Household(_) | Found::Relatives(_) => {
            (shape.prefix.as_str(), DANCU)
        }
        Found::Verdict(_) => ("dan", BCA),
    };
    let namespace = if strange { STRANGE } else { agreed };
    let mut body = String::new();
    record::tree(found, shape, at).write_xml(&mut body, prefix, namespace);
    envelope(&body)
}

/// A SOAP 1.1 fault. That wrong requests are answered so is an assumption: no error table of the
/// service is public (population.md 11).
pub(super) fn fault(code: &str, reason: &str) -> String {
    envelope(&format!(
        "<soapenv:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring></soapenv:Fault>",
        escape(code),
        escape(reason)
    ))
}

fn envelope(body: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"{SOAP}\"><soapenv:Header/><soapenv:Body>{body}\
         </soapenv:Body></soapenv:Envelope>"
    )
}
