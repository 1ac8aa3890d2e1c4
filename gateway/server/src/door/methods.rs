//! The methods that the door knows by name.
//!
//! What a reader would get wrong: a path that is not in this table is still passed on
//! to the services, which answer that they do not know it. The table decides what may
//! be called with JSON, which calls get a default deadline, and which names may become
//! labels of metrics; a path that a caller made up never does.

use std::collections::HashMap;
use std::sync::Arc;

use prost_reflect::{DescriptorPool, MethodDescriptor};

/// Services that answer without a known caller and in overload, so that probes and
/// tools can see what is there; they have limits of their own.
const OPEN_SERVICES: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// One method.
#[derive(Debug)]
pub(super) struct Method {
    /// Full name of its service.
    pub(super) service: Arc<str>,
    /// Its name.
    pub(super) name: Arc<str>,
    /// Its descriptor.
    pub(super) descriptor: MethodDescriptor,
    /// Whether it belongs to health or reflection.
    pub(super) open: bool,
}

impl Method {
    /// One request message.
    pub(super) fn takes_one(&self) -> bool {
        !self.descriptor.is_client_streaming()
    }

    /// One request message and one answer message.
    pub(super) fn is_unary(&self) -> bool {
        self.takes_one() && !self.descriptor.is_server_streaming()
    }
}

/// Every method by its path.
#[derive(Debug)]
pub(super) struct Methods {
    by_path: HashMap<String, Arc<Method>>,
    pool: DescriptorPool,
}

impl Methods {
    /// The methods of `pool`, of health and of reflection.
    pub(super) fn new(mut pool: DescriptorPool) -> Self {
        for known in [
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
            tonic_types::pb::FILE_DESCRIPTOR_SET,
        ] {
            if let Err(error) = pool.decode_file_descriptor_set(known) {
                tracing::warn!(%error, "a well-known service is left out of the descriptors");
            }
        }
        let mut by_path = HashMap::new();
        for service in pool.services() {
            let service_name: Arc<str> = service.full_name().into();
            for descriptor in service.methods() {
                let method = Method {
                    service: Arc::clone(&service_name),
                    name: descriptor.name().into(),
                    open: OPEN_SERVICES.contains(&service_name.as_ref()),
                    descriptor,
                };
                let path = format!("/{service_name}/{}", method.name);
                by_path.insert(path, Arc::new(method));
            }
        }
        Self { by_path, pool }
    }

    /// The method at `path`.
    pub(super) fn find(&self, path: &str) -> Option<&Arc<Method>> {
        self.by_path.get(path)
    }

    /// All descriptors, with those of `google.rpc` for the details of errors.
    pub(super) fn pool(&self) -> &DescriptorPool {
        &self.pool
    }
}
