//! From a SOAP answer to what it answers (population.md 2.4, 3 to 5).
//!
//! The namespace of the envelope and of the one element in it are checked, because
//! another service behind the same address answers with the same local names.

use lienthong_core::ports::population::{CitizenAnswer, HouseholdAnswer};

use super::element::{Element, Problem, Space};
use super::flaw::Flaw;
use super::{citizen, confirmation, household, xml};

/// Reads the answer of the look-up (population.md 2.4, 11).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_look_up(bytes: &[u8]) -> Result<CitizenAnswer, Flaw> {
    read(bytes, |payload| citizen::read(collection(payload)?))
}

/// Reads the answer about father and mother (population.md 4).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_relatives(bytes: &[u8]) -> Result<CitizenAnswer, Flaw> {
    read(bytes, |payload| {
        citizen::read_relatives(collection(payload)?)
    })
}

/// Reads the answer about a household (population.md 5).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_household(bytes: &[u8]) -> Result<HouseholdAnswer, Flaw> {
    read(bytes, |payload| {
        if payload.space == Space::Citizen && payload.name == Some("HoGiaDinh") {
            household::read(payload)
        } else {
            Err("not a HoGiaDinh of the dancu namespace")
        }
    })
}

/// Reads the answer of the confirmation (population.md 3).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_confirmation(bytes: &[u8]) -> Result<bool, Flaw> {
    read(bytes, |payload| {
        let known = matches!(
            payload.name,
            Some("KetQuaXacThucResponse" | "KetQuaXacThuc")
        );
        if payload.space == Space::Query && known {
            confirmation::read(payload)
        } else {
            Err("not a KetQuaXacThuc of the dancuquocgia namespace")
        }
    })
}

fn collection(payload: &Element) -> Result<&Element, Problem> {
    if payload.space == Space::Citizen && payload.name == Some("CongdanCollection") {
        Ok(payload)
    } else {
        Err("not a CongdanCollection of the dancu namespace")
    }
}

fn read<T>(bytes: &[u8], answer: impl FnOnce(&Element) -> Result<T, Problem>) -> Result<T, Flaw> {
    let root = xml::document(bytes)?;
    payload(&root)
        .and_then(answer)
        .map_err(|problem| Flaw::within(&root, problem))
}

/// The one element in the SOAP body.
fn payload(root: &Element) -> Result<&Element, Problem> {
    if root.space != Space::Envelope || root.name != Some("Envelope") {
        return Err("not a SOAP 1.1 envelope");
    }
    let mut bodies = root
        .all("Body")
        .filter(|child| child.space == Space::Envelope);
    let body = bodies.next().ok_or("an envelope without a body")?;
    if bodies.next().is_some() {
        return Err("more than one body in the envelope");
    }
    match body.children() {
        [] => Err("an empty SOAP body"),
        [fault] if fault.space == Space::Envelope && fault.name == Some("Fault") => {
            Err("a SOAP fault")
        }
        [payload] => Ok(payload),
        [..] => Err("more than one element in the body"),
    }
}

#[cfg(test)]
mod tests;
