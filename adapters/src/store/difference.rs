//! The written form of what a reconciliation found: the same in every store.
//!
//! What a reader would get wrong: a difference is the same one as before when it is of
//! the same kind and the portal's side of it has not changed. Our side moves on with
//! each event while the portal stays where it is, and the age is that of its standstill.

use jiff::Timestamp;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::sync::reconcile::{DateField, Difference, Finding};
use serde::{Deserialize, Serialize};

use super::body::Problem;

/// A difference in written form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenDifference {
    /// By what it is known again.
    pub(super) aspect: String,
    /// JSON, without anything personal.
    pub(super) body: String,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Stored {
    MissingThere,
    MissingHere,
    UnexpectedThere,
    StatusBehind {
        ours: PortalStatus,
        theirs: PortalStatus,
    },
    StatusAhead {
        ours: PortalStatus,
        theirs: PortalStatus,
    },
    StatusUnknown {
        ours: PortalStatus,
        theirs: String,
    },
    StepsMissing {
        steps: u64,
        first_revision: u64,
    },
    DateChanged {
        field: StoredField,
        // Text with all digits of the moment.
        ours: Option<String>,
        theirs: Option<String>,
    },
    ResultWithoutFile {
        papers: u64,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredField {
    Received,
    Due,
    Finished,
    Returned,
}

/// Writes `difference`.
///
/// # Errors
/// What the JSON writer says; it holds no values.
pub(super) fn write(difference: &Difference) -> Result<WrittenDifference, serde_json::Error> {
    Ok(WrittenDifference {
        aspect: aspect(difference),
        body: serde_json::to_string(&Stored::from(difference))?,
    })
}

/// Reads a difference back.
///
/// # Errors
/// What is wrong, without the value.
pub(super) fn read(body: &str) -> Result<Difference, Problem> {
    serde_json::from_str::<Stored>(body)
        .map_err(|_| NOT_ITS_FORM)?
        .try_into()
}

const NOT_ITS_FORM: Problem = "a difference does not have its form";

/// What an answered finding counts as in a reconciliation's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundAs {
    /// The sides agree.
    Equal,
    /// The portal does not know the dossier.
    Missing,
    /// Anything else.
    Different,
    /// There was no answer.
    Unanswered,
}

impl FoundAs {
    /// What `finding` counts as.
    pub(super) fn of(finding: &Finding) -> Self {
        match finding {
            Finding::Unanswered(_) => Self::Unanswered,
            Finding::Answered { differences, .. } if differences.is_empty() => Self::Equal,
            Finding::Answered { differences, .. }
                if differences.contains(&Difference::MissingThere) =>
            {
                Self::Missing
            }
            Finding::Answered { .. } => Self::Different,
        }
    }

    /// As it stands in a column.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Equal => "EQUAL",
            Self::Missing => "MISSING",
            Self::Different => "DIFFERENT",
            Self::Unanswered => "UNANSWERED",
        }
    }
}

fn aspect(difference: &Difference) -> String {
    match difference {
        Difference::MissingThere => "missing_there".to_owned(),
        Difference::MissingHere => "missing_here".to_owned(),
        Difference::UnexpectedThere => "unexpected_there".to_owned(),
        Difference::StatusBehind { theirs, .. } => format!("status_behind/{}", theirs.code()),
        Difference::StatusAhead { theirs, .. } => format!("status_ahead/{}", theirs.code()),
        Difference::StatusUnknown { theirs, .. } => format!("status_unknown/{theirs}"),
        Difference::StepsMissing { .. } => "steps_missing".to_owned(),
        Difference::DateChanged { field, theirs, .. } => {
            let theirs = theirs.map_or_else(|| "none".to_owned(), |at| at.to_string());
            format!("date_changed/{}/{theirs}", field_name(*field))
        }
        Difference::ResultWithoutFile { .. } => "result_without_file".to_owned(),
    }
}

fn field_name(field: DateField) -> &'static str {
    match field {
        DateField::Received => "received",
        DateField::Due => "due",
        DateField::Finished => "finished",
        DateField::Returned => "returned",
    }
}

impl From<&Difference> for Stored {
    fn from(difference: &Difference) -> Self {
        match difference.clone() {
            Difference::MissingThere => Self::MissingThere,
            Difference::MissingHere => Self::MissingHere,
            Difference::UnexpectedThere => Self::UnexpectedThere,
            Difference::StatusBehind { ours, theirs } => Self::StatusBehind { ours, theirs },
            Difference::StatusAhead { ours, theirs } => Self::StatusAhead { ours, theirs },
            Difference::StatusUnknown { ours, theirs } => Self::StatusUnknown { ours, theirs },
            Difference::StepsMissing {
                steps,
                first_revision,
            } => Self::StepsMissing {
                steps,
                first_revision,
            },
            Difference::DateChanged {
                field,
                ours,
                theirs,
            } => Self::DateChanged {
                field: field.into(),
                ours: ours.map(|at| at.to_string()),
                theirs: theirs.map(|at| at.to_string()),
            },
            Difference::ResultWithoutFile { papers } => Self::ResultWithoutFile { papers },
        }
    }
}

impl TryFrom<Stored> for Difference {
    type Error = Problem;

    fn try_from(stored: Stored) -> Result<Self, Problem> {
        Ok(match stored {
            Stored::MissingThere => Self::MissingThere,
            Stored::MissingHere => Self::MissingHere,
            Stored::UnexpectedThere => Self::UnexpectedThere,
            Stored::StatusBehind { ours, theirs } => Self::StatusBehind { ours, theirs },
            Stored::StatusAhead { ours, theirs } => Self::StatusAhead { ours, theirs },
            Stored::StatusUnknown { ours, theirs } => Self::StatusUnknown { ours, theirs },
            Stored::StepsMissing {
                steps,
                first_revision,
            } => Self::StepsMissing {
                steps,
                first_revision,
            },
            Stored::DateChanged {
                field,
                ours,
                theirs,
            } => Self::DateChanged {
                field: field.into(),
                ours: moment(ours)?,
                theirs: moment(theirs)?,
            },
            Stored::ResultWithoutFile { papers } => Self::ResultWithoutFile { papers },
        })
    }
}

fn moment(stored: Option<String>) -> Result<Option<Timestamp>, Problem> {
    let read = stored.map(|text| text.parse().map_err(|_| NOT_ITS_FORM));
    read.transpose()
}

impl From<DateField> for StoredField {
    fn from(field: DateField) -> Self {
        match field {
            DateField::Received => Self::Received,
            DateField::Due => Self::Due,
            DateField::Finished => Self::Finished,
            DateField::Returned => Self::Returned,
        }
    }
}

impl From<StoredField> for DateField {
    fn from(field: StoredField) -> Self {
        match field {
            StoredField::Received => Self::Received,
            StoredField::Due => Self::Due,
            StoredField::Finished => Self::Finished,
            StoredField::Returned => Self::Returned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference, PortalStatus, read, write};

    #[test]
    fn what_the_first_version_wrote_is_still_read() {
        let golden = r#"{"kind":"status_behind","ours":9,"theirs":2}"#;
        let behind = Difference::StatusBehind {
            ours: PortalStatus::Processed,
            theirs: PortalStatus::Received,
        };
        assert_eq!(read(golden).unwrap(), behind);
        assert_eq!(write(&behind).unwrap().body, golden);
    }

    #[test]
    fn a_body_of_another_form_is_refused_without_its_value() {
        for body in [
            "",
            "{}",
            r#"{"kind":"gone"}"#,
            r#"{"kind":"status_behind","ours":11,"theirs":2}"#,
        ] {
            assert_eq!(read(body), Err("a difference does not have its form"));
        }
    }

    #[test]
    fn a_difference_is_known_again_by_the_portals_side() {
        let behind = |ours, theirs| {
            write(&Difference::StatusBehind { ours, theirs })
                .unwrap()
                .aspect
        };
        let (two, four, nine) = (
            PortalStatus::Received,
            PortalStatus::Processing,
            PortalStatus::Processed,
        );
        assert_eq!(behind(nine, two), behind(four, two));
        assert_ne!(behind(nine, two), behind(nine, four));
    }
}
