//! What every store promises, as tests that any store can be put through.
//!
//! A promise is an async function of a ground: a fresh place for a store. For each
//! port a macro turns all of its promises into tests of one store; a promise that is
//! not in its list is not run, and the compiler says that it is never used.

pub(crate) mod audit;
pub(crate) mod outbox;

/// Makes a test of each promise of a suite; `$ground` is an expression for a fresh
/// ground.
macro_rules! promises {
    ($suite:ident, $ground:expr => $($area:ident { $($promise:ident),+ $(,)? })+) => {$(
        mod $area {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    crate::store::conformance::$suite::$area::$promise(&$ground).await;
                }
            )+
        }
    )+};
}
pub(crate) use promises;
