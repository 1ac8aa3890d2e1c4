//! One set of people and spellings, asked about through every profile.

use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_mocks::Outcome;
use lienthong_proto::v1;
use lienthong_proto::v1::{CheckedField, NameComparison, Verdict};
use lienthong_tests::desk::Desk;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::{self, Settings};
use lienthong_tests::stage::{Stage, plain_vendor};

use super::{Site, operations, person};

const ALL: [CheckedField; 3] = [
    CheckedField::Number,
    CheckedField::Name,
    CheckedField::Birth,
];

/// What is particular; number, name and birth as asked; how the name compares.
type MatchCase = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    NameComparison,
);

#[rustfmt::skip] // A row a line.
const MATCHES: &[MatchCase] = &[
    ("as on the card", "000185000001", "Trần Thị Mẫu Thử", "1985-02-13", NameComparison::Exact),
    ("in capitals", "000185000001", "TRẦN THỊ MẪU THỬ", "1985-02-13", NameComparison::Exact),
    ("with odd spaces", "000185000001", " Trần\u{a0}Thị  Mẫu Thử", "1985-02-13", NameComparison::Exact),
    ("without accents", "000185000001", "Tran Thi Mau Thu", "1985-02-13", NameComparison::AccentDifference),
    (
        "in NFD", "000185000001",
        "Tra\u{302}\u{300}n Thi\u{323} Ma\u{302}\u{303}u Thu\u{31b}\u{309}", "1985-02-13", NameComparison::Exact,
    ),
    ("the year alone", "000185000001", "Trần Thị Mẫu Thử", "1985", NameComparison::Exact),
    ("no more than the year on record", "000145000004", "Phạm Thị Năm", "1945", NameComparison::Exact),
    ("nothing but an old card", "000100013", "Hoàng Văn Cũ", "1958-12-24", NameComparison::Exact),
    ("the old card of who has a number", "000100002", "Lê Văn Ví Dụ", "1980-09-01", NameComparison::Exact),
    ("a card that two have, the one", "000100014", "Vũ Thị Trùng", "1961-03-08", NameComparison::Exact),
    ("a card that two have, the other", "000100014", "Bùi Văn Trùng", "1963-04-19", NameComparison::Exact),
    ("an apostrophe", "000190000005", "H'Hen Niê", "1990-10-05", NameComparison::Exact),
    ("a typographic apostrophe", "000190000005", "H’Hen Niê", "1990-10-05", NameComparison::AccentDifference),
    ("Đ inside a word", "000078000006", "Y Bhăm Niê Kđăm", "1978-01-31", NameComparison::Exact),
    ("the tone where it stands", "000190000007", "Nguyễn Thị Hoà", "1990-10-05", NameComparison::Exact),
    ("the tone elsewhere", "000190000007", "Nguyễn Thị Hòa", "1990-10-05", NameComparison::TonePlacement),
    ("Ð asked for Đ", "000190000008", "\u{d0}ặng Thuỷ", "1990-10-05", NameComparison::Exact),
    ("Ð on record", "000190000023", "Đặng Thị Mẫu", "1990-10-05", NameComparison::Exact),
    ("NFD on record", "000190000024", "Nguyễn Thị Ánh", "1990-10-05", NameComparison::Exact),
    ("one word", "000190000010", "Thảo", "1990-10-05", NameComparison::Exact),
    (
        "many words", "000190000012",
        "Công Tằng Tôn Nữ Hoàng Thị Phương Quỳnh Khánh Linh Thượng Nghiêm Trường Nguyên Mẫu Thử",
        "1990-10-05", NameComparison::Exact,
    ),
    ("a name in three parts", "000082000020", "Nguyễn Văn Ba", "1982-11-20", NameComparison::Exact),
    ("an ethnic group with a name", "000082000021", "Nông Văn Thử", "1982-11-20", NameComparison::Exact),
    ("letters that must be escaped", "000082000018", "Phan Văn Huyện", "1982-11-20", NameComparison::Exact),
    ("a record of three fields", "000082000028", "Tạ Văn Vắng", "1982-11-20", NameComparison::Exact),
];

/// What is particular; number, name and birth as asked.
#[rustfmt::skip] // A row a line.
const NO_MATCHES: &[(&str, &str, &str, &str)] = &[
    ("another name", "000185000001", "Trần Thị Mẫu", "1985-02-13"),
    ("another day", "000185000001", "Trần Thị Mẫu Thử", "1985-02-14"),
    ("another year", "000185000001", "Trần Thị Mẫu Thử", "1986"),
    ("another's number", "000215000003", "Trần Thị Mẫu Thử", "1985-02-13"),
    ("nobody's number", "000199999999", "Trần Thị Mẫu Thử", "1985-02-13"),
    ("a day where the year alone is on record", "000145000004", "Phạm Thị Năm", "1945-01-01"),
    ("an old card under another name", "000100014", "Hoàng Văn Cũ", "1961-03-08"),
    ("an answer about another number", "000082000026", "Lý Văn Lạc", "1982-11-20"),
    ("an answer about several people", "000082000027", "Mạc Văn Đôi", "1982-11-20"),
    ("an answer without a number", "000082000031", "La Văn Trống", "1982-11-20"),
];

fn came_live(site: &Site, provenance: Option<v1::Provenance>, row: &str) {
    let provenance = provenance.unwrap();
    assert_eq!(provenance.profile, site.profile.name(), "{row}");
    assert_eq!(provenance.source(), v1::provenance::Source::Live, "{row}");
    assert_eq!(provenance.attempts, 1, "{row}");
}

async fn all_match(site: &Site) {
    for (row, number, name, birth, comparison) in MATCHES {
        let row = format!("{}: {row}", site.profile.name());
        let asked = person(number, name, birth);
        let verified = site.desk().verify(&asked).await.expect(&row);
        assert_eq!(verified.verdict(), Verdict::Match, "{row}");
        assert_eq!(verified.checked().collect::<Vec<_>>(), ALL, "{row}");
        came_live(site, verified.provenance, &row);
        let found = site.desk().look_up(&asked, &[]).await.expect(&row);
        assert_eq!(found.verdict(), Verdict::Match, "{row}");
        assert_eq!(found.name_comparison(), *comparison, "{row}");
        came_live(site, found.provenance, &row);
        let record = found.citizen.unwrap();
        let told = [&record.personal_number, &record.old_id_card_number];
        assert!(
            told.contains(&&(*number).to_owned()),
            "{row}: another number"
        );
        assert!(
            !record.full_name.is_empty() && record.birth.is_some(),
            "{row}"
        );
    }
}

async fn none_matches(site: &Site) {
    for (row, number, name, birth) in NO_MATCHES {
        let row = format!("{}: {row}", site.profile.name());
        let asked = person(number, name, birth);
        let verified = site.desk().verify(&asked).await.expect(&row);
        assert_eq!(verified.verdict(), Verdict::NoMatch, "{row}");
        came_live(site, verified.provenance, &row);
        let found = site.desk().look_up(&asked, &[]).await.expect(&row);
        assert_eq!(found.verdict(), Verdict::NoMatch, "{row}");
        assert!(
            found.citizen.is_none(),
            "{row}: nothing of anybody is shown"
        );
        assert_eq!(
            found.name_comparison(),
            NameComparison::Unspecified,
            "{row}"
        );
        assert_eq!(found.withheld, [""; 0], "{row}");
    }
}

/// A record without a name names nobody: neither a match nor "no such person".
async fn a_nameless_record_is_nonsense(site: &Site) {
    let asked = person("000082000030", "Cù Văn Ẩn", "1982-11-20");
    let refused = site.desk().verify(&asked).await;
    let expected = (tonic::Code::Unavailable, "UPSTREAM_NONSENSE".to_owned());
    let profile = site.profile.name();
    assert_eq!(
        lienthong_tests::desk::failure(&refused),
        Some(expected),
        "{profile}"
    );
}

async fn everything(site: &Site) {
    all_match(site).await;
    none_matches(site).await;
    a_nameless_record_is_nonsense(site).await;
    operations::household(site).await;
}

/// Every case in this process, where the government's own journal can be read: all came by
/// this profile, each look-up is one request, and one token served them all.
async fn matrix(profile: Profile) {
    let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
    let site = Site::of(&stage, profile).await;
    everything(&site).await;
    let asked = stage.asked();
    assert!(
        asked
            .iter()
            .all(|entry| entry.profile == Some(profile.name()))
    );
    let tokens = asked.iter().filter(|entry| entry.operation == "token");
    assert_eq!(tokens.count(), usize::from(profile.has_token_call()));
    let look_ups: Vec<_> = asked.iter().filter(|it| it.operation == "037").collect();
    assert_eq!(look_ups.len(), 2 * (MATCHES.len() + NO_MATCHES.len()) + 1);
    for entry in look_ups {
        let understood = matches!(entry.outcome, Outcome::Matched | Outcome::NotMatched);
        assert!(understood, "{:?}", entry.outcome);
    }
}

#[tokio::test]
async fn every_case_holds_through_soap_lgsp() {
    matrix(Profile::SoapLgsp).await;
}

#[tokio::test]
async fn every_case_holds_through_soap_esb() {
    matrix(Profile::SoapEsb).await;
}

#[tokio::test]
async fn every_case_holds_through_json_wrap_xml() {
    matrix(Profile::JsonWrapXml).await;
}

#[tokio::test]
async fn every_case_holds_through_json_flat() {
    matrix(Profile::JsonFlat).await;
}

/// Settings of a gateway beside others in one folder.
fn beside_others(profile: Profile, processes: &Processes) -> Settings {
    let base = processes.address("mock_population").unwrap();
    let portal = processes.address("mock_portal").unwrap();
    Settings::for_profile(profile)
        .with("population.base_url", format!("https://{base}"))
        .with("portal.base_url", format!("https://{portal}"))
        .with("audit.database", format!("audit-{}.sqlite", profile.name()))
        .with("sync.database", format!("outbox-{}.sqlite", profile.name()))
}

#[tokio::test]
async fn every_case_holds_against_the_stand_alone_mock_too() {
    let processes = Processes::start(Settings::default()).await.unwrap();
    for profile in Profile::ALL {
        let settings = beside_others(profile, &processes);
        let serve = ["serve", "--config", settings::FILE];
        let gateway = Process::start(processes.dir(), &serve, &settings)
            .await
            .unwrap();
        let address = gateway.address("grpc_plain").unwrap().to_string();
        let vendor = plain_vendor(&address).await.unwrap();
        let first = lienthong::demo::messages::dossier_code(SystemClock.now(), 1);
        let site = Site::new(profile, Desk::new(vendor.population, first));
        everything(&site).await;
        gateway.kill().await.unwrap();
    }
}
