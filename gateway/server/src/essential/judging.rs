//! The thread that judges what the store tells, page by page.
//!
//! What a reader would get wrong: judging keeps a core busy for seconds, so it never runs
//! where calls are answered. It waits for pages, so it ends as soon as nobody tells any.

use std::sync::Arc;

use lienthong_core::check::{Checker, Ground, ServiceCheck};
use lienthong_core::evidence::Register;
use lienthong_core::observation::DossierFacts;
use lienthong_core::ports::portal_history::PortalSide;
use lienthong_core::report::Gathering;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::knowledge::Knowledge;
use super::place::Place;
use super::question::Question;

/// Pages that wait to be judged: one is read while another is judged.
const WAITING: usize = 2;

/// What the thread is told.
enum Told {
    Page(Vec<DossierFacts>),
    /// There is no more. Without it the scan was given up, and nothing is to be concluded.
    End,
}

/// What was judged.
pub(super) struct Judged {
    pub(super) checks: Vec<ServiceCheck>,
    pub(super) gathering: Gathering,
    /// Dossiers that were looked at.
    pub(super) dossiers: u64,
    /// Dossiers that could not be read.
    pub(super) unreadable: u64,
}

/// A thread that judges.
pub(super) struct Judging {
    pages: mpsc::Sender<Told>,
    judged: JoinHandle<Option<Judged>>,
}

impl Judging {
    /// Begins to judge; nothing is told yet. The place is taken until the thread has ended,
    /// whatever becomes of the call.
    pub(super) fn begin(
        question: Question,
        knowledge: Arc<Knowledge>,
        register: Arc<Register>,
        portal: PortalSide,
        place: Place,
    ) -> Self {
        let (pages, told) = mpsc::channel(WAITING);
        let judged = tokio::task::spawn_blocking(move || {
            let judged = judge(&question, &knowledge, &register, &portal, told);
            drop(place);
            judged
        });
        Self { pages, judged }
    }

    /// Tells a page; `false` when nobody judges any more.
    pub(super) async fn page(&self, page: Vec<DossierFacts>) -> bool {
        self.pages.send(Told::Page(page)).await.is_ok()
    }

    /// All is told.
    pub(super) async fn end(self) -> Judged {
        // Where the thread has ended before, what it ended with is told below.
        let _ended = self.pages.send(Told::End).await;
        match self.judged.await {
            Ok(Some(judged)) => judged,
            Ok(None) => unreachable!("the end was told"),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // A blocking task is only cancelled when the runtime goes.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

fn judge(
    question: &Question,
    knowledge: &Knowledge,
    register: &Register,
    portal: &PortalSide,
    mut told: mpsc::Receiver<Told>,
) -> Option<Judged> {
    let ground = Ground {
        services: &knowledge.services,
        register,
        evidence_rules: &knowledge.evidence_rules,
        rules: &knowledge.check_rules,
        calendar: &knowledge.calendar,
        agencies: &knowledge.agencies,
        totals: &knowledge.totals,
        portal,
        late_reading: knowledge.report_rules.reading(),
        as_of: question.as_of,
    };
    let Question {
        numbers,
        window,
        unit,
        as_of,
    } = question;
    let mut checker = Checker::new(ground, numbers, *window, unit.clone());
    let mut gathering = Gathering::new(
        *window,
        *as_of,
        &knowledge.services,
        &knowledge.report_rules,
        &knowledge.check_rules,
    );
    let mut dossiers = 0;
    // Where nobody tells any more, the caller is gone.
    while let Told::Page(page) = told.blocking_recv()? {
        for facts in &page {
            checker.look(facts);
            gathering.look(facts);
        }
        dossiers += u64::try_from(page.len()).unwrap_or(u64::MAX);
    }
    Some(Judged {
        checks: checker.conclude(),
        gathering,
        dossiers,
        unreadable: 0,
    })
}
