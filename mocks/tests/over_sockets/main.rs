//! The mocks as a client meets them: over real sockets, with a client that shares nothing with
//! the gateway.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod caller;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod control;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod households;
#[cfg(test)]
mod json_flat;
#[cfg(test)]
mod json_wrap_xml;
#[cfg(test)]
mod ngsp;
#[cfg(test)]
mod noi_ho_so;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod population;
#[cfg(test)]
mod population_faults;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod secured;
#[cfg(test)]
mod soap_esb;
#[cfg(test)]
mod weather;
#[cfg(test)]
mod wrappers;
