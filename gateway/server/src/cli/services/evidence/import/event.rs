//! The name under which a row is recorded: it is made of what the row says.
//!
//! What a reader would get wrong: the register forgets nothing, so a row must not be recorded a
//! second time when its file is imported again. The gateway knows it by what it says, too, but
//! only among the pieces of the same client; the name alone also tells a row that was sent
//! twice at the same time. So the form below is never changed; whoever needs another one gives
//! it another [`FORM`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::civil::Date;
use lienthong_core::agency::AgencyCode;
use lienthong_core::document::DocumentSymbol;
use lienthong_core::evidence::{Evidence, EvidenceDraft};

/// Which form of the content is hashed.
const FORM: &str = "lienthong evidence row, form 1";
/// Bytes of the hash that stand in the name.
const KEPT: usize = 28;

/// Names for drafts in their order. The same content has the same name in every file, wherever
/// its row stands and however it writes its days, numbers and lists: what a draft says of an
/// earlier one goes in by that one's own name.
pub(super) fn events<'a>(drafts: impl IntoIterator<Item = &'a EvidenceDraft>) -> Vec<String> {
    let mut earlier: BTreeMap<&str, String> = BTreeMap::new();
    let mut events = Vec::new();
    for draft in drafts {
        let event = event(draft, &earlier);
        earlier.insert(draft.name.trim(), event.clone());
        events.push(event);
    }
    events
}

fn event(draft: &EvidenceDraft, earlier: &BTreeMap<&str, String>) -> String {
    let mut content = Content::default();
    content.put("form", [FORM]);
    let mut supersedes: Vec<String> = draft
        .supersedes
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(
            |text| match (earlier.get(text), DocumentSymbol::parse(text)) {
                (Some(event), _) => format!("event {event}"),
                (None, Ok(symbol)) => format!("symbol {symbol}"),
                (None, Err(_)) => format!("id {text}"),
            },
        )
        .collect();
    supersedes.sort();
    supersedes.dedup();
    content.put("supersedes", &supersedes);
    let alone = EvidenceDraft {
        name: String::new(),
        supersedes: Vec::new(),
        ..draft.clone()
    };
    // Whether a day is still to come does not matter to what the row says.
    match alone.read(Date::MAX) {
        Ok(evidence) => content.piece(&evidence),
        Err(_) => content.draft(&alone),
    }
    content.name()
}

/// What is hashed: each field with its name and the number of its values, each value with its
/// length in bytes, so that no two contents are written alike.
#[derive(Default)]
struct Content(Vec<u8>);

impl Content {
    fn put<T: AsRef<str>>(&mut self, field: &str, values: impl IntoIterator<Item = T>) {
        let values: Vec<T> = values.into_iter().collect();
        let head = format!("{field} {}\n", values.len());
        self.0.extend_from_slice(head.as_bytes());
        for value in values {
            let value = value.as_ref();
            let length = format!("{}:", value.len());
            self.0.extend_from_slice(length.as_bytes());
            self.0.extend_from_slice(value.as_bytes());
            self.0.push(b'\n');
        }
    }

    fn texts<T: ToString>(&mut self, field: &str, values: impl IntoIterator<Item = T>) {
        self.put(field, values.into_iter().map(|value| value.to_string()));
    }

    fn statements(&mut self, statements: &BTreeMap<String, String>) {
        let pairs = statements.iter().flat_map(|(name, value)| [name, value]);
        self.put("statements", pairs);
    }

    /// A piece, in the form in which the register keeps it.
    fn piece(&mut self, piece: &Evidence) {
        self.put("class", [piece.class.id()]);
        self.texts("services", piece.services.iter().map(|it| it.get()));
        self.texts("codes", &piece.codes);
        self.put("units", piece.units.iter().map(AgencyCode::as_str));
        self.texts("symbol", &piece.symbol);
        self.put("title", [&piece.title]);
        self.put("issuer", [&piece.issuer]);
        let issuer_code = piece.issuer_code.iter().map(AgencyCode::as_str);
        self.put("issuer_code", issuer_code);
        self.put("signer", &piece.signer);
        self.texts("issued_on", [piece.issued_on]);
        self.texts("valid_from", [piece.valid_from]);
        self.texts("valid_to", piece.valid_to);
        self.texts("repeals", &piece.repeals);
        self.texts("sha256", [piece.sha256]);
        self.put("address", &piece.address);
        self.texts("compared_on", piece.compared.iter().map(|it| it.on));
        self.put(
            "compared_by",
            piece.compared.iter().map(|it| it.by.as_str()),
        );
        self.statements(&piece.statements);
    }

    /// A draft that is no piece: it is refused, and never recorded under this name.
    fn draft(&mut self, draft: &EvidenceDraft) {
        for (field, values) in [
            ("draft services", &draft.services),
            ("draft codes", &draft.codes),
            ("draft units", &draft.units),
            ("draft repeals", &draft.repeals),
        ] {
            self.put(field, values);
        }
        for (field, value) in [
            ("draft class", &draft.class),
            ("draft symbol", &draft.symbol),
            ("draft title", &draft.title),
            ("draft issuer", &draft.issuer),
            ("draft issuer_code", &draft.issuer_code),
            ("draft signer", &draft.signer),
            ("draft issued_on", &draft.issued_on),
            ("draft valid_from", &draft.valid_from),
            ("draft valid_to", &draft.valid_to),
            ("draft sha256", &draft.sha256),
            ("draft address", &draft.address),
            ("draft compared_on", &draft.compared_on),
            ("draft compared_by", &draft.compared_by),
        ] {
            self.put(field, [value]);
        }
        self.statements(&draft.statements);
    }

    fn name(&self) -> String {
        let hash = digest(&SHA256, &self.0);
        let mut name = "row1-".to_owned();
        for byte in hash.as_ref().iter().take(KEPT) {
            // Writing to a text cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lienthong_core::evidence::EvidenceDraft;

    use super::events;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|&text| text.to_owned()).collect()
    }

    fn draft(name: &str) -> EvidenceDraft {
        EvidenceDraft {
            name: name.to_owned(),
            class: "E3".to_owned(),
            services: texts(&["3", "4"]),
            codes: texts(&["1.004222", "1.004194"]),
            units: texts(&["H60.12"]),
            symbol: "663/QĐ-TTPVHCC".to_owned(),
            title: "Phê duyệt quy trình".to_owned(),
            issuer: "UBND tỉnh thử nghiệm".to_owned(),
            issued_on: "2026-05-13".to_owned(),
            valid_to: "2026-12-31".to_owned(),
            sha256: "0a".repeat(32),
            compared_on: "2026-06-01".to_owned(),
            compared_by: "CB-01".to_owned(),
            statements: BTreeMap::from([("steps_before".to_owned(), "7".to_owned())]),
            ..EvidenceDraft::default()
        }
    }

    fn after(other: &str) -> EvidenceDraft {
        EvidenceDraft {
            supersedes: texts(&[other, "05/QĐ-UBND", "MC-000009"]),
            issued_on: "2026-07-01".to_owned(),
            valid_to: String::new(),
            compared_on: "2026-07-02".to_owned(),
            ..draft("row-3")
        }
    }

    #[test]
    fn a_row_has_the_name_that_it_had_in_every_version() {
        // Worked out of the form by another program.
        let expected = [
            "row1-13525b4353c3afe86f51e2a9861d5d5aa01f8e03c99f0309b783b55c",
            "row1-cf7bcc2fb726a4cca5d58f0c5121e9cf7b7a939acddddc69a2a2f1bf",
        ];
        assert_eq!(events(&[draft("row-2"), after("row-2")]), expected);
    }

    #[test]
    fn how_a_row_is_written_and_where_it_stands_does_not_change_its_name() {
        let moved = EvidenceDraft {
            class: "e3".to_owned(),
            services: texts(&["4", "3", "3"]),
            codes: texts(&[" 1.004194", "1.004222"]),
            title: " Phê duyệt quy trình ".to_owned(),
            issued_on: "13/5/2026".to_owned(),
            valid_from: "ngày 13 tháng 5 năm 2026".to_owned(),
            sha256: "0A".repeat(32),
            ..draft("row-40")
        };
        let one = events(&[draft("row-2"), after("row-2")]);
        let other = events(&[moved, after("row-40")]);
        assert_eq!(one, other);
        assert!(one.iter().all(|name| name.len() == 61), "{one:?}");
    }

    #[test]
    fn whatever_a_row_says_otherwise_changes_its_name() {
        let changes: [fn(&mut EvidenceDraft); 8] = [
            |it| it.class = "E4".to_owned(),
            |it| it.codes.truncate(1),
            |it| it.title.push('x'),
            |it| it.signer = "Nguyễn Văn Thử".to_owned(),
            |it| it.valid_to = "2027-01-01".to_owned(),
            |it| it.supersedes = texts(&["MC-000001"]),
            |it| it.statements.clear(),
            |it| it.issued_on = "30/02/2026".to_owned(),
        ];
        let mut names = events(&[draft("a")]);
        for change in changes {
            let mut other = draft("a");
            change(&mut other);
            names.extend(events(&[other]));
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 9);
    }

    #[test]
    fn what_a_row_takes_the_place_of_counts_by_what_that_row_says() {
        let changed = EvidenceDraft {
            title: "Khác".to_owned(),
            ..draft("row-2")
        };
        let one = events(&[draft("row-2"), after("row-2")]);
        let other = events(&[changed, after("row-2")]);
        assert_ne!(one[1], other[1]);
    }
}
