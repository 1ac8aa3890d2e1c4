//! What the configuration says arrives at the adapter: every profile against the portal's
//! mock, which shares nothing with the adapters.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{
    Channel, Dossier, DossierDates, OnlinePayment, Owner, OwnerKind, ReturnMethod, Step,
    SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{PortalReference, PortalView, Reading, SubmissionMode};
use lienthong_core::text::Text;
use lienthong_mocks::{Mocks, MocksConfig};

use super::super::samples;
use super::*;
use crate::clock::SystemClock;

const BUDGET: Duration = Duration::from_secs(20);

const P2: &str = r#"
profile = "p2"
login_path = "/mapi/login"
integration_path = "/mapi/g"
username = "h99_motcua"
password = "demo-only"
agency_code = "000.00.00.H99"
"#;

const IS_UPDATING: &str = r#"
profile = "p3_is_updating"
agency_code = "000.00.00.H99"
dossier_path = "/api/SynsTTHCC/DongBoHoSoMC"
steps_path = "/api/SynsTTHCC/CapNhatTienDoHoSoMC"
find_path = "/api/SynsTTHCC/TraCuuHoSo"
"#;

const THREE_URLS: &str = r#"
profile = "p3_three_urls"
create_path = "/motcua/themmoi"
update_path = "/motcua/capnhat"
steps_path = "/motcua/tientrinh"
find_path = "/motcua/tracuu"
"#;

const P4: &str = r#"
profile = "p4"
token_path = "/dvcsync/token"
number_path = "/dvcsync/number"
upload_path = "/dvcsync/upload"
dossier_path = "/dvcsync/noihoso"
steps_path = "/dvcsync/tientrinh"
status_path = "/dvcsync/trangthai"
find_path = "/dvcsync/tracuu"
client_id = "demo-client"
client_secret = "demo-only"
[portal.files]
sources = ["http://127.0.0.1:9/files"]
"#;

fn text<const MAX: usize>(raw: &str) -> Text<MAX> {
    Text::parse(raw).unwrap()
}

fn moment(raw: &str) -> Timestamp {
    raw.parse().unwrap()
}

fn dossier(status: PortalStatus) -> Dossier {
    Dossier {
        number: DossierNumber::parse("000.00.00.H99-250714-0007").unwrap(),
        procedure: "1.004222".parse().unwrap(),
        procedure_name: text("Đăng ký thường trú"),
        field: "G01-CA05".parse().unwrap(),
        field_name: text("Đăng ký, quản lý cư trú"),
        receipt_number: None,
        channel: Channel::Direct,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("Lý Thị Thử Nghiệm"),
            identities: vec![PersonalNumber::parse("000199000001").unwrap().into()],
            tech_id: None,
            email: None,
            fax: None,
            phone: None,
        },
        summary: text("Đăng ký thường trú vào chỗ ở hợp pháp"),
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: moment("2025-07-14T01:15:02Z"),
            received: moment("2025-07-14T02:30:00Z"),
            due: Some(moment("2025-07-23T10:00:00Z")),
            finished: None,
            returned: None,
            refused: None,
        },
        status,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: Some(AgencyCode::parse("000.00.00.H99").unwrap()),
        processing_unit_name: text("Trung tâm Phục vụ hành chính công phường Thử"),
        submitted_at_place: SubmissionPlace::LocalSystem,
        has_digitised_components: false,
        vneid_verified_account: false,
        online_payment: OnlinePayment::None,
        connected_databases: Vec::new(),
        documents: Vec::new(),
        fees: Vec::new(),
        other_attachments: Vec::new(),
        results: Vec::new(),
    }
}

fn step() -> Step {
    Step {
        handler_name: text("Trần Văn Mẫu"),
        handler_title: None,
        handled_at: moment("2025-07-15T03:15:00Z"),
        department: Some(text("Bộ phận chuyên môn")),
        content: text("Thẩm định hồ sơ"),
        status: PortalStatus::Processing,
        started_at: None,
        due_at: None,
    }
}

/// The portal of this `[portal]` at `base_url`.
fn portal_at(folder: &Path, base_url: &str, portal: &str) -> Arc<dyn Portal> {
    let config = samples::config_with_portal(folder, base_url, portal);
    super::portal(&config.portal, Arc::new(SystemClock)).unwrap()
}

/// One dossier at the portal, and how the portal names it.
struct Case {
    portal: Arc<dyn Portal>,
    reference: Option<PortalReference>,
}

impl Case {
    async fn submit(&mut self, status: PortalStatus, mode: SubmissionMode) -> Reading {
        let answer = self
            .portal
            .submit(&dossier(status), mode, self.reference.as_ref(), BUDGET)
            .await
            .unwrap();
        self.reference = answer.reference.or(self.reference.take());
        answer.reading
    }

    async fn append(&self) -> Reading {
        let number = dossier(PortalStatus::Received).number;
        let answer = self
            .portal
            .append_steps(&number, &[step()], self.reference.as_ref(), BUDGET)
            .await;
        answer.unwrap().reading
    }

    async fn find(&self) -> PortalView {
        let number = dossier(PortalStatus::Received).number;
        let view = self
            .portal
            .find(&number, self.reference.as_ref(), BUDGET)
            .await;
        view.unwrap()
    }
}

#[tokio::test]
async fn every_profile_brings_a_dossier_to_the_mock_and_reads_it_back() {
    for settings in [P2, IS_UPDATING, THREE_URLS, P4] {
        let mocks = Mocks::start(MocksConfig::on_free_ports()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let portal = portal_at(folder.path(), &mocks.portal_url(), settings);
        let name = portal.profile().to_owned();
        assert!(settings.contains(&format!("\"{name}\"")));
        let (create, update) = (SubmissionMode::Create, SubmissionMode::Update);
        let received = PortalStatus::Received;
        let reference = if portal.issues_numbers() {
            Some(portal.reserve(&dossier(received), BUDGET).await.unwrap())
        } else {
            None
        };
        let mut case = Case { portal, reference };
        assert_eq!(case.find().await, PortalView::Absent, "{name}");
        assert_eq!(
            case.submit(received, update).await,
            Reading::NotThere,
            "{name}"
        );
        assert_eq!(
            case.submit(received, create).await,
            Reading::Accepted,
            "{name}"
        );
        assert_eq!(
            case.submit(received, create).await,
            Reading::AlreadyThere,
            "{name}"
        );
        let processing = PortalStatus::Processing;
        assert_eq!(
            case.submit(processing, update).await,
            Reading::Accepted,
            "{name}"
        );
        assert_eq!(case.append().await, Reading::Accepted, "{name}");
        let PortalView::Present {
            status,
            steps,
            details,
        } = case.find().await
        else {
            panic!("{name}: the dossier is not there");
        };
        assert_eq!(status, Some(processing), "{name}");
        assert_eq!(
            steps.listed().unwrap()[0].content,
            "Thẩm định hồ sơ",
            "{name}"
        );
        assert_eq!(
            details.received,
            Some(Some(moment("2025-07-14T02:30:00Z"))),
            "{name}"
        );
        drop(case);
        mocks.shutdown().await;
    }
}
