mod claimed;
mod lawful;
mod laws;
mod near;
mod order;
mod samples;
mod times;
mod whole;
