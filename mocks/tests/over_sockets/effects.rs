//! The proof that a test can read off the portal: what was done to each dossier, in order.

use lienthong_mocks::{EffectKind, Fault, FaultEffect, Mocks};
use serde_json::{Value, json};

use crate::caller::{
    DOSSIER, client, create, dossier, dossier_with, mocks, post, progress, session, step, try_post,
    update,
};

const CALL: &str = "/mapi/g";

fn later_step(day: u8) -> Value {
    let mut later = step();
    later["ThoiDiemXuLy"] = json!(format!("202507{day}101500"));
    later
}

fn kinds(mocks: &Mocks) -> Vec<EffectKind> {
    let effects = mocks.portal().effects_of(DOSSIER);
    effects.into_iter().map(|effect| effect.kind).collect()
}

fn script(mocks: &Mocks, operation: &str, effect: FaultEffect) {
    let fault = Fault::new(effect).on(operation);
    mocks.portal().script(fault).unwrap();
}

#[tokio::test]
async fn effects_are_numbered_in_order_and_repetitions_are_marked() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    let changed = dossier_with("TrangThaiHoSo", json!("4"));
    post(&mocks, CALL, &create(&session, &dossier())).await;
    post(&mocks, CALL, &create(&session, &dossier())).await;
    post(&mocks, CALL, &update(&session, &changed)).await;
    post(&mocks, CALL, &update(&session, &changed)).await;
    let steps = [later_step(20), later_step(15), later_step(20)];
    post(&mocks, CALL, &progress(&session, &steps)).await;
    let effects = mocks.portal().effects();
    let seen: Vec<_> = effects
        .iter()
        .map(|effect| (effect.sequence, effect.kind, effect.repeated))
        .collect();
    let expected = [
        (1, EffectKind::Created, false),
        (2, EffectKind::Updated, false),
        (3, EffectKind::Updated, true),
        (4, EffectKind::Step, false),
        (5, EffectKind::Step, false),
        (6, EffectKind::Step, true),
    ];
    assert_eq!(seen, expected);
    assert_eq!(effects[3].content.as_deref(), Some("Thẩm định hồ sơ"));
    assert_eq!(effects[3].moment.as_deref(), Some("20250720101500"));
    assert_eq!(effects[1].status.as_deref(), Some("4"));
    assert_eq!(mocks.portal().effects_after(4, 1), effects[4..5]);
    let counts = mocks.portal().counts();
    assert_eq!((counts.created, counts.refused_duplicates), (1, 1));
    assert_eq!((counts.updated, counts.repeated_updates), (2, 1));
    assert_eq!((counts.steps, counts.repeated_steps), (3, 1));
    assert_eq!(counts.backward_steps, 1);
}

#[tokio::test]
async fn what_was_done_outlives_what_is_forgotten() {
    let mocks = mocks().await;
    let before = session(&mocks).await;
    post(&mocks, CALL, &create(&before, &dossier())).await;
    mocks.portal().restart(true);
    let after = session(&mocks).await;
    let again = post(&mocks, CALL, &create(&after, &dossier())).await;
    assert!(again["message"].as_str().unwrap().contains("đã tồn tại"));
    mocks.portal().restart(false);
    let ended = post(&mocks, CALL, &create(&after, &dossier())).await;
    assert!(ended["message"].as_str().unwrap().contains("session"));
    let fresh = session(&mocks).await;
    post(&mocks, CALL, &create(&fresh, &dossier())).await;
    let expected = [
        EffectKind::Created,
        EffectKind::Forgotten,
        EffectKind::Created,
    ];
    assert_eq!(kinds(&mocks), expected);
    assert_eq!(mocks.portal().counts().recreated, 1);
}

#[tokio::test]
async fn the_portals_own_repetition_is_told_from_a_second_call() {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    script(&mocks, "create", FaultEffect::ApplyTwice);
    post(&mocks, CALL, &create(&session, &dossier())).await;
    script(&mocks, "steps", FaultEffect::ApplyTwice);
    post(&mocks, CALL, &progress(&session, &[step()])).await;
    let held = mocks.portal().dossier(DOSSIER).unwrap();
    assert_eq!((held.creates, held.steps.len()), (1, 2));
    let counts = mocks.portal().counts();
    assert_eq!(
        (counts.steps, counts.repeated_steps, counts.replayed),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn a_call_that_its_caller_gave_up_can_still_arrive() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    script(&mocks, "create", FaultEffect::LateEffect { ms: 1 });
    assert!(try_post(&mocks, CALL, &body).await.is_err());
    while mocks.portal().dossier(DOSSIER).is_none() {
        tokio::task::yield_now().await;
    }
    let effects = mocks.portal().effects();
    assert!(!effects[0].replayed, "it is that call's effect");
    assert_eq!(mocks.portal().counts().created, 1);
}

#[tokio::test]
async fn an_answer_given_twice_is_no_json_and_took_effect_once() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    script(&mocks, "create", FaultEffect::AnsweredTwice);
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert!(answer.json::<Value>().await.is_err());
    assert_eq!(kinds(&mocks), [EffectKind::Created]);
}

#[tokio::test]
async fn a_hang_before_the_effect_stores_nothing() {
    let mocks = mocks().await;
    let body = create(&session(&mocks).await, &dossier());
    script(&mocks, "create", FaultEffect::HangBeforeEffect);
    let url = format!("{}{CALL}", mocks.portal_url());
    let waiting = tokio::spawn(client().post(url).json(&body).send());
    while mocks.portal().journal().len() < 2 {
        tokio::task::yield_now().await;
    }
    mocks.portal().restart(true);
    assert!(waiting.await.unwrap().is_err());
    assert_eq!(mocks.portal().dossier_count(), 0);
}
