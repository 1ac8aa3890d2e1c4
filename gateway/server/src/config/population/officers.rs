//! `[[population.officers]]` and `[population.shared_officer]`: which code and which
//! credential stand for an officer.
//!
//! They name people: neither the officers' codes nor their credentials are ever shown.
//! An officer who is not listed is refused as soon as anybody is, unless there is a
//! shared one (population.md 14, rule 3).

use lienthong_core::access::OfficerId;
use secrecy::SecretString;

use super::access::AccessKind;
use crate::config::description::Page;
use crate::config::kinds::officer;
use crate::config::reader::{Read, Reading};
use crate::config::secret::{optional_secret_or_file, secret, secret_or_file};
use crate::config::section::Section;

/// An officer whom the configuration names.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Mã cán bộ, as callers give it. In the newest style it is a personal number.
    pub officer: OfficerId,
    /// The code that the database knows (`MaCanBo`); `None`: the same.
    pub code: Option<OfficerId>,
    /// The officer's own credential; there exactly when the access is by LGSP.
    pub key: Option<OfficerKey>,
}

/// What stands for every officer who is not named.
#[derive(Debug, Clone)]
pub struct SharedOfficer {
    /// The code that is sent for all of them (`MaCanBo`); `None`: each one's own, which
    /// is possible by LGSP only.
    pub code: Option<OfficerId>,
    /// A credential for all of them; there exactly when the access is by LGSP.
    pub key: Option<OfficerKey>,
}

/// A credential at the database (`AuthHash`, population.md 9.3).
#[derive(Debug, Clone)]
pub struct OfficerKey {
    /// `keyName`.
    pub key_name: SecretString,
    /// `keyPass`.
    pub key_pass: SecretString,
}

impl Officer {
    pub(super) fn read(section: &mut Section<'_>, access: Read<AccessKind>) -> Read<Self> {
        let named = section.required("officer", officer);
        let code = section.optional("code", officer);
        let key = OfficerKey::read(section, access);
        Ok(Self {
            officer: named?,
            code: code?,
            key: key?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.element("population.officers");
        page.hide("officer");
        describe_hidden(self.code.as_ref(), self.key.as_ref(), page);
    }
}

impl SharedOfficer {
    pub(super) fn read(section: &mut Section<'_>, access: Read<AccessKind>) -> Read<Self> {
        let code = section.optional("code", officer);
        let key = OfficerKey::read(section, access);
        let code = code.and_then(|code| match (code, access) {
            (None, Ok(kind)) if kind != AccessKind::Lgsp => {
                let help = "the `MaCanBo` that is sent for every officer who is not listed";
                Err(section.missing("code", Some(help.to_owned())))
            }
            (code, _) => Ok(code),
        });
        Ok(Self {
            code: code?,
            key: key?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("population.shared_officer");
        describe_hidden(self.code.as_ref(), self.key.as_ref(), page);
    }
}

impl OfficerKey {
    /// Reads the credential where the access needs one. While the access is not known,
    /// nothing is judged by it.
    fn read(section: &mut Section<'_>, access: Read<AccessKind>) -> Read<Option<Self>> {
        match access {
            Ok(AccessKind::Lgsp) => {
                let key_name = section.required("key_name", secret);
                let key_pass = secret_or_file(section, "key_pass", "key_pass_file");
                Ok(Some(Self {
                    key_name: key_name?,
                    key_pass: key_pass?,
                }))
            }
            Ok(other) => {
                let message = format!("is of no use with the access \"{}\"", other.name());
                let help = "an officer has a key of their own with the access \"lgsp\" only";
                let keys = ["key_name", "key_pass", "key_pass_file"];
                let refused = keys.map(|key| section.refuse(key, &message, help));
                refused.into_iter().collect::<Read<()>>().map(|()| None)
            }
            Err(_) => {
                let key_name = section.optional("key_name", secret);
                let key_pass = optional_secret_or_file(section, "key_pass", "key_pass_file");
                key_name.and(key_pass).map(|_| None)
            }
        }
    }
}

fn describe_hidden(code: Option<&OfficerId>, key: Option<&OfficerKey>, page: &mut Page) {
    if code.is_some() {
        page.hide("code");
    }
    if key.is_some() {
        page.hide("key_name");
        page.hide("key_pass");
    }
}

/// Reports officers who are named twice, and an access by LGSP without any officer.
pub(super) fn check_officers(
    officers: &[Officer],
    shared: Option<&SharedOfficer>,
    access: AccessKind,
    reading: &Reading,
) {
    if access == AccessKind::Lgsp && officers.is_empty() && shared.is_none() {
        let help = "add [[population.officers]] or [population.shared_officer]";
        let message = "has no officer's credential, so no look-up is possible";
        reading.report_at("population", message, help);
    }
    for (index, named) in officers.iter().enumerate() {
        let before = &officers[..index];
        if before.iter().any(|other| other.officer == named.officer) {
            let key = format!("population.officers[{index}].officer");
            let help = "keep one entry for each officer";
            reading.report_at(&key, "is given twice", help);
        }
    }
}
