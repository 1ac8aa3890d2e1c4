//! The procedures of the invented catalogue.
//!
//! What a reader would get wrong: the codes of the essential services and of their neighbours
//! are the public ones (administration.md 2.2); every code from 1.900001 on, and 9.0000nn for an
//! essential service whose code nobody has verified, is invented, as is everything that a
//! procedure asks for. Codes that a decision repealed are not listed.

mod fields;
mod known;

use serde_json::{Map, Value, json};

use super::Procedure;
use super::papers::{legal_bases, papers, steps, ways};
use fields::{INVENTED, OTHER_FIELDS};
use known::KNOWN;

/// How many there are in all.
const MOST: usize = 120;

/// Every procedure, the public ones first.
pub(super) fn procedures() -> Vec<Procedure> {
    let known = KNOWN
        .iter()
        .map(|(code, name, field, level)| ((*code).to_owned(), *name, *field, *level));
    let names = INVENTED
        .iter()
        .flat_map(|(field, _, names)| names.iter().map(move |name| (*field, *name)));
    let invented = (1..).zip(names).map(|(number, (field, name))| {
        let level = if number % 3 == 0 { "1" } else { "3" };
        (format!("1.{:06}", 900_000 + number), name, field, level)
    });
    let all = known.chain(invented).take(MOST).enumerate();
    all.map(|(index, (code, name, field, level))| procedure(index, &code, name, field, level))
        .collect()
}

/// As many procedures as the national catalogue has: those above, and behind them the invented
/// ones again and again, each under a code of its own from 1.910000 on.
pub(super) fn procedures_in_number(wanted: usize) -> Vec<Procedure> {
    let mut all = procedures();
    let names: Vec<(&str, &str)> = INVENTED
        .iter()
        .flat_map(|(field, _, names)| names.iter().map(move |name| (*field, *name)))
        .collect();
    let again = names.iter().cycle().zip(1_u32..);
    let more = again.skip(all.len()).map(|((field, name), number)| {
        let code = format!("1.{:06}", 910_000 + number);
        let name = format!("{name} (bản thứ {number})");
        let index = usize::try_from(number).unwrap_or_default();
        procedure(index, &code, &name, field, "3")
    });
    let left = wanted.saturating_sub(all.len());
    all.extend(more.take(left));
    all.truncate(wanted);
    all
}

/// A procedure of this code with a name and nothing else.
pub(super) fn bare(code: &str) -> Procedure {
    Map::from_iter([
        ("MATTHC".to_owned(), json!(code)),
        ("TENTTHC".to_owned(), json!(format!("Thủ tục mới {code}"))),
        ("TRANGTHAI".to_owned(), json!("1")),
    ])
}

fn procedure(index: usize, code: &str, name: &str, field: &str, level: &str) -> Procedure {
    let ministry = field.split('-').next().unwrap_or_default();
    let level_name = match level {
        "0" => "Cấp Bộ",
        "1" => "Cấp Tỉnh",
        _ => "Cấp Xã",
    };
    // Of one in three the number of the level is a number.
    let level = match level.parse::<u8>() {
        Ok(number) if index % 3 == 2 => json!(number),
        _ => json!(level),
    };
    let linked = if code == "3.000722" {
        json!([{"MATTHC": "1.001193"}, {"MATTHC": "1.004222"}])
    } else {
        Value::Null
    };
    let members = json!({
        "ID": (40_000 + index).to_string(),
        "MATTHC": code,
        "TENTTHC": name,
        "TRANGTHAI": "1",
        "MACOQUANCONGBO": ministry,
        "LOAITTHC": "TTHC được luật giao quy định chi tiết",
        "QUYETDINH": format!("{}/QĐ-BTP", 1000 + index),
        "YEUCAU": if index.is_multiple_of(2) { json!("Không") } else { Value::Null },
        "CAPTHUCHIEN": [{"CAPTHUCHIEN": level, "TENCAP": level_name}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": field, "TENLINHVUC": field_name(field)}],
        "COQUANTHUCHIEN": [{"MADONVI": "000.00.00.H99", "TENDONVI": "Cơ quan thực hiện tại địa phương"}],
        "TRINHTUTHUCHIEN": steps(),
        "CACHTHUCTHUCHIEN": ways(index),
        "THANHPHANHOSO": papers(index, ministry),
        "KETQUATHUCHIEN": [{"MAKETQUA": format!("KQ.{ministry}.{:06}", 100 + index), "TENKETQUA": "Kết quả giải quyết"}],
        "CANCUPHAPLY": legal_bases(index),
        "TTHCLIENTHONG": linked,
        "TTHCLIENQUAN": [],
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn field_name(field: &str) -> &'static str {
    every_field()
        .find(|(code, _)| *code == field)
        .map_or("", |(_, name)| name)
}

fn every_field() -> impl Iterator<Item = (&'static str, &'static str)> {
    let invented = INVENTED.iter().map(|(code, name, _)| (*code, *name));
    OTHER_FIELDS.iter().copied().chain(invented)
}

/// The fields with their sectors.
pub(super) fn fields() -> Value {
    every_field()
        .map(|(code, name)| {
            let sector = code.split('-').next().unwrap_or_default();
            json!({"MALINHVUC": code, "TENLINHVUC": name, "MANGANH": sector})
        })
        .collect()
}

/// Units; the level comes as a number for one of them. Behind the dot of `H60` stands an
/// invented commune or department.
pub(super) fn units() -> Value {
    let named = [
        ("G01", "Bộ Công an", json!("0")),
        ("G15", "Bộ Tư pháp", json!("0")),
        ("000.00.00.H99", "Ủy ban nhân dân tỉnh (giả lập)", json!(1)),
        (
            "000.00.01.H99",
            "Trung tâm Phục vụ hành chính công",
            json!("1"),
        ),
        ("000.01.12.H99", "Ủy ban nhân dân xã (giả lập)", json!("3")),
        ("H60", "Ủy ban nhân dân tỉnh Tuyên Quang", json!("1")),
    ];
    let named = named.map(|(code, name, level)| (code.to_owned(), name.to_owned(), level));
    let departments = (101..=107).map(|number| {
        let name = format!("Sở số {} (giả lập)", number - 100);
        (format!("H60.{number}"), name, json!("1"))
    });
    let communes = (201..=224).chain([298, 299]).map(|number| {
        let name = format!("Ủy ban nhân dân xã số {} (giả lập)", number - 200);
        (format!("H60.{number}"), name, json!("3"))
    });
    let all = named.into_iter().chain(departments).chain(communes);
    all.map(|(code, name, level)| json!({"MADONVI": code, "TENDONVI": name, "CAPDONVI": level}))
        .collect()
}
