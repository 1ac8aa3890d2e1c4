use jiff::Timestamp;
use lienthong_core::clock::ManualClock;
use lienthong_core::dossier::ResultPaper;

use super::*;
use crate::portal::entry::samples::{dossier, text};

fn codes(table: &str, now: &str) -> Codes {
    let table = MappingTable::parse(table).unwrap();
    let now: Timestamp = now.parse().unwrap();
    Codes::new(Arc::new(table), Arc::new(ManualClock::starting_at(now)))
}

fn entry(kind: &str, local: &str, national: &str) -> String {
    format!(
        "[[entries]]\nkind = \"{kind}\"\nlocal = \"{local}\"\nnational = \"{national}\"\n\
         valid_from = \"2026-01-01\"\n"
    )
}

#[test]
fn every_code_but_the_number_is_translated() {
    let table = [
        "catalogue = \"2026-07-01\"\n".to_owned(),
        entry("procedure", "1.004222", "1.004223"),
        entry("field", "G01-CA05", "G01-CA06"),
        entry(
            "component",
            "000.00.00.G01-KQ000001",
            "000.00.00.G01-KQ000002",
        ),
        entry("result", "KQ.G07.000122", "KQ.G07.000123"),
        entry("agency", "H22.12", "H22.13"),
    ];
    let codes = codes(&table.concat(), "2026-07-02T00:00:00Z");
    let mut local = dossier();
    local.documents[0].replaced_by_result = Some("KQ.G07.000122".parse().unwrap());
    local.results = vec![ResultPaper {
        name: text("Thông báo"),
        component: Some("000.00.00.G01-KQ000001".parse().unwrap()),
        id: None,
        result: Some("KQ.G07.000122".parse().unwrap()),
        url: None,
    }];
    let sent = codes.of_dossier(&local).unwrap();
    assert_eq!(sent.procedure.as_str(), "1.004223");
    assert_eq!(sent.field.as_str(), "G01-CA06");
    let (document, result) = (&sent.documents[0], &sent.results[0]);
    assert_eq!(document.component.as_str(), "000.00.00.G01-KQ000002");
    let replaced = document.replaced_by_result.as_ref().unwrap();
    assert_eq!(replaced.as_str(), "KQ.G07.000123");
    let component = result.component.as_ref().unwrap();
    assert_eq!(component.as_str(), "000.00.00.G01-KQ000002");
    assert_eq!(result.result.as_ref().unwrap().as_str(), "KQ.G07.000123");
    assert_eq!(sent.number, local.number);
    let unit = codes.of_agency(local.number.agency()).unwrap();
    assert_eq!(unit.as_str(), "H22.13");
}

#[test]
fn the_day_that_counts_is_today_in_viet_nam() {
    let table = format!(
        "catalogue = \"2026-07-01\"\n{}",
        entry("procedure", "1.004222", "1.004223")
    );
    for (now, code) in [
        ("2025-12-31T16:59:59Z", "1.004222"),
        ("2025-12-31T17:00:00Z", "1.004223"),
    ] {
        let local = dossier();
        let sent = codes(&table, now).of_dossier(&local).unwrap().into_owned();
        assert_eq!(sent.procedure.as_str(), code, "{now}");
    }
}

#[test]
fn a_code_without_a_counterpart_is_named_and_nothing_is_made_up() {
    for (kind, code) in [
        (CodeKind::Procedure, "1.004222"),
        (CodeKind::Field, "G01-CA05"),
        (CodeKind::Component, "000.00.00.G01-KQ000001"),
    ] {
        let table = format!(
            "catalogue = \"2026-07-01\"\ncomplete = [\"{}\"]\n",
            kind.name()
        );
        let codes = codes(&table, "2026-07-02T00:00:00Z");
        let error = codes.of_dossier(&dossier()).unwrap_err();
        let missing = PortalError::MappingMissing {
            kind,
            code: code.to_owned(),
        };
        assert_eq!(error, missing);
        assert_eq!(error.upstream_code(), format!("{} {code}", kind.name()));
    }
    let agencies = "catalogue = \"2026-07-01\"\ncomplete = [\"agency\"]\n";
    let codes = codes(agencies, "2026-07-02T00:00:00Z");
    // No field of every profile carries an agency's code.
    assert!(codes.of_dossier(&dossier()).is_ok());
    assert!(codes.of_agency(dossier().number.agency()).is_err());
}
