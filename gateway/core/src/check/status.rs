//! C6 and C7: the public status, and how often papers were asked for again.
//!
//! What a reader would get wrong: no text sets the minutes in which a status must be on the
//! portal. The allowance is a policy, it is printed, and nothing younger counts
//! (administration.md 7.5). Time in which the portal could not be reached is nobody's delay.

use jiff::{SignedDuration, Timestamp};

use super::case::{Case, Conclusion};
use super::finding::Criterion;
use super::judgement::{Paper, View};
use super::observed::Observed;
use super::tally::{Count, Examples};
use super::wording::{self, Words};
use crate::document::short_date;
use crate::observation::{DossierFacts, PauseReason};
use crate::wire_time::local_date;

#[derive(Debug, Clone, Default)]
pub(super) struct Statuses {
    untrue: Count,
    different: u64,
    without_file: u64,
    reopened: u64,
    moved: u64,
    /// Moved late with an apology, which is the way that a late dossier has.
    apologised: u64,
    /// Different for longer than allowed only if times count in which the portal could not be
    /// reached.
    away: u64,
    again: Count,
    untrue_in: Examples,
    again_in: Examples,
}

/// Whether an apology came with the last move of the appointment, or within the time that is
/// allowed after it (Mẫu 04 states the new date, administration.md 5.6). Only the last move and
/// the first apology are known, so a second move without one is not seen.
fn with_apology(facts: &DossierFacts, allowance: SignedDuration) -> bool {
    let moved = facts.due_moved_late_at;
    facts
        .apologised_at
        .zip(moved)
        .is_some_and(|(apology, moved)| {
            let latest = moved.checked_add(allowance);
            latest.is_ok_and(|latest| apology <= latest)
        })
}

impl Statuses {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        if case.by_law(6) {
            self.look_at_status(case);
        }
        if case.by_law(7) {
            let requests = case.facts.pauses.iter().filter(|pause| {
                pause.reason == PauseReason::Supplement && case.happened(Some(pause.from)).is_some()
            });
            let requests = u32::try_from(requests.count()).unwrap_or(u32::MAX);
            let again = requests > case.limits.supplements;
            self.again.add(again);
            if again {
                self.again_in.note(&case.facts.number);
            }
        }
    }

    fn look_at_status(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        let as_of = case.ground.as_of;
        let stands = |since: Option<Timestamp>| {
            since.is_some_and(|since| {
                let until = since.checked_add(case.limits.sync);
                until.is_ok_and(|until| until < as_of)
            })
        };
        let since = case.ground.portal.differing.get(&facts.number).copied();
        // Nobody could mend it while the portal was away.
        let away = since.map(|since| case.ground.portal.outages.within(since, as_of));
        let reachable = since.zip(away);
        let reachable = reachable.and_then(|(since, away)| since.checked_add(away).ok());
        let different = stands(reachable);
        self.away += u64::from(stands(since) && !different);
        let wants_file = case.terms.electronic_result(facts.received) != Some(false);
        let missing = wants_file && facts.results.iter().any(|result| !result.has_file);
        let without_file = missing && stands(case.finished);
        let reopened = stands(facts.reopened_at);
        let moved = stands(facts.due_moved_late_at);
        let in_order = moved && with_apology(facts, case.limits.sync);
        let moved = moved && !in_order;
        self.apologised += u64::from(in_order);
        self.different += u64::from(different);
        self.without_file += u64::from(without_file);
        self.reopened += u64::from(reopened);
        self.moved += u64::from(moved);
        let untrue = different || without_file || reopened || moved;
        self.untrue.add(untrue);
        if untrue {
            self.untrue_in.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.untrue.figure(
            "UNTRUE_STATUS_SHARE",
            "Hồ sơ có trạng thái công khai không khớp thực tế",
            "Dossiers whose public status is not the true one",
        ));
        out.figure(self.again.figure(
            "SUPPLEMENTED_AGAIN_SHARE",
            "Hồ sơ bị yêu cầu bổ sung quá số lần của quy tắc",
            "Dossiers that were sent back for papers more often than the rule has it",
        ));
        self.conclude_c6(view, out);
        let c7 = Criterion::C(7);
        if let Some((rule, most)) = view.rule(c7).and_then(|it| it.most.map(|most| (it, most))) {
            let words = wording::counted(
                self.again,
                &format!("bị yêu cầu bổ sung hơn {most} lần"),
                &format!("were sent back for papers more than {most} times"),
            );
            let judged = view.by_law(rule, Observed::none(self.again, words));
            let figure = Some("SUPPLEMENTED_AGAIN_SHARE");
            out.find(c7, figure, judged, Paper::none(), &self.again_in);
        }
    }

    fn conclude_c6(&self, view: &View<'_>, out: &mut Conclusion) {
        let c6 = Criterion::C(6);
        let Some(rule) = view.rule(c6) else {
            return;
        };
        let hours = rule.allowance.as_mins() / 60;
        let more = |unit| match rule.allowance.as_mins() % 60 {
            0 => String::new(),
            minutes => format!(" {minutes:02}{unit}"),
        };
        let Self {
            without_file,
            reopened,
            moved,
            apologised,
            ..
        } = self;
        let different = self.compared(view);
        let words = wording::counted(
            self.untrue,
            "có trạng thái công khai không khớp thực tế quá ngưỡng thời gian",
            "have a public status that was not the true one for longer than the bound",
        )
        .and(&Words::new(
            format!(
                "{}, kết quả không có tệp {without_file}, mở lại sau khi đã giải quyết \
                 {reopened}, sửa ngày hẹn sau khi đã qua {moved} (không tính {apologised} có văn \
                 bản xin lỗi)",
                different.vi
            ),
            format!(
                "{}, result without a file {without_file}, reopened after the end {reopened}, \
                 appointment moved after it had passed {moved} (without {apologised} that got an \
                 apology)",
                different.en
            ),
        ))
        .and(&self.waited())
        .and(&Words::new(
            format!("ngưỡng: chậm {hours} giờ{}", more(" phút")),
            format!("bound: {hours} h{} late", more(" min")),
        ));
        let compared = view.ground.portal.saw_statuses(view.window.begins());
        let observed = match (self.untrue.part, compared, self.away) {
            (0, false, _) => Observed::Hidden(words),
            (0, true, 1..) => Observed::Doubtful(words),
            (0, true, 0) | (1.., _, _) => Observed::none(self.untrue, words),
        };
        let judged = view.by_law(rule, observed);
        let figure = Some("UNTRUE_STATUS_SHARE");
        out.find(c6, figure, judged, Paper::none(), &self.untrue_in);
    }

    /// How many differ at the portal, by which reconciliation.
    fn compared(&self, view: &View<'_>) -> Words {
        let different = self.different;
        let begin = view.window.begins();
        match view.ground.portal.compared(begin) {
            Some(old) if old.at < begin => {
                let day = local_date(old.at);
                Words::new(
                    format!(
                        "trạng thái chưa đối soát với Cổng DVCQG trong khoảng thời gian này (đối \
                         soát gần nhất ngày {})",
                        short_date(day)
                    ),
                    format!("statuses not compared with the portal in these days (last on {day})"),
                )
                .and(&self.known_different())
            }
            Some(compared) if !compared.by_fields => {
                let day = local_date(compared.at);
                Words::new(
                    format!(
                        "chỉ đối soát có hay không có hồ sơ trên Cổng DVCQG, không thấy trạng \
                         thái (đối soát gần nhất ngày {})",
                        short_date(day)
                    ),
                    format!(
                        "only whether dossiers are at the portal was compared, statuses were not \
                         seen (last compared on {day})"
                    ),
                )
                .and(&self.known_different())
            }
            Some(compared) => {
                let day = local_date(compared.at);
                Words::new(
                    format!(
                        "khác trạng thái trên Cổng DVCQG {different} (đối soát gần nhất ngày {})",
                        short_date(day)
                    ),
                    format!("other status at the portal {different} (last compared on {day})"),
                )
            }
            None => Words::new(
                "trạng thái chưa đối soát với Cổng DVCQG",
                "statuses not compared with the portal",
            ),
        }
    }

    /// How many differ at the portal, where hardly anything was compared.
    fn known_different(&self) -> Words {
        let different = self.different;
        if different == 0 {
            return Words::default();
        }
        Words::new(
            format!("khác trên Cổng DVCQG {different}"),
            format!("other at the portal {different}"),
        )
    }

    /// Differences that stand because the portal could not be reached.
    fn waited(&self) -> Words {
        let away = self.away;
        if away == 0 {
            return Words::default();
        }
        Words::new(
            format!(
                "{away} hồ sơ khác trạng thái không bị tính: chưa quá ngưỡng nếu trừ thời gian \
                 cổng kết nối không gọi được Cổng DVCQG"
            ),
            format!(
                "{away} dossiers that differ are not held against it: they are within the bound \
                 without the time in which the portal could not be reached"
            ),
        )
    }
}
