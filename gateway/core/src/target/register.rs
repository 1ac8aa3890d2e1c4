//! Targets and the register that holds them.
//!
//! What a reader would get wrong: the operators are those of the printed text. "Từ 5% trở
//! lên" includes 5 %, "trên 90%" does not include 90 % (administration.md 1.1).

use jiff::civil::Date;

use crate::agency::AgencyCode;
use crate::places::SourceCertainty;
use crate::share::Percent;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every one with its name in data files.
            pub const NAMES: &'static [(&'static str, Self)] = &[$(($text, Self::$variant),)+];

            /// The name in data files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

named! {
    /// What a target bounds.
    Metric {
        /// Tỷ lệ hồ sơ trễ hạn. No text says over what; the caller chooses one of the three
        /// late rates and prints which (administration.md 5.6).
        LateDossiers => "late-dossiers",
        /// Chỉ số hài lòng.
        Satisfaction => "satisfaction",
        /// Xếp hạng CCHC.
        ReformRank => "reform-rank",
        /// Tỷ lệ số hóa hồ sơ: incoming dossiers.
        DigitisedDossiers => "digitised-dossiers",
        /// Tỷ lệ số hóa kết quả giải quyết còn hiệu lực: results, which is another metric.
        DigitisedResults => "digitised-results",
        /// The yearly growth of [`Metric::DigitisedResults`], in points.
        DigitisedResultsGrowth => "digitised-results-growth",
        /// Mức hoàn thành kế hoạch CCHC of the year.
        PlanCompletion => "plan-completion",
        /// Tiến độ kế hoạch CCHC within the year.
        PlanProgress => "plan-progress",
        /// Tỷ lệ thủ tục được phân cấp.
        DecentralisedProcedures => "decentralised-procedures",
    }
}

named! {
    /// How a figure is held against a bound.
    Operator {
        /// Từ … trở lên, tối thiểu: the bound itself is included.
        AtLeast => "at-least",
        /// Trên: the bound itself is not.
        MoreThan => "more-than",
        /// Từ … trở xuống, không quá: the bound itself is included.
        AtMost => "at-most",
        /// Dưới: the bound itself is not.
        LessThan => "less-than",
        /// Exactly the bound.
        Exactly => "exactly",
    }
}

named! {
    /// What it means that the figure and the bound agree.
    Sense {
        /// The consequence follows.
        Bars => "bars",
        /// The target is met.
        Demands => "demands",
        /// Nothing: the text reports a state.
        Reports => "reports",
    }
}

named! {
    /// To whom a target applies.
    Scope {
        /// Cơ quan, đơn vị, địa phương.
        Unit => "unit",
        /// Cán bộ, công chức, viên chức.
        Officer => "officer",
        /// Người đứng đầu.
        Head => "head",
        /// Tổ chức cơ sở đảng, tập thể lãnh đạo.
        Collective => "collective",
        /// Bộ phận một cửa huyện và UBND cấp xã.
        OneStop => "one-stop",
        /// Cấp tỉnh.
        Province => "province",
        /// Cấp huyện, until 30/6/2025.
        District => "district",
        /// Cấp xã.
        Commune => "commune",
    }
}

named! {
    /// Xếp hạng CCHC, the weakest first.
    Rank {
        /// Yếu.
        Weak => "yếu",
        /// Trung bình.
        Average => "trung bình",
        /// Khá.
        Fair => "khá",
        /// Tốt.
        Good => "tốt",
        /// Xuất sắc.
        Excellent => "xuất sắc",
    }
}

/// What a figure is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A percentage.
    Percent(Percent),
    /// Points of growth a year, until the whole is reached.
    PointsAYear(Percent),
    /// A rank in so many consecutive years.
    Rank {
        /// Which rank.
        rank: Rank,
        /// In how many years running; at least 1.
        years: u8,
    },
}

/// Chỉ tiêu: one bound of one authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its short name, such as T1.
    pub id: String,
    /// What it bounds.
    pub metric: Metric,
    /// How.
    pub operator: Operator,
    /// By what.
    pub bound: Bound,
    /// What agreement means.
    pub sense: Sense,
    /// To whom it applies.
    pub scope: Scope,
    /// What the text says follows, in Vietnamese.
    pub consequence: String,
    /// Cơ quan ban hành.
    pub authority: String,
    /// The province or unit for which the authority speaks, where the text names one.
    pub unit: Option<AgencyCode>,
    /// Số, ký hiệu or another name of the document.
    pub document: String,
    /// First day.
    pub valid_from: Date,
    /// Last day; `None` while nothing ends it.
    pub valid_to: Option<Date>,
    /// The last day of a tier that has been abolished.
    pub scope_ends: Option<Date>,
    /// Where the bound was read.
    pub source: String,
    /// How well the bound is known.
    pub certainty: SourceCertainty,
    /// How well its days are known.
    pub validity_certainty: SourceCertainty,
}

impl Target {
    /// Whether the target counts on `day`.
    #[must_use]
    pub fn counts_on(&self, day: Date) -> bool {
        let not_after = |last: Option<Date>| last.is_none_or(|last| day <= last);
        self.valid_from <= day && not_after(self.valid_to) && not_after(self.scope_ends)
    }
}

/// All targets, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRegister {
    pub(super) version: String,
    pub(super) targets: Vec<Target>,
}

impl TargetRegister {
    /// The version that results name.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every target.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The target with this short name.
    #[must_use]
    pub fn target(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The targets for `metric` and `scope` that count on `day`. Several authorities may
    /// have set one; none is chosen here.
    pub fn counting(
        &self,
        metric: Metric,
        scope: Scope,
        day: Date,
    ) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| {
            target.metric == metric && target.scope == scope && target.counts_on(day)
        })
    }
}
