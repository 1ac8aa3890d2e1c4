//! What is personal goes after its time; what happened stays.
//!
//! What a reader would get wrong: that no answer shows it any more is not enough. The store's
//! own files are searched for it, byte by byte.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use lienthong::clock::SystemClock;
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1::{DossierSync, SubmittedDocument, SyncState};
use lienthong_tests::callers::record;
use lienthong_tests::desk::plain;
use lienthong_tests::lives::{Event, Life};
use lienthong_tests::patience::eventually;
use lienthong_tests::relay::holds;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};

/// Words of the portal that no table knows, and that name a person.
const PORTAL_SAYS: &str = "Đã ghi hồ sơ của bà TRẦN THỊ MẪU THỬ vào sổ 0900000001";

/// What must be gone: whoever reads the file knows none of it.
fn personal() -> Vec<String> {
    let citizen = plain();
    vec![
        citizen.personal_number.unwrap(),
        citizen.full_name.clone(),
        "0900000001".to_owned(),
        "thu.nghiem@example.com".to_owned(),
        "00000000-1111-4222-8333-444444444444".to_owned(),
        "TRẦN THỊ MẪU THỬ".to_owned(),
        "Giấy xác nhận".to_owned(),
        "Trần Văn Mẫu".to_owned(),
    ]
}

/// Of what is personal, what the files of the store hold.
fn found(dir: &Path) -> Vec<String> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("outbox.sqlite") {
            bytes.extend(std::fs::read(&path).unwrap());
        }
    }
    assert!(holds(&bytes, b"SQLite format 3"), "no store");
    let mut found = personal();
    found.retain(|text| holds(&bytes, text.as_bytes()));
    found
}

/// A life with long texts, so that it does not fit on one page of the file.
fn long_life(stage: &Stage) -> Life {
    let mut life = Life::new(1, 3, stage.now());
    for event in &mut life.events {
        match event {
            Event::State(event) => {
                let dossier = event.dossier.as_mut().unwrap();
                dossier.summary = format!("{} ", plain().full_name).repeat(50);
                let papers = (1..20).map(|number| SubmittedDocument {
                    file_name: format!("{} {number}.pdf", plain().full_name),
                    ..dossier.documents[0].clone()
                });
                dossier.documents.extend(papers.collect::<Vec<_>>());
            }
            Event::Step(step) => {
                let step = step.step.as_mut().unwrap();
                let name = format!(" {}", plain().full_name);
                step.content += &name.repeat(100);
            }
        }
    }
    life
}

fn texts(sync: &DossierSync) -> Vec<&str> {
    let attempts = sync.timeline.iter().flat_map(|entry| &entry.attempts);
    attempts
        .map(|attempt| attempt.upstream_text.as_str())
        .filter(|text| !text.is_empty())
        .collect()
}

#[tokio::test]
async fn after_the_retention_nothing_personal_is_left_and_the_timeline_stays() {
    let clock = Arc::new(ManualClock::starting_at(SystemClock.now()));
    let settings = Settings::default()
        .impatient()
        .with("sync.retention", "24h");
    let mut stage = Stage::by_clock(settings, Arc::clone(&clock) as _)
        .await
        .unwrap();
    let says = FaultEffect::OtherWords {
        code: "7".into(),
        message: PORTAL_SAYS.to_owned(),
    };
    let fault = Fault::new(says).on("steps");
    stage.mocks().portal().script(fault).unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = long_life(&stage);
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    eventually("everything is accepted", async || {
        // Planned by the clock of the gateway, which stands still.
        clock.advance(SignedDuration::from_secs(1));
        let sync = vendor.dossier(&life.code).await?.sync.unwrap_or_default();
        Ok((sync.state() == SyncState::Accepted && sync.timeline.len() == 5).then_some(()))
    })
    .await
    .unwrap();
    let kept = vendor.dossier(&life.code).await.unwrap();
    assert!(kept.dossier.is_some());
    assert!(
        !texts(&kept.sync.unwrap()).is_empty(),
        "the portal's words are kept"
    );
    // Otherwise nothing would be shown by its absence.
    assert!(found(stage.dir()).len() >= 5, "{:?}", found(stage.dir()));

    clock.advance(SignedDuration::from_hours(25));
    // It looks at once when it starts, and every ten minutes from then on.
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let left = eventually("the dossier's data are gone", async || {
        let answer = vendor.dossier(&life.code).await?;
        Ok(answer.dossier.is_none().then_some(answer))
    })
    .await
    .unwrap();
    let sync = left.sync.unwrap();
    assert_eq!(
        (sync.state(), sync.timeline.len()),
        (SyncState::Accepted, 5)
    );
    assert_eq!(texts(&sync), Vec::<&str>::new());
    assert!(sync.timeline.iter().all(|entry| !entry.attempts.is_empty()));
    // Folded into the file when it stops, so that the log holds nothing either.
    stage.stop_gateway().await;
    assert_eq!(found(stage.dir()), Vec::<String>::new());
}

#[tokio::test]
async fn before_its_time_nothing_goes() {
    let settings = Settings::default().with("sync.retention", "24h");
    let mut stage = Stage::with(settings).await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 1, stage.now());
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let kept = vendor.dossier(&life.code).await.unwrap();
    assert!(kept.dossier.is_some());
}
