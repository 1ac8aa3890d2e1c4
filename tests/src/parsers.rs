//! Every pure parser of outside text, for fuzz targets and for the replay of their finds.
//!
//! What a reader would get wrong: being refused is fine. Only a panic, or a value that does
//! not come back from its own printed form, is a find.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::dossier::FileUrl;
use lienthong_core::dossier::event::EventId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, structural_warnings};
use lienthong_core::mapping::{CodeKind, MappingTable, Translation};
use lienthong_core::name::{FullName, KeyRule, NameKey, compare};
use lienthong_core::places::PlaceCatalogue;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{ComponentCode, FieldCode, ProcedureCode, ResultCode};
use lienthong_core::text::Text;
use lienthong_core::wire_time;

/// Reads `text` as everything that a caller or an upstream may send as a text.
///
/// # Panics
/// When a value that was read is not read back from its own form.
pub fn read_as_everything(text: &str) {
    names(text);
    numbers(text);
    codes(text);
    times(text);
}

/// Reads `text` as a mapping table.
///
/// # Panics
/// When a table is refused without a reason, or calls a code by its own name.
pub fn read_as_mapping_table(text: &str) {
    let table = match MappingTable::parse(text) {
        Ok(table) => table,
        Err(problems) => {
            assert!(!problems.is_empty(), "a table is refused without a reason");
            assert!(problems.iter().all(|it| !it.to_string().is_empty()));
            return;
        }
    };
    assert!(!table.is_idle() || table.is_empty());
    let day = jiff::civil::date(2026, 7, 1);
    for kind in CodeKind::ALL {
        for code in ["1.004222", "H99.12", "000.00.01.H99", "G01-CA05", ""] {
            let translated = table.translate(kind, code, day);
            assert_ne!(translated, Translation::To(code));
            assert!(!table.is_idle() || translated == Translation::Same);
        }
    }
}

fn names(text: &str) {
    let violations = FullName::violations(text);
    let Ok(name) = FullName::parse(text) else {
        assert!(!violations.is_empty(), "a name is refused without a reason");
        return;
    };
    assert!(
        violations.is_empty(),
        "a name is taken in spite of a violation"
    );
    assert!(
        FullName::parse(name.expose()).as_ref() == Ok(&name),
        "a name is not stable"
    );
    for rule in [KeyRule::LettersAndDigits, KeyRule::default()] {
        assert!(
            !NameKey::of(&name, rule).expose().is_empty(),
            "nothing is left of a name"
        );
    }
    let _ = compare(&name, text);
}

fn numbers(text: &str) {
    if let Ok(number) = PersonalNumber::parse(text) {
        assert!(PersonalNumber::parse(number.expose()).as_ref() == Ok(&number));
        if let Ok(places) = PlaceCatalogue::shipped() {
            let _ = structural_warnings(&number, None, None, &places, Some(2026));
        }
    }
    if let Ok(number) = OldIdCardNumber::parse(text) {
        assert!(OldIdCardNumber::parse(number.expose()).as_ref() == Ok(&number));
    }
    if let Ok(number) = DossierNumber::parse(text) {
        assert_eq!(DossierNumber::parse(number.as_str()).as_ref(), Ok(&number));
    }
}

fn codes(text: &str) {
    if let Ok(code) = AgencyCode::parse(text) {
        assert_eq!(AgencyCode::parse(code.as_str()).as_ref(), Ok(&code));
    }
    if let Ok(code) = ProcedureCode::parse(text) {
        assert_eq!(ProcedureCode::parse(code.as_str()).as_ref(), Ok(&code));
    }
    if let Ok(code) = ComponentCode::parse(text) {
        assert_eq!(ComponentCode::parse(code.as_str()).as_ref(), Ok(&code));
    }
    let _ = (
        FieldCode::parse(text),
        ResultCode::parse(text),
        PortalStatus::parse(text),
    );
    let _ = (
        ClientName::parse(text),
        OfficerId::parse(text),
        EventId::parse(text),
    );
    let _ = (FileUrl::parse(text), PlaceCatalogue::parse(text));
    if let Ok(short) = Text::<100>::parse(text) {
        assert_eq!(
            Text::parse(short.as_str()).as_ref(),
            Ok(&short),
            "a text is not stable"
        );
    }
}

fn times(text: &str) {
    if let Ok(birth) = BirthDate::parse(text) {
        assert!(BirthDate::parse(&birth.to_iso()).as_ref() == Ok(&birth));
    }
    let _ = BirthDate::from_wire(text);
    if let Ok(moment) = wire_time::from_portal_text(text) {
        let written = wire_time::to_portal_text(moment);
        assert_eq!(wire_time::from_portal_text(&written), Ok(moment));
    }
    if let Ok(date) = wire_time::date_from_portal_text(text) {
        let written = wire_time::date_to_portal_text(date);
        assert_eq!(wire_time::date_from_portal_text(&written), Ok(date));
    }
}
