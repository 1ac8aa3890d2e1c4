//! Promises to users, each shown over real sockets: one file a promise.
//!
//! What a reader would get wrong: nothing here waits for time to pass. A test looks until it
//! sees what it is about, and the limit on looking is no promise of the gateway.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_messages;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod citizens;
#[cfg(test)]
mod coalescing;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod discretion;
#[cfg(test)]
mod dossier;
#[cfg(test)]
mod drain;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod health;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod pain_points;
#[cfg(test)]
mod permission;
#[cfg(test)]
mod population_faults;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod protocols;
#[cfg(test)]
mod province;
#[cfg(test)]
mod services;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod two_nodes;
