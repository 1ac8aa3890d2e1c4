//! What is measured: the government side, the gateway and the bare rival, each in a process
//! of its own, and the calls that are made to them.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;
use tonic::transport::{Channel, Endpoint};

/// A procedure that is called over one connection.
pub(crate) type Client = PopulationServiceClient<Channel>;

/// Government side and gateway.
pub(crate) struct Subject {
    pub(crate) processes: Processes,
    pub(crate) gateway: Process,
    pub(crate) citizens: Vec<SampleCitizen>,
}

impl Subject {
    /// Starts both with the usual settings and `settings`.
    ///
    /// # Errors
    /// What did not start.
    pub(crate) async fn start(settings: Settings) -> Result<Self> {
        let processes = Processes::start(settings).await?;
        let gateway = processes.serve().await?;
        let citizens = citizens(&processes).await?;
        Ok(Self {
            processes,
            gateway,
            citizens,
        })
    }

    /// A connection to the gateway in plain text.
    ///
    /// # Errors
    /// When no connection comes about.
    pub(crate) async fn client(&self) -> Result<Client> {
        client(self.gateway.address("grpc_plain")?).await
    }

    /// The citizen whom nothing is strange about.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn plain(&self) -> Result<SampleCitizen> {
        let plain = self.citizens.iter().find(|each| each.kind == "plain");
        plain.cloned().context("no plain citizen")
    }

    /// Requests that the population database received, of one operation.
    ///
    /// # Errors
    /// When its journal cannot be read.
    pub(crate) async fn received(&self, operation: &str) -> Result<usize> {
        let journal = self.processes.control()?.get("/population/journal").await?;
        let journal = journal.context("no journal")?;
        let entries = journal.as_array().context("the journal is not a list")?;
        Ok(entries
            .iter()
            .filter(|entry| entry["operation"] == operation)
            .count())
    }
}

/// The invented people, as the government side shows them.
async fn citizens(processes: &Processes) -> Result<Vec<SampleCitizen>> {
    let shown = processes.control()?.get("/population/citizens").await?;
    let shown = shown.context("no citizens")?;
    let citizens = shown.as_array().context("the citizens are not a list")?;
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let citizen = |each: &Value| {
        Some(SampleCitizen {
            personal_number: text(&each["personal_number"]),
            old_id_card_number: text(&each["old_id_card_number"]),
            full_name: text(&each["full_name"])?,
            birth_date: text(&each["birth_date"]),
            birth_year: i16::try_from(each["birth_year"].as_i64()?).ok()?,
            // These two are constants in the type; a bench may keep theirs for ever.
            sex: text(&each["sex"])?.leak(),
            kind: text(&each["kind"])?.leak(),
        })
    };
    let citizens: Option<Vec<_>> = citizens.iter().map(citizen).collect();
    citizens.context("a citizen without a name")
}

/// A connection in plain text.
///
/// # Errors
/// When no connection comes about.
pub(crate) async fn client(address: SocketAddr) -> Result<Client> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?
        .tcp_nodelay(true)
        .connect()
        .await?;
    Ok(PopulationServiceClient::new(channel))
}

/// The bare rival, started in `dir`.
///
/// # Errors
/// When it does not start.
pub(crate) async fn bare(dir: &Path) -> Result<Process> {
    let own = std::env::current_exe()?;
    Process::start_program(&own, dir, &["bare"], &Settings::default()).await
}

/// Asks for the record of `citizen` for the dossier of this number.
pub(crate) fn question(citizen: &SampleCitizen, dossier: u32) -> v1::LookupCitizenRequest {
    let day = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 20_000);
    // Dossier numbers end in 4 digits; the day carries the rest.
    let day = day + jiff::SignedDuration::from_hours(24 * i64::from(dossier / 9_999));
    messages::look_up(citizen, &messages::dossier_code(day, dossier % 9_999 + 1))
}

/// The population database called directly, as a connector without a gateway would.
pub(crate) struct Direct {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
    before: String,
    after: String,
}

impl Direct {
    /// Fetches a token and prepares the request about `citizen`.
    ///
    /// # Errors
    /// When the government side does not answer.
    pub(crate) async fn new(subject: &Subject, citizen: &SampleCitizen) -> Result<Self> {
        let ca = std::fs::read(subject.processes.dir().join("pki/ca.pem"))?;
        let http = reqwest::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&ca)?])
            .http1_only()
            .tcp_nodelay(true)
            .build()?;
        let base = format!("https://{}", subject.processes.address("mock_population")?);
        let base = base.replace("127.0.0.1", "localhost");
        let mut headers = HeaderMap::new();
        headers.insert("lgspaccesstoken", HeaderValue::from_static(APPLICATION));
        let token: serde_json::Value = http
            .post(format!("{base}/token"))
            .headers(headers.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await?
            .json()
            .await?;
        let token = token["access_token"].as_str().context("no token")?;
        headers.insert("authorization", format!("Bearer {token}").parse()?);
        headers.insert("authhash", HeaderValue::from_static(OFFICER));
        headers.insert("content-type", HeaderValue::from_static("application/xml"));
        let number = citizen.personal_number.as_deref().context("no number")?;
        let birth = citizen.birth_date.as_deref().context("no birth date")?;
        let after = AFTER
            .replace("{number}", number)
            .replace("{name}", &key_of(&citizen.full_name)?)
            .replace("{birth}", birth);
        Ok(Self {
            http,
            url: format!("{base}/tracuu"),
            headers,
            before: BEFORE.to_owned(),
            after,
        })
    }

    /// Asks once, under the request number of this call.
    ///
    /// # Errors
    /// When there is no record in the answer.
    pub(crate) async fn ask(&self, call: u32) -> Result<()> {
        let body = format!("{}BENCH-{call}{}", self.before, self.after);
        let answer = self
            .http
            .post(&self.url)
            .headers(self.headers.clone())
            .body(body)
            .send()
            .await?;
        let text = answer.text().await?;
        ensure!(text.contains("CongDan>"), "no record: {} bytes", text.len());
        Ok(())
    }
}

/// The key that the database compares; the bench's citizen has a plain name.
fn key_of(name: &str) -> Result<String> {
    use lienthong_core::name::{FullName, KeyRule, NameKey};
    let name = FullName::parse(name)?;
    Ok(NameKey::of(&name, KeyRule::default()).expose().to_owned())
}

/// The mock's application credential, the test vector of population.md 9.3.
const APPLICATION: &str = concat!(
    "eyJBY2Nlc3NLZXkiOiJkZW1vQUsiLCJTZWNyZXRLZXkiOiJkZW1vU0siLCJBcHBOYW1lIjoiZGVtb0FwcCIs",
    "IlBhcnRuZXJDb2RlIjoiMDAwLjAwLjAwLkg5OSIsIlBhcnRuZXJDb2RlQ3VzIjoiMDAwLjAwLjAwLkg5OSJ9",
);
/// base64 of the mock's officer, `canbo_demo:demo-only`.
const OFFICER: &str = "Y2FuYm9fZGVtbzpkZW1vLW9ubHk=";

const BEFORE: &str = concat!(
    r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" "#,
    r#"xmlns:dan="http://dancuquocgia.bca"><soapenv:Header/><soapenv:Body>"#,
    "<dan:TraCuuThongTinCongDan><dan:MaYeuCau>",
);
const AFTER: &str = concat!(
    "</dan:MaYeuCau><dan:MaDVC>1.004222</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>",
    "<dan:MaCanBo>000180000009</dan:MaCanBo><dan:SoDinhDanh>{number}</dan:SoDinhDanh>",
    "<dan:HoVaTen>{name}</dan:HoVaTen><dan:NgayThangNamSinh><dan:NgayThangNam>{birth}",
    "</dan:NgayThangNam></dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan>",
    "</soapenv:Body></soapenv:Envelope>",
);
