//! Compiles the `.proto` files with protox, so that no `protoc` has to be installed.
//!
//! The descriptor sets are written from `encode_file_descriptor_set`, without comments: the set that
//! goes through prost's types would lose custom options.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The gateway's own contract.
const CONTRACT: &[&str] = &[
    "lienthong/v1/audit.proto",
    "lienthong/v1/catalogue.proto",
    "lienthong/v1/common.proto",
    "lienthong/v1/dossier.proto",
    "lienthong/v1/essential_services.proto",
    "lienthong/v1/intake.proto",
    "lienthong/v1/population.proto",
    "lienthong/v1/sync.proto",
];

/// The official gRPC interoperability service.
const INTEROP: &[&str] = &[
    "grpc/testing/empty.proto",
    "grpc/testing/messages.proto",
    "grpc/testing/test.proto",
];

/// Messages and oneofs whose `Debug` is written by hand in `src/masked.rs`, because they carry
/// personal data.
const MASKED: &str = include_str!("masked_messages.txt");

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is set by cargo")?);
    for source in ["lienthong", "grpc", "masked_messages.txt"] {
        println!("cargo:rerun-if-changed={source}");
    }
    generate(CONTRACT, &out.join("lienthong.v1.bin"))?;
    if env::var_os("CARGO_FEATURE_INTEROP").is_some() {
        generate(INTEROP, &out.join("grpc.testing.bin"))?;
    }
    Ok(())
}

/// Generates clients and servers for `files` and writes their descriptor set, with all imports.
fn generate(files: &[&str], descriptor_set: &Path) -> Result<(), Box<dyn Error>> {
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(files)?;
    let with_comments = compiler.file_descriptor_set();
    compiler.include_source_info(false);
    fs::write(descriptor_set, compiler.encode_file_descriptor_set())?;

    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .build_transport(false)
        .emit_rerun_if_changed(false)
        // A report is cut into parts without being copied.
        .bytes(".lienthong.v1.ExportReportResponse")
        .skip_debug(MASKED.lines())
        .compile_fds(with_comments)?;
    Ok(())
}
