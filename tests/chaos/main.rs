//! The gateway killed at its write points and at random moments, frozen, its network cut and
//! slowed, the portal forgetting and answering wrongly: every event is at the portal once, in
//! order, none that was acknowledged is lost, and the facts are those that one gateway sees.
//!
//! What a reader would get wrong: these tests take minutes and need Debian's `strace` and
//! `postgresql`, so they run only when they are asked for (`--include-ignored`, as
//! `tests/run` does).

#[cfg(test)]
mod campaign;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod network;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod seat;
#[cfg(test)]
mod services;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod takeover;
