//! How a single value is read: addresses, durations, codes, choices.
//!
//! A complaint never repeats the value. The line that holds it is shown by the
//! report, which knows what must be hidden; a variable's value is never shown.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use lienthong_core::access::{ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::citizen::CitizenField;
use lienthong_core::guard::Percent;
use lienthong_core::household::HouseholdField;
use lienthong_core::ports::audit::KeyId;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;
use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::quantity::{parse_duration, parse_duration_or_zero, parse_long_duration, parse_size};
use super::reader::Complaint;
use super::source::{Node, Value};
use super::suggestion::nearest;

const LONGEST_TEXT: usize = 200;

/// The purposes by their names in the contract (contract.md 1).
pub(super) const PURPOSES: [(&str, Purpose); 5] = [
    ("DOSSIER_INTAKE", Purpose::DossierIntake),
    ("DOSSIER_PROCESSING", Purpose::DossierProcessing),
    ("RESULT_DELIVERY", Purpose::ResultDelivery),
    ("DATA_CLEANING", Purpose::DataCleaning),
    ("INSPECTION", Purpose::Inspection),
];

/// The text of a value, whatever it says. What a variable holds is a text even
/// where it could be read as a number.
pub(super) fn raw_text(node: &Node) -> Result<&str, Complaint> {
    match (&node.value, &node.verbatim) {
        (Value::Text(text), _) => Ok(text),
        (Value::Integer(_) | Value::Boolean(_) | Value::Unused, Some(held)) => Ok(held),
        (Value::Integer(_) | Value::Boolean(_) | Value::Unused, None) => {
            Err(Complaint::new("must be a text").help("put it in quotation marks"))
        }
        (Value::Array(_) | Value::Table(_), _) => Err(Complaint::new("must be a text")),
    }
}

/// A text of one line.
pub(super) fn text(node: &Node) -> Result<String, Complaint> {
    let text = raw_text(node)?;
    if text.is_empty() {
        return Err(Complaint::new("must not be empty"));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Complaint::new(
            "must not have white space around it or control characters",
        ));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Complaint::new(format!(
            "must have at most {LONGEST_TEXT} characters"
        )));
    }
    Ok(text.to_owned())
}

pub(super) fn boolean(node: &Node) -> Result<bool, Complaint> {
    match node.value {
        Value::Boolean(truth) => Ok(truth),
        Value::Text(_) | Value::Integer(_) | Value::Array(_) | Value::Table(_) | Value::Unused => {
            Err(Complaint::new("must be true or false"))
        }
    }
}

/// A whole number in `range`.
pub(super) fn count<T>(range: RangeInclusive<T>) -> impl Fn(&Node) -> Result<T, Complaint>
where
    T: TryFrom<i64> + PartialOrd + std::fmt::Display,
{
    move |node| {
        let number = match node.value {
            Value::Integer(number) => T::try_from(number).ok(),
            Value::Text(_)
            | Value::Boolean(_)
            | Value::Array(_)
            | Value::Table(_)
            | Value::Unused => None,
        };
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                Complaint::new(format!("must be a whole number from {least} to {most}"))
            })
    }
}

pub(super) fn duration(node: &Node) -> Result<Duration, Complaint> {
    raw_text(node).ok().and_then(parse_duration).ok_or_else(|| {
        Complaint::new("must be a duration from \"1ms\" to \"365d\"")
            .help("one number and one of the units ms, s, m, h, d, such as \"30s\"")
    })
}

/// How long something is kept.
pub(super) fn long_duration(node: &Node) -> Result<Duration, Complaint> {
    raw_text(node)
        .ok()
        .and_then(parse_long_duration)
        .ok_or_else(|| {
            Complaint::new("must be a duration from \"1ms\" to \"3660d\"")
                .help("one number and one of the units ms, s, m, h, d, such as \"365d\"")
        })
}

/// A duration, or zero.
pub(super) fn duration_or_zero(node: &Node) -> Result<Duration, Complaint> {
    raw_text(node)
        .ok()
        .and_then(parse_duration_or_zero)
        .ok_or_else(|| {
            Complaint::new("must be a duration from \"0ms\" to \"365d\"")
                .help("one number and one of the units ms, s, m, h, d, such as \"30s\"")
        })
}

/// A share in whole per cent.
pub(super) fn percent(node: &Node) -> Result<Percent, Complaint> {
    let share = count(0..=100)(node)?;
    Percent::new(share).ok_or_else(|| Complaint::new("must be at most 100"))
}

/// A moment, with its distance from UTC.
pub(super) fn date_time(node: &Node) -> Result<Timestamp, Complaint> {
    let text = raw_text(node)?;
    text.parse().map_err(|_| {
        Complaint::new("must be a date and a time with their distance from UTC")
            .help("such as \"2026-10-07T22:00:00+07:00\"")
    })
}

/// A time of the day, to the minute.
pub(super) fn time_of_day(node: &Node) -> Result<Time, Complaint> {
    let text = raw_text(node)?;
    let time = (text.len() == 5).then(|| Time::strptime("%H:%M", text).ok());
    time.flatten().ok_or_else(|| {
        Complaint::new("must be a time of the day from \"00:00\" to \"23:59\"")
            .help("it counts in the time of Viet Nam")
    })
}

pub(super) fn size(node: &Node) -> Result<usize, Complaint> {
    raw_text(node).ok().and_then(parse_size).ok_or_else(|| {
        Complaint::new("must be a size from \"1B\" to \"1GiB\"")
            .help("one number and one of the units B, KiB, MiB, GiB, such as \"64KiB\"")
    })
}

pub(super) fn address(node: &Node) -> Result<SocketAddr, Complaint> {
    raw_text(node)?.parse().map_err(|_| {
        Complaint::new("must be an IP address and a port")
            .help("such as \"127.0.0.1:8080\" or \"[::1]:8080\"; a name is not resolved")
    })
}

/// An address that only this machine can reach.
pub(super) fn loopback_address(node: &Node) -> Result<SocketAddr, Complaint> {
    let address = address(node)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(
            Complaint::new("must be a loopback address, because nothing protects plain text").help(
                "use 127.0.0.1 or [::1] here, and `listen.tls` for callers on other machines",
            ),
        )
    }
}

/// The start of all paths of an upstream.
pub(super) fn base_url(node: &Node) -> Result<Url, Complaint> {
    let text = raw_text(node)?;
    let bad = |message: &str| {
        let complaint = Complaint::new(message).help("such as \"https://lgsp.example.gov.vn\"");
        // What stands before an @ may be a password.
        if text.contains('@') {
            complaint.concealed()
        } else {
            complaint
        }
    };
    let url: Url = text.parse().map_err(|_| bad("must be a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(bad("must begin with http:// or https:// and name a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("must not contain a user name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("must not contain ? or #"));
    }
    Ok(url)
}

/// A path below a base URL.
pub(super) fn url_path(node: &Node) -> Result<String, Complaint> {
    let path = raw_text(node)?;
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte));
    if path.starts_with('/') && plain {
        Ok(path.to_owned())
    } else {
        Err(Complaint::new(
            "must be a path that begins with /, without white space, ? or #",
        ))
    }
}

/// One of these names.
pub(super) fn choice<T: Copy>(
    choices: &'static [(&'static str, T)],
) -> impl Fn(&Node) -> Result<T, Complaint> {
    move |node| {
        let typed = raw_text(node)?;
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == typed) {
            return Ok(*choice);
        }
        let names = || choices.iter().map(|(name, _)| *name);
        let quoted: Vec<String> = names().map(|name| format!("\"{name}\"")).collect();
        let known = match quoted.as_slice() {
            [single] => format!("the only one known is {single}"),
            several => format!("known are {}", several.join(", ")),
        };
        let help = match nearest(typed, names()) {
            Some(meant) if choices.len() > 1 => format!("{known}; did you mean \"{meant}\"?"),
            Some(_) | None => known,
        };
        Err(Complaint::new("is not one of the known values").help(help))
    }
}

/// The name that `choices` gives to `value`.
pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices
        .iter()
        .find(|(_, choice)| choice == value)
        .map_or("", |(name, _)| name)
}

/// A service code of the population database: up to 20 digits.
pub(super) fn service_code(node: &Node) -> Result<String, Complaint> {
    let code = raw_text(node)?;
    if (1..=20).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(code.to_owned())
    } else {
        Err(Complaint::new("must be 1 to 20 digits, such as \"037\""))
    }
}

/// The code that is sent for every procedure (`MaDVC`), or `false` where each look-up
/// sends its own.
pub(super) fn general_procedure(node: &Node) -> Result<Option<String>, Complaint> {
    if matches!(node.value, Value::Boolean(false)) {
        return Ok(None);
    }
    let code = raw_text(node)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if (1..=20).contains(&code.len()) && code.bytes().all(plain) {
        Ok(Some(code.to_owned()))
    } else {
        let message = "must be 1 to 20 letters, digits, ., - and _, or false";
        Err(Complaint::new(message).help("such as \"VPCP\"; false sends each procedure's code"))
    }
}

/// What can stand in a header of a request.
pub(super) fn header_text(node: &Node) -> Result<String, Complaint> {
    let text = text(node)?;
    if text.is_ascii() {
        Ok(text)
    } else {
        Err(Complaint::new(
            "must be ASCII, because it goes into a header",
        ))
    }
}

/// A SHA-256 in 64 hexadecimal digits, with or without colons between the pairs.
pub(super) fn fingerprint(node: &Node) -> Result<[u8; 32], Complaint> {
    let text = raw_text(node)?;
    let digits: Vec<u32> = text
        .split(':')
        .flat_map(str::chars)
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    let written = text.chars().filter(|&character| character != ':').count();
    let mut fingerprint = [0; 32];
    if digits.len() != 64 || written != 64 {
        return Err(
            Complaint::new("must be a SHA-256 in 64 hexadecimal digits").help(
                "of the public key: openssl x509 -in client.pem -noout -pubkey | \
             openssl pkey -pubin -outform DER | sha256sum",
            ),
        );
    }
    for (byte, pair) in fingerprint.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(pair[0] * 16 + pair[1]).unwrap_or_default();
    }
    Ok(fingerprint)
}

pub(super) fn agency_code(node: &Node) -> Result<AgencyCode, Complaint> {
    AgencyCode::parse(raw_text(node)?)
        .map_err(|invalid| Complaint::new("is not an agency code").help(invalid.to_string()))
}

pub(super) fn procedure_code(node: &Node) -> Result<ProcedureCode, Complaint> {
    ProcedureCode::parse(raw_text(node)?)
        .map_err(|invalid| Complaint::new("is not a procedure code").help(invalid.to_string()))
}

pub(super) fn client_name(node: &Node) -> Result<ClientName, Complaint> {
    ClientName::parse(raw_text(node)?).ok_or_else(|| {
        Complaint::new("must be a name of 1 to 64 lower-case letters, digits, -, _ and .")
    })
}

/// Name of a key of hashes.
pub(super) fn key_id(node: &Node) -> Result<KeyId, Complaint> {
    KeyId::parse(raw_text(node)?)
        .ok_or_else(|| Complaint::new("must be a name of 1 to 32 lower-case letters, digits and -"))
}

/// Name of the document that allows something (căn cứ pháp lý).
pub(super) fn legal_basis(node: &Node) -> Result<Text<500>, Complaint> {
    Text::parse(raw_text(node)?).map_err(|invalid| Complaint::new(invalid.to_string()))
}

pub(super) fn officer(node: &Node) -> Result<OfficerId, Complaint> {
    OfficerId::parse(raw_text(node)?)
        .ok_or_else(|| Complaint::new("must be a code of 1 to 20 letters, digits, _, - and ."))
}

pub(super) fn citizen_field(node: &Node) -> Result<CitizenField, Complaint> {
    let typed = raw_text(node)?;
    CitizenField::from_path(typed).ok_or_else(|| {
        let complaint = Complaint::new("is not a field of a citizen's record");
        match nearest(typed, CitizenField::ALL.iter().map(|field| field.path())) {
            Some(meant) => complaint.help(format!("did you mean \"{meant}\"?")),
            None => complaint,
        }
    })
}

/// A field of a household, by its name in a policy.
pub(super) fn household_field(node: &Node) -> Result<HouseholdField, Complaint> {
    let typed = raw_text(node)?;
    HouseholdField::from_path(typed).ok_or_else(|| {
        let complaint = Complaint::new("is not a field of a household");
        match nearest(typed, HouseholdField::ALL.iter().map(|field| field.path())) {
            Some(meant) => complaint.help(format!("did you mean \"{meant}\"?")),
            None => complaint,
        }
    })
}

/// Directives of what is logged.
pub(super) fn log_filter(node: &Node) -> Result<String, Complaint> {
    let filter = text(node)?;
    match EnvFilter::try_new(&filter) {
        Ok(_) => Ok(filter),
        Err(_) => Err(Complaint::new("is not a log filter")
            .help("such as \"info\" or \"warn,lienthong=debug\"")),
    }
}

/// Why a file that a setting names cannot be read, in words for an operator.
pub(super) fn why_unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "names a file that does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => {
            "names a file that this user may not read".to_owned()
        }
        other => format!("names a file that cannot be read: {other}"),
    }
}
