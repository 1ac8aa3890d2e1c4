//! Under which key an answer is kept.
//!
//! A key is a keyed hash: neither the key nor a dump of the cache's index tells who was
//! asked about. Each part goes in behind its length, because parts that merely follow
//! one another would let two different questions meet (`A` + `BC` and `AB` + `C`).

use std::fmt;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use aws_lc_rs::rand::SystemRandom;
use lienthong_core::access::AccessContext;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::Identity;
use lienthong_core::lookup::keeping::Scope;
use lienthong_core::name::{FullName, KeyRule, NameKey};
use lienthong_core::ports::population::Operation;
use thiserror::Error;
use zeroize::Zeroizing;

/// The system gives no random numbers, so there can be no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the system gives no random numbers for the key of the cache")]
pub struct NoRandomness;

/// One question within one scope. It is worth nothing after the cache was cleared:
/// nothing is found under it and nothing is kept under it any more.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheKey {
    pub(super) hash: KeyHash,
    pub(super) generation: u64,
}

/// 16 bytes of HMAC-SHA256: two of a thousand million questions meet with a chance
/// below 1 in 10^20.
pub(super) type KeyHash = [u8; 16];

/// Keyed hash of one spelling of a name.
pub(super) type Spelling = [u8; 8];

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey(***)")
    }
}

/// Makes keys under a random key of this process.
pub(super) struct KeyMaker(Key);

impl KeyMaker {
    pub(super) fn random() -> Result<Self, NoRandomness> {
        Key::generate(HMAC_SHA256, &SystemRandom::new())
            .map(Self)
            .map_err(|_| NoRandomness)
    }

    /// The hash of a question. `rule` is that of the profile that is asked: names with
    /// one key are one question to it (population.md 2.3).
    pub(super) fn question(
        &self,
        scope: Scope,
        context: &AccessContext,
        operation: Operation,
        query: &CitizenQuery,
        rule: KeyRule,
    ) -> KeyHash {
        let within = match scope {
            Scope::Dossier => [context.client.as_str(), context.dossier.as_str()],
            Scope::Procedure => [context.client.as_str(), context.procedure.as_str()],
            Scope::Province => ["", ""],
        };
        let kind = match query.identity {
            Identity::PersonalNumber(_) => "personal number",
            Identity::OldIdCard(_) => "old card",
        };
        let name = NameKey::of(&query.name, rule);
        let birth = Zeroizing::new(query.birth.to_iso());
        self.hash([
            "question",
            scope.name(),
            within[0],
            within[1],
            operation.name(),
            kind,
            query.identity.expose(),
            name.expose(),
            birth.as_str(),
        ])
    }

    /// The hash of a name as it is spelt, with its accents and case.
    pub(super) fn spelling(&self, name: &FullName) -> Spelling {
        self.hash(["spelling", name.expose()])
    }

    /// The first `N` bytes of the hash; at most 32.
    fn hash<const PARTS: usize, const N: usize>(&self, parts: [&str; PARTS]) -> [u8; N] {
        let mut context = Context::with_key(&self.0);
        framed(&parts, |bytes| context.update(bytes));
        let mut hash = [0; N];
        for (to, from) in hash.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        hash
    }
}

/// Gives each part behind its length in eight bytes.
fn framed(parts: &[&str], mut take: impl FnMut(&[u8])) {
    for part in parts {
        take(&(part.len() as u64).to_be_bytes());
        take(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
    use lienthong_core::agency::AgencyCode;
    use lienthong_core::birth::BirthDate;
    use lienthong_core::dossier_number::DossierNumber;
    use lienthong_core::identity::{OldIdCardNumber, PersonalNumber};
    use lienthong_core::procedure::ProcedureCode;
    use proptest::prelude::*;

    use super::*;

    fn context() -> AccessContext {
        AccessContext {
            client: ClientName::parse("igate").unwrap(),
            officer: OfficerId::parse("cb01").unwrap(),
            officer_account: None,
            unit: AgencyCode::parse("H42").unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            dossier: DossierNumber::parse("000.00.01.H42-261122-0001").unwrap(),
            purpose: Purpose::DossierIntake,
            legal_basis: None,
        }
    }

    fn query(number: &str, name: &str, birth: &str) -> CitizenQuery {
        CitizenQuery {
            identity: PersonalNumber::parse(number).unwrap().into(),
            name: FullName::parse(name).unwrap(),
            birth: BirthDate::parse(birth).unwrap(),
        }
    }

    fn sample() -> CitizenQuery {
        query("000185000001", "TRẦN THỊ MẪU THỬ", "1985-02-13")
    }

    #[test]
    fn one_question_has_one_key_whatever_its_accents_and_whoever_the_officer() {
        let maker = KeyMaker::random().unwrap();
        let key = |context: &AccessContext, query: &CitizenQuery| {
            let rule = KeyRule::default();
            maker.question(Scope::Dossier, context, Operation::LookUp, query, rule)
        };
        let other_officer = AccessContext {
            officer: OfficerId::parse("cb02").unwrap(),
            purpose: Purpose::ResultDelivery,
            ..context()
        };
        let without_accents = query("000185000001", "tran thi mau thu", "1985-02-13");
        let expected = key(&context(), &sample());
        assert_eq!(key(&other_officer, &sample()), expected);
        assert_eq!(key(&context(), &without_accents), expected);
        assert_ne!(
            maker.spelling(&sample().name),
            maker.spelling(&without_accents.name)
        );
    }

    #[test]
    fn whatever_differs_in_the_question_differs_in_the_key() {
        let maker = KeyMaker::random().unwrap();
        let key = |query: &CitizenQuery, operation| {
            let rule = KeyRule::default();
            maker.question(Scope::Dossier, &context(), operation, query, rule)
        };
        let mut keys: Vec<_> = Operation::ALL
            .iter()
            .map(|operation| key(&sample(), *operation))
            .collect();
        for query in [
            query("000185000002", "TRẦN THỊ MẪU THỬ", "1985-02-13"),
            query("000185000001", "TRẦN THỊ MẪU", "1985-02-13"),
            query("000185000001", "TRẦN THỊ MẪU THỬ", "1985-02-14"),
            query("000185000001", "TRẦN THỊ MẪU THỬ", "1985"),
            CitizenQuery {
                identity: OldIdCardNumber::parse("000185001").unwrap().into(),
                ..sample()
            },
        ] {
            keys.push(key(&query, Operation::LookUp));
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn the_scope_says_who_shares_a_key() {
        let maker = KeyMaker::random().unwrap();
        let key = |scope, context: &AccessContext| {
            let rule = KeyRule::default();
            maker.question(scope, context, Operation::LookUp, &sample(), rule)
        };
        let other_dossier = AccessContext {
            dossier: DossierNumber::parse("000.00.01.H42-261122-0002").unwrap(),
            ..context()
        };
        let other_procedure = AccessContext {
            procedure: ProcedureCode::parse("1.004873").unwrap(),
            ..other_dossier.clone()
        };
        let other_client = AccessContext {
            client: ClientName::parse("opencps").unwrap(),
            ..context()
        };
        let shared = |scope| {
            [&other_dossier, &other_procedure, &other_client]
                .map(|other| key(scope, other) == key(scope, &context()))
        };
        assert_eq!(shared(Scope::Dossier), [false, false, false]);
        assert_eq!(shared(Scope::Procedure), [true, false, false]);
        assert_eq!(shared(Scope::Province), [true, true, true]);
    }

    #[test]
    fn another_process_has_other_keys() {
        let [one, two] = [(); 2].map(|()| {
            let maker = KeyMaker::random().unwrap();
            let rule = KeyRule::default();
            maker.question(
                Scope::Province,
                &context(),
                Operation::LookUp,
                &sample(),
                rule,
            )
        });
        assert_ne!(one, two);
    }

    #[test]
    fn a_key_shows_nothing() {
        let key = CacheKey {
            hash: [7; 16],
            generation: 1,
        };
        assert_eq!(format!("{key:?}"), "CacheKey(***)");
    }

    fn frame(parts: &[String]) -> Vec<u8> {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let mut bytes = Vec::new();
        framed(&parts, |more| bytes.extend_from_slice(more));
        bytes
    }

    /// Reads the parts back, which only an unambiguous form allows.
    fn parts_of(mut bytes: &[u8]) -> Vec<String> {
        let mut parts = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk() {
            let length = usize::try_from(u64::from_be_bytes(*length)).unwrap();
            let (part, rest) = rest.split_at(length);
            parts.push(String::from_utf8(part.to_vec()).unwrap());
            bytes = rest;
        }
        parts
    }

    proptest! {
        #[test]
        fn parts_can_be_told_apart_whatever_they_hold(
            parts in prop::collection::vec(any::<String>(), 0..6),
        ) {
            prop_assert_eq!(parts_of(&frame(&parts)), parts);
        }

        #[test]
        fn moving_a_boundary_changes_the_form(text in ".{2,20}", cut in 1..2usize) {
            let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
            let split = |n| [text[..at(n)].to_owned(), text[at(n)..].to_owned()];
            prop_assert_ne!(frame(&split(cut)), frame(&split(cut - 1)));
        }
    }
}
