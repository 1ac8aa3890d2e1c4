//! A gateway whose population database answers what a test says, word for word.
//!
//! What a reader would get wrong: every question is asked of the source. An answer that was
//! kept, or a breaker that is open, would keep the words from ever being read.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, ensure};
use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use prost_types::FieldMask;
use tonic::Status;
use tonic::transport::Channel;

use crate::patience::eventually;
use crate::profile::Profile;
use crate::settings::Settings;
use crate::stage::Stage;

/// What is asked about the citizen `plain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The record, by 037.
    Record,
    /// The household.
    Household,
    /// Father and mother.
    Relatives,
}

impl Question {
    /// Name of its operation at the mock.
    fn operation(self) -> &'static str {
        match self {
            Self::Record => "037",
            Self::Household => "household",
            Self::Relatives => "relatives",
        }
    }
}

/// The gateway and its database.
pub struct Answers {
    profile: Profile,
    stage: Stage,
    client: PopulationServiceClient<Channel>,
}

impl Answers {
    /// Starts both, with this profile between them.
    ///
    /// # Errors
    /// What did not start.
    pub async fn start(profile: Profile) -> Result<Self> {
        let parents = "['personal_number', 'full_name', 'birth', 'father', 'mother']";
        let settings = Settings::for_profile(profile)
            .with_short_look_ups()
            .with("access.grants.0.fields", parents);
        let stage = Stage::with(settings).await?;
        let client = stage.plain_vendor().await?.population;
        Ok(Self {
            profile,
            stage,
            client,
        })
    }

    /// The verdict, or the failure, that `body` leads to as the answer to `question`.
    ///
    /// # Errors
    /// When the database is not asked.
    pub async fn read(
        &self,
        question: Question,
        body: &str,
    ) -> Result<Result<v1::Verdict, Status>> {
        // After some refusals there is a short pause.
        eventually("the database is asked", async || {
            let population = self.stage.mocks().population();
            population
                .script(self.answer(question, body))
                .map_err(|problems| anyhow!("{problems:?}"))?;
            let ended = self.ask(question).await?;
            let was_asked = population.waiting_faults().is_empty();
            population.clear_faults();
            ensure!(
                was_asked || ended.is_err(),
                "an answer that the database did not give"
            );
            Ok(was_asked.then_some(ended))
        })
        .await
    }

    fn answer(&self, question: Question, body: &str) -> Fault {
        let media_type = if self.profile.is_soap() {
            "text/xml; charset=utf-8"
        } else {
            "application/json"
        };
        let effect = FaultEffect::Status {
            code: 200,
            body: body.to_owned(),
            headers: BTreeMap::from([("content-type".to_owned(), media_type.to_owned())]),
        };
        Fault::new(effect)
            .on(question.operation())
            .through(self.profile.name())
    }

    async fn ask(&self, question: Question) -> Result<Result<v1::Verdict, Status>> {
        let citizen = self.stage.citizen("plain")?;
        let dossier = self.stage.dossier_code(1);
        let freshness = Some(v1::Freshness {
            refresh: true,
            max_age: None,
        });
        let mut client = self.client.clone();
        let fields: &[&str] = match question {
            Question::Record => &["personal_number", "full_name"],
            Question::Relatives => &["full_name", "father", "mother"],
            Question::Household => {
                let request = v1::LookupHouseholdRequest {
                    freshness,
                    ..messages::household(&citizen, &dossier)
                };
                let answer = client.lookup_household(request).await;
                return Ok(answer.map(|answer| answer.get_ref().verdict()));
            }
        };
        let request = v1::LookupCitizenRequest {
            freshness,
            fields: Some(FieldMask {
                paths: fields.iter().map(|path| (*path).to_owned()).collect(),
            }),
            ..messages::look_up(&citizen, &dossier)
        };
        let answer = client.lookup_citizen(request).await;
        Ok(answer.map(|answer| answer.get_ref().verdict()))
    }
}
