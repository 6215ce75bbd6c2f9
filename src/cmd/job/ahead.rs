//! Booking ahead. Where answers come as quickly as the disk, records are booked a block at a time,
//! with one sync of the disk for all of them: the first pass has found out what each block can
//! cost. Where answers take longer, each record is booked when it is about to be sent, and nothing
//! else is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::account::money::Picodollars;
use crate::cmd::request::Claim;

/// An answer that takes longer is one to wait for.
const QUICK: Duration = Duration::from_millis(5);
/// So many records are booked together at most. While they are asked, the next are booked.
const MOST: u32 = 1024;
/// And no more than can cost a dollar: what a job books that is killed then stays booked, and other
/// jobs' budgets count it.
const DEAREST: Picodollars = Picodollars(1_000_000_000_000);
/// How much larger each block is than the one before.
const GROWTH: u32 = 4;

/// What the requests of a block can cost.
#[derive(Clone)]
pub struct Block {
    pub prompt_tokens: u64,
    pub reply_tokens: u64,
    pub estimated: bool,
    pub worst: Picodollars,
    pub requests: u32,
    /// No two of its records can share a booking.
    apart: bool,
    /// The number of its last record.
    last: u64,
}

impl Block {
    /// Of one request.
    pub fn of(claim: &Claim<'_>) -> Self {
        Self {
            prompt_tokens: claim.prompt_tokens,
            reply_tokens: claim.reply_tokens,
            estimated: !claim.exact,
            worst: claim.worst,
            requests: 1,
            apart: false,
            last: 0,
        }
    }

    fn has_room(&self, one: &Self, most: u32) -> bool {
        !self.apart && self.requests < most && !self.is_too_dear_with(one)
    }

    /// The next one is as dear as the only one, or those, that are booked for themselves.
    fn is_apart_with(&self, one: &Self) -> bool {
        if self.apart {
            one.is_too_dear_with(one)
        } else {
            self.requests == 1 && self.is_too_dear_with(one)
        }
    }

    fn is_too_dear_with(&self, one: &Self) -> bool {
        self.worst.plus(one.worst) > DEAREST
    }

    fn add(&mut self, one: &Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(one.prompt_tokens);
        self.reply_tokens = self.reply_tokens.saturating_add(one.reply_tokens);
        self.estimated |= one.estimated;
        self.worst = self.worst.plus(one.worst);
        self.requests += one.requests;
    }
}

/// The blocks of a job, as the first pass finds them. They are small at first, while nobody knows
/// how long an answer takes.
pub struct Blocks {
    list: Vec<Block>,
    /// How many records the last one may have.
    size: u32,
}

impl Blocks {
    /// Of a job that asks so many at once.
    pub fn new(at_once: u32) -> Self {
        Self { list: Vec::new(), size: at_once.clamp(1, MOST) }
    }

    /// Adds a request, behind those before it.
    pub fn add(&mut self, index: u64, one: &Block) {
        match self.list.last_mut() {
            Some(last) if last.has_room(one, self.size) => last.add(one),
            Some(last) if last.is_apart_with(one) => last.apart = true,
            last => {
                let grown = (self.size * GROWTH).min(MOST);
                self.size = if last.is_some() { grown } else { self.size };
                self.list.push(one.clone());
            }
        }
        if let Some(last) = self.list.last_mut() {
            last.last = index;
        }
    }

    fn place(&self, index: u64) -> usize {
        self.list.partition_point(|block| block.last < index)
    }
}

/// Who books blocks, and which are booked.
pub struct Ahead<'a, B> {
    blocks: &'a Blocks,
    states: Mutex<Vec<State<B>>>,
    changed: Condvar,
    /// How long an answer took lately, in nanoseconds.
    lately: AtomicU64,
}

#[derive(Clone, Copy)]
enum State<B> {
    /// Nobody has asked for one of its records.
    Untouched,
    /// Somebody is booking it.
    Begun,
    /// So many of its requests are still in the bundle.
    Booked(B, u32),
    /// Each of its records is booked for itself.
    Apart,
}

impl<'a, B: Copy> Ahead<'a, B> {
    pub fn new(blocks: &'a Blocks) -> Self {
        let states = vec![State::Untouched; blocks.list.len()];
        let (changed, lately) = (Condvar::new(), AtomicU64::new(u64::MAX));
        Self { blocks, states: Mutex::new(states), changed, lately }
    }

    /// An answer took so long.
    pub fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let lately = match self.lately.load(Ordering::Relaxed) {
            u64::MAX => time,
            before => before / 8 * 7 + time / 8,
        };
        // That two threads overlook each other does not matter.
        self.lately.store(lately, Ordering::Relaxed);
    }

    /// The bundle that a record is booked in, if it is in one. It is its only request of that
    /// number. `book` books a block, if that can be.
    pub fn bundle(&self, index: u64, book: impl Fn(&Block) -> Option<B>) -> Option<B> {
        let at = self.blocks.place(index);
        let mut states = lock(&self.states);
        loop {
            match states.get(at).copied()? {
                State::Booked(_, 0) | State::Apart => return None,
                State::Booked(bundle, left) => {
                    states[at] = State::Booked(bundle, left - 1);
                    let is_first = left == self.blocks.list[at].requests;
                    if is_first && matches!(states.get(at + 1), Some(State::Untouched)) {
                        drop(self.book(states, at + 1, book));
                    }
                    return Some(bundle);
                }
                State::Begun => {
                    states = self.changed.wait(states).unwrap_or_else(PoisonError::into_inner);
                }
                State::Untouched => states = self.book(states, at, &book),
            }
        }
    }

    fn book<'s>(
        &'s self,
        mut states: MutexGuard<'s, Vec<State<B>>>,
        at: usize,
        book: impl Fn(&Block) -> Option<B>,
    ) -> MutexGuard<'s, Vec<State<B>>> {
        let block = &self.blocks.list[at];
        let quick = Duration::from_nanos(self.lately.load(Ordering::Relaxed)) < QUICK;
        if !quick || block.apart || block.requests < 2 {
            states[at] = State::Apart;
            return states;
        }
        states[at] = State::Begun;
        drop(states);
        let bundle = book(block);
        let mut states = lock(&self.states);
        states[at] = bundle.map_or(State::Apart, |bundle| State::Booked(bundle, block.requests));
        self.changed.notify_all();
        states
    }

    /// Those bundles of which something is left that nobody has asked for.
    pub fn left(&self) -> Vec<B> {
        let left = |state: &State<B>| match state {
            State::Booked(bundle, left) if *left > 0 => Some(*bundle),
            _ => None,
        };
        lock(&self.states).iter().filter_map(left).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn claim(prompt_tokens: u64) -> Claim<'static> {
        Claim {
            command: "chat",
            model: "m",
            prompt_tokens,
            reply_tokens: 10,
            exact: true,
            worst: Picodollars(prompt_tokens.into()),
        }
    }

    fn blocks(at_once: u32, records: impl Iterator<Item = u64>) -> Blocks {
        let mut blocks = Blocks::new(at_once);
        for index in records {
            blocks.add(index, &Block::of(&claim(index)));
        }
        blocks
    }

    #[test]
    fn blocks_grow_from_a_record_a_thread() {
        for (at_once, records, expected) in [
            (1, 40, &[(1, 1), (5, 4), (21, 16), (40, 19)][..]),
            (16, 2500, &[(16, 16), (80, 64), (336, 256), (1360, 1024), (2384, 1024), (2500, 116)]),
            (2000, 2500, &[(1024, 1024), (2048, 1024), (2500, 452)]),
            (4, 0, &[]),
        ] {
            let blocks = blocks(at_once, 1..=records);
            let found: Vec<_> =
                blocks.list.iter().map(|block| (block.last, block.requests)).collect();
            assert_eq!(found, expected, "{at_once}");
        }
    }

    #[test]
    fn a_block_costs_a_dollar_at_most_and_dear_records_are_booked_apart() {
        for (at_once, cents, expected) in [
            (2, &[10; 30][..], &[(2, 2), (10, 8), (20, 10), (30, 10)][..]),
            (4, &[40; 5], &[(2, 2), (4, 2), (5, 1)]),
            (4, &[60; 9], &[(9, 1)]),
            (4, &[300; 9], &[(9, 1)]),
            (1, &[0; 30], &[(1, 1), (5, 4), (21, 16), (30, 9)]),
            (4, &[300, 300, 1, 1, 300, 300, 1], &[(2, 1), (4, 2), (6, 1), (7, 1)]),
        ] {
            let mut blocks = Blocks::new(at_once);
            for (index, cents) in (1..).zip(cents) {
                let worst = Picodollars(cents * 10_000_000_000);
                blocks.add(index, &Block::of(&Claim { worst, ..claim(1) }));
            }
            let found: Vec<_> =
                blocks.list.iter().map(|block| (block.last, block.requests)).collect();
            assert_eq!(found, expected, "{at_once} {cents:?}");
        }
    }

    #[test]
    fn dear_records_are_not_booked_ahead() {
        let mut blocks = Blocks::new(2);
        for index in 1..=9 {
            let worst = Picodollars(2 * DEAREST.0);
            blocks.add(index, &Block::of(&Claim { worst, ..claim(1) }));
        }
        let ahead = Ahead::new(&blocks);
        ahead.took(Duration::ZERO);
        for index in 1..=9 {
            assert_eq!(ahead.bundle(index, |_| Some(())), None);
        }
    }

    #[test]
    fn a_block_is_the_sum_of_its_requests_wherever_they_stand() {
        let blocks = blocks(2, [5, 9, 11, 12].into_iter());
        let sums = |block: &Block| (block.prompt_tokens, block.reply_tokens, block.worst.0);
        assert_eq!(blocks.list.iter().map(sums).collect::<Vec<_>>(), [(14, 20, 14), (23, 20, 23)]);
        for (index, expected) in [(1, 0), (5, 0), (9, 0), (10, 1), (12, 1), (13, 2)] {
            assert_eq!(blocks.place(index), expected, "{index}");
        }
    }

    /// Asks for these records, where an answer takes so many milliseconds, and one block cannot be
    /// booked: which block each is in, by its last record; and which blocks were booked.
    fn asked(millis: u64, indices: &[u64]) -> (Vec<Option<u64>>, Vec<u64>, Vec<u64>) {
        let blocks = blocks(2, 1..=60);
        let ahead = Ahead::new(&blocks);
        let booked = RefCell::new(Vec::new());
        let book = |block: &Block| {
            booked.borrow_mut().push(block.last);
            Some(block.last).filter(|last| *last != 42)
        };
        let ask = |index: &u64| {
            let bundle = ahead.bundle(*index, book);
            ahead.took(Duration::from_millis(millis));
            bundle
        };
        let bundles = indices.iter().map(ask).collect();
        let left = ahead.left();
        (bundles, booked.into_inner(), left)
    }

    #[test]
    fn the_next_block_is_booked_while_one_is_asked() {
        let (bundles, booked, left) = asked(1, &[1, 2, 3, 4, 10, 11, 12, 42, 43, 44]);
        let (none, second, last) = (None, Some(10), Some(60));
        let expected = [none, none, second, second, second, none, none, none, last, last];
        assert_eq!(bundles, expected);
        assert_eq!((booked.as_slice(), left.as_slice()), (&[10, 42, 60][..], &[10, 60][..]));
    }

    #[test]
    fn what_nobody_asks_for_is_left() {
        let (bundles, booked, left) = asked(1, &[1, 3, 4, 5]);
        assert_eq!(bundles, [None, Some(10), Some(10), Some(10)]);
        assert_eq!((booked.as_slice(), left.as_slice()), (&[10, 42][..], &[10][..]));
    }

    #[test]
    fn where_answers_take_their_time_nothing_is_booked_ahead() {
        let indices: Vec<u64> = (1..=60).collect();
        assert_eq!(asked(5, &indices), (vec![None; 60], Vec::new(), Vec::new()));
    }
}
