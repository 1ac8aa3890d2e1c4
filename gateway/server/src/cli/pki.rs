//! `lienthong pki dev`.

use std::path::Path;

use lienthong_core::clock::Clock as _;

use super::print::{chain, complain, say};
use super::{DONE, FAILED};
use crate::clock::SystemClock;
use crate::lang::Lang;
use crate::pki::{PkiNames, write_development_pki};

/// Writes a development PKI into `dir`.
pub(super) fn run(dir: &Path, lang: Lang) -> u8 {
    match write_development_pki(dir, &PkiNames::default(), SystemClock.now()) {
        Ok(files) => {
            say(lang.pick(
                "Khoá và chứng thư số để phát triển (không dùng khi vận hành):",
                "Keys and certificates for development (never for operation):",
            ));
            for path in files.all() {
                say(&format!("  {}", path.display()));
            }
            DONE
        }
        Err(error) => {
            complain(&chain(&error));
            FAILED
        }
    }
}
