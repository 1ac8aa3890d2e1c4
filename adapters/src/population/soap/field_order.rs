//! Which elements a request has, and in which order.
//!
//! Servers check the order as an XSD `sequence` does: a body that is right for one
//! province fails in another, and says only that the request is wrong (population.md
//! 2.1, part D 14).

use thiserror::Error;

/// An element of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestField {
    /// Mã yêu cầu (`MaYeuCau`).
    RequestNumber,
    /// Mã thủ tục (`MaDVC`).
    Procedure,
    /// Mã tích hợp (`MaTichHop`).
    ServiceCode,
    /// Mã đơn vị (`MaDonVi`).
    Unit,
    /// Mã cán bộ (`MaCanBo`).
    Officer,
    /// Tài khoản (`TaiKhoan`), in the court system only.
    Account,
    /// Số điện thoại (`SoDienThoai`), always `0`, in the court system only.
    Phone,
    /// `SoDinhDanh`, or `SoCMND` for an old number.
    Identity,
    /// Họ và tên (`HoVaTen`).
    Name,
    /// Ngày tháng năm sinh (`NgayThangNamSinh`).
    Birth,
}

impl RequestField {
    /// Every element, in the order of population.md 2.1.
    pub const ALL: &[Self] = &[
        Self::RequestNumber,
        Self::Procedure,
        Self::ServiceCode,
        Self::Unit,
        Self::Officer,
        Self::Account,
        Self::Phone,
        Self::Identity,
        Self::Name,
        Self::Birth,
    ];

    /// Name on the wire; `SoDinhDanh` stands for whichever number is sent.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::RequestNumber => "MaYeuCau",
            Self::Procedure => "MaDVC",
            Self::ServiceCode => "MaTichHop",
            Self::Unit => "MaDonVi",
            Self::Officer => "MaCanBo",
            Self::Account => "TaiKhoan",
            Self::Phone => "SoDienThoai",
            Self::Identity => "SoDinhDanh",
            Self::Name => "HoVaTen",
            Self::Birth => "NgayThangNamSinh",
        }
    }

    /// The element with this name.
    #[must_use]
    pub fn from_element(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.element() == name)
    }

    /// Whether there are provinces that leave it out.
    fn is_optional(self) -> bool {
        match self {
            Self::Unit | Self::Account | Self::Phone => true,
            Self::RequestNumber
            | Self::Procedure
            | Self::ServiceCode
            | Self::Officer
            | Self::Identity
            | Self::Name
            | Self::Birth => false,
        }
    }
}

/// Where `MaDonVi` stands; the orders seen conflict (population.md 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitElement {
    /// Nowhere, as OpenCPS v2 sends it.
    Absent,
    /// Before `MaCanBo`, as the NDXP description has it.
    BeforeOfficer,
    /// After `MaCanBo`, as the court system sends it.
    AfterOfficer,
}

/// The elements of a request in order: each once, and none missing that every province
/// asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOrder(Vec<RequestField>);

/// Why elements do not make a request; holds the name of the first that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidFieldOrder {
    /// An element is missing that every province asks for.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An element stands twice.
    #[error("{0} stands twice")]
    Twice(&'static str),
}

impl FieldOrder {
    /// The order of population.md 2.1.
    #[must_use]
    pub fn of_look_up(unit: UnitElement) -> Self {
        let (before, after) = match unit {
            UnitElement::Absent => (None, None),
            UnitElement::BeforeOfficer => (Some(RequestField::Unit), None),
            UnitElement::AfterOfficer => (None, Some(RequestField::Unit)),
        };
        let head = [
            Some(RequestField::RequestNumber),
            Some(RequestField::Procedure),
            Some(RequestField::ServiceCode),
            before,
            Some(RequestField::Officer),
            after,
        ];
        let citizen = [
            RequestField::Identity,
            RequestField::Name,
            RequestField::Birth,
        ];
        Self(head.into_iter().flatten().chain(citizen).collect())
    }

    /// Any other order.
    ///
    /// # Errors
    /// [`InvalidFieldOrder`] with the first element that is wrong.
    pub fn new(fields: Vec<RequestField>) -> Result<Self, InvalidFieldOrder> {
        for field in RequestField::ALL {
            match fields.iter().filter(|it| *it == field).count() {
                0 if !field.is_optional() => {
                    return Err(InvalidFieldOrder::Missing(field.element()));
                }
                0 | 1 => {}
                _ => return Err(InvalidFieldOrder::Twice(field.element())),
            }
        }
        Ok(Self(fields))
    }

    /// The same with `TaiKhoan` and `SoDienThoai`, which the court system sends in
    /// addition (population.md 2.1), behind `MaCanBo` and behind a `MaDonVi` that follows
    /// it. The page names no order between them; another one is [`FieldOrder::new`]'s.
    #[must_use]
    pub fn with_account(self) -> Self {
        let added = [RequestField::Account, RequestField::Phone];
        let mut fields = self.0;
        fields.retain(|field| !added.contains(field));
        let behind = |fields: &[RequestField], wanted| {
            fields
                .iter()
                .position(|field| *field == wanted)
                .map(|at| at + 1)
        };
        let officer = behind(&fields, RequestField::Officer).unwrap_or(fields.len());
        let unit = behind(&fields, RequestField::Unit).filter(|unit| *unit == officer + 1);
        let at = unit.unwrap_or(officer);
        fields.splice(at..at, added);
        Self(fields)
    }

    /// The elements.
    #[must_use]
    pub fn fields(&self) -> &[RequestField] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(order: &FieldOrder) -> String {
        let names = order.fields().iter().map(|field| field.element());
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_known_orders_are_those_of_the_sources() {
        for (unit, officer) in [
            (UnitElement::Absent, "MaCanBo"),
            (UnitElement::BeforeOfficer, "MaDonVi MaCanBo"),
            (UnitElement::AfterOfficer, "MaCanBo MaDonVi"),
        ] {
            let order = FieldOrder::of_look_up(unit);
            let expected =
                format!("MaYeuCau MaDVC MaTichHop {officer} SoDinhDanh HoVaTen NgayThangNamSinh");
            assert_eq!(names(&order), expected);
            assert_eq!(FieldOrder::new(order.fields().to_vec()), Ok(order));
        }
        let court = FieldOrder::of_look_up(UnitElement::Absent).with_account();
        assert_eq!(
            names(&court.clone().with_account()),
            "MaYeuCau MaDVC MaTichHop MaCanBo TaiKhoan SoDienThoai SoDinhDanh HoVaTen NgayThangNamSinh"
        );
        assert_eq!(FieldOrder::new(court.fields().to_vec()), Ok(court));
    }

    #[test]
    fn an_order_lacks_nothing_and_repeats_nothing() {
        let whole = FieldOrder::of_look_up(UnitElement::Absent)
            .fields()
            .to_vec();
        for field in &whole {
            let without = whole.iter().filter(|it| *it != field).copied().collect();
            let missing = InvalidFieldOrder::Missing(field.element());
            assert_eq!(FieldOrder::new(without), Err(missing));
            let twice = whole.iter().chain([field]).copied().collect();
            let twice_error = InvalidFieldOrder::Twice(field.element());
            assert_eq!(FieldOrder::new(twice), Err(twice_error));
        }
    }

    #[test]
    fn an_element_is_found_by_its_name() {
        for field in RequestField::ALL {
            assert_eq!(RequestField::from_element(field.element()), Some(*field));
        }
        assert_eq!(RequestField::from_element("SoCMND"), None);
    }
}
