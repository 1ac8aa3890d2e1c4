//! What changed between two catalogues.
//!
//! What a reader would get wrong: the moment of a change is the one at which it was seen.
//! The source does not say when it happened.

use jiff::Timestamp;

use super::procedure::{
    Component, Fee, FormFile, LegalBasis, Method, NamedCode, OnlineService, Procedure,
};
use crate::procedure::ProcedureCode;

/// What happened to a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content changed.
    Changed,
    /// The source lists it no longer.
    Withdrawn,
    /// The source lists it again.
    Restored,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Added, Self::Changed, Self::Withdrawn, Self::Restored];

    /// Name in the store and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Changed => "CHANGED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Restored => "RESTORED",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A change before it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Mã thủ tục.
    pub code: ProcedureCode,
    /// Tên thủ tục at that time.
    pub name: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Paths in `lienthong.v1.Procedure` that changed; empty unless the content did.
    pub fields: Vec<String>,
}

/// A change that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueChange {
    /// Mã thủ tục.
    pub code: ProcedureCode,
    /// Tên thủ tục at that time.
    pub name: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Paths in `lienthong.v1.Procedure` that changed; empty unless the content did.
    pub fields: Vec<String>,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Version of the catalogue that brought it.
    pub version: String,
}

/// The paths that differ, in the names of `lienthong.v1.Procedure`. Where a list has become
/// longer or shorter, the list itself is named.
#[must_use]
pub fn differences(old: &Procedure, new: &Procedure) -> Vec<String> {
    let mut paths = Paths::default();
    paths.text("summary.name", &old.name, &new.name);
    paths.list("fields", &old.fields, &new.fields, field);
    paths.list("summary.levels", &old.levels, &new.levels, |_, _, _| {
        Vec::new()
    });
    paths.text("state", &old.state, &new.state);
    paths.text(
        "publishing_agency_code",
        &old.publishing_agency_code,
        &new.publishing_agency_code,
    );
    paths.text("decision", &old.decision, &new.decision);
    paths.text("kind", &old.kind, &new.kind);
    paths.list("agencies", &old.agencies, &new.agencies, agency);
    paths.list("steps", &old.steps, &new.steps, |_, _, _| Vec::new());
    paths.list("methods", &old.methods, &new.methods, method);
    paths.list("components", &old.components, &new.components, component);
    paths.list("results", &old.results, &new.results, result);
    paths.list("legal_bases", &old.legal_bases, &new.legal_bases, basis);
    paths.text("requirements", &old.requirements, &new.requirements);
    paths.list(
        "linked_procedure_codes",
        &old.linked,
        &new.linked,
        |_, _, _| Vec::new(),
    );
    paths.list("online_services", &old.online, &new.online, online);
    paths.0
}

/// Paths that differ.
#[derive(Default)]
struct Paths(Vec<String>);

impl Paths {
    fn text(&mut self, path: &str, old: &str, new: &str) {
        if old != new {
            self.0.push(path.to_owned());
        }
    }

    /// Element by element; `inside` tells what differs in one.
    fn list<T: PartialEq>(
        &mut self,
        path: &str,
        old: &[T],
        new: &[T],
        inside: impl Fn(&str, &T, &T) -> Vec<String>,
    ) {
        if old.len() != new.len() {
            self.0.push(path.to_owned());
            return;
        }
        let pairs = old.iter().zip(new).enumerate();
        for (index, (old, new)) in pairs.filter(|(_, (old, new))| old != new) {
            let element = format!("{path}[{index}]");
            let parts = inside(&element, old, new);
            if parts.is_empty() {
                self.0.push(element);
            } else {
                self.0.extend(parts);
            }
        }
    }
}

/// The texts of an element that differ.
fn texts<const N: usize>(element: &str, parts: [(&str, &str, &str); N]) -> Vec<String> {
    let differ = parts.into_iter().filter(|(_, old, new)| old != new);
    differ
        .map(|(name, _, _)| format!("{element}.{name}"))
        .collect()
}

fn named(element: &str, code: &str, old: &NamedCode, new: &NamedCode) -> Vec<String> {
    texts(
        element,
        [(code, &old.code, &new.code), ("name", &old.name, &new.name)],
    )
}

fn field(element: &str, old: &NamedCode, new: &NamedCode) -> Vec<String> {
    named(element, "field_code", old, new)
}

fn agency(element: &str, old: &NamedCode, new: &NamedCode) -> Vec<String> {
    named(element, "unit_code", old, new)
}

fn result(element: &str, old: &NamedCode, new: &NamedCode) -> Vec<String> {
    named(element, "result_code", old, new)
}

fn method(element: &str, old: &Method, new: &Method) -> Vec<String> {
    let parts = texts(
        element,
        [
            ("channel_code", &old.channel, &new.channel),
            ("processing_time", &old.time, &new.time),
            ("processing_time_unit", &old.time_unit, &new.time_unit),
            ("description", &old.description, &new.description),
        ],
    );
    let mut paths = Paths(parts);
    paths.list(&format!("{element}.fees"), &old.fees, &new.fees, fee);
    paths.0
}

fn fee(element: &str, old: &Fee, new: &Fee) -> Vec<String> {
    texts(
        element,
        [
            ("code", &old.code, &new.code),
            ("amount", &old.amount, &new.amount),
            ("currency", &old.currency, &new.currency),
            ("description", &old.description, &new.description),
        ],
    )
}

fn component(element: &str, old: &Component, new: &Component) -> Vec<String> {
    let parts = texts(
        element,
        [
            ("component_code", &old.code, &new.code),
            ("name", &old.name, &new.name),
            ("case_name", &old.case, &new.case),
            ("originals", &old.originals, &new.originals),
            ("copies", &old.copies, &new.copies),
            (
                "replacing_result_code",
                &old.replacing_result,
                &new.replacing_result,
            ),
        ],
    );
    let mut paths = Paths(parts);
    paths.list(&format!("{element}.files"), &old.files, &new.files, file);
    paths.0
}

fn file(element: &str, old: &FormFile, new: &FormFile) -> Vec<String> {
    texts(
        element,
        [("name", &old.name, &new.name), ("url", &old.url, &new.url)],
    )
}

fn basis(element: &str, old: &LegalBasis, new: &LegalBasis) -> Vec<String> {
    texts(
        element,
        [
            ("symbol", &old.symbol, &new.symbol),
            ("title", &old.title, &new.title),
            ("issuer", &old.issuer, &new.issuer),
            ("issued_on", &old.issued_on, &new.issued_on),
            ("effective_on", &old.effective_on, &new.effective_on),
        ],
    )
}

fn online(element: &str, old: &OnlineService, new: &OnlineService) -> Vec<String> {
    texts(
        element,
        [
            ("service_code", &old.code, &new.code),
            ("name", &old.name, &new.name),
            ("agency_code", &old.agency_code, &new.agency_code),
            ("level", &old.level, &new.level),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn procedure() -> Procedure {
        let fee = Fee {
            code: "PLP01".to_owned(),
            amount: "10000".to_owned(),
            currency: "Đồng".to_owned(),
            description: String::new(),
        };
        Procedure {
            steps: vec!["Nộp".to_owned(), "Nhận".to_owned()],
            methods: vec![
                Method::default(),
                Method {
                    channel: "2".to_owned(),
                    time: "7".to_owned(),
                    fees: vec![fee],
                    ..Method::default()
                },
            ],
            components: vec![Component::default()],
            ..Procedure::named(
                ProcedureCode::parse("1.004222").unwrap(),
                "Đăng ký thường trú".to_owned(),
            )
        }
    }

    #[test]
    fn nothing_differs_from_itself() {
        assert!(differences(&procedure(), &procedure()).is_empty());
    }

    #[test]
    fn each_difference_is_named_by_its_path() {
        let mut new = procedure();
        new.name = "Đăng ký thường trú (mới)".to_owned();
        new.steps[1] = "Trả".to_owned();
        new.methods[1].time = "5".to_owned();
        new.methods[1].fees[0].amount = String::new();
        new.components.push(Component::default());
        new.requirements = "Có chỗ ở hợp pháp".to_owned();
        assert_eq!(
            differences(&procedure(), &new),
            [
                "summary.name",
                "steps[1]",
                "methods[1].processing_time",
                "methods[1].fees[0].amount",
                "components",
                "requirements",
            ]
        );
    }

    #[test]
    fn a_fee_that_disappears_is_a_difference_of_the_list_of_fees() {
        let mut new = procedure();
        new.methods[1].fees.clear();
        assert_eq!(differences(&procedure(), &new), ["methods[1].fees"]);
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for kind in ChangeKind::ALL {
            assert_eq!(ChangeKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(ChangeKind::from_name(""), None);
    }
}
