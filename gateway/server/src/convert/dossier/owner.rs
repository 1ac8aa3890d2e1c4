//! Chủ hồ sơ as the caller describes them.

use lienthong_core::dossier::{Owner, OwnerKind};
use lienthong_core::identity::{Identity, OldIdCardNumber, PersonalNumber};
use lienthong_core::masked::Masked;
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::papers::list;
use crate::convert::{InvalidField, Reader};

/// Reads an owner that must be there.
pub(super) fn read_owner(reader: &mut Reader, message: Option<&v1::Owner>) -> Option<Owner> {
    let Some(message) = message else {
        reader.refuse("dossier.owner", InvalidField::Missing);
        return None;
    };
    let kind = match v1::owner::Kind::try_from(message.kind) {
        Ok(v1::owner::Kind::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::owner::Kind::Citizen) => Ok(OwnerKind::Citizen),
        Ok(v1::owner::Kind::Enterprise) => Ok(OwnerKind::Enterprise),
        Ok(v1::owner::Kind::StateAgency) => Ok(OwnerKind::StateAgency),
        Ok(v1::owner::Kind::OtherOrganisation) => Ok(OwnerKind::OtherOrganisation),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    let kind = reader.take("dossier.owner.kind", kind);
    let name = reader.required("dossier.owner.full_name", &message.full_name, Text::parse);
    if message.identities.is_empty() {
        reader.refuse("dossier.owner.identities", InvalidField::Missing);
    }
    let identities = list(
        reader,
        "dossier.owner.identities",
        &message.identities,
        read_owner_identity,
    );
    let tech_id = reader.optional("dossier.owner.tech_id", &message.tech_id, Text::parse);
    let email = reader.optional("dossier.owner.email", &message.email, email);
    let fax = reader.optional("dossier.owner.fax", &message.fax, phone);
    let phone = reader.optional("dossier.owner.phone", &message.phone, phone);
    Some(Owner {
        kind: kind?,
        name: name?,
        identities: identities?,
        tech_id,
        email,
        fax,
        phone,
    })
}

fn read_owner_identity(
    reader: &mut Reader,
    at: &str,
    message: &v1::OwnerIdentity,
) -> Option<Identity> {
    let number = format!("{at}.number");
    match v1::owner_identity::Kind::try_from(message.kind) {
        Ok(v1::owner_identity::Kind::PersonalNumber) => reader
            .take(number, PersonalNumber::parse(&message.number))
            .map(Identity::PersonalNumber),
        Ok(v1::owner_identity::Kind::OldIdCard) => reader
            .take(number, OldIdCardNumber::parse(&message.number))
            .map(Identity::OldIdCard),
        Ok(v1::owner_identity::Kind::Unspecified) => {
            reader.refuse(format!("{at}.kind"), InvalidField::Missing);
            None
        }
        Err(_) => {
            reader.refuse(format!("{at}.kind"), InvalidField::UnknownValue);
            None
        }
    }
}

fn email(raw: &str) -> Result<Masked<String>, InvalidField> {
    let parts = raw.split_once('@');
    let fits = raw.len() <= 200
        && raw.chars().all(|c| !c.is_whitespace() && !c.is_control())
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        });
    if fits {
        Ok(Masked::new(raw.to_owned()))
    } else {
        Err(InvalidField::Email)
    }
}

fn phone(raw: &str) -> Result<Masked<String>, InvalidField> {
    let fits = (3..=20).contains(&raw.len())
        && raw.bytes().any(|byte| byte.is_ascii_digit())
        && raw
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" +-.()".contains(&byte));
    if fits {
        Ok(Masked::new(raw.to_owned()))
    } else {
        Err(InvalidField::Phone)
    }
}
