//! What callers may watch as a stream.

/// What a stream without an end of its own tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watching {
    /// The sync state of one dossier.
    Dossiers,
    /// The health of the sync.
    Health,
}

impl Watching {
    /// That there are too many: of the calling system's `own`, or of all together.
    pub(super) fn too_many(self, own: bool) -> &'static str {
        match (self, own) {
            (Self::Dossiers, true) => "this system is watching as many dossiers as it may",
            (Self::Dossiers, false) => "as many dossiers are being watched as there is room for",
            (Self::Health, true) => "this system is watching the health as many times as it may",
            (Self::Health, false) => "the health is being watched as often as there is room for",
        }
    }
}
