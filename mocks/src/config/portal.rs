//! The portal's side of the agreement.
//!
//! What a reader would get wrong: most of it is not public. Where a default is an assumption of
//! this project, a setting shows what else it could be.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which fields the portal asks for (portal.md 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalGeneration {
    /// Only what was required in 2019.
    P1,
    /// P1 and the fields that the indicator set of QĐ 766 added.
    P2,
}

/// What `TraCuuHoSo` shows of a dossier; the real content is not public (portal.md 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookupAnswer {
    /// Every stored field, and the steps under `DanhSachTienDo` (assumption of this project).
    Fields,
    /// Only `MaHoSo` (P4: and `IdHoSo`): presence or absence.
    CodeOnly,
}

/// Settings of the portal (portal.md 2 to 10).
#[derive(Clone)]
pub struct PortalSettings {
    /// Path of the login. Default `/mapi/login`.
    pub login_path: String,
    /// Path of every other call. Default `/mapi/g`.
    pub call_path: String,
    /// Account of the connected system. Default `h99_motcua`.
    pub username: String,
    /// Its password. Default `demo-only`.
    pub password: String,
    /// The `madonvi` that every call must carry (Mã đơn vị). Default `000.00.00.H99`.
    pub agency_code: String,
    /// Value that the header `dstcode` must have on every call but the login; unchecked when
    /// absent, as on the test system (portal.md Part D 26). Default: absent.
    pub destination_code: Option<String>,
    /// Life of a session. The real one is unknown (portal.md 3). Default 15 minutes.
    pub session_lifetime: Duration,
    /// Which fields are required. Default P2.
    pub generation: PortalGeneration,
    /// What a look-up shows. Default: every stored field.
    pub lookup_answer: LookupAnswer,
    /// The `error_code` of "đã tồn tại"; `0`, `3` and `-3` are seen (portal.md 21). Default `-3`.
    pub duplicate_code: String,
    /// Writes `error_code` as a number and not as a string (portal.md 21). Default: no.
    pub integer_error_codes: bool,
    /// Most progress steps in one call (portal.md 6). Default 10.
    pub most_steps_per_call: usize,
    /// The provincial hubs (P3).
    pub wrapper: WrapperSettings,
    /// "`NoiHoSo`" (P4).
    pub noi_ho_so: NoiHoSoSettings,
}

impl Default for PortalSettings {
    fn default() -> Self {
        Self {
            login_path: "/mapi/login".to_owned(),
            call_path: "/mapi/g".to_owned(),
            username: "h99_motcua".to_owned(),
            password: "demo-only".to_owned(),
            agency_code: "000.00.00.H99".to_owned(),
            destination_code: None,
            session_lifetime: Duration::from_mins(15),
            generation: PortalGeneration::P2,
            lookup_answer: LookupAnswer::Fields,
            duplicate_code: "-3".to_owned(),
            integer_error_codes: false,
            most_steps_per_call: 10,
            wrapper: WrapperSettings::default(),
            noi_ho_so: NoiHoSoSettings::default(),
        }
    }
}

impl fmt::Debug for PortalSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalSettings")
            .field("login_path", &self.login_path)
            .field("call_path", &self.call_path)
            .field("agency_code", &self.agency_code)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Settings of the provincial hubs, P3 (portal.md 10).
#[derive(Clone, Default)]
pub struct WrapperSettings {
    /// Headers with which a caller shows who it is, all of them; the real way is not public.
    /// Default: none, everybody may call.
    pub headers: Vec<(String, String)>,
    /// The hub with three addresses answers creates and updates in plain text too, not only
    /// steps. Default: no.
    pub text_answers: bool,
}

impl fmt::Debug for WrapperSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrapperSettings")
            .field("headers", &self.headers.len())
            .field("text_answers", &self.text_answers)
            .finish()
    }
}

/// Settings of "`NoiHoSo`", P4 (portal.md 9).
#[derive(Clone)]
pub struct NoiHoSoSettings {
    /// Client of the access tokens. Default `demo-client`.
    pub client_id: String,
    /// Its secret. Default `demo-only`.
    pub client_secret: String,
    /// Life of an access token. Default 15 minutes.
    pub token_lifetime: Duration,
    /// Answers an upload as the proxy of the manual does, under `data[].response.data[]`.
    /// Default: no.
    pub upload_answer_proxied: bool,
    /// Demands the dossier's id with steps and changes of status, besides its number. Which of
    /// the two is demanded is not public. Default: no; one that comes must be the right one.
    pub id_required: bool,
    /// Tells the dossier's id when it refuses a second create. Not public. Default: yes.
    pub duplicate_tells_id: bool,
}

impl Default for NoiHoSoSettings {
    fn default() -> Self {
        Self {
            client_id: "demo-client".to_owned(),
            client_secret: "demo-only".to_owned(),
            token_lifetime: Duration::from_mins(15),
            upload_answer_proxied: false,
            id_required: false,
            duplicate_tells_id: true,
        }
    }
}

impl fmt::Debug for NoiHoSoSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoiHoSoSettings")
            .field("token_lifetime", &self.token_lifetime)
            .field("id_required", &self.id_required)
            .finish_non_exhaustive()
    }
}
