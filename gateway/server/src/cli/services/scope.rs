//! Which days, and whose: what `show`, `check` and others ask alike.

use lienthong_proto::v1;

/// Days and agency of a check.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Scope {
    /// First day, yyyy-MM-dd in Việt Nam, with --to; the last days that are over unless
    /// given.
    #[arg(long, value_name = "DAY", requires = "to")]
    from: Option<String>,
    /// Last day, yyyy-MM-dd, included.
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<String>,
    /// Mã đơn vị: for this agency and what is below it; the whole province unless given.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

impl Scope {
    /// The days; `None` where the gateway chooses.
    pub(super) fn window(&self) -> Option<v1::ObservationWindow> {
        let (first, last) = (self.from.as_ref()?, self.to.as_ref()?);
        Some(v1::ObservationWindow {
            first_day: first.clone(),
            last_day: last.clone(),
        })
    }

    /// The agency; empty for the whole province.
    pub(super) fn unit(&self) -> String {
        self.unit.clone().unwrap_or_default()
    }
}
