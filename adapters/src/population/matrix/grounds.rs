//! How each profile is set up, and how its upstream writes an answer. A new profile adds
//! one row here and runs through every case.

use std::sync::Arc;

use lienthong_core::clock::Clock;
use lienthong_core::ports::population::PopulationRegistry;
use serde_json::{Value, json};

use crate::http::SetupError;
use crate::population::samples::{lgsp_access, route};
use crate::population::{
    AccessRecipe, AuthHeaderAccess, EsbAccess, JsonFlatSettings, JsonWrapXmlSettings, SoapSettings,
};

/// The token call of a ground.
pub(super) struct TokenCall {
    pub(super) path: &'static str,
    pub(super) answer: &'static str,
}

/// Sets a ground's registry up for an address.
pub(super) type SetUp = fn(&str, Arc<dyn Clock>) -> Result<Arc<dyn PopulationRegistry>, SetupError>;

/// One profile.
pub(super) struct Ground {
    pub(super) profile: &'static str,
    pub(super) registry: SetUp,
    /// The token call, where the access has one; only then a 401 is worth a second try.
    pub(super) token: Option<TokenCall>,
    pub(super) media_type: &'static str,
    /// The answer that holds the people with these numbers.
    pub(super) people: fn(&[&str]) -> String,
    /// An answer of the right kind in another namespace, or under another root.
    pub(super) elsewhere: fn() -> String,
    /// A small answer that grows without end when it is read carelessly.
    pub(super) bomb: fn() -> String,
}

/// Every profile.
pub(super) const GROUNDS: &[Ground] = &[
    Ground {
        profile: "soap-lgsp",
        registry: |url, clock| {
            let access = AccessRecipe::Lgsp(lgsp_access());
            SoapSettings::lgsp(route(url, access)).registry(clock)
        },
        token: Some(TokenCall {
            path: "/token",
            answer: r#"{"access_token":"the-moi","expires_in":3600,"token_type":"Bearer"}"#,
        }),
        media_type: "text/xml; charset=utf-8",
        people: soap,
        elsewhere: || soap(&[ASKED]).replace(DANCU, "urn:khac"),
        bomb: || [BOMB, &soap(&[ASKED]).replace(NAME, "&c;")].concat(),
    },
    Ground {
        profile: "soap-esb",
        registry: |url, clock| {
            let esb = EsbAccess::new("demo_user", "demo_secret".into(), "/dancu/tracuu");
            SoapSettings::esb(route(url, AccessRecipe::Esb(esb))).registry(clock)
        },
        token: None,
        media_type: "application/soap+xml",
        people: soap,
        elsewhere: || soap(&[ASKED]).replace(DANCU, "urn:khac"),
        bomb: || [BOMB, &soap(&[ASKED]).replace(NAME, "&c;")].concat(),
    },
    Ground {
        profile: "json-wrap-xml",
        registry: |url, clock| {
            JsonWrapXmlSettings::new(route(url, AccessRecipe::None)).registry(clock)
        },
        token: None,
        media_type: "application/json",
        people: |numbers| wrapped(&soap(numbers)),
        elsewhere: || wrapped(&soap(&[ASKED]).replace(DANCU, "urn:khac")),
        bomb: || wrapped(&[BOMB, &soap(&[ASKED]).replace(NAME, "&c;")].concat()),
    },
    Ground {
        profile: "json-flat",
        registry: |url, clock| {
            let access = AccessRecipe::AuthHeader(AuthHeaderAccess {
                token_path: "/token".to_owned(),
                auth: "tieu-de".into(),
            });
            JsonFlatSettings::new(route(url, access), "STTTT_MAU").registry(clock)
        },
        token: Some(TokenCall {
            path: "/token",
            answer: r#"{"token":"the-moi","refreshToken":"x","expiryDate":"2099-01-01T00:00:00"}"#,
        }),
        media_type: "application/json",
        people: flat,
        elsewhere: || flat(&[ASKED]).replace("CongdanCollection", "Khac"),
        bomb: || "[".repeat(30_000),
    },
];

/// The number that every case asks about.
pub(super) const ASKED: &str = "000185000001";
/// The name of everybody in the answers.
pub(super) const NAME: &str = "TRẦN THỊ MẪU THỬ";

const DANCU: &str = "http://www.mic.gov.vn/dancu/1.0";

const BOMB: &str = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;\">]>";

fn soap(numbers: &[&str]) -> String {
    let people = numbers.iter().map(|number| {
        format!(
            "<n:CongDan><n:SoDinhDanh>{number}</n:SoDinhDanh>\
             <n:HoVaTen><n:Ho/><n:ChuDem/><n:Ten>{NAME}</n:Ten></n:HoVaTen>\
             <n:NgayThangNamSinh><n:NgayThangNam>19850213</n:NgayThangNam></n:NgayThangNamSinh>\
             </n:CongDan>"
        )
    });
    let people: String = people.collect();
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header/><e:Body>\
         <n:CongdanCollection xmlns:n=\"{DANCU}\">{people}</n:CongdanCollection>\
         </e:Body></e:Envelope>"
    )
}

fn wrapped(soap: &str) -> String {
    json!({ "error_code": "0", "message": soap }).to_string()
}

fn flat(numbers: &[&str]) -> String {
    let person = |number: &&str| {
        json!({
            "SoDinhDanh": number, "HoVaTen": NAME,
            "NgayThangNamSinh": { "NgayThangNam": "19850213" },
        })
    };
    let people: Vec<Value> = numbers.iter().map(person).collect();
    let collection = match people.as_slice() {
        [] => json!({}),
        [one] => json!({ "CongDan": one }),
        several => json!({ "CongDan": several }),
    };
    json!({ "CongdanCollection": collection }).to_string()
}
