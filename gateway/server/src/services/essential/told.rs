//! What is told of reports and evidence: to whom which officers did it, and a file in parts.
//!
//! What a reader would get wrong: who records may see who recorded; everybody else sees that it
//! was done, and when.

use bytes::Bytes;
use lienthong_proto::v1;
use tonic::Status;

/// Bytes of a file in one message.
const CHUNK: usize = 64 << 10;

/// Leaves out who approved, published or withdrew: an officer's code can be the officer's own
/// personal number (population.md 2.1).
pub(super) fn hide_officers<'r>(reports: impl IntoIterator<Item = &'r mut v1::KeptReport>) {
    for act in reports.into_iter().flat_map(|report| &mut report.acts) {
        act.operator_id.clear();
    }
}

/// Leaves out who compared pieces with their originals.
pub(super) fn hide_comparers(answer: &mut v1::ListEvidenceResponse) {
    for piece in answer.evidence.iter_mut().flat_map(|it| &mut it.evidence) {
        piece.checked_by.clear();
    }
}

/// A file as the parts of a stream: what it is, then its bytes. Nothing is copied, and a part
/// is made when it is asked for.
pub(super) fn parts(
    description: v1::ReportDescription,
    file: Vec<u8>,
) -> impl Iterator<Item = Result<v1::ExportReportResponse, Status>> + Send {
    use v1::export_report_response::Part;
    let part = |part| Ok(v1::ExportReportResponse { part: Some(part) });
    let file = Bytes::from(file);
    let chunks = (0..file.len()).step_by(CHUNK).map(move |at| {
        let end = file.len().min(at.saturating_add(CHUNK));
        part(Part::Chunk(file.slice(at..end)))
    });
    std::iter::once(part(Part::Description(description))).chain(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use v1::export_report_response::Part;

    #[test]
    fn who_may_not_record_is_not_told_which_officers_did() {
        let act = v1::ReportAct {
            operator_id: "000234567890".to_owned(),
            client: "igate".to_owned(),
            ..v1::ReportAct::default()
        };
        let mut report = Some(v1::KeptReport {
            acts: vec![act.clone(), act],
            ..v1::KeptReport::default()
        });
        hide_officers(&mut report);
        for act in report.unwrap().acts {
            assert_eq!(
                (act.operator_id.as_str(), act.client.as_str()),
                ("", "igate")
            );
        }
        let piece = v1::Evidence {
            title: "Quyết định".to_owned(),
            checked_by: "Trần Thị Mẫu Thử".to_owned(),
            ..v1::Evidence::default()
        };
        let judged = v1::JudgedEvidence {
            evidence: Some(piece),
            ..v1::JudgedEvidence::default()
        };
        let mut answer = v1::ListEvidenceResponse {
            evidence: vec![judged],
            ..v1::ListEvidenceResponse::default()
        };
        hide_comparers(&mut answer);
        let piece = answer.evidence[0].evidence.as_ref().unwrap();
        assert_eq!(
            (piece.title.as_str(), piece.checked_by.as_str()),
            ("Quyết định", "")
        );
    }

    #[test]
    fn a_file_comes_in_parts_behind_its_description_and_whole() {
        let file: Vec<u8> = (0..=255).cycle().take(CHUNK + 7).collect();
        let description = v1::ReportDescription {
            file_name: "board.csv".to_owned(),
            ..v1::ReportDescription::default()
        };
        let mut told = Vec::new();
        for (place, part) in parts(description, file.clone()).enumerate() {
            match part.unwrap().part.unwrap() {
                Part::Description(description) => {
                    assert_eq!((place, description.file_name.as_str()), (0, "board.csv"));
                }
                Part::Chunk(chunk) => told.extend(chunk),
            }
        }
        assert_eq!(told, file);
    }
}
