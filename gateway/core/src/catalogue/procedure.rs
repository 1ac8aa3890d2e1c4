//! One procedure as the catalogue tells it.
//!
//! What a reader would get wrong: every text and every number is as the source wrote it. A
//! number may be a text, an empty amount is not zero, and no fee in the list is not "free"
//! (portal.md 13.3).

use serde::{Deserialize, Serialize};

use crate::procedure::ProcedureCode;

/// Thủ tục hành chính in full (`LayThuTuc`, portal.md 13.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Mã thủ tục (`MATTHC`).
    pub code: ProcedureCode,
    /// Tên thủ tục (`TENTTHC`).
    pub name: String,
    /// Lĩnh vực thực hiện (`LINHVUCTHUCHIEN`).
    #[serde(default)]
    pub fields: Vec<NamedCode>,
    /// Cấp thực hiện (`CAPTHUCHIEN`): the number of the source and its name.
    #[serde(default)]
    pub levels: Vec<NamedCode>,
    /// Trạng thái (`TRANGTHAI`); `1` is public.
    #[serde(default)]
    pub state: String,
    /// Cơ quan công bố (`MACOQUANCONGBO`).
    #[serde(default)]
    pub publishing_agency_code: String,
    /// Quyết định công bố (`QUYETDINH`).
    #[serde(default)]
    pub decision: String,
    /// Loại thủ tục (`LOAITTHC`).
    #[serde(default)]
    pub kind: String,
    /// Cơ quan thực hiện (`COQUANTHUCHIEN`).
    #[serde(default)]
    pub agencies: Vec<NamedCode>,
    /// Trình tự thực hiện (`TRINHTUTHUCHIEN`), one text for each step.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Cách thức thực hiện (`CACHTHUCTHUCHIEN`), one for each channel and time limit.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Thành phần hồ sơ (`THANHPHANHOSO`), one for each paper and case.
    #[serde(default)]
    pub components: Vec<Component>,
    /// Kết quả thực hiện (`KETQUATHUCHIEN`).
    #[serde(default)]
    pub results: Vec<NamedCode>,
    /// Căn cứ pháp lý (`CANCUPHAPLY`).
    #[serde(default)]
    pub legal_bases: Vec<LegalBasis>,
    /// Yêu cầu, điều kiện (`YEUCAU`).
    #[serde(default)]
    pub requirements: String,
    /// Codes of linked procedures (`TTHCLIENTHONG`).
    #[serde(default)]
    pub linked: Vec<String>,
    /// Dịch vụ công trực tuyến (`LayDVC`).
    #[serde(default)]
    pub online: Vec<OnlineService>,
}

impl Procedure {
    /// A procedure of which nothing but code and name is known.
    #[must_use]
    pub fn named(code: ProcedureCode, name: String) -> Self {
        Self {
            code,
            name,
            fields: Vec::new(),
            levels: Vec::new(),
            state: String::new(),
            publishing_agency_code: String::new(),
            decision: String::new(),
            kind: String::new(),
            agencies: Vec::new(),
            steps: Vec::new(),
            methods: Vec::new(),
            components: Vec::new(),
            results: Vec::new(),
            legal_bases: Vec::new(),
            requirements: String::new(),
            linked: Vec::new(),
            online: Vec::new(),
        }
    }
}

/// A code of the catalogue with what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct NamedCode {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

/// Cấp thực hiện (`CAPTHUCHIEN`, portal.md 13.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Cấp bộ: 0.
    Ministry,
    /// Cấp tỉnh: 1.
    Province,
    /// Cấp huyện: 2; in old records only, since 1/7/2025.
    District,
    /// Cấp xã: 3.
    Commune,
}

impl Level {
    /// The level with this number of the source; `None` for a number that is not known.
    #[must_use]
    pub fn of_wire(number: &str) -> Option<Self> {
        match number.trim() {
            "0" => Some(Self::Ministry),
            "1" => Some(Self::Province),
            "2" => Some(Self::District),
            "3" => Some(Self::Commune),
            _ => None,
        }
    }
}

/// Cách thức thực hiện: one way to hand a dossier in, with its time limit and fees.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Method {
    /// Kênh (`KENH`): `1` direct, `2` online, `3` public postal service.
    pub channel: String,
    /// Thời gian giải quyết (`THOIGIANGIAIQUYET`): a number or a text.
    pub time: String,
    /// Đơn vị tính (`DONVITINH`).
    pub time_unit: String,
    /// Mô tả (`MOTA`).
    pub description: String,
    /// Phí, lệ phí (`PHILEPHI`). None in the list means that the fee is not known.
    pub fees: Vec<Fee>,
}

/// Phí, lệ phí.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fee {
    /// Mã phí, lệ phí (`MAPHILEPHI`).
    pub code: String,
    /// Số tiền (`SOTIEN`); empty means that it is not known.
    pub amount: String,
    /// Đơn vị (`DONVI`).
    pub currency: String,
    /// Mô tả (`MOTA`), which may hold the amount in words.
    pub description: String,
}

/// Thành phần hồ sơ: one paper in one case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Component {
    /// Mã giấy tờ (`MAGIAYTO`).
    pub code: String,
    /// Tên giấy tờ (`TENGIAYTO`).
    pub name: String,
    /// Trường hợp (`TRUONGHOP`) in which it is needed; empty: always.
    pub case: String,
    /// Số bản chính (`SOBANCHINH`).
    pub originals: String,
    /// Số bản sao (`SOBANSAO`).
    pub copies: String,
    /// Mã kết quả thay thế (`MA_KQ_THAYTHE`).
    pub replacing_result: String,
    /// Mẫu đơn: each form of the paper once.
    #[serde(default)]
    pub files: Vec<FormFile>,
}

/// Mẫu đơn of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct FormFile {
    /// Tên mẫu đơn (`TENMAUDON`).
    pub name: String,
    /// Địa chỉ (`URL`).
    pub url: String,
}

/// Căn cứ pháp lý.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegalBasis {
    /// Số văn bản (`SOVANBAN`).
    pub symbol: String,
    /// Tên văn bản (`TENVANBAN`).
    pub title: String,
    /// Cơ quan ban hành (`COQUANBANHANH`).
    pub issuer: String,
    /// Ngày ban hành (`NGAYBANHANH`).
    pub issued_on: String,
    /// Ngày hiệu lực (`NGAYHIEULUC`).
    pub effective_on: String,
}

/// Dịch vụ công trực tuyến of a procedure at one agency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OnlineService {
    /// Mã dịch vụ công (`MADVC`).
    pub code: String,
    /// Tên dịch vụ công (`TENDVC`).
    pub name: String,
    /// Cơ quan thực hiện (`MACOQUANTHUCHIEN`).
    pub agency_code: String,
    /// Mức độ (`MUCDO`): old 3 and 4, now "một phần" and "toàn trình" (inferred).
    pub level: String,
}

/// Puts together what the source repeats: the same paper of the same case that comes once
/// for each of its forms is one paper with all of them. The same paper in another case, or
/// with other numbers of copies, stays apart (portal.md 13.1).
#[must_use]
pub fn without_repetitions(components: Vec<Component>) -> Vec<Component> {
    let mut merged: Vec<Component> = Vec::with_capacity(components.len());
    for component in components {
        let same = merged.iter_mut().find(|it| is_same_paper(it, &component));
        match same {
            Some(known) => {
                for file in component.files {
                    if !known.files.contains(&file) {
                        known.files.push(file);
                    }
                }
            }
            None => merged.push(component),
        }
    }
    merged
}

/// Two papers without a code are never the same: nothing else tells.
fn is_same_paper(one: &Component, other: &Component) -> bool {
    let parts = |it: &Component| {
        [
            it.code.clone(),
            it.case.clone(),
            it.name.clone(),
            it.originals.clone(),
            it.copies.clone(),
            it.replacing_result.clone(),
        ]
    };
    !one.code.is_empty() && parts(one) == parts(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(code: &str, case: &str, file: &str) -> Component {
        Component {
            code: code.to_owned(),
            name: "Tờ khai".to_owned(),
            case: case.to_owned(),
            originals: "1".to_owned(),
            files: vec![FormFile {
                name: file.to_owned(),
                url: String::new(),
            }],
            ..Component::default()
        }
    }

    #[test]
    fn a_paper_that_is_repeated_for_each_form_is_one_paper_with_all_forms() {
        let merged = without_repetitions(vec![
            paper("000.00.00.G01-KQ000001", "", "CT01.docx"),
            paper("000.00.00.G01-KQ000001", "", "CT01.pdf"),
            paper("000.00.00.G01-KQ000001", "", "CT01.pdf"),
        ]);
        assert_eq!(merged.len(), 1);
        let files: Vec<_> = merged[0].files.iter().map(|file| &*file.name).collect();
        assert_eq!(files, ["CT01.docx", "CT01.pdf"]);
    }

    #[test]
    fn a_paper_of_several_cases_stays_in_each() {
        let merged = without_repetitions(vec![
            paper("000.00.00.G01-KQ000001", "Nhập hộ", "a"),
            paper("000.00.00.G01-KQ000001", "Lập hộ mới", "a"),
        ]);
        assert_eq!(merged.len(), 2);
    }

    #[test]
    fn papers_without_a_code_or_with_other_numbers_are_not_put_together() {
        let two_originals = Component {
            originals: "2".to_owned(),
            ..paper("000.00.00.G01-KQ000001", "", "a")
        };
        let merged = without_repetitions(vec![
            paper("", "", "a"),
            paper("", "", "b"),
            paper("000.00.00.G01-KQ000001", "", "a"),
            two_originals,
        ]);
        assert_eq!(merged.len(), 4);
    }

    #[test]
    fn a_level_is_known_by_its_number_and_no_other_is_guessed() {
        assert_eq!(Level::of_wire(" 3 "), Some(Level::Commune));
        assert_eq!(Level::of_wire("0"), Some(Level::Ministry));
        assert_eq!(Level::of_wire("4"), None);
        assert_eq!(Level::of_wire(""), None);
    }
}
