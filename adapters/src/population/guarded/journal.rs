//! What the operator reads in the log about an upstream.
//!
//! It says each change once and bounds what could come with every call, so that a
//! night of outage does not fill a disk. Nothing in it is of a person: of an answer that
//! was not understood it shows names that the domain knows, and lengths.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::guard::breaker::Change;
use lienthong_core::guard::quota::{QuotaNews, QuotaStatus};
use lienthong_core::guard::status::GuardAlert;
use lienthong_core::ports::population::AnswerStructure;

/// Least time between two entries of the same kind that could come with every call.
const PACE: Duration = Duration::from_mins(1);

/// Lets an entry through once in [`PACE`] and counts the rest.
#[derive(Debug, Default)]
pub(super) struct Paced {
    next: Option<Duration>,
    held_back: u64,
}

impl Paced {
    /// Whether it is time, and then how many were held back since the last.
    pub(super) fn turn(&mut self, now: Duration) -> Option<u64> {
        if self.next.is_some_and(|next| now < next) {
            self.held_back = self.held_back.saturating_add(1);
            return None;
        }
        self.next = Some(now.saturating_add(PACE));
        Some(std::mem::take(&mut self.held_back))
    }
}

/// One pace for each alert.
#[derive(Debug, Default)]
pub(super) struct PacedAlerts {
    address: Paced,
    credentials: Paced,
    certificate: Paced,
}

impl PacedAlerts {
    pub(super) fn of(&mut self, alert: GuardAlert) -> &mut Paced {
        match alert {
            GuardAlert::AddressRefused => &mut self.address,
            GuardAlert::CredentialsRefused => &mut self.credentials,
            GuardAlert::CertificateRejected => &mut self.certificate,
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// The breaker changed.
    Breaker {
        change: Change,
        failure: Option<&'static str>,
    },
    /// A call tries the upstream.
    Probing,
    /// An operator must act.
    Alert { alert: GuardAlert, held_back: u64 },
    /// The quota runs out.
    Quota {
        news: QuotaNews,
        status: QuotaStatus,
    },
    /// Look-ups are refused because of announced maintenance.
    Maintenance { until: Timestamp },
    /// An answer was not understood.
    Nonsense {
        structure: AnswerStructure,
        held_back: u64,
    },
}

impl News {
    /// Writes the entry. `request_number` is that of the look-up at hand, by which its
    /// access record is found.
    pub(super) fn tell(&self, profile: &str, request_number: &str) {
        match self {
            Self::Breaker { change, failure } => tell_change(*change, *failure, profile),
            Self::Probing => tracing::info!(
                upstream = "population",
                profile,
                "the pause is over; one look-up tries the upstream"
            ),
            Self::Alert { alert, held_back } => tracing::error!(
                upstream = "population",
                profile,
                request_number,
                alert = alert.name(),
                held_back,
                "an operator must act: {}",
                task_of(*alert)
            ),
            Self::Quota { news, status } => tell_quota(*news, *status, profile),
            Self::Maintenance { until } => tracing::info!(
                upstream = "population",
                profile,
                %until,
                "announced maintenance: the upstream is not asked"
            ),
            Self::Nonsense {
                structure,
                held_back,
            } => tracing::warn!(
                upstream = "population",
                profile,
                request_number,
                status = structure.status,
                media_type = media_type(structure),
                length = structure.length,
                problem = structure.problem,
                stopped_at = structure.stopped_at,
                outline = outline(structure),
                held_back,
                "an answer cannot be understood"
            ),
        }
    }
}

fn tell_change(change: Change, failure: Option<&'static str>, profile: &str) {
    match change {
        Change::Opened { pause } => tracing::warn!(
            upstream = "population",
            profile,
            failure,
            pause_seconds = pause.as_secs_f64(),
            "the upstream fails and is not asked for a while"
        ),
        Change::Closed => tracing::info!(
            upstream = "population",
            profile,
            "the upstream answers again"
        ),
    }
}

fn tell_quota(news: QuotaNews, status: QuotaStatus, profile: &str) {
    let QuotaStatus {
        limit,
        used,
        resets_at,
        ..
    } = status;
    match news {
        QuotaNews::NearlySpent => tracing::warn!(
            upstream = "population",
            profile,
            used,
            limit,
            %resets_at,
            "the day's quota will be spent soon"
        ),
        QuotaNews::Spent => tracing::error!(
            upstream = "population",
            profile,
            used,
            limit,
            %resets_at,
            "the day's quota is spent; the upstream is not asked until the next day"
        ),
    }
}

fn task_of(alert: GuardAlert) -> &'static str {
    match alert {
        GuardAlert::AddressRefused => {
            "the upstream does not admit this gateway's address or account; have it put on the allow-list"
        }
        GuardAlert::CredentialsRefused => {
            "the upstream refuses the gateway's credentials, or those of the officer of this look-up"
        }
        GuardAlert::CertificateRejected => {
            "the upstream's certificate does not hold; check ca_file and the clock"
        }
    }
}

/// The claimed media type, if it looks like one: it is the upstream's text.
fn media_type(structure: &AnswerStructure) -> &str {
    let text = structure.media_type.as_str();
    let plain = text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte));
    if plain { text } else { "(not a media type)" }
}

/// `0:Envelope[0] 1:Body[0] 2:?[12]`: depth, name where the domain knows it, characters
/// of text.
fn outline(structure: &AnswerStructure) -> String {
    let mut text = String::new();
    for element in &structure.outline {
        let name = element.name.unwrap_or("?");
        let gap = if text.is_empty() { "" } else { " " };
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "{gap}{}:{name}[{}]",
            element.depth, element.text_length
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use lienthong_core::ports::population::OutlinedElement;

    use super::*;

    #[test]
    fn an_outline_shows_form_and_no_value() {
        let element = |depth, name, text_length| OutlinedElement {
            depth,
            name,
            text_length,
        };
        let structure = AnswerStructure {
            outline: vec![
                element(0, Some("Envelope"), 0),
                element(1, Some("Body"), 0),
                element(2, None, 12),
            ],
            ..AnswerStructure::default()
        };
        assert_eq!(outline(&structure), "0:Envelope[0] 1:Body[0] 2:?[12]");
    }

    #[test]
    fn a_media_type_that_is_none_is_not_repeated() {
        let claimed = |text: &str| AnswerStructure {
            media_type: text.to_owned(),
            ..AnswerStructure::default()
        };
        assert_eq!(
            media_type(&claimed("application/soap+xml")),
            "application/soap+xml"
        );
        for odd in ["Nguyễn Văn A", "text/html\nfaked entry", &"a".repeat(41)] {
            assert_eq!(media_type(&claimed(odd)), "(not a media type)");
        }
    }

    #[test]
    fn what_comes_with_every_call_is_told_once_a_minute_and_counted() {
        let mut paced = Paced::default();
        let at = Duration::from_secs;
        assert_eq!(paced.turn(at(0)), Some(0));
        assert_eq!(paced.turn(at(1)), None);
        assert_eq!(paced.turn(at(59)), None);
        assert_eq!(paced.turn(at(60)), Some(2));
        assert_eq!(paced.turn(at(61)), None);
    }
}
