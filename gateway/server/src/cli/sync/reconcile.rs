//! `lienthong sync reconcile`: our ledger against the portal's view.
//!
//! What a reader would get wrong: a difference is a result and no failure, so a comparison
//! that was carried through ends with 0 whatever it found.

use std::fmt::Write as _;

use lienthong_proto::v1;
use lienthong_proto::v1::difference::Kind;

use super::super::failure::Failure;
use super::super::print::{can_ask, say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{clean, moment, or_dash, yes_no};
use super::super::{DONE, FAILED};
use super::filter::Filter;
use super::operation::{advice, exit_code, follow, goes_on, summary};
use super::order;
use super::retry::{confirmed, nobody_to_ask, per_minute};
use crate::client::{Client, call, json};
use crate::lang::Lang;

/// Most differences of one page, as the contract bounds it.
const PAGE: i32 = 500;

/// Arguments of `sync reconcile`.
#[derive(Debug, clap::Args)]
pub(super) struct ReconcileArguments {
    #[command(flatten)]
    filter: Filter,
    /// Mã cán bộ: who starts it; recorded.
    #[arg(
        long,
        env = "LIENTHONG_OPERATOR",
        hide_env_values = true,
        required_unless_present = "id"
    )]
    operator: Option<String>,
    /// Lý do: why, 5 to 500 characters; recorded, and required for --repair.
    #[arg(long)]
    reason: Option<String>,
    /// Most questions to the portal a minute; the gateway's configured bound unless given.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..1_000_000))]
    per_minute: Option<u32>,
    /// Shows an earlier reconciliation in place of starting one; "newest" for the last.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Starts it and does not wait for its end.
    #[arg(long, conflicts_with_all = ["repair", "id"])]
    detach: bool,
    /// Sends what is recorded again where that mends a difference; asks first.
    #[arg(long, requires_all = ["reason", "operator"])]
    repair: bool,
    /// Repairs without asking.
    #[arg(long, requires = "repair")]
    yes: bool,
}

/// Starts or finds a reconciliation, follows it, shows what it found, and repairs it where
/// that is wanted.
pub(super) async fn run(
    target: &Target,
    arguments: ReconcileArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    // Said before the work and not after it, when there will be nobody to ask.
    if arguments.repair && !arguments.yes && !can_ask() {
        return Err(nobody_to_ask(lang));
    }
    let (reason, operator) = (arguments.reason.as_deref(), arguments.operator.as_deref());
    order::check(reason, operator, lang)?;
    let client = target.connect(lang).await?;
    let begun = match &arguments.id {
        Some(id) => find(&client, id).await?,
        None => start(&client, &arguments).await?,
    };
    let operation = begun.operation.clone().unwrap_or_default();
    if arguments.detach {
        match target.output {
            Output::Json => say_json("Reconciliation", &begun)?,
            Output::Table => {
                say(&summary(&operation, lang));
                say(&goes_on(&operation.operation_id, lang));
                say(&format!(
                    "    lienthong sync reconcile --id {}",
                    begun.reconciliation_id
                ));
            }
        }
        return Ok(DONE);
    }
    if follow(&client, &operation.operation_id, lang)
        .await?
        .is_none()
    {
        return Ok(FAILED);
    }
    let found = Found {
        reconciliation: find(&client, &begun.reconciliation_id).await?,
        differences: differences(&client, &begun.reconciliation_id).await?,
    };
    if target.output == Output::Table {
        say(&sheet(&found, lang));
    }
    let is_wanted = arguments.repair && found.can_be_repaired();
    let repaired = if is_wanted && (arguments.yes || confirmed(lang).await?) {
        repair(&client, &found, arguments, lang).await?
    } else {
        None
    };
    match (target.output, &repaired) {
        (Output::Table, None) => {}
        (Output::Table, Some(operation)) => say(&format!("\n{}", summary(operation, lang))),
        (Output::Json, repaired) => say(&format!("{:#}", found.json(repaired.as_ref())?)),
    }
    Ok(match repaired {
        Some(operation) => exit_code(&operation),
        None if found.is_finished() => DONE,
        None => FAILED,
    })
}

async fn start(
    client: &Client,
    arguments: &ReconcileArguments,
) -> Result<v1::Reconciliation, Failure> {
    let request = v1::StartReconciliationRequest {
        filter: Some(arguments.filter.clone().into_message()),
        questions_per_minute: per_minute(arguments.per_minute),
        operator_id: arguments.operator.clone().unwrap_or_default(),
        reason: arguments.reason.clone().unwrap_or_default(),
        ..v1::StartReconciliationRequest::default()
    };
    let mut sync = client.sync();
    let answer = sync.start_reconciliation(call(request)).await?;
    Ok(answer.into_inner().reconciliation.unwrap_or_default())
}

/// The reconciliation with this id; the last one for "newest".
async fn find(client: &Client, id: &str) -> Result<v1::Reconciliation, Failure> {
    let request = v1::GetReconciliationRequest {
        reconciliation_id: if id == "newest" { "" } else { id }.to_owned(),
    };
    let mut sync = client.sync();
    let answer = sync.get_reconciliation(call(request)).await?;
    Ok(answer.into_inner().reconciliation.unwrap_or_default())
}

async fn differences(client: &Client, id: &str) -> Result<Vec<v1::Difference>, Failure> {
    let mut sync = client.sync();
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListDifferencesRequest {
            reconciliation_id: id.to_owned(),
            page_size: PAGE,
            page_token,
        };
        let page = sync.list_differences(call(request)).await?.into_inner();
        all.extend(page.differences);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// Repairs every repairable difference; `None` when the user had enough of waiting.
async fn repair(
    client: &Client,
    found: &Found,
    arguments: ReconcileArguments,
    lang: Lang,
) -> Result<Option<v1::Operation>, Failure> {
    let request = v1::RepairDifferencesRequest {
        reconciliation_id: found.reconciliation.reconciliation_id.clone(),
        difference_ids: Vec::new(),
        reason: arguments.reason.unwrap_or_default(),
        operator_id: arguments.operator.unwrap_or_default(),
        ..v1::RepairDifferencesRequest::default()
    };
    let mut sync = client.sync();
    let answer = sync.repair_differences(call(request)).await?.into_inner();
    let id = answer.operation.unwrap_or_default().operation_id;
    follow(client, &id, lang).await
}

/// What a reconciliation found.
struct Found {
    reconciliation: v1::Reconciliation,
    differences: Vec<v1::Difference>,
}

impl Found {
    fn is_finished(&self) -> bool {
        let operation = self.reconciliation.operation.as_ref();
        operation.is_some_and(|operation| operation.state() == v1::operation::State::Finished)
    }

    fn can_be_repaired(&self) -> bool {
        let mut differences = self.differences.iter();
        self.is_finished() && differences.any(|difference| difference.repairable)
    }

    /// The reconciliation, its differences and the repair in one object.
    fn json(&self, repaired: Option<&v1::Operation>) -> Result<serde_json::Value, Failure> {
        let list = v1::ListDifferencesResponse {
            differences: self.differences.clone(),
            ..v1::ListDifferencesResponse::default()
        };
        let mut whole = json::value("ListDifferencesResponse", &list)?;
        whole["reconciliation"] = json::value("Reconciliation", &self.reconciliation)?;
        if let Some(operation) = repaired {
            whole["repair"] = json::value("Operation", operation)?;
        }
        Ok(whole)
    }
}

fn sheet(found: &Found, lang: Lang) -> String {
    let Found {
        reconciliation,
        differences,
    } = found;
    let operation = reconciliation.operation.clone().unwrap_or_default();
    let mut text = summary(&operation, lang);
    let advice = advice(&operation, lang);
    if !advice.is_empty() {
        let _ = write!(text, "\n{advice}");
    }
    let _ = write!(
        text,
        "\n{} {}, {} {}, {} {}, {} {} ({})",
        reconciliation.equal_dossiers,
        lang.pick("khớp", "agree"),
        reconciliation.different_dossiers,
        lang.pick("khác", "differ"),
        reconciliation.missing_dossiers,
        lang.pick("thiếu trên cổng", "missing on the portal"),
        reconciliation.unanswered_dossiers,
        lang.pick("không có trả lời", "without an answer"),
        depth(reconciliation.depth(), lang)
    );
    if differences.is_empty() {
        return text;
    }
    text.push_str("\n\n");
    text.push_str(&table(differences, lang).to_string());
    let mut told: Vec<&str> = Vec::new();
    for difference in differences.iter().filter(|each| !each.repairable) {
        let advice = lang.pick(&difference.advice_vi, &difference.advice_en);
        if !advice.is_empty() && !told.contains(&advice) {
            told.push(advice);
            let kind = kind(difference.kind(), lang);
            let _ = write!(text, "\n→ {kind}: {}", clean(advice));
        }
    }
    text
}

fn table(differences: &[v1::Difference], lang: Lang) -> Table {
    let mut table = Table::new([
        lang.pick("mã hồ sơ", "dossier"),
        lang.pick("khác biệt", "difference"),
        lang.pick("trường", "field"),
        lang.pick("bên ta", "ours"),
        lang.pick("trên cổng", "portal"),
        lang.pick("biết từ", "known since"),
        lang.pick("tự sửa được", "repairable"),
    ]);
    for difference in differences {
        table.row(&[
            difference.dossier_code.clone(),
            kind(difference.kind(), lang).to_owned(),
            or_dash(&difference.field),
            or_dash(&difference.our_value),
            or_dash(&difference.portal_value),
            moment(difference.known_since.as_ref()),
            yes_no(difference.repairable, lang).to_owned(),
        ]);
    }
    table
}

fn depth(depth: v1::reconciliation::Depth, lang: Lang) -> &'static str {
    match depth {
        v1::reconciliation::Depth::Unspecified => {
            lang.pick("chưa rõ so sánh được gì", "depth not known yet")
        }
        v1::reconciliation::Depth::Fields => lang.pick("so từng trường", "field by field"),
        v1::reconciliation::Depth::Presence => {
            lang.pick("chỉ so có hay không", "by presence alone")
        }
    }
}

fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Unspecified => "-",
        Kind::MissingOnPortal => lang.pick("thiếu trên cổng", "missing on the portal"),
        Kind::FieldDiffers => lang.pick("khác trường", "field differs"),
        Kind::UnexpectedOnPortal => lang.pick("đã có trên cổng", "unexpected on the portal"),
        Kind::MissingHere => lang.pick("chưa ghi nhận ở đây", "never recorded here"),
        Kind::StatusBehind => lang.pick("cổng chậm trạng thái", "status behind"),
        Kind::StatusAhead => lang.pick("cổng đi trước trạng thái", "status ahead"),
        Kind::StatusUnknown => lang.pick("trạng thái lạ", "unknown status"),
        Kind::StepsMissing => lang.pick("thiếu bước xử lý", "steps missing"),
        Kind::DateChanged => lang.pick("khác ngày", "date differs"),
        Kind::ResultWithoutFile => lang.pick("kết quả thiếu tệp", "result without a file"),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;
    use lienthong_proto::v1::difference::Kind;

    use super::{Found, sheet};
    use crate::lang::Lang;

    fn difference(kind: Kind, repairable: bool) -> v1::Difference {
        v1::Difference {
            dossier_code: "000.00.00.H00-260701-0001".to_owned(),
            kind: kind.into(),
            field: "status".to_owned(),
            our_value: "9".to_owned(),
            portal_value: "4".to_owned(),
            repairable,
            advice_vi: "Kiểm tra trên cổng.".to_owned(),
            advice_en: "Look at the portal.".to_owned(),
            known_since: Some(prost_types::Timestamp {
                seconds: 1_782_864_000,
                nanos: 0,
            }),
            ..v1::Difference::default()
        }
    }

    #[test]
    fn differences_are_listed_with_their_age_and_what_to_do() {
        let reconciliation = v1::Reconciliation {
            reconciliation_id: "c-1".to_owned(),
            operation: Some(v1::Operation {
                operation_id: "c-1".to_owned(),
                kind: v1::operation::Kind::Reconciliation.into(),
                state: v1::operation::State::Finished.into(),
                total_items: 5,
                done_items: 5,
                succeeded_items: 5,
                ..v1::Operation::default()
            }),
            depth: v1::reconciliation::Depth::Fields.into(),
            equal_dossiers: 3,
            different_dossiers: 2,
            ..v1::Reconciliation::default()
        };
        let mut found = Found {
            reconciliation,
            differences: vec![
                difference(Kind::StatusBehind, true),
                difference(Kind::StatusAhead, false),
                difference(Kind::StatusAhead, false),
            ],
        };
        insta::assert_snapshot!(sheet(&found, Lang::Vi));
        let json = found.json(Some(&v1::Operation::default())).unwrap();
        assert_eq!(json["reconciliation"]["reconciliationId"], "c-1");
        assert_eq!(json["differences"].as_array().unwrap().len(), 3);
        assert!(json["repair"].is_object());
        assert!(found.can_be_repaired());
        found.differences.clear();
        assert!(!found.can_be_repaired());
        let agreeing = sheet(&found, Lang::En);
        assert_eq!(agreeing.lines().count(), 2, "{agreeing}");
    }
}
