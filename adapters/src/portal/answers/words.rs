//! The words that the tables look for, in lower case and composed.
//!
//! No public source lists the portal's sentences (portal.md 21 and part E 2): what stands
//! here was seen in clients or is an assumption of this project. A wording that fits none
//! of the lists is not understood, and to be added here once it is known.

/// That something is not there.
pub(super) const MISSING: &[&str] = &[
    "không tồn tại",
    "chưa tồn tại",
    "không tìm thấy",
    "chưa có trên hệ thống",
    "không có trên hệ thống",
];
/// What a search may say besides where it has found nothing.
pub(super) const NOTHING_FOUND: &[&str] = &[
    "không có dữ liệu",
    "không có kết quả",
    "không có bản ghi",
    "không có hồ sơ",
    "không có thông tin",
];
/// What may stand beside these where neither the dossier nor anything else is named.
pub(super) const NOTHING_IN_PARTICULAR: &[&str] = &[
    "dữ liệu",
    "kết quả",
    "bản ghi",
    "thông tin",
    "phù hợp",
    "tra cứu",
    "trên hệ thống",
];
/// What a search that did not look may speak of, besides what has a list of its own: "not
/// there" is said of it then, or for its sake.
pub(super) const NOT_LOOKED: &[&str] = &[
    "quyền",
    "kết nối",
    "phiên",
    "session",
    "đăng nhập",
    "xác thực",
    "token",
    "dịch vụ tra cứu",
    "dịch vụ tích hợp",
    "dịch vụ đồng bộ",
    "phản hồi",
    "trả về",
    "hết hạn",
    "đang bận",
    "xin chờ",
    "vui lòng chờ",
];
/// Too many calls.
pub(super) const OVERLOAD: &[&str] = &[
    "quá tải",
    "quá nhiều yêu cầu",
    "quá nhiều lượt",
    "quá nhiều lần gọi",
    "quá nhiều kết nối",
    "quá nhiều truy vấn",
    "quá nhiều request",
    "too many requests",
    "vượt quá số lượt",
    "vượt quá tần suất",
];
/// A portal that is down for a while, said so that it can mean nothing else.
pub(super) const OUT_OF_SERVICE: &[&str] = &[
    "hệ thống bảo trì",
    "hệ thống đang bảo trì",
    "đang được bảo trì",
    "cổng đang bảo trì",
    "hệ thống bảo dưỡng",
    "hệ thống đang bảo dưỡng",
    "đang được bảo dưỡng",
    "hệ thống đang nâng cấp",
    "hệ thống đang được nâng cấp",
    "hệ thống tạm dừng",
    "hệ thống tạm ngừng",
    "hệ thống đang tạm dừng",
    "hệ thống đang tạm ngừng",
];
/// Words of an outage where nothing else in the sentence says what is wrong: a
/// procedure may be about maintenance, and a field's fault be called a system's.
pub(super) const OUTAGE: &[&str] = &[
    "bảo trì",
    "bảo dưỡng",
    "tạm dừng",
    "tạm ngừng",
    "nâng cấp",
    "gián đoạn",
    "lỗi hệ thống",
    "lỗi máy chủ",
    "quá thời gian",
    "timeout",
    "time out",
    "timed out",
    "maintenance",
    "service unavailable",
    "internal server error",
];
/// The same words, said of the dossier. An outage never ends, these do.
pub(super) const DOSSIER_PAUSED_OR_LATE: &[&str] = &[
    "hồ sơ tạm dừng",
    "hồ sơ tạm ngừng",
    "hồ sơ đang tạm dừng",
    "hồ sơ đang tạm ngừng",
    "hồ sơ đã tạm dừng",
    "hồ sơ đã tạm ngừng",
    "hồ sơ bị tạm dừng",
    "hồ sơ bị tạm ngừng",
    "quá thời gian nộp",
    "quá thời gian tiếp nhận",
    "quá thời gian giải quyết",
    "quá thời gian quy định",
    "quá thời gian bổ sung",
];
/// Said of the session itself, whatever else the sentence holds.
pub(super) const SESSION_GONE: &[&str] = &[
    "phiên làm việc",
    "phiên đăng nhập",
    "session không hợp lệ",
    "session là bắt buộc",
    "session bắt buộc",
    "session không đúng",
    "invalid session",
    "session is",
    "đăng nhập không hợp lệ",
    "đăng nhập lại",
    "chưa đăng nhập",
    "cần đăng nhập",
    "phải đăng nhập",
    "bắt buộc đăng nhập",
    "yêu cầu đăng nhập",
    "vui lòng đăng nhập",
];
/// That a sentence is about a field of what was sent.
pub(super) const FIELD_NAMED: &[&str] = &[
    "trường ",
    "ký tự",
    "mahoso",
    "matthc",
    "malinhvuc",
    "chuhoso",
    "nguoixuly",
    "noidungxuly",
    "phongbanxuly",
    "trichyeuhoso",
    "thongtinkhac",
    "ghichu",
    "trangthai",
];
/// Failures that hold "thành công" all the same, and their like.
pub(super) const FAILED: &[&str] = &["không thành công", "chưa thành công", "thất bại"];
/// Things that have a code of their own, which a mapping may mend.
pub(super) const CODED_THINGS: &[&str] = &[
    "mã thủ tục",
    "mã tthc",
    "matthc",
    "mã lĩnh vực",
    "malinhvuc",
    "mã đơn vị",
    "madonvi",
    "mã thành phần",
    "mathanhphanhoso",
];

/// What a call is refused for besides what it names.
pub(super) const FIELD_FAULT: &[&str] = &[
    "không hợp lệ",
    "bắt buộc",
    "thiếu trường",
    "không đúng định dạng",
    "vượt quá",
    "dài quá",
    "quá nhiều ký tự",
    "quá nhiều tệp",
    "quá nhiều tập tin",
    "quá nhiều giấy tờ",
];
/// The dossier, where a search says what is not there.
pub(super) const DOSSIER: &[&str] = &["hồ sơ", "mahoso"];
/// What a dossier names, and a portal may not know.
pub(super) const NAMED_IN_A_DOSSIER: &[&str] = &[
    "người xử lý",
    "nguoixuly",
    "phòng ban",
    "phongbanxuly",
    "quận/huyện",
    "phường/xã",
    "xã/phường",
    "tỉnh/thành",
    "mã tỉnh",
    "mã huyện",
    "mã xã",
    "loại đối tượng",
    "loaidoituong",
];
/// What "not there" may be said of although the sentence names the dossier too.
pub(super) const NOT_THE_DOSSIER: &[&str] = &[
    "tệp",
    "tập tin",
    "file",
    "giấy tờ",
    "tài liệu",
    "tài khoản",
    "người dùng",
    "người xử lý",
    "nguoixuly",
    "cán bộ",
    "phòng ban",
    "phongbanxuly",
    "quận/huyện",
    "phường/xã",
    "xã/phường",
    "tỉnh/thành",
    "loại đối tượng",
    "mã thủ tục",
    "mã tthc",
    "matthc",
    "mã lĩnh vực",
    "malinhvuc",
    "mã đơn vị",
    "madonvi",
    "mã thành phần",
    "mathanhphanhoso",
];
/// What "already there" may be said of although the sentence names the dossier too, and
/// what contradicts it.
pub(super) const NO_DUPLICATE: &[&str] = &[
    "tệp",
    "tập tin",
    "file",
    "giấy tờ",
    "tài liệu",
    "tài khoản",
    "người dùng",
    "biên nhận",
    "không tồn tại",
    "chưa tồn tại",
    "không tìm thấy",
];
/// Files of a dossier.
pub(super) const FILE: &[&str] = &[
    "tệp",
    "tập tin",
    "tải file",
    "file đính kèm",
    "duongdantaiteptin",
    "duongdanteptinketqua",
];
/// That a file could not be fetched.
pub(super) const NOT_FETCHED: &[&str] = &[
    "không tải được",
    "không thể tải",
    "không truy cập được",
    "không thể truy cập",
    "không lấy được",
    "không đọc được",
    "tải không thành công",
];
/// The same said in one breath, which otherwise reads like a dossier that is not there.
pub(super) const FILE_MISSING: &[&str] = &[
    "tệp không tồn tại",
    "tệp tin không tồn tại",
    "tệp đính kèm không tồn tại",
    "tập tin không tồn tại",
    "không tìm thấy tệp",
    "không tìm thấy tập tin",
];
/// That the portal does not let this system in, said so that it cannot be about one
/// dossier or its officer.
pub(super) const NO_RIGHT: &[&str] = &[
    "không có quyền truy cập",
    "không có quyền sử dụng dịch vụ",
    "không có quyền gọi",
    "đơn vị không có quyền",
    "hệ thống không có quyền",
    "tài khoản không có quyền",
    "chưa được cấp quyền",
    "chưa được cấp phép kết nối",
    "không được phép truy cập",
    "không được phép kết nối",
    "từ chối truy cập",
    "access denied",
    "forbidden",
];
