//! Who asks, for what, and what of the answer they may see.
//!
//! The calling system is known from its certificate and never from a message.
//! The policy names what is allowed; whatever it does not name is withheld
//! (population.md 14, rules 2, 3, 6 and 7). Dossiers need no grant: each belongs to
//! one system ([`may_use_dossier`]), and no policy opens it to another.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::agency::AgencyCode;
use crate::citizen::CitizenField;
use crate::dossier_number::DossierNumber;
use crate::household::HouseholdField;
use crate::procedure::ProcedureCode;
use crate::text::Text;

/// Name under which the configuration knows a calling system; 1 to 64 characters
/// of lower-case letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientName(String);

impl ClientName {
    /// Takes `text` when it is such a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.')
            });
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `client` may read the dossier that `recorded_by` recorded first, and add
/// events to it: a dossier belongs to the system that recorded it first, and to no
/// other (population.md 14, rules 2 and 6).
///
/// To everybody else a reader answers as if the dossier did not exist, and a store
/// refuses the event. It goes by the name in the configuration: a system that is
/// given another certificate keeps its dossiers, one that is renamed loses them.
#[must_use]
pub fn may_use_dossier(client: &ClientName, recorded_by: &ClientName) -> bool {
    client == recorded_by
}

/// Officer code (mã cán bộ, `MaCanBo`); 1 to 20 letters, digits, `_`, `-` or `.`.
///
/// In the newest style it is the officer's own 12-digit number, so `Debug` hides
/// it (population.md 2.1).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OfficerId(String);

impl OfficerId {
    /// Takes `text` when it is such a code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=20).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The gateway itself, where it does by itself what an officer may start.
    #[must_use]
    pub fn gateway() -> Self {
        Self("lienthong".to_owned())
    }

    /// The code as it goes on the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OfficerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfficerId(***)")
    }
}

/// The officer's login name in the calling system (`TaiKhoan`).
pub type OfficerAccount = Text<100>;

/// Why a citizen is looked up (mục đích tra cứu).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Tiếp nhận hồ sơ.
    DossierIntake,
    /// Xử lý hồ sơ.
    DossierProcessing,
    /// Trả kết quả.
    ResultDelivery,
    /// Làm sạch dữ liệu.
    DataCleaning,
    /// Thanh tra, kiểm tra.
    Inspection,
}

/// Who asks, for which dossier and for what.
#[derive(Debug, Clone)]
pub struct AccessContext {
    /// Calling system, from its certificate.
    pub client: ClientName,
    /// Officer who asks.
    pub officer: OfficerId,
    /// The officer's login name in the calling system.
    pub officer_account: Option<OfficerAccount>,
    /// Unit of the officer (đơn vị).
    pub unit: AgencyCode,
    /// Procedure that the look-up serves.
    pub procedure: ProcedureCode,
    /// Dossier that the look-up serves.
    pub dossier: DossierNumber,
    /// Why.
    pub purpose: Purpose,
    /// Legal basis that the caller states (căn cứ pháp lý).
    pub legal_basis: Option<Text<500>>,
}

/// Procedures that a grant covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcedureScope {
    /// All.
    Any,
    /// These and no others. One with an agency's suffix covers that agency alone.
    Only(Vec<ProcedureCode>),
}

/// One permission: this system, for these procedures and purposes, may see these
/// fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Calling system.
    pub client: ClientName,
    /// Procedures covered.
    pub procedures: ProcedureScope,
    /// Purposes covered.
    pub purposes: BTreeSet<Purpose>,
    /// Fields that a look-up may return. A grant with none still lets verify.
    pub fields: BTreeSet<CitizenField>,
    /// Fields of a household that may be returned. A grant with none allows no look-up of
    /// a household.
    pub household: BTreeSet<HouseholdField>,
}

/// What a caller may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permitted {
    /// Fields of a citizen's record.
    pub fields: BTreeSet<CitizenField>,
    /// Fields of a household; without any, it may not be looked up.
    pub household: BTreeSet<HouseholdField>,
}

/// All permissions; what none of them covers is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessPolicy {
    /// The permissions. Several for one caller add up.
    pub grants: Vec<Grant>,
}

/// Which rule refused a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessDenied {
    /// The policy does not name the calling system.
    #[error("no rule of the access policy covers this system")]
    Client,
    /// The system may not look up for this procedure.
    #[error("this system may not look citizens up for this procedure")]
    Procedure,
    /// The system may not look up for this purpose.
    #[error("this system may not look citizens up for this purpose")]
    Purpose,
    /// The system may not look households up.
    #[error("this system may not look households up for this procedure and purpose")]
    Household,
}

impl AccessPolicy {
    /// What `context` may see, or which rule refuses it.
    ///
    /// # Errors
    /// [`AccessDenied`], naming the first rule that no grant fulfils.
    pub fn permit(&self, context: &AccessContext) -> Result<Permitted, AccessDenied> {
        let mut grants: Vec<&Grant> = self
            .grants
            .iter()
            .filter(|grant| grant.client == context.client)
            .collect();
        if grants.is_empty() {
            return Err(AccessDenied::Client);
        }
        grants.retain(|grant| match &grant.procedures {
            ProcedureScope::Any => true,
            ProcedureScope::Only(procedures) => procedures
                .iter()
                .any(|granted| covers(granted, &context.procedure)),
        });
        if grants.is_empty() {
            return Err(AccessDenied::Procedure);
        }
        grants.retain(|grant| grant.purposes.contains(&context.purpose));
        if grants.is_empty() {
            return Err(AccessDenied::Purpose);
        }
        Ok(Permitted {
            fields: grants
                .iter()
                .flat_map(|grant| grant.fields.iter().copied())
                .collect(),
            household: grants
                .iter()
                .flat_map(|grant| grant.household.iter().copied())
                .collect(),
        })
    }

    /// As [`AccessPolicy::permit`], for a household.
    ///
    /// # Errors
    /// As [`AccessPolicy::permit`], and [`AccessDenied::Household`].
    pub fn permit_household(
        &self,
        context: &AccessContext,
    ) -> Result<BTreeSet<HouseholdField>, AccessDenied> {
        let permitted = self.permit(context)?.household;
        if permitted.is_empty() {
            return Err(AccessDenied::Household);
        }
        Ok(permitted)
    }
}

/// Whether a grant for `granted` covers `asked`: the same national procedure, in
/// whichever form it is written, and the same agency where the grant names one
/// (portal.md 12.4).
fn covers(granted: &ProcedureCode, asked: &ProcedureCode) -> bool {
    let same_agency = granted.level1().is_none() || granted.level1() == asked.level1();
    granted.national() == asked.national() && same_agency
}

#[cfg(test)]
mod tests;
