//! How the gateway shows who it is: one recipe of population.md 9, chosen by
//! `population.access` or else by the profile.
//!
//! Each recipe has a section of its own. A section of another recipe is a problem: it
//! would look as if it were in use.

use lienthong_adapters::population::{
    AccessRecipe, AuthHeaderAccess, ClientSecretPlace, EsbAccess, LgspAccess, LgspCredential,
    OAuthAccess, TimestampUnit,
};
use lienthong_core::ports::population::Operation;

use super::profile::PopulationProfile;
use crate::config::description::Page;
use crate::config::kinds::{boolean, choice, header_text, name_of, text, url_path};
use crate::config::reader::{Read, Reported};
use crate::config::secret::{optional_secret_or_file, secret, secret_or_file};
use crate::config::section::Section;

/// Which recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessKind {
    None,
    Lgsp,
    Esb,
    OAuth,
    AuthHeader,
    StaticBearer,
}

const KINDS: [(&str, AccessKind); 6] = [
    ("lgsp", AccessKind::Lgsp),
    ("esb", AccessKind::Esb),
    ("oauth", AccessKind::OAuth),
    ("auth-header", AccessKind::AuthHeader),
    ("static-bearer", AccessKind::StaticBearer),
    ("none", AccessKind::None),
];

const TIMESTAMP_UNITS: [(&str, TimestampUnit); 2] = [
    ("milliseconds", TimestampUnit::Milliseconds),
    ("seconds", TimestampUnit::Seconds),
];

const SECRET_PLACES: [(&str, ClientSecretPlace); 2] = [
    ("basic-header", ClientSecretPlace::BasicHeader),
    ("body", ClientSecretPlace::Body),
];

const SERVICE_URLS: [(&str, Operation); 4] = [
    ("lookup_service_url", Operation::LookUp),
    ("confirm_service_url", Operation::Confirm),
    ("household_service_url", Operation::Household),
    ("relatives_service_url", Operation::Relatives),
];

impl AccessKind {
    /// Name in the configuration.
    pub(super) fn name(self) -> &'static str {
        name_of(&KINDS, &self)
    }

    /// The recipe's own section below `[population]`.
    fn section(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Lgsp => Some("credential"),
            Self::Esb => Some("esb"),
            Self::OAuth => Some("oauth"),
            Self::AuthHeader => Some("auth_header"),
            Self::StaticBearer => Some("static_bearer"),
        }
    }

    fn has_token_call(self) -> bool {
        match self {
            Self::Lgsp | Self::OAuth | Self::AuthHeader => true,
            Self::None | Self::Esb | Self::StaticBearer => false,
        }
    }

    /// Reads which recipe is meant; the profile's own where the file names none.
    pub(super) fn read(
        section: &mut Section<'_>,
        profile: Option<PopulationProfile>,
    ) -> Read<Self> {
        let named = section.optional("access", choice(&KINDS))?;
        let usual = profile.map(|profile| profile.defaults().access);
        // Without a profile there is no usual one; that has been reported already.
        named.or(usual).ok_or(Reported)
    }
}

/// Reads the recipe of this kind. While it is not known, nothing is judged by it. The
/// officers' own keys are not part of it; see [`Officer`](super::Officer).
pub(super) fn read_access(section: &mut Section<'_>, kind: Read<AccessKind>) -> Read<AccessRecipe> {
    let Ok(kind) = kind else {
        let _ = section.optional("token_path", url_path);
        for (_, kind) in KINDS {
            if let Some(key) = kind.section() {
                // For the mistakes that are in it, whatever it will be used for.
                let _ = section.section(key, |own| read_own(own, kind, Ok(String::new())));
            }
        }
        return Err(Reported);
    };
    let others = refuse_others(section, kind);
    let token_path = if kind.has_token_call() {
        section.required("token_path", url_path)
    } else {
        let message = format!("is of no use with the access \"{}\"", kind.name());
        section
            .refuse("token_path", &message, "take it out")
            .map(|()| String::new())
    };
    let recipe = match kind.section() {
        None => token_path.map(|_| AccessRecipe::None),
        Some(key) => section.required_section(key, |own| read_own(own, kind, token_path)),
    };
    others?;
    recipe
}

/// Reads the recipe's own section.
fn read_own(
    own: &mut Section<'_>,
    kind: AccessKind,
    token_path: Read<String>,
) -> Read<AccessRecipe> {
    match kind {
        AccessKind::None => Ok(AccessRecipe::None),
        AccessKind::Lgsp => read_lgsp(own, token_path).map(AccessRecipe::Lgsp),
        AccessKind::Esb => {
            let esb = read_esb(own);
            // A path that is of no use here has been reported.
            token_path?;
            esb.map(AccessRecipe::Esb)
        }
        AccessKind::OAuth => read_oauth(own, token_path).map(AccessRecipe::OAuth),
        AccessKind::AuthHeader => {
            let auth = secret_or_file(own, "auth", "auth_file");
            Ok(AccessRecipe::AuthHeader(AuthHeaderAccess {
                token_path: token_path?,
                auth: auth?,
            }))
        }
        AccessKind::StaticBearer => {
            let token = secret_or_file(own, "token", "token_file");
            token_path?;
            token.map(AccessRecipe::StaticBearer)
        }
    }
}

/// Which recipe this is.
pub(super) fn kind_of(recipe: &AccessRecipe) -> AccessKind {
    match recipe {
        AccessRecipe::None => AccessKind::None,
        AccessRecipe::Lgsp(_) => AccessKind::Lgsp,
        AccessRecipe::Esb(_) => AccessKind::Esb,
        AccessRecipe::OAuth(_) => AccessKind::OAuth,
        AccessRecipe::AuthHeader(_) => AccessKind::AuthHeader,
        AccessRecipe::StaticBearer(_) => AccessKind::StaticBearer,
    }
}

/// Writes what stands in `[population]` itself, and then the recipe's own section.
pub(super) fn describe_access(recipe: &AccessRecipe, page: &mut Page) {
    let kind = kind_of(recipe);
    page.set("access", kind.name());
    match recipe {
        AccessRecipe::Lgsp(LgspAccess { token_path, .. })
        | AccessRecipe::OAuth(OAuthAccess { token_path, .. })
        | AccessRecipe::AuthHeader(AuthHeaderAccess { token_path, .. }) => {
            page.set("token_path", token_path.as_str());
        }
        AccessRecipe::None | AccessRecipe::Esb(_) | AccessRecipe::StaticBearer(_) => {}
    }
    if let Some(key) = kind.section() {
        page.section(&format!("population.{key}"));
    }
    match recipe {
        AccessRecipe::None => {}
        AccessRecipe::Lgsp(lgsp) => describe_lgsp(&lgsp.credential, page),
        AccessRecipe::Esb(esb) => describe_esb(esb, page),
        AccessRecipe::OAuth(oauth) => {
            page.set("client_id", oauth.client_id.as_str());
            page.hide("client_secret");
            page.set("secret_place", name_of(&SECRET_PLACES, &oauth.secret_place));
        }
        AccessRecipe::AuthHeader(_) => page.hide("auth"),
        AccessRecipe::StaticBearer(_) => page.hide("token"),
    }
}

/// Reports the sections of every other recipe.
fn refuse_others(section: &mut Section<'_>, kind: AccessKind) -> Read<()> {
    let message = format!("is of no use with the access \"{}\"", kind.name());
    let mut refused = Ok(());
    for (name, other) in KINDS {
        let Some(key) = other.section().filter(|_| other != kind) else {
            continue;
        };
        let help = format!("set `population.access = \"{name}\"` or take this section out");
        refused = section.refuse(key, &message, &help).and(refused);
    }
    refused
}

fn read_lgsp(section: &mut Section<'_>, token_path: Read<String>) -> Read<LgspAccess> {
    let access_key = section.required("access_key", secret);
    let secret_key = secret_or_file(section, "secret_key", "secret_key_file");
    let app_name = section.required("app_name", text);
    let partner_code = section.required("partner_code", text);
    let partner_code_cus = section.required("partner_code_cus", text);
    let credential = LgspCredential {
        access_key: access_key?,
        secret_key: secret_key?,
        app_name: app_name?,
        partner_code: partner_code?,
        partner_code_cus: partner_code_cus?,
    };
    Ok(LgspAccess::new(token_path?, credential))
}

fn describe_lgsp(credential: &LgspCredential, page: &mut Page) {
    page.hide("access_key");
    page.hide("secret_key");
    page.set("app_name", credential.app_name.as_str());
    page.set("partner_code", credential.partner_code.as_str());
    page.set("partner_code_cus", credential.partner_code_cus.as_str());
}

fn read_esb(section: &mut Section<'_>) -> Read<EsbAccess> {
    let user_name = section.required("user_name", text);
    let secret_key = secret_or_file(section, "secret_key", "secret_key_file");
    let service_url = section.required("service_url", text);
    let service_urls: Vec<_> = SERVICE_URLS
        .iter()
        .map(|(key, operation)| (*operation, section.optional(key, text)))
        .collect();
    let timestamp_unit = section.or(
        "timestamp_unit",
        TimestampUnit::Milliseconds,
        choice(&TIMESTAMP_UNITS),
    );
    let x_road_client = section.optional("x_road_client", header_text);
    let api_key = optional_secret_or_file(section, "api_key", "api_key_file");
    let source_type = section.optional("source_type", header_text);
    let source_user_name = section.optional("source_user_name", header_text);
    let soap_action = section.or("soap_action", true, boolean);
    let mut esb = EsbAccess::new(user_name?, secret_key?, service_url?);
    for (operation, url) in service_urls {
        if let Some(url) = url? {
            esb.service_urls.insert(operation, url);
        }
    }
    esb.timestamp_unit = timestamp_unit?;
    esb.x_road_client = x_road_client?;
    esb.api_key = api_key?;
    esb.source_type = source_type?;
    esb.source_user_name = source_user_name?;
    esb.soap_action = soap_action?;
    Ok(esb)
}

fn describe_esb(esb: &EsbAccess, page: &mut Page) {
    page.set("user_name", esb.user_name.as_str());
    page.hide("secret_key");
    page.set("service_url", esb.service_url.as_str());
    for (key, operation) in SERVICE_URLS {
        page.set_if_any(key, esb.service_urls.get(&operation).map(String::as_str));
    }
    page.set(
        "timestamp_unit",
        name_of(&TIMESTAMP_UNITS, &esb.timestamp_unit),
    );
    page.set_if_any("x_road_client", esb.x_road_client.as_deref());
    if esb.api_key.is_some() {
        page.hide("api_key");
    }
    page.set_if_any("source_type", esb.source_type.as_deref());
    page.set_if_any("source_user_name", esb.source_user_name.as_deref());
    page.set("soap_action", esb.soap_action);
}

fn read_oauth(section: &mut Section<'_>, token_path: Read<String>) -> Read<OAuthAccess> {
    let client_id = section.required("client_id", text);
    let client_secret = secret_or_file(section, "client_secret", "client_secret_file");
    let secret_place = section.or(
        "secret_place",
        ClientSecretPlace::BasicHeader,
        choice(&SECRET_PLACES),
    );
    let mut oauth = OAuthAccess::new(token_path?, client_id?, client_secret?);
    oauth.secret_place = secret_place?;
    Ok(oauth)
}
