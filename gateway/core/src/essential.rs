//! The essential services (dịch vụ công thiết yếu) and the procedure codes behind them.
//!
//! What a reader would get wrong: a service is not a procedure. One service has no code, one
//! or many, a code may be a part of several services, and codes are replaced, so a code means
//! something on a day only (administration.md 2). What is not known stays empty.

mod file;
mod problem;

pub use problem::ServiceListProblem;

use std::fmt;

use jiff::civil::Date;

use crate::places::SourceCertainty;
use crate::procedure::ProcedureCode;

const SHIPPED: &str = include_str!("../data/essential-services.toml");

/// Số thứ tự of a service in the list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceNumber(u16);

impl ServiceNumber {
    /// The number, unless it is 0.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ServiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Days from and to which something counts, both included; an open end has no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Days {
    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from.is_none_or(|first| first <= day) && self.to.is_none_or(|last| day <= last)
    }

    /// Whether a day is in both.
    #[must_use]
    pub fn overlap(self, other: Self) -> bool {
        let begins_in_time = |one: Self, other: Self| {
            one.from
                .zip(other.to)
                .is_none_or(|(first, last)| first <= last)
        };
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

/// Something that was called so from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// How it was called.
    pub name: String,
    /// When.
    pub days: Days,
    /// How well it is known.
    pub certainty: SourceCertainty,
}

/// What a code is to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeRole {
    /// The service itself.
    Main,
    /// Thủ tục con of a liên thông service: its own dossiers are not dossiers of the service.
    Linked,
    /// An earlier code of the service.
    Predecessor,
    /// Often taken for the service, and never counted as it.
    Related,
}

impl CodeRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Main, Self::Linked, Self::Predecessor, Self::Related];

    /// Name in data files and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Linked => "linked",
            Self::Predecessor => "predecessor",
            Self::Related => "related",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether dossiers under the code are dossiers of the service.
    #[must_use]
    pub fn is_the_service(self) -> bool {
        match self {
            Self::Main | Self::Predecessor => true,
            Self::Linked | Self::Related => false,
        }
    }
}

/// Mã thủ tục of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCode {
    /// The national code, without the suffix of an agency.
    pub code: ProcedureCode,
    /// What it is to the service.
    pub role: CodeRole,
    /// When it counts.
    pub days: Days,
    /// The code that took its place.
    pub replaced_by: Option<ProcedureCode>,
    /// How well it is known.
    pub certainty: SourceCertainty,
    /// Where it was read; `None` where the file names no source.
    pub source: Option<String>,
    /// What else is known.
    pub note: Option<String>,
}

/// Dịch vụ công thiết yếu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EssentialService {
    /// Its number in the list.
    pub number: ServiceNumber,
    /// Tên dịch vụ, as the list prints it.
    pub name: String,
    /// How well the name is known.
    pub certainty: SourceCertainty,
    /// Cơ quan chủ quản, then and now.
    pub owners: Vec<Dated>,
    /// Cấp thực hiện, then and now.
    pub levels: Vec<Dated>,
    /// Nhóm liên thông: one dossier that becomes several at several agencies
    /// (administration.md 2.3).
    pub interlinked: bool,
    /// Not a procedure under the law on administrative procedures.
    pub outside_procedure_law: bool,
    /// Mã thủ tục; empty where none is known.
    pub codes: Vec<ServiceCode>,
    /// What else is known.
    pub note: Option<String>,
}

impl EssentialService {
    /// Cơ quan chủ quản on a day.
    #[must_use]
    pub fn owner(&self, on: Date) -> Option<&Dated> {
        self.owners.iter().find(|owner| owner.days.contains(on))
    }

    /// Cấp thực hiện on a day.
    #[must_use]
    pub fn level(&self, on: Date) -> Option<&Dated> {
        self.levels.iter().find(|level| level.days.contains(on))
    }

    /// Codes under which a dossier of this day is one of the service.
    pub fn codes_on(&self, day: Date) -> impl Iterator<Item = &ServiceCode> {
        self.codes
            .iter()
            .filter(move |it| it.role.is_the_service() && it.days.contains(day))
    }
}

/// The services of a list, with the version of what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceList {
    version: String,
    name: String,
    source: String,
    services: Vec<EssentialService>,
}

impl ServiceList {
    /// The 25 services as they are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<ServiceListProblem>> {
        Self::parse(SHIPPED)
    }

    /// Version of the data, the operator's additions included.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Name of the list.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the names were read.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The services by their numbers.
    #[must_use]
    pub fn services(&self) -> &[EssentialService] {
        &self.services
    }

    /// The service with this number.
    #[must_use]
    pub fn service(&self, number: ServiceNumber) -> Option<&EssentialService> {
        self.services.iter().find(|it| it.number == number)
    }

    /// The service whose dossier one under `code` is, whatever the day: a dossier that comes
    /// under a code whose days are over is still one of the service.
    #[must_use]
    pub fn service_of(&self, code: &ProcedureCode) -> Option<(&EssentialService, &ServiceCode)> {
        self.services.iter().find_map(|service| {
            let mut codes = service.codes.iter();
            codes
                .find(|it| it.role.is_the_service() && it.code.as_str() == code.national())
                .map(|it| (service, it))
        })
    }

    /// Services of which `code` is a linked part.
    pub fn interlinked_with(
        &self,
        code: &ProcedureCode,
    ) -> impl Iterator<Item = &EssentialService> {
        self.services.iter().filter(|service| {
            service
                .codes
                .iter()
                .any(|it| it.role == CodeRole::Linked && it.code.as_str() == code.national())
        })
    }
}

#[cfg(test)]
mod tests;
