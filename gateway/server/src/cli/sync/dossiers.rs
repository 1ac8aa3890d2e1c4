//! `lienthong sync dossiers`: the chosen dossiers one by one.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{complain, say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{cause, moment, or_dash, portal_status, state};
use super::filter::Filter;
use crate::client::call;
use crate::lang::Lang;

/// Most dossiers of one page, as the contract bounds it.
const PAGE: i32 = 500;

/// Lists at most `limit` of the chosen dossiers.
pub(super) async fn list(
    target: &Target,
    filter: Filter,
    limit: u32,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let mut sync = client.sync();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let filter = Some(filter.into_message());
    let mut listed = v1::ListDossiersResponse::default();
    loop {
        let left = limit - listed.dossiers.len();
        let request = v1::ListDossiersRequest {
            filter: filter.clone(),
            page_size: i32::try_from(left).unwrap_or(PAGE).min(PAGE),
            page_token: std::mem::take(&mut listed.next_page_token),
        };
        let page = sync.list_dossiers(call(request)).await?.into_inner();
        listed.dossiers.extend(page.dossiers);
        listed.dossiers.truncate(limit);
        listed.next_page_token = page.next_page_token;
        if listed.next_page_token.is_empty() || listed.dossiers.len() == limit {
            break;
        }
    }
    match target.output {
        Output::Json => say_json("ListDossiersResponse", &listed)?,
        Output::Table if listed.dossiers.is_empty() => {
            say(lang.pick("Không có hồ sơ nào.", "No dossier."));
        }
        Output::Table => say(&sheet(&listed.dossiers, lang)),
    }
    if target.output == Output::Table && !listed.next_page_token.is_empty() {
        complain(lang.pick(
            "Còn nữa; tăng --limit để xem.",
            "There are more; raise --limit to see them.",
        ));
    }
    Ok(DONE)
}

fn sheet(dossiers: &[v1::DossierSummary], lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("mã hồ sơ", "dossier"),
        lang.pick("trạng thái hồ sơ", "status"),
        lang.pick("đồng bộ", "sync"),
        lang.pick("nguyên nhân", "cause"),
        lang.pick("cổng đã nhận", "accepted"),
        lang.pick("lần gửi", "attempts"),
        lang.pick("chờ từ", "waiting since"),
        lang.pick("gửi tiếp lúc", "next attempt"),
    ]);
    for dossier in dossiers {
        table.row(&[
            dossier.dossier_code.clone(),
            portal_status(dossier.status(), lang),
            state(dossier.state(), lang),
            cause(dossier.cause(), lang),
            format!("{}/{}", dossier.accepted_revision, dossier.revision),
            dossier.attempts.to_string(),
            moment(dossier.oldest_unsent_at.as_ref()),
            moment(dossier.next_attempt_at.as_ref()),
        ]);
    }
    // Only one profile of the portal issues numbers.
    if dossiers.iter().any(|it| !it.portal_reference.is_empty()) {
        let numbers = dossiers.iter().map(|it| or_dash(&it.portal_reference));
        table.column(lang.pick("mã do Cổng cấp", "portal's number"), numbers);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::sheet;
    use crate::lang::Lang;

    #[test]
    fn a_dossier_takes_one_row() {
        let held_up = v1::DossierSummary {
            dossier_code: "000.00.00.H00-260701-0001".to_owned(),
            state: v1::SyncState::Waiting.into(),
            cause: v1::Cause::UpstreamUnavailable.into(),
            revision: 3,
            accepted_revision: 1,
            attempts: 12,
            oldest_unsent_at: Some(prost_types::Timestamp {
                seconds: 1_782_864_000,
                nanos: 0,
            }),
            status: v1::PortalStatus::Processing.into(),
            ..v1::DossierSummary::default()
        };
        let accepted = v1::DossierSummary {
            dossier_code: "000.00.00.H00-260701-0002".to_owned(),
            state: v1::SyncState::Accepted.into(),
            revision: 1,
            accepted_revision: 1,
            status: v1::PortalStatus::Returned.into(),
            ..v1::DossierSummary::default()
        };
        insta::assert_snapshot!(sheet(&[held_up.clone(), accepted.clone()], Lang::Vi));
        let numbered = v1::DossierSummary {
            portal_reference: "H99-P4-7".to_owned(),
            ..accepted
        };
        let shown = sheet(&[held_up, numbered], Lang::En);
        let ends: Vec<bool> = ["portal's number", "-", "H99-P4-7"]
            .iter()
            .zip(shown.lines())
            .map(|(end, line)| line.ends_with(end))
            .collect();
        assert_eq!(ends, [true; 3], "{shown}");
    }
}
