//! One kept answer: a few bytes that are overwritten when they leave the memory.
//!
//! They are overwritten when they are removed, not when the last trace of the entry is
//! freed, which moka puts off. So an entry that was just found may be empty already:
//! then nothing was found. What is read from one is wiped by its own type.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lienthong_core::citizen::{Citizen, CitizenField};
use lienthong_core::household::{Household, HouseholdField};
use lienthong_core::name::{FullName, NameComparison};
use lienthong_core::ports::population::RequestNumber;
use zeroize::Zeroizing;

use super::Origin;
use super::household::{read_household, write_household};
use super::key::Spelling;
use super::packing::{Damaged, Reader, Writer};
use super::person::{one_of, read_citizen, write_citizen};
use super::shelf::Stored;

/// Bytes of one answer: the moment of the observation, the number of the request, and
/// what the class needs. Clones share them.
#[derive(Clone)]
pub(super) struct Entry(Arc<Mutex<Bytes>>);

type Bytes = Zeroizing<Box<[u8]>>;

/// How the name compared, and for which spelling of the question that holds.
pub(super) struct Compared {
    pub(super) spelling: Spelling,
    pub(super) comparison: Option<NameComparison>,
}

const COMPARISONS: &[NameComparison] = &[
    NameComparison::Exact,
    NameComparison::TonePlacement,
    NameComparison::AccentDifference,
    NameComparison::Different,
];

// The fields of an entry stand in 32 bits.
const _: () = assert!(CitizenField::ALL.len() <= 32 && HouseholdField::ALL.len() <= 32);

impl Entry {
    /// That there was a match, or that there was none.
    pub(super) fn bare(origin: &Origin) -> Self {
        Self::holding(begun(origin))
    }

    /// The `fields` of a record.
    pub(super) fn of_record(
        origin: &Origin,
        compared: &Compared,
        citizen: &Citizen,
        fields: &BTreeSet<CitizenField>,
    ) -> Self {
        let mut out = begun(origin);
        out.bytes(&bits(fields, CitizenField::ALL).to_be_bytes());
        out.bytes(&compared.spelling);
        let place = COMPARISONS
            .iter()
            .zip(1..)
            .find(|(one, _)| Some(**one) == compared.comparison);
        out.byte(place.map_or(0, |(_, place)| place));
        write_citizen(&mut out, &citizen.clone().limited_to(fields));
        Self::holding(out)
    }

    /// The `fields` of a household.
    pub(super) fn of_household(
        origin: &Origin,
        household: &Household,
        fields: &BTreeSet<HouseholdField>,
    ) -> Self {
        let mut out = begun(origin);
        out.bytes(&bits(fields, HouseholdField::ALL).to_be_bytes());
        write_household(&mut out, &household.clone().limited_to(fields));
        Self::holding(out)
    }

    pub(super) fn origin(&self) -> Result<Origin, Damaged> {
        opened(&self.bytes()).map(|(origin, _)| origin)
    }

    /// The record, if it covers what is `wanted` and nothing in it lies beyond what is
    /// `allowed`.
    pub(super) fn record(
        &self,
        wanted: &BTreeSet<CitizenField>,
        allowed: &BTreeSet<CitizenField>,
    ) -> Result<Option<(Citizen, Compared)>, Damaged> {
        let bytes = self.bytes();
        let (_, mut rest) = opened(&bytes)?;
        let kept = u32::from_be_bytes(rest.array()?);
        if !serves(kept, wanted, allowed, CitizenField::ALL) {
            return Ok(None);
        }
        let compared = Compared {
            spelling: rest.array()?,
            comparison: one_of(rest.byte()?, COMPARISONS)?,
        };
        let citizen = read_citizen(&mut rest)?;
        rest.end()?;
        Ok(Some((citizen, compared)))
    }

    /// The household, under the same conditions as [`Entry::record`].
    pub(super) fn household(
        &self,
        wanted: &BTreeSet<HouseholdField>,
        allowed: &BTreeSet<HouseholdField>,
    ) -> Result<Option<Household>, Damaged> {
        let bytes = self.bytes();
        let (_, mut rest) = opened(&bytes)?;
        let kept = u32::from_be_bytes(rest.array()?);
        if !serves(kept, wanted, allowed, HouseholdField::ALL) {
            return Ok(None);
        }
        let household = read_household(&mut rest)?;
        rest.end()?;
        Ok(Some(household))
    }

    fn holding(out: Writer) -> Self {
        Self(Arc::new(Mutex::new(out.finish())))
    }

    fn bytes(&self) -> MutexGuard<'_, Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(bytes: &[u8]) -> Result<(Origin, Reader<'_>), Damaged> {
    let mut rest = Reader::new(bytes);
    let observed_at = moment(rest.array()?)?;
    let mut number = String::new();
    for part in [rest.text()?, rest.text()?].into_iter().flatten() {
        number.push_str(part.expose());
    }
    let request_number = RequestNumber::new(number).ok_or(Damaged)?;
    let origin = Origin {
        observed_at,
        request_number,
    };
    Ok((origin, rest))
}

impl Stored for Entry {
    fn length(&self) -> usize {
        self.bytes().len()
    }

    fn observed_at(&self) -> Timestamp {
        // An entry that cannot be read is older than any that can.
        Reader::new(&self.bytes())
            .array()
            .and_then(moment)
            .unwrap_or(Timestamp::MIN)
    }

    fn wipe(&self) {
        drop(std::mem::take(&mut *self.bytes()));
    }
}

/// Microseconds: an answer seems older by less than one, never younger.
fn begun(origin: &Origin) -> Writer {
    let mut out = Writer::new();
    out.bytes(&origin.observed_at.as_microsecond().to_be_bytes());
    // What stands before the last hyphen keeps the rest from being packed.
    let number = origin.request_number.as_str();
    let (before, rest) = number.split_at(number.rfind('-').map_or(0, |hyphen| hyphen + 1));
    out.text(Some(before));
    out.text(Some(rest));
    out
}

fn moment(bytes: [u8; 8]) -> Result<Timestamp, Damaged> {
    Timestamp::from_microsecond(i64::from_be_bytes(bytes)).map_err(|_| Damaged)
}

fn bits<F: Ord>(fields: &BTreeSet<F>, all: &[F]) -> u32 {
    all.iter()
        .zip(0..u32::BITS)
        .filter(|(field, _)| fields.contains(field))
        .fold(0, |bits, (_, place)| bits | 1 << place)
}

/// An entry serves a caller who may see all that it holds and wants nothing else.
fn serves<F: Ord>(kept: u32, wanted: &BTreeSet<F>, allowed: &BTreeSet<F>, all: &[F]) -> bool {
    kept & !bits(allowed, all) == 0 && bits(wanted, all) & !kept == 0
}

/// Compares the name anew where the record holds one; else what was compared holds for
/// the same spelling only.
pub(super) fn comparison_for(
    compared: &Compared,
    citizen: &Citizen,
    name: &FullName,
    spelling: Spelling,
) -> Result<Option<NameComparison>, OtherSpelling> {
    match &citizen.full_name {
        Some(found) => match name.compare(found) {
            // The key of the question was the same, so this is a fault of somebody's
            // rules, and the source shall decide.
            NameComparison::Different => Err(OtherSpelling),
            known @ (NameComparison::Exact
            | NameComparison::TonePlacement
            | NameComparison::AccentDifference) => Ok(Some(known)),
        },
        None if compared.spelling == spelling => Ok(compared.comparison),
        None => Err(OtherSpelling),
    }
}

/// The comparison of names is not known for this spelling.
pub(super) struct OtherSpelling;
