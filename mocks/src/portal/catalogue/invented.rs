//! The procedures of the invented catalogue.
//!
//! What a reader would get wrong: the codes of the essential services and of their neighbours
//! are the public ones (administration.md 2.2); every code from 1.900001 on, and 9.0000nn for an
//! essential service whose code nobody has verified, is invented, as is everything that a
//! procedure asks for. Codes that a decision repealed are not listed.

use serde_json::{Map, Value, json};

use super::Procedure;
use super::papers::{legal_bases, papers, steps, ways};

/// Code, name, field and level of the procedures that are public.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    ("1.004222", "Đăng ký thường trú", "G01-CA05", "3"),
    ("1.004194", "Đăng ký tạm trú", "G01-CA05", "3"),
    ("1.002755", "Gia hạn tạm trú", "G01-CA05", "3"),
    ("1.010028", "Xóa đăng ký tạm trú", "G01-CA05", "3"),
    ("1.003197", "Xóa đăng ký thường trú", "G01-CA05", "3"),
    ("1.010038", "Tách hộ", "G01-CA05", "3"),
    ("1.003677", "Khai báo tạm vắng", "G01-CA05", "3"),
    ("2.001159", "Thông báo lưu trú", "G01-CA05", "3"),
    (
        "2.000200",
        "Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên (thực hiện tại cấp tỉnh)",
        "G01-CA06",
        "1",
    ),
    (
        "1.116410",
        "Cấp lại thẻ căn cước do bị mất",
        "G01-CA06",
        "3",
    ),
    ("1.001193", "Đăng ký khai sinh", "G15-TP07", "3"),
    (
        "1.000689",
        "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con",
        "G15-TP07",
        "3",
    ),
    ("1.003583", "Đăng ký khai sinh lưu động", "G15-TP07", "3"),
    ("1.004884", "Đăng ký lại khai sinh", "G15-TP07", "3"),
    (
        "2.000635",
        "Cấp bản sao trích lục hộ tịch, bản sao Giấy khai sinh",
        "G15-TP07",
        "3",
    ),
    ("1.000656", "Đăng ký khai tử", "G15-TP07", "3"),
    ("1.000419", "Đăng ký khai tử lưu động", "G15-TP07", "3"),
    ("1.005461", "Đăng ký lại khai tử", "G15-TP07", "3"),
    ("1.000894", "Đăng ký kết hôn", "G15-TP07", "3"),
    ("1.000593", "Đăng ký kết hôn lưu động", "G15-TP07", "3"),
    ("1.004746", "Đăng ký lại kết hôn", "G15-TP07", "3"),
    (
        "2.000806",
        "Đăng ký kết hôn có yếu tố nước ngoài",
        "G15-TP07",
        "3",
    ),
    (
        "1.001456",
        "Cấp hộ chiếu phổ thông ở trong nước (thực hiện tại cấp tỉnh)",
        "G01-CA02",
        "1",
    ),
    (
        "1.115231",
        "Thủ tục làm con dấu mới và cấp giấy chứng nhận đã đăng ký mẫu dấu",
        "G01-CA03",
        "3",
    ),
    (
        "3.000722",
        "Liên thông điện tử đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế, cấp thẻ căn cước cho trẻ em",
        "G15-TP07",
        "3",
    ),
    (
        "2.002913",
        "Liên thông điện tử đăng ký khai tử, xóa đăng ký thường trú, giải quyết mai táng phí, tử tuất",
        "G15-TP07",
        "3",
    ),
    (
        "2.000987",
        "Liên thông đăng ký khai sinh, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
        "G15-TP07",
        "3",
    ),
    ("3.000346", "Cấp giấy phép lái xe", "G01-CA07", "1"),
    (
        "3.000333",
        "Cấp phiếu lý lịch tư pháp cho công dân (thực hiện tại cấp tỉnh)",
        "G01-CA08",
        "1",
    ),
    (
        "1.001978",
        "Giải quyết hưởng trợ cấp thất nghiệp",
        "G09-NV11",
        "1",
    ),
    (
        "1.0133611",
        "Thủ tục có mã bảy chữ số trong danh mục quốc gia",
        "G15-TP07",
        "0",
    ),
    (
        "1.000656.000.00.00.H99",
        "Đăng ký khai tử (bản công bố của tỉnh)",
        "G15-TP07",
        "3",
    ),
    (
        "3.000181.000.00.00.H99",
        "Tuyển sinh trung học phổ thông",
        "G03-GD10",
        "1",
    ),
    (
        "9.000001",
        "Xác nhận số chứng minh nhân dân khi đã được cấp thẻ căn cước công dân",
        "G01-CA06",
        "3",
    ),
    (
        "9.000002",
        "Cấp lại, đổi thẻ căn cước công dân",
        "G01-CA06",
        "3",
    ),
    (
        "9.000007",
        "Đăng ký, cấp biển số mô tô, xe gắn máy",
        "G01-CA07",
        "3",
    ),
    (
        "9.000008",
        "Thu tiền nộp phạt vi phạm giao thông qua thiết bị ghi hình",
        "G01-CA07",
        "3",
    ),
    (
        "9.000014",
        "Thủ tục làm con dấu thu nhỏ, dấu nổi, dấu xi",
        "G01-CA03",
        "3",
    ),
    (
        "9.000017",
        "Tích hợp tính giảm trừ mức đóng trong gia hạn thẻ bảo hiểm y tế theo hộ gia đình",
        "G24-BH02",
        "3",
    ),
    (
        "9.000018",
        "Đăng ký thuế lần đầu, thay đổi thông tin đăng ký thuế của hộ gia đình, cá nhân",
        "G12-TC05",
        "3",
    ),
    (
        "9.000019",
        "Đăng ký biến động do thay đổi thông tin về người được cấp Giấy chứng nhận",
        "G13-TN03",
        "3",
    ),
    (
        "9.000020",
        "Cấp đổi, cấp lại giấy phép lái xe",
        "G01-CA07",
        "3",
    ),
    (
        "9.000021",
        "Đăng ký dự thi tốt nghiệp trung học phổ thông và xét tuyển",
        "G03-GD10",
        "3",
    ),
    (
        "9.000024",
        "Cấp điện mới từ lưới điện hạ áp (220/380V)",
        "G02-CT09",
        "3",
    ),
    (
        "9.000025",
        "Thay đổi chủ thể hợp đồng mua bán điện",
        "G02-CT09",
        "3",
    ),
];

/// Field, its name, and the names of invented procedures in it.
const INVENTED: &[(&str, &str, &[&str])] = &[
    (
        "G03-GD10",
        "Giáo dục trung học",
        &[
            "Chuyển trường đối với học sinh trung học phổ thông",
            "Xin học lại tại trường khác",
            "Tiếp nhận học sinh trung học cơ sở Việt Nam về nước",
            "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc",
            "Chỉnh sửa nội dung văn bằng, chứng chỉ",
            "Xét cấp học bổng chính sách",
        ],
    ),
    (
        "G05-TC01",
        "Thành lập và hoạt động của hộ kinh doanh",
        &[
            "Đăng ký thành lập hộ kinh doanh",
            "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh",
            "Tạm ngừng kinh doanh của hộ kinh doanh",
            "Chấm dứt hoạt động hộ kinh doanh",
            "Cấp lại Giấy chứng nhận đăng ký hộ kinh doanh",
        ],
    ),
    (
        "G09-NV11",
        "Việc làm",
        &[
            "Tạm dừng hưởng trợ cấp thất nghiệp",
            "Chuyển nơi hưởng trợ cấp thất nghiệp",
            "Thông báo về việc tìm kiếm việc làm hằng tháng",
            "Hỗ trợ tư vấn, giới thiệu việc làm",
            "Cấp giấy phép lao động cho người lao động nước ngoài",
            "Gia hạn giấy phép lao động cho người lao động nước ngoài",
        ],
    ),
    (
        "G09-NV05",
        "Người có công",
        &[
            "Thăm viếng mộ liệt sĩ",
            "Cấp giấy xác nhận thân nhân liệt sĩ",
            "Hưởng mai táng phí khi người có công từ trần",
            "Sửa đổi, bổ sung thông tin cá nhân trong hồ sơ người có công",
            "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ",
        ],
    ),
    (
        "G13-TN03",
        "Đất đai",
        &[
            "Đăng ký đất đai, tài sản gắn liền với đất lần đầu",
            "Đăng ký biến động quyền sử dụng đất do chuyển nhượng",
            "Tách thửa hoặc hợp thửa đất",
            "Cấp đổi Giấy chứng nhận quyền sử dụng đất",
            "Cung cấp thông tin, dữ liệu đất đai",
            "Xóa đăng ký thế chấp quyền sử dụng đất",
            "Đăng ký thế chấp quyền sử dụng đất",
            "Đính chính Giấy chứng nhận đã cấp",
        ],
    ),
    (
        "G15-TP08",
        "Chứng thực",
        &[
            "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
            "Chứng thực chữ ký trong các giấy tờ, văn bản",
            "Chứng thực hợp đồng, giao dịch liên quan đến tài sản là động sản",
            "Chứng thực di chúc",
            "Cấp bản sao có chứng thực từ bản chính hợp đồng đã chứng thực",
        ],
    ),
    (
        "G15-TP07",
        "Hộ tịch",
        &[
            "Cấp Giấy xác nhận tình trạng hôn nhân",
            "Đăng ký nhận cha, mẹ, con",
            "Đăng ký giám hộ",
            "Đăng ký chấm dứt giám hộ",
            "Thay đổi, cải chính, bổ sung thông tin hộ tịch, xác định lại dân tộc",
            "Ghi vào sổ hộ tịch việc kết hôn của công dân Việt Nam ở nước ngoài",
            "Đăng ký khai sinh có yếu tố nước ngoài",
        ],
    ),
    (
        "G17-XD02",
        "Hoạt động xây dựng",
        &[
            "Cấp giấy phép xây dựng nhà ở riêng lẻ",
            "Gia hạn giấy phép xây dựng",
            "Điều chỉnh giấy phép xây dựng",
            "Cấp lại giấy phép xây dựng",
            "Cấp chứng chỉ hành nghề hoạt động xây dựng",
        ],
    ),
    (
        "G18-YT04",
        "Khám bệnh, chữa bệnh",
        &[
            "Cấp giấy phép hành nghề khám bệnh, chữa bệnh",
            "Cấp lại giấy phép hành nghề khám bệnh, chữa bệnh",
            "Cấp giấy phép hoạt động đối với phòng khám",
            "Công bố đủ điều kiện tiêm chủng",
            "Xác nhận nội dung quảng cáo dịch vụ khám bệnh",
        ],
    ),
    (
        "G18-YT09",
        "Bảo trợ xã hội",
        &[
            "Thực hiện trợ cấp xã hội hằng tháng",
            "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
            "Xác định mức độ khuyết tật và cấp giấy xác nhận khuyết tật",
            "Công nhận hộ nghèo, hộ cận nghèo",
            "Đăng ký hoạt động đối với cơ sở trợ giúp xã hội",
            "Trợ giúp xã hội khẩn cấp",
        ],
    ),
    (
        "G06-KH02",
        "Viễn thông và Internet",
        &[
            "Cấp giấy chứng nhận đủ điều kiện hoạt động điểm trò chơi điện tử công cộng",
            "Gia hạn giấy chứng nhận điểm trò chơi điện tử công cộng",
            "Thông báo thiết lập mạng xã hội",
        ],
    ),
    (
        "G02-CT06",
        "Lưu thông hàng hóa trong nước",
        &[
            "Cấp giấy phép bán lẻ rượu",
            "Cấp lại giấy phép bán lẻ rượu",
            "Cấp giấy chứng nhận đủ điều kiện cửa hàng bán lẻ xăng dầu",
            "Cấp giấy phép bán lẻ sản phẩm thuốc lá",
        ],
    ),
    (
        "G10-NN07",
        "Thủy sản",
        &[
            "Cấp giấy chứng nhận đăng ký tàu cá",
            "Cấp giấy phép khai thác thủy sản",
            "Xóa đăng ký tàu cá",
            "Công bố mở cảng cá",
        ],
    ),
    (
        "G16-VH03",
        "Văn hóa cơ sở",
        &[
            "Cấp giấy phép tổ chức lễ hội",
            "Thông báo tổ chức đoàn người thực hiện quảng cáo",
            "Cấp giấy phép đủ điều kiện kinh doanh dịch vụ karaoke",
            "Xét tặng danh hiệu Gia đình văn hóa",
        ],
    ),
    (
        "G16-VH05",
        "Du lịch",
        &[
            "Cấp thẻ hướng dẫn viên du lịch nội địa",
            "Cấp lại thẻ hướng dẫn viên du lịch",
            "Công nhận điểm du lịch",
            "Cấp giấy phép kinh doanh dịch vụ lữ hành",
        ],
    ),
    (
        "G01-CA10",
        "Phòng cháy, chữa cháy",
        &[
            "Thẩm định thiết kế về phòng cháy và chữa cháy",
            "Kiểm tra công tác nghiệm thu về phòng cháy và chữa cháy",
            "Cấp giấy phép vận chuyển hàng hóa nguy hiểm",
        ],
    ),
    (
        "G24-BH02",
        "Thu bảo hiểm",
        &[
            "Đăng ký tham gia bảo hiểm xã hội tự nguyện",
            "Cấp lại thẻ bảo hiểm y tế",
            "Giải quyết hưởng bảo hiểm xã hội một lần",
            "Gia hạn thẻ bảo hiểm y tế theo hộ gia đình",
            "Cấp lại sổ bảo hiểm xã hội",
            "Điều chỉnh thông tin trên sổ bảo hiểm xã hội",
            "Giải quyết chế độ thai sản",
            "Giải quyết chế độ tử tuất",
        ],
    ),
];

/// Names of the fields that only public procedures belong to.
const OTHER_FIELDS: &[(&str, &str)] = &[
    ("G01-CA02", "Quản lý xuất nhập cảnh"),
    ("G01-CA03", "Đăng ký, quản lý con dấu"),
    ("G01-CA05", "Đăng ký, quản lý cư trú"),
    ("G01-CA06", "Cấp, quản lý căn cước"),
    ("G01-CA07", "Đăng ký phương tiện và người lái"),
    ("G01-CA08", "Lý lịch tư pháp"),
    ("G02-CT09", "Điện lực"),
    ("G12-TC05", "Đăng ký thuế"),
];

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

/// Units; the level comes as a number for one of them.
pub(super) fn units() -> Value {
    json!([
        {"MADONVI": "G01", "TENDONVI": "Bộ Công an", "CAPDONVI": "0"},
        {"MADONVI": "G15", "TENDONVI": "Bộ Tư pháp", "CAPDONVI": "0"},
        {"MADONVI": "000.00.00.H99", "TENDONVI": "Ủy ban nhân dân tỉnh (giả lập)", "CAPDONVI": 1},
        {"MADONVI": "000.00.01.H99", "TENDONVI": "Trung tâm Phục vụ hành chính công", "CAPDONVI": "1"},
        {"MADONVI": "000.01.12.H99", "TENDONVI": "Ủy ban nhân dân xã (giả lập)", "CAPDONVI": "3"},
    ])
}
