//! Lists of dossiers and failures by cause, in the words of the contract.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    DOSSIERS_NAMED, DossierFilter, DossierSummary, FailureGroup, ListPosition,
};
use lienthong_core::ports::portal::PortalAnswer;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::retry::may_help;
use lienthong_core::sync::state::SyncState;
use lienthong_proto::v1;
use prost::Message as _;

use super::page::{self, Digest};
use super::sync::{cause, state};
use super::{InvalidField, Reader, to_timestamp, whole};
use crate::status::ServerError;

/// A checked request for a page of dossiers.
#[derive(Debug)]
pub(crate) struct DossierPage {
    /// Which ones.
    pub(crate) filter: DossierFilter,
    /// Behind this one.
    pub(crate) after: Option<ListPosition>,
    /// At most so many.
    pub(crate) most: u32,
    digest: Digest,
}

impl DossierPage {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::ListDossiersRequest,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let filter = filter(&mut reader, message.filter.as_ref(), now);
        let conditions = message
            .filter
            .as_ref()
            .map(v1::DossierFilter::encode_to_vec);
        let digest = page::digest(&conditions.unwrap_or_default());
        let most = page::read_size(&mut reader, message.page_size);
        let after = page::read_token(
            &mut reader,
            &message.page_token,
            digest,
            page::read_dossier_place,
        );
        let page = most.map(|most| Self {
            filter,
            after,
            most,
            digest,
        });
        reader.finish(page)
    }

    /// The answer that holds `found`, of which one more than a page may hold was asked for.
    pub(crate) fn answer(&self, mut found: Vec<DossierSummary>) -> v1::ListDossiersResponse {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more).map(|last| ListPosition {
            oldest_unsent_at: last.oldest_unsent_at,
            dossier: last.dossier.clone(),
        });
        v1::ListDossiersResponse {
            next_page_token: last
                .map(|last| page::token(self.digest, &page::dossier_place(&last)))
                .unwrap_or_default(),
            dossiers: found.iter().map(summary).collect(),
        }
    }
}

/// Reads a filter alone.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_filter(
    message: Option<&v1::DossierFilter>,
    now: Timestamp,
) -> Result<DossierFilter, ServerError> {
    let mut reader = Reader::default();
    let filter = filter(&mut reader, message, now);
    reader.finish(Some(filter))
}

/// Reads a filter; ages count back from `now`.
pub(super) fn filter(
    reader: &mut Reader,
    message: Option<&v1::DossierFilter>,
    now: Timestamp,
) -> DossierFilter {
    let Some(message) = message else {
        return DossierFilter::default();
    };
    let recorded_from = reader.optional_moment("filter.recorded_from", message.recorded_from);
    let recorded_before = reader.optional_moment("filter.recorded_until", message.recorded_until);
    // An empty range chooses nothing, and a comparison of nothing finds no difference.
    if recorded_from.is_some_and(|from| recorded_before.is_some_and(|before| before <= from)) {
        reader.refuse("filter.recorded_until", InvalidField::EmptyRange);
    }
    DossierFilter {
        states: listed(reader, "filter.states", &message.states, read_state),
        causes: listed(reader, "filter.causes", &message.causes, read_cause),
        unit: reader.optional("filter.unit_code", &message.unit_code, AgencyCode::parse),
        procedure: reader.optional(
            "filter.procedure_code",
            &message.procedure_code,
            ProcedureCode::parse,
        ),
        unsent_since: message.older_than.and_then(|age| {
            let since = read_age(age).and_then(|age| now.checked_sub(age).ok());
            reader.take("filter.older_than", since.ok_or(InvalidField::NotADuration))
        }),
        recorded_from,
        recorded_before,
        touched_from: reader.optional_moment("filter.touched_from", message.touched_from),
        dossiers: read_numbers(reader, &message.dossier_codes),
        upstream_code: read_upstream_code(reader, &message.upstream_code),
    }
}

/// The portal's code, which is kept cut like its text.
fn read_upstream_code(reader: &mut Reader, raw: &str) -> Option<String> {
    let most = PortalAnswer::TEXT_LIMIT;
    if raw.chars().nth(most).is_some() {
        reader.refuse("filter.upstream_code", InvalidField::TooLong { most });
        return None;
    }
    Some(raw.to_owned()).filter(|code| !code.is_empty())
}

fn listed<T: Ord>(
    reader: &mut Reader,
    field: &str,
    raw: &[i32],
    read: impl Fn(i32) -> Option<T>,
) -> std::collections::BTreeSet<T> {
    raw.iter()
        .enumerate()
        .filter_map(|(index, raw)| {
            let value = read(*raw).ok_or(InvalidField::UnknownValue);
            reader.take(format!("{field}[{index}]"), value)
        })
        .collect()
}

fn read_state(raw: i32) -> Option<SyncState> {
    SyncState::ALL
        .into_iter()
        .find(|known| i32::from(state(*known)) == raw)
}

fn read_cause(raw: i32) -> Option<Cause> {
    Cause::ALL
        .into_iter()
        .find(|known| i32::from(cause(*known)) == raw)
}

fn read_age(raw: prost_types::Duration) -> Option<SignedDuration> {
    let fits = raw.seconds >= 0 && (0..1_000_000_000).contains(&raw.nanos);
    let age = fits.then(|| SignedDuration::new(raw.seconds, raw.nanos))?;
    age.is_positive().then_some(age)
}

fn read_numbers(reader: &mut Reader, raw: &[String]) -> Vec<DossierNumber> {
    const FIELD: &str = "filter.dossier_codes";
    if raw.len() > DOSSIERS_NAMED {
        let most = DOSSIERS_NAMED;
        reader.refuse(FIELD, InvalidField::TooMany { most });
        return Vec::new();
    }
    let mut numbers: Vec<DossierNumber> = raw
        .iter()
        .enumerate()
        .filter_map(|(index, raw)| {
            reader.required(format!("{FIELD}[{index}]"), raw, DossierNumber::parse)
        })
        .collect();
    numbers.sort();
    numbers.dedup();
    numbers
}

fn summary(dossier: &DossierSummary) -> v1::DossierSummary {
    v1::DossierSummary {
        dossier_code: dossier.dossier.as_str().to_owned(),
        procedure_code: dossier.procedure.as_str().to_owned(),
        unit_code: dossier.dossier.agency().as_str().to_owned(),
        state: state(dossier.state).into(),
        cause: dossier.cause.map_or(0, |value| cause(value).into()),
        revision: whole(dossier.revision),
        accepted_revision: whole(dossier.accepted_revision),
        oldest_unsent_at: dossier.oldest_unsent_at.map(to_timestamp),
        last_accepted_at: dossier.last_accepted_at.map(to_timestamp),
        next_attempt_at: dossier.next_attempt_at.map(to_timestamp),
        attempts: i32::try_from(dossier.attempts).unwrap_or(i32::MAX),
        status: i32::from(dossier.status.code()),
        portal_reference: dossier.portal_number.clone().unwrap_or_default(),
    }
}

/// Failures by cause, the largest group first.
pub(crate) fn groups(groups: Vec<FailureGroup>) -> Vec<v1::FailureGroup> {
    groups.into_iter().map(group).collect()
}

fn group(group: FailureGroup) -> v1::FailureGroup {
    v1::FailureGroup {
        cause: cause(group.cause).into(),
        upstream_code: group.upstream_code,
        upstream_text: group.upstream_text,
        dossiers: whole(group.dossiers),
        // Only the oldest unaccepted event of a dossier can have failed.
        events: whole(group.dossiers),
        blocked_events: whole(group.blocked_events),
        first_failed_at: Some(to_timestamp(group.first_failed_at)),
        last_failed_at: Some(to_timestamp(group.last_failed_at)),
        advice_vi: group.cause.advice_vi().to_owned(),
        advice_en: group.cause.advice_en().to_owned(),
        example_dossier_codes: group
            .examples
            .iter()
            .map(|dossier| dossier.as_str().to_owned())
            .collect(),
        retry_may_help: may_help(group.cause),
    }
}

#[cfg(test)]
mod tests;
