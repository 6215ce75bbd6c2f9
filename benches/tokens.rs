//! How quick `gpt tokens` is, against named rivals in one run: `wc -w` in a UTF-8 locale, and a
//! ten-line program on tiktoken-rs (this program itself, called with `rival`). Whole processes,
//! from start to exit, taking turns; medians and ratios are printed. (Memory is held by
//! tests/memory/run: what is built for a bench is not quite what is installed.)
//!
//! `cargo bench --bench tokens` runs it all; `cargo bench --bench tokens -- english` one input.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[path = "tokens/inputs.rs"]
mod inputs;

/// The rival: what people write with tiktoken-rs to count a file.
fn rival(encoding: &str, file: &str) {
    let tokenizer = match encoding {
        "cl100k_base" => tiktoken_rs::cl100k_base(),
        _ => tiktoken_rs::o200k_base(),
    };
    let mut text = String::new();
    File::open(file).unwrap().read_to_string(&mut text).unwrap();
    println!("{}", tokenizer.unwrap().encode_ordinary(&text).len());
}

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [word, encoding, file] = arguments.as_slice()
        && word == "rival"
    {
        return rival(encoding, file);
    }
    let directory = std::env::temp_dir().join("gpt-bench-tokens");
    fs::create_dir_all(&directory).unwrap();
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|word| word == name);
    println!("whole processes in turn, medians; MB/s are millions of bytes a second");
    if wanted("short") {
        short(&directory);
    }
    for (name, megabytes, make) in inputs::ALL {
        if wanted(name) {
            let file = directory.join(name);
            if fs::metadata(&file).map_or(0, |about| about.len()) != (megabytes * 1_000_000) as u64
            {
                fs::write(&file, make(megabytes * 1_000_000)).unwrap();
            }
            throughput(name, &file);
        }
    }
    if wanted("unbroken") {
        unbroken(&directory);
    }
}

/// A program to time.
struct Racer {
    name: &'static str,
    command: Command,
    times: Vec<Duration>,
}

impl Racer {
    fn new(name: &'static str, program: impl AsRef<Path>, arguments: &[&str]) -> Self {
        let mut command = Command::new(program.as_ref());
        command.args(arguments).env("LC_ALL", "C.UTF-8").stdout(Stdio::piped());
        Self { name, command, times: Vec::new() }
    }

    fn run(&mut self) -> String {
        let start = Instant::now();
        let output = self.command.output().unwrap();
        self.times.push(start.elapsed());
        assert!(output.status.success(), "{} fails", self.name);
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().next().unwrap_or_default().to_owned()
    }

    fn median(&mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64()
    }
}

/// Runs all of them `rounds` times in turn, after one round that does not count.
fn race(mut racers: Vec<Racer>, rounds: usize) -> BTreeMap<&'static str, (f64, String)> {
    let mut answers = BTreeMap::new();
    for round in 0..=rounds {
        for racer in &mut racers {
            answers.insert(racer.name, racer.run());
            if round == 0 {
                racer.times.clear();
            }
        }
    }
    racers
        .iter_mut()
        .map(|racer| (racer.name, (racer.median(), answers[racer.name].clone())))
        .collect()
}

fn gpt() -> &'static str {
    env!("CARGO_BIN_EXE_gpt")
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn short(directory: &Path) {
    let file = directory.join("short");
    fs::write(&file, "hello world").unwrap();
    let file = file.to_str().unwrap();
    for encoding in ["cl100k_base", "o200k_base"] {
        let racers = vec![
            Racer::new("gpt", gpt(), &["tokens", "-e", encoding, file]),
            Racer::new("wc", "wc", &["-w", file]),
            Racer::new("tiktoken-rs", this_program(), &["rival", encoding, file]),
        ];
        let results = race(racers, 40);
        let seconds = |name: &str| results[name].0;
        println!(
            "short, {encoding}: gpt {:.2} ms, wc -w {:.2} ms ({:.2} times it), tiktoken-rs {:.0} ms ({:.0} times gpt)",
            seconds("gpt") * 1e3,
            seconds("wc") * 1e3,
            seconds("gpt") / seconds("wc"),
            seconds("tiktoken-rs") * 1e3,
            seconds("tiktoken-rs") / seconds("gpt"),
        );
    }
}

fn throughput(name: &str, file: &Path) {
    let megabytes = fs::metadata(file).unwrap().len() as f64 / 1e6;
    let file = file.to_str().unwrap();
    for encoding in ["cl100k_base", "o200k_base"] {
        let racers = vec![
            Racer::new("one", gpt(), &["tokens", "-c", "-j", "1", "-e", encoding, file]),
            Racer::new("two", gpt(), &["tokens", "-c", "-j", "2", "-e", encoding, file]),
            Racer::new("wc", "wc", &["-w", file]),
        ];
        let results = race(racers, 5);
        let rival = Racer::new("rival", this_program(), &["rival", encoding, file]);
        let rival = race(vec![rival], 1);
        assert_eq!(results["one"].1, rival["rival"].1, "the counts are the same");
        assert_eq!(results["one"].1, results["two"].1, "the counts are the same");
        let speed = |seconds: f64| megabytes / seconds;
        let (one, two, wc) =
            (speed(results["one"].0), speed(results["two"].0), speed(results["wc"].0));
        let rival = speed(rival["rival"].0);
        println!(
            "{name}, {encoding}: gpt {one:.0} MB/s on one thread, {two:.0} on two ({:.2} times); \
             {:.2} times wc -w ({wc:.0}), {:.1} times tiktoken-rs ({rival:.1})",
            two / one,
            one / wc,
            one / rival,
        );
    }
}

/// Four megabytes without a place to cut, or of nothing but white space.
fn unbroken(directory: &Path) {
    for (name, text) in inputs::unbroken(4_000_000) {
        let file = directory.join("unbroken");
        fs::write(&file, &text).unwrap();
        let file = file.to_str().unwrap();
        for encoding in ["cl100k_base", "o200k_base"] {
            let racer =
                Racer::new("gpt", gpt(), &["tokens", "-c", "-j", "1", "-e", encoding, file]);
            let seconds = race(vec![racer], 3)["gpt"].0;
            println!("4 MB of {name}, {encoding}: {:.0} MB/s", text.len() as f64 / 1e6 / seconds);
        }
    }
}
