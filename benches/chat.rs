//! What `gpt chat` costs over curl: whole processes against a server on loopback that answers at
//! once, the same body, taking turns. `cargo bench --bench chat`; takes a minute.
//!
//! With `GPT_BENCH_PYTHON` naming a Python that has the `openai` package, that client takes part.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const ROUNDS: usize = 400;
const WARM_UP: usize = 20;
const PYTHON_ROUNDS: usize = 10;
const PROMPT: &str = "Say in one sentence what a Unix filter is.";
const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-5.6-terra","choices":[{"index":0,"message":{"role":"assistant","content":"A program that reads text, changes it and writes it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":11,"total_tokens":29}}"#;

const PYTHON: &str = "
import sys, openai
client = openai.OpenAI(base_url=sys.argv[1], api_key='sk-none')
print(client.chat.completions.create(model='gpt-5.6-terra',
    messages=[{'role': 'user', 'content': sys.argv[2]}]).choices[0].message.content)
";

fn main() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chat-bench");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    let base = serve();
    let gpt = |ledger: &str, flags: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpt"));
        command.args(["chat", "-q", "-n", "--base-url", &base]).args(flags).arg(PROMPT);
        command.env_clear().env("HOME", &home).env("OPENAI_API_KEY", "sk-none");
        command.env("GPT_LEDGER", ledger);
        command
    };
    let body = gpt("off", &["--dry-run"]).output().unwrap().stdout;
    let body_file = home.join("body.json");
    fs::write(&body_file, body.trim_ascii_end()).unwrap();
    let mut curl = Command::new("curl");
    curl.args([
        "-s",
        "-H",
        "Content-Type: application/json",
        "-H",
        "Authorization: Bearer sk-none",
    ]);
    curl.arg("-d").arg(format!("@{}", body_file.display())).arg(format!("{base}/chat/completions"));

    let books = home.join("ledger.db");
    let books = books.to_str().unwrap();
    let mut contenders = [
        ("curl -s -d @body", curl),
        ("gpt chat", gpt(books, &[])),
        ("gpt chat, GPT_LEDGER=off", gpt("off", &[])),
    ];
    println!("a chat of {} bytes, {ROUNDS} rounds taken in turns; ledger on disk", body.len());
    println!("{:<28} {:>10} {:>10} {:>12}", "", "median ms", "x curl", "peak KiB");
    compare(ROUNDS, &mut contenders);
    if let Some(python) = env::var_os("GPT_BENCH_PYTHON") {
        let mut client = Command::new(python);
        client.args(["-c", PYTHON, &base, PROMPT]);
        println!("\nx the Python client, {PYTHON_ROUNDS} rounds");
        compare(PYTHON_ROUNDS, &mut [("openai for Python", client), ("gpt chat", gpt(books, &[]))]);
    }
}

/// Medians of the times, and of the ratios to the first contender's time in the same round.
fn compare(rounds: usize, contenders: &mut [(&str, Command)]) {
    let mut times = vec![Vec::new(); contenders.len()];
    for round in 0..WARM_UP.min(rounds) + rounds {
        for (times, (_, command)) in times.iter_mut().zip(&mut *contenders) {
            let time = run(command);
            if round >= WARM_UP.min(rounds) {
                times.push(time.as_secs_f64() * 1e3);
            }
        }
    }
    for (index, (name, command)) in contenders.iter_mut().enumerate() {
        let ratios = times[index].iter().zip(&times[0]).map(|(ours, theirs)| ours / theirs);
        let (ratio, time) = (median(ratios.collect()), median(times[index].clone()));
        let peak = (0..30).map(|_| peak(command)).max().unwrap();
        println!("{name:<28} {time:>10.2} {ratio:>10.3} {peak:>12}");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The time from start to end of a process that must succeed.
fn run(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().unwrap();
    let time = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    time
}

/// The most memory that was resident, in KiB, as seen last before the process ended.
fn peak(command: &mut Command) -> u64 {
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = kib.unwrap_or(peak).max(peak);
    }
    peak
}

/// A server on a thread that answers every request alike.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(&stream.unwrap());
        }
    });
    base
}

/// Reads requests and answers them, until the client closes the connection.
fn answer(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
        let answer = format!("{head} {}\r\n\r\n{ANSWER}", ANSWER.len());
        let _ = (&mut &*stream).write_all(answer.as_bytes());
    }
}
