//! C3 and K5: toàn trình, and the intake of paper.
//!
//! What a reader would get wrong: two rules are held here. The directive on the 25 services
//! needs no document of the province and speaks of direct intake only; that a service is
//! toàn trình is a claim of a document, and asks for the electronic result as well. Whoever
//! came to the desk while a look-up failed is in order. Whoever came while the gateway could
//! not reach the portal is not held against anybody, and is no proof of the claim either: the
//! line that was down may have been our own.

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::{Criterion, Verdict};
use super::judgement::{self, View};
use super::observed::Observed;
use super::rules::CheckRule;
use super::tally::{Both, Count, Examples, Targets};
use super::wording::{self, Words};
use crate::dossier::Channel;

const UNEXPLAINED: &str = "DIRECT_UNEXPLAINED_SHARE";
const NOT_ONLINE: &str = "NOT_ONLINE_SHARE";

#[derive(Debug, Clone, Default)]
pub(super) struct Channels {
    online: Count,
    direct: Count,
    postal: Count,
    /// Of those to which the directive applies: direct, and neither a look-up failed nor was
    /// the portal away.
    direct_by_law: Count,
    /// Of those to which the directive applies: direct, and not counted there only because the
    /// portal was away.
    direct_away: u64,
    /// Not online, though neither a look-up failed nor was the portal away.
    other: Both,
    /// Not online, and not counted there only because the portal was away.
    away: Both,
    /// Finished without an electronic result.
    without_file: Both,
    /// Finished, online and with an electronic result.
    full: Both,
    /// Finished and not counted there: taken otherwise, as a look-up did not serve or the
    /// portal was away.
    excused: Both,
    targets: Targets,
    direct_in: Examples,
    not_full_online: Examples,
    not_full: Examples,
}

impl Channels {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        let number = &facts.number;
        let (online, direct, postal) = match facts.channel {
            Channel::Online => (true, false, false),
            Channel::Direct => (false, true, false),
            Channel::Postal => (false, false, true),
        };
        self.online.add(online);
        self.direct.add(direct);
        self.postal.add(postal);
        let away = case.portal_away();
        let excused = case.lawful || away;
        if case.by_law(3) {
            let unlawful = direct && !excused;
            self.direct_by_law.add(unlawful);
            self.direct_away += u64::from(direct && !case.lawful && away);
            if unlawful {
                self.direct_in.note(number);
            }
        }
        let covered = case.terms.full_online(facts.received) == Some(true);
        let other = !online && !excused;
        self.other.add(covered, other);
        self.away.add(covered, !online && !case.lawful && away);
        if covered && other {
            self.not_full_online.note(number);
        }
        if case.finished.is_none() {
            return;
        }
        let has_file = case.has_electronic_result();
        let wants_file = case.terms.electronic_result(facts.received) != Some(false);
        if wants_file {
            self.without_file.add(covered, !has_file);
            if covered && !has_file {
                self.not_full_online.note(number);
            }
        }
        if covered {
            let target = case.terms.target(Statement::OnlineTarget, facts.received);
            self.targets.note(target);
        }
        if !online && excused {
            self.excused.add(covered, true);
            return;
        }
        let full = online && (has_file || !wants_file);
        self.full.add(covered, full);
        if covered && !full {
            self.not_full.note(number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.online.figure(
            "ONLINE_SHARE",
            "Hồ sơ nộp trực tuyến",
            "Dossiers that came in online",
        ));
        out.figure(self.direct.figure(
            "DIRECT_SHARE",
            "Hồ sơ nộp trực tiếp",
            "Dossiers handed in at the desk",
        ));
        out.figure(self.postal.figure(
            "POSTAL_SHARE",
            "Hồ sơ nộp qua bưu chính công ích",
            "Dossiers that came by post",
        ));
        let paper = view.service.paper(&[Statement::FullOnline]);
        out.figure(self.direct_by_law.figure(
            UNEXPLAINED,
            "Hồ sơ nộp trực tiếp không vì tra cứu không thành công, không khớp hay cổng kết nối không gọi được Cổng DVCQG",
            "Dossiers handed in at the desk though no look-up failed or found no match and the portal could be reached",
        ));
        out.figure(self.other.of(paper.is_documented()).figure(
            NOT_ONLINE,
            "Hồ sơ không nộp trực tuyến, không vì tra cứu không thành công, không khớp hay cổng kết nối không gọi được Cổng DVCQG",
            "Dossiers that did not come in online though no look-up failed or found no match and the portal could be reached",
        ));
        let full = self.full.of(paper.is_documented());
        out.figure(full.figure(
            "FULL_ONLINE_SHARE",
            "Hồ sơ đã giải quyết nộp trực tuyến và có kết quả điện tử",
            "Finished dossiers that came in online and have an electronic result",
        ));
        if let Some(rule) = view.rule(Criterion::C(3)) {
            self.conclude_c3(view, rule, out);
        }
        let k5 = Criterion::K(5);
        if let Some((rule, bound)) = view.rule(k5).and_then(|it| it.bound.map(|b| (it, b))) {
            let (bound, whose) = self.targets.bound(bound);
            let excused = self.excused.of(paper.is_documented()).whole;
            let why = Words::new(
                "vì tra cứu không thành công, không khớp hoặc cổng kết nối không gọi được Cổng DVCQG",
                "because look-ups failed or found no match or the portal could not be reached",
            );
            let observed = Observed::share_without(
                (excused, &why),
                full,
                bound,
                "đã giải quyết được nộp trực tuyến và có kết quả điện tử",
                "that are finished came in online and have an electronic result",
            );
            let mut judged = view.by_document(rule, &paper, true, observed);
            judged.words = judged.words.and(&whose);
            let figure = Some("FULL_ONLINE_SHARE");
            out.find(k5, figure, judged, paper, &self.not_full);
        }
    }

    fn conclude_c3(&self, view: &View<'_>, rule: &CheckRule, out: &mut Conclusion) {
        let Some(bound) = rule.bound else { return };
        let allowed = rule.law.as_ref().and_then(|law| law.bound).unwrap_or(bound);
        let direct = Observed::share(
            self.direct_by_law,
            allowed,
            "nộp trực tiếp không vì tra cứu không thành công, không khớp hay cổng kết nối không gọi được Cổng DVCQG",
            "were handed in at the desk though no look-up failed or found no match and the portal could be reached",
        );
        let away = self.direct_away;
        let direct = direct.or_with(away, &waited(away), self.direct_by_law, allowed);
        let paper = view.service.paper(&[Statement::FullOnline]);
        let documented = paper.is_documented();
        let other = self.other.of(documented);
        let without_file = self.without_file.of(documented);
        let keeps = |count: Count| bound.keeps(count.share()).unwrap_or(true);
        let words = wording::counted(other, "không nộp trực tuyến", "did not come in online")
            .and(&wording::counted(
                without_file,
                "đã giải quyết không có kết quả điện tử",
                "that are finished have no electronic result",
            ))
            .and(&wording::bound(bound));
        let claim = Observed::Counted {
            sample: other.whole,
            good: keeps(other) && keeps(without_file),
            by_one: false,
            words,
        };
        let away = self.away.of(documented).part;
        let claim = claim.or_with(away, &waited(away), other, bound);
        let law = view.by_law(rule, direct);
        let by_document = view.by_document(rule, &paper, true, claim);
        let mut examples = Examples::default();
        if law.verdict == Verdict::Contradicted {
            examples.merge(&self.direct_in);
        }
        if by_document.verdict == Verdict::Contradicted {
            examples.merge(&self.not_full_online);
        }
        let figure = match (law.verdict, by_document.verdict) {
            (Verdict::Contradicted, _) | (_, Verdict::NotApplicable) => UNEXPLAINED,
            (_, _) => NOT_ONLINE,
        };
        let judged = judgement::both(law, by_document);
        out.find(Criterion::C(3), Some(figure), judged, paper, &examples);
    }
}

/// Dossiers that were taken otherwise while the portal was away.
fn waited(away: u64) -> Words {
    Words::new(
        format!("không tính {away} hồ sơ nộp khi cổng kết nối không gọi được Cổng DVCQG"),
        format!("without {away} that came in while the portal could not be reached"),
    )
}
