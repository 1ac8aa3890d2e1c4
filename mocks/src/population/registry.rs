//! Finds a person by number, name key and, for the look-up, birth.
//!
//! What a reader would get wrong: an old card number is not unique (population.md 7.2), so every
//! holder is compared and the first who agrees in all points is meant.

use crate::people::{Birth, Person, name_key};

/// Which number a request goes by.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// Số định danh, 12 digits.
    Personal(String),
    /// Số chứng minh nhân dân, 9 digits.
    OldCard(String),
}

/// The birth that a request claims.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ClaimedBirth {
    Day(jiff::civil::Date),
    Year(i16),
}

/// The people and their keys.
pub(super) struct Registry {
    people: Vec<Person>,
    keys: Vec<String>,
}

impl Registry {
    pub(super) fn new(people: Vec<Person>) -> Self {
        let keys = people
            .iter()
            .map(|person| name_key::of(&person.full_name))
            .collect();
        Self { people, keys }
    }

    pub(super) fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person whose number and name key are these, and whose birth agrees if one is claimed.
    /// `name` is compared as it was sent: a name that is not a key agrees with nobody.
    pub(super) fn find(
        &self,
        number: &Number,
        name: &str,
        birth: Option<ClaimedBirth>,
    ) -> Option<&Person> {
        self.people
            .iter()
            .zip(&self.keys)
            .find(|(person, key)| {
                holds(person, number)
                    && key.as_str() == name
                    && birth.is_none_or(|claimed| agrees(person.birth, claimed))
            })
            .map(|(person, _)| person)
    }
}

fn holds(person: &Person, number: &Number) -> bool {
    match number {
        Number::Personal(number) => person.personal_number.as_ref() == Some(number),
        Number::OldCard(number) => person.old_id_card_number.as_ref() == Some(number),
    }
}

/// A year agrees with any day in it; a day does not agree with a record that holds only a year.
fn agrees(held: Birth, claimed: ClaimedBirth) -> bool {
    match (held, claimed) {
        (Birth::Day(held), ClaimedBirth::Day(claimed)) => held == claimed,
        (Birth::Year(_), ClaimedBirth::Day(_)) => false,
        (held, ClaimedBirth::Year(claimed)) => held.year() == claimed,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{ClaimedBirth, Number, Registry};
    use crate::people::population;

    fn registry() -> Registry {
        Registry::new(population(1, 0))
    }

    fn kind_of(number: &Number, name: &str, birth: ClaimedBirth) -> Option<&'static str> {
        registry()
            .find(number, name, Some(birth))
            .map(|person| person.kind)
    }

    #[test]
    fn a_shared_card_number_finds_the_holder_whose_name_and_birth_agree() {
        let registry = registry();
        let card = Number::OldCard("000100014".to_owned());
        let found = registry.find(&card, "BUIVANTRUNG", Some(ClaimedBirth::Year(1963)));
        assert_eq!(
            found.map(|person| person.full_name.as_str()),
            Some("Bùi Văn Trùng")
        );
        assert!(
            registry
                .find(&card, "BUIVANTRUNG", Some(ClaimedBirth::Year(1961)))
                .is_none()
        );
    }

    #[test]
    fn a_record_with_only_a_year_agrees_with_the_year_and_with_no_day() {
        let number = Number::Personal("000145000004".to_owned());
        let day = ClaimedBirth::Day(date(1945, 1, 1));
        assert_eq!(
            kind_of(&number, "PHAMTHINAM", ClaimedBirth::Year(1945)),
            Some("year-only")
        );
        assert_eq!(kind_of(&number, "PHAMTHINAM", day), None);
    }

    #[test]
    fn an_accented_name_agrees_with_nobody() {
        let number = Number::Personal("000185000001".to_owned());
        assert_eq!(
            kind_of(&number, "TRẦN THỊ MẪU THỬ", ClaimedBirth::Year(1985)),
            None
        );
    }
}
