//! Reports worked out by hand. All people, agencies below H60 and dossiers are invented.

mod board;
mod changes;
mod checked;
mod codes;
mod evidence;
mod figures;
mod gathering;
mod late;
mod month;
mod rules;
mod samples;
mod small;
