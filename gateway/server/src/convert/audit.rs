//! The record of look-ups in the words of the contract.
//!
//! What a reader would get wrong: a page token holds a place in the log and a digest of
//! the conditions, so that a page cannot be continued under others by mistake. It is no
//! secret and opens nothing: each page is asked for, permitted and recorded by itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{
    AccessFilter, AccessOutcome, AccessRecord, PersonHash, Question, RecordedAccess,
};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;
use lienthong_proto::v1;
use prost::Message as _;

use super::access::purpose_of;
use super::{InvalidField, Reader, to_duration, to_timestamp};
use crate::status::ServerError;

/// Records of a page when the caller names no number.
const USUAL_PAGE: u32 = 50;
/// Most records of a page.
const LONGEST_PAGE: u32 = 500;
/// Fewest characters of a reason: less explains nothing.
const SHORTEST_REASON: usize = 5;

/// A checked request for a page of the log.
#[derive(Debug)]
pub(crate) struct Page {
    /// Who reads.
    pub(crate) reader: OfficerId,
    /// Why.
    pub(crate) reason: Text<500>,
    /// Which records.
    pub(crate) filter: AccessFilter,
    /// Names of the conditions that are set.
    pub(crate) conditions: Vec<&'static str>,
    /// Only records with a number below this.
    pub(crate) before: Option<u64>,
    /// At most so many records.
    pub(crate) most: u32,
    digest: [u8; 8],
}

impl Page {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::ListAccessesRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let digest = digest(message);
        let who = read_reader(&mut reader, message.reader.as_ref());
        let filter = read_filter(&mut reader, message);
        let most = read_size(&mut reader, message.page_size);
        let before = read_token(&mut reader, &message.page_token, digest);
        let page = (|| {
            let (who, reason) = who?;
            Some(Self {
                reader: who,
                reason,
                conditions: conditions(&filter),
                filter,
                before,
                most: most?,
                digest,
            })
        })();
        reader.finish(page)
    }

    /// The answer that holds `found`, of which one more than a page may hold was asked for.
    pub(crate) fn answer(&self, mut found: Vec<RecordedAccess>) -> v1::ListAccessesResponse {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more);
        v1::ListAccessesResponse {
            next_page_token: last
                .map(|last| self.token(last.sequence))
                .unwrap_or_default(),
            accesses: found.into_iter().map(access).collect(),
        }
    }

    fn token(&self, before: u64) -> String {
        let place = before.to_be_bytes();
        URL_SAFE_NO_PAD.encode([place, self.digest].concat())
    }
}

fn read_reader(
    reader: &mut Reader,
    message: Option<&v1::AuditReader>,
) -> Option<(OfficerId, Text<500>)> {
    let Some(message) = message else {
        reader.refuse("reader", InvalidField::Missing);
        return None;
    };
    let who = reader.required("reader.operator_id", &message.operator_id, officer);
    let reason = reader.required("reader.reason", &message.reason, |raw| {
        let reason = Text::<500>::parse(raw)?;
        if reason.as_str().chars().count() < SHORTEST_REASON {
            return Err(InvalidField::Reason);
        }
        Ok(reason)
    });
    Some((who?, reason?))
}

fn officer(raw: &str) -> Result<OfficerId, InvalidField> {
    OfficerId::parse(raw).ok_or(InvalidField::OfficerId)
}

fn read_filter(reader: &mut Reader, message: &v1::ListAccessesRequest) -> AccessFilter {
    AccessFilter {
        from: reader.optional_moment("from", message.from),
        until: reader.optional_moment("until", message.until),
        client: reader.optional("client", &message.client, |raw| {
            ClientName::parse(raw).ok_or(InvalidField::ClientName)
        }),
        officer: reader.optional("officer_id", &message.officer_id, officer),
        unit: reader.optional("unit_code", &message.unit_code, AgencyCode::parse),
        dossier: reader.optional("dossier_code", &message.dossier_code, DossierNumber::parse),
        procedure: reader.optional(
            "procedure_code",
            &message.procedure_code,
            ProcedureCode::parse,
        ),
        purpose: match v1::Purpose::try_from(message.purpose) {
            Ok(v1::Purpose::Unspecified) => None,
            purpose => reader.take("purpose", purpose_of(purpose.ok())),
        },
        outcome: read_outcome(reader, message.outcome),
        person: None,
    }
}

fn read_outcome(reader: &mut Reader, raw: i32) -> Option<AccessOutcome> {
    use v1::access::Outcome;
    match Outcome::try_from(raw) {
        Ok(Outcome::Unspecified) => None,
        Ok(Outcome::Matched) => Some(AccessOutcome::Matched),
        Ok(Outcome::NotMatched) => Some(AccessOutcome::NotMatched),
        Ok(Outcome::Denied) => Some(AccessOutcome::Denied),
        Ok(Outcome::NotAnswered) => Some(AccessOutcome::NotAnswered),
        Err(_) => {
            reader.refuse("outcome", InvalidField::UnknownValue);
            None
        }
    }
}

fn read_size(reader: &mut Reader, raw: i32) -> Option<u32> {
    match u32::try_from(raw) {
        Ok(0) => Some(USUAL_PAGE),
        Ok(size @ 1..=LONGEST_PAGE) => Some(size),
        Ok(_) | Err(_) => {
            let (least, most) = (1, i64::from(LONGEST_PAGE));
            reader.refuse("page_size", InvalidField::OutOfRange { least, most });
            None
        }
    }
}

/// The place that a token names.
fn read_token(reader: &mut Reader, token: &str, digest: [u8; 8]) -> Option<u64> {
    if token.is_empty() {
        return None;
    }
    let place = || {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (place, conditions) = bytes.split_at(8);
        (conditions == digest).then_some(())?;
        Some(u64::from_be_bytes(place.try_into().ok()?))
    };
    reader.take("page_token", place().ok_or(InvalidField::PageToken))
}

/// Digest of the conditions alone.
fn digest(message: &v1::ListAccessesRequest) -> [u8; 8] {
    let conditions = v1::ListAccessesRequest {
        reader: None,
        page_size: 0,
        page_token: String::new(),
        ..message.clone()
    };
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &conditions.encode_to_vec());
    let mut digest = [0; 8];
    for (to, from) in digest.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    digest
}

fn conditions(filter: &AccessFilter) -> Vec<&'static str> {
    let AccessFilter {
        from,
        until,
        client,
        officer,
        unit,
        dossier,
        procedure,
        purpose,
        outcome,
        person,
    } = filter;
    [
        ("from", from.is_some()),
        ("until", until.is_some()),
        ("client", client.is_some()),
        ("officer_id", officer.is_some()),
        ("unit_code", unit.is_some()),
        ("dossier_code", dossier.is_some()),
        ("procedure_code", procedure.is_some()),
        ("purpose", purpose.is_some()),
        ("outcome", outcome.is_some()),
        ("person", person.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect()
}

fn access(recorded: RecordedAccess) -> v1::Access {
    let record = recorded.access;
    let latency = SignedDuration::try_from(record.latency).unwrap_or(SignedDuration::MAX);
    let recorded_at = record
        .asked_at
        .saturating_add(latency)
        .unwrap_or(record.asked_at);
    v1::Access {
        sequence: i64::try_from(recorded.sequence).unwrap_or(i64::MAX),
        recorded_at: Some(to_timestamp(recorded_at)),
        client: record.context.client.as_str().to_owned(),
        method: method(record.question).to_owned(),
        outcome: outcome(record.outcome).into(),
        provenance: provenance(&record, recorded_at),
        latency: Some(to_duration(latency)),
        person_digest: person(&record.person),
        // The chain comes later.
        record_hash: String::new(),
        attempt: i32::try_from(record.attempts).unwrap_or(i32::MAX),
        context: Some(context(record.context)),
        requested_fields: record.requested,
        returned_fields: record.returned,
        withheld_fields: record.withheld,
        reason: record.reason,
    }
}

/// The full name of the method that asks `question`.
fn method(question: Question) -> &'static str {
    match question {
        Question::Verify => "lienthong.v1.PopulationService/VerifyCitizen",
        Question::LookUp => "lienthong.v1.PopulationService/LookupCitizen",
        Question::Household => "lienthong.v1.PopulationService/LookupHousehold",
    }
}

fn outcome(outcome: AccessOutcome) -> v1::access::Outcome {
    match outcome {
        AccessOutcome::Matched => v1::access::Outcome::Matched,
        AccessOutcome::NotMatched => v1::access::Outcome::NotMatched,
        AccessOutcome::Denied => v1::access::Outcome::Denied,
        AccessOutcome::NotAnswered => v1::access::Outcome::NotAnswered,
    }
}

/// Where the answer came from, and what was sent when there is none.
fn provenance(record: &AccessRecord, recorded_at: Timestamp) -> Option<v1::Provenance> {
    use v1::provenance::Source;
    if record.source.is_none() && record.request_number.is_none() {
        return None;
    }
    let source = match record.source {
        None => Source::Unspecified,
        Some(AnswerSource::Live) => Source::Live,
        Some(AnswerSource::Cache | AnswerSource::Stale) => Source::Cache,
    };
    let age = record.observed_at.filter(|_| source == Source::Cache);
    Some(v1::Provenance {
        source: source.into(),
        observed_at: record.observed_at.map(to_timestamp),
        age: age.map(|observed_at| to_duration(recorded_at.duration_since(observed_at))),
        request_id: record
            .request_number
            .as_ref()
            .map(|number| number.as_str().to_owned())
            .unwrap_or_default(),
        profile: record.profile.clone(),
        attempts: i32::try_from(record.attempts).unwrap_or(i32::MAX),
        stale: record.source == Some(AnswerSource::Stale),
    })
}

fn context(context: AccessContext) -> v1::AccessContext {
    v1::AccessContext {
        officer_id: context.officer.expose().to_owned(),
        officer_account: context
            .officer_account
            .map(|account| account.as_str().to_owned())
            .unwrap_or_default(),
        unit_code: context.unit.as_str().to_owned(),
        procedure_code: context.procedure.as_str().to_owned(),
        dossier_code: context.dossier.as_str().to_owned(),
        purpose: purpose(context.purpose).into(),
        legal_basis: context
            .legal_basis
            .map(|basis| basis.as_str().to_owned())
            .unwrap_or_default(),
    }
}

fn purpose(purpose: Purpose) -> v1::Purpose {
    match purpose {
        Purpose::DossierIntake => v1::Purpose::DossierIntake,
        Purpose::DossierProcessing => v1::Purpose::DossierProcessing,
        Purpose::ResultDelivery => v1::Purpose::ResultDelivery,
        Purpose::DataCleaning => v1::Purpose::DataCleaning,
        Purpose::Inspection => v1::Purpose::Inspection,
    }
}

/// The key's name and the hash, hexadecimal.
fn person(person: &PersonHash) -> String {
    use std::fmt::Write as _;
    let mut text = format!("{}:", person.key_id.as_str());
    for byte in person.hash {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
