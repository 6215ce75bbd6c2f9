//! Names of records, told apart without keeping them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// A few bytes a record: of two names that differ, no 128 bits are the same.
pub struct Ids {
    seen: HashMap<u128, u64>,
    keys: [RandomState; 2],
}

impl Ids {
    pub fn new() -> Self {
        Self { seen: HashMap::new(), keys: [RandomState::new(), RandomState::new()] }
    }

    /// Takes the name of a record; which record had it before, if one had.
    pub fn take(&mut self, name: &str, index: u64) -> Option<u64> {
        let [high, low] = self.keys.each_ref().map(|key| u128::from(key.hash_one(name)));
        self.seen.insert(high << 64 | low, index)
    }
}
