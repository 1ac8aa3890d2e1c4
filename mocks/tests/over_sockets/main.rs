//! The mocks as a client meets them: over real sockets, with a client that shares nothing with
//! the gateway.

#[cfg(test)]
mod caller;
#[cfg(test)]
mod control;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod population;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod secured;
