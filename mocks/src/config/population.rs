//! The population database's side of the agreement: one part for each profile.
//!
//! What a reader would get wrong: nothing here switches a profile on. All of them are served at
//! once on one address, and a caller picks by the path that it calls (population.md 8).

use std::fmt;
use std::time::Duration;

use crate::population::{AnswerShape, DateFormat};

/// Settings of the population database, all profiles (population.md 8, 9).
#[derive(Debug, Clone)]
pub struct PopulationSettings {
    /// soap-lgsp: path of the token call. Default `/token`.
    pub token_path: String,
    /// soap-lgsp: path of the look-up 037 (Tra cứu thông tin công dân). Default `/tracuu`.
    pub lookup_path: String,
    /// soap-lgsp: path of the verification 033 (Xác thực thông tin công dân). Default `/xacthuc`.
    pub verify_path: String,
    /// soap-lgsp: path of the household (Thông tin hộ gia đình). Default `/hogiadinh`.
    pub household_path: String,
    /// soap-lgsp: path of the relatives (Xác minh thông tin nhân thân). Default `/nhanthan`.
    pub relatives_path: String,
    /// soap-lgsp: which credentials open its paths. Default: the three of population.md 9.3.
    pub lgsp_access: LgspAccess,
    /// soap-lgsp: the application credential behind the header `lgspaccesstoken`.
    pub application: LgspApplication,
    /// soap-lgsp: officers whose `AuthHash` is known. Default: one, `canbo_demo` / `demo-only`.
    pub officers: Vec<OfficerKey>,
    /// soap-lgsp: how a birth date is written in a request. Default: with dashes.
    pub date_format: DateFormat,
    /// soap-lgsp: where `MaDonVi` stands. Default: it may stand before the officer.
    pub unit: UnitElement,
    /// Profile soap-esb.
    pub esb: EsbSettings,
    /// Profile json-wrap-xml.
    pub json_wrap: JsonWrapSettings,
    /// Profile json-flat.
    pub json_flat: JsonFlatSettings,
    /// The ministry platform's token call.
    pub ngsp: NgspSettings,
    /// Life of an access token, whoever issues it. Default 3600 s (population.md 9.1).
    pub token_lifetime: Duration,
    /// How answers are laid out at first. Default: the live 037 shape.
    pub answer_shape: AnswerShape,
    /// Data calls in one minute that each profile answers before it says 429. Default: no limit.
    pub calls_per_minute: Option<u32>,
    /// Data calls in 24 hours that each profile answers before it says 429. Default: no limit.
    pub calls_per_day: Option<u32>,
}

impl Default for PopulationSettings {
    fn default() -> Self {
        Self {
            token_path: "/token".to_owned(),
            lookup_path: "/tracuu".to_owned(),
            verify_path: "/xacthuc".to_owned(),
            household_path: "/hogiadinh".to_owned(),
            relatives_path: "/nhanthan".to_owned(),
            lgsp_access: LgspAccess::Application,
            application: LgspApplication::default(),
            officers: vec![OfficerKey {
                key_name: "canbo_demo".to_owned(),
                key_pass: "demo-only".to_owned(),
            }],
            date_format: DateFormat::Dashed,
            unit: UnitElement::MayStandBefore,
            esb: EsbSettings::default(),
            json_wrap: JsonWrapSettings::default(),
            json_flat: JsonFlatSettings::default(),
            ngsp: NgspSettings::default(),
            token_lifetime: Duration::from_hours(1),
            answer_shape: AnswerShape::default(),
            calls_per_minute: None,
            calls_per_day: None,
        }
    }
}

impl PopulationSettings {
    /// Every path that is served, by the name of its setting.
    pub(super) fn paths(&self) -> [(&'static str, &String); 13] {
        let esb = &self.esb;
        [
            ("token_path", &self.token_path),
            ("lookup_path", &self.lookup_path),
            ("verify_path", &self.verify_path),
            ("household_path", &self.household_path),
            ("relatives_path", &self.relatives_path),
            ("esb lookup path", &esb.lookup.path),
            ("esb verify path", &esb.verify.path),
            ("esb household path", &esb.household.path),
            ("esb relatives path", &esb.relatives.path),
            ("json_wrap lookup_path", &self.json_wrap.lookup_path),
            ("json_flat token_path", &self.json_flat.token_path),
            ("json_flat lookup_path", &self.json_flat.lookup_path),
            ("ngsp token_path", &self.ngsp.token_path),
        ]
    }
}

/// Where `MaDonVi` (Mã đơn vị) stands in a SOAP request; the orders seen conflict
/// (population.md 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitElement {
    /// It must not be there (`OpenCPS` v2, Thanh Hóa, the ministry PHP portal).
    Absent,
    /// It must stand before `MaCanBo` (NDXP service description, complaints mock).
    Before,
    /// It must stand after `MaCanBo` (court system).
    After,
    /// Before `MaCanBo`, or not at all.
    MayStandBefore,
    /// Before or after `MaCanBo`, or not at all.
    Anywhere,
}

/// What opens the paths of soap-lgsp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LgspAccess {
    /// `lgspaccesstoken`, a Bearer of its own token call, and `AuthHash` (population.md 9.3).
    Application,
    /// Only a Bearer of the ministry platform's token call (population.md 9.1).
    NgspBearer,
}

/// The static application credential of an LGSP (population.md 9.3).
#[derive(Clone, PartialEq, Eq)]
pub struct LgspApplication {
    /// `AccessKey`. Default `demoAK`.
    pub access_key: String,
    /// `SecretKey`. Default `demoSK`.
    pub secret_key: String,
    /// `AppName`. Default `demoApp`.
    pub app_name: String,
    /// `PartnerCode`. Default `000.00.00.H99`.
    pub partner_code: String,
    /// `PartnerCodeCus`. Default `000.00.00.H99`.
    pub partner_code_cus: String,
}

impl Default for LgspApplication {
    /// The test vector of population.md 9.3.
    fn default() -> Self {
        Self {
            access_key: "demoAK".to_owned(),
            secret_key: "demoSK".to_owned(),
            app_name: "demoApp".to_owned(),
            partner_code: "000.00.00.H99".to_owned(),
            partner_code_cus: "000.00.00.H99".to_owned(),
        }
    }
}

impl fmt::Debug for LgspApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LgspApplication")
            .field("app_name", &self.app_name)
            .finish_non_exhaustive()
    }
}

/// One officer's credential: `AuthHash` is base64 of `key_name:key_pass` (population.md 9.3).
#[derive(Clone, PartialEq, Eq)]
pub struct OfficerKey {
    /// Name of the key.
    pub key_name: String,
    /// Password of the key.
    pub key_pass: String,
}

impl fmt::Debug for OfficerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficerKey")
            .field("key_name", &self.key_name)
            .finish_non_exhaustive()
    }
}

/// Unit of the header `Timestamp` of soap-esb (population.md 9.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampUnit {
    /// Milliseconds since 1970 (court system, vaccination sync service).
    Milliseconds,
    /// Seconds since 1970 (ministry PHP portal).
    Seconds,
}

/// One operation of soap-esb: where it is called, and the name under which it is hashed. The two
/// are agreed separately (population.md 9.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EsbService {
    /// Path that is called.
    pub path: String,
    /// `sv_url` in the hash.
    pub sv_url: String,
}

impl EsbService {
    fn new(name: &str) -> Self {
        Self {
            path: format!("/esb/dancu/{name}"),
            sv_url: format!("/dancu/{name}"),
        }
    }
}

/// Settings of soap-esb (population.md 9.4).
#[derive(Clone)]
pub struct EsbSettings {
    /// Look-up 037. Default `/esb/dancu/tracuu`, hashed as `/dancu/tracuu`.
    pub lookup: EsbService,
    /// Verification 033. Default `/esb/dancu/xacthuc`, hashed as `/dancu/xacthuc`.
    pub verify: EsbService,
    /// Household. Default `/esb/dancu/hogiadinh`, hashed as `/dancu/hogiadinh`.
    pub household: EsbService,
    /// Relatives. Default `/esb/dancu/nhanthan`, hashed as `/dancu/nhanthan`.
    pub relatives: EsbService,
    /// Account. Default `demo_user`.
    pub user_name: String,
    /// Its secret. Default `demo_secret`.
    pub secret_key: String,
    /// Unit of `Timestamp`. Default: milliseconds.
    pub timestamp_unit: TimestampUnit,
    /// How far `Timestamp` may be from the government's clock, either way. Default 5 minutes.
    pub allowed_skew: Duration,
    /// Value that `X-Road-Client` must have; unchecked when absent. Default: absent.
    pub x_road_client: Option<String>,
    /// Value that `ApiKey` must have; unchecked when absent. Default: absent.
    pub api_key: Option<String>,
    /// How a birth date is written in a request. Default: compact.
    pub date_format: DateFormat,
    /// Where `MaDonVi` stands. Default: anywhere beside the officer.
    pub unit: UnitElement,
}

impl Default for EsbSettings {
    fn default() -> Self {
        Self {
            lookup: EsbService::new("tracuu"),
            verify: EsbService::new("xacthuc"),
            household: EsbService::new("hogiadinh"),
            relatives: EsbService::new("nhanthan"),
            user_name: "demo_user".to_owned(),
            secret_key: "demo_secret".to_owned(),
            timestamp_unit: TimestampUnit::Milliseconds,
            allowed_skew: Duration::from_mins(5),
            x_road_client: None,
            api_key: None,
            date_format: DateFormat::Compact,
            unit: UnitElement::Anywhere,
        }
    }
}

impl fmt::Debug for EsbSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EsbSettings")
            .field("user_name", &self.user_name)
            .field("timestamp_unit", &self.timestamp_unit)
            .field("allowed_skew", &self.allowed_skew)
            .finish_non_exhaustive()
    }
}

/// What opens the path of json-wrap-xml. None was seen in the wild: the province trusts its own
/// network (population.md 8).
#[derive(Clone, PartialEq, Eq)]
pub enum WrapAccess {
    /// Nothing is asked for.
    Open,
    /// This token, which never changes, as a Bearer.
    Bearer(String),
    /// A Bearer of the ministry platform's token call (population.md 9.1).
    NgspOauth,
}

impl fmt::Debug for WrapAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "Open",
            Self::Bearer(_) => "Bearer(…)",
            Self::NgspOauth => "NgspOauth",
        })
    }
}

/// Settings of json-wrap-xml (population.md 8, Thanh Hóa).
#[derive(Debug, Clone)]
pub struct JsonWrapSettings {
    /// Path of the look-up. Default `/apiCSDLDanCu/ChiaSeThongTinCongDan`.
    pub lookup_path: String,
    /// Which credential opens it. Default: none.
    pub access: WrapAccess,
    /// Writes `error_code` as a number and not as a string. Default: no.
    pub integer_error_code: bool,
}

impl Default for JsonWrapSettings {
    fn default() -> Self {
        Self {
            lookup_path: "/apiCSDLDanCu/ChiaSeThongTinCongDan".to_owned(),
            access: WrapAccess::Open,
            integer_error_code: false,
        }
    }
}

/// Settings of json-flat (population.md 8 and 9.2, Đồng Tháp).
#[derive(Clone)]
pub struct JsonFlatSettings {
    /// Path of the token call. Default `/api/v1/Authentication/Token`.
    pub token_path: String,
    /// Path of the look-up. Default `/api/v1/dancu/tracuu`.
    pub lookup_path: String,
    /// Value of the header `Auth` of the token call. Default `demo-auth`.
    pub auth: String,
    /// Value that `userNameService` must have; any when absent. Default: absent.
    pub user_name_service: Option<String>,
    /// Answers one level deeper, under `Body`, as `OpenCPS` v2 does. Default: no.
    pub under_body: bool,
}

impl Default for JsonFlatSettings {
    fn default() -> Self {
        Self {
            token_path: "/api/v1/Authentication/Token".to_owned(),
            lookup_path: "/api/v1/dancu/tracuu".to_owned(),
            auth: "demo-auth".to_owned(),
            user_name_service: None,
            under_body: false,
        }
    }
}

impl fmt::Debug for JsonFlatSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonFlatSettings")
            .field("token_path", &self.token_path)
            .field("lookup_path", &self.lookup_path)
            .field("under_body", &self.under_body)
            .finish_non_exhaustive()
    }
}

/// Settings of the ministry platform's token call (population.md 9.1).
#[derive(Clone)]
pub struct NgspSettings {
    /// Path of the token call. Default `/ngsp/token`.
    pub token_path: String,
    /// Consumer key, also taken as `client_id`. Default `demo-consumer`.
    pub consumer_key: String,
    /// Consumer secret, also taken as `client_secret`. Default `demo-consumer-secret`.
    pub consumer_secret: String,
}

impl Default for NgspSettings {
    fn default() -> Self {
        Self {
            token_path: "/ngsp/token".to_owned(),
            consumer_key: "demo-consumer".to_owned(),
            consumer_secret: "demo-consumer-secret".to_owned(),
        }
    }
}

impl fmt::Debug for NgspSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NgspSettings")
            .field("token_path", &self.token_path)
            .field("consumer_key", &self.consumer_key)
            .finish_non_exhaustive()
    }
}
