//! `[cache]`: what of the answers may be kept, for how long and for whom.
//!
//! What is kept stays in memory. Data of the population database are to be used for the
//! task at hand, not copied or handed on (population.md 14, rule 6): who keeps them
//! beyond one dossier, or past their time, must name what allows it.

use lienthong_core::lookup::keeping::{ClassRule, DataClass, Keeping, Scope};
use lienthong_core::text::Text;

use super::description::Page;
use super::kinds::{boolean, choice, duration, legal_basis, name_of, size};
use super::quantity::{duration_text, size_text};
use super::reader::{Read, Reading};
use super::section::Section;

const SCOPES: [(&str, Scope); 3] = [
    ("dossier", Scope::Dossier),
    ("procedure", Scope::Procedure),
    ("province", Scope::Province),
];

const LAWFUL: &str = "the data may be used for the task at hand only, neither copied nor handed \
                      on; name the document that allows more in `cache.legal_basis`";

/// Reads `[cache]`; what it does not name is as [`Keeping::default`] has it.
pub(super) fn read_cache(section: &mut Section<'_>) -> Read<Keeping> {
    let default = Keeping::default();
    let scope = section.or("scope", default.scope, choice(&SCOPES));
    let legal_basis = section.optional("legal_basis", legal_basis);
    let mut rule = |class: DataClass| read_class(section, class, default.of(class));
    let verdict = rule(DataClass::Verdict);
    let person = rule(DataClass::Person);
    let household = rule(DataClass::Household);
    let negative = rule(DataClass::Negative);
    Ok(Keeping {
        scope: scope?,
        legal_basis: legal_basis?,
        verdict: verdict?,
        person: person?,
        household: household?,
        negative: negative?,
    })
}

fn read_class(
    section: &mut Section<'_>,
    class: DataClass,
    default: Option<ClassRule>,
) -> Read<Option<ClassRule>> {
    section.section_or_empty(class.name(), |section| {
        let cached = section.or("cached", default.is_some(), boolean);
        let keep = section.optional("keep", duration);
        let stale = section.optional("stale", duration);
        let size = section.optional("size", size);
        let (cached, keep, stale, size) = (cached?, keep?, stale?, size?);
        if stale.is_some() && !class.may_be_stale() {
            let help = "past its time only a verdict may be given, never a person's data";
            return Err(section.wrong("stale", "may not be set for this class", help));
        }
        // A class without a rule of its own takes what a person's record has.
        let usual = default.or(Keeping::default().person);
        Ok(usual.filter(|_| cached).map(|usual| ClassRule {
            keep: keep.unwrap_or(usual.keep),
            stale: stale.unwrap_or(usual.stale),
            size: size.map_or(usual.size, |size| size as u64),
        }))
    })
}

/// Reports what is kept beyond one dossier, or past its time, without a legal basis.
pub(super) fn check_lawful(cache: &Keeping, reading: &Reading) {
    if cache.legal_basis.is_some() {
        return;
    }
    if cache.scope.needs_legal_basis() {
        let message = "lets answers serve beyond the dossier they were asked for, and no legal \
                       basis is named";
        reading.report_at("cache.scope", message, LAWFUL);
    }
    for class in DataClass::ALL {
        if cache.of(*class).is_some_and(|rule| !rule.stale.is_zero()) {
            let key = format!("cache.{}.stale", class.name());
            let message = "lets answers be given past their time, and no legal basis is named";
            reading.report_at(&key, message, LAWFUL);
        }
    }
}

/// Writes `[cache]`.
pub(super) fn describe_cache(cache: &Keeping, page: &mut Page) {
    page.section("cache");
    page.set("scope", name_of(&SCOPES, &cache.scope));
    page.set_if_any("legal_basis", cache.legal_basis.as_ref().map(Text::as_str));
    for class in DataClass::ALL {
        page.section(&format!("cache.{}", class.name()));
        let rule = cache.of(*class);
        page.set("cached", rule.is_some());
        let Some(rule) = rule else { continue };
        page.set("keep", duration_text(rule.keep));
        if !rule.stale.is_zero() {
            page.set("stale", duration_text(rule.stale));
        }
        let size = usize::try_from(rule.size).unwrap_or(usize::MAX);
        page.set("size", size_text(size));
    }
}
