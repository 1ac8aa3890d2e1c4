//! The written form of a processing step.
//!
//! Moments are text with all their digits: whole seconds would make two steps of
//! one second look alike.

use jiff::Timestamp;
use lienthong_core::dossier::Step;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::text::Text;
use serde::{Deserialize, Serialize};

use super::{Problem, parsed, parsed_optional};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredStep {
    handler_name: String,
    handler_title: Option<String>,
    handled_at: String,
    department: Option<String>,
    content: String,
    status: u8,
    started_at: Option<String>,
    due_at: Option<String>,
}

impl From<&Step> for StoredStep {
    fn from(step: &Step) -> Self {
        // Taking the value apart makes a new field a compile error here.
        let Step {
            handler_name,
            handler_title,
            handled_at,
            department,
            content,
            status,
            started_at,
            due_at,
        } = step;
        Self {
            handler_name: handler_name.as_str().to_owned(),
            handler_title: handler_title
                .as_ref()
                .map(|title| title.as_str().to_owned()),
            handled_at: handled_at.to_string(),
            department: department.as_ref().map(|name| name.as_str().to_owned()),
            content: content.as_str().to_owned(),
            status: status.code(),
            started_at: started_at.map(|at| at.to_string()),
            due_at: due_at.map(|at| at.to_string()),
        }
    }
}

impl TryFrom<StoredStep> for Step {
    type Error = Problem;

    fn try_from(stored: StoredStep) -> Result<Self, Problem> {
        let text = "a text of its step does not parse";
        let moment = "a moment of its step does not parse";
        Ok(Self {
            handler_name: parsed(Text::parse(&stored.handler_name), text)?,
            handler_title: parsed_optional(stored.handler_title, Text::parse, text)?,
            handled_at: parsed(stored.handled_at.parse::<Timestamp>(), moment)?,
            department: parsed_optional(stored.department, Text::parse, text)?,
            content: parsed(Text::parse(&stored.content), text)?,
            status: parsed(
                PortalStatus::try_from(stored.status),
                "its status does not parse",
            )?,
            started_at: parsed_optional(stored.started_at, str::parse::<Timestamp>, moment)?,
            due_at: parsed_optional(stored.due_at, str::parse::<Timestamp>, moment)?,
        })
    }
}
