//! The table of statements: names, forms and who may make them.

use crate::evidence::EvidenceClass::{
    self, ConnectionMinutes, CostSheet, DataMapping, OptionDecision, PapersSheet, PortalExtract,
    ProcessDecision, PublicationDecision, TestMinutes,
};

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Có or không.
    Flag,
    /// Mã thành phần hồ sơ, separated by `;`, each with or without `= source`.
    Papers,
    /// Fields of the population database, separated by `;`.
    Fields,
    /// 0 to 100 %.
    Percent,
    /// A number and its unit.
    Limit,
    /// Hours and minutes.
    CutOff,
    /// Departments, separated by `>`.
    Steps,
    /// Hours, separated by `;`.
    StepHours,
    /// A count from 1 on.
    Count {
        /// The largest.
        most: u64,
    },
    /// A level of identity, 1 to 3.
    Level,
    /// Đồng.
    Amount,
    /// Mã giấy tờ kết quả, separated by `;`.
    Results,
}

impl Syntax {
    /// How it is written, in Vietnamese.
    #[must_use]
    pub fn text_vi(self) -> String {
        match self {
            Self::Flag => "có hoặc không".to_owned(),
            Self::Papers => "mã thành phần hồ sơ cách nhau bằng dấu chấm phẩy, có thể kèm nguồn dữ liệu: 000.00.00.G01-KQ000001 = CSDLQGDC".to_owned(),
            Self::Fields => "tên trường dữ liệu dân cư cách nhau bằng dấu chấm phẩy: full_name; birth".to_owned(),
            Self::Percent => "tỷ lệ phần trăm từ 0 đến 100: 80%".to_owned(),
            Self::Limit => "16 giờ làm việc, 2 ngày làm việc, 10 ngày, 24 giờ, 1 tháng hoặc trong ngày".to_owned(),
            Self::CutOff => "giờ trong ngày: 15:00".to_owned(),
            Self::Steps => "các bộ phận theo thứ tự: Một cửa > Tư pháp - Hộ tịch > Lãnh đạo > Một cửa".to_owned(),
            Self::StepHours => "số giờ của từng bước cách nhau bằng dấu chấm phẩy: 2; 8; 4; 2".to_owned(),
            Self::Count { most } => format!("số nguyên từ 1 đến {most}"),
            Self::Level => "mức độ định danh: 1, 2 hoặc 3".to_owned(),
            Self::Amount => "số tiền: 1.024.000 đ".to_owned(),
            Self::Results => "mã giấy tờ kết quả cách nhau bằng dấu chấm phẩy: KQ.G01.000001".to_owned(),
        }
    }

    /// How it is written, in English.
    #[must_use]
    pub fn text_en(self) -> String {
        match self {
            Self::Flag => "yes or no".to_owned(),
            Self::Papers => "component codes separated by semicolons, each with or without its source: 000.00.00.G01-KQ000001 = CSDLQGDC".to_owned(),
            Self::Fields => "fields of the population database separated by semicolons: full_name; birth".to_owned(),
            Self::Percent => "a percentage from 0 to 100: 80%".to_owned(),
            Self::Limit => "16 working hours, 2 working days, 10 days, 24 hours, 1 month or same day".to_owned(),
            Self::CutOff => "a time of day: 15:00".to_owned(),
            Self::Steps => "the departments in their order: Một cửa > Tư pháp - Hộ tịch > Lãnh đạo > Một cửa".to_owned(),
            Self::StepHours => "the hours of each step separated by semicolons: 2; 8; 4; 2".to_owned(),
            Self::Count { most } => format!("a whole number from 1 to {most}"),
            Self::Level => "a level of identity: 1, 2 or 3".to_owned(),
            Self::Amount => "an amount: 1.024.000 đ".to_owned(),
            Self::Results => "result codes separated by semicolons: KQ.G01.000001".to_owned(),
        }
    }
}

macro_rules! statements {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $vi:literal, $syntax:expr, $classes:expr;)+) => {
        /// A name under which evidence states something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Statement {
            $($(#[$doc])* $variant,)+
        }

        impl Statement {
            /// Every statement.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in the register.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it is called in Vietnamese.
            #[must_use]
            pub const fn name_vi(self) -> &'static str {
                match self { $(Self::$variant => $vi),+ }
            }

            /// The form of its value.
            #[must_use]
            pub const fn syntax(self) -> Syntax {
                match self { $(Self::$variant => $syntax),+ }
            }

            /// Classes of evidence that may state it.
            #[must_use]
            pub const fn classes(self) -> &'static [EvidenceClass] {
                match self { $(Self::$variant => $classes),+ }
            }
        }
    };
}

const ANY: &[EvidenceClass] = &EvidenceClass::ALL;
const DECISIONS: &[EvidenceClass] = &[OptionDecision, PublicationDecision, ProcessDecision];
const OFFERED: &[EvidenceClass] = &[
    OptionDecision,
    PublicationDecision,
    ProcessDecision,
    PortalExtract,
];
const AIMED: &[EvidenceClass] = &[OptionDecision, ProcessDecision, DataMapping];
const PLANNED: &[EvidenceClass] = &[OptionDecision, CostSheet];
const COUNTED: &[EvidenceClass] = &[OptionDecision, ProcessDecision, CostSheet];

statements! {
    /// Đã rà soát.
    Reviewed => "reviewed", "đã rà soát", Syntax::Flag, ANY;
    /// Đã xây dựng phương án.
    OptionDrafted => "option_drafted", "đã xây dựng phương án", Syntax::Flag, ANY;
    /// Tạm dừng.
    Suspended => "suspended", "tạm dừng", Syntax::Flag, ANY;
    /// Số hóa hồ sơ (administration.md 1.2, D2).
    Digitisation => "digitisation", "số hóa hồ sơ", Syntax::Flag, ANY;
    /// Giấy tờ được cắt giảm.
    PapersCut => "papers_cut", "giấy tờ cắt giảm", Syntax::Papers,
        &[OptionDecision, PublicationDecision, ProcessDecision, PapersSheet];
    /// Giấy tờ được thay thế bằng dữ liệu.
    PapersReplaced => "papers_replaced", "giấy tờ thay bằng dữ liệu", Syntax::Papers,
        &[OptionDecision, PublicationDecision, ProcessDecision, DataMapping, PapersSheet];
    /// Trường lấy từ CSDL quốc gia về dân cư.
    FieldsFromPopulation => "fields_from_population", "trường lấy từ CSDL quốc gia về dân cư",
        Syntax::Fields, &[OptionDecision, DataMapping, PapersSheet, TestMinutes];
    /// Share of dossiers with a look-up that is aimed at.
    LookupTarget => "lookup_target", "chỉ tiêu tra cứu dân cư", Syntax::Percent, AIMED;
    /// Share of full online dossiers that is aimed at.
    OnlineTarget => "online_target", "chỉ tiêu toàn trình", Syntax::Percent, AIMED;
    /// Share of online payments that is aimed at.
    PaymentTarget => "payment_target", "chỉ tiêu thanh toán trực tuyến", Syntax::Percent, AIMED;
    /// Dịch vụ công trực tuyến toàn trình.
    FullOnline => "full_online", "toàn trình", Syntax::Flag, OFFERED;
    /// Kết quả điện tử.
    ElectronicResult => "electronic_result", "kết quả điện tử", Syntax::Flag, OFFERED;
    /// Thời hạn giải quyết.
    TimeLimit => "time_limit", "thời hạn giải quyết", Syntax::Limit, DECISIONS;
    /// Thời hạn giải quyết before.
    TimeLimitBefore => "time_limit_before", "thời hạn giải quyết trước đây", Syntax::Limit,
        &[OptionDecision, PublicationDecision, ProcessDecision, CostSheet];
    /// Giờ chốt nhận hồ sơ trong ngày (administration.md 5.1).
    CutOff => "cut_off", "giờ chốt nhận hồ sơ trong ngày", Syntax::CutOff,
        &[PublicationDecision, ProcessDecision];
    /// Các bước của quy trình điện tử.
    Steps => "steps", "các bước xử lý", Syntax::Steps, &[OptionDecision, ProcessDecision];
    /// Số giờ của từng bước.
    StepHours => "step_hours", "số giờ từng bước", Syntax::StepHours, &[ProcessDecision];
    /// Số bước before.
    StepsBefore => "steps_before", "số bước trước đây", Syntax::Count { most: 100 }, COUNTED;
    /// Số cơ quan tham gia.
    AgencyCount => "agencies", "số cơ quan tham gia", Syntax::Count { most: 100 }, COUNTED;
    /// Số cơ quan tham gia before.
    AgencyCountBefore => "agencies_before", "số cơ quan tham gia trước đây",
        Syntax::Count { most: 100 }, COUNTED;
    /// Mã giấy tờ kết quả.
    ResultCodes => "result_codes", "mã giấy tờ kết quả", Syntax::Results,
        &[PublicationDecision, ProcessDecision, DataMapping];
    /// Kết quả được tái sử dụng.
    ResultReuse => "result_reuse", "kết quả được tái sử dụng", Syntax::Flag,
        &[OptionDecision, ProcessDecision, DataMapping, PapersSheet];
    /// Thanh toán trực tuyến phí, lệ phí.
    FeeOnline => "fee_online", "thanh toán trực tuyến", Syntax::Flag, OFFERED;
    /// Mức độ định danh điện tử.
    IdentityLevel => "identity_level", "mức độ định danh điện tử", Syntax::Level, OFFERED;
    /// Phí, lệ phí.
    Fee => "fee", "phí, lệ phí", Syntax::Amount, DECISIONS;
    /// Chi phí tuân thủ before; planned.
    CostBefore => "cost_before", "chi phí tuân thủ trước đây (dự kiến)", Syntax::Amount, PLANNED;
    /// Chi phí tuân thủ after; planned.
    CostAfter => "cost_after", "chi phí tuân thủ sau khi tái cấu trúc (dự kiến)", Syntax::Amount, PLANNED;
    /// Số hồ sơ một năm; planned.
    DossiersAYear => "dossiers_a_year", "số hồ sơ một năm (dự kiến)",
        Syntax::Count { most: 100_000_000 }, PLANNED;
    /// Kết nối CSDL quốc gia về dân cư (administration.md 1.2, D1).
    Connection => "connection", "kết nối CSDL quốc gia về dân cư", Syntax::Flag,
        &[ConnectionMinutes, TestMinutes];
}

impl Statement {
    /// The statement with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// How its value is written, in Vietnamese.
    #[must_use]
    pub fn syntax_vi(self) -> String {
        self.syntax().text_vi()
    }

    /// How its value is written, in English.
    #[must_use]
    pub fn syntax_en(self) -> String {
        self.syntax().text_en()
    }
}
