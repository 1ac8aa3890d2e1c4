//! Writes the answers: the citizen in the live 037 shape, yes or no, and the SOAP fault.
//!
//! What a reader would get wrong: `Nam` is always there, `NgayThangNam` only when the day is
//! known, and the answer writes it `yyyyMMdd` whatever the request's format was (population.md 2.4).

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::request::{BCA, SOAP};
use crate::people::{Address, Birth, CodeShape, NameShape, Person, Relative};

/// Namespace of citizen data (QCVN 109:2017).
pub(super) const DANCU: &str = "http://www.mic.gov.vn/dancu/1.0";
/// What a scripted fault puts in the place of either namespace.
pub(super) const STRANGE: &str = "http://example.invalid/dancu/9.9";

type Xml = Writer<Vec<u8>>;

/// `CongdanCollection` with the person, or empty.
pub(super) fn collection(person: Option<&Person>, namespace: &str) -> io::Result<Vec<u8>> {
    envelope(|xml| {
        let collection = xml
            .create_element("ns1:CongdanCollection")
            .with_attribute(("xmlns:ns1", namespace));
        match person {
            Some(person) => collection.write_inner_content(|xml| citizen(xml, person))?,
            None => collection.write_empty()?,
        };
        Ok(())
    })
}

/// `KetQuaXacThucResponse` with `TonTai`.
pub(super) fn verdict(exists: bool, namespace: &str) -> io::Result<Vec<u8>> {
    envelope(|xml| {
        xml.create_element("dan:KetQuaXacThucResponse")
            .with_attribute(("xmlns:dan", namespace))
            .write_inner_content(|xml| {
                text(xml, "dan:TonTai", if exists { "true" } else { "false" })
            })?;
        Ok(())
    })
}

/// The agreed namespace of an operation's answer, or a strange one.
pub(super) const fn namespace_of(code: Operation, strange: bool) -> &'static str {
    match (strange, code) {
        (true, _) => STRANGE,
        (false, Operation::Lookup) => DANCU,
        (false, Operation::Verify) => BCA,
    }
}

/// The two operations of this profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// 037.
    Lookup,
    /// 033.
    Verify,
}

impl Operation {
    /// Mã tích hợp.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Lookup => "037",
            Self::Verify => "033",
        }
    }
}

/// A SOAP 1.1 fault. That wrong requests are answered so is an assumption: no error table of the
/// service is public (population.md 11).
pub(super) fn fault(code: &str, reason: &str) -> io::Result<Vec<u8>> {
    envelope(|xml| {
        xml.create_element("soapenv:Fault")
            .write_inner_content(|xml| {
                text(xml, "faultcode", code)?;
                text(xml, "faultstring", reason)
            })?;
        Ok(())
    })
}

fn envelope(body: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.create_element("soapenv:Envelope")
        .with_attribute(("xmlns:soapenv", SOAP))
        .write_inner_content(|xml| {
            xml.create_element("soapenv:Header").write_empty()?;
            xml.create_element("soapenv:Body")
                .write_inner_content(body)?;
            Ok(())
        })?;
    Ok(xml.into_inner())
}

fn text(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    let element = xml.create_element(name);
    if value.is_empty() {
        element.write_empty()?;
    } else {
        element.write_text_content(BytesText::new(value))?;
    }
    Ok(())
}

fn inside(
    xml: &mut Xml,
    name: &str,
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(name).write_inner_content(content)?;
    Ok(())
}

fn citizen(xml: &mut Xml, person: &Person) -> io::Result<()> {
    inside(xml, "ns1:CongDan", |xml| {
        text(
            xml,
            "ns1:SoDinhDanh",
            person.personal_number.as_deref().unwrap_or_default(),
        )?;
        text(
            xml,
            "ns1:SoCMND",
            person.old_id_card_number.as_deref().unwrap_or_default(),
        )?;
        name(xml, &person.full_name, person.name_shape)?;
        text(xml, "ns1:GioiTinh", person.sex.code())?;
        match person.code_shape {
            CodeShape::Plain => {
                text(xml, "ns1:DanToc", person.ethnicity.0)?;
                text(xml, "ns1:TonGiao", person.religion)?;
            }
            CodeShape::Structure => {
                inside(xml, "ns1:DanToc", |xml| {
                    text(xml, "ns1:MaDanToc", person.ethnicity.0)?;
                    text(xml, "ns1:TenGoi", person.ethnicity.1)
                })?;
                inside(xml, "ns1:TonGiao", |xml| {
                    text(xml, "ns1:MaTonGiao", person.religion)
                })?;
            }
        }
        text(xml, "ns1:TinhTrangHonNhan", person.marital_status)?;
        if let Some(group) = person.blood_group {
            text(xml, "ns1:NhomMau", group)?;
        }
        birth(xml, person.birth)?;
        if let Some(home) = &person.home_town {
            address(xml, "ns1:QueQuan", home)?;
        }
        if let Some(residence) = &person.residence {
            address(xml, "ns1:ThuongTru", residence)?;
        }
        text(xml, "ns1:QuocTich", "VN")?;
        for (element, relative) in [("ns1:Cha", &person.father), ("ns1:Me", &person.mother)] {
            if let Some(relative) = relative {
                parent(xml, element, relative)?;
            }
        }
        if let Some((relation, head)) = &person.household_head {
            household_head(xml, relation, head)?;
        }
        Ok(())
    })
}

fn name(xml: &mut Xml, full_name: &str, shape: NameShape) -> io::Result<()> {
    let upper = full_name.to_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let middle;
    let (family, middle, given) = match (shape, words.as_slice()) {
        (NameShape::ThreeParts, [family, between @ .., given]) => {
            middle = between.join(" ");
            (*family, middle.as_str(), *given)
        }
        (NameShape::ThreeParts | NameShape::WholeInTen, _) => ("", "", upper.as_str()),
    };
    inside(xml, "ns1:HoVaTen", |xml| {
        text(xml, "ns1:Ho", family)?;
        text(xml, "ns1:ChuDem", middle)?;
        text(xml, "ns1:Ten", given)
    })
}

fn birth(xml: &mut Xml, birth: Birth) -> io::Result<()> {
    inside(xml, "ns1:NgayThangNamSinh", |xml| {
        text(xml, "ns1:Nam", &format!("{:04}", birth.year()))?;
        match birth {
            Birth::Day(day) => text(xml, "ns1:NgayThangNam", &day.strftime("%Y%m%d").to_string()),
            Birth::Year(_) => Ok(()),
        }
    })
}

fn address(xml: &mut Xml, element: &str, address: &Address) -> io::Result<()> {
    inside(xml, element, |xml| {
        text(xml, "ns1:MaTinhThanh", address.province)?;
        text(xml, "ns1:MaQuanHuyen", address.district.unwrap_or_default())?;
        text(xml, "ns1:MaPhuongXa", address.ward)?;
        text(xml, "ns1:ChiTiet", &address.detail)?;
        text(xml, "ns1:QuocGia", "VN")
    })
}

fn parent(xml: &mut Xml, element: &str, parent: &Relative) -> io::Result<()> {
    inside(xml, element, |xml| {
        text(xml, "ns1:HoVaTen", &parent.full_name.to_uppercase())?;
        text(xml, "ns1:QuocTich", "VN")?;
        text(xml, "ns1:SoDinhDanh", &parent.personal_number)?;
        text(xml, "ns1:SoCMND", "")
    })
}

fn household_head(xml: &mut Xml, relation: &str, head: &Relative) -> io::Result<()> {
    inside(xml, "ns1:ChuHo", |xml| {
        text(xml, "ns1:QuanHe", relation)?;
        text(xml, "ns1:SoDinhDanh", &head.personal_number)?;
        text(xml, "ns1:SoCMND", "")?;
        text(xml, "ns1:HoVaTen", &head.full_name.to_uppercase())
    })
}
