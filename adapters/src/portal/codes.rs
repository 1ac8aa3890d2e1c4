//! Our codes in the portal's terms, just before a dossier is written.
//!
//! The dossier's own number and the agency in it are never touched. What the portal
//! answers is not translated back: nothing of it is looked up by code here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::Clock;
use lienthong_core::dossier::Dossier;
use lienthong_core::mapping::{CodeKind, MappingTable, Translation};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::wire_time::local_date;

/// Translates codes by the table, as of today.
pub(super) struct Codes {
    table: Arc<MappingTable>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codes")
            .field("entries", &self.table.len())
            .finish_non_exhaustive()
    }
}

impl Codes {
    pub(super) fn new(table: Arc<MappingTable>, clock: Arc<dyn Clock>) -> Self {
        Self { table, clock }
    }

    /// The dossier with the codes that every profile carries: procedure, field, components
    /// and results.
    ///
    /// # Errors
    /// [`PortalError::MappingMissing`] with the first code that has no counterpart.
    pub(super) fn of_dossier<'d>(
        &self,
        dossier: &'d Dossier,
    ) -> Result<Cow<'d, Dossier>, PortalError> {
        if self.table.is_idle() {
            return Ok(Cow::Borrowed(dossier));
        }
        let mut translated = dossier.clone();
        self.translate(
            CodeKind::Procedure,
            dossier.procedure.as_str(),
            &mut translated.procedure,
        )?;
        self.translate(
            CodeKind::Field,
            dossier.field.as_str(),
            &mut translated.field,
        )?;
        for (from, to) in dossier.documents.iter().zip(&mut translated.documents) {
            let component = from.component.as_str();
            self.translate(CodeKind::Component, component, &mut to.component)?;
            if let (Some(from), Some(to)) = (&from.replaced_by_result, &mut to.replaced_by_result) {
                self.translate(CodeKind::Result, from.as_str(), to)?;
            }
        }
        for (from, to) in dossier.results.iter().zip(&mut translated.results) {
            if let (Some(from), Some(to)) = (&from.component, &mut to.component) {
                self.translate(CodeKind::Component, from.as_str(), to)?;
            }
            if let (Some(from), Some(to)) = (&from.result, &mut to.result) {
                self.translate(CodeKind::Result, from.as_str(), to)?;
            }
        }
        Ok(Cow::Owned(translated))
    }

    /// An agency, where a field carries the code of one.
    ///
    /// # Errors
    /// As [`Codes::of_dossier`].
    pub(super) fn of_agency(&self, agency: &AgencyCode) -> Result<AgencyCode, PortalError> {
        let mut translated = agency.clone();
        self.translate(CodeKind::Agency, agency.as_str(), &mut translated)?;
        Ok(translated)
    }

    fn translate<T: FromStr>(
        &self,
        kind: CodeKind,
        code: &str,
        into: &mut T,
    ) -> Result<(), PortalError> {
        let today = local_date(self.clock.now());
        let found = match self.table.translate(kind, code, today) {
            Translation::Same => return Ok(()),
            Translation::To(national) => national.parse().ok(),
            Translation::Missing => None,
        };
        // The table was checked when it was read, so what is found can be read as well.
        *into = found.ok_or_else(|| PortalError::MappingMissing {
            kind,
            code: code.to_owned(),
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
