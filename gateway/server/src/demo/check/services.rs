//! Proofs about the 25 essential services of the invented province.
//!
//! What a reader would get wrong: the gateway does not know the plan by which the year was
//! made. What it finds by itself is held against that plan, and nothing may be left over.

use std::collections::BTreeSet;

use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;
use lienthong_proto::v1::export_report_response::Part;
use lienthong_proto::v1::{ReportFormat, ReportKind};

use super::{Broken, expect};
use crate::demo::messages::OFFICER;
use crate::demo::province::{PROVINCE, Spot};
use crate::demo::world::{World, WorldError};

/// Reports of these forms are made, with the ends of their file names.
const FORMS: [(ReportFormat, &str); 4] = [
    (ReportFormat::Html, "html"),
    (ReportFormat::Xlsx, "xlsx"),
    (ReportFormat::Csv, "csv"),
    (ReportFormat::Json, "json"),
];

/// Every planted contradiction is found, and no other.
pub(super) async fn a_year(world: &World) -> Result<String, Broken> {
    let plan = world.province()?.plan();
    let plan = plan.map_err(|error| WorldError::Year(error.into()))?;
    let named = |(service, criterion): &Spot| (i32::from(service.get()), criterion.id());
    let planted: BTreeSet<(i32, String)> =
        plan.spots().into_iter().map(|spot| named(&spot)).collect();
    let request = v1::CheckServicesRequest {
        window: Some(window(world)?),
        ..v1::CheckServicesRequest::default()
    };
    let mut services = world.vendor().await?.services;
    let answer = services.check_services(request).await?.into_inner();
    let (mut answered, mut found) = (BTreeSet::new(), BTreeSet::new());
    for check in &answer.checks {
        let number = check.service.as_ref().map_or(0, |service| service.number);
        let findings = check.findings.iter();
        let told = findings.clone();
        answered.extend(told.map(|finding| (number, finding.criterion_id.clone())));
        let wrong = findings.filter(|finding| finding.verdict() == Verdict::Contradicted);
        found.extend(wrong.map(|finding| (number, finding.criterion_id.clone())));
    }
    expect(&planted, &found)?;
    let seen: i64 = answer.checks.iter().map(|check| check.dossiers_seen).sum();
    let near: BTreeSet<(i32, String)> = plan.near.keys().map(named).collect();
    let quiet: BTreeSet<_> = near.difference(&planted).cloned().collect();
    let judged = quiet.intersection(&answered).count();
    expect(&quiet.len(), &judged)?;
    let fired = quiet.intersection(&found).count();
    Ok(format!(
        "{seen} dossiers: {} planted = {} CONTRADICTED; {judged} near misses, {fired} CONTRADICTED",
        planted.len(),
        found.len(),
    ))
}

/// The board is made twice in every form, the same to the byte, and kept in the folder.
pub(super) async fn a_report(world: &World) -> Result<String, Broken> {
    let mut told = Vec::new();
    let mut hashes = BTreeSet::new();
    for (format, end) in FORMS {
        let (description, file) = export(world, format).await?;
        let (_, again) = export(world, format).await?;
        expect(&true, &(!file.is_empty() && file == again))?;
        hashes.insert(description.content_sha256);
        let path = world.dir().join(format!("board.{end}"));
        std::fs::write(&path, &file).map_err(|source| WorldError::File { path, source })?;
        told.push(format!("board.{end} {} kB", file.len().div_ceil(1000)));
    }
    expect(&1, &hashes.len())?;
    let hash = hashes.into_iter().next().unwrap_or_default();
    Ok(format!("{}; SHA-256 {hash}", told.join(", ")))
}

async fn export(
    world: &World,
    format: ReportFormat,
) -> Result<(v1::ReportDescription, Vec<u8>), Broken> {
    let request = v1::ExportReportRequest {
        format: format.into(),
        kind: ReportKind::Board.into(),
        window: Some(window(world)?),
        ..v1::ExportReportRequest::default()
    };
    let mut services = world.vendor().await?.services;
    let mut parts = services.export_report(request).await?.into_inner();
    let (mut description, mut file) = (v1::ReportDescription::default(), Vec::new());
    while let Some(part) = parts.message().await? {
        match part.part {
            Some(Part::Description(told)) => description = told,
            Some(Part::Chunk(bytes)) => file.extend(bytes),
            None => {}
        }
    }
    Ok((description, file))
}

/// A file with two good pieces and two bad ones: every reason is told, and nothing is kept.
pub(super) async fn a_preview(world: &World) -> Result<String, Broken> {
    let mut services = world.vendor().await?.services;
    let before = pieces(world).await?;
    let good = piece("a", "9101/QĐ-UBND", "2026-02-27");
    let another = piece("b", "9102/QĐ-UBND", "2026-02-28");
    let no_such_day = piece("c", "9103/QĐ-UBND", "30/02/2026");
    let mut too_much = piece("d", "9104/QĐ-UBND", "2026-03-02");
    if let Some(evidence) = &mut too_much.evidence {
        let target = ("online_target".to_owned(), "120%".to_owned());
        evidence.statements.extend([target]);
    }
    let request = v1::ImportEvidenceRequest {
        pieces: vec![good, another, no_such_day, too_much],
        operator_id: OFFICER.to_owned(),
        preview: true,
    };
    let answer = services.import_evidence(request).await?.into_inner();
    let refused =
        |result: &v1::ImportedEvidenceResult| result.remarks.iter().any(|remark| remark.refuses);
    let verdicts: Vec<bool> = answer.results.iter().map(refused).collect();
    expect(&vec![false, false, true, true], &verdicts)?;
    expect(&false, &answer.recorded)?;
    expect(&before, &pieces(world).await?)?;
    let remarks = answer.results.iter().flat_map(|result| &result.remarks);
    let told = remarks
        .filter(|remark| remark.refuses)
        .map(|remark| remark.text_vi.as_str());
    Ok(told.collect::<Vec<_>>().join("; "))
}

fn piece(name: &str, symbol: &str, issued_on: &str) -> v1::ImportedEvidence {
    v1::ImportedEvidence {
        event_id: format!("demo-check/{name}"),
        evidence: Some(v1::Evidence {
            evidence_id: name.to_owned(),
            class: v1::evidence::Class::OptionDecision.into(),
            service_numbers: vec![21],
            symbol: symbol.to_owned(),
            title: "Giả lập: quyết định phê duyệt phương án".to_owned(),
            issuer: "Ủy ban nhân dân tỉnh (giả lập)".to_owned(),
            issuer_code: PROVINCE.to_owned(),
            issued_on: issued_on.to_owned(),
            sha256: "ab".repeat(32),
            ..v1::Evidence::default()
        }),
    }
}

/// How many pieces the register holds, as far as one page tells.
async fn pieces(world: &World) -> Result<usize, Broken> {
    let request = v1::ListEvidenceRequest {
        include_invalid: true,
        page_size: 500,
        ..v1::ListEvidenceRequest::default()
    };
    let mut services = world.vendor().await?.services;
    let answer = services.list_evidence(request).await?.into_inner();
    Ok(answer.evidence.len())
}

/// The invented year.
fn window(world: &World) -> Result<v1::ObservationWindow, Broken> {
    let window = world.province()?.window();
    Ok(v1::ObservationWindow {
        first_day: window.first().to_string(),
        last_day: window.last().to_string(),
    })
}
