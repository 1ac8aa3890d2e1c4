//! What each of the 25 services is like in the invented province.
//!
//! What a reader would get wrong: nothing here is knowledge of the services. Codes that
//! begin with 9 are test codes for services whose code nobody has verified; papers, fees and
//! time limits are invented throughout.

use lienthong_core::calendar::TimeLimit;
use lienthong_core::calendar::TimeLimit::{WorkingDays, WorkingHours};

use super::offices::Level;
use super::offices::Level::{Commune, Department};

/// Dossiers of an invented year.
pub const DOSSIERS: u32 = 20_000;

/// A way through the offices: departments in their order.
pub(super) type Route = &'static [&'static str];

pub(super) const DESK: &str = "Bộ phận Một cửa";
pub(super) const LEADERS: &str = "Lãnh đạo";
/// A department that no approved process names.
pub(super) const DETOUR: &str = "Phòng Văn hóa - Xã hội";

/// The code of service 15 before its present one, and that of service 16.
pub(super) const OLD_BIRTH_GROUP: &str = "2.002621";
pub(super) const OLD_DEATH_GROUP: &str = "2.002622";

const POLICE: Route = &[DESK, "Công an xã", LEADERS, DESK];
const POLICE_SHORT: Route = &[DESK, "Công an xã", DESK];
const JUSTICE: Route = &[DESK, "Tư pháp - Hộ tịch", LEADERS, DESK];
const PROVINCE_POLICE: Route = &[DESK, "Công an tỉnh", LEADERS, DESK];
const INSURANCE: Route = &[DESK, "Bảo hiểm xã hội", DESK];
const TAX: Route = &[DESK, "Thuế cơ sở", DESK];
const LAND: Route = &[DESK, "Văn phòng đăng ký đất đai", LEADERS, DESK];
const LABOUR: Route = &[DESK, "Trung tâm Dịch vụ việc làm", LEADERS, DESK];
const SCHOOL: Route = &[DESK, "Phòng Khảo thí", DESK];
const POWER: Route = &["Phòng Kinh doanh điện lực"];

/// A service in the invented province.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) number: u16,
    /// The code of its dossiers on the last day.
    pub(super) code: &'static str,
    /// A short name for the dossiers.
    pub(super) name: &'static str,
    pub(super) field: (&'static str, &'static str),
    /// Its dossiers among [`DOSSIERS`].
    pub(super) dossiers: u32,
    pub(super) level: Level,
    pub(super) limit: TimeLimit,
    /// In đồng; 0 where nothing is due.
    pub(super) fee: u64,
    pub(super) route: Route,
    /// Whether companies hand it in: they are not in the population database.
    pub(super) companies: bool,
}

impl Kind {
    /// The code of one of its papers, from 1 to 9.
    pub(super) fn paper(&self, paper: u16) -> String {
        let ministry = self.field.0.get(..3).unwrap_or("G22");
        format!("000.00.00.{ministry}-KQ9{:02}{paper:03}", self.number)
    }

    /// The code of its result.
    pub(super) fn result(&self) -> String {
        let ministry = self.field.0.get(..3).unwrap_or("G22");
        format!("KQ.{ministry}.9{:05}", self.number)
    }

    /// Whether the operator's file has to name its code.
    pub(super) fn is_invented(&self) -> bool {
        self.code.starts_with('9')
    }
}

const RESIDENCE: (&str, &str) = ("G01-CA05", "Đăng ký, quản lý cư trú");
const IDENTITY: (&str, &str) = ("G01-CA06", "Cấp, quản lý căn cước");
const TRAFFIC: (&str, &str) = ("G01-CA07", "Đăng ký, quản lý phương tiện giao thông");
const SEALS: (&str, &str) = ("G01-CA08", "Quản lý con dấu");
const PASSPORT: (&str, &str) = ("G01-CA09", "Quản lý xuất nhập cảnh");
const CIVIL: (&str, &str) = ("G15-TP07", "Hộ tịch");
const HEALTH: (&str, &str) = ("G24-BH01", "Bảo hiểm y tế");
const TAXES: (&str, &str) = ("G12-TC01", "Thuế");
const SOIL: (&str, &str) = ("G13-TN01", "Đất đai");
const EXAMS: (&str, &str) = ("G03-GD10", "Thi, tuyển sinh");
const JOBS: (&str, &str) = ("G09-NV01", "Việc làm");
const ELECTRICITY: (&str, &str) = ("G02-CT01", "Điện");

macro_rules! kinds {
    ($(($number:literal, $code:literal, $name:literal, $field:ident, $dossiers:literal, $level:expr,
        $limit:expr, $fee:literal, $route:ident, $companies:literal)),* $(,)?) => {
        [$(Kind {
            number: $number,
            code: $code,
            name: $name,
            field: $field,
            dossiers: $dossiers,
            level: $level,
            limit: $limit,
            fee: $fee,
            route: $route,
            companies: $companies,
        }),*]
    };
}

/// The 25, by their numbers.
#[rustfmt::skip]
pub(super) static KINDS: [Kind; 25] = kinds![
    (1, "9.000001", "Xác nhận số chứng minh nhân dân", IDENTITY, 700, Commune, WorkingDays(1), 0, POLICE_SHORT, false),
    (2, "9.000002", "Cấp lại, đổi thẻ căn cước", IDENTITY, 900, Commune, WorkingDays(7), 50_000, POLICE, false),
    (3, "1.004222", "Đăng ký thường trú", RESIDENCE, 1600, Commune, WorkingDays(7), 10_000, POLICE, false),
    (4, "1.004194", "Đăng ký tạm trú", RESIDENCE, 1500, Commune, WorkingDays(3), 7_000, POLICE, false),
    (5, "1.003677", "Khai báo tạm vắng", RESIDENCE, 500, Commune, WorkingDays(1), 0, POLICE_SHORT, false),
    (6, "2.001159", "Thông báo lưu trú", RESIDENCE, 1500, Commune, WorkingDays(1), 0, POLICE_SHORT, false),
    (7, "9.000007", "Đăng ký, cấp biển số xe", TRAFFIC, 900, Commune, WorkingDays(2), 50_000, POLICE, false),
    (8, "9.000008", "Nộp phạt vi phạm giao thông", TRAFFIC, 800, Department(101), WorkingDays(2), 0, PROVINCE_POLICE, false),
    (9, "1.001193", "Đăng ký khai sinh", CIVIL, 1500, Commune, WorkingHours(8), 0, JUSTICE, false),
    (10, "1.000656", "Đăng ký khai tử", CIVIL, 700, Commune, WorkingHours(8), 0, JUSTICE, false),
    (11, "1.000894", "Đăng ký kết hôn", CIVIL, 900, Commune, WorkingDays(1), 0, JUSTICE, false),
    (12, "1.001456", "Cấp hộ chiếu phổ thông", PASSPORT, 900, Department(101), WorkingDays(5), 160_000, PROVINCE_POLICE, false),
    (13, "1.115231", "Làm con dấu mới", SEALS, 300, Department(101), WorkingDays(3), 50_000, PROVINCE_POLICE, true),
    (14, "9.000014", "Làm con dấu thu nhỏ, dấu nổi, dấu xi", SEALS, 300, Department(101), WorkingDays(3), 50_000, PROVINCE_POLICE, true),
    (15, "3.000722", "Liên thông khai sinh, thường trú, thẻ bảo hiểm y tế", CIVIL, 700, Commune, WorkingDays(4), 0, JUSTICE, false),
    (16, "2.002913", "Liên thông khai tử, xóa thường trú, mai táng phí", CIVIL, 400, Commune, WorkingDays(10), 0, JUSTICE, false),
    (17, "9.000017", "Gia hạn thẻ bảo hiểm y tế theo hộ gia đình", HEALTH, 700, Department(102), WorkingDays(5), 0, INSURANCE, false),
    (18, "9.000018", "Đăng ký thuế lần đầu", TAXES, 900, Department(103), WorkingDays(3), 0, TAX, false),
    (19, "9.000019", "Đăng ký biến động đất đai", SOIL, 700, Department(104), WorkingDays(5), 28_000, LAND, false),
    (20, "9.000020", "Cấp đổi giấy phép lái xe", TRAFFIC, 900, Department(101), WorkingDays(5), 115_000, PROVINCE_POLICE, false),
    (21, "9.000021", "Đăng ký dự thi tốt nghiệp", EXAMS, 600, Department(105), WorkingDays(5), 0, SCHOOL, false),
    (22, "3.000333", "Cấp phiếu lý lịch tư pháp", CIVIL, 1000, Department(101), WorkingDays(10), 200_000, PROVINCE_POLICE, false),
    (23, "1.001978", "Hưởng trợ cấp thất nghiệp", JOBS, 600, Department(106), WorkingDays(10), 0, LABOUR, false),
    (24, "9.000024", "Cấp điện mới", ELECTRICITY, 250, Department(107), WorkingDays(3), 0, POWER, false),
    (25, "9.000025", "Thay đổi chủ thể hợp đồng mua bán điện", ELECTRICITY, 250, Department(107), WorkingDays(3), 0, POWER, false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_are_the_25_and_their_dossiers_are_all() {
        let numbers: Vec<u16> = KINDS.iter().map(|kind| kind.number).collect();
        assert_eq!(numbers, (1..=25).collect::<Vec<u16>>());
        let dossiers: u32 = KINDS.iter().map(|kind| kind.dossiers).sum();
        assert_eq!(dossiers, DOSSIERS);
    }
}
