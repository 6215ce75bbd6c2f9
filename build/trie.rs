//! All tokens as one double-array trie: a node's child for a byte is the node at `base ^ byte`,
//! if that node says it is the child for this byte of this very base.

// Ids and places fit by the sizes of the vocabularies, and the build would not pass otherwise.
#![allow(clippy::cast_possible_truncation)]

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What is said of a node where no token ends.
const NO_TOKEN: u32 = u32::MAX;

/// The flags of a node, above its byte. `src/bpe/vocabulary.rs` has the same.
const CHILD: u32 = 1 << 8;
const LEAF: u32 = 1 << 9;
const ENDS: u32 = 1 << 10;
/// The byte under which a node with children keeps the token that ends at it: no token of more
/// than one byte has it.
const END: u8 = 0x7F;

/// A node is `base << 12 | flags | byte`, or nought where there is none. No two nodes have the
/// same base, so the byte is all a child needs to prove. A node without children is
/// `token << 12 | ENDS | LEAF | CHILD | byte`. Where a token ends at a node with children, the node
/// says `ENDS`, and at `base ^ END` stands `token << 12 | END`. The root is node 0.
///
/// Tokens with low ids are the frequent ones. Their nodes come first, so that ordinary text
/// stays within a small part of the array; and children come close to their parents.
pub fn double_array(tokens: &[Vec<u8>]) -> Vec<u32> {
    assert!(tokens.iter().all(|token| token.len() < 2 || !token.contains(&END)));
    let nodes = plain_trie(tokens);
    let mut order: Vec<usize> =
        (0..nodes.len()).filter(|&n| !nodes[n].children.is_empty()).collect();
    let is_ascii = |node: &Node| tokens[node.first_token as usize].is_ascii();
    order.sort_by_key(|&node| (!is_ascii(&nodes[node]), nodes[node].first_token, node));

    let mut blocks = Blocks::new();
    let mut bases = vec![0; nodes.len()];
    let mut places = vec![0; nodes.len()];
    for node in order {
        let mut bytes: Vec<u8> = nodes[node].children.keys().copied().collect();
        if nodes[node].token != NO_TOKEN {
            bytes.push(END);
        }
        bases[node] = blocks.base_for(&bytes, places[node]);
        for (&byte, &child) in &nodes[node].children {
            places[child] = bases[node] ^ usize::from(byte);
        }
    }
    let mut array = vec![0; 256 * blocks.taken.len()];
    array[0] = word(bases[0], 0);
    for (parent, node) in nodes.iter().enumerate() {
        if node.token != NO_TOKEN && !node.children.is_empty() {
            array[bases[parent] ^ usize::from(END)] = word(node.token as usize, u32::from(END));
        }
        for (&byte, &child) in &node.children {
            let flags = match (nodes[child].children.is_empty(), nodes[child].token) {
                (true, token) => word(token as usize, ENDS | LEAF),
                (false, NO_TOKEN) => word(bases[child], 0),
                (false, _) => word(bases[child], ENDS),
            };
            assert_eq!(array[places[child]], 0, "no two nodes share a place");
            array[places[child]] = flags | CHILD | u32::from(byte);
        }
    }
    array
}

fn word(base: usize, low: u32) -> u32 {
    assert!(base < 1 << 20, "a base has 20 bits");
    (base as u32) << 12 | low
}

struct Node {
    token: u32,
    /// The lowest token at or below this node.
    first_token: u32,
    children: BTreeMap<u8, usize>,
}

fn plain_trie(tokens: &[Vec<u8>]) -> Vec<Node> {
    let node = |token| Node { token: NO_TOKEN, first_token: token, children: BTreeMap::new() };
    let mut nodes = vec![node(0)];
    for (id, token) in (0u32..).zip(tokens).filter(|(_, token)| !token.is_empty()) {
        let mut at = 0;
        for &byte in token {
            let fresh = nodes.len();
            at = *nodes[at].children.entry(byte).or_insert(fresh);
            if at == fresh {
                nodes.push(node(id));
            }
        }
        nodes[at].token = id;
    }
    nodes
}

/// 256 flags, one a byte.
type Flags = [u64; 4];

/// Which places of the array are taken, and which bases are: in blocks of 256, so that no child
/// of any base lies in another block.
struct Blocks {
    taken: Vec<Flags>,
    bases: Vec<Flags>,
}

/// How many of the last blocks are searched for room. What is further back is nearly full.
const SEARCHED: usize = 32;

impl Blocks {
    fn new() -> Self {
        // The first block has only the root in it, and its bases are left to nobody.
        Self { taken: vec![[u64::MAX; 4]], bases: vec![[u64::MAX; 4]] }
    }

    /// A base of its own at which the children for all these bytes find a free place, near this
    /// place if there is room.
    fn base_for(&mut self, bytes: &[u8], near: usize) -> usize {
        let first = self.taken.len().saturating_sub(SEARCHED);
        // Sixteen places are a cache line.
        let line = (near >> 4 & 15) as u8 ^ bytes[0] >> 4;
        let found = self
            .low_base_in(near >> 8, bytes, line << 4..=line << 4 | 15)
            .map(|low| (near >> 8, low))
            .or_else(|| {
                std::iter::once(near >> 8)
                    .chain(first..self.taken.len())
                    .find_map(|block| Some((block, self.low_base_in(block, bytes, 0..=255)?)))
            });
        let (block, low) = found.unwrap_or_else(|| {
            self.taken.push([0; 4]);
            self.bases.push([0; 4]);
            (self.taken.len() - 1, 0)
        });
        set(&mut self.bases[block], low);
        for &byte in bytes {
            set(&mut self.taken[block], low ^ byte);
        }
        block << 8 | usize::from(low)
    }

    fn low_base_in(&self, block: usize, bytes: &[u8], mut lows: RangeInclusive<u8>) -> Option<u8> {
        let mut unfit = self.bases[block];
        for &byte in bytes {
            let taken = exclusive_or(self.taken[block], byte);
            for (unfit, taken) in unfit.iter_mut().zip(taken) {
                *unfit |= taken;
            }
        }
        lows.find(|&low| unfit[usize::from(low) / 64] >> (low % 64) & 1 == 0)
    }
}

fn set(flags: &mut Flags, byte: u8) {
    flags[usize::from(byte) / 64] |= 1 << (byte % 64);
}

/// The flag of every byte moved to `byte ^ with`.
fn exclusive_or(flags: Flags, with: u8) -> Flags {
    const HALVES: [u64; 6] = [
        0x5555_5555_5555_5555,
        0x3333_3333_3333_3333,
        0x0F0F_0F0F_0F0F_0F0F,
        0x00FF_00FF_00FF_00FF,
        0x0000_FFFF_0000_FFFF,
        0x0000_0000_FFFF_FFFF,
    ];
    let mut moved = flags;
    for (index, word) in moved.iter_mut().enumerate() {
        *word = flags[index ^ usize::from(with >> 6)];
        for (bit, low) in HALVES.iter().enumerate() {
            if with >> bit & 1 == 1 {
                *word = (*word & low) << (1 << bit) | *word >> (1 << bit) & low;
            }
        }
    }
    moved
}
