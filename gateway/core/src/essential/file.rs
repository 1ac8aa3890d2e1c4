//! The data file of a list of services.
//!
//! What a reader would get wrong: an operator's additions are a file of the same form, which
//! adds to what is there and takes nothing away.

mod raw;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    CodeRole, Dated, Days, EssentialService, ServiceCode, ServiceList, ServiceListProblem,
    ServiceNumber,
};
use crate::places::SourceCertainty;
use crate::procedure::ProcedureCode;
use raw::{File, RawCode, RawDated, RawService};

const CERTAINTIES: [(&str, SourceCertainty); 3] = [
    ("seen", SourceCertainty::Seen),
    ("inferred", SourceCertainty::Inferred),
    ("unverified", SourceCertainty::Unverified),
];

/// Largest number of a service.
const MOST: i64 = 999;

impl ServiceList {
    /// Reads a list:
    ///
    /// ```toml
    /// version = "2026-11-1"
    /// list = "25 dịch vụ công thiết yếu"
    /// source = "Chỉ thị 24/CT-TTg"
    /// codes_source = "quyết định công bố của Bộ"
    ///
    /// [[service]]
    /// number = 3
    /// name = "Đăng ký thường trú"
    /// certainty = "seen"
    /// owners = [{ name = "Bộ Công an", certainty = "seen" }]
    /// levels = [{ name = "xã", certainty = "unverified" }]
    /// codes = [{ code = "1.004222", role = "main", certainty = "seen" }]
    /// ```
    ///
    /// A code that was seen, and names no `source` of its own, was read where `codes_source`
    /// says, or else where `source` of an operator's additions says.
    ///
    /// # Errors
    /// Everything that is wrong, service by service in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<ServiceListProblem>> {
        let none = Self {
            version: String::new(),
            name: String::new(),
            source: String::new(),
            services: Vec::new(),
        };
        none.extended_by(text)
    }

    /// The list with what an operator knows besides: a file of the same form, whose
    /// services either stand in the list, and get more codes, owners and levels, or are
    /// new and have everything. The version becomes that of both.
    ///
    /// # Errors
    /// Everything that is wrong, service by service in the order of the file.
    pub fn extended_by(&self, text: &str) -> Result<Self, Vec<ServiceListProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![ServiceListProblem::Syntax(error.message().to_owned())])?;
        let begins = self.version.is_empty();
        let codes_source = filled(file.codes_source);
        let mut reading = Reading {
            problems: Vec::new(),
            // What a whole list was read in tells its names, and not its codes.
            codes_source: codes_source.or_else(|| filled(file.source.clone()).filter(|_| !begins)),
            services: self
                .services
                .iter()
                .map(|it| (it.number, it.clone()))
                .collect(),
        };
        let version = reading.top("version", file.version);
        let name = file.list.unwrap_or_default();
        let source = file.source.unwrap_or_default();
        for (key, text) in [("list", &name), ("source", &source)] {
            if begins && text.trim().is_empty() {
                reading.problems.push(ServiceListProblem::Top { key });
            }
        }
        let mut seen = Vec::new();
        for (entry, raw) in (1..).zip(file.service) {
            if let Some(number) = reading.number(entry, raw.number) {
                if seen.contains(&number) {
                    let number = number.get();
                    let again = ServiceListProblem::NumberAgain { entry, number };
                    reading.problems.push(again);
                }
                seen.push(number);
                reading.service(entry, number, raw);
            }
        }
        if !reading.problems.is_empty() {
            return Err(reading.problems);
        }
        let services = reading.services.into_values().collect();
        Ok(if begins {
            Self {
                version,
                name,
                source,
                services,
            }
        } else {
            Self {
                version: format!("{}+{version}", self.version),
                services,
                ..self.clone()
            }
        })
    }
}

/// A text that says something.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// What was read so far, and what is wrong with it.
struct Reading {
    problems: Vec<ServiceListProblem>,
    /// Where codes were read that name no source of their own.
    codes_source: Option<String>,
    services: BTreeMap<ServiceNumber, EssentialService>,
}

/// Which list of which service is read.
#[derive(Clone, Copy)]
struct Place {
    entry: usize,
    list: &'static str,
    part: usize,
}

impl Reading {
    fn top(&mut self, key: &'static str, text: Option<String>) -> String {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            self.problems.push(ServiceListProblem::Top { key });
        }
        text
    }

    fn number(&mut self, entry: usize, found: Option<i64>) -> Option<ServiceNumber> {
        let Some(found) = found else {
            let key = "number";
            self.problems
                .push(ServiceListProblem::Missing { entry, key });
            return None;
        };
        let number = u16::try_from(found).ok().and_then(ServiceNumber::new);
        let number = number.filter(|_| found <= MOST);
        if number.is_none() {
            self.problems
                .push(ServiceListProblem::Number { entry, found });
        }
        number
    }

    fn service(&mut self, entry: usize, number: ServiceNumber, raw: RawService) {
        let known = self.services.get(&number).cloned();
        let named = raw.name.filter(|name| !name.trim().is_empty());
        let mut service = match (known, named) {
            (Some(known), Some(name)) if name != known.name => {
                return self.problems.push(ServiceListProblem::OtherName {
                    entry,
                    number: number.get(),
                    known: known.name,
                });
            }
            (Some(known), _) => known,
            (None, Some(name)) => EssentialService {
                number,
                name,
                certainty: self.certainty(entry, raw.certainty.as_deref()),
                owners: Vec::new(),
                levels: Vec::new(),
                interlinked: false,
                outside_procedure_law: false,
                codes: Vec::new(),
                note: None,
            },
            (None, None) => {
                let key = "name";
                return self
                    .problems
                    .push(ServiceListProblem::Missing { entry, key });
            }
        };
        service.interlinked = raw.interlinked.unwrap_or(service.interlinked);
        let outside = raw.outside_procedure_law;
        service.outside_procedure_law = outside.unwrap_or(service.outside_procedure_law);
        service.note = raw.note.or(service.note);
        self.dated(entry, "owners", raw.owners, &mut service.owners);
        self.dated(entry, "levels", raw.levels, &mut service.levels);
        for (part, raw) in (1..).zip(raw.codes) {
            self.code(entry, part, raw, number, &mut service.codes);
        }
        self.services.insert(number, service);
    }

    fn dated(
        &mut self,
        entry: usize,
        list: &'static str,
        raw: Vec<RawDated>,
        into: &mut Vec<Dated>,
    ) {
        for (part, raw) in (1..).zip(raw) {
            let place = Place { entry, list, part };
            let days = self.days(place, raw.valid_from, raw.valid_to);
            let certainty = self.certainty(entry, raw.certainty.as_deref());
            let Some(name) = self.given(place, "name", raw.name) else {
                continue;
            };
            if let Some(earlier) = into.iter().position(|it| it.days.overlap(days)) {
                let earlier = earlier + 1;
                let part = into.len() + 1;
                self.problems.push(ServiceListProblem::Overlap {
                    entry,
                    list,
                    part,
                    earlier,
                });
            }
            into.push(Dated {
                name,
                days,
                certainty,
            });
        }
    }

    fn code(
        &mut self,
        entry: usize,
        part: usize,
        raw: RawCode,
        number: ServiceNumber,
        into: &mut Vec<ServiceCode>,
    ) {
        let list = "codes";
        let place = Place { entry, list, part };
        let days = self.days(place, raw.valid_from, raw.valid_to);
        let certainty = self.certainty(entry, raw.certainty.as_deref());
        let replaced_by = raw.replaced_by.and_then(|code| self.procedure(entry, code));
        let code = self
            .given(place, "code", raw.code)
            .and_then(|code| self.procedure(entry, code));
        let role = self.given(place, "role", raw.role).and_then(|name| {
            let role = CodeRole::from_name(&name);
            if role.is_none() {
                let known = CodeRole::ALL.map(CodeRole::name).to_vec();
                self.unknown(entry, "role", name, known);
            }
            role
        });
        let (Some(code), Some(role)) = (code, role) else {
            return;
        };
        if into.iter().any(|it| it.code == code) {
            let code = code.as_str().to_owned();
            return self
                .problems
                .push(ServiceListProblem::CodeAgain { entry, code });
        }
        if let Some(other) = self
            .claimed(&code, number)
            .filter(|_| role.is_the_service())
        {
            let code = code.as_str().to_owned();
            return self
                .problems
                .push(ServiceListProblem::CodeOfTwo { entry, code, other });
        }
        into.push(ServiceCode {
            code,
            role,
            days,
            replaced_by,
            certainty,
            source: filled(raw.source).or_else(|| match certainty {
                SourceCertainty::Seen => self.codes_source.clone(),
                SourceCertainty::Inferred | SourceCertainty::Unverified => None,
            }),
            note: raw.note,
        });
    }

    /// Another service whose dossiers come under `code`.
    fn claimed(&self, code: &ProcedureCode, number: ServiceNumber) -> Option<u16> {
        let mut others = self.services.values().filter(|it| it.number != number);
        let mine = |it: &ServiceCode| it.role.is_the_service() && it.code == *code;
        others
            .find(|service| service.codes.iter().any(mine))
            .map(|service| service.number.get())
    }

    fn procedure(&mut self, entry: usize, found: String) -> Option<ProcedureCode> {
        let code = ProcedureCode::parse(&found).ok();
        let code = code.filter(|code| code.level1().is_none());
        if code.is_none() {
            self.problems
                .push(ServiceListProblem::Code { entry, found });
        }
        code
    }

    fn given(&mut self, place: Place, key: &'static str, text: Option<String>) -> Option<String> {
        let text = text.filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let Place { entry, list, part } = place;
            self.problems.push(ServiceListProblem::PartMissing {
                entry,
                list,
                part,
                key,
            });
        }
        text
    }

    fn days(&mut self, place: Place, from: Option<String>, to: Option<String>) -> Days {
        let Place { entry, list, part } = place;
        let mut day = |text: Option<String>| {
            let text = text?;
            let parsed: Option<Date> = text.parse().ok();
            if parsed.is_none() {
                let found = text;
                self.problems.push(ServiceListProblem::Day { entry, found });
            }
            parsed
        };
        let days = Days {
            from: day(from),
            to: day(to),
        };
        if days
            .from
            .zip(days.to)
            .is_some_and(|(first, last)| last < first)
        {
            self.problems
                .push(ServiceListProblem::Backwards { entry, list, part });
        }
        days
    }

    /// A missing certainty is none.
    fn certainty(&mut self, entry: usize, name: Option<&str>) -> SourceCertainty {
        let Some(name) = name else {
            return SourceCertainty::Unverified;
        };
        let known = CERTAINTIES.iter().find(|(known, _)| *known == name);
        if known.is_none() {
            let known = CERTAINTIES.map(|(known, _)| known).to_vec();
            self.unknown(entry, "certainty", name.to_owned(), known);
        }
        known.map_or(SourceCertainty::Unverified, |(_, certainty)| *certainty)
    }

    fn unknown(
        &mut self,
        entry: usize,
        key: &'static str,
        found: String,
        known: Vec<&'static str>,
    ) {
        self.problems.push(ServiceListProblem::Unknown {
            entry,
            key,
            found,
            known,
        });
    }
}
