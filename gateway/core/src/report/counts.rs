//! Numbers of dossiers that reports are made of.

use std::ops::AddAssign;

use jiff::Timestamp;

use crate::dossier::{Channel, OnlinePayment, OwnerKind, Reuse};
use crate::lateness::{ApologyDuty, Judgement, Standing, Tally};
use crate::observation::{DossierFacts, PauseReason};

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Numbers of dossiers of a service, a unit, a procedure or all together.
        ///
        /// Those of the first group are dossiers that were received in the window; those from
        /// `supplemented` on are dossiers that were in hand in the window.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)+
            /// Where those in hand stand at the moment of judging, by the reading of the late
            /// rule that the report rules choose.
            pub tally: Tally,
            /// The same by the other reading.
            pub tally_other: Tally,
        }

        impl AddAssign<&Self> for Counts {
            fn add_assign(&mut self, other: &Self) {
                $(self.$name = self.$name.saturating_add(other.$name);)+
                self.tally += other.tally;
                self.tally_other += other.tally_other;
            }
        }
    };
}

counts! {
    /// Hồ sơ tiếp nhận.
    received,
    /// Hồ sơ trực tuyến.
    online,
    /// Hồ sơ trực tiếp.
    direct,
    /// Hồ sơ qua bưu chính công ích.
    postal,
    /// Dossiers of citizens, whom alone the population database knows.
    citizens,
    /// Dossiers with a look-up that found the citizen.
    looked_up,
    /// Dossiers of citizens with such a look-up or an account verified with `VNeID`.
    population_used,
    /// Dossiers with at least one digitised paper: hồ sơ được số hóa.
    digitised_dossiers,
    /// Dossiers whose header says that they have one (`HoSoCoThanhPhanSoHoa`), which some
    /// systems set for every dossier.
    digitised_flagged,
    /// Dossiers that came to their end, with a result or without.
    ended,
    /// Dossiers done or returned: those that may have a result.
    completed,
    /// Completed dossiers with a result file: kết quả điện tử.
    digitised_results,
    /// Dossiers with a digitised paper and a result file (administration.md 4.2, row 4.2).
    digitised_both,
    /// Dossiers with at least one paper said to be reused.
    reused,
    /// Dossiers with a fee.
    fee_due,
    /// Dossiers with a fee, paid online.
    paid_online,
    /// Online dossiers whose account was verified with `VNeID`.
    online_vneid,
    /// Dossiers with a request for supplements.
    supplemented,
    /// Dossiers with more than one.
    supplemented_again,
    /// Late dossiers with a written apology.
    apologised,
    /// Dossiers that owe an apology and have none.
    unapologised,
    /// Dossiers without one that owe it only if waits for a fee or a stop do not stop the
    /// legal clock.
    apology_unsettled,
}

impl Counts {
    /// What `facts` adds as a dossier that was received.
    pub(super) fn add_received(
        &mut self,
        facts: &DossierFacts,
        ended: Option<Timestamp>,
        as_of: Timestamp,
    ) {
        let by_then = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= as_of);
        let found = facts.lookups.matched > 0
            && facts.lookups.first_matched_at.is_none_or(|at| at <= as_of);
        let citizen = facts.owner == OwnerKind::Citizen;
        let online = facts.channel == Channel::Online;
        let digitised = facts.papers.iter().any(|paper| paper.digitised);
        let completed = by_then(facts.processed) || by_then(facts.returned);
        let has_file = completed && facts.results.iter().any(|result| result.has_file);
        let reused = facts.papers.iter().any(|paper| paper.reuse != Reuse::None);
        let fee_due = facts.fee > 0;
        for (count, holds) in [
            (&mut self.received, true),
            (&mut self.online, online),
            (&mut self.direct, facts.channel == Channel::Direct),
            (&mut self.postal, facts.channel == Channel::Postal),
            (&mut self.citizens, citizen),
            (&mut self.looked_up, found),
            (&mut self.population_used, citizen && (found || facts.vneid)),
            (&mut self.digitised_dossiers, digitised),
            (&mut self.digitised_flagged, facts.digitised_flag),
            (&mut self.ended, by_then(ended)),
            (&mut self.completed, completed),
            (&mut self.digitised_results, has_file),
            (&mut self.digitised_both, has_file && digitised),
            (&mut self.reused, reused),
            (&mut self.fee_due, fee_due),
            (
                &mut self.paid_online,
                fee_due && facts.payment != OnlinePayment::None,
            ),
            (&mut self.online_vneid, online && facts.vneid),
        ] {
            *count += u64::from(holds);
        }
    }

    /// What `facts` adds as a dossier that was in hand, judged by both readings.
    pub(super) fn add_in_hand(
        &mut self,
        facts: &DossierFacts,
        as_of: Timestamp,
        duty: ApologyDuty,
        (judged, judged_otherwise): (&Judgement, &Judgement),
    ) {
        let requests = facts
            .pauses
            .iter()
            .filter(|pause| pause.reason == PauseReason::Supplement && pause.from <= as_of)
            .count();
        let apologised = facts.is_apologised(as_of);
        let lacking = |which| !apologised && duty == which;
        self.supplemented += u64::from(requests > 0);
        self.supplemented_again += u64::from(requests > 1);
        self.apologised += u64::from(is_late(judged) && apologised);
        self.unapologised += u64::from(lacking(ApologyDuty::Owed));
        self.apology_unsettled += u64::from(lacking(ApologyDuty::Unsettled));
        self.tally.count(judged);
        self.tally_other.count(judged_otherwise);
    }

    /// Late dossiers: done late, or in hand and overdue.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.tally
            .finished_late
            .saturating_add(self.tally.open_overdue)
    }
}

/// Whether a dossier is late.
fn is_late(judged: &Judgement) -> bool {
    match judged.standing {
        Standing::FinishedLate | Standing::OpenOverdue => true,
        Standing::FinishedInTime
        | Standing::OpenInTime
        | Standing::Undetermined { .. }
        | Standing::NotCounted(_) => false,
    }
}
