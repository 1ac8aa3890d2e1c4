//! `lienthong dossier watch`: each change of a dossier's sync state.
//!
//! What a reader would get wrong: the stream ends and begins anew while the dossier is
//! watched, so that the same state may come twice; it is shown once.

use lienthong_core::clock::Clock as _;
use lienthong_proto::v1;

use super::super::failure::Failure;
use super::super::print::{try_say, try_say_json};
use super::super::reopened::Reopened;
use super::super::target::{Output, Target};
use super::super::words::{at, cause, clean, state};
use super::super::{DONE, FAILED};
use crate::client::Client;
use crate::clock::SystemClock;
use crate::lang::Lang;

/// Watches until the user or the reader of our output ends it, the gateway stays away, or,
/// where that is asked for, until the portal has everything or a person is needed.
pub(super) async fn run(
    target: &Target,
    code: String,
    until_accepted: bool,
    lang: Lang,
) -> Result<u8, Failure> {
    let open = |client: Client| {
        let dossier_code = code.clone();
        let request = v1::WatchDossierRequest { dossier_code };
        async move { client.dossiers().watch_dossier(request).await }
    };
    let mut states = Reopened::begin(target, lang, open).await?;
    let mut shown = None;
    loop {
        let answer = tokio::select! {
            next = states.next() => next?,
            _ = tokio::signal::ctrl_c() => return Ok(DONE),
        };
        if shown.as_ref() == Some(&answer) {
            continue;
        }
        shown = Some(answer.clone());
        let is_read = match target.output {
            Output::Json => try_say_json("WatchDossierResponse", &answer)?,
            Output::Table => try_say(&line(&answer, SystemClock.now(), lang)),
        };
        let sync = answer.sync.unwrap_or_default();
        match sync.state() {
            v1::SyncState::Accepted if until_accepted => return Ok(DONE),
            v1::SyncState::Refused | v1::SyncState::Dead if until_accepted => return Ok(FAILED),
            _ if !is_read => return Ok(DONE),
            _ => {}
        }
    }
}

/// One change on one line: when it was seen, the state, how many events are there, and why
/// it is not at the portal yet.
fn line(answer: &v1::WatchDossierResponse, seen: jiff::Timestamp, lang: Lang) -> String {
    let empty = v1::DossierSync::default();
    let sync = answer.sync.as_ref().unwrap_or(&empty);
    let accepted = sync
        .timeline
        .iter()
        .filter(|entry| entry.state() == v1::SyncState::Accepted)
        .count();
    let mut text = format!(
        "{}  {}  {accepted}/{} {}",
        at(seen),
        state(sync.state(), lang),
        sync.revision,
        lang.pick("sự kiện", "events")
    );
    let head = sync
        .timeline
        .iter()
        .find(|entry| entry.state() != v1::SyncState::Accepted);
    let last = head.and_then(|entry| entry.attempts.last());
    if let Some(attempt) = last.filter(|attempt| attempt.cause() != v1::Cause::Unspecified) {
        text.push_str("  ");
        text.push_str(&cause(attempt.cause(), lang));
        let advice = lang.pick(&attempt.advice_vi, &attempt.advice_en);
        if !advice.is_empty() {
            text.push_str(": ");
            text.push_str(&clean(advice));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lienthong_proto::v1;

    use super::line;
    use crate::lang::Lang;

    #[test]
    fn a_change_is_one_line_with_the_cause_of_what_holds_it_up() {
        let attempt = v1::Attempt {
            cause: v1::Cause::UpstreamUnavailable.into(),
            advice_en: "It goes on by itself.".to_owned(),
            ..v1::Attempt::default()
        };
        let entry = |state: v1::SyncState, attempts| v1::TimelineEntry {
            state: state.into(),
            attempts,
            ..v1::TimelineEntry::default()
        };
        let answer = v1::WatchDossierResponse {
            sync: Some(v1::DossierSync {
                state: v1::SyncState::Waiting.into(),
                revision: 2,
                timeline: vec![
                    entry(v1::SyncState::Accepted, vec![]),
                    entry(v1::SyncState::Waiting, vec![attempt]),
                ],
                ..v1::DossierSync::default()
            }),
        };
        let seen = Timestamp::from_second(1_782_864_000).unwrap();
        assert_eq!(
            line(&answer, seen, Lang::En),
            "2026-07-01 07:00:00  WAITING  1/2 events  UPSTREAM_UNAVAILABLE: It goes on by itself."
        );
        let nothing = v1::WatchDossierResponse::default();
        assert_eq!(
            line(&nothing, seen, Lang::En),
            "2026-07-01 07:00:00  NOT_RECORDED  0/0 events"
        );
    }
}
