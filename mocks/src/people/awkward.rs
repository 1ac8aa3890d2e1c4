//! The fixed people: each is one way in which real records are awkward (population.md Part D).
//!
//! What a reader would get wrong: they stay the same for every seed, so that documents and tests
//! may name them. A number here never changes; a new case gets a new number.

use jiff::civil::date;

use super::{Address, Birth, CodeLayout, NameLayout, Person, Relative, Sex};

const KINH: (&str, &str) = ("01", "Kinh");
const EDE: (&str, &str) = ("12", "Ê-đê");

/// A record in the live 037 shape with nothing awkward yet.
pub(super) fn plain(
    kind: &'static str,
    number: &str,
    name: &str,
    birth: Birth,
    sex: Sex,
) -> Person {
    Person {
        kind,
        personal_number: Some(number.to_owned()),
        old_id_card_number: None,
        full_name: name.to_owned(),
        birth,
        sex,
        ethnicity: KINH,
        religion: "00",
        marital_status: "1",
        blood_group: Some("00"),
        home_town: None,
        residence: Some(hamlet()),
        father: None,
        mother: None,
        household_head: None,
        birth_place: None,
        current_residence: None,
        spouse: None,
        representative: None,
        household_book: None,
        name_layout: None,
        code_layout: None,
        trick: None,
    }
}

fn hamlet() -> Address {
    Address {
        province: "99",
        district: None,
        ward: "99901",
        detail: "THÔN MẪU".to_owned(),
    }
}

fn relative(name: &str, number: &str) -> Relative {
    Relative {
        full_name: name.to_owned(),
        personal_number: number.to_owned(),
    }
}

pub(super) const fn born(year: i16, month: i8, day: i8) -> Birth {
    Birth::Day(date(year, month, day))
}

/// All of them.
pub(super) fn people() -> Vec<Person> {
    let mut people = ordinary();
    people.extend(names());
    people.extend(numbers());
    people.extend(shapes());
    people
}

fn ordinary() -> Vec<Person> {
    let name = "Trần Thị Mẫu Thử";
    vec![
        Person {
            marital_status: "2",
            ..plain(
                "plain",
                "000185000001",
                name,
                born(1985, 2, 13),
                Sex::Female,
            )
        },
        Person {
            old_id_card_number: Some("000100002".to_owned()),
            ..plain(
                "old-and-new-number",
                "000080000002",
                "Lê Văn Ví Dụ",
                born(1980, 9, 1),
                Sex::Male,
            )
        },
        Person {
            father: Some(relative("Lê Văn Ví Dụ", "000080000002")),
            mother: Some(relative(name, "000185000001")),
            marital_status: "0",
            blood_group: None,
            ..plain(
                "child",
                "000215000003",
                "Lê Mẫu Nhi",
                born(2015, 6, 30),
                Sex::Male,
            )
        },
        plain(
            "year-only",
            "000145000004",
            "Phạm Thị Năm",
            Birth::Year(1945),
            Sex::Female,
        ),
    ]
}

fn names() -> Vec<Person> {
    let female = |kind, number, name| plain(kind, number, name, born(1990, 10, 5), Sex::Female);
    vec![
        Person {
            ethnicity: EDE,
            ..female("apostrophe", "000190000005", "H'Hen Niê")
        },
        Person {
            ethnicity: EDE,
            ..plain(
                "ede-name",
                "000078000006",
                "Y Bhăm Niê Kđăm",
                born(1978, 1, 31),
                Sex::Male,
            )
        },
        female("old-tone-placement", "000190000007", "Nguyễn Thị Hoà"),
        female("two-word-name", "000190000008", "Đặng Thuỷ"),
        female("single-word-name", "000190000010", "Thảo"),
        female("four-word-name", "000190000011", "Nguyễn Hoàng Bảo Thử"),
        female(
            "very-long-name",
            "000190000012",
            "Công Tằng Tôn Nữ Hoàng Thị Phương Quỳnh Khánh Linh Thượng Nghiêm Trường Nguyên Mẫu Thử",
        ),
        female("new-tone-placement", "000190000022", "Nguyễn Thị Hòa"),
        female("eth-letter", "000190000023", "\u{d0}ặng Thị Mẫu"),
        female(
            "decomposed-name",
            "000190000024",
            "Nguye\u{302}\u{303}n Thi\u{323} A\u{301}nh",
        ),
    ]
}

fn numbers() -> Vec<Person> {
    let only_card = |kind, card: &str, name, birth, sex| Person {
        personal_number: None,
        old_id_card_number: Some(card.to_owned()),
        ..plain(kind, "", name, birth, sex)
    };
    vec![
        only_card(
            "only-old-card",
            "000100013",
            "Hoàng Văn Cũ",
            born(1958, 12, 24),
            Sex::Male,
        ),
        only_card(
            "shared-old-card",
            "000100014",
            "Vũ Thị Trùng",
            born(1961, 3, 8),
            Sex::Female,
        ),
        only_card(
            "shared-old-card",
            "000100014",
            "Bùi Văn Trùng",
            born(1963, 4, 19),
            Sex::Male,
        ),
        plain(
            "sex-digit-differs",
            "000092000015",
            "Đỗ Thị Khác",
            born(1992, 7, 7),
            Sex::Female,
        ),
        plain(
            "birth-year-differs",
            "000177000016",
            "Ngô Thị Sửa",
            born(1979, 5, 2),
            Sex::Female,
        ),
        plain(
            "sex-unknown",
            "000088000017",
            "Dương Văn Khuyết",
            born(1988, 8, 8),
            Sex::Unknown,
        ),
    ]
}

fn shapes() -> Vec<Person> {
    let male = |kind, number, name| plain(kind, number, name, born(1982, 11, 20), Sex::Male);
    vec![
        Person {
            residence: Some(Address {
                district: Some("999"),
                detail: "SỐ 1 ĐƯỜNG VÍ DỤ & NGÕ <2>".to_owned(),
                ..hamlet()
            }),
            home_town: Some(hamlet()),
            ..male("with-district", "000082000018", "Phan Văn Huyện")
        },
        Person {
            residence: None,
            ..male("no-address", "000082000019", "Trịnh Văn Trống")
        },
        Person {
            name_layout: Some(NameLayout::ThreeParts),
            ..male("three-part-name", "000082000020", "Nguyễn Văn Ba")
        },
        full_record(),
        Person {
            ethnicity: ("02", "Tày"),
            code_layout: Some(CodeLayout::Structure),
            ..male("ethnicity-structure", "000082000021", "Nông Văn Thử")
        },
    ]
}

fn full_record() -> Person {
    let spouse = relative("Đoàn Văn Chồng", "000080000032");
    Person {
        old_id_card_number: Some("000100025".to_owned()),
        ethnicity: ("05", "Khơ-me"),
        religion: "99",
        marital_status: "2",
        blood_group: Some("04"),
        birth_place: Some(hamlet()),
        home_town: Some(hamlet()),
        current_residence: Some(hamlet()),
        father: Some(relative("Cao Văn Cha", "000055000033")),
        mother: Some(relative("Mai Thị Mẹ", "000157000034")),
        spouse: Some(spouse.clone()),
        representative: Some(spouse),
        household_book: Some("SỔ 0001/MẪU"),
        ..plain(
            "full-record",
            "000182000025",
            "Cao Thị Đủ",
            born(1982, 4, 30),
            Sex::Female,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::people;

    #[test]
    fn the_citizen_of_the_domain_document_is_there() {
        let people = people();
        let plain = &people[0];
        assert_eq!(plain.personal_number.as_deref(), Some("000185000001"));
        assert_eq!(plain.full_name.to_uppercase(), "TRẦN THỊ MẪU THỬ");
    }

    #[test]
    fn the_long_name_fits_into_no_more_than_the_hundred_characters_that_are_allowed() {
        let people = people();
        let long = people.iter().find(|p| p.kind == "very-long-name").unwrap();
        assert!((80..=100).contains(&long.full_name.chars().count()));
    }
}
