//! The traps of a citizen's record, each under its own name (population.md, part D).

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{BloodType, Citizen, MaritalStatus};
use lienthong_core::identity::Sex;
use lienthong_core::masked::Masked;
use lienthong_core::name::NameComparison;
use lienthong_core::ports::population::CitizenAnswer;

use super::super::samples::{DANCU, LIVE, collection, envelope};
use super::super::{read_look_up, read_relatives};
use super::{FullName, Problem};

fn answer(content: &str) -> Result<CitizenAnswer, Problem> {
    read_look_up(collection(content).as_bytes()).map_err(|flaw| flaw.problem)
}

fn is_no_match(content: &str) -> bool {
    matches!(answer(content), Ok(CitizenAnswer::NoMatch))
}

fn one(content: &str) -> Citizen {
    match answer(content).unwrap() {
        CitizenAnswer::One(citizen) => *citizen,
        other => panic!("{other:?}"),
    }
}

/// A citizen with a name and these fields.
fn with(fields: &str) -> Citizen {
    one(&format!(
        "<CongDan><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen>{fields}</CongDan>"
    ))
}

fn shown(value: Option<&Masked<String>>) -> Option<&str> {
    value.map(|value| value.expose().as_str())
}

#[test]
fn the_published_answer_is_read() {
    let citizen = one(LIVE);
    assert_eq!(citizen.personal_number.unwrap().expose(), "000185000001");
    assert_eq!(citizen.old_id_card_number, None);
    assert_eq!(citizen.full_name.unwrap().expose(), "TRẦN THỊ MẪU THỬ");
    assert_eq!(citizen.sex, Some(Sex::Female));
    assert_eq!(citizen.ethnic_group.unwrap().code.expose(), "01");
    assert_eq!(citizen.religion.unwrap().code.expose(), "00");
    assert_eq!(citizen.marital_status, Some(MaritalStatus::Married));
    assert_eq!(citizen.blood_type, Some(BloodType::NotRecorded));
    assert_eq!(citizen.birth, Some(BirthDate::parse("1985-02-13").unwrap()));
    let address = citizen.permanent_address.unwrap();
    assert_eq!(shown(address.province_code.as_ref()), Some("99"));
    assert_eq!(shown(address.district_code.as_ref()), None);
    assert_eq!(shown(address.commune_code.as_ref()), Some("99901"));
    assert_eq!(shown(address.detail.as_ref()), Some("THÔN MẪU"));
    assert_eq!(shown(address.country_code.as_ref()), Some("VN"));
    let head = citizen.household_head.unwrap();
    assert_eq!(shown(head.relation_code.as_ref()), Some("CH01"));
    assert_eq!(shown(head.full_name.as_ref()), Some("TRẦN THỊ MẪU THỬ"));
    assert_eq!(head.personal_number.unwrap().expose(), "000185000001");
    assert!(citizen.current_address.is_none() && citizen.father.is_none());
}

#[test]
fn the_older_shape_with_structures_is_read() {
    let citizen = one(
        "<CongDan><SoDinhDanh>000185000001</SoDinhDanh><SoCMND>000185001</SoCMND>\
        <HoVaTen><Ho>TRẦN</Ho><ChuDem>THỊ MẪU</ChuDem><Ten>THỬ</Ten></HoVaTen>\
        <DanToc><MaDanToc>01</MaDanToc><TenGoi>Kinh</TenGoi></DanToc>\
        <TonGiao><MaTonGiao>99</MaTonGiao></TonGiao>\
        <NgayThangNamSinh><NgayThangNam>1985-02-13</NgayThangNam></NgayThangNamSinh>\
        <QuocTich>VN</QuocTich><SoSoHoKhau>Số 000</SoSoHoKhau>\
        <QueQuan><MaDonViHanhChinh>99901</MaDonViHanhChinh><QuocGia>VN</QuocGia></QueQuan></CongDan>",
    );
    assert_eq!(citizen.full_name.unwrap().expose(), "TRẦN THỊ MẪU THỬ");
    assert_eq!(citizen.old_id_card_number.unwrap().expose(), "000185001");
    let ethnic_group = citizen.ethnic_group.unwrap();
    assert_eq!(ethnic_group.code.expose(), "01");
    assert_eq!(shown(ethnic_group.name.as_ref()), Some("Kinh"));
    assert_eq!(citizen.religion.unwrap().code.expose(), "99");
    assert_eq!(citizen.birth, Some(BirthDate::parse("1985-02-13").unwrap()));
    assert_eq!(shown(citizen.nationality.as_ref()), Some("VN"));
    let book = citizen.household_book_number;
    assert_eq!(shown(book.as_ref()), Some("Số 000"));
    let unit = citizen.native_place.unwrap().administrative_unit_code;
    assert_eq!(shown(unit.as_ref()), Some("99901"));
}

#[test]
fn a_relatives_name_is_read_as_text_and_as_a_structure() {
    for name in [
        "TRẦN VĂN MẪU",
        "<Ho>TRẦN</Ho><ChuDem>VĂN</ChuDem><Ten>MẪU</Ten>",
        "<Ho/><ChuDem/><Ten>TRẦN VĂN MẪU</Ten>",
    ] {
        for element in ["Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo"] {
            let citizen = with(&format!(
                "<{element}><SoDinhDanh>000060000003</SoDinhDanh><QuocTich>VN</QuocTich>\
                 <HoVaTen>{name}</HoVaTen></{element}>"
            ));
            let found = [
                citizen.father,
                citizen.mother,
                citizen.spouse,
                citizen.representative,
                citizen.household_head,
            ];
            let [relative] = found
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .try_into()
                .unwrap();
            assert_eq!(shown(relative.full_name.as_ref()), Some("TRẦN VĂN MẪU"));
            assert_eq!(shown(relative.nationality.as_ref()), Some("VN"));
            assert_eq!(relative.personal_number.unwrap().expose(), "000060000003");
        }
    }
}

#[test]
fn all_shapes_of_a_name_are_the_same_name() {
    for name in [
        "LÊ VĂN VÍ DỤ",
        "  LÊ\n      VĂN   VÍ&#xA0;DỤ\t",
        "<Ho/><ChuDem/><Ten>LÊ VĂN VÍ DỤ</Ten>",
        "\n <Ho> LÊ </Ho>\n <ChuDem>VĂN\nVÍ</ChuDem> <Ten>DỤ</Ten>\n",
        "<Ho>LÊ</Ho><Ten>VĂN VÍ DỤ</Ten>",
        "<Ten>DỤ</Ten><ChuDem>VĂN VÍ</ChuDem><Ho>LÊ</Ho>",
        "<![CDATA[LÊ VĂN VÍ DỤ]]>",
    ] {
        let citizen = one(&format!("<CongDan><HoVaTen>{name}</HoVaTen></CongDan>"));
        assert_eq!(
            citizen.full_name.unwrap().expose(),
            "LÊ VĂN VÍ DỤ",
            "{name}"
        );
    }
}

#[test]
fn a_name_with_the_older_tone_placement_is_still_the_same_name() {
    let asked = FullName::parse("Nguyễn Thị Hòa").unwrap();
    for (found, expected) in [
        ("NGUYỄN THỊ HÒA", NameComparison::Exact),
        ("NGUYỄN THỊ HO\u{300}A", NameComparison::Exact),
        ("NGUYỄN THỊ HOÀ", NameComparison::TonePlacement),
        ("NGUYỄN THỊ HOA", NameComparison::AccentDifference),
    ] {
        let citizen = one(&format!(
            "<CongDan><HoVaTen><Ten>{found}</Ten></HoVaTen></CongDan>"
        ));
        let name = citizen.full_name.unwrap();
        assert_eq!(asked.compare(&name), expected, "{found}");
    }
}

#[test]
fn all_forms_of_a_birth_are_read() {
    let date = Some(BirthDate::parse("1985-02-13").unwrap());
    let year = Some(BirthDate::Year(1985));
    for (birth, expected) in [
        ("<NgayThangNam>19850213</NgayThangNam>", date),
        (
            "<NgayThangNam> 1985-02-13 </NgayThangNam><Nam>1985</Nam>",
            date,
        ),
        ("19850213", date),
        ("1985-02-13", date),
        ("1985", year),
        ("<Nam>1985</Nam>", year),
        ("<Nam>1985</Nam><NgayThangNam/>", year),
        ("<Nam>1985</Nam><NgayThangNam>19850000</NgayThangNam>", year),
        (
            "<Nam>1985</Nam><NgayThangNam>13/02/1985</NgayThangNam>",
            year,
        ),
        ("<Nam/>", None),
        ("", None),
        ("<NgayThangNam>19850231</NgayThangNam>", None),
    ] {
        let citizen = with(&format!("<NgayThangNamSinh>{birth}</NgayThangNamSinh>"));
        assert_eq!(citizen.birth, expected, "{birth}");
    }
}

#[test]
fn codes_of_units_that_no_longer_exist_are_kept_as_they_came() {
    let citizen = with(
        "<QueQuan><MaTinhThanh>35</MaTinhThanh><MaQuanHuyen>347</MaQuanHuyen>\
         <MaPhuongXa>13285</MaPhuongXa></QueQuan>\
         <ThuongTru><MaTinhThanh>37</MaTinhThanh><MaPhuongXa>00001</MaPhuongXa></ThuongTru>",
    );
    let old = citizen.native_place.unwrap();
    assert_eq!(shown(old.province_code.as_ref()), Some("35"));
    assert_eq!(shown(old.district_code.as_ref()), Some("347"));
    assert_eq!(shown(old.commune_code.as_ref()), Some("13285"));
    let new = citizen.permanent_address.unwrap();
    assert_eq!(shown(new.district_code.as_ref()), None);
    assert_eq!(shown(new.commune_code.as_ref()), Some("00001"));
}

#[test]
fn a_value_in_the_wrong_field_does_not_hide_the_citizen() {
    let citizen = with(
        "<SoCMND>12345</SoCMND><GioiTinh>Nữ</GioiTinh><NhomMau>O+</NhomMau>\
        <TinhTrangHonNhan>4</TinhTrangHonNhan><DanToc/><TonGiao><TenGoi>?</TenGoi></TonGiao>\
        <NgayThangNamSinh>THÔN MẪU</NgayThangNamSinh>\
        <ThuongTru/><NoiOHienTai><ChiTiet> </ChiTiet></NoiOHienTai>\
        <Me><SoDinhDanh>1</SoDinhDanh></Me><VoChong/>",
    );
    assert!(citizen.old_id_card_number.is_none() && citizen.sex.is_none());
    assert!(citizen.blood_type.is_none() && citizen.marital_status.is_none());
    assert!(citizen.ethnic_group.is_none() && citizen.religion.is_none());
    assert!(citizen.permanent_address.is_none() && citizen.current_address.is_none());
    assert!(citizen.mother.is_none() && citizen.spouse.is_none());
    assert!(citizen.birth.is_none());
    assert!(citizen.full_name.is_some() && citizen.personal_number.is_none());
}

#[test]
fn a_record_with_only_the_old_number_is_read() {
    let citizen = with("<SoDinhDanh/><SoCMND>000185001</SoCMND>");
    assert_eq!(citizen.old_id_card_number.unwrap().expose(), "000185001");
    assert!(citizen.personal_number.is_none());
}

#[test]
fn a_personal_number_that_is_none_makes_the_answer_nonsense() {
    for number in [
        "00018500001",
        "0001850000011",
        "00018500000A",
        "000185001",
        "٠٠٠١٨٥٠٠٠٠٠١",
    ] {
        let content = format!(
            "<CongDan><SoDinhDanh>{number}</SoDinhDanh><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>"
        );
        let problem = answer(&content).unwrap_err();
        assert_eq!(problem, "a SoDinhDanh that is not 12 digits", "{number}");
    }
}

#[test]
fn elements_where_the_personal_number_belongs_make_the_answer_nonsense() {
    for number in ["<a>000185000001</a>", "<a/>", "000185<a/>000001"] {
        let content = format!(
            "<CongDan><SoDinhDanh>{number}</SoDinhDanh><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>"
        );
        let problem = answer(&content).unwrap_err();
        assert_eq!(problem, "a SoDinhDanh with elements in it", "{number}");
    }
}

#[test]
fn a_field_that_stands_there_twice_is_left_out() {
    for (element, values) in [
        ("Cha", ["<QuanHe>1</QuanHe>", "<QuanHe>2</QuanHe>"]),
        (
            "Cha",
            ["<HoVaTen>TRẦN</HoVaTen>", "<HoVaTen>TRẦN</HoVaTen>"],
        ),
        (
            "ThuongTru",
            ["<ChiTiet>A</ChiTiet>", "<ChiTiet>B</ChiTiet>"],
        ),
        ("NgayThangNamSinh", ["1985", "1986"]),
        ("GioiTinh", ["1", "2"]),
        ("DanToc", ["01", "02"]),
        ("QuocTich", ["VN", "LA"]),
        ("SoCMND", ["000185001", "000185002"]),
    ] {
        let [first, second] = values.map(|value| format!("<{element}>{value}</{element}>"));
        let filled = |fields: &str| with(fields).filled().len();
        assert_eq!(filled(&format!("{first}{second}")), 1, "{element}");
        let empty = format!("<{element}/>");
        for fields in [format!("{first}{empty}"), format!("{empty}{first}")] {
            assert_eq!(filled(&fields), 2, "{fields}");
        }
    }
    let birth = "<NgayThangNamSinh><Nam>1985</Nam><Nam>1986</Nam></NgayThangNamSinh>";
    assert!(with(birth).birth.is_none());
}

#[test]
fn a_name_with_one_part_twice_is_no_name() {
    let name = "<HoVaTen><Ho>LÊ</Ho><Ten>DỤ</Ten><Ten>KHÁC</Ten></HoVaTen>";
    let problem = answer(&format!("<CongDan>{name}</CongDan>")).unwrap_err();
    assert_eq!(problem, "a HoVaTen that is not a name");
    let mother = with(&format!("<Me>{name}<QuocTich>VN</QuocTich></Me>")).mother;
    assert!(mother.unwrap().full_name.is_none());
}

#[test]
fn a_text_that_xml_forbids_is_left_out() {
    for letter in ['\0', '\u{1}', '\u{8}', '\u{1b}', '\u{fffe}', '\u{ffff}'] {
        let text = format!("TH{letter}N");
        let citizen = with(&format!(
            "<ThuongTru><ChiTiet>{text}</ChiTiet><QuocGia>VN</QuocGia></ThuongTru>\
             <ChuHo><QuanHe>{text}</QuanHe><HoVaTen>{text}</HoVaTen><QuocTich>VN</QuocTich></ChuHo>\
             <DanToc>{text}</DanToc><TonGiao><MaTonGiao>00</MaTonGiao><TenGoi>{text}</TenGoi></TonGiao>\
             <SoSoHoKhau>{text}</SoSoHoKhau><QueQuan><ChiTiet>{text}</ChiTiet></QueQuan>"
        ));
        let address = citizen.permanent_address.unwrap();
        assert!(address.detail.is_none(), "{letter:?}");
        assert_eq!(shown(address.country_code.as_ref()), Some("VN"));
        let head = citizen.household_head.unwrap();
        assert!(head.full_name.is_none() && head.relation_code.is_none());
        assert!(citizen.ethnic_group.is_none() && citizen.native_place.is_none());
        assert!(citizen.religion.unwrap().name.is_none());
        assert!(citizen.household_book_number.is_none());
    }
    let printed = "THÔN\n\tMẪU\u{7f}";
    let address = with(&format!(
        "<ThuongTru><ChiTiet>{printed}</ChiTiet></ThuongTru>"
    ))
    .permanent_address
    .unwrap();
    assert_eq!(shown(address.detail.as_ref()), Some(printed));
}

#[test]
fn the_count_of_citizens_is_read_from_an_attribute_as_from_an_element() {
    let counted = |attribute: &str, content: &str| {
        let collection = envelope(&format!(
            "<CongdanCollection xmlns='{DANCU}' {attribute} GhiChu='7' id='1'>{content}\
             </CongdanCollection>"
        ));
        read_look_up(collection.as_bytes()).map_err(|flaw| flaw.problem)
    };
    let citizen = "<CongDan><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>";
    for name in ["SoCongDan", "SoLuongCongDan"] {
        let with = |count: &str, content: &str| counted(&format!("{name}='{count}'"), content);
        assert!(matches!(with("1", citizen), Ok(CitizenAnswer::One(_))));
        assert!(matches!(
            with(" &#50;", citizen),
            Ok(CitizenAnswer::Several)
        ));
        for content in ["", citizen] {
            assert!(matches!(with("0", content), Ok(CitizenAnswer::NoMatch)));
        }
        let problem = "a count of citizens without citizens";
        assert_eq!(with("1", "").unwrap_err(), problem);
        let contradicted = format!("<{name}>1</{name}>{citizen}");
        let answer = with("2", &contradicted).unwrap();
        assert!(matches!(answer, CitizenAnswer::Several), "{name}");
    }
    for other in ["x:SoCongDan='2'", "xmlns:SoCongDan='2'", "SoCongDans='2'"] {
        let answer = counted(other, citizen).unwrap();
        assert!(matches!(answer, CitizenAnswer::One(_)), "{other}");
    }
}

#[test]
fn a_record_that_says_who_it_is_about_in_two_ways_is_nonsense() {
    for (fields, expected) in [
        (
            "<SoDinhDanh>000185000001</SoDinhDanh><SoDinhDanh>000185000002</SoDinhDanh>\
             <HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen>",
            "a CongDan with more than one SoDinhDanh",
        ),
        (
            "<HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen><HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen>",
            "a CongDan with more than one HoVaTen",
        ),
    ] {
        let problem = answer(&format!("<CongDan>{fields}</CongDan>")).unwrap_err();
        assert_eq!(problem, expected);
    }
}

#[test]
fn a_record_without_a_name_that_can_be_read_is_neither_match_nor_no_match() {
    for (fields, expected) in [
        (
            "<SoDinhDanh>000185000001</SoDinhDanh>",
            "a CongDan without HoVaTen",
        ),
        (
            "<soDinhDanh>000185000001</soDinhDanh><hoVaTen>LÊ</hoVaTen>",
            "a CongDan without HoVaTen",
        ),
        ("Không tồn tại dữ liệu", "a text in place of a citizen"),
        (
            "<HoVaTen>000185000001</HoVaTen>",
            "a HoVaTen that is not a name",
        ),
        (
            "<HoVaTen>LÊ\u{200b}VĂN</HoVaTen>",
            "a HoVaTen that is not a name",
        ),
    ] {
        let problem = answer(&format!("<CongDan>{fields}</CongDan>")).unwrap_err();
        assert_eq!(problem, expected, "{fields}");
    }
}

#[test]
fn every_form_of_not_found_is_no_match() {
    for content in [
        "",
        "  ",
        "<GhiChu>Không có dữ liệu</GhiChu>",
        "<SoLuongCongDan>0</SoLuongCongDan>",
        "<CongDan/>",
        "<CongDan><SoLuongCongDan>0</SoLuongCongDan></CongDan>",
        "<CongDan><SoLuongCongDan> 0 </SoLuongCongDan><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>",
        "<SoLuongCongDan>0</SoLuongCongDan><CongDan><HoVaTen>LÊ</HoVaTen></CongDan>",
        "<CongDan><HoVaTen><Ho/><ChuDem/><Ten/></HoVaTen></CongDan>",
        "<CongDan><SoDinhDanh/><HoVaTen><Ten> </Ten></HoVaTen></CongDan>",
        "<CongDan><SoDinhDanh>000185000001</SoDinhDanh><HoVaTen><Ten/></HoVaTen></CongDan>",
        "<CongDan><HoVaTen/></CongDan>",
    ] {
        assert!(is_no_match(content), "{content}: {:?}", answer(content));
    }
    let empty = envelope(&format!("<CongdanCollection xmlns='{DANCU}'/>"));
    let answer = read_look_up(empty.as_bytes()).unwrap();
    assert!(matches!(answer, CitizenAnswer::NoMatch));
}

#[test]
fn a_collection_that_says_something_else_is_not_no_match() {
    for content in [
        "Lỗi hệ thống",
        "<Loi>Lỗi hệ thống</Loi>",
        "<congDan><HoVaTen>LÊ</HoVaTen></congDan>",
        "<errorCode>005</errorCode>",
        "<SoLuongCongDan>1</SoLuongCongDan>",
    ] {
        assert!(answer(content).is_err(), "{content}: {:?}", answer(content));
    }
}

#[test]
fn several_citizens_are_never_one() {
    for content in [
        LIVE.repeat(2),
        LIVE.repeat(40),
        format!("{LIVE}<CongDan/>"),
        format!("<SoLuongCongDan>2</SoLuongCongDan>{LIVE}"),
    ] {
        let answer = answer(&content).unwrap();
        assert!(matches!(answer, CitizenAnswer::Several), "{answer:?}");
    }
    let counted = format!("<SoLuongCongDan>1</SoLuongCongDan>{LIVE}");
    one(&counted);
}

#[test]
fn the_answer_about_relatives_holds_nothing_but_them() {
    let content = "<CongDan><SoDinhDanh>000185000001</SoDinhDanh><SoCMND>000185001</SoCMND>\
        <HoVaTen><Ho>TRẦN</Ho><ChuDem>THỊ MẪU</ChuDem><Ten>THỬ</Ten></HoVaTen>\
        <NgayThangNamSinh><NgayThangNam>19850213</NgayThangNam></NgayThangNamSinh>\
        <TonGiao>99</TonGiao><ThuongTru><ChiTiet>THÔN MẪU</ChiTiet></ThuongTru>\
        <VoChong><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></VoChong>\
        <Cha><SoDinhDanh>000060000003</SoDinhDanh><QuocTich>VN</QuocTich>\
          <HoVaTen><Ho>TRẦN</Ho><ChuDem>VĂN</ChuDem><Ten>MẪU</Ten></HoVaTen></Cha>\
        <Me><HoVaTen><Ten>PHẠM THỊ NHÁP</Ten></HoVaTen></Me></CongDan>";
    let answer = read_relatives(collection(content).as_bytes()).unwrap();
    let CitizenAnswer::One(citizen) = answer else {
        panic!("one citizen");
    };
    let [father, mother] = [citizen.father, citizen.mother].map(Option::unwrap);
    assert_eq!(shown(father.full_name.as_ref()), Some("TRẦN VĂN MẪU"));
    assert_eq!(shown(mother.full_name.as_ref()), Some("PHẠM THỊ NHÁP"));
    assert!(citizen.personal_number.is_some() && citizen.old_id_card_number.is_some());
    assert!(citizen.full_name.is_some() && citizen.birth.is_some());
    assert!(citizen.religion.is_none() && citizen.permanent_address.is_none());
    assert!(citizen.spouse.is_none());
    for (content, several) in [(String::new(), false), (LIVE.repeat(2), true)] {
        let answer = read_relatives(collection(&content).as_bytes()).unwrap();
        assert_eq!(matches!(answer, CitizenAnswer::Several), several);
        assert_eq!(matches!(answer, CitizenAnswer::NoMatch), !several);
    }
}

#[test]
fn debug_shows_nothing_of_a_citizen() {
    let text = format!("{:?}", one(LIVE));
    for personal in ["000185000001", "TRẦN", "THÔN", "1985", "99901"] {
        assert!(!text.contains(personal), "{personal}");
    }
}
