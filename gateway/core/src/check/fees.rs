//! C10 and K6: fees that are paid online.
//!
//! What a reader would get wrong: a fee is due when the dossier has come to its end. Before
//! that, "not paid online" says nothing.

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::Criterion;
use super::judgement::View;
use super::observed::Observed;
use super::tally::{Both, Count, Examples, Targets};
use super::wording::Words;
use crate::dossier::OnlinePayment;

#[derive(Debug, Clone, Default)]
pub(super) struct Fees {
    /// Finished with a fee: nothing paid online.
    unpaid: Both,
    unpaid_in: Examples,
    targets: Targets,
}

impl Fees {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        if facts.fee == 0 || case.finished.is_none() {
            return;
        }
        let covered = case.terms.fee_online(facts.received) == Some(true);
        let unpaid = match facts.payment {
            OnlinePayment::None => true,
            OnlinePayment::NationalPortal | OnlinePayment::LocalGateway => false,
        };
        self.unpaid.add(covered, unpaid);
        if covered {
            let target = case.terms.target(Statement::PaymentTarget, facts.received);
            self.targets.note(target);
        }
        if covered && unpaid {
            self.unpaid_in.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        let paper = view.service.paper(&[Statement::FeeOnline]);
        let unpaid = self.unpaid.of(paper.is_documented());
        let paid = self.unpaid.opposite().of(paper.is_documented());
        out.figure(unpaid.figure(
            "UNPAID_ONLINE_SHARE",
            "Hồ sơ phải nộp phí, lệ phí đã giải quyết không thanh toán trực tuyến",
            "Finished dossiers with a fee that was not paid online",
        ));
        out.figure(paid.figure(
            "ONLINE_PAYMENT_SHARE",
            "Hồ sơ phải nộp phí, lệ phí đã giải quyết được thanh toán trực tuyến",
            "Finished dossiers with a fee that was paid online",
        ));
        let c10 = Criterion::C(10);
        if let Some((rule, bound)) = view.rule(c10).and_then(|it| it.bound.map(|b| (it, b))) {
            let share = Observed::share(
                unpaid,
                bound,
                "phải nộp phí, lệ phí không được thanh toán trực tuyến",
                "with a fee were not paid online",
            );
            let judged = view.by_document(rule, &paper, true, observed(unpaid, share));
            let figure = Some("UNPAID_ONLINE_SHARE");
            out.find(c10, figure, judged, paper.clone(), &self.unpaid_in);
        }
        let k6 = Criterion::K(6);
        if let Some((rule, bound)) = view.rule(k6).and_then(|it| it.bound.map(|b| (it, b))) {
            let (bound, whose) = self.targets.bound(bound);
            let share = Observed::share(
                paid,
                bound,
                "phải nộp phí, lệ phí được thanh toán trực tuyến",
                "with a fee were paid online",
            );
            let mut judged = view.by_document(rule, &paper, true, observed(paid, share));
            judged.words = judged.words.and(&whose);
            let figure = Some("ONLINE_PAYMENT_SHARE");
            out.find(k6, figure, judged, paper, &self.unpaid_in);
        }
    }
}

fn observed(count: Count, share: Observed) -> Observed {
    if count.whole > 0 {
        return share;
    }
    Observed::Nothing(Words::new(
        "không hồ sơ nào đã giải quyết có phí, lệ phí",
        "no finished dossier has a fee",
    ))
}
