//! The public contract of lienthong: generated messages, clients and servers, and their descriptors.
//!
//! There is no logic here, and a message that decodes is not yet valid: the gateway's conversions
//! check it. The documentation of each item is the comment in its `.proto` file. Clients are generated
//! without a transport; give them a channel.

mod masked;

/// Package `lienthong.v1`.
///
/// `Debug` of a message with personal data shows only what may stand in a log.
#[expect(
    clippy::allow_attributes,
    clippy::large_enum_variant,
    clippy::pedantic,
    reason = "generated code"
)]
pub mod v1 {
    tonic::include_proto!("lienthong.v1");
}

/// Package `grpc.testing`: the service that the official gRPC interoperability clients call.
#[cfg(feature = "interop")]
#[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
pub mod interop {
    tonic::include_proto!("grpc.testing");
}

/// Encoded `google.protobuf.FileDescriptorSet` of package `lienthong.v1` with everything that it
/// imports, for server reflection and for JSON.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/lienthong.v1.bin"));

/// Encoded `google.protobuf.FileDescriptorSet` of package `grpc.testing`.
#[cfg(feature = "interop")]
pub const INTEROP_FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/grpc.testing.bin"));
