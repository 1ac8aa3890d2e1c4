//! What could be read of a draft, also where not everything could.
//!
//! What a reader would get wrong: a sketch is there to find further faults beside those that
//! made it one, so that all are told at once. It is never recorded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::{Comparison, Evidence, EvidenceClass, EvidenceId, FileHash};
use super::DraftField;
use crate::agency::AgencyCode;
use crate::document::DocumentSymbol;
use crate::essential::ServiceNumber;
use crate::procedure::ProcedureCode;

/// A draft as far as it can be read; fields as in [`Evidence`].
#[derive(Clone)]
pub(in super::super) struct Sketch {
    pub(in super::super) id: Option<EvidenceId>,
    pub(in super::super) class: Option<EvidenceClass>,
    pub(in super::super) services: BTreeSet<ServiceNumber>,
    pub(in super::super) codes: BTreeSet<ProcedureCode>,
    pub(in super::super) units: BTreeSet<AgencyCode>,
    pub(in super::super) symbol: Option<DocumentSymbol>,
    pub(super) title: Option<String>,
    pub(super) issuer: Option<String>,
    pub(in super::super) issuer_code: Option<AgencyCode>,
    pub(super) signer: Option<String>,
    pub(in super::super) issued_on: Option<Date>,
    /// The day of issue where no other is stated.
    pub(in super::super) valid_from: Option<Date>,
    pub(in super::super) valid_to: Option<Date>,
    pub(super) supersedes: BTreeSet<EvidenceId>,
    pub(in super::super) repeals: BTreeSet<ProcedureCode>,
    pub(super) sha256: Option<FileHash>,
    pub(super) address: Option<String>,
    pub(super) compared: Option<Comparison>,
    pub(in super::super) statements: BTreeMap<String, String>,
    /// Fields with which something is wrong: that they are empty here says nothing.
    pub(super) wrong: BTreeSet<DraftField>,
}

impl Sketch {
    /// Whether nothing is wrong with this field, so that it says what the draft says.
    pub(in super::super) fn is_whole(&self, field: &DraftField) -> bool {
        !self.wrong.contains(field)
    }

    /// The piece, where all that it needs could be read.
    pub(in super::super) fn evidence(&self) -> Option<Evidence> {
        Some(Evidence {
            title: self.title.clone()?,
            issuer: self.issuer.clone()?,
            sha256: self.sha256?,
            ..self.stand_in()?
        })
    }

    /// A piece for this draft beside which others are looked at; texts and the hash are empty
    /// where they could not be read. `None` where it cannot be said what it does to others.
    pub(in super::super) fn stand_in(&self) -> Option<Evidence> {
        Some(Evidence {
            id: self.id.clone()?,
            class: self.class?,
            services: self.services.clone(),
            codes: self.codes.clone(),
            units: self.units.clone(),
            symbol: self.symbol.clone(),
            title: self.title.clone().unwrap_or_default(),
            issuer: self.issuer.clone().unwrap_or_default(),
            issuer_code: self.issuer_code.clone(),
            signer: self.signer.clone(),
            issued_on: self.issued_on?,
            valid_from: self.valid_from.or(self.issued_on)?,
            valid_to: self.valid_to,
            supersedes: self.supersedes.clone(),
            repeals: self.repeals.clone(),
            sha256: self.sha256.unwrap_or(FileHash::new([0; 32])),
            address: self.address.clone(),
            compared: self.compared.clone(),
            statements: self.statements.clone(),
        })
    }
}
