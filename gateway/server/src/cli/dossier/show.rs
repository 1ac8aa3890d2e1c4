//! `lienthong dossier show`: what is recorded of a dossier and what became of it.
//!
//! What a reader would get wrong: the table holds nothing about the person; the JSON is the
//! whole answer, and there the person is.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{cause, clean, moment, or_dash, outcome, portal_status, state};
use crate::client::call;
use crate::lang::Lang;

/// Attempts shown of each event that is not accepted.
const ATTEMPTS: usize = 5;

/// Shows one dossier.
pub(super) async fn run(target: &Target, code: String, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = v1::GetDossierRequest { dossier_code: code };
    let answer = client
        .dossiers()
        .get_dossier(call(request))
        .await?
        .into_inner();
    match target.output {
        Output::Json => say_json("GetDossierResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

/// The dossier for people, without what is personal.
fn sheet(answer: &v1::GetDossierResponse, lang: Lang) -> String {
    let empty = v1::DossierSync::default();
    let sync = answer.sync.as_ref().unwrap_or(&empty);
    let mut lines = heading(answer, sync, lang);
    lines.push(String::new());
    lines.push(timeline(sync, lang));
    let behind = sync
        .timeline
        .iter()
        .filter(|entry| entry.state() != v1::SyncState::Accepted && !entry.attempts.is_empty());
    for entry in behind {
        lines.push(String::new());
        lines.push(attempts(entry, lang));
    }
    lines.join("\n")
}

fn heading(answer: &v1::GetDossierResponse, sync: &v1::DossierSync, lang: Lang) -> Vec<String> {
    let line = |vi, en, what: String| format!("{:<22}{what}", lang.pick(vi, en));
    let mut lines = vec![line("Mã hồ sơ", "Dossier", clean(&sync.dossier_code))];
    if let Some(dossier) = &answer.dossier {
        lines.push(line(
            "Mã thủ tục",
            "Procedure",
            clean(&dossier.procedure_code),
        ));
        lines.push(line(
            "Trạng thái hồ sơ",
            "Status",
            portal_status(dossier.status(), lang),
        ));
    }
    if !sync.portal_reference.is_empty() {
        let reference = clean(&sync.portal_reference);
        lines.push(line("Mã do Cổng cấp", "Portal's number", reference));
    }
    lines.push(line("Đồng bộ", "Sync", state(sync.state(), lang)));
    lines.push(line(
        "Số sự kiện",
        "Events recorded",
        sync.revision.to_string(),
    ));
    lines.push(line(
        "Cổng nhận lần cuối",
        "Last accepted",
        moment(sync.last_accepted_at.as_ref()),
    ));
    lines
}

fn timeline(sync: &v1::DossierSync, lang: Lang) -> String {
    let mut table = Table::new([
        "#",
        lang.pick("sự kiện", "event"),
        lang.pick("trạng thái hồ sơ", "status"),
        lang.pick("đồng bộ", "sync"),
        lang.pick("ghi nhận lúc", "recorded"),
        lang.pick("lần gửi", "attempts"),
        lang.pick("gửi tiếp lúc", "next attempt"),
    ]);
    for entry in &sync.timeline {
        table.row(&[
            entry.revision.to_string(),
            kind(entry.kind(), lang).to_owned(),
            portal_status(entry.status(), lang),
            state(entry.state(), lang),
            moment(entry.accepted_at.as_ref()),
            entry
                .attempts
                .last()
                .map_or(0, |attempt| attempt.number)
                .to_string(),
            moment(entry.next_attempt_at.as_ref()),
        ]);
    }
    table.to_string()
}

fn kind(kind: v1::timeline_entry::Kind, lang: Lang) -> &'static str {
    match kind {
        v1::timeline_entry::Kind::Unspecified => "-",
        v1::timeline_entry::Kind::DossierState => lang.pick("hồ sơ", "state"),
        v1::timeline_entry::Kind::ProcessingStep => lang.pick("bước xử lý", "step"),
    }
}

/// The latest attempts of an event, and what to do about the last.
fn attempts(entry: &v1::TimelineEntry, lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("lần", "try"),
        lang.pick("lúc", "at"),
        lang.pick("kết quả", "outcome"),
        lang.pick("nguyên nhân", "cause"),
        lang.pick("mã của cổng", "portal code"),
        lang.pick("cổng trả lời", "portal's text"),
    ]);
    let skipped = entry.attempts.len().saturating_sub(ATTEMPTS);
    for attempt in &entry.attempts[skipped..] {
        table.row(&[
            attempt.number.to_string(),
            moment(attempt.started_at.as_ref()),
            outcome(attempt.outcome(), lang),
            cause(attempt.cause(), lang),
            or_dash(&attempt.upstream_code),
            or_dash(&attempt.upstream_text),
        ]);
    }
    let mut text = format!(
        "{} {}\n{table}",
        lang.pick("Sự kiện", "Event"),
        entry.revision
    );
    let advice = entry
        .attempts
        .last()
        .map(|attempt| lang.pick(&attempt.advice_vi, &attempt.advice_en));
    if let Some(advice) = advice.filter(|advice| !advice.is_empty()) {
        text.push_str("\n→ ");
        text.push_str(&clean(advice));
    }
    text
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::sheet;
    use crate::lang::Lang;

    fn at(seconds: i64) -> prost_types::Timestamp {
        prost_types::Timestamp {
            seconds: 1_782_864_000 + seconds,
            nanos: 0,
        }
    }

    fn entry(revision: i64, state: v1::SyncState) -> v1::TimelineEntry {
        v1::TimelineEntry {
            event_id: format!("event-{revision}"),
            kind: v1::timeline_entry::Kind::DossierState.into(),
            accepted_at: Some(at(revision)),
            state: state.into(),
            revision,
            status: v1::PortalStatus::Received.into(),
            ..v1::TimelineEntry::default()
        }
    }

    fn refused() -> v1::GetDossierResponse {
        let attempt = v1::Attempt {
            number: 3,
            started_at: Some(at(60)),
            outcome: v1::attempt::Outcome::RefusedByPortal.into(),
            cause: v1::Cause::FieldRejected.into(),
            upstream_code: "-1".to_owned(),
            upstream_text: "Thiếu trường\u{1b}[31m bắt buộc".to_owned(),
            advice_vi: "Sửa trường bị từ chối.".to_owned(),
            advice_en: "Correct the refused field.".to_owned(),
            ..v1::Attempt::default()
        };
        let mut second = entry(2, v1::SyncState::Refused);
        second.attempts = vec![attempt];
        let mut third = entry(3, v1::SyncState::Blocked);
        third.kind = v1::timeline_entry::Kind::ProcessingStep.into();
        v1::GetDossierResponse {
            dossier: Some(v1::Dossier {
                procedure_code: "1.004222".to_owned(),
                status: v1::PortalStatus::Received.into(),
                owner: Some(v1::Owner {
                    full_name: "Nguyễn Thử Nghiệm".to_owned(),
                    phone: "0900000001".to_owned(),
                    ..v1::Owner::default()
                }),
                summary: "Về việc của Nguyễn Thử Nghiệm".to_owned(),
                ..v1::Dossier::default()
            }),
            sync: Some(v1::DossierSync {
                state: v1::SyncState::Refused.into(),
                revision: 3,
                last_accepted_at: Some(at(30)),
                timeline: vec![entry(1, v1::SyncState::Accepted), second, third],
                dossier_code: "000.00.00.H00-260701-0001".to_owned(),
                portal_reference: String::new(),
            }),
        }
    }

    #[test]
    fn a_refused_dossier_shows_why_and_what_to_do_and_no_person() {
        let shown = sheet(&refused(), Lang::Vi);
        assert!(
            !shown.contains("Nghiệm") && !shown.contains("0900"),
            "{shown}"
        );
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_number_that_the_portal_issued_is_shown() {
        let mut answer = refused();
        assert!(!sheet(&answer, Lang::En).contains("number"));
        answer.sync.as_mut().unwrap().portal_reference = "H99-P4-7".to_owned();
        let shown = sheet(&answer, Lang::En);
        assert!(shown.contains("Portal's number       H99-P4-7"), "{shown}");
    }

    #[test]
    fn english_is_spoken_on_request() {
        insta::assert_snapshot!(sheet(&refused(), Lang::En));
    }
}
