//! A person as the answer shows it (population.md 2.4, 4, 5).
//!
//! What a reader would get wrong: `Nam` is always there, `NgayThangNam` only when the day is
//! known; and the answer's date format is the shape's, whatever the request's format was.

use jiff::Timestamp;

use super::DateFormat;
use super::registry::{Dwelling, Found};
use super::shape::{AddressLayout, AnswerShape, CodeLayout, NameLayout, NotFoundForm};
use super::tree::Node;
use crate::people::{Address, Birth, Person, Relative, Trick};

/// The answer as a tree. `at` is the moment that relatives are stamped with.
pub(super) fn tree(found: &Found<'_>, shape: &AnswerShape, at: Timestamp) -> Node {
    match found {
        Found::Citizens(people) => collection(people, shape),
        Found::Verdict(exists) => Node::of(
            "KetQuaXacThucResponse",
            vec![Node::text("TonTai", if *exists { "true" } else { "false" })],
        ),
        Found::Household(dwelling) => household(dwelling.as_ref(), shape),
        Found::Relatives(person) => relatives(*person, shape, at),
    }
}

fn collection(people: &[Person], shape: &AnswerShape) -> Node {
    let mut children: Vec<Node> = people.iter().map(|person| citizen(person, shape)).collect();
    if children.is_empty() {
        match shape.not_found {
            NotFoundForm::EmptyCollection => {}
            NotFoundForm::ZeroCount => {
                children.push(Node::of("CongDan", vec![Node::text("SoLuongCongDan", "0")]));
            }
            NotFoundForm::EmptyName => children.push(Node::of(
                "CongDan",
                vec![Node::text("SoDinhDanh", ""), name("", shape.names)],
            )),
        }
    }
    Node::of("CongdanCollection", children)
}

fn citizen(person: &Person, shape: &AnswerShape) -> Node {
    let mut fields = Vec::new();
    if shape.counted {
        fields.push(Node::text("SoLuongCongDan", "1"));
    }
    let trick = person.trick.as_ref();
    match trick {
        Some(Trick::NoNumber) => {}
        Some(Trick::OtherNumber(number)) => fields.push(Node::text("SoDinhDanh", *number)),
        Some(Trick::Several(_) | Trick::Sparse | Trick::NoBirth | Trick::NoName) | None => {
            fields.push(Node::text("SoDinhDanh", number_of(person)));
        }
    }
    let sparse = matches!(trick, Some(Trick::Sparse));
    if !sparse {
        fields.push(Node::text(
            "SoCMND",
            person.old_id_card_number.as_deref().unwrap_or_default(),
        ));
    }
    if !matches!(trick, Some(Trick::NoName)) {
        let layout = person.name_layout.unwrap_or(shape.names);
        fields.push(name(&person.full_name, layout));
    }
    if !sparse {
        fields.extend(codes(person, shape));
    }
    if !matches!(trick, Some(Trick::NoBirth)) {
        fields.push(birth(person.birth, shape.dates));
    }
    if !sparse {
        fields.extend(places(person, shape));
        fields.extend(others(person, shape));
    }
    Node::of("CongDan", fields)
}

fn number_of(person: &Person) -> &str {
    person.personal_number.as_deref().unwrap_or_default()
}

fn codes(person: &Person, shape: &AnswerShape) -> Vec<Node> {
    let mut fields = vec![Node::text("GioiTinh", person.sex.code())];
    match person.code_layout.unwrap_or(shape.codes) {
        CodeLayout::Plain => {
            fields.push(Node::text("DanToc", person.ethnicity.0));
            fields.push(Node::text("TonGiao", person.religion));
        }
        CodeLayout::Structure => {
            let group = vec![
                Node::text("MaDanToc", person.ethnicity.0),
                Node::text("TenGoi", person.ethnicity.1),
            ];
            fields.push(Node::of("DanToc", group));
            let religion = vec![Node::text("MaTonGiao", person.religion)];
            fields.push(Node::of("TonGiao", religion));
        }
    }
    fields.push(Node::text("TinhTrangHonNhan", person.marital_status));
    fields.extend(person.blood_group.map(|group| Node::text("NhomMau", group)));
    fields
}

fn places(person: &Person, shape: &AnswerShape) -> Vec<Node> {
    let places = [
        ("NoiDangKyKhaiSinh", &person.birth_place),
        ("QueQuan", &person.home_town),
        ("ThuongTru", &person.residence),
        ("NoiOHienTai", &person.current_residence),
    ];
    places
        .into_iter()
        .filter_map(|(element, place)| {
            place
                .as_ref()
                .map(|place| address(element, place, shape.addresses))
        })
        .collect()
}

fn others(person: &Person, shape: &AnswerShape) -> Vec<Node> {
    let mut fields = vec![Node::text("QuocTich", "VN")];
    let relatives = [
        ("Cha", &person.father),
        ("Me", &person.mother),
        ("VoChong", &person.spouse),
        ("NguoiDaiDien", &person.representative),
    ];
    for (element, relative) in relatives {
        let Some(relative) = relative else { continue };
        fields.push(Node::of(
            element,
            vec![
                name(&relative.full_name, shape.relative_names),
                Node::text("QuocTich", "VN"),
                Node::text("SoDinhDanh", relative.personal_number.as_str()),
                Node::text("SoCMND", ""),
            ],
        ));
    }
    if let Some((relation, head)) = &person.household_head {
        fields.push(Node::of(
            "ChuHo",
            vec![
                Node::text("QuanHe", *relation),
                Node::text("SoDinhDanh", head.personal_number.as_str()),
                Node::text("SoCMND", ""),
                name(&head.full_name, shape.relative_names),
            ],
        ));
    }
    fields.extend(
        person
            .household_book
            .map(|book| Node::text("SoSoHoKhau", book)),
    );
    fields
}

fn name(full_name: &str, layout: NameLayout) -> Node {
    let upper = full_name.to_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let (family, middle, given) = match (layout, words.as_slice()) {
        (NameLayout::PlainText, _) => return Node::text("HoVaTen", upper),
        (NameLayout::ThreeParts, [family, between @ .., given]) => {
            (*family, between.join(" "), *given)
        }
        (NameLayout::ThreeParts | NameLayout::WholeInGivenName, _) => {
            ("", String::new(), upper.as_str())
        }
    };
    let parts = vec![
        Node::text("Ho", family),
        Node::text("ChuDem", middle),
        Node::text("Ten", given),
    ];
    Node::of("HoVaTen", parts)
}

fn birth(birth: Birth, format: DateFormat) -> Node {
    let mut parts = vec![Node::text("Nam", format!("{:04}", birth.year()))];
    parts.extend(day(birth, format));
    Node::of("NgayThangNamSinh", parts)
}

fn day(birth: Birth, format: DateFormat) -> Option<Node> {
    let Birth::Day(day) = birth else { return None };
    let text = match format {
        DateFormat::Compact => day.strftime("%Y%m%d").to_string(),
        DateFormat::Dashed => day.to_string(),
    };
    Some(Node::text("NgayThangNam", text))
}

fn address(element: &'static str, address: &Address, layout: AddressLayout) -> Node {
    let mut parts = match layout {
        AddressLayout::ProvinceWard | AddressLayout::NoDistrict => {
            vec![Node::text("MaTinhThanh", address.province)]
        }
        AddressLayout::UnitCode => vec![Node::text("MaDonViHanhChinh", address.ward)],
    };
    match (layout, address.district) {
        (AddressLayout::ProvinceWard, district) => {
            parts.push(Node::text("MaQuanHuyen", district.unwrap_or_default()));
        }
        (AddressLayout::NoDistrict, Some(district)) => {
            parts.push(Node::text("MaQuanHuyen", district));
        }
        (AddressLayout::NoDistrict, None) | (AddressLayout::UnitCode, _) => {}
    }
    if layout != AddressLayout::UnitCode {
        parts.push(Node::text("MaPhuongXa", address.ward));
    }
    parts.push(Node::text("ChiTiet", address.detail.as_str()));
    parts.push(Node::text("QuocGia", "VN"));
    Node::of(element, parts)
}

fn household(dwelling: Option<&Dwelling<'_>>, shape: &AnswerShape) -> Node {
    let Some(dwelling) = dwelling else {
        return Node::of("HoGiaDinh", Vec::new());
    };
    let mut parts = vec![Node::of(
        "ChuHo",
        vec![
            Node::text("SoDinhDanh", number_of(dwelling.head)),
            name(&dwelling.head.full_name, shape.relative_names),
        ],
    )];
    if shape.head_among_members {
        parts.push(member(dwelling.head, "CH01", shape));
    }
    let members = dwelling.members.iter();
    parts.extend(members.map(|(person, relation)| member(person, relation, shape)));
    Node::of("HoGiaDinh", parts)
}

fn member(person: &Person, relation: &str, shape: &AnswerShape) -> Node {
    Node::of(
        "ThanhVien",
        vec![
            Node::text("SoDinhDanh", number_of(person)),
            name(&person.full_name, shape.relative_names),
            birth(person.birth, shape.dates),
            Node::text("QuanHe", relation),
        ],
    )
}

/// The relatives' answer has a shape of its own: every name in three elements, a birth without
/// `Nam` where the day is known (population.md 4).
fn relatives(person: Option<&Person>, shape: &AnswerShape, at: Timestamp) -> Node {
    let count = if person.is_some() { "1" } else { "0" };
    Node::of(
        "CongdanCollection",
        person
            .map(|person| with_parents(person, shape))
            .into_iter()
            .collect(),
    )
    .attribute("SoCongDan", count)
    .attribute("GhiChu", "")
    .attribute("ThoiDiemDuLieu", at.to_string())
    .attribute("id", "1")
}

fn with_parents(person: &Person, shape: &AnswerShape) -> Node {
    let in_elements = |full_name: &str| {
        let layout = match shape.names {
            NameLayout::PlainText => NameLayout::WholeInGivenName,
            layout @ (NameLayout::WholeInGivenName | NameLayout::ThreeParts) => layout,
        };
        name(full_name, layout)
    };
    let born = match day(person.birth, shape.dates) {
        Some(day) => Node::of("NgayThangNamSinh", vec![day]),
        None => birth(person.birth, shape.dates),
    };
    let mut fields = vec![
        Node::text("SoDinhDanh", number_of(person)),
        Node::text(
            "SoCMND",
            person.old_id_card_number.as_deref().unwrap_or_default(),
        ),
        in_elements(&person.full_name),
        born,
    ];
    let parents: [(&str, &Option<Relative>); 2] = [("Cha", &person.father), ("Me", &person.mother)];
    for (element, parent) in parents {
        let Some(parent) = parent else { continue };
        fields.push(Node::of(
            element,
            vec![
                Node::text("SoDinhDanh", parent.personal_number.as_str()),
                Node::text("QuocTich", "VN"),
                in_elements(&parent.full_name),
            ],
        ));
    }
    Node::of("CongDan", fields)
}
