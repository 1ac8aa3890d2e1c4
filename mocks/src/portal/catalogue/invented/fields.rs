//! Fields, and invented procedures in them.

/// Field, its name, and the names of invented procedures in it.
pub(super) const INVENTED: &[(&str, &str, &[&str])] = &[
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
pub(super) const OTHER_FIELDS: &[(&str, &str)] = &[
    ("G01-CA02", "Quản lý xuất nhập cảnh"),
    ("G01-CA03", "Đăng ký, quản lý con dấu"),
    ("G01-CA05", "Đăng ký, quản lý cư trú"),
    ("G01-CA06", "Cấp, quản lý căn cước"),
    ("G01-CA07", "Đăng ký phương tiện và người lái"),
    ("G01-CA08", "Lý lịch tư pháp"),
    ("G02-CT09", "Điện lực"),
    ("G12-TC05", "Đăng ký thuế"),
];
