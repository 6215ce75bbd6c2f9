//! What many records at once cost over a plain loop: whole processes against a server on loopback
//! that answers at once, and against one that takes 200 ms. `cargo bench --bench bulk`; takes two
//! minutes.
//!
//! The rivals: a program that does the same with the HTTP library and a JSON parser, as one would
//! write it, on one connection and on sixteen; the same requests written to sockets and the answers
//! read, and nothing else; and `xargs -P8` with a process a record.
//!
//! The server is a process of its own, once with all connections on one thread, as an event loop
//! has them, and once with a thread for each. With few cores the second measures the scheduler as
//! well: which threads share a core, and what it costs to wake one on another.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::{Value, json};

const RECORDS: u32 = 10_000;
const AT_ONCE: u32 = 16;
const ROUNDS: usize = 7;
const PROCESSES: u32 = 400;
const SLOW: Duration = Duration::from_millis(200);
const SLOW_RECORDS: u32 = 320;
const MODEL: &str = "gpt-5.6-terra";
const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-5.6-terra","choices":[{"index":0,"message":{"role":"assistant","content":"A program that reads text, changes it and writes it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":18,"completion_tokens":11,"total_tokens":29}}"#;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", kind, millis] => serve(kind, Duration::from_millis(millis.parse().unwrap())),
        ["plain", base, at_once] => plain(base, at_once.parse().unwrap(), with_the_library),
        ["sockets", base, at_once] => plain(base, at_once.parse().unwrap(), on_sockets),
        _ => compare(),
    }
}

fn compare() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bulk-bench");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    let input = home.join("input");
    let line = |number| format!("Say in one sentence what a Unix filter is. {number}\n");
    let lines = |count: u32| (0..count).map(line).collect::<Vec<_>>().concat();
    fs::write(&input, lines(RECORDS)).unwrap();
    let job = |base: &str, ledger: &str, at_once: u32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpt"));
        command.args(["chat", "--lines", "-q", "--max-tokens", "50", "--base-url", base]);
        command.args(["-j", &at_once.to_string()]);
        command.env_clear().env("HOME", &home).env("GPT_LEDGER", ledger);
        command
    };
    let rival = |kind: &str, base: &str, at_once: u32| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([kind, base, &at_once.to_string()]);
        command
    };
    let books = home.join("ledger.db");
    let books = books.to_str().unwrap();

    println!("{RECORDS} records; medians of {ROUNDS} rounds taken in turns");
    println!("{:<44} {:>12} {:>10} {:>10}", "", "requests/s", "x loop", "peak KiB");
    for (kind, server) in
        [("loop", "a server on one thread"), ("threads", "one with a thread each")]
    {
        println!("{server}");
        let server = Server::start(kind, Duration::ZERO);
        for at_once in [1, AT_ONCE] {
            let base = &server.base;
            let mut ways = [
                ("a loop with ureq and serde_json", rival("plain", base, at_once)),
                ("a loop on sockets", rival("sockets", base, at_once)),
                ("gpt without ledger", job(base, "off", at_once)),
                ("gpt", job(base, books, at_once)),
            ];
            let mut found = [const { (Vec::new(), 0) }; 4];
            for _ in 0..ROUNDS {
                for ((_, way), (times, most)) in ways.iter_mut().zip(&mut found) {
                    let (time, peak) = run(way, &input);
                    times.push(time);
                    *most = peak.max(*most);
                }
            }
            let found = found.map(|(mut times, peak)| (median(&mut times), peak));
            for ((name, _), (time, peak)) in ways.iter().zip(found) {
                let (rate, ratio) = (per_second(RECORDS, time), found[0].0 / time);
                let name = format!("  {at_once:>2} at once: {name}");
                println!("{name:<44} {rate:>12.0} {ratio:>10.2} {peak:>10}");
            }
        }
    }

    let server = Server::start("loop", Duration::ZERO);
    let (time, _) = run(&mut job(&server.base, books, AT_ONCE), &input);
    let rate = per_second(RECORDS, time);
    let one_by_one = processes(&server.base, &home, books, &lines(PROCESSES));
    let processes = per_second(PROCESSES, one_by_one);
    let ratio = format!("gpt: x {:.1}", rate / processes);
    println!("{:<44} {processes:>12.0} {ratio:>21}", "xargs -P8 gpt chat");

    fs::write(&input, lines(SLOW_RECORDS)).unwrap();
    let slow = Server::start("loop", SLOW);
    let least = SLOW.as_secs_f64() * f64::from(SLOW_RECORDS) / f64::from(AT_ONCE);
    println!("\n{SLOW_RECORDS} records of 200 ms, {AT_ONCE} at once: {least:.2} s at least");
    for (name, ledger) in [("gpt without ledger", "off"), ("gpt", books)] {
        let (time, _) = run(&mut job(&slow.base, ledger, AT_ONCE), &input);
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

/// The seconds of a process, and the most memory that was resident, in KiB.
fn run(command: &mut Command, input: &Path) -> (f64, u64) {
    command.stdin(File::open(input).unwrap()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
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
    assert!(child.wait().unwrap().success(), "{command:?}");
    (time, peak)
}

/// The program one would write: reads lines, asks each, prints the replies in their order.
fn plain(base: &str, at_once: u32, work: fn(&str, &mut dyn Iterator<Item = Asked<'_>>)) {
    let lines: Vec<String> = io::stdin().lines().map(Result::unwrap).collect();
    let replies: Vec<Mutex<String>> = lines.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        Some((lines.get(at)?.as_str(), &replies[at]))
    };
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| work(base, &mut std::iter::from_fn(take)));
        }
    });
    let mut out = BufWriter::new(io::stdout().lock());
    for reply in replies {
        writeln!(out, "{}", reply.lock().unwrap()).unwrap();
    }
}

/// A line, and where its reply goes.
type Asked<'a> = (&'a str, &'a Mutex<String>);

fn body(line: &str) -> String {
    let messages = json!([{"role": "user", "content": line}]);
    json!({"model": MODEL, "messages": messages, "max_completion_tokens": 50}).to_string()
}

fn with_the_library(base: &str, asked: &mut dyn Iterator<Item = Asked<'_>>) {
    let agent = ureq::Agent::new_with_defaults();
    let url = format!("{base}/chat/completions");
    for (line, reply) in asked {
        let request = agent.post(&url).header("content-type", "application/json");
        let answer = request.send(body(line)).unwrap().body_mut().read_to_string().unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
        text.clone_into(&mut reply.lock().unwrap());
    }
}

fn on_sockets(base: &str, asked: &mut dyn Iterator<Item = Asked<'_>>) {
    let address = base.trim_start_matches("http://").trim_end_matches("/v1");
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(&stream);
    for (line, _) in asked {
        let body = body(line);
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        (&stream).write_all((head + &body).as_bytes()).unwrap();
        let answer = message(&mut reader).unwrap();
        assert_eq!(answer.len(), ANSWER.len());
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

/// A server in a process of its own, which ends with it.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start(kind: &str, after: Duration) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["serve", kind, &after.as_millis().to_string()]).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut base = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut base).unwrap();
        Self { process, base: base.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Answers every request alike, after that time.
fn serve(kind: &str, after: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}/v1", listener.local_addr().unwrap());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
    let answer = format!("{head} {}\r\n\r\n{ANSWER}", ANSWER.len());
    if kind == "loop" {
        return answer_all(&listener, answer.as_bytes(), after);
    }
    assert!(after.is_zero());
    thread::scope(|scope| {
        for stream in listener.incoming() {
            scope.spawn(|| answer_one(&stream.unwrap(), answer.as_bytes()));
        }
    });
}

/// Answers one connection until it is closed.
fn answer_one(stream: &TcpStream, answer: &[u8]) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while message(&mut reader).is_some() {
        if (&mut &*stream).write_all(answer).is_err() {
            return;
        }
    }
}

/// Answers all connections on this thread.
fn answer_all(listener: &TcpListener, answer: &[u8], after: Duration) {
    listener.set_nonblocking(true).unwrap();
    let mut open: Vec<Option<(TcpStream, Vec<u8>)>> = Vec::new();
    let mut due: VecDeque<(Instant, usize)> = VecDeque::new();
    loop {
        let left = due.front().map(|(at, _)| at.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec::try_from(left).unwrap());
        let streams = || open.iter().enumerate().filter_map(|(at, one)| Some((at, one.as_ref()?)));
        let mut places = Vec::new();
        let mut waits = vec![PollFd::new(listener, PollFlags::IN)];
        for (at, (stream, _)) in streams() {
            places.push(at);
            waits.push(PollFd::new(stream, PollFlags::IN));
        }
        poll(&mut waits, left.as_ref()).unwrap();
        let is_ready: Vec<bool> = waits.iter().map(|one| !one.revents().is_empty()).collect();
        for (at, _) in places.into_iter().zip(&is_ready[1..]).filter(|(_, ready)| **ready) {
            let Some((stream, bytes)) = &mut open[at] else { continue };
            let mut buffer = [0; 16 << 10];
            let count = stream.read(&mut buffer).unwrap_or(0);
            if count == 0 {
                open[at] = None;
                continue;
            }
            bytes.extend(&buffer[..count]);
            let mut rest = bytes.as_slice();
            let whole = message(&mut rest).map(|_| bytes.len() - rest.len());
            bytes.drain(..whole.unwrap_or(0));
            due.extend(whole.map(|_| (Instant::now() + after, at)));
        }
        while due.front().is_some_and(|(when, _)| *when <= Instant::now()) {
            let stream = due.pop_front().and_then(|(_, at)| open[at].as_mut());
            if let Some((stream, _)) = stream {
                stream.write_all(answer).unwrap();
            }
        }
        if is_ready[0] {
            let (stream, _) = listener.accept().unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            open.push(Some((stream, Vec::new())));
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
