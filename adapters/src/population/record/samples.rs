//! Answers for tests, composed as population.md 2.5 and 5 publish them.
//!
//! Everybody in them is invented and has place code 000.

/// Namespace of citizen data.
pub(in crate::population) const DANCU: &str = "http://www.mic.gov.vn/dancu/1.0";
/// Namespace of the confirmation's answer.
pub(in crate::population) const QUERY: &str = "http://dancuquocgia.bca";

/// The citizen of population.md 2.5.
pub(in crate::population) const LIVE: &str = "<ns1:CongDan>\
    <ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:SoCMND/>\
    <ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/><ns1:Ten>TRẦN THỊ MẪU THỬ</ns1:Ten></ns1:HoVaTen>\
    <ns1:GioiTinh>2</ns1:GioiTinh><ns1:DanToc>01</ns1:DanToc><ns1:TonGiao>00</ns1:TonGiao>\
    <ns1:TinhTrangHonNhan>2</ns1:TinhTrangHonNhan><ns1:NhomMau>00</ns1:NhomMau>\
    <ns1:NgayThangNamSinh><ns1:Nam>1985</ns1:Nam><ns1:NgayThangNam>19850213</ns1:NgayThangNam></ns1:NgayThangNamSinh>\
    <ns1:ThuongTru><ns1:MaTinhThanh>99</ns1:MaTinhThanh><ns1:MaQuanHuyen/><ns1:MaPhuongXa>99901</ns1:MaPhuongXa>\
      <ns1:ChiTiet>THÔN MẪU</ns1:ChiTiet><ns1:QuocGia>VN</ns1:QuocGia></ns1:ThuongTru>\
    <ns1:ChuHo><ns1:QuanHe>CH01</ns1:QuanHe><ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:SoCMND/>\
      <ns1:HoVaTen>TRẦN THỊ MẪU THỬ</ns1:HoVaTen></ns1:ChuHo>\
    </ns1:CongDan>";

/// The same citizen as the JSON of population.md 8, for `json-flat`.
pub(in crate::population) const FLAT: &str = r#"{"CongdanCollection":{"CongDan":{
    "SoDinhDanh":"000185000001","SoCMND":"",
    "HoVaTen":{"Ho":"","ChuDem":null,"Ten":"TRẦN THỊ MẪU THỬ"},
    "GioiTinh":2,"DanToc":"01","TonGiao":"00","TinhTrangHonNhan":"2","NhomMau":"00",
    "NgayThangNamSinh":{"Nam":1985,"NgayThangNam":"19850213"},
    "ThuongTru":{"MaTinhThanh":"99","MaQuanHuyen":null,"MaPhuongXa":"99901",
      "ChiTiet":"THÔN MẪU","QuocGia":"VN"},
    "ChuHo":{"QuanHe":"CH01","SoDinhDanh":"000185000001","HoVaTen":"TRẦN THỊ MẪU THỬ"}}}}"#;

/// The household of population.md 5.
pub(in crate::population) const HOUSEHOLD: &str = "\
    <ns1:ChuHo><ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:HoVaTen>TRẦN THỊ MẪU THỬ</ns1:HoVaTen></ns1:ChuHo>\
    <ns1:ThanhVien><ns1:SoDinhDanh>000210000002</ns1:SoDinhDanh><ns1:HoVaTen>LÊ VĂN VÍ DỤ</ns1:HoVaTen>\
      <ns1:NgayThangNamSinh><ns1:Nam>2010</ns1:Nam><ns1:NgayThangNam>20100901</ns1:NgayThangNam></ns1:NgayThangNamSinh>\
      <ns1:QuanHe>CH99</ns1:QuanHe></ns1:ThanhVien>";

/// A SOAP envelope around `payload`.
pub(in crate::population) fn envelope(payload: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Header/><soapenv:Body>{payload}</soapenv:Body></soapenv:Envelope>"
    )
}

/// An answer of the look-up that holds `content`.
pub(in crate::population) fn collection(content: &str) -> String {
    envelope(&format!(
        "<ns1:CongdanCollection xmlns:ns1=\"{DANCU}\">{content}</ns1:CongdanCollection>"
    ))
}

/// An answer about a household that holds `content`.
pub(in crate::population) fn household(content: &str) -> String {
    envelope(&format!(
        "<ns1:HoGiaDinh xmlns:ns1=\"{DANCU}\">{content}</ns1:HoGiaDinh>"
    ))
}

/// `text` as the wrapper of `json-wrap-xml` carries it.
pub(in crate::population) fn wrapped(error_code: &str, message: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({"error_code": error_code, "message": message})).unwrap()
}

/// Every prefix of `whole` that is not whole, whether it cuts a letter or not.
pub(in crate::population) fn cut_anywhere(whole: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..whole.len()).filter_map(|length| whole.get(..length))
}
