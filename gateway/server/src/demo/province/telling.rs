//! How a procedure system would tell the gateway of an invented dossier.
//!
//! What a reader would get wrong: people are told of here, as events have them. They are
//! invented, carry the place code 000 that no province has, and are called so.

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::dossier::event::{Event, EventBody, EventId};
use lienthong_core::dossier::{
    Document, Dossier, DossierDates, Fee, FeeCollection, FileUrl, Owner, OwnerKind, ResultPaper,
    ReturnMethod, Step, SubmissionPlace,
};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::FieldCode;
use lienthong_core::text::Text;
use lienthong_proto::v1;
use lienthong_proto::v1::record_events_request::Event as Item;

use super::InventError;
use super::life::{Life, Paper, Stop};
use crate::convert::dossier_reply;
use crate::demo::messages::timestamp;

/// The system that records the invented dossiers.
pub const CLIENT: &str = "igate";

/// What the step of an apology says.
const APOLOGY: &str = "Ban hành văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết (Mẫu 04)";

/// Something that happens to a dossier.
#[derive(Debug, Clone, Copy)]
enum Happening {
    State(PortalStatus),
    Stop(Stop),
    Apology,
}

impl Life {
    /// Everything that happened before `until`, in order.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn events(&self, until: Timestamp) -> Result<Vec<Event>, InventError> {
        let client = ClientName::parse(CLIENT).ok_or(InventError::Value("client"))?;
        let mut happened = self.happened();
        happened.retain(|(at, _)| *at < until);
        let events = (1..).zip(happened).map(|(revision, (at, happening))| {
            let id = format!("{}/{revision}", self.number.as_str());
            Ok(Event {
                client: client.clone(),
                id: EventId::parse(&id).ok_or(InventError::Value("event"))?,
                occurred_at: at,
                body: self.body(at, happening)?,
            })
        });
        events.collect()
    }

    /// The same as items of a stream.
    ///
    /// # Errors
    /// As [`Life::events`].
    pub fn requests(&self, until: Timestamp) -> Result<Vec<v1::RecordEventsRequest>, InventError> {
        let events = self.events(until)?.into_iter();
        Ok(events.map(request).collect())
    }

    fn happened(&self) -> Vec<(Timestamp, Happening)> {
        let state = Happening::State;
        let mut all = vec![(self.received, state(PortalStatus::Received))];
        all.extend(
            self.trail
                .iter()
                .map(|stop| (stop.at, Happening::Stop(*stop))),
        );
        for (from, until) in &self.supplements {
            all.push((*from, state(PortalStatus::SupplementRequired)));
            all.push((*until, state(PortalStatus::Processing)));
        }
        all.extend(self.apologised.map(|at| (at, Happening::Apology)));
        let processing = state(PortalStatus::Processing);
        all.extend(self.moved.map(|(at, _)| (at, processing)));
        all.push((self.finished, state(PortalStatus::Processed)));
        if let Some((back, again)) = self.reopened {
            all.push((back, processing));
            all.push((again, state(PortalStatus::Processed)));
        }
        all.sort_by_key(|(at, _)| *at);
        all
    }

    fn body(&self, at: Timestamp, happening: Happening) -> Result<EventBody, InventError> {
        Ok(match happening {
            Happening::State(status) => EventBody::State(Box::new(self.state(at, status)?)),
            Happening::Stop(stop) => self.step(at, stop.department, "Xử lý hồ sơ")?,
            Happening::Apology => self.step(at, super::kinds::DESK, APOLOGY)?,
        })
    }

    fn step(
        &self,
        at: Timestamp,
        department: &str,
        content: &str,
    ) -> Result<EventBody, InventError> {
        Ok(EventBody::Step {
            dossier: self.number.clone(),
            step: Box::new(Step {
                handler_name: text("Cán bộ giả lập")?,
                handler_title: None,
                handled_at: at,
                department: Some(text(department)?),
                content: text(content)?,
                status: PortalStatus::Processing,
                started_at: None,
                due_at: None,
            }),
        })
    }

    fn state(&self, at: Timestamp, status: PortalStatus) -> Result<Dossier, InventError> {
        let over = status == PortalStatus::Processed;
        let moved = self.moved.filter(|(moved, _)| *moved <= at);
        let due = moved.map_or(self.due, |(_, due)| due);
        let documents = self.papers.iter().map(|paper| self.document(paper));
        Ok(Dossier {
            number: self.number.clone(),
            procedure: self.procedure.clone(),
            procedure_name: text(self.kind.name)?,
            field: FieldCode::parse(self.kind.field.0)?,
            field_name: text(self.kind.field.1)?,
            receipt_number: None,
            channel: self.channel,
            owner: self.owner()?,
            summary: text(self.kind.name)?,
            note: None,
            other_information: None,
            dates: DossierDates {
                submitted: self.submitted,
                received: self.received,
                due: Some(due),
                finished: over.then_some(at),
                returned: None,
                refused: None,
            },
            status,
            return_method: ReturnMethod::Direct,
            return_information: None,
            receiving_unit: Some(self.unit.clone()),
            processing_unit_name: text(self.kind.level.name())?,
            submitted_at_place: SubmissionPlace::NationalPortal,
            has_digitised_components: self.papers.iter().any(|paper| paper.digitised),
            vneid_verified_account: self.vneid,
            online_payment: self.payment,
            connected_databases: Vec::new(),
            documents: documents.collect::<Result<_, _>>()?,
            fees: self.fees()?,
            other_attachments: Vec::new(),
            results: if over {
                vec![self.result()?]
            } else {
                Vec::new()
            },
        })
    }

    fn owner(&self) -> Result<Owner, InventError> {
        let kind = if self.kind.companies {
            OwnerKind::Enterprise
        } else {
            OwnerKind::Citizen
        };
        let number = format!("0001{:02}{:06}", self.place % 90, self.place % 1_000_000);
        Ok(Owner {
            kind,
            name: text(&format!("NGƯỜI THỬ {}", self.place + 1))?,
            identities: vec![PersonalNumber::parse(&number)?.into()],
            tech_id: None,
            email: None,
            fax: None,
            phone: None,
        })
    }

    fn document(&self, paper: &Paper) -> Result<Document, InventError> {
        let number = self.number.as_str();
        Ok(Document {
            id: None,
            name: text("giay-to.pdf")?,
            deleted: false,
            component: paper.component.clone(),
            url: url(&format!("{number}/{}.pdf", paper.file))?,
            digitised: paper.digitised,
            reuse: paper.reuse,
            from_national_store: false,
            replaced_by_result: paper.replaced_by.clone(),
        })
    }

    fn fees(&self) -> Result<Vec<Fee>, InventError> {
        if self.fee == 0 {
            return Ok(Vec::new());
        }
        Ok(vec![Fee {
            name: text("Lệ phí giả lập")?,
            code: text("LP01")?,
            collected: FeeCollection::AtIntake,
            amount: self.fee,
            kind: text("1")?,
        }])
    }

    fn result(&self) -> Result<ResultPaper, InventError> {
        let number = self.number.as_str();
        let file = url(&format!("{number}/ket-qua.pdf"))?;
        Ok(ResultPaper {
            name: text("Kết quả giải quyết")?,
            component: None,
            id: None,
            result: Some(self.result.clone()),
            url: self.result_file.then_some(file),
        })
    }
}

fn request(event: Event) -> v1::RecordEventsRequest {
    let occurred_at = Some(timestamp(event.occurred_at));
    let event_id = event.id.as_str().to_owned();
    let item = match event.body {
        EventBody::State(dossier) => Item::Dossier(v1::RecordDossierRequest {
            event_id,
            occurred_at,
            dossier: Some(dossier_reply::dossier(&dossier)),
        }),
        EventBody::Step { dossier, step } => Item::Progress(v1::RecordProgressRequest {
            event_id,
            occurred_at,
            dossier_code: dossier.as_str().to_owned(),
            step: Some(v1::Step {
                handler_name: step.handler_name.as_str().to_owned(),
                department: step
                    .department
                    .map(|department| department.as_str().to_owned())
                    .unwrap_or_default(),
                handled_at: Some(timestamp(step.handled_at)),
                content: step.content.as_str().to_owned(),
                status: v1::PortalStatus::Processing.into(),
                ..v1::Step::default()
            }),
        }),
    };
    v1::RecordEventsRequest { event: Some(item) }
}

fn url(path: &str) -> Result<FileUrl, InventError> {
    let url = format!("https://files.h60.example/{path}");
    FileUrl::parse(&url).ok_or(InventError::Value("url"))
}

/// A text of an invented dossier.
pub(super) fn text<const MOST: usize>(text: &str) -> Result<Text<MOST>, InventError> {
    Text::parse(text).map_err(|_| InventError::Value("text"))
}
