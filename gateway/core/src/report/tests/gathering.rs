//! What is gathered from dossiers.

use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;

use super::samples::{Province, at, done, dossier, drawn, gathering, rows, service, unit, waiting};
use crate::dossier::{Channel, OnlinePayment, OwnerKind, Reuse};
use crate::lateness::{LateReading, RateKind, Tally};
use crate::observation::{DossierFacts, PaperFact, Pause, PauseReason, ResultFact};
use crate::procedure::ComponentCode;
use crate::report::{Cell, Counts, ReportKind};

const BIRTH: &str = "1.001193";

fn paper(digitised: bool) -> PaperFact {
    PaperFact {
        component: ComponentCode::parse("000.00.00.G15-KQ004389").unwrap(),
        digitised,
        reuse: Reuse::None,
        from_store: false,
        replaced_by: None,
        file: 0,
    }
}

/// One done with everything, one in hand and overdue, one done late with an apology.
fn three() -> [DossierFacts; 3] {
    let day = date(2026, 10, 5);
    let mut first = done(dossier("H60.201", BIRTH, day, 1), -24);
    first.vneid = true;
    first.lookups.matched = 1;
    first.papers = vec![paper(true)];
    first.results = vec![ResultFact {
        code: None,
        has_file: true,
    }];
    first.fee = 50_000;
    first.payment = OnlinePayment::NationalPortal;
    let mut second = dossier("H60.202", BIRTH, day, 2);
    second.channel = Channel::Direct;
    second.owner = OwnerKind::Enterprise;
    second.fee = 10_000;
    second.papers = vec![paper(false), paper(false)];
    let mut third = done(dossier("H60.202", "1.009999", day, 3), 30);
    third.channel = Channel::Postal;
    third.apologised_at = third.due;
    [first, second, third]
}

#[test]
fn each_dossier_is_counted_where_it_belongs() {
    let province = Province::new().looking(&three());
    let all = province.gathering.all();
    assert_eq!(
        (all.received, all.online, all.direct, all.postal),
        (3, 1, 1, 1)
    );
    assert_eq!(
        (all.citizens, all.looked_up, all.population_used),
        (2, 1, 1)
    );
    assert_eq!((all.fee_due, all.paid_online, all.online_vneid), (2, 1, 1));
    assert_eq!((all.completed, all.ended), (2, 2));
    let digitised = (
        all.digitised_dossiers,
        all.digitised_results,
        all.digitised_both,
    );
    assert_eq!(digitised, (1, 1, 1));
    assert_eq!((all.late(), all.apologised, all.unapologised), (2, 1, 1));
    assert_eq!(
        all.tally,
        Tally {
            finished_in_time: 1,
            finished_late: 1,
            open_overdue: 1,
            ..Tally::default()
        }
    );
    let of_service = province.gathering.service(service(9)).unwrap();
    assert_eq!((of_service.received, of_service.late()), (2, 1));
    let units: Vec<_> = province
        .gathering
        .units()
        .map(|(code, counts)| (code.as_str(), counts.received))
        .collect();
    assert_eq!(units, [("H60.201", 1), ("H60.202", 2)]);
    let procedures: Vec<_> = province
        .gathering
        .procedures()
        .map(|(code, counts)| (code, counts.received))
        .collect();
    assert_eq!(procedures, [(BIRTH, 2), ("1.009999", 1)]);
}

#[test]
fn a_dossier_of_september_counts_in_hand_and_not_as_received() {
    let open = dossier("H60.201", BIRTH, date(2026, 9, 10), 1);
    let over = done(dossier("H60.201", BIRTH, date(2026, 9, 1), 2), 0);
    let province = Province::new().looking(&[open, over]);
    let all = province.gathering.all();
    assert_eq!((all.received, all.tally.open_overdue), (0, 1));
    assert_eq!(all.tally.received_and_handled(), 1);
}

#[test]
fn what_came_after_the_window_has_not_happened() {
    let later = dossier("H60.201", BIRTH, date(2026, 11, 2), 1);
    let mut open = dossier("H60.201", BIRTH, date(2026, 10, 5), 2);
    open.processed = Some(at(date(2026, 11, 3), 9));
    open.apologised_at = open.processed;
    open.lookups.matched = 1;
    open.lookups.first_matched_at = open.processed;
    let province = Province::new().looking(&[later, open]);
    let all = province.gathering.all();
    assert_eq!((all.received, all.looked_up, all.completed), (1, 0, 0));
    assert_eq!((all.tally.open_overdue, all.unapologised), (1, 1));
}

#[test]
fn both_readings_of_a_second_request_are_counted() {
    let day = date(2026, 10, 5);
    let mut twice = dossier("H60.201", BIRTH, day, 1);
    twice.pauses = vec![
        waiting(at(day, 9), Some(at(day, 10))),
        waiting(at(day, 11), Some(at(day, 12))),
    ];
    let twice = done(twice, -24);
    let province = Province::new().looking(&[twice]);
    let all = province.gathering.all();
    assert_eq!((all.supplemented, all.supplemented_again), (1, 1));
    assert_eq!(all.tally.rate(RateKind::Finished).share.to_string(), "0/1");
    assert_eq!(
        all.tally_other.rate(RateKind::Finished).share.to_string(),
        "1/1"
    );
}

#[test]
fn the_list_of_late_dossiers_without_apology_is_worked_out_by_hand() {
    let day = date(2026, 10, 5);
    // Due on 15/10 at 8:00: three hours late is one day, 25 hours are two.
    let hours = done(dossier("H60.202", BIRTH, day, 1), 3);
    let days = done(dossier("H60.201", BIRTH, day, 2), 25);
    let mut sorry = done(dossier("H60.201", BIRTH, day, 3), 25);
    sorry.apologised_at = sorry.due;
    // Open since: from 15/10 8:00 to the end of October are 16 days and 16 hours.
    let open = dossier("H60.201", "1.009999", day, 4);
    let mut waits = dossier("H60.201", BIRTH, date(2026, 10, 26), 5);
    waits.pauses = vec![
        waiting(at(date(2026, 10, 26), 9), Some(at(date(2026, 10, 26), 10))),
        waiting(at(date(2026, 10, 27), 9), None),
    ];
    let province = Province::new().looking(&[waits, hours, open, days, sorry]);
    let report = province.report(ReportKind::Unapologised);
    insta::assert_snapshot!(drawn(&report, &["dossiers"]), @r"
    Hồ sơ quá hạn chưa có văn bản xin lỗi, tháng 10/2026
    thấy 5, độ bao phủ
    # dossiers: Các hồ sơ
    Mã hồ sơ | Mã đơn vị | Đơn vị | Mã thủ tục | Dịch vụ thiết yếu | Ngày hẹn trả | Số ngày trễ | Tình trạng | Căn cứ (chỉ số 2.1)
    H60.201-261005-0002 | H60.201 | UBND xã Thử Một | 1.001193 | 9 | 2026-10-15 | 2 | đã giải quyết trễ hạn | điểm 2: kết thúc sau ngày hẹn trả
    H60.201-261005-0004 | H60.201 | UBND xã Thử Một | 1.009999 |  | 2026-10-15 | 17 | đang giải quyết, quá hạn | điểm 5: quá ngày hẹn trả
    H60.202-261005-0001 | H60.202 |  | 1.001193 | 9 | 2026-10-15 | 1 | đã giải quyết trễ hạn | điểm 2: kết thúc sau ngày hẹn trả
    * Danh sách để xử lý trong cơ quan, không công khai; chỉ có mã hồ sơ, không có thông tin người dân. Số ngày trễ là ngày lịch, phần lẻ tính tròn một ngày, đã trừ thời gian chờ bổ sung.
    ");
}

#[test]
fn a_list_that_is_too_long_keeps_those_that_are_late_longest_and_says_so() {
    let day = date(2026, 10, 5);
    let dossiers: Vec<_> = (1..=5_u32)
        .map(|index| {
            let days = i64::from(index % 3);
            done(dossier("H60.201", BIRTH, day, index), 24 * days + 1)
        })
        .collect();
    let mut province = Province::new();
    province.rules.most_rows = 3;
    province.gathering = gathering(
        province.window,
        province.as_of,
        &province.services,
        &province.rules,
    );
    let mut backward = province.gathering.clone();
    let province = province.looking(&dossiers);
    let report = province.report(ReportKind::Unapologised);
    let days: Vec<&Cell> = rows(&report, "dossiers").iter().map(|it| &it[6]).collect();
    assert_eq!(days, [&Cell::Count(2), &Cell::Count(3), &Cell::Count(3)]);
    let remarks = &report.sections[0].remarks;
    let told = remarks
        .iter()
        .any(|it| it.starts_with("Còn 2 hồ sơ không nêu"));
    assert!(told, "{remarks:?}");
    // In whatever order the dossiers come, the same are kept.
    dossiers.iter().rev().for_each(|facts| backward.look(facts));
    assert_eq!(backward.unapologised(), province.gathering.unapologised());
}

#[test]
fn a_table_without_room_for_all_its_rows_says_how_many_are_left_out() {
    let day = date(2026, 10, 5);
    let dossiers: Vec<_> = (1..=4_u32)
        .map(|index| done(dossier(&format!("H60.20{index}"), BIRTH, day, index), 3))
        .collect();
    let mut province = Province::new().looking(&dossiers);
    province.rules.most_rows = 2;
    let report = province.report(ReportKind::LateUnits);
    // Four units and the sum of all.
    assert_eq!(rows(&report, "units").len(), 2);
    let remarks = &report.sections[0].remarks;
    let told = remarks
        .iter()
        .any(|it| it.starts_with("Còn 3 dòng không nêu"));
    assert!(told, "{remarks:?}");
}

#[test]
fn units_are_those_of_the_dossiers() {
    let facts = dossier("H60.203", BIRTH, date(2026, 10, 5), 1);
    let province = Province::new().looking(std::slice::from_ref(&facts));
    let (code, _) = province.gathering.units().next().unwrap();
    assert_eq!(*code, unit("H60.203"));
}

/// Rows of the list of dossiers that lack an apology.
fn whole_list(province: &Province) -> u64 {
    let report = province.report(ReportKind::Unapologised);
    rows(&report, "dossiers").len() as u64
}

#[test]
fn a_dossier_whose_clock_may_have_stood_still_is_told_as_a_number_only() {
    let day = date(2026, 10, 5);
    let paid_late = |hours| {
        let mut facts = done(dossier("H60.201", BIRTH, day, 1), 25);
        let from = facts.received + SignedDuration::from_hours(2);
        facts.pauses = vec![Pause {
            reason: PauseReason::Payment,
            from,
            until: Some(from + SignedDuration::from_hours(hours)),
        }];
        facts
    };
    // 25 hours late: with 26 hours of waiting for the fee it may be in time, with 24 it is not.
    let province = Province::new().looking(&[paid_late(26)]);
    let all = province.gathering.all();
    assert_eq!((all.late(), all.unapologised), (1, 0));
    assert_eq!((all.apology_unsettled, whole_list(&province)), (1, 0));
    let province = Province::new().looking(&[paid_late(24)]);
    assert_eq!(whole_list(&province), 1);
}

#[test]
fn an_apology_is_owed_by_the_limit_alone_whatever_the_reading() {
    let day = date(2026, 10, 5);
    let mut twice = done(dossier("H60.201", BIRTH, day, 1), -24);
    twice.pauses = vec![
        waiting(at(day, 9), Some(at(day, 10))),
        waiting(at(day, 11), Some(at(day, 12))),
    ];
    let mut province = Province::new();
    province.rules.reading = LateReading::ForGood;
    province.gathering = gathering(
        province.window,
        province.as_of,
        &province.services,
        &province.rules,
    );
    let province = province.looking(&[twice]);
    assert_eq!(province.gathering.all().late(), 1);
    assert_eq!(whole_list(&province), 0);
}

#[test]
fn a_flag_on_the_dossier_is_no_digitised_paper() {
    let mut flagged = dossier("H60.201", BIRTH, date(2026, 10, 5), 1);
    flagged.digitised_flag = true;
    flagged.papers = vec![paper(false)];
    let province = Province::new().looking(&[flagged]);
    let all = province.gathering.all();
    assert_eq!((all.digitised_dossiers, all.digitised_flagged), (0, 1));
}

#[test]
fn the_list_without_apologies_has_none_for_publication() {
    let late = done(dossier("H60.202", BIRTH, date(2026, 10, 5), 1), 3);
    let mut province = Province::new().looking(&[late]);
    assert_eq!(whole_list(&province), 1);
    province.public = true;
    let report = province.report(ReportKind::Unapologised);
    assert!(report.sections.is_empty());
    assert!(!format!("{report:?}").contains("-261005-"));
}

/// Dossiers of three units and three procedures around October.
fn dossiers() -> impl Strategy<Value = Vec<DossierFacts>> {
    let one = (0u8..3, 0u8..3, 0i64..70, -300i64..300, any::<[bool; 6]>());
    prop::collection::vec(one, 0..40).prop_map(|drawn| {
        let units = ["H60.201", "H60.202", "H60.203"];
        let procedures = [BIRTH, "1.000656", "1.009999"];
        let one = |(index, (unit, procedure, day, hours, flags)): (
            usize,
            (u8, u8, i64, i64, [bool; 6]),
        )| {
            let day = date(2026, 9, 1) + SignedDuration::from_hours(24 * day);
            let sequence = u32::try_from(index).unwrap();
            let unit = units[usize::from(unit)];
            let mut facts = dossier(unit, procedures[usize::from(procedure)], day, sequence);
            let [is_done, direct, vneid, sorry, twice, found] = flags;
            if twice {
                let from = facts.received + SignedDuration::from_hours(1);
                let until = from + SignedDuration::from_hours(5);
                facts.pauses = vec![
                    waiting(from, Some(until)),
                    waiting(until + SignedDuration::from_hours(1), None),
                ];
            }
            if direct {
                facts.channel = Channel::Direct;
            }
            facts.vneid = vneid;
            facts.lookups.matched = u32::from(found);
            facts.apologised_at = facts.due.filter(|_| sorry);
            if is_done {
                done(facts, hours.max(-200))
            } else {
                facts
            }
        };
        drawn.into_iter().enumerate().map(one).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_the_dossiers_does_not_matter(
        dossiers in dossiers(), seed in any::<prop::sample::Index>()
    ) {
        let whole = Province::new().looking(&dossiers);
        let mut turned = dossiers.clone();
        turned.reverse();
        if !turned.is_empty() {
            let middle = seed.index(turned.len());
            turned.rotate_left(middle);
        }
        let turned = Province::new().looking(&turned);
        for kind in ReportKind::ALL {
            prop_assert_eq!(whole.report(kind), turned.report(kind));
        }
    }

    #[test]
    fn services_units_and_procedures_add_up(dossiers in dossiers()) {
        let province = Province::new().looking(&dossiers);
        let gathering = &province.gathering;
        let sum = |parts: Vec<&Counts>| {
            let mut all = Counts::default();
            for part in parts {
                all += part;
            }
            all
        };
        let units = sum(gathering.units().map(|(_, counts)| counts).collect());
        let procedures = sum(gathering.procedures().map(|(_, counts)| counts).collect());
        prop_assert_eq!(&units, gathering.all());
        prop_assert_eq!(&procedures, gathering.all());
        let all = gathering.all();
        prop_assert_eq!(all.online + all.direct + all.postal, all.received);
        // A dossier that was sent back twice is late and may owe nothing.
        prop_assert!(all.unapologised + all.apologised <= all.late());
        let listed = whole_list(&province);
        prop_assert_eq!(listed, all.unapologised);
    }
}
