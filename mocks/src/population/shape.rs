//! How an answer is laid out: the documented shapes of the same facts.
//!
//! What a reader would get wrong: a few people have a layout of their own (three-part name, ethnic
//! group as a structure), which wins over this one. The rest of the answer follows the shape.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::DateFormat;

/// Layout of a name (Họ và tên, population.md 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameLayout {
    /// Live 037: `Ho` and `ChuDem` empty, the whole name in `Ten`.
    WholeInGivenName,
    /// QCVN 109:2017: `Ho`, `ChuDem`, `Ten` filled.
    ThreeParts,
    /// The name as the text of `HoVaTen`, without children.
    PlainText,
}

/// Layout of ethnic group and religion (Dân tộc, Tôn giáo, population.md 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeLayout {
    /// Live 037: the code as text.
    Plain,
    /// QCVN 109:2017: `MaDanToc` with `TenGoi`, and `MaTonGiao`.
    Structure,
}

/// Layout of an address (population.md 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressLayout {
    /// `MaTinhThanh`, `MaQuanHuyen` (empty where there is no district), `MaPhuongXa`.
    ProvinceWard,
    /// The same without `MaQuanHuyen` where there is no district.
    NoDistrict,
    /// QCVN 109:2017: `MaDonViHanhChinh`.
    UnitCode,
}

/// Form of "no such person, or the data differ" in a look-up (population.md 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotFoundForm {
    /// A collection without `CongDan`.
    EmptyCollection,
    /// A `CongDan` whose `SoLuongCongDan` is 0.
    ZeroCount,
    /// A `CongDan` whose `Ten` is empty.
    EmptyName,
}

/// Layout of every answer of the population database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerShape {
    /// The person's own name. Default: whole in `Ten`.
    pub names: NameLayout,
    /// Names of others in a record, and all names of a household. Default: plain text.
    pub relative_names: NameLayout,
    /// Ethnic group and religion. Default: plain codes.
    pub codes: CodeLayout,
    /// Birth dates. Default: compact.
    pub dates: DateFormat,
    /// Addresses. Default: province, district, ward.
    pub addresses: AddressLayout,
    /// Prefix of the citizen namespace; empty for a default namespace. Default `ns1`.
    pub prefix: String,
    /// What a look-up says when there is nobody. Default: an empty collection.
    pub not_found: NotFoundForm,
    /// Writes `SoLuongCongDan` 1 into each `CongDan`. Default: no.
    pub counted: bool,
    /// Repeats the head of a household as a member. Default: no (population.md 5).
    pub head_among_members: bool,
}

impl Default for AnswerShape {
    fn default() -> Self {
        Self {
            names: NameLayout::WholeInGivenName,
            relative_names: NameLayout::PlainText,
            codes: CodeLayout::Plain,
            dates: DateFormat::Compact,
            addresses: AddressLayout::ProvinceWard,
            prefix: "ns1".to_owned(),
            not_found: NotFoundForm::EmptyCollection,
            counted: false,
            head_among_members: false,
        }
    }
}

/// The prefix of an [`AnswerShape`] would not give XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("prefix: empty, or a letter followed by letters and digits; not soapenv")]
pub struct UnusablePrefix;

impl AnswerShape {
    /// Whether answers in this shape are well-formed.
    pub(crate) fn check(&self) -> Result<(), UnusablePrefix> {
        let prefix = self.prefix.as_str();
        let usable = prefix.is_empty()
            || (prefix.starts_with(|first: char| first.is_ascii_alphabetic())
                && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && !matches!(prefix, "soapenv" | "xml" | "xmlns"));
        usable.then_some(()).ok_or(UnusablePrefix)
    }
}

#[cfg(test)]
mod tests {
    use super::AnswerShape;

    #[test]
    fn a_prefix_that_would_break_the_document_is_not_usable() {
        for (prefix, usable) in [
            ("", true),
            ("ns2", true),
            ("2ns", false),
            ("a b", false),
            ("soapenv", false),
        ] {
            let shape = AnswerShape {
                prefix: prefix.to_owned(),
                ..AnswerShape::default()
            };
            assert_eq!(shape.check().is_ok(), usable, "{prefix}");
        }
    }
}
