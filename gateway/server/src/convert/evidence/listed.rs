//! What is asked of the register, and one page of the answer.

use jiff::civil::Date;
use lienthong_core::document::parse_date;
use lienthong_core::essential::{ServiceList, ServiceNumber};
use lienthong_core::evidence::{Evidence, EvidenceClass, Standing};
use lienthong_core::ports::evidence::RegisteredEvidence;
use lienthong_core::report::Language;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;
use prost::Message as _;

use super::super::page::{self, Digest};
use super::super::{InvalidField, Reader, to_timestamp};
use super::asked::class_of;
use super::evidence;
use crate::status::ServerError;

/// A checked question for evidence.
#[derive(Debug)]
pub(crate) struct ListAsked {
    service: Option<ServiceNumber>,
    class: Option<EvidenceClass>,
    /// Judged on this day.
    pub(crate) on: Date,
    with_invalid: bool,
    most: usize,
    before: Option<u64>,
    digest: Digest,
}

impl ListAsked {
    /// Reads a question about the services of the list; `today` counts where no day is named.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::ListEvidenceRequest,
        today: Date,
        services: &ServiceList,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let service = match u16::try_from(message.service_number) {
            Ok(0) => Some(None),
            Ok(number) => ServiceNumber::new(number)
                .filter(|number| services.service(*number).is_some())
                .map(Some),
            Err(_) => None,
        };
        if service.is_none() {
            let numbers = services.services().iter().map(|it| it.number.get());
            let (least, most) = (1, numbers.max().map_or(1, i64::from));
            reader.refuse("service_number", InvalidField::OutOfRange { least, most });
        }
        let class = Class::try_from(message.class).map(class_of);
        let class = reader.take("class", class.map_err(|_| InvalidField::UnknownValue));
        let on = reader.optional("as_of", &message.as_of, |raw| {
            parse_date(raw).map_err(|_| InvalidField::Day)
        });
        let most = page::read_size(&mut reader, message.page_size);
        let conditions = v1::ListEvidenceRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        let digest = page::digest(&conditions.encode_to_vec());
        let token = &message.page_token;
        let before = page::read_token(&mut reader, token, digest, page::read_number_place);
        let asked = (|| {
            Some(Self {
                service: service?,
                class: class?,
                on: on.unwrap_or(today),
                with_invalid: message.include_invalid,
                most: usize::try_from(most?).unwrap_or(usize::MAX),
                before,
                digest,
            })
        })();
        reader.finish(asked)
    }

    /// One page of `history`, which is in the order of recording; the last recorded first.
    pub(crate) fn answer(
        &self,
        history: &[RegisteredEvidence],
        standing: impl Fn(&Evidence) -> Standing,
    ) -> v1::ListEvidenceResponse {
        let mut found = history.iter().rev().filter_map(|entry| {
            let piece = &entry.evidence;
            let meant = self.before.is_none_or(|before| entry.sequence < before)
                && self.service.is_none_or(|it| piece.services.contains(&it))
                && self.class.is_none_or(|it| it == piece.class);
            let standing = meant.then(|| standing(piece))?;
            (self.with_invalid || standing == Standing::Valid).then_some((entry, standing))
        });
        let page: Vec<_> = found.by_ref().take(self.most).collect();
        let next_page_token = match (page.last(), found.next()) {
            (Some((last, _)), Some(_)) => {
                page::token(self.digest, &page::number_place(last.sequence))
            }
            (None, _) | (_, None) => String::new(),
        };
        v1::ListEvidenceResponse {
            evidence: page.iter().map(|(entry, it)| judged(entry, it)).collect(),
            next_page_token,
        }
    }
}

fn judged(entry: &RegisteredEvidence, standing: &Standing) -> v1::JudgedEvidence {
    v1::JudgedEvidence {
        evidence: Some(evidence(&entry.evidence)),
        valid: *standing == Standing::Valid,
        reason_vi: standing.text(Language::Vietnamese),
        reason_en: standing.text(Language::English),
        recorded_at: Some(to_timestamp(entry.recorded_at)),
    }
}
