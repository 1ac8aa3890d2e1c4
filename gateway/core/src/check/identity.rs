//! C11 and K9: the electronic identity behind an online dossier.

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::{Criterion, Verdict};
use super::judgement::{self, View};
use super::observed::Observed;
use super::tally::{Both, Count, Examples};
use super::wording::Words;
use crate::dossier::Channel;

#[derive(Debug, Clone, Default)]
pub(super) struct Identities {
    /// Online, with an account that VNeID did not verify.
    unverified: Both,
    unverified_by_law: Count,
    unverified_in: Examples,
    unlawful_in: Examples,
}

impl Identities {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        if facts.channel != Channel::Online {
            return;
        }
        let covered = case.terms.asks_identity(facts.received);
        let unverified = !facts.vneid;
        self.unverified.add(covered, unverified);
        if covered && unverified {
            self.unverified_in.note(&facts.number);
        }
        if case.by_law(11) {
            self.unverified_by_law.add(unverified);
            if unverified {
                self.unlawful_in.note(&facts.number);
            }
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        let paper = view.service.paper(&[Statement::IdentityLevel]);
        let unverified = self.unverified.of(paper.is_documented());
        let verified = self.unverified.opposite().of(paper.is_documented());
        out.figure(verified.figure(
            "VNEID_SHARE",
            "Hồ sơ trực tuyến của tài khoản được xác thực VNeID",
            "Online dossiers of an account that VNeID verified",
        ));
        out.figure(unverified.figure(
            "UNVERIFIED_ACCOUNT_SHARE",
            "Hồ sơ trực tuyến của tài khoản chưa được xác thực VNeID",
            "Online dossiers of an account that VNeID did not verify",
        ));
        let c11 = Criterion::C(11);
        if let Some((rule, bound)) = view.rule(c11).and_then(|it| it.bound.map(|b| (it, b))) {
            let (vi, en) = (
                "trực tuyến của tài khoản chưa được xác thực VNeID",
                "that came in online are of an account that VNeID did not verify",
            );
            let allowed = rule.law.as_ref().and_then(|law| law.bound).unwrap_or(bound);
            let by_law = Observed::share(self.unverified_by_law, allowed, vi, en);
            let law = view.by_law(rule, observed(self.unverified_by_law, by_law));
            let claim = observed(unverified, Observed::share(unverified, bound, vi, en));
            let document = view.by_document(rule, &paper, true, claim);
            let mut examples = Examples::default();
            if law.verdict == Verdict::Contradicted {
                examples.merge(&self.unlawful_in);
            }
            if document.verdict == Verdict::Contradicted {
                examples.merge(&self.unverified_in);
            }
            let judged = judgement::both(law, document);
            let figure = Some("UNVERIFIED_ACCOUNT_SHARE");
            out.find(c11, figure, judged, paper.clone(), &examples);
        }
        let k9 = Criterion::K(9);
        if let Some((rule, bound)) = view.rule(k9).and_then(|it| it.bound.map(|b| (it, b))) {
            let share = Observed::share(
                verified,
                bound,
                "trực tuyến của tài khoản được xác thực VNeID",
                "that came in online are of an account that VNeID verified",
            );
            let judged = view.by_document(rule, &paper, true, observed(verified, share));
            out.find(k9, Some("VNEID_SHARE"), judged, paper, &self.unverified_in);
        }
    }
}

fn observed(count: Count, share: Observed) -> Observed {
    if count.whole > 0 {
        return share;
    }
    Observed::Nothing(Words::new(
        "không có hồ sơ trực tuyến nào để xét",
        "no online dossier to judge by",
    ))
}
