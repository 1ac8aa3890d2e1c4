//! The profiles of the portal, set up against the mock's own paths.
//!
//! What a reader would get wrong: a profile takes the place of the whole section `[portal]`
//! of the file, so it has to be laid over it before any single setting.

use lienthong_mocks::{PortalGeneration, PortalSettings};

use crate::settings::Settings;

/// How the portal is spoken to (portal.md 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalProfile {
    /// Session and service, the fields of 2019.
    P1,
    /// The same with the fields of QĐ 766.
    P2,
    /// A provincial wrapper: a bare array, `isUpdating` in the query.
    P3IsUpdating,
    /// A provincial wrapper: three addresses, answers in plain text.
    P3ThreeUrls,
    /// `NoiHoSo` of 2026.
    P4,
}

impl PortalProfile {
    /// Every profile.
    pub const ALL: [Self; 5] = [
        Self::P1,
        Self::P2,
        Self::P3IsUpdating,
        Self::P3ThreeUrls,
        Self::P4,
    ];

    /// Name in the configuration, in answers and in the mock's journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::P1 => "p1",
            Self::P2 => "p2",
            Self::P3IsUpdating => "p3_is_updating",
            Self::P3ThreeUrls => "p3_three_urls",
            Self::P4 => "p4",
        }
    }

    /// Whether a dossier's status is told apart from the dossier itself.
    #[must_use]
    pub fn tells_status_apart(self) -> bool {
        match self {
            Self::P4 => true,
            Self::P1 | Self::P2 | Self::P3IsUpdating | Self::P3ThreeUrls => false,
        }
    }

    /// The portal's side of it.
    #[must_use]
    pub fn agreed(self) -> PortalSettings {
        let generation = match self {
            Self::P1 => PortalGeneration::P1,
            Self::P2 | Self::P3IsUpdating | Self::P3ThreeUrls | Self::P4 => PortalGeneration::P2,
        };
        PortalSettings {
            generation,
            ..PortalSettings::default()
        }
    }

    /// `[portal]` as one TOML value. The portal's address goes over it.
    fn section(self) -> String {
        let own = match self {
            Self::P1 | Self::P2 => {
                "login_path = '/mapi/login', integration_path = '/mapi/g', \
                 username = 'h99_motcua', password = 'demo-only', agency_code = '000.00.00.H99'"
            }
            Self::P3IsUpdating => {
                "agency_code = '000.00.00.H99', \
                 dossier_path = '/api/SynsTTHCC/DongBoHoSoMC', \
                 steps_path = '/api/SynsTTHCC/CapNhatTienDoHoSoMC', \
                 find_path = '/api/SynsTTHCC/TraCuuHoSo'"
            }
            Self::P3ThreeUrls => {
                "create_path = '/motcua/themmoi', update_path = '/motcua/capnhat', \
                 steps_path = '/motcua/tientrinh', find_path = '/motcua/tracuu'"
            }
            Self::P4 => {
                "token_path = '/dvcsync/token', number_path = '/dvcsync/number', \
                 upload_path = '/dvcsync/upload', dossier_path = '/dvcsync/noihoso', \
                 steps_path = '/dvcsync/tientrinh', status_path = '/dvcsync/trangthai', \
                 find_path = '/dvcsync/tracuu', client_id = 'demo-client', \
                 client_secret = 'demo-only', \
                 files = { sources = ['https://files.h99.example/'], ca_file = 'pki/ca.pem' }"
            }
        };
        format!(
            "{{ profile = '{}', ca_file = 'pki/ca.pem', {own} }}",
            self.name()
        )
    }
}

impl Settings {
    /// The usual settings with this profile of the portal.
    #[must_use]
    pub fn for_portal(profile: PortalProfile) -> Self {
        Self::default().with("portal", profile.section())
    }
}
