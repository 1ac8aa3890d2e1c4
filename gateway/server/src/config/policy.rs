//! `[[clients]]`, `[access]` and `[catalogue]`: who calls, and what they may see.
//!
//! A client is what a certificate says, never what a message says. What no
//! grant names is withheld (population.md 14).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lienthong_core::access::{AccessPolicy, ClientName, Grant, ProcedureScope};
use lienthong_core::procedure::ProcedureCode;
use toml::Value;

use super::description::Page;
use super::kinds::{
    PURPOSES, boolean, choice, citizen_field, client_name, fingerprint, household_field, name_of,
    procedure_code, raw_text, text,
};
use super::reader::{Complaint, Read};
use super::section::Section;
use super::source::Node;

/// A calling system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Name under which the rest of the configuration knows it.
    pub name: ClientName,
    /// How its certificate is recognised; `None` only for the plain text client.
    pub certificate: Option<ClientCertificate>,
}

/// How a client's certificate is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCertificate {
    /// By the common name of its subject.
    CommonName(String),
    /// By the SHA-256 of its public key (the DER `SubjectPublicKeyInfo`), so that
    /// a certificate renewed with the same key is still recognised.
    Fingerprint([u8; 32]),
}

/// Choices about the shipped data files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Whether the place code 000 of test people counts as a known place; for the
    /// demo and for rehearsals only.
    pub test_place: bool,
}

impl Client {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let name = section.required("name", client_name);
        let common_name = section.optional("common_name", text);
        let fingerprint = section.optional("fingerprint", fingerprint);
        let certificate = match (common_name?, fingerprint?) {
            (Some(_), Some(_)) => Err(section.wrong(
                "fingerprint",
                "is given beside a common name",
                "keep the one by which the certificate is to be recognised",
            )),
            (Some(name), None) => Ok(Some(ClientCertificate::CommonName(name))),
            (None, Some(fingerprint)) => Ok(Some(ClientCertificate::Fingerprint(fingerprint))),
            (None, None) => Ok(None),
        };
        Ok(Self {
            name: name?,
            certificate: certificate?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.element("clients");
        page.set("name", self.name.as_str());
        match &self.certificate {
            Some(ClientCertificate::CommonName(name)) => page.set("common_name", name.as_str()),
            Some(ClientCertificate::Fingerprint(bytes)) => page.set("fingerprint", hex(bytes)),
            None => {}
        }
    }
}

impl Catalogue {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        Ok(Self {
            test_place: section.or("test_place", false, boolean)?,
        })
    }

    pub(super) fn describe(self, page: &mut Page) {
        page.section("catalogue");
        page.set("test_place", self.test_place);
    }
}

/// Reads `[access]`.
pub(super) fn read_access(section: &mut Section<'_>) -> Read<AccessPolicy> {
    Ok(AccessPolicy {
        grants: section.sections("grants", read_grant)?,
    })
}

/// One procedure, or all of them.
enum Scope {
    Any,
    One(ProcedureCode),
}

fn read_grant(section: &mut Section<'_>) -> Read<Grant> {
    let client = section.required("client", client_name);
    let scopes = section.required_list("procedures", procedure_or_any);
    let purposes = section.required_list("purposes", choice(&PURPOSES));
    let fields = section.required_list("fields", citizen_field);
    let household = section.list("household", household_field);
    let procedures = scopes.map(|scopes| {
        let mut codes = Vec::new();
        for scope in scopes {
            match scope {
                Scope::Any => return ProcedureScope::Any,
                Scope::One(code) => codes.push(code),
            }
        }
        ProcedureScope::Only(codes)
    });
    Ok(Grant {
        client: client?,
        procedures: procedures?,
        purposes: BTreeSet::from_iter(purposes?),
        fields: BTreeSet::from_iter(fields?),
        household: BTreeSet::from_iter(household?.unwrap_or_default()),
    })
}

fn procedure_or_any(node: &Node) -> Result<Scope, Complaint> {
    if raw_text(node)? == "*" {
        Ok(Scope::Any)
    } else {
        procedure_code(node).map(Scope::One)
    }
}

/// Writes one grant of `[access]`.
pub(super) fn describe_grant(grant: &Grant, page: &mut Page) {
    page.element("access.grants");
    page.set("client", grant.client.as_str());
    match &grant.procedures {
        ProcedureScope::Any => page.list("procedures", ["*"]),
        ProcedureScope::Only(codes) => {
            page.list("procedures", codes.iter().map(ProcedureCode::as_str));
        }
    }
    page.list(
        "purposes",
        grant
            .purposes
            .iter()
            .map(|purpose| name_of(&PURPOSES, purpose)),
    );
    page.list(
        "fields",
        grant.fields.iter().map(|field| Value::from(field.path())),
    );
    page.list(
        "household",
        grant
            .household
            .iter()
            .map(|field| Value::from(field.path())),
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
