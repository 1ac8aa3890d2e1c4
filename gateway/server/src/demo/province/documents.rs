//! The invented documents of the province: a year of evidence, some of it out of date.
//!
//! What a reader would get wrong: every symbol, decision and date here is invented. The
//! names of the statements are those that the rules of the checks read.

use jiff::ToSpan as _;
use jiff::civil::Date;
use lienthong_core::evidence::{EvidenceClass, EvidenceDraft};

use super::kinds::{DESK, KINDS, Kind, LEADERS};
use super::moments::Moments;
use super::offices::{ONE_COMMUNE, PROVINCE};
use super::planting::CUT;
use EvidenceClass::{
    ConnectionMinutes, CostSheet, DataMapping, OptionDecision, PapersSheet, PortalExtract,
    ProcessDecision, PublicationDecision, TestMinutes,
};

/// Services whose documents go all the way.
const WHOLE: &[u16] = &[3, 4, 9, 10, 11];
/// Services whose documents go as far as the process.
const MIDDLE: &[u16] = &[12, 13, 14, 19, 20, 22, 23];
/// Services that were published and no more.
const BEGUN: &[u16] = &[1, 5, 6, 7, 8];
/// Services that are procedures under the law.
const PROCEDURES: std::ops::RangeInclusive<u16> = 1..=23;

/// Says yes.
const YES: &str = "có";

/// Documents in the order in which they were issued, written down as somebody would.
pub(super) fn drafts(today: Date, moments: &Moments) -> Vec<EvidenceDraft> {
    let mut desk = Desk {
        begins: moments.begins,
        drafts: Vec::new(),
    };
    desk.whole(moments);
    desk.middle();
    desk.begun(today);
    desk.groups(moments);
    desk.rest(today);
    desk.drafts
}

/// Where the documents are written.
struct Desk {
    begins: Date,
    drafts: Vec<EvidenceDraft>,
}

impl Desk {
    /// A document about services, issued so many days after the first.
    fn issue(&mut self, class: EvidenceClass, services: &[u16], day: i64) -> &mut EvidenceDraft {
        let place = self.drafts.len();
        let issued = on(self.begins, day);
        let decides = matches!(
            class,
            OptionDecision | PublicationDecision | ProcessDecision
        );
        let symbol = if decides {
            format!("{}/QĐ-UBND", 9001 + place)
        } else {
            format!("{}/BB-UBND", 9001 + place)
        };
        self.drafts.push(EvidenceDraft {
            name: format!("gia-lap-{}", place + 1),
            class: class.id().to_owned(),
            services: services.iter().map(u16::to_string).collect(),
            symbol,
            title: format!("Giả lập: {}", class.name_vi()),
            issuer: "Ủy ban nhân dân tỉnh (giả lập)".to_owned(),
            issuer_code: PROVINCE.to_owned(),
            issued_on: issued.to_string(),
            sha256: format!("{:064x}", place + 1),
            ..EvidenceDraft::default()
        });
        // The one just pushed.
        &mut self.drafts[place]
    }

    /// A decision that publishes the codes of services.
    fn publish(&mut self, services: &[u16], day: i64) -> &mut EvidenceDraft {
        let codes = services.iter().map(|number| kind(*number).code.to_owned());
        let codes = codes.collect();
        let decision = self.issue(PublicationDecision, services, day);
        decision.codes = codes;
        decision
    }

    fn whole(&mut self, moments: &Moments) {
        let option = self.issue(OptionDecision, WHOLE, 0);
        state(option, &[("reviewed", YES), ("option_drafted", YES)]);
        self.publish(WHOLE, 0);
        self.issue(ProcessDecision, &[3, 4, 11], 0);
        let birth = self.issue(ProcessDecision, &[9], 0);
        let reuse = [("result_reuse", YES), ("result_codes", "KQ.G15.900009")];
        state(birth, &[("time_limit", "8 giờ làm việc")]);
        state(birth, &reuse);
        let death = self.issue(ProcessDecision, &[10], 0);
        let route = format!("{DESK} > Tư pháp - Hộ tịch > {LEADERS} > {DESK}");
        state(death, &[("steps", &route), ("step_hours", "1; 4; 2; 1")]);
        state(death, &[("time_limit", "8 giờ làm việc")]);
        let form = self.issue(DataMapping, WHOLE, 0);
        state(form, &[("fields_from_population", "full_name; birth")]);
        for number in [9, 10] {
            let cut = cut_paper(number);
            state(
                self.issue(PapersSheet, &[number], 0),
                &[("papers_cut", &cut)],
            );
        }
        self.issue(PapersSheet, &[4, 11], 0);
        let later = days_between(moments.begins, moments.sheet_begins);
        let cut = cut_paper(3);
        state(
            self.issue(PapersSheet, &[3], later),
            &[("papers_cut", &cut)],
        );
        state(self.issue(TestMinutes, WHOLE, 20), &[("digitisation", YES)]);
        state(
            self.issue(PortalExtract, &[9, 10, 11], 0),
            &[("full_online", YES)],
        );
        let residence = self.issue(PortalExtract, &[4], 0);
        state(residence, &[("full_online", YES), ("identity_level", "2")]);
        self.issue(PortalExtract, &[3], 30);
        let costs = self.issue(CostSheet, WHOLE, 200);
        state(
            costs,
            &[("cost_before", "1.024.000 đ"), ("cost_after", "231.000 đ")],
        );
    }

    fn middle(&mut self) {
        self.issue(OptionDecision, MIDDLE, 3);
        let online = [("fee_online", YES)];
        state(self.publish(&[12], 0), &online);
        state(self.publish(&[13, 14], 0), &online);
        self.publish(&[19, 20, 22, 23], 2);
        let passport = self.issue(ProcessDecision, &[12], 0);
        let reuse = [("result_reuse", YES), ("result_codes", "KQ.G01.900012")];
        state(passport, &[("time_limit", "5 ngày làm việc")]);
        state(passport, &reuse);
        self.issue(ProcessDecision, &[13, 14, 19], 4);
        let record = self.issue(ProcessDecision, &[22], 0);
        state(
            record,
            &[
                ("time_limit", "5 ngày làm việc"),
                ("time_limit_before", "10 ngày làm việc"),
            ],
        );
        let benefit = self.issue(ProcessDecision, &[23], 0);
        let route = format!("{DESK} > Trung tâm Dịch vụ việc làm > {LEADERS} > {DESK}");
        state(benefit, &[("steps", &route)]);
        let hasty = self.issue(ProcessDecision, &[20], 0);
        state(hasty, &[("time_limit", "2 ngày làm việc")]);
        let replaced = hasty.name.clone();
        let licence = self.issue(ProcessDecision, &[20], 30);
        licence.supersedes = vec![replaced];
        state(licence, &[("time_limit", "5 ngày làm việc")]);
    }

    fn begun(&mut self, today: Date) {
        self.publish(BEGUN, 1);
        state(self.publish(&[2], 0), &[("fee_online", YES)]);
        state(self.issue(PortalExtract, &[1], 0), &[("full_online", YES)]);
        let replaced = format!("{} = CSDLQGDC", cut_paper(2));
        state(
            self.issue(PapersSheet, &[2], 0),
            &[("papers_replaced", &replaced)],
        );
        state(
            self.issue(PortalExtract, &[5], 0),
            &[("identity_level", "2")],
        );
        let expired = self.issue(PapersSheet, &[5], 0);
        expired.valid_to = on(today, -60).to_string();
        state(expired, &[("papers_cut", &cut_paper(5))]);
        let commune = self.issue(PapersSheet, &[6], 0);
        commune.units = vec![ONE_COMMUNE.to_owned()];
        state(commune, &[("papers_cut", &cut_paper(6))]);
    }

    /// The two groups of linked procedures, whose codes changed within the year.
    fn groups(&mut self, moments: &Moments) {
        let from = days_between(moments.begins, moments.code_begins);
        let earlier = self.issue(ProcessDecision, &[15], 0);
        earlier.codes = vec![super::kinds::OLD_BIRTH_GROUP.to_owned()];
        state(earlier, &[("time_limit", "4 ngày làm việc")]);
        let publication = self.issue(PublicationDecision, &[15], from - 10);
        publication.codes = vec![kind(15).code.to_owned()];
        publication.repeals = vec![super::kinds::OLD_BIRTH_GROUP.to_owned()];
        publication.valid_from = moments.code_begins.to_string();
        let process = self.issue(ProcessDecision, &[15], from);
        process.codes = vec![kind(15).code.to_owned()];
        state(process, &[("time_limit", "4 ngày làm việc")]);
        let ended = days_between(moments.begins, moments.other_code_ends);
        let publication = self.issue(PublicationDecision, &[16], ended - 20);
        publication.codes = vec![kind(16).code.to_owned()];
        publication.repeals = vec![super::kinds::OLD_DEATH_GROUP.to_owned()];
        publication.valid_from = on(moments.other_code_ends, 1).to_string();
        let extract = self.issue(PortalExtract, &[16], 0);
        state(extract, &[("electronic_result", YES)]);
    }

    fn rest(&mut self, today: Date) {
        state(
            self.issue(PapersSheet, &[17], 0),
            &[("papers_cut", &cut_paper(17))],
        );
        let form = self.issue(DataMapping, &[18], 0);
        state(form, &[("fields_from_population", "full_name; birth")]);
        state(
            self.issue(ProcessDecision, &[18], 0),
            &[("steps_before", "3")],
        );
        state(
            self.issue(CostSheet, &[17, 18, 21], 40),
            &[("reviewed", YES)],
        );
        // Connection minutes count for six months.
        let all: Vec<u16> = PROCEDURES.collect();
        for day in [0, 170, 330] {
            self.issue(ConnectionMinutes, &all, day);
        }
        for (class, service, left) in [
            (PortalExtract, 22, 25),
            (PapersSheet, 23, 55),
            (TestMinutes, 12, 80),
        ] {
            let ending = self.issue(class, &[service], 100);
            ending.valid_to = on(today, left).to_string();
        }
    }
}

fn state(draft: &mut EvidenceDraft, statements: &[(&str, &str)]) {
    let statements = statements.iter();
    let owned = statements.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    draft.statements.extend(owned);
}

fn kind(number: u16) -> &'static Kind {
    &KINDS[usize::from(number) - 1]
}

fn cut_paper(number: u16) -> String {
    kind(number).paper(CUT)
}

fn on(day: Date, later: i64) -> Date {
    day.checked_add(later.days()).unwrap_or(day)
}

fn days_between(first: Date, last: Date) -> i64 {
    let days = last.duration_since(first).as_hours() / 24;
    days.max(0)
}
