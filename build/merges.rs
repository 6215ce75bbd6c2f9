//! How each token came to be: the two tokens whose merge makes it, and a perfect hash from
//! those two to it.

// Ids and places fit by the sizes of the vocabularies, and the build would not pass otherwise.
#![allow(clippy::cast_possible_truncation)]

use std::collections::HashMap;

/// What the first slots of `splits` say of a token that is not made by a merge.
const NO_TOKEN: u32 = u32::MAX;

/// For every token the pair whose merge yields it, when its bytes are merged on their own. A
/// single byte is its own pair. Any text makes a token out of this very pair and of no other:
/// within the token's bytes, the merges happen in the order in which they would happen there
/// alone. So one pair a token is all a merge needs to know.
pub fn splits(tokens: &[Vec<u8>]) -> Vec<(u32, u32)> {
    let ranks: HashMap<&[u8], u32> = (0u32..)
        .zip(tokens)
        .filter(|(_, token)| !token.is_empty())
        .map(|(rank, token)| (token.as_slice(), rank))
        .collect();
    (0u32..)
        .zip(tokens)
        .map(|(rank, token)| match token.len() {
            0 => (NO_TOKEN, NO_TOKEN),
            1 => (rank, rank),
            _ => last_merge(token, rank, &ranks),
        })
        .collect()
}

fn last_merge(token: &[u8], rank: u32, ranks: &HashMap<&[u8], u32>) -> (u32, u32) {
    let mut bounds: Vec<usize> = (0..=token.len()).collect();
    while bounds.len() > 3 {
        let (merge, at) = (1..bounds.len() - 1)
            .filter_map(|at| Some((*ranks.get(&token[bounds[at - 1]..bounds[at + 1]])?, at)))
            .min()
            .expect("every token is reachable by merges");
        assert!(merge < rank, "a token's parts must have lower ranks than the token");
        bounds.remove(at);
    }
    let (left, right) = (ranks[&token[..bounds[1]]], ranks[&token[bounds[1]..]]);
    assert!(left < rank && right < rank, "a token's halves must have lower ranks than the token");
    (left, right)
}

/// Above the id of a token's left half: the token is quiet as the left one of two neighbours.
/// Above that of its right half: it is so as the right one. `src/bpe/vocabulary.rs` has it too.
const QUIET: u32 = 1 << 31;

/// The halves of every token, marked where a token is quiet. Between two neighbours that are both
/// quiet no merge happens but perhaps that of the two themselves, so that they need not be taken
/// apart to be sure of it. Nearly all Chinese characters are.
///
/// Taking the left neighbour apart leaves its right half, that one's right half, and so on. A
/// merge of any of these with something to the right counts only if it comes before the merge by
/// which it vanished: if none does, the token is quiet. Likewise to the other side, where an
/// equal merge counts too. Only such neighbours are looked at of which the left one ends in a
/// byte that is not ASCII, and the right one starts with the first byte of a character.
pub fn marked_halves(tokens: &[Vec<u8>], splits: &[(u32, u32)]) -> Vec<u32> {
    let ends_wide = |token: u32| tokens[token as usize].last().is_some_and(|byte| *byte >= 0x80);
    let begins = |token: u32| tokens[token as usize].first().is_some_and(|b| b & 0xC0 != 0x80);
    let is_merge = |token: u32| tokens[token as usize].len() > 1;
    let mut first_as_left = vec![u32::MAX; tokens.len()];
    let mut first_as_right = vec![u32::MAX; tokens.len()];
    for (token, &(left, right)) in (0u32..).zip(splits).filter(|&(token, _)| is_merge(token)) {
        if ends_wide(left) && begins(right) {
            let first = &mut first_as_left[left as usize];
            *first = token.min(*first);
            let first = &mut first_as_right[right as usize];
            *first = token.min(*first);
        }
    }
    // A token's halves come before it, so what holds for them is known.
    let mut quiet_left: Vec<bool> = Vec::new();
    let mut quiet_right: Vec<bool> = Vec::new();
    for (token, &(left, right)) in (0u32..).zip(splits) {
        let (left, right) = (left as usize, right as usize);
        quiet_left.push(match is_merge(token) {
            true => quiet_left[right] && first_as_left[right] >= token,
            false => ends_wide(token),
        });
        quiet_right.push(match is_merge(token) {
            true => quiet_right[left] && first_as_right[left] > token,
            false => begins(token),
        });
    }
    let mark = |half: u32, quiet: bool| if quiet { half | QUIET } else { half & !QUIET };
    splits
        .iter()
        .zip(quiet_left.into_iter().zip(quiet_right))
        .flat_map(|(&(left, right), quiet)| [mark(left, quiet.0), mark(right, quiet.1)])
        .collect()
}

/// The hash of a pair; `src/bpe/vocabulary.rs` has the same function.
fn hash(left: u32, right: u32) -> u64 {
    let product = (u64::from(left) << 18 | u64::from(right)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 32
}

/// A hash from pairs to the tokens they merge into.
pub struct Pairs {
    /// Two bits of one word are set for every pair. Most questions are about pairs that do not
    /// merge, and this small table answers nearly all of them.
    pub filter: Vec<u64>,
    /// The hash has no collisions: the pair's bucket names a pilot, the pilot its slot.
    pub pilots: Vec<u8>,
    /// The token's id in the low 18 bits and 14 bits of the pair's hash; the token's halves say
    /// whether it was this pair. Slots and buckets are powers of two: a quarter of the slots
    /// stays empty.
    pub slots: Vec<u32>,
}

pub fn pairs(splits: &[(u32, u32)]) -> Pairs {
    let size = splits.len().next_power_of_two();
    let mut buckets: Vec<Vec<(u64, u32)>> = vec![Vec::new(); size / 4];
    for (token, &(left, right)) in (0u32..).zip(splits) {
        if left != NO_TOKEN && (left, right) != (token, token) {
            let hash = hash(left, right);
            let entry = (hash >> 50 << 18) as u32 | token;
            buckets[(hash >> 40) as usize % (size / 4)].push((hash, entry));
        }
    }
    let mut filter = vec![0; size / 8];
    for &(hash, _) in buckets.iter().flatten() {
        filter[hash as usize % (size / 8)] |= 1 << (hash >> 52 & 63) | 1 << (hash >> 58);
    }
    let mut order: Vec<usize> = (0..buckets.len()).collect();
    order.sort_by_key(|&bucket| std::cmp::Reverse(buckets[bucket].len()));
    let mut pilots = vec![0; buckets.len()];
    let mut slots = vec![u32::MAX; size];
    for bucket in order {
        let keys = &buckets[bucket];
        let fits = |&pilot: &u8| {
            let mut taken: Vec<usize> = keys.iter().map(|key| slot(key.0, pilot, size)).collect();
            taken.sort_unstable();
            taken.windows(2).all(|two| two[0] != two[1])
                && taken.iter().all(|&slot| slots[slot] == u32::MAX)
        };
        let pilot = (0..=255).find(fits).expect("a quarter of the slots is free: some pilot fits");
        pilots[bucket] = pilot;
        for &(hash, entry) in keys {
            slots[slot(hash, pilot, size)] = entry;
        }
    }
    Pairs { filter, pilots, slots }
}

fn slot(hash: u64, pilot: u8, size: usize) -> usize {
    let step = (hash >> 20) | 1;
    hash.wrapping_add(u64::from(pilot).wrapping_mul(step)) as usize % size
}
