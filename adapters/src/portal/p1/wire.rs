//! Parameters of the services of P1 and P2 (portal.md 4 to 6).

use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal::SubmissionMode;
use serde::Serialize;

use crate::portal::entry::{DossierEntry, FieldSet, StepEntry};

/// A service of the portal (portal.md 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// A dossier's full state.
    SubmitDossier,
    /// Processing steps.
    AppendSteps,
    /// Search for a dossier.
    FindDossier,
    /// The list of procedures.
    ListProcedures,
    /// One procedure in full.
    GetProcedure,
    /// The online services.
    ListOnlineServices,
    /// The catalogue of units.
    ListUnits,
    /// The catalogue of fields.
    ListFields,
}

impl Service {
    /// Name on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SubmitDossier => "DongBoHoSoMC",
            Self::AppendSteps => "CapNhatTienDoHoSoMC",
            Self::FindDossier => "TraCuuHoSo",
            Self::ListProcedures => "LayDanhSachTTHC",
            Self::GetProcedure => "LayThuTuc",
            Self::ListOnlineServices => "LayDVC",
            Self::ListUnits => "LayDanhMucCoQuan",
            Self::ListFields => "LayDanhMucLinhVuc",
        }
    }

    /// Whether it only asks, so that it may be put once more whatever became of it.
    pub(super) fn is_question(self) -> bool {
        match self {
            Self::SubmitDossier | Self::AppendSteps => false,
            Self::FindDossier
            | Self::ListProcedures
            | Self::GetProcedure
            | Self::ListOnlineServices
            | Self::ListUnits
            | Self::ListFields => true,
        }
    }

    /// Whether it tells a whole list of the procedure catalogue, which takes longer and more
    /// room than anything about one dossier or one procedure.
    pub(super) fn is_list(self) -> bool {
        match self {
            Self::SubmitDossier | Self::AppendSteps | Self::FindDossier | Self::GetProcedure => {
                false
            }
            Self::ListProcedures
            | Self::ListOnlineServices
            | Self::ListUnits
            | Self::ListFields => true,
        }
    }

    /// Whether it is one of the "dịch vụ chia sẻ", which may have an address of their own.
    pub(super) fn is_shared(self) -> bool {
        match self {
            Self::ListProcedures | Self::ListUnits | Self::ListFields => true,
            Self::SubmitDossier
            | Self::AppendSteps
            | Self::FindDossier
            | Self::GetProcedure
            | Self::ListOnlineServices => false,
        }
    }
}

/// Parameters of `DongBoHoSoMC`.
#[derive(Serialize)]
pub(super) struct Submission<'a> {
    #[serde(rename = "isUpdating")]
    is_updating: &'static str,
    data: [DossierEntry<'a>; 1],
}

impl<'a> Submission<'a> {
    pub(super) fn of(dossier: &'a Dossier, mode: SubmissionMode, fields: FieldSet) -> Self {
        let is_updating = match mode {
            SubmissionMode::Create => "False",
            SubmissionMode::Update => "True",
        };
        Self {
            is_updating,
            data: [DossierEntry::of(dossier, fields)],
        }
    }
}

/// Parameters of `TraCuuHoSo`.
#[derive(Serialize)]
pub(super) struct Question<'a> {
    pub(super) mahoso: &'a str,
}

/// Parameters of `CapNhatTienDoHoSoMC`.
#[derive(Serialize)]
pub(super) struct Steps<'a> {
    data: Vec<StepEntry<'a>>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(dossier: &'a DossierNumber, steps: &'a [Step]) -> Self {
        Self {
            data: steps
                .iter()
                .map(|step| StepEntry::of(dossier, step))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
