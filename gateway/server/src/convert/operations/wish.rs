//! Which wishes are one and the same.
//!
//! What a reader would get wrong: a caller who heard nothing repeats his call, and must not
//! start a second operation by it. By a name of his own the same wish is known for ever;
//! without one, an equal wish of the same day is the same while its operation has not ended,
//! and a new one afterwards.

use lienthong_core::ports::operations::{OperationId, OperationKind};
use lienthong_core::wire_time::local_date;
use prost::Message;

use super::super::{InvalidField, Reader};
use super::operation_id;
use super::start::Caller;
use crate::sync::operations::Again;

/// Fewest and most characters of a caller's own name for a wish: fewer are not unique.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=64;

/// The operation that a wish starts.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) id: OperationId,
    pub(super) again: Again,
}

impl Wish {
    /// The wish `message` of `caller`, who may have given it the name `request_id`.
    pub(super) fn read(
        reader: &mut Reader,
        request_id: &str,
        caller: Caller<'_>,
        kind: OperationKind,
        message: &impl Message,
    ) -> Option<Self> {
        let named = reader.optional("request_id", request_id, |raw| {
            let fits = LENGTH.contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_graphic());
            fits.then(|| raw.to_owned()).ok_or(InvalidField::RequestId)
        });
        let system = caller.system.as_str();
        let (content, again) = if let Some(name) = named {
            (name.into_bytes(), Again::Never)
        } else {
            let day = local_date(caller.now).to_string();
            let content = [day.as_bytes(), b" ", &message.encode_to_vec()].concat();
            (content, Again::OnceEnded)
        };
        // Without a zero byte in any of them, two different wishes cannot run together.
        let whose = format!("{}\0{system}\0{again:?}\0", kind.name());
        let id = operation_id(&[whose.as_bytes(), &content].concat())?;
        Some(Self { id, again })
    }
}
