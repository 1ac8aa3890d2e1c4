//! Deeds on kept reports in the words of the contract: approval, publication, withdrawal.
//!
//! What a reader would get wrong: who may do a deed, and whether it fits how far the report has
//! come, is asked elsewhere. Here it is only read whether the message says one.

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventId;
use lienthong_core::ports::reports::{ContentHash, ReportId};
use lienthong_core::publication::{Deed, Place, ReportAct};
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::reports::read_id;
use super::{SHORTEST_REASON, day};
use crate::convert::{InvalidField, Reader, to_timestamp};
use crate::status::ServerError;

/// A checked deed, without who did it through which system.
#[derive(Debug)]
pub(crate) struct Act {
    id: ReportId,
    deed: Deed,
    operator: OfficerId,
    event: EventId,
}

impl Act {
    /// Reads an approval.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_approval(message: &v1::ApproveReportRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let raw = &message.content_sha256;
        let sha256 = reader.required("content_sha256", raw, |raw| {
            ContentHash::parse(raw.trim()).ok_or(InvalidField::ContentHash)
        });
        let deed = sha256.map(|sha256| Deed::Approved { sha256 });
        let ids = (&message.report_id, &message.operator_id, &message.event_id);
        Self::read(reader, ids, deed)
    }

    /// Reads a publication.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_publication(
        message: &v1::RecordPublicationRequest,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let place = read_place(&mut reader, message.place);
        let address = reader.required("address", &message.address, Text::<500>::parse);
        let on: Option<Date> = reader.required("published_on", &message.published_on, day);
        let deed = (|| {
            Some(Deed::Published {
                place: place?,
                address: address?,
                on: on?,
            })
        })();
        let ids = (&message.report_id, &message.operator_id, &message.event_id);
        Self::read(reader, ids, deed)
    }

    /// Reads a withdrawal.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_withdrawal(message: &v1::WithdrawReportRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let reason = reader.required("reason", &message.reason, |raw| {
            let reason = Text::<500>::parse(raw)?;
            if reason.as_str().chars().count() < SHORTEST_REASON {
                return Err(InvalidField::Reason);
            }
            Ok(reason)
        });
        let deed = reason.map(|reason| Deed::Withdrawn { reason });
        let ids = (&message.report_id, &message.operator_id, &message.event_id);
        Self::read(reader, ids, deed)
    }

    fn read(
        mut reader: Reader,
        (id, operator, event): (&String, &String, &String),
        deed: Option<Deed>,
    ) -> Result<Self, ServerError> {
        let id = read_id(&mut reader, id);
        let operator = reader.required("operator_id", operator, |raw| {
            OfficerId::parse(raw).ok_or(InvalidField::OfficerId)
        });
        let event = reader.required("event_id", event, |raw| {
            EventId::parse(raw).ok_or(InvalidField::EventId)
        });
        let act = (|| {
            Some(Self {
                id: id?,
                deed: deed?,
                operator: operator?,
                event: event?,
            })
        })();
        reader.finish(act)
    }

    /// The deed as `client` recorded it at that moment.
    pub(crate) fn by(self, client: ClientName, at: Timestamp) -> (ReportId, ReportAct) {
        let act = ReportAct {
            deed: self.deed,
            client,
            operator: self.operator,
            event: self.event,
            at,
        };
        (self.id, act)
    }
}

fn read_place(reader: &mut Reader, raw: i32) -> Option<Place> {
    use v1::record_publication_request::Place as Wire;
    let place = match Wire::try_from(raw) {
        Ok(Wire::Inside) => Ok(Place::Inside),
        Ok(Wire::Website) => Ok(Place::Website),
        Ok(Wire::Unspecified) => Err(InvalidField::Missing),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take("place", place)
}

/// A deed that was recorded.
pub(super) fn report_act(act: &ReportAct) -> v1::ReportAct {
    use v1::report_act::Deed as Wire;
    let mut message = v1::ReportAct {
        operator_id: act.operator.expose().to_owned(),
        client: act.client.as_str().to_owned(),
        recorded_at: Some(to_timestamp(act.at)),
        ..v1::ReportAct::default()
    };
    let deed = match &act.deed {
        Deed::Approved { .. } => Wire::Approve,
        Deed::Published { place, address, on } => {
            address.as_str().clone_into(&mut message.address);
            message.published_on = on.to_string();
            match place {
                Place::Inside => Wire::PublishInside,
                Place::Website => Wire::PublishOnWebsite,
            }
        }
        Deed::Withdrawn { reason } => {
            reason.as_str().clone_into(&mut message.reason);
            Wire::Withdraw
        }
    };
    message.deed = deed.into();
    message
}
