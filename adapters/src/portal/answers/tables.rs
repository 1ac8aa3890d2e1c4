//! The tables of the profiles.
//!
//! A failure is told in the same words by all of them, because wrappers pass the national
//! answer on; what a success looks like is each profile's own.

use lienthong_core::ports::portal::Reading;
use lienthong_core::sync::cause::Cause;

use super::table::{Codes, Meaning, Row, Sentence, Table, reads, refuses, row};
use super::words::{
    CODED_THINGS, DOSSIER, DOSSIER_PAUSED_OR_LATE, FIELD_FAULT, FILE, FILE_MISSING, MISSING,
    NAMED_IN_A_DOSSIER, NO_DUPLICATE, NO_RIGHT, NOT_FETCHED, NOT_THE_DOSSIER, OUT_OF_SERVICE,
    OUTAGE, OVERLOAD, SESSION_GONE,
};

/// P1 and P2.
pub(in crate::portal) static P1: Table = Table {
    blocks: &[DUPLICATE, SESSION, SUCCESS_BY_CODE, FAILURES],
};

/// The wrapper with `isUpdating`, which hands the national answer on (portal.md 10).
pub(in crate::portal) static P3_IS_UPDATING: Table = Table {
    blocks: &[DUPLICATE, SESSION, SUCCESS_BY_CODE, FAILURES],
};

/// The wrapper with three addresses, which demands the word whatever the code (portal.md
/// 21), and has none with a plain text.
pub(in crate::portal) static P3_THREE_URLS: Table = Table {
    blocks: &[DUPLICATE, SESSION, SUCCESS_BY_WORDS, FAILURES],
};

/// `NoiHoSo`. That its code is 0 or 200 where all is fine is an assumption of this
/// project; the manual shows only that it is a number (portal.md 9).
pub(in crate::portal) static P4: Table = Table {
    blocks: &[DUPLICATE, SUCCESS_BY_CODE, FAILURES],
};

/// Whatever the code (portal.md 21). What is said of a file, or of an account, is not said
/// of the dossier.
const DUPLICATE: &[Row] = &[reads(
    Codes::Any,
    Sentence::HoldsWithout(&["đã tồn tại"], NO_DUPLICATE),
    Reading::AlreadyThere,
)];

const SESSION: &[Row] = &[row(
    Codes::NonZero,
    Sentence::OfSession(SESSION_GONE),
    Meaning::SessionGone,
)];

/// What holds "thành công" and casts a doubt on it falls through to [`FAILURES`].
const SUCCESS_BY_CODE: &[Row] = &[
    reads(Codes::Zero, Sentence::Succeeds, Reading::Accepted),
    // OpenCPS v2 looks at the code alone.
    reads(Codes::Zero, Sentence::Empty, Reading::Accepted),
];

const SUCCESS_BY_WORDS: &[Row] = &[
    reads(Codes::Zero, Sentence::Succeeds, Reading::Accepted),
    reads(Codes::Text, Sentence::Succeeds, Reading::Accepted),
];

const FAILURES: &[Row] = &[
    // Nine steps out of ten: neither a refusal nor a call without effect.
    reads(
        Codes::NonZero,
        Sentence::ClaimsSuccess,
        Reading::NotUnderstood,
    ),
    // A code that is missing there, before the dossier that is missing there; the name
    // of a procedure may hold any word of an outage.
    refuses(
        Codes::NonZero,
        Sentence::Says(CODED_THINGS, MISSING),
        Cause::MappingMissing,
    ),
    refuses(
        Codes::NonZero,
        Sentence::Says(FILE, NOT_FETCHED),
        Cause::FileUnreachable,
    ),
    refuses(
        Codes::NonZero,
        Sentence::Holds(FILE_MISSING),
        Cause::FileUnreachable,
    ),
    row(
        Codes::Any,
        Sentence::Holds(OUT_OF_SERVICE),
        Meaning::OutOfService,
    ),
    reads(Codes::Zero, Sentence::Any, Reading::NotUnderstood),
    row(
        Codes::NonZero,
        Sentence::Holds(NO_RIGHT),
        Meaning::AccessDenied,
    ),
    row(
        Codes::NonZero,
        Sentence::Holds(OVERLOAD),
        Meaning::Throttled,
    ),
    refuses(
        Codes::NonZero,
        Sentence::SaysOnlyOf(NAMED_IN_A_DOSSIER, MISSING, DOSSIER),
        Cause::FieldRejected,
    ),
    // Only of the dossier itself: its state goes out as a create then.
    reads(
        Codes::NonZero,
        Sentence::SaysOnlyOf(DOSSIER, MISSING, NOT_THE_DOSSIER),
        Reading::NotThere,
    ),
    refuses(
        Codes::NonZero,
        Sentence::Holds(FIELD_FAULT),
        Cause::FieldRejected,
    ),
    reads(
        Codes::Any,
        Sentence::Holds(DOSSIER_PAUSED_OR_LATE),
        Reading::NotUnderstood,
    ),
    row(Codes::Any, Sentence::Holds(OUTAGE), Meaning::OutOfService),
    reads(Codes::Any, Sentence::Any, Reading::NotUnderstood),
];
