//! `lienthong sync resolve`: a person looked at the portal, and says what stands there.
//!
//! What a reader would get wrong: the word is taken as it is. Where it is wrong, an event
//! is missing at the portal or stands there twice, and only a reconciliation finds it.

use lienthong_proto::v1;
use lienthong_proto::v1::resolve_unknown_request::Found;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::super::words::{clean, state};
use super::order;
use crate::client::{Client, call};
use crate::lang::Lang;

/// Arguments of `sync resolve`.
#[derive(Debug, clap::Args)]
pub(super) struct ResolveArguments {
    /// Mã hồ sơ.
    dossier: String,
    #[command(flatten)]
    seen: Seen,
    /// Revision of the event that was looked for; the dossier's oldest unaccepted one unless
    /// given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    revision: Option<i64>,
    /// Revision of the last event that stands there; all that were sent together unless
    /// given, and after a restore the first alone.
    #[arg(long, value_name = "N", conflicts_with = "absent",
          value_parser = clap::value_parser!(i64).range(1..))]
    through: Option<i64>,
    /// Lý do: what was seen, 5 to 500 characters; recorded.
    #[arg(long)]
    reason: String,
    /// Mã cán bộ: who looked; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

/// What stands at the portal.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Seen {
    /// The portal has the event: it counts as accepted, and what waits behind it goes on.
    #[arg(long)]
    arrived: bool,
    /// The portal does not have it: it is sent.
    #[arg(long)]
    absent: bool,
}

/// Says it to the gateway, and shows how the dossier stands then.
pub(super) async fn run(
    target: &Target,
    arguments: ResolveArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let (reason, operator) = (&arguments.reason, &arguments.operator);
    order::check(Some(reason), Some(operator), lang)?;
    let client = target.connect(lang).await?;
    let revision = match arguments.revision {
        Some(revision) => revision,
        None => oldest_unaccepted(&client, &arguments.dossier, lang).await?,
    };
    let dossier = arguments.dossier.clone();
    let request = request(arguments, revision);
    let mut sync = client.sync();
    let answer = sync.resolve_unknown(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("ResolveUnknownResponse", &answer)?,
        Output::Table => say(&line(&dossier, revision, &answer, lang)),
    }
    Ok(DONE)
}

fn request(arguments: ResolveArguments, revision: i64) -> v1::ResolveUnknownRequest {
    let found = if arguments.seen.absent {
        Found::Absent
    } else {
        Found::Arrived
    };
    v1::ResolveUnknownRequest {
        dossier_code: arguments.dossier,
        revision,
        found: found.into(),
        through_revision: arguments.through.unwrap_or(0),
        reason: arguments.reason,
        operator_id: arguments.operator,
    }
}

/// The revision that stands next in the dossier as operators see it.
async fn oldest_unaccepted(client: &Client, dossier: &str, lang: Lang) -> Result<i64, Failure> {
    let request = v1::ListDossiersRequest {
        filter: Some(v1::DossierFilter {
            dossier_codes: vec![dossier.to_owned()],
            ..v1::DossierFilter::default()
        }),
        page_size: 1,
        page_token: String::new(),
    };
    let mut sync = client.sync();
    let listed = sync.list_dossiers(call(request)).await?.into_inner();
    let found = listed.dossiers.first().ok_or_else(|| {
        Failure::local(lang.pick(
            "Không hệ thống nào ghi nhận hồ sơ này.",
            "No system has recorded this dossier.",
        ))
    })?;
    Ok(found.accepted_revision + 1)
}

fn line(dossier: &str, revision: i64, answer: &v1::ResolveUnknownResponse, lang: Lang) -> String {
    format!(
        "{} {}, {} {revision}: {}. {}: {}, {} {}.",
        lang.pick("Hồ sơ", "Dossier"),
        clean(dossier),
        lang.pick("sự kiện", "event"),
        lang.pick("đã ghi kết quả kiểm tra", "what was seen is recorded"),
        lang.pick("Đồng bộ", "Sync"),
        state(answer.state(), lang),
        lang.pick("cổng đã nhận đến sự kiện", "the portal has events up to"),
        answer.accepted_revision,
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lienthong_proto::v1;

    use super::{Found, ResolveArguments, line, request};
    use crate::lang::Lang;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        arguments: ResolveArguments,
    }

    fn read(arguments: &[&str]) -> Result<v1::ResolveUnknownRequest, clap::Error> {
        let common = ["test", "D-1", "--reason", "looked", "--operator", "CB-01"];
        let command = Command::try_parse_from([&common[..], arguments].concat())?;
        Ok(request(command.arguments, 3))
    }

    #[test]
    fn one_of_the_two_is_said() {
        let arrived = read(&["--arrived", "--through", "5"]).unwrap();
        assert_eq!(arrived.found(), Found::Arrived);
        assert_eq!((arrived.revision, arrived.through_revision), (3, 5));
        let absent = read(&["--absent"]).unwrap();
        assert_eq!(absent.found(), Found::Absent);
        assert_eq!(absent.operator_id, "CB-01");
        for wrong in [
            &[][..],
            &["--arrived", "--absent"],
            &["--absent", "--through", "5"],
            &["--arrived", "--revision", "0"],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        let neither = read(&[]).err().unwrap().to_string();
        assert!(
            neither.contains("--arrived|--absent"),
            "both are named: {neither}"
        );
    }

    #[test]
    fn how_the_dossier_stands_then_is_told_on_one_line() {
        let answer = v1::ResolveUnknownResponse {
            state: v1::SyncState::Pending.into(),
            revision: 4,
            accepted_revision: 3,
        };
        assert_eq!(
            line("D-1", 3, &answer, Lang::En),
            "Dossier D-1, event 3: what was seen is recorded. \
             Sync: PENDING, the portal has events up to 3."
        );
    }
}
