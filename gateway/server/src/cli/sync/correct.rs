//! `lienthong sync correct`: a corrected state goes out in place of the refused one.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::super::words::{clean, state};
use super::order;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `sync correct`.
#[derive(Debug, clap::Args)]
pub(super) struct CorrectArguments {
    /// Mã hồ sơ.
    dossier: String,
    /// Lý do: what was corrected, 5 to 500 characters; recorded.
    #[arg(long)]
    reason: String,
    /// Mã cán bộ: who has it sent; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

/// Gives the order, and shows how the dossier stands then.
pub(super) async fn run(
    target: &Target,
    arguments: CorrectArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let (reason, operator) = (&arguments.reason, &arguments.operator);
    order::check(Some(reason), Some(operator), lang)?;
    let client = target.connect(lang).await?;
    let dossier = arguments.dossier.clone();
    let request = v1::CorrectDossierRequest {
        dossier_code: arguments.dossier,
        reason: arguments.reason,
        operator_id: arguments.operator,
    };
    let mut sync = client.sync();
    let answer = sync.correct_dossier(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("CorrectDossierResponse", &answer)?,
        Output::Table => say(&line(&dossier, &answer, lang)),
    }
    Ok(DONE)
}

fn line(dossier: &str, answer: &v1::CorrectDossierResponse, lang: Lang) -> String {
    format!(
        "{} {}, {} {}: {}. {}: {}.",
        lang.pick("Hồ sơ", "Dossier"),
        clean(dossier),
        lang.pick("sự kiện", "event"),
        answer.revision,
        lang.pick("gửi nội dung đã sửa", "the corrected content goes out"),
        lang.pick("Đồng bộ", "Sync"),
        state(answer.state(), lang),
    )
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::line;
    use crate::lang::Lang;

    #[test]
    fn what_goes_out_is_told_on_one_line() {
        let answer = v1::CorrectDossierResponse {
            state: v1::SyncState::Pending.into(),
            revision: 1,
        };
        assert_eq!(
            line("D-1", &answer, Lang::En),
            "Dossier D-1, event 1: the corrected content goes out. Sync: PENDING."
        );
    }
}
