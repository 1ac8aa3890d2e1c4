//! The preview of a retry, and the token by which exactly that retry is started.
//!
//! What a reader would get wrong: the token is no permission and holds no secret. It holds
//! the conditions, the rate and the moment that the operator saw, and a digest that shows
//! when a part of it was lost, so that every gateway of the province can read it. Who may
//! start a retry may also preview any other.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::OperationId;
use lienthong_proto::v1;
use prost::Message as _;

use super::super::ledger::{filter, groups};
use super::super::page;
use super::super::{InvalidField, Reader, to_duration, whole};
use super::operation_id;
use crate::status::ServerError;
use crate::sync::operations::Preview;

/// How long a preview may be started.
const VALID: SignedDuration = SignedDuration::from_mins(15);

/// How far the clocks of two gateways may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(30);

/// First byte of a token.
const VERSION: u8 = 1;

/// Bytes of chance in a token: two equal previews are two.
const CHANCE: usize = 8;

/// A checked request for a preview.
#[derive(Debug)]
pub(crate) struct RetryAsked {
    /// Which dossiers.
    pub(crate) filter: DossierFilter,
    /// Most events a minute.
    pub(crate) per_minute: NonZeroU32,
    asked_at: Timestamp,
    message: v1::DossierFilter,
}

/// What a token tells.
#[derive(Debug)]
pub(crate) struct Previewed {
    /// Which dossiers.
    pub(crate) filter: DossierFilter,
    /// Most events a minute.
    pub(crate) per_minute: NonZeroU32,
    /// When the operator saw it.
    pub(crate) at: Timestamp,
    /// Id of the operation that it starts.
    pub(crate) id: OperationId,
}

impl RetryAsked {
    /// Reads a request; at most `bound` events a minute.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::PreviewRetryRequest,
        bound: NonZeroU32,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        // The token holds whole microseconds.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let given = message.filter.clone().unwrap_or_default();
        if given == v1::DossierFilter::default() {
            reader.refuse("filter", InvalidField::Missing);
        }
        let filter = filter(&mut reader, Some(&given), now);
        let per_minute = read_rate(
            &mut reader,
            "events_per_minute",
            message.events_per_minute,
            bound,
        );
        let asked = per_minute.map(|per_minute| Self {
            filter,
            per_minute,
            asked_at: now,
            message: given,
        });
        reader.finish(asked)
    }

    /// When it was asked.
    pub(crate) fn asked_at(&self) -> Timestamp {
        self.asked_at
    }

    /// The answer.
    pub(crate) fn answer(&self, preview: Preview) -> v1::PreviewRetryResponse {
        let duration = SignedDuration::try_from(preview.duration).unwrap_or(SignedDuration::MAX);
        v1::PreviewRetryResponse {
            dossiers: whole(preview.dossiers),
            // One event of each: only the oldest unaccepted one can have failed.
            events: whole(preview.dossiers),
            blocked_events: whole(preview.blocked),
            groups: groups(preview.groups),
            untouched_dossiers: whole(preview.untouched),
            events_per_minute: i32::try_from(self.per_minute.get()).unwrap_or(i32::MAX),
            estimated_duration: Some(to_duration(duration)),
            preview_token: self.token(),
        }
    }

    fn token(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.asked_at.as_microsecond().to_be_bytes());
        bytes.extend(self.per_minute.get().to_be_bytes());
        bytes.extend(rand::random::<[u8; CHANCE]>());
        bytes.extend(self.message.encode_to_vec());
        let digest = page::digest(&bytes);
        URL_SAFE_NO_PAD.encode([&digest[..], &bytes].concat())
    }
}

impl Previewed {
    /// Reads a token at `now`.
    pub(super) fn read(token: &str, bound: NonZeroU32, now: Timestamp) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (digest, bytes) = bytes.split_first_chunk::<8>()?;
        (*digest == page::digest(bytes)).then_some(())?;
        let (&[VERSION], rest) = bytes.split_first_chunk::<1>()? else {
            return None;
        };
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (per_minute, rest) = rest.split_first_chunk::<4>()?;
        let (_, rest) = rest.split_first_chunk::<CHANCE>()?;
        let at = Timestamp::from_microsecond(i64::from_be_bytes(*at)).ok()?;
        let age = now.duration_since(at);
        (-CLOCKS_APART <= age && age <= VALID).then_some(())?;
        let mut reader = Reader::default();
        let message = v1::DossierFilter::decode(rest).ok()?;
        let filter = filter(&mut reader, Some(&message), at);
        let filter = reader.finish(Some(filter)).ok()?;
        (!filter.is_empty()).then_some(())?;
        let per_minute = NonZeroU32::new(u32::from_be_bytes(*per_minute))?;
        Some(Self {
            filter,
            // The bound may have been lowered since.
            per_minute: per_minute.min(bound),
            at,
            // A token starts one operation only.
            id: operation_id(bytes)?,
        })
    }
}

/// Reads a rate of at most `bound` a minute; zero is the bound itself.
pub(super) fn read_rate(
    reader: &mut Reader,
    field: &str,
    raw: i32,
    bound: NonZeroU32,
) -> Option<NonZeroU32> {
    match u32::try_from(raw).map(NonZeroU32::new) {
        Ok(None) => Some(bound),
        Ok(Some(rate)) if rate <= bound => Some(rate),
        Ok(Some(_)) | Err(_) => {
            let (least, most) = (0, i64::from(bound.get()));
            reader.refuse(field, InvalidField::OutOfRange { least, most });
            None
        }
    }
}
