//! `lienthong catalogue refresh`: fetches the catalogue now.
//!
//! What a reader would get wrong: the fetch belongs to the gateway. When the time of the call
//! runs out, it goes on, and `catalogue list` tells what came of it.

use lienthong_core::access::OfficerId;
use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::standing::standing;
use crate::client::{LONG_CALL, call_within};
use crate::lang::Lang;

/// Arguments of `catalogue refresh`.
#[derive(Debug, clap::Args)]
pub(super) struct RefreshArguments {
    /// Mã cán bộ: who wants it; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
    /// Takes a catalogue also when it has lost as many procedures as are refused otherwise, and
    /// the lists beside it that stand refused already.
    #[arg(long)]
    accept_shrink: bool,
}

/// Has the catalogue fetched, and shows what it brought.
pub(super) async fn run(
    target: &Target,
    arguments: RefreshArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    if OfficerId::parse(&arguments.operator).is_none() {
        return Err(Failure::usage(lang.pick(
            "--operator phải gồm 1 đến 20 chữ không dấu, chữ số, '_', '-' hoặc '.'.",
            "--operator must be 1 to 20 letters, digits, '_', '-' or '.'.",
        )));
    }
    let client = target.connect(lang).await?;
    let request = v1::RefreshCatalogueRequest {
        operator_id: arguments.operator,
        accept_shrink: arguments.accept_shrink,
    };
    let mut catalogue = client.catalogue();
    let request = call_within(request, LONG_CALL);
    let answer = catalogue.refresh_catalogue(request).await?.into_inner();
    match target.output {
        Output::Json => say_json("RefreshCatalogueResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

fn sheet(answer: &v1::RefreshCatalogueResponse, lang: Lang) -> String {
    let mut lines = vec![format!(
        "{}: {} {}, {} {}, {} {}, {} {}.",
        lang.pick("Đã lấy danh mục", "The catalogue was fetched"),
        answer.added,
        lang.pick("mới", "new"),
        answer.changed,
        lang.pick("sửa nội dung", "changed"),
        answer.withdrawn,
        lang.pick("không còn", "withdrawn"),
        answer.restored,
        lang.pick("có lại", "restored"),
    )];
    let mut note = |count: i32, vi: &str, en: &str| {
        if count > 0 {
            lines.push(format!("  {count} {}", lang.pick(vi, en)));
        }
    };
    note(
        answer.details_not_fetched,
        "thủ tục chưa lấy được chi tiết, giữ nội dung cũ",
        "procedure(s) whose details did not come; the old ones stay",
    );
    note(
        answer.rows_left_out,
        "dòng của cổng bị bỏ qua vì mã không phải mã thủ tục",
        "row(s) of the portal left out: their code is none of a procedure",
    );
    note(
        answer.rows_repeated,
        "dòng của cổng lặp lại mã đã có",
        "row(s) of the portal that repeat a code",
    );
    let state = standing(&answer.catalogue.clone().unwrap_or_default(), lang);
    format!("{}\n\n{state}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fetch_brought_is_told_with_what_was_left_out() {
        let answer = v1::RefreshCatalogueResponse {
            added: 1,
            changed: 2,
            rows_left_out: 1,
            ..v1::RefreshCatalogueResponse::default()
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        Đã lấy danh mục: 1 mới, 2 sửa nội dung, 0 không còn, 0 có lại.
          1 dòng của cổng bị bỏ qua vì mã không phải mã thủ tục

        Chưa có danh mục thủ tục.
        ");
    }
}
