//! The board as a file, in every form, and the same to the byte when it is made twice.

use anyhow::{Context as _, Result};
use lienthong_proto::v1;
use lienthong_proto::v1::export_report_response::Part;
use lienthong_tests::stage::Stage;

use super::ground::{month, received, seen, sent_back_twice, stage};

async fn export(
    stage: &Stage,
    request: v1::ExportReportRequest,
) -> Result<(v1::ReportDescription, Vec<u8>)> {
    let mut vendor = stage.plain_vendor().await?;
    let mut parts = vendor.services.export_report(request).await?.into_inner();
    let first = parts.message().await?.and_then(|it| it.part);
    let Some(Part::Description(description)) = first else {
        anyhow::bail!("it does not begin with what it is: {first:?}");
    };
    let mut file = Vec::new();
    while let Some(part) = parts.message().await? {
        match part.part.context("an empty part")? {
            Part::Chunk(chunk) => file.extend(chunk),
            Part::Description(_) => anyhow::bail!("it is described twice"),
        }
    }
    Ok((description, file))
}

#[tokio::test]
async fn the_board_comes_in_every_form_and_twice_the_same() {
    let stage = stage().await;
    received(&stage, 1..8, 40).await;
    sent_back_twice(&stage, 9, 40).await;
    seen(&stage, 8).await;
    let window = month(&stage);
    // Days that are over: what is asked about them does not change.
    let yesterday: jiff::civil::Date = window.last_day.parse().unwrap();
    let window = v1::ObservationWindow {
        last_day: yesterday.yesterday().unwrap().to_string(),
        ..window
    };
    for (form, begins) in [
        (v1::ReportFormat::Csv, "\u{feff}".as_bytes()),
        (v1::ReportFormat::Xlsx, b"PK".as_slice()),
        (v1::ReportFormat::Html, b"<!DOCTYPE html>".as_slice()),
        (v1::ReportFormat::Json, b"{".as_slice()),
    ] {
        for language in ["vi", "en"] {
            let request = || v1::ExportReportRequest {
                format: form.into(),
                window: Some(window.clone()),
                language: language.to_owned(),
                ..v1::ExportReportRequest::default()
            };
            let (description, file) = export(&stage, request()).await.unwrap();
            let (again, twice) = export(&stage, request()).await.unwrap();
            assert_eq!(description, again, "{form:?} {language}");
            assert!(
                file == twice,
                "{form:?} {language} is another the second time"
            );
            let start = &file[..begins.len().min(file.len())];
            let same = start.eq_ignore_ascii_case(begins);
            assert!(same, "{form:?} begins with {start:?}");
            assert_eq!(description.content_sha256.len(), 64);
            assert!(!description.file_name.is_empty());
        }
    }
}

#[tokio::test]
async fn a_report_that_nobody_can_mean_is_refused() {
    let stage = stage().await;
    let request = v1::ExportReportRequest {
        language: "fr".to_owned(),
        numbers: vec![77],
        ..v1::ExportReportRequest::default()
    };
    let refused = export(&stage, request).await.unwrap_err();
    let status = refused.downcast_ref::<tonic::Status>().unwrap();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
}
