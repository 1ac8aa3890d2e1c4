//! What `p4` needs: client credentials, a path for each step, and where files may be
//! fetched from (portal.md 9).

use std::path::PathBuf;
use std::time::Duration;

use lienthong_adapters::portal::{FileSettings, NumberBy, P4Paths};
use reqwest::Url;
use secrecy::SecretString;

use crate::config::description::Page;
use crate::config::kinds::{base_url, choice, duration, name_of, size, text, url_path};
use crate::config::quantity::{duration_text, size_text};
use crate::config::reader::{Read, Reading};
use crate::config::rules::on_this_machine;
use crate::config::secret::secret_or_file;
use crate::config::section::Section;
use crate::config::upstream::ALLOW_PLAIN_TEXT;

/// `NoiHoSo`.
#[derive(Debug, Clone)]
pub struct NoiHoSoRoute {
    /// A path for each step, from `base_url` on.
    pub paths: P4Paths,
    /// Account of the connected system.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// For what a number is fetched.
    pub number_by: NumberBy,
    /// Where files may be fetched from.
    pub files: Files,
}

/// Where files may be fetched from, and how much of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Addresses below which a file may lie, at least one.
    pub sources: Vec<Url>,
    /// Authorities that the certificates of the `https` ones must come from, PEM.
    pub ca_file: Option<PathBuf>,
    /// Largest file, in bytes.
    pub size: usize,
    /// Time for fetching one file.
    pub time: Duration,
}

const NUMBER_BY: [(&str, NumberBy); 2] =
    [("unit", NumberBy::Unit), ("procedure", NumberBy::Procedure)];

impl NoiHoSoRoute {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let paths = read_paths(section);
        let client_id = section.required("client_id", text);
        let client_secret = secret_or_file(section, "client_secret", "client_secret_file");
        let number_by = section.or("number_by", NumberBy::Unit, choice(&NUMBER_BY));
        let files = section.required_section("files", Files::read);
        Ok(Self {
            paths: paths?,
            client_id: client_id?,
            client_secret: client_secret?,
            number_by: number_by?,
            files: files?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        let P4Paths {
            token,
            number,
            upload,
            dossier,
            steps,
            status,
            find,
        } = &self.paths;
        page.set("token_path", token.as_str());
        page.set("number_path", number.as_str());
        page.set("upload_path", upload.as_str());
        page.set("dossier_path", dossier.as_str());
        page.set("steps_path", steps.as_str());
        page.set("status_path", status.as_str());
        page.set_if_any("find_path", find.as_deref());
        page.set("client_id", self.client_id.as_str());
        page.hide("client_secret");
        page.set("number_by", name_of(&NUMBER_BY, &self.number_by));
        self.files.describe(page);
    }

    /// Reports sources that cannot be fetched from safely.
    pub(super) fn check(&self, allow_plain_text: bool, reading: &Reading) {
        let files = &self.files;
        for (index, source) in files.sources.iter().enumerate() {
            let key = format!("portal.files.sources[{index}]");
            if source.scheme() == "https" {
                if files.ca_file.is_none() {
                    let help = "name the PEM file of the authority that signed its certificate \
                                in `portal.files.ca_file`";
                    reading.report_at(&key, "is https, and no authority is named to trust", help);
                }
            } else if !allow_plain_text && !on_this_machine(source) {
                let help = format!(
                    "use https, or set `portal.{ALLOW_PLAIN_TEXT} = true` where the network \
                     between is trusted"
                );
                let message = "is http on another host: citizens' papers could be read on the way";
                reading.report_at(&key, message, &help);
            }
        }
    }
}

fn read_paths(section: &mut Section<'_>) -> Read<P4Paths> {
    let token = section.required("token_path", url_path);
    let number = section.required("number_path", url_path);
    let upload = section.required("upload_path", url_path);
    let dossier = section.required("dossier_path", url_path);
    let steps = section.required("steps_path", url_path);
    let status = section.required("status_path", url_path);
    let find = section.optional("find_path", url_path);
    Ok(P4Paths {
        token: token?,
        number: number?,
        upload: upload?,
        dossier: dossier?,
        steps: steps?,
        status: status?,
        find: find?,
    })
}

impl Files {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let usual = FileSettings::new(Vec::new()).limits;
        let sources = section
            .required_list("sources", base_url)
            .and_then(|sources| {
                if sources.is_empty() {
                    let help = "name the addresses below which the papers of dossiers lie";
                    Err(section.wrong("sources", "names no address", help))
                } else {
                    Ok(sources)
                }
            });
        let ca_file = section.optional_file("ca_file");
        let size = section.or("size", usual.max_body, size);
        let time = section.or("time", usual.total, duration);
        Ok(Self {
            sources: sources?,
            ca_file: ca_file?,
            size: size?,
            time: time?,
        })
    }

    fn describe(&self, page: &mut Page) {
        page.section("portal.files");
        page.list("sources", self.sources.iter().map(Url::as_str));
        let ca_file = self.ca_file.as_ref();
        page.set_if_any("ca_file", ca_file.map(|file| file.display().to_string()));
        page.set("size", size_text(self.size));
        page.set("time", duration_text(self.time));
    }
}
