//! `lienthong services rebuild`: the observations anew, through the running gateway.
//!
//! What a reader would get wrong: nothing is removed. What is kept of events and look-ups is
//! read again from the beginning, beside what is known, and takes its place when all is read;
//! what retention has removed there stays as it is here.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::words::time;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `services rebuild`.
#[derive(Debug, clap::Args)]
pub(super) struct RebuildArguments {
    /// Begins nothing; lists when and why observations were made anew, and how far the sources
    /// are.
    #[arg(long)]
    list: bool,
    /// Mã cán bộ: who asks for it. Recorded with the observations; no log has it.
    #[arg(
        long,
        env = "LIENTHONG_OPERATOR",
        hide_env_values = true,
        required_unless_present = "list"
    )]
    operator: Option<String>,
    /// Lý do: why, 5 to 500 characters. Recorded with the observations; no log has its words.
    #[arg(long, required_unless_present = "list")]
    reason: Option<String>,
}

/// Asks the gateway to begin anew, or what was made anew.
pub(super) async fn run(
    target: &Target,
    arguments: RebuildArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    if arguments.list {
        let answer = client
            .services()
            .list_rebuilds(call(v1::ListRebuildsRequest {}))
            .await?
            .into_inner();
        match target.output {
            Output::Json => say_json("ListRebuildsResponse", &answer)?,
            Output::Table => tell(&answer, lang),
        }
        return Ok(DONE);
    }
    let request = v1::RebuildObservationsRequest {
        operator_id: arguments.operator.unwrap_or_default(),
        reason: arguments.reason.unwrap_or_default(),
    };
    let answer = client
        .services()
        .rebuild_observations(call(request))
        .await?
        .into_inner();
    match target.output {
        Output::Json => say_json("RebuildObservationsResponse", &answer)?,
        Output::Table => say(&format!(
            "✔ {} ({})",
            lang.pick(
                "Cổng kết nối đang đọc lại toàn bộ sự kiện và lượt tra cứu còn lưu",
                "The gateway reads again all events and look-ups that are still kept"
            ),
            time(answer.started_at.as_ref(), lang)
        )),
    }
    Ok(DONE)
}

fn tell(answer: &v1::ListRebuildsResponse, lang: Lang) {
    say(lang.pick("Nguồn quan sát", "Sources"));
    for source in &answer.sources {
        say(&format!("  {}", source_line(source, lang)));
    }
    say(lang.pick("Các lần dựng lại", "Made anew"));
    for rebuild in &answer.rebuilds {
        say(&format!("  {}", rebuild_line(rebuild, lang)));
    }
    if answer.rebuilds.is_empty() {
        say(lang.pick("  chưa có lần nào", "  never"));
    }
}

fn source_line(source: &v1::ObservedSource, lang: Lang) -> String {
    let complete = time(source.complete_until.as_ref(), lang);
    let until = lang.pick("đã đọc hết đến", "complete until");
    let mut parts = vec![format!("{}: {until} {complete}", source.name)];
    if source.unfollowed {
        let nobody = lang.pick(
            "không có cổng kết nối nào theo dõi",
            "no gateway follows it",
        );
        parts.push(nobody.to_owned());
    } else if source.rebuilding {
        parts.push(lang.pick("đang dựng lại", "being made anew").to_owned());
    }
    if source.unreadable > 0 {
        let rows = source.unreadable;
        parts.push(match lang {
            Lang::Vi => format!("{rows} dòng không đọc được"),
            Lang::En => format!("{rows} rows cannot be read"),
        });
    }
    parts.join(", ")
}

fn rebuild_line(rebuild: &v1::Rebuild, lang: Lang) -> String {
    let began = time(rebuild.started_at.as_ref(), lang);
    if rebuild.source.is_empty() {
        return format!(
            "{} {began} {} ({}): {}",
            rebuild.number, rebuild.operator_id, rebuild.client, rebuild.reason
        );
    }
    let why = lang.pick(
        "được khôi phục từ bản sao lưu",
        "was put back from a backup",
    );
    format!("{} {began} {} {why}", rebuild.number, rebuild.source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_asked_or_what_was_found() {
        let asked = v1::Rebuild {
            number: 2,
            operator_id: "canbo.07".to_owned(),
            client: "igate".to_owned(),
            reason: "Thay đổi quy tắc".to_owned(),
            ..v1::Rebuild::default()
        };
        let line = rebuild_line(&asked, Lang::Vi);
        assert!(line.starts_with("2 ") && line.ends_with("canbo.07 (igate): Thay đổi quy tắc"));
        let found = v1::Rebuild {
            number: 1,
            source: "events".to_owned(),
            ..v1::Rebuild::default()
        };
        let line = rebuild_line(&found, Lang::En);
        assert!(line.ends_with("events was put back from a backup"));
    }

    #[test]
    fn a_source_says_what_is_the_matter_with_it() {
        let source = v1::ObservedSource {
            name: "0a1b".to_owned(),
            rebuilding: true,
            unreadable: 3,
            ..v1::ObservedSource::default()
        };
        let line = source_line(&source, Lang::Vi);
        assert!(line.ends_with(", đang dựng lại, 3 dòng không đọc được"));
        assert!(source_line(&source, Lang::En).starts_with("0a1b: complete until"));
        // Nobody goes on with what was begun.
        let source = v1::ObservedSource {
            unfollowed: true,
            ..source
        };
        let line = source_line(&source, Lang::Vi);
        assert!(
            line.ends_with(", không có cổng kết nối nào theo dõi, 3 dòng không đọc được"),
            "{line}"
        );
    }
}
