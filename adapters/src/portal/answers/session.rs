//! Whether an answer is about the session, which no code tells (portal.md 3).

use lienthong_core::ports::portal::Reading;

use super::envelope::{Code, Envelope};
use super::search::is_empty;
use super::table::Meaning;
use super::tables::P1;
use super::told::Hidden;
use super::words::{FIELD_NAMED, OUT_OF_SERVICE, SESSION_GONE};

impl Envelope {
    /// Whether the portal seems not to have acted because of the session. `-1` alone
    /// is a general error (portal.md 3), so the sentence decides.
    pub(in crate::portal) fn refuses_session(&self) -> bool {
        let text = without_user_name(&self.folded());
        self.class() == Code::NonZero
            && ["session", "đăng nhập"]
                .iter()
                .chain(SESSION_GONE)
                .any(|words| text.contains(words))
    }

    /// Whether an answer that is fine by its code, and empty, speaks of the session all the
    /// same. Only a question may be put once more because of it: a write may have been
    /// applied.
    pub(in crate::portal) fn is_empty_for_want_of_session(&self) -> bool {
        let text = without_user_name(&self.folded());
        self.class() == Code::Zero
            && is_empty(self.result())
            && SESSION_GONE.iter().any(|words| text.contains(words))
    }

    /// Whether the table of P1 reads a refusal of the call's content out of an answer that
    /// names a field, and does not say outright that the session is gone. Without the
    /// name it stays a fault of the session: that one passes, a refusal does not.
    pub(in crate::portal) fn refuses_call(&self) -> bool {
        let text = without_user_name(&self.folded());
        let refused = P1.meaning(self, &Hidden::NOTHING);
        let refused = matches!(refused, Meaning::Reads(Reading::Refused { .. }));
        let holds = |words: &[&str]| words.iter().any(|words| text.contains(words));
        refused && holds(FIELD_NAMED) && !holds(SESSION_GONE)
    }

    /// Whether the portal says that it is out of service.
    pub(in crate::portal) fn is_out_of_service(&self) -> bool {
        let text = self.folded();
        OUT_OF_SERVICE.iter().any(|words| text.contains(words))
    }
}

/// The sentence without "tên đăng nhập": a user name is a field like any other.
pub(super) fn without_user_name(folded: &str) -> String {
    folded.replace("tên đăng nhập", "")
}
