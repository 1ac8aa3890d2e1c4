//! What one province wants of a request and another refuses is a setting, and only that.

use lienthong_mocks::{
    DateFormat, EsbSettings, JsonFlatSettings, JsonWrapSettings, LgspAccess, PopulationSettings,
    TimestampUnit, UnitElement, WrapAccess,
};
use lienthong_proto::v1::Verdict;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

use super::{Site, person, plain};

/// A province: what is agreed with the database, and the settings that say the same.
struct Province {
    name: &'static str,
    profile: Profile,
    agreed: PopulationSettings,
    settings: Vec<(&'static str, &'static str)>,
    /// Whether the profile's defaults are refused there.
    is_strict: bool,
}

fn usual() -> PopulationSettings {
    PopulationSettings::default()
}

fn esb(esb: EsbSettings) -> PopulationSettings {
    PopulationSettings { esb, ..usual() }
}

#[rustfmt::skip] // A setting a line.
fn provinces_of_soap_lgsp() -> Vec<Province> {
    vec![
        Province {
            name: "the unit before the officer, and dates without hyphens",
            profile: Profile::SoapLgsp,
            agreed: PopulationSettings {
                unit: UnitElement::Before, date_format: DateFormat::Compact, ..usual()
            },
            settings: vec![
                ("population.unit_element", "before-officer"),
                ("population.date_format", "yyyyMMdd"),
            ],
            is_strict: true,
        },
        Province {
            name: "fields named one by one",
            profile: Profile::SoapLgsp,
            agreed: PopulationSettings { unit: UnitElement::Before, ..usual() },
            settings: vec![(
                "population.fields",
                "['MaYeuCau', 'MaDVC', 'MaTichHop', 'MaDonVi', 'MaCanBo', 'SoDinhDanh', 'HoVaTen', \
                 'NgayThangNamSinh']",
            )],
            is_strict: true,
        },
    ]
}

#[rustfmt::skip] // A setting a line.
fn provinces_of_soap_esb() -> Vec<Province> {
    vec![
        Province {
            name: "the unit after the officer, who has an account",
            profile: Profile::SoapEsb,
            agreed: esb(EsbSettings { unit: UnitElement::After, ..EsbSettings::default() }),
            settings: vec![
                ("population.unit_element", "after-officer"),
                ("population.send_account", "true"),
            ],
            is_strict: true,
        },
        Province {
            name: "the unit after the officer",
            profile: Profile::SoapEsb,
            agreed: esb(EsbSettings { unit: UnitElement::After, ..EsbSettings::default() }),
            settings: vec![("population.unit_element", "after-officer")],
            is_strict: true,
        },
        Province {
            name: "no unit at all",
            profile: Profile::SoapEsb,
            agreed: esb(EsbSettings { unit: UnitElement::Absent, ..EsbSettings::default() }),
            settings: vec![],
            is_strict: false,
        },
        Province {
            name: "seconds, a client of X-Road and a key",
            profile: Profile::SoapEsb,
            agreed: esb(EsbSettings {
                timestamp_unit: TimestampUnit::Seconds,
                x_road_client: Some("VN/GOV/H99/MOTCUA".to_owned()),
                api_key: Some("demo-api-key".to_owned()),
                date_format: DateFormat::Dashed,
                ..EsbSettings::default()
            }),
            settings: vec![
                ("population.esb.timestamp_unit", "seconds"),
                ("population.esb.x_road_client", "VN/GOV/H99/MOTCUA"),
                ("population.esb.api_key", "demo-api-key"),
                ("population.date_format", "yyyy-MM-dd"),
            ],
            is_strict: true,
        },
    ]
}

#[rustfmt::skip] // A setting a line.
fn other_provinces() -> Vec<Province> {
    vec![
        Province {
            name: "SOAP with a token of the ministry's platform alone",
            profile: Profile::SoapEsb,
            agreed: PopulationSettings { lgsp_access: LgspAccess::NgspBearer, ..usual() },
            settings: vec![(
                "population",
                "{ profile = 'soap-esb', ca_file = 'pki/ca.pem', operations = ['look-up'], \
                 lookup_path = '/tracuu', date_format = 'yyyy-MM-dd', \
                 access = 'oauth', token_path = '/ngsp/token', \
                 oauth = { client_id = 'demo-consumer', client_secret = 'demo-consumer-secret' } }",
            )],
            is_strict: false,
        },
        Province {
            name: "a wrapper that wants a token of the ministry's platform, in the body",
            profile: Profile::JsonWrapXml,
            agreed: PopulationSettings {
                json_wrap: JsonWrapSettings { access: WrapAccess::NgspOauth, ..JsonWrapSettings::default() },
                ..usual()
            },
            settings: vec![
                ("population.access", "oauth"),
                ("population.token_path", "/ngsp/token"),
                ("population.oauth.client_id", "demo-consumer"),
                ("population.oauth.client_secret", "demo-consumer-secret"),
                ("population.oauth.secret_place", "body"),
            ],
            is_strict: true,
        },
        Province {
            name: "a wrapper that wants a fixed token, and whose code is a number",
            profile: Profile::JsonWrapXml,
            agreed: PopulationSettings {
                json_wrap: JsonWrapSettings {
                    access: WrapAccess::Bearer("demo-fixed-token".to_owned()), integer_error_code: true,
                    ..JsonWrapSettings::default()
                },
                ..usual()
            },
            settings: vec![
                ("population.access", "static-bearer"),
                ("population.static_bearer.token", "demo-fixed-token"),
            ],
            is_strict: true,
        },
        Province {
            name: "an account of its own, and answers one level deeper", profile: Profile::JsonFlat,
            agreed: PopulationSettings {
                json_flat: JsonFlatSettings {
                    user_name_service: Some("STTTT_MAU".to_owned()),
                    under_body: true,
                    ..JsonFlatSettings::default()
                },
                ..usual()
            },
            settings: vec![("population.service_user", "STTTT_MAU")],
            is_strict: true,
        },
    ]
}

/// A stage whose failures leave nothing behind.
async fn stage(agreed: PopulationSettings, profile: Profile, own: &[(&str, &str)]) -> Stage {
    let usual = Settings::for_profile(profile).with_short_look_ups();
    let settings = own
        .iter()
        .fold(usual, |settings, (key, value)| settings.with(key, *value));
    Stage::against(agreed, settings).await.unwrap()
}

async fn serves(province: Province) {
    let Province {
        name,
        profile,
        agreed,
        settings,
        is_strict,
    } = province;
    if is_strict {
        let stage = stage(agreed.clone(), profile, &[]).await;
        let refused = Site::of(&stage, profile)
            .await
            .desk()
            .verify(&plain())
            .await;
        assert!(refused.is_err(), "{name}: the defaults are taken as well");
    }
    let stage = stage(agreed, profile, &settings).await;
    let site = Site::of(&stage, profile).await;
    let old_card = person("000100013", "Hoàng Văn Cũ", "1958-12-24");
    let year_only = person("000145000004", "Phạm Thị Năm", "1945");
    for asked in [plain(), old_card, year_only] {
        let answer = site.desk().verify(&asked).await;
        let answer = answer.unwrap_or_else(|status| panic!("{name}: {}", status.message()));
        assert_eq!(answer.verdict(), Verdict::Match, "{name}");
    }
}

#[tokio::test]
async fn a_soap_body_is_written_as_each_province_wants_it() {
    for province in provinces_of_soap_lgsp()
        .into_iter()
        .chain(provinces_of_soap_esb())
    {
        serves(province).await;
    }
}

#[tokio::test]
async fn the_way_in_is_a_setting_of_its_own_beside_the_profile() {
    for province in other_provinces() {
        serves(province).await;
    }
}
