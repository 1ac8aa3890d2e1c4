//! What every record of look-ups promises.
//!
//! A store is broken here from outside, by its [`Ground`], and never by asking it to
//! pretend: what is promised for a full disk is promised for everything that keeps a
//! row from being added.

pub(crate) mod failing;
pub(crate) mod finding;
pub(crate) mod recording;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{
    AccessFilter, AccessOutcome, AccessRecord, AuditLog, KeyId, PersonHash, Question,
    RecordedAccess,
};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;

use crate::store::samples::number;

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// Opens the store there; opened again, it finds what was kept.
    async fn open(&self) -> Arc<dyn AuditLog>;

    /// From now on nothing can be added.
    async fn break_it(&self);

    /// Takes [`Ground::break_it`] back.
    async fn mend_it(&self);

    /// The readings that are kept, oldest first: reader, reason, conditions and number
    /// of records shown, joined by blanks.
    async fn readings(&self) -> Vec<String>;
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
macro_rules! conformance {
    ($ground:expr) => {
        crate::store::conformance::promises! { audit, $ground =>
            recording {
                a_record_comes_back_whole,
                a_record_without_answer_comes_back_without_one,
                every_name_of_a_closed_list_comes_back,
                what_was_recorded_survives_a_restart,
                two_hundred_records_at_once_get_numbers_without_gaps,
                that_the_log_was_read_is_kept,
            }
            finding {
                the_newest_come_first_and_pages_join_without_loss,
                a_number_that_was_never_given_is_below_no_bound,
                each_condition_selects_by_itself,
                all_conditions_must_hold_together,
                a_person_under_another_key_is_another_person,
                a_moment_belongs_to_what_it_begins_and_not_to_what_it_ends,
                requests_are_summed_for_one_profile_from_one_moment,
            }
            failing {
                a_log_that_cannot_be_written_is_not_ready_until_it_can_be,
                a_log_is_not_ready_before_it_was_shown_to_be,
                a_record_that_was_not_kept_leaves_no_gap,
                a_log_that_cannot_be_written_can_still_be_read,
            }
        }
    };
}
pub(crate) use conformance;

/// The moment `seconds` after the tests begin.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let begin: Timestamp = "2025-07-14T03:00:00.000001Z".parse().unwrap();
    begin + SignedDuration::from_secs(seconds)
}

/// The hash of invented person `person` under the key `key_id`.
pub(crate) fn person(key_id: &str, person: u8) -> PersonHash {
    PersonHash {
        key_id: KeyId::parse(key_id).unwrap(),
        hash: [person; 32],
    }
}

/// A look-up for dossier `index` at `second`, answered live with a match.
pub(crate) fn access(index: u32, second: i64) -> AccessRecord {
    AccessRecord {
        asked_at: at(second),
        context: AccessContext {
            client: ClientName::parse("igate").unwrap(),
            officer: OfficerId::parse("canbo.01").unwrap(),
            officer_account: Some(Text::parse("canbo01@xa.example").unwrap()),
            unit: AgencyCode::parse("000.00.12.H22").unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            dossier: number(index),
            purpose: Purpose::DossierIntake,
            legal_basis: Some(Text::parse("Điều 8 Nghị định thử").unwrap()),
        },
        question: Question::LookUp,
        operation: Some(Operation::LookUp),
        requested: words(&["full_name", "birth", "address"]),
        returned: words(&["full_name", "birth"]),
        withheld: words(&["address"]),
        outcome: AccessOutcome::Matched,
        reason: String::new(),
        source: Some(AnswerSource::Live),
        observed_at: Some(at(second + 1)),
        request_number: RequestNumber::new(format!("H22-{index}-{second}")),
        attempts: 1,
        profile: "soap-lgsp".to_owned(),
        latency: Duration::from_micros(12_345),
        person: person("k1", 1),
    }
}

/// A look-up that was refused before anything was sent.
pub(crate) fn denied(index: u32, second: i64) -> AccessRecord {
    let mut access = access(index, second);
    access.context.officer_account = None;
    access.context.legal_basis = None;
    AccessRecord {
        operation: None,
        requested: Vec::new(),
        returned: Vec::new(),
        withheld: Vec::new(),
        outcome: AccessOutcome::Denied,
        reason: "PROCEDURE_NOT_ALLOWED".to_owned(),
        source: None,
        observed_at: None,
        request_number: None,
        attempts: 0,
        ..access
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Everything that a record says, also what its `Debug` hides.
pub(crate) fn whole(access: &AccessRecord) -> String {
    let context = &access.context;
    format!(
        "{access:?} {} {:?} {:?} {:?}",
        context.officer.expose(),
        context.officer_account.as_ref().map(Text::as_str),
        context.legal_basis.as_ref().map(Text::as_str),
        access.person.hash,
    )
}

/// All records that fulfil `filter`, newest first.
pub(crate) async fn found(log: &dyn AuditLog, filter: &AccessFilter) -> Vec<RecordedAccess> {
    log.accesses(filter, None, 1_000).await.unwrap()
}

/// The numbers of the records that fulfil `filter`, newest first.
pub(crate) async fn numbers(log: &dyn AuditLog, filter: &AccessFilter) -> Vec<u64> {
    let found = found(log, filter).await;
    found.iter().map(|access| access.sequence).collect()
}
