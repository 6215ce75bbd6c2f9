//! What a request costs before it is sent, and what it cost when it is answered: models and
//! prices as data, money in integers, framing, estimate, limits, bill. Pure: no file, no network,
//! no clock, no environment; nothing here fails for a reason outside its arguments.

#![deny(clippy::float_arithmetic)]

pub mod bill;
pub mod body;
pub mod count;
pub mod estimate;
pub mod fields;
pub mod framing;
pub mod images;
pub mod limits;
mod making;
pub mod message;
pub mod models;
pub mod money;
pub mod pictures;
pub mod price;
pub mod pricemap;
pub mod rate;
mod rendering;
pub mod schema;
mod source;
pub mod tools;

#[cfg(test)]
mod fuzz_tests;
