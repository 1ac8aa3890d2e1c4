//! The services of this gateway as one set of routes.
//!
//! A service is registered when it works; reflection and health list the same ones.

use lienthong_proto::v1::audit_service_server::AuditServiceServer;
use lienthong_proto::v1::catalogue_service_server::CatalogueServiceServer;
use lienthong_proto::v1::dossier_service_server::DossierServiceServer;
use lienthong_proto::v1::essential_services_service_server::EssentialServicesServiceServer;
use lienthong_proto::v1::population_service_server::PopulationServiceServer;
use lienthong_proto::v1::sync_service_server::SyncServiceServer;
use prost_reflect::DescriptorPool;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder;

use super::StartError;
use crate::door::DoorLimits;
use crate::services::audit::Audit;
use crate::services::catalogue::Catalogue;
use crate::services::dossier::Dossiers;
use crate::services::essential::EssentialServices;
use crate::services::population::Population;
use crate::services::sync::Sync;

/// Name of the service whose health follows the sync.
pub(crate) const SYNC_SERVICE: &str = <SyncServiceServer<Sync> as NamedService>::NAME;

const SERVICES: [&str; 6] = [
    <AuditServiceServer<Audit> as NamedService>::NAME,
    <CatalogueServiceServer<Catalogue> as NamedService>::NAME,
    <PopulationServiceServer<Population> as NamedService>::NAME,
    <DossierServiceServer<Dossiers> as NamedService>::NAME,
    <EssentialServicesServiceServer<EssentialServices> as NamedService>::NAME,
    SYNC_SERVICE,
];

/// The services.
pub(super) struct Services {
    pub(super) audit: Audit,
    pub(super) catalogue: Catalogue,
    pub(super) population: Population,
    pub(super) dossier: Dossiers,
    pub(super) essential: EssentialServices,
    pub(super) sync: Sync,
}

/// The descriptors of the contract, for JSON.
pub(super) fn descriptors() -> Result<DescriptorPool, StartError> {
    DescriptorPool::decode(lienthong_proto::FILE_DESCRIPTOR_SET).map_err(StartError::Descriptors)
}

/// Routes of `services`, of health and of reflection.
pub(super) async fn build(
    services: Services,
    limits: &DoorLimits,
) -> Result<(Routes, HealthReporter), StartError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    announce(&reporter, ServingStatus::Serving).await;
    let (most_in, most_out) = (limits.request_bytes, limits.answer_bytes);
    let routes = Routes::new(health)
        .add_service(reflection().build_v1().map_err(StartError::Reflection)?)
        .add_service(
            reflection()
                .build_v1alpha()
                .map_err(StartError::Reflection)?,
        )
        .add_service(
            AuditServiceServer::new(services.audit)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        )
        .add_service(
            CatalogueServiceServer::new(services.catalogue)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        )
        .add_service(
            PopulationServiceServer::new(services.population)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        )
        .add_service(
            DossierServiceServer::new(services.dossier)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        )
        .add_service(
            EssentialServicesServiceServer::new(services.essential)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        )
        .add_service(
            SyncServiceServer::new(services.sync)
                .max_decoding_message_size(most_in)
                .max_encoding_message_size(most_out),
        );
    Ok((routes, reporter))
}

/// Tells the health service about every service at once, and about the whole.
pub(super) async fn announce(reporter: &HealthReporter, status: ServingStatus) {
    for service in SERVICES.into_iter().chain([""]) {
        reporter.set_service_status(service, status).await;
    }
}

fn reflection() -> Builder<'static> {
    let builder = Builder::configure()
        .register_encoded_file_descriptor_set(lienthong_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name("grpc.health.v1.Health");
    SERVICES
        .into_iter()
        .fold(builder, Builder::with_service_name)
}
