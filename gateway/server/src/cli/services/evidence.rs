//! `lienthong services evidence`: the register of what is documented.
//!
//! What a reader would get wrong: nothing in the register can be changed or taken back. A
//! slip is mended by a newer piece that takes the place of the wrong one, and both stay.

mod import;
mod list;
mod shown;

use clap::Subcommand;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_bytes};
use super::super::target::Target;
use crate::lang::Lang;

/// Arguments of `services evidence`.
#[derive(Debug, clap::Args)]
pub(super) struct EvidenceArguments {
    #[command(subcommand)]
    command: EvidenceCommand,
}

#[derive(Debug, Subcommand)]
enum EvidenceCommand {
    /// Records the pieces of a CSV, XLSX or TOML file, all or none.
    Import(import::ImportArguments),
    /// What is recorded, the last recorded first, with its validity on a day.
    List(list::ListArguments),
    /// A sample file with all headers, as CSV.
    Template {
        /// Where it is written; to standard output unless given.
        #[arg(short = 'o', long = "out", value_name = "FILE")]
        out: Option<std::path::PathBuf>,
    },
}

/// Runs a command of this family.
pub(super) async fn run(
    target: &Target,
    arguments: EvidenceArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    match arguments.command {
        EvidenceCommand::Import(import) => import::run(target, import, lang).await,
        EvidenceCommand::List(list) => list::run(target, list, lang).await,
        EvidenceCommand::Template { out } => template(out.as_deref(), lang),
    }
}

fn template(out: Option<&std::path::Path>, lang: Lang) -> Result<u8, Failure> {
    let sample = lienthong_adapters::evidence_import::template();
    let Some(path) = out else {
        say_bytes(&sample);
        return Ok(DONE);
    };
    let written = std::fs::File::create_new(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &sample));
    written.map_err(|error| {
        let cannot = lang.pick("không ghi được", "cannot be written");
        Failure::local(format!("{} {cannot}: {error}", path.display()))
    })?;
    let done = lang.pick("Đã ghi tệp mẫu", "The sample was written to");
    say(&format!("{done} {}", path.display()));
    Ok(DONE)
}
