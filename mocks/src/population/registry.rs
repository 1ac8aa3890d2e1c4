//! Finds people by number, name key and birth, and the household that somebody lives in.
//!
//! What a reader would get wrong: an old card number is not unique (population.md 7.2), so every
//! holder is compared and the first who agrees in all points is meant.

use std::collections::HashMap;

use super::question::{ClaimedBirth, Number, Operation, Question};
use crate::people::{Birth, Household, Person, Population, Trick, name_key};

/// What an operation found, and thereby which form its answer takes.
pub(super) enum Found<'a> {
    /// 037: usually nobody or one person.
    Citizens(Vec<Person>),
    /// 033: whether the person exists.
    Verdict(bool),
    /// Household: none for who is not there and for who lives in none.
    Household(Option<Dwelling<'a>>),
    /// Relatives: the person, whose parents the answer names.
    Relatives(Option<&'a Person>),
}

impl Found<'_> {
    pub(super) const fn is_match(&self) -> bool {
        match self {
            Self::Citizens(people) => !people.is_empty(),
            Self::Verdict(exists) => *exists,
            Self::Household(dwelling) => dwelling.is_some(),
            Self::Relatives(person) => person.is_some(),
        }
    }
}

/// A household with its people.
pub(super) struct Dwelling<'a> {
    pub(super) head: &'a Person,
    /// Members without the head, each with `QuanHe`.
    pub(super) members: Vec<(&'a Person, &'static str)>,
}

/// The people, where to find them by number, and who lives with whom.
pub(super) struct Registry {
    people: Vec<Person>,
    keys: Vec<String>,
    by_personal_number: HashMap<String, Vec<usize>>,
    by_old_card: HashMap<String, Vec<usize>>,
    households: Vec<Household>,
    /// From a person to the household.
    home: HashMap<usize, usize>,
}

impl Registry {
    pub(super) fn new(population: Population) -> Self {
        let Population { people, households } = population;
        let mut by_personal_number: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_old_card: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, person) in people.iter().enumerate() {
            if let Some(number) = &person.personal_number {
                let holders = by_personal_number.entry(number.clone()).or_default();
                holders.push(index);
            }
            if let Some(number) = &person.old_id_card_number {
                by_old_card.entry(number.clone()).or_default().push(index);
            }
        }
        let home = households
            .iter()
            .enumerate()
            .flat_map(|(at, household)| household.people().map(move |person| (person, at)))
            .collect();
        Self {
            keys: people
                .iter()
                .map(|person| name_key::of(&person.full_name))
                .collect(),
            people,
            by_personal_number,
            by_old_card,
            households,
            home,
        }
    }

    /// Those whose answers are true records, or the others.
    pub(super) fn people(&self, tricky: bool) -> impl Iterator<Item = &Person> {
        self.people
            .iter()
            .filter(move |person| person.trick.is_some() == tricky)
    }

    /// What an operation finds.
    pub(super) fn ask(&self, operation: Operation, question: &Question) -> Found<'_> {
        let index = self.find(question);
        let person = index.and_then(|index| self.people.get(index));
        match operation {
            Operation::Lookup => Found::Citizens(person.map(records).unwrap_or_default()),
            Operation::Verify => Found::Verdict(person.is_some()),
            Operation::Household => Found::Household(index.and_then(|at| self.dwelling(at))),
            Operation::Relatives => Found::Relatives(person),
        }
    }

    /// The person whose number and name key are these, and whose birth agrees if one is claimed.
    /// The name is compared as it was sent: one that is not a key agrees with nobody.
    fn find(&self, question: &Question) -> Option<usize> {
        let holders = match &question.number {
            Number::Personal(number) => self.by_personal_number.get(number),
            Number::OldCard(number) => self.by_old_card.get(number),
        };
        holders?.iter().copied().find(|index| {
            let key_agrees = self
                .keys
                .get(*index)
                .is_some_and(|key| *key == question.name);
            let birth_agrees = self.people.get(*index).is_some_and(|person| {
                question
                    .birth
                    .is_none_or(|claimed| agrees(person.birth, claimed))
            });
            key_agrees && birth_agrees
        })
    }

    fn dwelling(&self, index: usize) -> Option<Dwelling<'_>> {
        let household = self.households.get(*self.home.get(&index)?)?;
        let member = |&(index, relation): &(usize, &'static str)| {
            self.people.get(index).map(|person| (person, relation))
        };
        Some(Dwelling {
            head: self.people.get(household.head)?,
            members: household.members.iter().filter_map(member).collect(),
        })
    }
}

/// The records that a look-up answers with: one, or two where the registry itself is in doubt.
fn records(person: &Person) -> Vec<Person> {
    let mut records = vec![person.clone()];
    if let Some(Trick::Several(number)) = &person.trick {
        let mut second = person.clone();
        second.personal_number = Some((*number).to_owned());
        records.push(second);
    }
    records
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

    use super::{ClaimedBirth, Found, Number, Operation, Question, Registry};
    use crate::people::population;

    fn question(number: Number, name: &str, birth: ClaimedBirth) -> Question {
        Question {
            number,
            name: name.to_owned(),
            birth: Some(birth),
        }
    }

    fn names(number: Number, name: &str, birth: ClaimedBirth) -> Vec<String> {
        let registry = Registry::new(population(1, 0));
        match registry.ask(Operation::Lookup, &question(number, name, birth)) {
            Found::Citizens(people) => people.into_iter().map(|p| p.full_name).collect(),
            _ => panic!("a look-up finds citizens"),
        }
    }

    fn personal(number: &str) -> Number {
        Number::Personal(number.to_owned())
    }

    #[test]
    fn a_shared_card_number_finds_the_holder_whose_name_and_birth_agree() {
        let card = || Number::OldCard("000100014".to_owned());
        let found = names(card(), "BUIVANTRUNG", ClaimedBirth::Year(1963));
        assert_eq!(found, ["Bùi Văn Trùng"]);
        assert!(names(card(), "BUIVANTRUNG", ClaimedBirth::Year(1961)).is_empty());
    }

    #[test]
    fn a_record_with_only_a_year_agrees_with_the_year_and_with_no_day() {
        let number = || personal("000145000004");
        let day = ClaimedBirth::Day(date(1945, 1, 1));
        assert_eq!(
            names(number(), "PHAMTHINAM", ClaimedBirth::Year(1945)).len(),
            1
        );
        assert!(names(number(), "PHAMTHINAM", day).is_empty());
    }

    #[test]
    fn an_accented_name_agrees_with_nobody() {
        let number = personal("000185000001");
        assert!(names(number, "TRẦN THỊ MẪU THỬ", ClaimedBirth::Year(1985)).is_empty());
    }

    #[test]
    fn a_household_is_found_from_any_of_its_members() {
        let registry = Registry::new(population(1, 8));
        let heads: Vec<_> = [
            ("000185000001", "TRANTHIMAUTHU", 1985),
            ("000145000004", "PHAMTHINAM", 1945),
            ("000215000003", "LEMAUNHI", 2015),
        ]
        .into_iter()
        .map(|(number, name, year)| {
            let question = question(personal(number), name, ClaimedBirth::Year(year));
            match registry.ask(Operation::Household, &question) {
                Found::Household(Some(dwelling)) => (dwelling.head.kind, dwelling.members.len()),
                _ => panic!("no household"),
            }
        })
        .collect();
        assert_eq!(heads, [("plain", 3); 3]);
    }
}
