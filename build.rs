//! Compiles the vocabularies and the Unicode classes into flat little-endian arrays that the
//! program includes as they are: nothing is parsed, allocated or relocated when it starts.
//! The tokens come from tiktoken-rs, the classes from the tables of the regex crates it uses.

#[path = "build/classes.rs"]
mod classes;
#[path = "build/link.rs"]
mod link;
#[path = "build/merges.rs"]
mod merges;
#[path = "build/trie.rs"]
mod trie;
#[path = "build/version.rs"]
mod version;

use std::path::{Path, PathBuf};
use std::{env, fs};

use tiktoken_rs::CoreBPE;

/// Ids from here on are asked for only to find special tokens; the last known is 201,087.
const LAST_SPECIAL: u32 = 202_000;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    // Set by hand, to build on x86-64 what other processors get.
    println!("cargo::rustc-check-cfg=cfg(plain)");
    version::tell();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    link::arrange(&out);

    let r50k = tiktoken_rs::r50k_base().expect("r50k_base");
    let p50k = tiktoken_rs::p50k_base().expect("p50k_base");
    let p50k_edit = tiktoken_rs::p50k_edit().expect("p50k_edit");
    let cl100k = tiktoken_rs::cl100k_base().expect("cl100k_base");
    let o200k = tiktoken_rs::o200k_base().expect("o200k_base");
    let harmony = tiktoken_rs::o200k_harmony().expect("o200k_harmony");

    // r50k_base is p50k_base without its last 24 tokens, so both share one set of tables.
    let tokens = ordinary(&p50k, 50_281, &[50_256]);
    assert_eq!(ordinary(&r50k, 50_256, &[]), tokens[..50_256]);
    assert_eq!(ordinary(&p50k_edit, 50_281, &[50_256]), tokens);
    write_vocabulary(&out, "p50k", &tokens);
    write_vocabulary(&out, "cl100k", &ordinary(&cl100k, 100_256, &[]));
    let tokens = ordinary(&o200k, 199_998, &[]);
    assert_eq!(ordinary(&harmony, 199_998, &[]), tokens);
    write_vocabulary(&out, "o200k", &tokens);

    write_specials(&out, "r50k_base", &r50k, 50_256);
    write_specials(&out, "p50k_base", &p50k, 50_256);
    write_specials(&out, "p50k_edit", &p50k_edit, 50_256);
    write_specials(&out, "cl100k_base", &cl100k, 100_256);
    write_specials(&out, "o200k_base", &o200k, 199_998);
    write_specials(&out, "o200k_harmony", &harmony, 199_998);

    let (blocks, classes) = classes::two_level();
    write(&out, "classes.blocks", &blocks);
    write(&out, "classes.flags", &classes);
    write(&out, "classes.ascii", &classes[..128]);
}

/// The bytes of every ordinary token by id; an id that holds a special token is left empty.
fn ordinary(bpe: &CoreBPE, count: u32, holes: &[u32]) -> Vec<Vec<u8>> {
    let bytes = |id| match bpe.decode_bytes(&[id]) {
        Ok(bytes) if !holes.contains(&id) => bytes,
        _ => Vec::new(),
    };
    (0..count).map(bytes).collect()
}

fn write_vocabulary(out: &Path, name: &str, tokens: &[Vec<u8>]) {
    let splits = merges::splits(tokens);
    let pairs = merges::pairs(&splits);
    write(
        out,
        &format!("{name}.filter"),
        &pairs.filter.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>(),
    );
    write(out, &format!("{name}.pilots"), &pairs.pilots);
    write(out, &format!("{name}.pairs"), &little_endian(&pairs.slots));
    let halves = merges::marked_halves(tokens, &splits);
    write(out, &format!("{name}.halves"), &little_endian(&halves));
    write(out, &format!("{name}.trie"), &little_endian(&trie::double_array(tokens)));

    assert!(tokens.iter().take(256).all(|token| token.len() == 1), "src/bpe relies on this");
    let mut starts = Vec::new();
    let mut lengths = Vec::new();
    let mut bytes = Vec::new();
    for (id, token) in tokens.iter().enumerate() {
        if id % 64 == 0 {
            starts.push(u32::try_from(bytes.len()).expect("a vocabulary is a few megabytes"));
        }
        lengths.push(u8::try_from(token.len()).expect("no token is longer than 128 bytes"));
        bytes.extend_from_slice(token);
    }
    assert!(lengths.iter().all(|&length| length <= 128), "src/bpe relies on this bound");
    write(out, &format!("{name}.starts"), &little_endian(&starts));
    write(out, &format!("{name}.lengths"), &lengths);
    write(out, &format!("{name}.bytes"), &bytes);
}

/// Records of `id, length, bytes`, in order of their ids.
fn write_specials(out: &Path, name: &str, bpe: &CoreBPE, first: u32) {
    let mut records = Vec::new();
    for id in first..LAST_SPECIAL {
        let Ok(bytes) = bpe.decode_bytes(&[id]) else { continue };
        if bytes.starts_with(b"<|") && bytes.ends_with(b"|>") {
            records.extend_from_slice(&id.to_le_bytes());
            records.push(u8::try_from(bytes.len()).expect("special tokens are short"));
            records.extend_from_slice(&bytes);
        }
    }
    write(out, &format!("{name}.specials"), &records);
}

fn little_endian(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn write(out: &Path, name: &str, bytes: &[u8]) {
    fs::write(out.join(name), bytes).expect("OUT_DIR can be written");
}
