//! From what was counted and what is documented to a verdict.
//!
//! What a reader would get wrong: the order of the questions. Whether a criterion applies and
//! can be seen comes before any document; an expired document comes before the sample; and
//! one dossier contradicts by itself only where the criterion says "any"
//! (administration.md 3.5 and 3.6). Without any document a small sample is unproved, as good
//! behaviour would be undocumented; behaviour that is not shown to be good claims nothing.

use super::finding::{Criterion, Verdict};
use super::observed::Observed;
use super::plan::{Ground, ServicePlan};
use super::rules::{CheckRule, LawRule};
use super::wording::{self, Words};
use crate::dossier_number::DossierNumber;
use crate::essential::Days;
use crate::evidence::EvidenceId;
use crate::observation::{Coverage, Window};
use crate::places::SourceCertainty;

/// Whether a document says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PaperStanding {
    /// A valid document says so.
    Says,
    /// A valid document says that it is not so.
    Denies,
    /// Only documents that are out of date say so.
    Expired,
    /// None says anything.
    Silent,
}

/// What is documented of a claim.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub(super) standing: PaperStanding,
    /// What is documented, in Vietnamese.
    pub(super) text: String,
    pub(super) evidence: Vec<EvidenceId>,
    /// Why the documents are out of date.
    pub(super) lapse: Words,
}

impl Paper {
    /// No document is asked for.
    pub(super) fn none() -> Self {
        Self {
            standing: PaperStanding::Silent,
            text: String::new(),
            evidence: Vec::new(),
            lapse: Words::default(),
        }
    }

    /// The same with what valid documents say besides, which changes no verdict.
    pub(super) fn with(mut self, besides: Self) -> Self {
        if self.standing == PaperStanding::Says && besides.standing == PaperStanding::Says {
            self.text = format!("{}; {}", self.text, besides.text);
            let more = besides.evidence.into_iter();
            let new: Vec<EvidenceId> = more.filter(|it| !self.evidence.contains(it)).collect();
            self.evidence.extend(new);
        }
        self
    }

    /// Whether dossiers that the document speaks of are counted, and not all.
    pub(super) fn is_documented(&self) -> bool {
        self.standing == PaperStanding::Says
    }
}

/// A verdict and its reason.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) words: Words,
}

impl Judged {
    pub(super) fn new(verdict: Verdict, words: Words) -> Self {
        Self { verdict, words }
    }
}

/// What a theme says of one criterion.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) criterion: Criterion,
    pub(super) figure: Option<&'static str>,
    pub(super) judged: Judged,
    pub(super) paper: Paper,
    pub(super) examples: Vec<DossierNumber>,
}

/// One service at the end of a check.
pub(super) struct View<'v> {
    pub(super) ground: &'v Ground<'v>,
    pub(super) service: &'v ServicePlan<'v>,
    pub(super) window: Window,
    pub(super) seen: u64,
    /// Whether only the dossiers of one agency were looked at.
    pub(super) unit: bool,
    pub(super) coverage: Coverage,
}

impl<'v> View<'v> {
    pub(super) fn rule(&self, criterion: Criterion) -> Option<&'v CheckRule> {
        self.ground.rules.rule(criterion)
    }

    /// The rule in law, where it applies to the service and to a day of the window.
    fn law<'r>(&self, rule: &'r CheckRule) -> Option<&'r LawRule> {
        let law = rule.law.as_ref()?;
        let service = self.service.service.number;
        let window = Days {
            from: Some(self.window.first()),
            to: Some(self.window.last()),
        };
        (law.covers(service) && law.days.overlap(window)).then_some(law)
    }

    /// Held against a rule in law, which needs no document of the province.
    pub(super) fn by_law(&self, rule: &CheckRule, observed: Observed) -> Judged {
        let Some(law) = self.law(rule) else {
            let words = Words::new(
                "quy định chưa áp dụng cho dịch vụ hoặc cho khoảng thời gian này",
                "the rule does not apply to the service or to these days",
            );
            return Judged::new(Verdict::NotApplicable, words);
        };
        let according = basis(rule, law);
        self.measured(rule, observed, |good, words| {
            let verdict = if good {
                Verdict::Consistent
            } else {
                Verdict::Contradicted
            };
            Judged::new(verdict, words.and(&according))
        })
    }

    /// Held against what documents say. `measurable`: whether the behaviour can be judged
    /// without knowing what a document says.
    pub(super) fn by_document(
        &self,
        rule: &CheckRule,
        paper: &Paper,
        measurable: bool,
        observed: Observed,
    ) -> Judged {
        let silent = Words::new(
            "không có tài liệu còn hiệu lực nêu nội dung này",
            "no valid document states it",
        );
        match paper.standing {
            PaperStanding::Denies => {
                let words = Words::new(
                    format!("tài liệu nêu là không: {}", paper.text),
                    format!("a document says that it is not so: {}", paper.text),
                );
                Judged::new(Verdict::NotApplicable, words)
            }
            PaperStanding::Expired => match observed {
                Observed::Nothing(words) if measurable => {
                    Judged::new(Verdict::NotApplicable, words)
                }
                Observed::Hidden(words) if measurable => Judged::new(Verdict::CannotObserve, words),
                Observed::Nothing(_)
                | Observed::Hidden(_)
                | Observed::Doubtful(_)
                | Observed::Counted { .. } => {
                    let words =
                        Words::new("minh chứng hết hiệu lực", "the evidence is out of date");
                    Judged::new(Verdict::EvidenceExpired, words.and(&paper.lapse))
                }
            },
            // Nothing is claimed and nothing good was shown: no sample makes that apply.
            PaperStanding::Silent if !measurable || matches!(observed, Observed::Doubtful(_)) => {
                Judged::new(Verdict::NotApplicable, silent)
            }
            PaperStanding::Silent => self.measured(rule, observed, |good, words| {
                let verdict = if good {
                    Verdict::Undocumented
                } else {
                    // Nothing is claimed, so there is nothing to contradict.
                    Verdict::NotApplicable
                };
                Judged::new(verdict, words.and(&silent))
            }),
            PaperStanding::Says => self.measured(rule, observed, |good, words| {
                let verdict = if good {
                    Verdict::Consistent
                } else {
                    Verdict::Contradicted
                };
                Judged::new(verdict, words)
            }),
        }
    }

    /// Whether enough was seen; then `verdict` judges.
    fn measured(
        &self,
        rule: &CheckRule,
        observed: Observed,
        verdict: impl FnOnce(bool, Words) -> Judged,
    ) -> Judged {
        let (sample, good, by_one, words) = match observed {
            Observed::Nothing(_) | Observed::Hidden(_) if self.seen == 0 => {
                let words = Words::new("không thấy hồ sơ nào", "no dossier was seen");
                return Judged::new(Verdict::Unproven, words);
            }
            Observed::Nothing(words) => return Judged::new(Verdict::NotApplicable, words),
            Observed::Hidden(words) => return Judged::new(Verdict::CannotObserve, words),
            Observed::Doubtful(words) => return Judged::new(Verdict::Unproven, words),
            Observed::Counted {
                sample,
                good,
                by_one,
                words,
            } => (sample, good, by_one, words),
        };
        if by_one && !good {
            return verdict(good, words);
        }
        match self.too_little(rule, sample) {
            Some(why) => Judged::new(Verdict::Unproven, words.and(&why)),
            None => verdict(good, words),
        }
    }

    /// Why sample or coverage proves nothing.
    fn too_little(&self, rule: &CheckRule, sample: u64) -> Option<Words> {
        let least = rule.least_sample;
        if sample < least {
            return Some(Words::new(
                format!("chỉ có {sample} hồ sơ để xét, cần ít nhất {least}"),
                format!("only {sample} dossiers to judge by, at least {least} needed"),
            ));
        }
        let (Coverage::Known(share), Some(least)) = (self.coverage, rule.least_coverage) else {
            return None;
        };
        share
            .compare(least)
            .is_some_and(std::cmp::Ordering::is_lt)
            .then(|| {
                let shown = wording::share(share);
                Words::new(
                    format!("độ bao phủ {}, cần ít nhất {}", shown.vi, least.text_vi()),
                    format!("coverage {}, at least {least} % needed", shown.en),
                )
            })
    }

    /// What every reason ends with: coverage and version of the rules.
    pub(super) fn tail(&self) -> Words {
        let coverage = match self.coverage {
            Coverage::Unknown => Words::new("chưa xác định được độ bao phủ", "coverage unknown"),
            Coverage::Known(share) => {
                let share = wording::share(share);
                Words::new(
                    format!("độ bao phủ {}", share.vi),
                    format!("coverage {}", share.en),
                )
            }
            Coverage::Above { seen, total } => Words::new(
                format!("cổng kết nối thấy {seen} hồ sơ, nhiều hơn tổng số {total} được cung cấp"),
                format!("the gateway saw {seen} dossiers, more than the total of {total} given"),
            ),
        };
        let version = self.ground.rules.version();
        coverage.and(&Words::new(
            format!("quy tắc {version}"),
            format!("rules {version}"),
        ))
    }
}

/// What a judgement without a document rests on: the text, how well it is known, and whose
/// the bound is, as hardly any text sets one (administration.md 10).
fn basis(rule: &CheckRule, law: &LawRule) -> Words {
    let document = &law.document;
    let (known_vi, known_en) = match law.certainty {
        SourceCertainty::Seen => ("", ""),
        SourceCertainty::Inferred => (" (suy luận)", " (inferred)"),
        SourceCertainty::Unverified => (" (chưa kiểm chứng văn bản)", " (text not verified)"),
    };
    let words = Words::new(
        format!("căn cứ: {document}{known_vi}"),
        format!("basis: {document}{known_en}"),
    );
    if rule.bound.is_none() && law.bound.is_none() && rule.allowance.is_zero() {
        return words;
    }
    let source = &rule.source;
    words.and(&Words::new(
        format!("ngưỡng không phải của văn bản đó: {source}"),
        format!("the bound is not of that text: {source}"),
    ))
}

/// A criterion with a rule in law and a claim of documents: either may be contradicted.
pub(super) fn both(law: Judged, document: Judged) -> Judged {
    use Verdict::{Consistent, Contradicted, NotApplicable, Undocumented, Unproven};
    match (law.verdict, document.verdict) {
        (Contradicted, Contradicted) => {
            Judged::new(Contradicted, law.words.and_new(&document.words))
        }
        (Contradicted, _) | (_, NotApplicable) | (Unproven, Consistent | Undocumented) => law,
        (_, _) => document,
    }
}
