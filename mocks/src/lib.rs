//! The government side, simulated over real sockets: the national population database behind the
//! four kinds of bus that provinces have, and the National Public Service Portal.
//!
//! What a reader would get wrong: this crate shares no type with the gateway. It is a second hand
//! that wrote down the same domain documents (population.md, portal.md), so that a wrong field
//! name cannot be wrong on both sides at once. Everything it knows of people is invented, under
//! the place code 000 which no table assigns.
//!
//! ```no_run
//! # async fn example() -> Result<(), lienthong_mocks::MocksError> {
//! use lienthong_mocks::{Fault, FaultEffect, Mocks, MocksConfig};
//!
//! let mocks = Mocks::start(MocksConfig::on_free_ports()).await?;
//! let lost_answer = Fault::new(FaultEffect::DropAfterEffect).on("DongBoHoSoMC");
//! assert_eq!(mocks.portal().script(lost_answer), Ok(()));
//! // … call mocks.portal_url() …
//! assert_eq!(mocks.portal().journal().len(), 0);
//! mocks.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod backstage;
mod clock;
mod config;
mod control;
mod fault;
mod guarded;
mod journal;
mod listener;
mod people;
mod population;
mod portal;
mod running;
mod tls;

pub use config::{
    EsbService, EsbSettings, JsonFlatSettings, JsonWrapSettings, LgspAccess, LgspApplication,
    LookupAnswer, MocksConfig, MocksError, NgspSettings, NoiHoSoSettings, OfficerKey,
    PopulationSettings, PortalGeneration, PortalSettings, TimestampUnit, TlsFiles, UnitElement,
    WrapAccess, WrapperSettings,
};
pub use fault::{ErrorCode, Fault, FaultEffect, ScriptProblem, Storm, StormRule};
pub use journal::{Entry, Outcome};
pub use people::SampleCitizen;
pub use population::{
    AddressLayout, AnswerShape, CodeLayout, DateFormat, NameLayout, NotFoundForm, PopulationMock,
    UnusablePrefix,
};
pub use portal::{EffectCounts, EffectKind, Over, Pace, PortalDossier, PortalEffect, PortalMock};
pub use running::Mocks;
