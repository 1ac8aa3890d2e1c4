//! What is documented of the essential services is held against what the traffic shows, and
//! an outage is held against nobody.

mod asking;
mod documents;
mod ground;
mod importing;
mod keeping;
mod morning;
mod outage;
mod reports;
mod traffic;
