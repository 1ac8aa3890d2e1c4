//! Everything that is counted of one service, theme by theme.
//!
//! What a reader would get wrong: a theme is not a criterion. What is counted once, like the
//! channel by which a dossier came, is held against several of them.

use super::apology::Apologies;
use super::case::{Case, Conclusion};
use super::channel::Channels;
use super::claims::Statement;
use super::currency::Currency;
use super::digitisation::Digitisation;
use super::fees::Fees;
use super::finding::{Criterion, Verdict};
use super::identity::Identities;
use super::judgement::{Judged, View};
use super::lookups::Lookups;
use super::papers::Papers;
use super::process::{Departments, Processes};
use super::results::{Results, ReusedResults};
use super::status::Statuses;
use super::tally::Examples;
use super::time::Times;
use super::wording::Words;

/// Everything that is counted of one service.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) seen: u64,
    papers: Papers,
    lookups: Lookups,
    channels: Channels,
    times: Times,
    processes: Processes,
    statuses: Statuses,
    results: Results,
    currency: Currency,
    fees: Fees,
    identities: Identities,
    digitisation: Digitisation,
    apologies: Apologies,
}

impl Tally {
    pub(super) fn look(&mut self, case: &Case<'_>, departments: &mut Departments<'_>) {
        self.seen += 1;
        self.papers.look(case);
        self.lookups.look(case);
        self.channels.look(case);
        self.times.look(case);
        self.processes.look(case, departments);
        self.statuses.look(case);
        self.results.look(case);
        self.currency.look(case);
        self.fees.look(case);
        self.identities.look(case);
        self.digitisation.look(case);
        self.apologies.look(case);
    }

    pub(super) fn conclude(&self, view: &View<'_>, reused: &ReusedResults) -> Conclusion {
        let mut out = Conclusion::default();
        self.channels.conclude(view, &mut out);
        self.lookups.conclude(view, &mut out);
        self.papers.conclude(view, &mut out);
        self.results.conclude(view, reused, &mut out);
        self.times.conclude(view, &mut out);
        self.processes.conclude(view, &mut out);
        self.statuses.conclude(view, &mut out);
        self.currency.conclude(view, &mut out);
        self.fees.conclude(view, &mut out);
        self.identities.conclude(view, &mut out);
        self.digitisation.conclude(view, &mut out);
        self.apologies.conclude(view, &mut out);
        conclude_cost(view, &mut out);
        out
    }
}

/// K8: what is planned is printed and never held against anything.
fn conclude_cost(view: &View<'_>, out: &mut Conclusion) {
    let paper = view.service.paper(&[
        Statement::CostBefore,
        Statement::CostAfter,
        Statement::DossiersAYear,
        Statement::Fee,
    ]);
    let unseen = Judged::new(
        Verdict::CannotObserve,
        Words::new(
            "chi phí không quan sát được từ dữ liệu; số liệu trong tài liệu là dự kiến, chỉ có thể khảo sát",
            "costs cannot be seen in the traffic; figures of documents are planned, only a survey could tell",
        ),
    );
    out.find(Criterion::K(8), None, unseen, paper, &Examples::default());
}
