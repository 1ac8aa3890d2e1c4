//! Where an event stands on its way to the portal (contract.md 2).

/// Sync state of an event, and of a dossier by its oldest unaccepted event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncState {
    /// Ready to be sent.
    Pending,
    /// Being sent.
    Sending,
    /// At the portal.
    Accepted,
    /// Sent, with unknown effect; the portal is asked before the next send.
    Unknown,
    /// Certainly not applied; tried again later.
    Waiting,
    /// The portal's final no: someone must change something.
    Refused,
    /// The schedule ran out.
    Dead,
    /// An earlier event of the same dossier is not accepted yet.
    Blocked,
}

impl SyncState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Sending,
        Self::Accepted,
        Self::Unknown,
        Self::Waiting,
        Self::Refused,
        Self::Dead,
        Self::Blocked,
    ];

    /// The name of contract.md 2.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sending => "SENDING",
            Self::Accepted => "ACCEPTED",
            Self::Unknown => "UNKNOWN",
            Self::Waiting => "WAITING",
            Self::Refused => "REFUSED",
            Self::Dead => "DEAD",
            Self::Blocked => "BLOCKED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests;
