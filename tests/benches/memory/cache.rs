//! What one kept record costs, everything included.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lienthong::clock::SystemClock;
use lienthong_adapters::cache::{AnswerCache, KeptAnswer, Origin, View};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{
    Address, BloodType, Citizen, CitizenField, CitizenQuery, CodedTerm, MaritalStatus, Relative,
};
use lienthong_core::clock::Clock as _;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{Identity, PersonalNumber, Sex};
use lienthong_core::lookup::Freshness;
use lienthong_core::lookup::keeping::{ClassRule, DataClass, Keeping};
use lienthong_core::masked::Masked;
use lienthong_core::name::{FullName, KeyRule, NameComparison};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;
use lienthong_tests::process::resident_memory;
use serde_json::json;

use crate::figures::Report;

const CITIZENS: u32 = 1_000_000;
const MOST_BYTES: f64 = 700.0;

/// Fills a cache and measures this process.
///
/// # Errors
/// When something invented is not valid, or a record was not kept.
pub(super) fn measure(report: &mut Report) -> Result<()> {
    let clock = Arc::new(SystemClock);
    let room = ClassRule {
        keep: Duration::from_hours(1),
        stale: Duration::ZERO,
        size: 8 << 30,
    };
    let keeping = Keeping {
        person: Some(room),
        ..Keeping::nothing()
    };
    let cache = AnswerCache::new(keeping, Arc::clone(&clock) as _)?;
    let context = context()?;
    let fields: BTreeSet<CitizenField> = CitizenField::ALL.iter().copied().collect();
    let own = std::process::id();
    let before = resident_memory(own)?;
    for number in 0..CITIZENS {
        let query = query(number)?;
        let key = cache.key(&context, Operation::LookUp, &query, KeyRule::default());
        let origin = Origin {
            observed_at: clock.now(),
            request_number: RequestNumber::new(format!("LT-{number:032}")).context("a number")?,
        };
        let record = record(&query)?;
        let exact = Some(NameComparison::Exact);
        cache.put_record(&key, &query.name, exact, &record, &fields, &origin);
    }
    cache.sweep();
    let after = resident_memory(own)?;
    let last = query(CITIZENS - 1)?;
    let key = cache.key(&context, Operation::LookUp, &last, KeyRule::default());
    let view = View {
        wanted: &fields,
        allowed: &fields,
    };
    let kept = cache.record(&key, &last.name, view, Freshness::default());
    let kept = kept.context("the last record was not kept")?;
    let KeptAnswer::Match(kept) = kept.answer else {
        anyhow::bail!("no match was kept");
    };
    ensure!(
        kept.citizen.household_head.is_some(),
        "not the whole record"
    );
    tell(report, &cache, after.saturating_sub(before));
    Ok(())
}

/// What each entry costs when all of them together cost `bytes`.
fn tell(report: &mut Report, cache: &AnswerCache, bytes: u64) {
    let figures = cache.figures();
    let person = figures
        .iter()
        .find(|(class, _)| *class == DataClass::Person);
    let entries = person.map_or(0, |(_, figures)| figures.entries);
    #[expect(clippy::cast_precision_loss, reason = "bytes of one entry")]
    let each = bytes as f64 / entries.max(1) as f64;
    report.line(
        "cache",
        format!("{entries} records of 12 fields, {each:.0} bytes each"),
        json!({"entries": entries, "bytes_each": each}),
    );
    report.promise(
        "one million cached citizens cost at most 700 bytes each",
        format!("{each:.0} bytes, {entries} entries"),
        entries == u64::from(CITIZENS) && each <= MOST_BYTES,
    );
}

fn context() -> Result<AccessContext> {
    Ok(AccessContext {
        client: ClientName::parse("igate").context("a client")?,
        officer: OfficerId::parse("000180000009").context("an officer")?,
        officer_account: None,
        unit: AgencyCode::parse("H99.12")?,
        procedure: ProcedureCode::parse("1.004222")?,
        dossier: DossierNumber::parse("H99.12-261122-0001")?,
        purpose: Purpose::DossierIntake,
        legal_basis: None,
    })
}

fn query(number: u32) -> Result<CitizenQuery> {
    Ok(CitizenQuery {
        identity: Identity::PersonalNumber(PersonalNumber::parse(&format!("000185{number:06}"))?),
        name: FullName::parse("Trần Thị Mẫu Thử")?,
        birth: BirthDate::parse("1985-02-13")?,
    })
}

/// The record of population.md 2.4, with the same fields filled.
fn record(query: &CitizenQuery) -> Result<Citizen> {
    let text = |text: &str| Some(Masked::new(text.to_owned()));
    let term = |code: &str| CodedTerm {
        code: Masked::new(code.to_owned()),
        name: None,
    };
    let number = match &query.identity {
        Identity::PersonalNumber(number) => Some(number.clone()),
        Identity::OldIdCard(_) => None,
    };
    Ok(Citizen {
        personal_number: number.clone(),
        full_name: Some(FullName::parse("TRẦN THỊ MẪU THỬ")?),
        sex: Sex::from_code(2),
        ethnic_group: Some(term("01")),
        religion: Some(term("00")),
        marital_status: Some(MaritalStatus::Married),
        blood_type: Some(BloodType::NotRecorded),
        birth: Some(query.birth),
        permanent_address: Some(Address {
            province_code: text("99"),
            commune_code: text("99901"),
            detail: text("THÔN MẪU, SỐ NHÀ 12 NGÕ 34"),
            country_code: text("VN"),
            ..Address::default()
        }),
        nationality: text("VN"),
        household_head: Some(Relative {
            full_name: text("TRẦN THỊ MẪU THỬ"),
            personal_number: number,
            relation_code: text("CH01"),
            ..Relative::default()
        }),
        household_book_number: text("120034567"),
        ..Citizen::default()
    })
}
