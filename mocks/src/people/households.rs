//! Who lives with whom (Hộ gia đình).
//!
//! What a reader would get wrong: no code list of `QuanHe` is known (population.md 6). `CH01` is
//! seen for the head; `CH96` to `CH99` are placeholders that a reader has to pass through.

use super::{Person, Relative};

/// `QuanHe` of the head.
const HEAD: &str = "CH01";
/// `QuanHe` of whoever is a relative in a generated household.
const MEMBER: &str = "CH99";
/// People in a generated household.
const GENERATED_SIZE: usize = 4;

/// The fixed families: the head's number, then the members' with `QuanHe`. Somebody without a
/// personal number stands under the old card.
const FAMILIES: [(&str, &[(&str, &str)]); 3] = [
    (
        "000185000001",
        &[
            ("000080000002", "CH98"),
            ("000215000003", "CH99"),
            ("000145000004", "CH97"),
        ],
    ),
    ("000078000006", &[("000190000005", "CH96")]),
    ("000082000018", &[("000100013", "CH97")]),
];

/// A household, by the places of its people in the population.
pub(crate) struct Household {
    pub(crate) head: usize,
    /// Without the head, each with `QuanHe`.
    pub(crate) members: Vec<(usize, &'static str)>,
}

impl Household {
    /// Everybody in it.
    pub(crate) fn people(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.head).chain(self.members.iter().map(|(member, _)| *member))
    }
}

/// Puts everybody into a household and writes its head into their records. The first `fixed`
/// people are the known ones, the others are generated.
pub(super) fn settle(people: &mut [Person], fixed: usize) -> Vec<Household> {
    let mut households: Vec<Household> = FAMILIES
        .iter()
        .filter_map(|(head, members)| family(people, head, members))
        .collect();
    households.extend(generated(people, fixed));
    for household in &households {
        write_head(people, household);
    }
    // Who heads a household alone has no head in the record, as in many a live one.
    let settled: std::collections::HashSet<usize> =
        households.iter().flat_map(Household::people).collect();
    let alone = (0..fixed).filter(|index| !settled.contains(index));
    let alone = alone.filter(|index| people.get(*index).is_some_and(has_home));
    households.extend(alone.map(|head| Household {
        head,
        members: Vec::new(),
    }));
    households
}

const fn has_home(person: &Person) -> bool {
    person.residence.is_some() && person.trick.is_none()
}

fn family(people: &[Person], head: &str, members: &[(&str, &'static str)]) -> Option<Household> {
    let place = |number: &str| {
        people.iter().position(|person| {
            person.personal_number.as_deref() == Some(number)
                || person.old_id_card_number.as_deref() == Some(number)
        })
    };
    Some(Household {
        head: place(head)?,
        members: members
            .iter()
            .filter_map(|(number, relation)| Some((place(number)?, *relation)))
            .collect(),
    })
}

/// Neighbours in the order of generation live together; the oldest is the head.
fn generated(people: &[Person], fixed: usize) -> Vec<Household> {
    let indices: Vec<usize> = (fixed..people.len()).collect();
    let year = |index: usize| people.get(index).map(|person| person.birth.year());
    indices
        .chunks(GENERATED_SIZE)
        .filter_map(|together| {
            let head = together.iter().copied().min_by_key(|index| year(*index))?;
            let others = together.iter().copied().filter(|index| *index != head);
            Some(Household {
                head,
                members: others.map(|member| (member, MEMBER)).collect(),
            })
        })
        .collect()
}

fn write_head(people: &mut [Person], household: &Household) {
    let Some(head) = people.get(household.head) else {
        return;
    };
    let head = Relative {
        full_name: head.full_name.clone(),
        personal_number: head.personal_number.clone().unwrap_or_default(),
    };
    let relations = std::iter::once((household.head, HEAD));
    for (index, relation) in relations.chain(household.members.iter().copied()) {
        if let Some(person) = people.get_mut(index) {
            person.household_head = Some((relation, head.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Birth;
    use super::super::population;

    #[test]
    fn nobody_lives_in_two_households_and_only_traps_and_the_homeless_live_in_none() {
        let population = population(5, 41);
        let all: Vec<usize> = population
            .households
            .iter()
            .flat_map(super::Household::people)
            .collect();
        let settled: HashSet<usize> = all.iter().copied().collect();
        assert_eq!(settled.len(), all.len());
        let outside: HashSet<&str> = (0..population.people.len())
            .filter(|index| !settled.contains(index))
            .map(|index| population.people[index].kind)
            .collect();
        assert!(outside.contains("no-address") && outside.contains("several"));
        assert_eq!(outside.len(), 7, "{outside:?}");
    }

    #[test]
    fn the_first_household_holds_a_spouse_a_child_and_a_grandparent_of_unknown_birthday() {
        let population = population(5, 0);
        let first = &population.households[0];
        assert_eq!(population.people[first.head].kind, "plain");
        let births: Vec<Birth> = first
            .members
            .iter()
            .map(|(member, _)| population.people[*member].birth)
            .collect();
        assert_eq!(births.len(), 3);
        assert_eq!(births[2], Birth::Year(1945));
    }
}
