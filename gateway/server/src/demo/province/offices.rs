//! The invented offices: communes and departments of one province, none of them real.
//!
//! What a reader would get wrong: the province's code is one that is in force, because a
//! closed one would be a finding of its own. What stands behind the dot is invented.

/// Mã định danh of the province.
pub const PROVINCE: &str = "H60";

/// A commune that is closed in the middle of the invented year.
pub(super) const CLOSED: &str = "H60.299";

/// Where its dossiers go from then on.
pub(super) const SUCCESSOR: &str = "H60.201";

/// A commune that is said to have closed on the same day, which nobody has verified.
pub(super) const DOUBTFUL: &str = "H60.298";

/// A commune that alone is covered by a piece of evidence.
pub(super) const ONE_COMMUNE: &str = "H60.205";

/// Communes that take dossiers the whole year.
const COMMUNES: u32 = 24;

/// Who takes the dossiers of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The communes.
    Commune,
    /// A department of the province, by the number behind its dot.
    Department(u16),
}

impl Level {
    /// Code of the office that takes the dossier with this draw.
    pub(super) fn office(self, draw: u32) -> String {
        match self {
            Self::Commune => commune(draw % COMMUNES),
            Self::Department(number) => format!("{PROVINCE}.{number}"),
        }
    }

    /// What the office is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Commune => "Trung tâm Phục vụ hành chính công xã (giả lập)",
            Self::Department(_) => "Trung tâm Phục vụ hành chính công tỉnh (giả lập)",
        }
    }
}

fn commune(number: u32) -> String {
    format!("{PROVINCE}.{}", 201 + number)
}
