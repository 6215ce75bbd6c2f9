//! What many records at once cost over a plain loop: whole jobs against a server on loopback that
//! answers at once, and against one that takes 200 ms. `cargo bench --bench bulk`; takes a minute.
//!
//! The rivals: a plain loop with the HTTP library and a JSON parser, as one would write it, on one
//! connection and on sixteen; sixteen threads that write and read the same requests on sockets of
//! their own and do nothing else; and `xargs -P8` with a process a record.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const RECORDS: u32 = 10_000;
const AT_ONCE: u32 = 16;
const ROUNDS: usize = 5;
const PROCESSES: u32 = 400;
const SLOW: Duration = Duration::from_millis(200);
const SLOW_RECORDS: u32 = 320;
const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-5.6-terra","choices":[{"index":0,"message":{"role":"assistant","content":"A program that reads text, changes it and writes it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":11,"total_tokens":29}}"#;

fn main() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bulk-bench");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    let input = home.join("input");
    let line = |number| format!("Say in one sentence what a Unix filter is. {number}\n");
    let lines = |count: u32| (0..count).map(line).collect::<Vec<_>>().concat();
    fs::write(&input, lines(RECORDS)).unwrap();
    let base = serve(Duration::ZERO);
    let job = |base: &str, ledger: &str, at_once: u32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpt"));
        command.args(["chat", "--lines", "-q", "--max-tokens", "50", "--base-url", base]);
        command.args(["-j", &at_once.to_string()]);
        command.env_clear().env("HOME", &home).env("GPT_LEDGER", ledger);
        command
    };
    let books = home.join("ledger.db");
    let books = books.to_str().unwrap();
    let bodies = bodies(&mut job(&base, "off", 1), &input);

    println!("{RECORDS} records; medians of {ROUNDS} rounds taken in turns");
    println!("{:<44} {:>12} {:>10} {:>10}", "", "requests/s", "x loop", "peak KiB");
    let mut rate = 0.0;
    for at_once in [1, AT_ONCE] {
        let mut times: [Vec<f64>; 4] = Default::default();
        let mut peaks = [0; 4];
        for _ in 0..ROUNDS {
            times[0].push(plain(&base, &bodies, at_once, with_the_library));
            times[1].push(plain(&base, &bodies, at_once, on_sockets));
            for (place, ledger) in [(2, "off"), (3, books)] {
                let (time, peak) = run(&mut job(&base, ledger, at_once), &input);
                times[place].push(time);
                peaks[place] = peak.max(peaks[place]);
            }
        }
        let medians = times.map(|mut times| median(&mut times));
        let names =
            ["a loop with ureq and serde_json", "a loop on sockets", "gpt without ledger", "gpt"];
        for ((name, time), peak) in names.iter().zip(medians).zip(peaks) {
            rate = per_second(RECORDS, time);
            let (ratio, name) = (medians[0] / time, format!("{at_once} at once: {name}"));
            println!("{name:<44} {rate:>12.0} {ratio:>10.2} {peak:>10}");
        }
    }

    let one_by_one = processes(&base, &home, books, &lines(PROCESSES));
    let processes = per_second(PROCESSES, one_by_one);
    let ratio = format!("gpt: x {:.1}", rate / processes);
    println!("{:<44} {processes:>12.0} {ratio:>21}", "xargs -P8 gpt chat");

    fs::write(&input, lines(SLOW_RECORDS)).unwrap();
    let slow = serve(SLOW);
    let least = SLOW.as_secs_f64() * f64::from(SLOW_RECORDS) / f64::from(AT_ONCE);
    println!("\n{SLOW_RECORDS} records of 200 ms, {AT_ONCE} at once: {least:.2} s at least");
    for (name, ledger) in [("gpt without ledger", "off"), ("gpt", books)] {
        let (time, _) = run(&mut job(&slow, ledger, AT_ONCE), &input);
        println!("{name:<44} {time:>10.3} s {:>8.1} % more", (time / least - 1.0) * 100.0);
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn per_second(count: u32, time: f64) -> f64 {
    f64::from(count) / time
}

/// The requests' bodies, as the program sends them.
fn bodies(job: &mut Command, input: &Path) -> Vec<String> {
    let output = job.arg("--dry-run").stdin(File::open(input).unwrap()).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let body =
        |line: &str| line.split_once(r#""body":"#).unwrap().1.strip_suffix('}').unwrap().to_owned();
    lines.lines().map(body).collect()
}

/// The seconds of a job, and the most memory that was resident, in KiB.
fn run(job: &mut Command, input: &Path) -> (f64, u64) {
    job.stdin(File::open(input).unwrap()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = job.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = kib.unwrap_or(peak).max(peak);
        thread::park_timeout(Duration::from_millis(2));
    }
    let time = started.elapsed().as_secs_f64();
    assert!(child.wait().unwrap().success(), "{job:?}");
    (time, peak)
}

/// The seconds that as many threads take to send all bodies and read the answers.
fn plain(
    base: &str,
    bodies: &[String],
    at_once: u32,
    work: fn(&str, &mut dyn Iterator<Item = &String>),
) -> f64 {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                let mut mine =
                    std::iter::from_fn(|| bodies.get(next.fetch_add(1, Ordering::Relaxed)));
                work(base, &mut mine);
            });
        }
    });
    started.elapsed().as_secs_f64()
}

fn on_sockets(base: &str, bodies: &mut dyn Iterator<Item = &String>) {
    let address = base.trim_start_matches("http://").trim_end_matches("/v1");
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(&stream);
    for body in bodies {
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        (&stream).write_all((head + body).as_bytes()).unwrap();
        let answer = message(&mut reader).unwrap();
        assert_eq!(answer.len(), ANSWER.len());
    }
}

fn with_the_library(base: &str, bodies: &mut dyn Iterator<Item = &String>) {
    let agent = ureq::Agent::new_with_defaults();
    let url = format!("{base}/chat/completions");
    for body in bodies {
        let mut answer =
            agent.post(&url).header("content-type", "application/json").send(body).unwrap();
        let answer = answer.body_mut().read_to_string().unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["choices"][0]["message"]["content"].is_string());
    }
}

/// The seconds of a process a record, eight at a time.
fn processes(base: &str, home: &Path, ledger: &str, lines: &str) -> f64 {
    let mut xargs = Command::new("xargs");
    xargs.args(["-P8", "-d", "\n", "-n1", env!("CARGO_BIN_EXE_gpt"), "chat", "-n", "-q"]);
    xargs.args(["--max-tokens", "50", "--base-url", base]);
    xargs.env_clear().env("HOME", home).env("GPT_LEDGER", ledger).env("PATH", "/usr/bin:/bin");
    let started = Instant::now();
    let mut child = xargs.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    started.elapsed().as_secs_f64()
}

/// A server that answers every request alike, each connection on a thread.
fn serve(after: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || answer(&stream, after));
        }
    });
    base
}

/// Reads requests and answers them, until the client closes the connection.
fn answer(stream: &TcpStream, after: Duration) {
    stream.set_nodelay(true).unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
    let answer = format!("{head} {}\r\n\r\n{ANSWER}", ANSWER.len());
    let mut reader = BufReader::new(stream);
    while message(&mut reader).is_some() {
        if !after.is_zero() {
            let until = Instant::now() + after;
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                thread::park_timeout(left);
            }
        }
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The body of the next request or answer; none at the end.
fn message(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}
