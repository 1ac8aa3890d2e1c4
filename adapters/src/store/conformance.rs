//! What every store promises, as tests that any store can be put through.
//!
//! A promise is an async function of a ground: a fresh place for a store. For each
//! port a macro turns all of its promises into tests of one store; a promise that is
//! not in its list is not run, and the compiler says that it is never used.

pub(crate) mod audit;
pub(crate) mod feed;
pub(crate) mod ledger;
pub(crate) mod observations;
pub(crate) mod operations;
pub(crate) mod outbox;
pub(crate) mod register;

/// Makes a test of each promise of a suite; `$ground` is an expression for a fresh
/// ground. Brackets before it hold one more attribute for each test.
macro_rules! promises {
    (@$suite:ident $attribute:tt $ground:expr =>
        $($area:ident { $($promise:ident),+ $(,)? })+) => {$(
        mod $area {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #$attribute
                async fn $promise() {
                    crate::store::conformance::$suite::$area::$promise(&$ground).await;
                }
            )+
        }
    )+};
    ($suite:ident, [$($attribute:tt)+] $ground:expr => $($rest:tt)+) => {
        crate::store::conformance::promises! { @$suite [$($attribute)+] $ground => $($rest)+ }
    };
    ($suite:ident, $ground:expr => $($rest:tt)+) => {
        crate::store::conformance::promises! { @$suite [cfg(test)] $ground => $($rest)+ }
    };
}
pub(crate) use promises;
