//! One invented dossier: what happened to it, before anybody tells it.
//!
//! What a reader would get wrong: a life knows no end of the year. What would happen after
//! the last moment told is left out by whoever tells it.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{Channel, OnlinePayment, Reuse};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::procedure::{ComponentCode, ProcedureCode, ResultCode};
use lienthong_core::wire_time::local_date;

use super::InventError;
use super::chance::Chance;
use super::days::{Days, WORKING_MINUTES};
use super::kinds::Kind;
use super::moments::Moments;
use super::portal_side::Differs;

/// A dossier of the invented year.
#[derive(Debug, Clone)]
pub struct Life {
    /// Mã hồ sơ.
    pub number: DossierNumber,
    /// Its place among all, from 0; its owner's number too.
    pub(super) place: u32,
    /// Its place among those of its service, from 0.
    pub(super) turn: u32,
    pub(super) kind: &'static Kind,
    pub(super) procedure: ProcedureCode,
    pub(super) unit: AgencyCode,
    pub(super) channel: Channel,
    pub(super) vneid: bool,
    pub(super) payment: OnlinePayment,
    pub(super) fee: u64,
    pub(super) submitted: Timestamp,
    pub(super) received: Timestamp,
    pub(super) due: Timestamp,
    /// When the ngày hẹn trả was replaced, and by what.
    pub(super) moved: Option<(Timestamp, Timestamp)>,
    /// Requests for papers, and when they were complete.
    pub(super) supplements: Vec<(Timestamp, Timestamp)>,
    pub(super) trail: Vec<Stop>,
    pub(super) apologised: Option<Timestamp>,
    pub(super) finished: Timestamp,
    /// When it went back to work after its end, and ended again.
    pub(super) reopened: Option<(Timestamp, Timestamp)>,
    pub(super) papers: Vec<Paper>,
    pub(super) result: ResultCode,
    pub(super) result_file: bool,
    pub(super) lookups: Vec<(Timestamp, AccessOutcome)>,
    /// What the portal shows of it.
    pub(super) differs: Option<Differs>,
}

/// A step at a department.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) at: Timestamp,
    pub(super) department: &'static str,
}

/// A submitted paper.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub(super) component: ComponentCode,
    pub(super) digitised: bool,
    pub(super) reuse: Reuse,
    pub(super) replaced_by: Option<ResultCode>,
    /// Papers with one number are one file.
    pub(super) file: u16,
}

/// Which dossier is made, and in which year.
pub(super) struct Birth<'a> {
    pub(super) days: &'a Days<'a>,
    pub(super) kind: &'static Kind,
    pub(super) place: u32,
    pub(super) turn: u32,
    /// How many its service has.
    pub(super) of: u32,
    /// The day on which it has to come in.
    pub(super) forced: Option<Date>,
    pub(super) moments: &'a Moments,
}

/// Working days over which dossiers of one turn are spread.
const SPREAD: u32 = 3;

impl Birth<'_> {
    /// The number of the working day on which it comes in: a service's dossiers are spread
    /// evenly over the year, so that a month shows what the year shows.
    fn day(&self) -> u32 {
        let days = u64::from(self.days.count().saturating_sub(SPREAD - 1));
        let day = u64::from(self.turn) * days / u64::from(self.of.max(1));
        u32::try_from(day).unwrap_or(u32::MAX)
    }

    /// A dossier with which nothing is wrong.
    pub(super) fn life(&self, chance: &mut Chance) -> Result<Life, InventError> {
        let kind = self.kind;
        let drawn = self.days.day(self.day() + chance.below(SPREAD));
        let day = self.forced.or(drawn).ok_or(InventError::NoDay)?;
        let received = Days::moment(day, chance.below(WORKING_MINUTES));
        let submitted = received - SignedDuration::from_mins(chance.between(5, 600).into());
        let unit = kind.level.office(chance.below(10_000));
        let mut life = Life {
            number: number(&unit, received, self.place)?,
            place: self.place,
            turn: self.turn,
            kind,
            procedure: ProcedureCode::parse(kind.code)?,
            unit: AgencyCode::parse(&unit)?,
            channel: Channel::Online,
            vneid: true,
            payment: paid(kind, chance),
            fee: kind.fee,
            submitted,
            received,
            due: self.days.due(received, kind.limit),
            moved: None,
            supplements: Vec::new(),
            trail: Vec::new(),
            apologised: None,
            finished: received,
            reopened: None,
            papers: Vec::new(),
            result: ResultCode::parse(&kind.result())?,
            result_file: true,
            lookups: Vec::new(),
            differs: None,
        };
        life.finished = life.within(chance.between(300, 950));
        life.papers(chance)?;
        life.ask(self.moments.outage(day), chance);
        if chance.in_thousand(40) {
            life.supplement(200, 350);
        }
        life.walk(kind.route);
        Ok(life)
    }
}

fn paid(kind: &Kind, chance: &mut Chance) -> OnlinePayment {
    match (kind.fee, chance.in_thousand(700)) {
        (0, _) => OnlinePayment::None,
        (_, true) => OnlinePayment::NationalPortal,
        (_, false) => OnlinePayment::LocalGateway,
    }
}

/// Mã hồ sơ; no two dossiers of a province have one place.
pub(super) fn number(
    unit: &str,
    received: Timestamp,
    place: u32,
) -> Result<DossierNumber, InventError> {
    let day = local_date(received);
    let (year, month, day) = (day.year() % 100, day.month(), day.day());
    let text = format!("{unit}-{year:02}{month:02}{day:02}-{:05}", place + 1);
    Ok(DossierNumber::parse(&text)?)
}

impl Life {
    /// The moment at which so many thousandths of its time are over.
    pub(super) fn within(&self, thousandths: u32) -> Timestamp {
        let seconds = self.due.duration_since(self.received).as_secs();
        self.received + SignedDuration::from_secs(seconds * i64::from(thousandths) / 1000)
    }

    /// Its papers: one that always comes, one that some bring, each a file of its own.
    fn papers(&mut self, chance: &mut Chance) -> Result<(), InventError> {
        let second = chance.in_thousand(600);
        for paper in 1..=if second { 2 } else { 1 } {
            self.bring(paper)?;
        }
        Ok(())
    }

    /// Brings one paper more.
    pub(super) fn bring(&mut self, paper: u16) -> Result<(), InventError> {
        self.papers.push(Paper {
            component: ComponentCode::parse(&self.kind.paper(paper))?,
            digitised: true,
            reuse: Reuse::None,
            replaced_by: None,
            file: paper,
        });
        Ok(())
    }

    /// The officer looks the owner up: twice in some dossiers, without an answer while the
    /// database is away, hardly ever without a match.
    fn ask(&mut self, outage: bool, chance: &mut Chance) {
        if self.kind.companies {
            return;
        }
        let outcome = match (outage, chance.in_thousand(5)) {
            (true, _) => AccessOutcome::NotAnswered,
            (false, true) => AccessOutcome::NotMatched,
            (false, false) => AccessOutcome::Matched,
        };
        let first = self.received - SignedDuration::from_mins(2);
        self.lookups.push((first, outcome));
        if chance.in_thousand(300) {
            let second = self.received + SignedDuration::from_mins(8);
            self.lookups.push((second, outcome));
        }
    }

    /// Asks for papers and gets them, by thousandths of its time.
    pub(super) fn supplement(&mut self, from: u32, until: u32) {
        let pause = (self.within(from), self.within(until));
        self.supplements.push(pause);
        self.finished = self.finished.max(self.within(until + 50));
    }

    /// Goes through these departments between its receipt and its end.
    pub(super) fn walk(&mut self, route: &[&'static str]) {
        let seconds = self.finished.duration_since(self.received).as_secs();
        let stops = i64::try_from(route.len()).unwrap_or(1).max(1);
        self.trail = (0_i64..)
            .zip(route)
            .map(|(stop, department)| Stop {
                at: self.received + SignedDuration::from_secs(60 + seconds * stop / (stops + 1)),
                department,
            })
            .collect();
    }

    /// Ends this long after it was due.
    pub(super) fn be_late(&mut self, by: SignedDuration) {
        self.finished = self.due + by;
        self.walk(self.kind.route);
    }

    /// Mẫu 04 was sent in good time.
    pub(super) fn apologise(&mut self) {
        self.apologised = Some(self.within(900));
    }

    /// Goes by a department more, before the last one.
    pub(super) fn pass_by(&mut self, department: &'static str) {
        let mut route = self.kind.route.to_vec();
        route.insert(route.len() - 1, department);
        self.walk(&route);
    }

    /// Flags its first paper as used again.
    pub(super) fn reuse(&mut self, reuse: Reuse) {
        if let Some(paper) = self.papers.first_mut() {
            paper.reuse = reuse;
        }
    }

    /// Takes the result of another dossier for its first paper.
    pub(super) fn replace_first(&mut self, result: ResultCode) {
        if let Some(paper) = self.papers.first_mut() {
            paper.replaced_by = Some(result);
        }
    }

    /// Whether a look-up was not answered.
    pub(super) fn failed(&self) -> bool {
        let mut outcomes = self.lookups.iter();
        outcomes.any(|(_, outcome)| *outcome == AccessOutcome::NotAnswered)
    }

    /// Whether paper instead of data is lawful (administration.md 3.1).
    pub(super) fn is_lawful(&self) -> bool {
        let unmatched = |outcome| match outcome {
            AccessOutcome::NotAnswered | AccessOutcome::NotMatched => true,
            AccessOutcome::Matched | AccessOutcome::Denied => false,
        };
        self.lookups.iter().any(|(_, outcome)| unmatched(*outcome))
    }
}
