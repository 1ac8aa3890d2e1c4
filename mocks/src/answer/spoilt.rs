//! A document that a fault spoils while the transport stays sound.
//!
//! What a reader would get wrong: the HTTP answer around it is whole, with the right length. Only
//! who reads the document notices.

use bytes::Bytes;

use crate::fault::FaultEffect;

/// Nesting of a JSON bomb: far beyond what any true answer needs.
const JSON_BOMB_DEPTH: usize = 100_000;

/// A document as a fault leaves it that spoils the document and not the transport.
pub(crate) fn spoilt(document: Bytes, is_xml: bool, fault: &FaultEffect) -> Bytes {
    match fault {
        FaultEffect::TruncatedDocument { bytes } => document.slice(..(*bytes).min(document.len())),
        FaultEffect::EntityBomb if is_xml => Bytes::from(xml_bomb()),
        FaultEffect::EntityBomb => Bytes::from("[".repeat(JSON_BOMB_DEPTH)),
        FaultEffect::Status { .. }
        | FaultEffect::Delay { .. }
        | FaultEffect::Hang
        | FaultEffect::DropBeforeEffect
        | FaultEffect::DropAfterEffect
        | FaultEffect::Truncate { .. }
        | FaultEffect::Reset { .. }
        | FaultEffect::Garbage
        | FaultEffect::Html
        | FaultEffect::HugeBody { .. }
        | FaultEffect::WrongNamespace
        | FaultEffect::ExpireSession
        | FaultEffect::ErrorText { .. }
        | FaultEffect::IntegerErrorCode
        | FaultEffect::HangBeforeEffect
        | FaultEffect::OtherWords { .. }
        | FaultEffect::AnsweredTwice
        | FaultEffect::ApplyTwice
        | FaultEffect::LateEffect { .. }
        | FaultEffect::SlowDrip { .. } => document,
    }
}

/// Ten entities, each ten times the one before: some hundred bytes that would become gigabytes.
fn xml_bomb() -> String {
    let entities: Vec<String> = (1..10)
        .map(|level| {
            let inner = format!("&e{};", level - 1).repeat(10);
            format!("<!ENTITY e{level} \"{inner}\">")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY e0 \"boom\">{}]>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Body>&e9;</soapenv:Body></soapenv:Envelope>",
        entities.concat()
    )
}
