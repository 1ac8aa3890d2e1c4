//! `lienthong catalogue show`: one procedure in full.
//!
//! What a reader would get wrong: a fee that the catalogue does not tell is not free, and a
//! number of copies that it leaves out is not zero. Both are shown as unknown (portal.md
//! 13.3).

use std::fmt::Write as _;

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::services::time;
use super::super::target::{Output, Target};
use super::super::words::clean;
use super::standing::{levels, standing};
use crate::client::call;
use crate::lang::Lang;

/// Columns of the names of what is told.
const NAMES: usize = 22;

/// Shows the procedure.
pub(super) async fn run(target: &Target, code: String, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = v1::GetProcedureRequest {
        procedure_code: code,
    };
    let answer = client.catalogue().get_procedure(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("GetProcedureResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

fn sheet(answer: &v1::GetProcedureResponse, lang: Lang) -> String {
    let procedure = answer.procedure.clone().unwrap_or_default();
    let mut page = Page::new(lang);
    page.head(&procedure);
    page.block(
        "Cách thức thực hiện",
        "Ways to hand in",
        &methods(&procedure, lang),
    );
    page.block("Thành phần hồ sơ", "Papers", &components(&procedure, lang));
    page.block("Trình tự thực hiện", "Steps", &procedure.steps);
    page.block("Kết quả", "Results", &results(&procedure));
    page.block(
        "Dịch vụ công trực tuyến",
        "Online services",
        &online(&procedure, lang),
    );
    page.block("Căn cứ pháp lý", "Legal bases", &bases(&procedure));
    let state = standing(&answer.catalogue.clone().unwrap_or_default(), lang);
    format!("{}\n\n{state}", page.lines.join("\n"))
}

struct Page {
    lang: Lang,
    lines: Vec<String>,
}

impl Page {
    fn new(lang: Lang) -> Self {
        Self {
            lang,
            lines: Vec::new(),
        }
    }

    fn head(&mut self, procedure: &v1::Procedure) {
        let summary = procedure.summary.clone().unwrap_or_default();
        let (code, name) = (clean(&summary.procedure_code), clean(&summary.name));
        self.lines.push(format!("{code} · {name}"));
        let lang = self.lang;
        if summary.withdrawn {
            let gone = lang.pick(
                "Cổng DVCQG không còn liệt kê thủ tục này, nhận thấy từ",
                "The portal no longer lists this procedure, seen",
            );
            let since = time(summary.withdrawn_at.as_ref(), lang);
            self.lines.push(format!("! {gone} {since}"));
        }
        if procedure.details_stale {
            self.lines.push(format!("! {}", stale(procedure, lang)));
        }
        let fields = procedure.fields.iter();
        let fields: Vec<String> = fields
            .map(|field| format!("{} ({})", clean(&field.name), clean(&field.field_code)))
            .collect();
        self.line("lĩnh vực", "field", &fields.join("; "));
        self.line("cấp thực hiện", "level", &levels(&summary, lang));
        self.line("quyết định công bố", "decision", &procedure.decision);
        self.line(
            "cơ quan công bố",
            "published by",
            &procedure.publishing_agency_code,
        );
        self.line("loại thủ tục", "kind", &procedure.kind);
        let agencies = procedure.agencies.iter().map(|it| clean(&it.name));
        let agencies: Vec<String> = agencies.collect();
        self.line("cơ quan thực hiện", "carried out by", &agencies.join("; "));
        self.line(
            "yêu cầu, điều kiện",
            "requirements",
            &procedure.requirements,
        );
        self.line(
            "thủ tục liên thông",
            "linked procedures",
            &procedure.linked_procedure_codes.join(", "),
        );
        self.line(
            "thay đổi lần cuối",
            "last change seen",
            &time(procedure.changed_at.as_ref(), lang),
        );
    }

    /// One thing that is told; nothing where the catalogue tells nothing.
    fn line(&mut self, vi: &str, en: &str, what: &str) {
        if !what.trim().is_empty() && what != "-" {
            let name = self.lang.pick(vi, en);
            self.lines.push(format!("  {name:<NAMES$}{}", clean(what)));
        }
    }

    /// A list under a heading; nothing where it is empty.
    fn block(&mut self, vi: &str, en: &str, entries: &[String]) {
        if !entries.is_empty() {
            let name = self.lang.pick(vi, en);
            self.lines.push(format!("\n{name} ({})", entries.len()));
            let entries = entries.iter().map(|entry| format!("  - {}", clean(entry)));
            self.lines.extend(entries);
        }
    }
}

fn stale(procedure: &v1::Procedure, lang: Lang) -> String {
    match &procedure.details_fetched_at {
        Some(fetched) => format!(
            "{} {}",
            lang.pick(
                "Lần lấy gần nhất không có chi tiết; nội dung dưới đây lấy lúc",
                "The last fetch did not bring the details; these are of",
            ),
            time(Some(fetched), lang)
        ),
        None => lang
            .pick(
                "Chưa lấy được chi tiết; chỉ biết mã và tên.",
                "The details were never fetched; only code and name are known.",
            )
            .to_owned(),
    }
}

fn methods(procedure: &v1::Procedure, lang: Lang) -> Vec<String> {
    let methods = procedure.methods.iter();
    let told = methods.map(|method| {
        let time = format!("{} {}", method.processing_time, method.processing_time_unit);
        let time = known(time.trim(), lang);
        let mut text = format!(
            "{}: {} {time}; {} {}",
            channel(&method.channel_code, lang),
            lang.pick("thời hạn", "time"),
            lang.pick("phí, lệ phí", "fees"),
            fees(&method.fees, lang),
        );
        if !method.description.trim().is_empty() {
            text.push_str("; ");
            text.push_str(&method.description);
        }
        text
    });
    told.collect()
}

fn channel(code: &str, lang: Lang) -> String {
    match code {
        "1" => lang.pick("trực tiếp", "in person").to_owned(),
        "2" => lang.pick("trực tuyến", "online").to_owned(),
        "3" => lang.pick("bưu chính công ích", "by post").to_owned(),
        other => known(other, lang),
    }
}

/// Fees as the catalogue tells them. None at all is not "free".
fn fees(fees: &[v1::ProcedureFee], lang: Lang) -> String {
    if fees.is_empty() {
        return lang
            .pick("không rõ (danh mục không ghi)", "unknown (not told)")
            .to_owned();
    }
    let told = fees.iter().map(|fee| {
        let amount = format!("{} {}", fee.amount.trim(), fee.currency.trim());
        match (fee.amount.trim().is_empty(), fee.description.trim()) {
            (true, "") => known("", lang),
            (true, description) => description.to_owned(),
            (false, "") => amount.trim().to_owned(),
            (false, description) => format!("{} ({description})", amount.trim()),
        }
    });
    told.collect::<Vec<_>>().join(" + ")
}

fn components(procedure: &v1::Procedure, lang: Lang) -> Vec<String> {
    let components = procedure.components.iter();
    let told = components.map(|paper| {
        let case = paper.case_name.trim();
        let case = if case.is_empty() {
            String::new()
        } else {
            format!("[{case}] ")
        };
        let mut text = format!(
            "{case}{} ({}): {} {}, {} {}",
            paper.name,
            known(&paper.component_code, lang),
            lang.pick("bản chính", "originals"),
            known(&paper.originals, lang),
            lang.pick("bản sao", "copies"),
            known(&paper.copies, lang),
        );
        let files: Vec<&str> = paper.files.iter().map(|file| file.name.as_str()).collect();
        if !files.is_empty() {
            let forms = lang.pick("mẫu", "forms");
            let _ = write!(text, "; {forms} {}", files.join(", "));
        }
        text
    });
    told.collect()
}

fn results(procedure: &v1::Procedure) -> Vec<String> {
    let results = procedure.results.iter();
    let told = results.map(|result| format!("{} ({})", result.name, result.result_code));
    told.collect()
}

fn online(procedure: &v1::Procedure, lang: Lang) -> Vec<String> {
    let services = procedure.online_services.iter();
    let told = services.map(|service| {
        format!(
            "{} {}: {} {} ({})",
            service.service_code,
            service.name,
            lang.pick("mức độ", "level"),
            known(&service.level, lang),
            known(&service.agency_code, lang),
        )
    });
    told.collect()
}

fn bases(procedure: &v1::Procedure) -> Vec<String> {
    let bases = procedure.legal_bases.iter();
    let told = bases.map(|basis| {
        let parts = [&basis.symbol, &basis.title, &basis.issuer, &basis.issued_on];
        let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
        parts.cloned().collect::<Vec<_>>().join(", ")
    });
    told.collect()
}

/// What is told, or that it is not.
fn known(text: &str, lang: Lang) -> String {
    if text.trim().is_empty() {
        lang.pick("không rõ", "unknown").to_owned()
    } else {
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee(amount: &str, description: &str) -> v1::ProcedureFee {
        v1::ProcedureFee {
            code: String::new(),
            amount: amount.to_owned(),
            currency: if amount.is_empty() { "" } else { "Đồng" }.to_owned(),
            description: description.to_owned(),
        }
    }

    #[test]
    fn a_fee_that_is_not_told_is_unknown_and_never_free() {
        assert_eq!(fees(&[], Lang::Vi), "không rõ (danh mục không ghi)");
        assert_eq!(fees(&[fee("", "")], Lang::Vi), "không rõ");
        assert_eq!(fees(&[fee("", "theo biểu")], Lang::Vi), "theo biểu");
        assert_eq!(fees(&[fee("0", "")], Lang::Vi), "0 Đồng");
        let two = [fee("10000", ""), fee("5000", "bản sao")];
        assert_eq!(fees(&two, Lang::Vi), "10000 Đồng + 5000 Đồng (bản sao)");
    }

    #[test]
    fn a_procedure_is_shown_with_what_is_not_known() {
        let paper = v1::ProcedureComponent {
            component_code: "000.00.00.G01-KQ000001".to_owned(),
            name: "Tờ khai CT01".to_owned(),
            case_name: "Nhập hộ".to_owned(),
            originals: "1".to_owned(),
            files: vec![v1::ComponentFile {
                name: "CT01.docx".to_owned(),
                url: String::new(),
            }],
            ..v1::ProcedureComponent::default()
        };
        let method = v1::SubmissionMethod {
            channel_code: "2".to_owned(),
            processing_time: "7".to_owned(),
            processing_time_unit: "Ngày làm việc".to_owned(),
            ..v1::SubmissionMethod::default()
        };
        let answer = v1::GetProcedureResponse {
            procedure: Some(v1::Procedure {
                summary: Some(v1::ProcedureSummary {
                    procedure_code: "1.004222".to_owned(),
                    name: "Đăng ký thường trú".to_owned(),
                    levels: vec![v1::ImplementationLevel::Commune.into()],
                    ..v1::ProcedureSummary::default()
                }),
                fields: vec![v1::ProcedureField {
                    field_code: "G01-CA05".to_owned(),
                    name: "Cư trú".to_owned(),
                }],
                methods: vec![method],
                components: vec![paper],
                details_stale: true,
                ..v1::Procedure::default()
            }),
            catalogue: None,
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        1.004222 · Đăng ký thường trú
        ! Chưa lấy được chi tiết; chỉ biết mã và tên.
          lĩnh vực              Cư trú (G01-CA05)
          cấp thực hiện         xã

        Cách thức thực hiện (1)
          - trực tuyến: thời hạn 7 Ngày làm việc; phí, lệ phí không rõ (danh mục không ghi)

        Thành phần hồ sơ (1)
          - [Nhập hộ] Tờ khai CT01 (000.00.00.G01-KQ000001): bản chính 1, bản sao không rõ; mẫu CT01.docx

        Chưa có danh mục thủ tục.
        ");
    }
}
