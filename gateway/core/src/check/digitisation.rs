//! C12 and C13: flags that say "digitised" and "used again".
//!
//! What a reader would get wrong: one exporter in the field sets such flags as constants, so a
//! flag alone proves nothing. The gateway sees the look-up itself, and whether all papers of a
//! dossier point to one file (administration.md 3.6).

use super::case::{Case, Conclusion};
use super::finding::Criterion;
use super::judgement::{Paper, View};
use super::observed::Observed;
use super::tally::{Count, Examples};
use super::wording::Words;
use crate::dossier::Reuse;

#[derive(Debug, Clone, Default)]
pub(super) struct Digitisation {
    digitised: Count,
    /// Of dossiers with several papers that are all digitised: all are one file.
    uniform: Count,
    /// Of dossiers with a reuse flag: nothing stands behind one of them.
    unfounded: Count,
    uniform_in: Examples,
    unfounded_in: Examples,
}

impl Digitisation {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        self.digitised.add(facts.digitised_flag);
        if let [first, others @ ..] = facts.papers.as_slice()
            && !others.is_empty()
            && facts.papers.iter().all(|paper| paper.digitised)
            && case.by_law(12)
        {
            let uniform = others.iter().all(|paper| paper.file == first.file);
            self.uniform.add(uniform);
            if uniform {
                self.uniform_in.note(&facts.number);
            }
        }
        let mut flagged = facts.papers.iter().filter(|it| it.reuse != Reuse::None);
        if flagged.clone().next().is_some() && case.by_law(13) {
            let unfounded = !case.asked
                && flagged.any(|paper| paper.replaced_by.is_none() && !paper.from_store);
            self.unfounded.add(unfounded);
            if unfounded {
                self.unfounded_in.note(&facts.number);
            }
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.digitised.figure(
            "DIGITISED_SHARE",
            "Hồ sơ có thành phần số hóa",
            "Dossiers with digitised papers",
        ));
        out.figure(self.uniform.figure(
            "UNIFORM_FILES_SHARE",
            "Hồ sơ có mọi giấy tờ số hóa cùng trỏ tới một tệp",
            "Dossiers whose digitised papers all point to one file",
        ));
        out.figure(self.unfounded.figure(
            "UNFOUNDED_REUSE_SHARE",
            "Hồ sơ đánh dấu tái sử dụng không có tra cứu hay kết quả nguồn",
            "Dossiers with a reuse flag and neither a look-up nor a source result",
        ));
        let c12 = Criterion::C(12);
        if let Some((rule, bound)) = view.rule(c12).and_then(|it| it.bound.map(|b| (it, b))) {
            let share = Observed::share(
                self.uniform,
                bound,
                "có mọi giấy tờ đánh dấu số hóa cùng trỏ tới một tệp: đáng ngờ, cần kiểm tra (có thể là một tệp gộp hợp lệ; không thấy được tệp rỗng hay không đọc được)",
                "have papers that are all flagged as digitised and all point to one file: suspicious, to be looked at (it may be one lawful file of all; empty or unreadable files are not seen)",
            );
            let nothing = Words::new(
                "không hồ sơ nào có từ hai giấy tờ đều được số hóa",
                "no dossier has two or more papers that are all digitised",
            );
            let judged = view.by_law(rule, observed(self.uniform, share, nothing));
            let figure = Some("UNIFORM_FILES_SHARE");
            out.find(c12, figure, judged, Paper::none(), &self.uniform_in);
        }
        let c13 = Criterion::C(13);
        if let Some((rule, bound)) = view.rule(c13).and_then(|it| it.bound.map(|b| (it, b))) {
            let share = Observed::share(
                self.unfounded,
                bound,
                "đánh dấu tái sử dụng mà không có tra cứu hay kết quả nguồn nào",
                "with a reuse flag have neither a look-up nor a source result",
            );
            let nothing = Words::new(
                "không hồ sơ nào đánh dấu tái sử dụng",
                "no dossier has a reuse flag",
            );
            let judged = view.by_law(rule, observed(self.unfounded, share, nothing));
            let figure = Some("UNFOUNDED_REUSE_SHARE");
            out.find(c13, figure, judged, Paper::none(), &self.unfounded_in);
        }
    }
}

fn observed(count: Count, share: Observed, nothing: Words) -> Observed {
    if count.whole > 0 {
        share
    } else {
        Observed::Nothing(nothing)
    }
}
