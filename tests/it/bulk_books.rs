//! What a job leaves in the ledger: while it runs, at its end, and when it is killed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use expect_test::expect;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::replies::{refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Received, Reply, Server};

fn asked(request: &Received) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// State and cost of each row, in millionths of a dollar.
fn rows(sandbox: &Sandbox) -> Vec<String> {
    let path = sandbox.path(".local/state/gpt/ledger.db");
    let ledger = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    ledger.busy_timeout(Duration::from_secs(20)).unwrap();
    let query = "SELECT state || coalesce(' ' || (cost / 1000000), '') FROM request ORDER BY id";
    let mut rows = ledger.prepare(query).unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Starts a job that asks these records.
fn start(sandbox: &Sandbox, server: &Server, args: &[&str], input: &str) -> Child {
    let args = [&["chat", "--lines", "-q", "--max-tokens", "9"], args].concat();
    let mut child = sandbox.gpt(args).server(server).input("x").spawn();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child
}

/// A server that answers with what was asked, and "slow" only once the gate is open.
fn with_a_slow_one() -> (Server, Gate) {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::answer(move |_, request| match asked(request).as_str() {
        "slow" => whole("slow").slow(&held),
        text => whole(text),
    });
    (server, gate)
}

#[test]
fn the_books_do_not_wait_for_a_straggler() {
    let (server, gate) = with_a_slow_one();
    let sandbox = Sandbox::new();
    let mut child = start(&sandbox, &server, &["-j", "2"], "slow\nb\nc\n");
    server.wait_for(3);
    let until = Instant::now() + Duration::from_secs(30);
    let mut found = rows(&sandbox);
    while found.iter().filter(|row| *row == "settled 56").count() < 2 {
        assert!(Instant::now() < until, "{found:?}");
        thread::yield_now();
        found = rows(&sandbox);
    }
    gate.open();
    assert!(child.wait().unwrap().success());
    assert_eq!(rows(&sandbox), ["settled 56"; 3]);
}

#[test]
fn a_bill_beyond_the_worst_case_survives_a_kill() {
    let server = Server::answer(|_, request| match asked(request).as_str() {
        "hang" => Reply::hang(),
        text => {
            let dear = r#""completion_tokens":100000"#;
            let body = crate::replies::body(text, "stop");
            Reply::json(200, &body.replace(r#""completion_tokens":3"#, dear))
        }
    });
    let sandbox = Sandbox::new();
    let mut child = start(&sandbox, &server, &[], "a\nhang\n");
    server.wait_for(2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(rows(&sandbox), ["settled 1200020", "reserved"]);
}

/// A job whose server falls silent at this request, killed then: how many requests were sent and how
/// many are booked, what those that have not ended can cost, and what is told of them.
fn killed_at(silent: usize, at_once: usize, args: &[&str]) -> (u32, u32, i64, String) {
    let server =
        Server::answer(
            move |number, request| {
                if number < silent { whole(&asked(request)) } else { Reply::hang() }
            },
        );
    let sandbox = Sandbox::new();
    let threads = at_once.to_string();
    let args = [&["-j", &threads], args].concat();
    let mut child = start(&sandbox, &server, &args, &"a\n".repeat(600));
    server.wait_for(silent + at_once);
    child.kill().unwrap();
    child.wait().unwrap();
    let query = "SELECT sum(requests), sum(reserved) FROM request";
    let ledger = Connection::open(sandbox.path(".local/state/gpt/ledger.db")).unwrap();
    let (booked, reserved) =
        ledger.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let sent = u32::try_from(server.requests().len()).unwrap();
    (sent, booked, reserved, sandbox.gpt(["spend"]).run().text().to_owned())
}

/// Blocks of one for each thread, then of four times as many, and so on: while one is asked, the
/// next is booked.
#[test]
fn a_job_killed_at_full_speed_leaves_what_it_sent_and_what_it_booked_ahead() {
    for (at_once, expected) in [(1, [341, 600]), (4, [340, 600])] {
        // Where nothing is quick for a while, nothing is booked ahead.
        let tries = (0..9).map(|_| killed_at(100, at_once, &[]));
        let mut ahead = tries.filter(|(sent, booked, ..)| sent != booked);
        let (sent, booked, _, told) = ahead.next().expect("an answer should take 5 ms at most");
        assert_eq!(sent as usize, 100 + at_once);
        assert!(expected.contains(&booked), "{booked}");
        assert!(told.contains("unsettled: ") && told.contains("chat, "), "{told}");
    }
}

/// Each could cost more than a dollar.
#[test]
fn nothing_dear_is_booked_ahead() {
    let (sent, booked, reserved, told) = killed_at(100, 2, &["--rate", "500"]);
    assert_eq!((sent, booked), (102, 102), "{told}");
    assert!(reserved > 1_000_000_000_000, "{reserved}");
}

#[test]
fn what_is_not_sent_leaves_no_row() {
    let server = Server::answer(|_, request| match asked(request).as_str() {
        "key" => refusal(401, "no such key", "invalid_api_key"),
        text => whole(text),
    });
    let sandbox = Sandbox::new();
    let input: String = (0..600).map(|n| if n == 400 { "key\n" } else { "a\n" }).collect();
    let status = start(&sandbox, &server, &["-j", "4", "--resume", "out"], &input).wait().unwrap();
    assert_eq!(status.code(), Some(5));
    let rows = rows(&sandbox);
    assert_eq!(rows.len(), server.requests().len());
    assert!(rows.iter().all(|row| row.starts_with("settled")), "{rows:?}");
}

#[test]
fn what_was_asked_is_not_said_not_to_have_been() {
    let server = Server::answer(|_, request| match asked(request).as_str() {
        "key" => refusal(401, "no such key", "invalid_api_key"),
        _ => refusal(429, "slow down", "rate_limit_exceeded").header("retry-after", "60"),
    });
    let args = ["chat", "--lines", "-q", "--json", "--max-tokens", "9", "-j", "2"];
    let sandbox = Sandbox::new();
    let run = sandbox.gpt(args).server(&server).input("a\nkey\n").run();
    let said = |line: &str| serde_json::from_str::<Value>(line).unwrap()["error"].to_string();
    let errors: Vec<String> = run.text().lines().map(said).collect();
    let errors: Vec<&str> =
        errors.iter().filter_map(|told| told.split(" answered ").nth(1)).collect();
    expect![[r#"
        429: slow down [rate_limit_exceeded] (request req-7)"
        401: no such key [invalid_api_key] (request req-7)""#]]
    .assert_eq(&errors.join("\n"));
}

/// A file may hold 512 bytes: all that is printed, but not all that waits for the first answer.
#[test]
fn what_cannot_be_kept_beside_it_is_written_when_its_turn_comes() {
    let (server, gate) = with_a_slow_one();
    let sandbox = Sandbox::new();
    let gpt = env!("CARGO_BIN_EXE_gpt");
    let script = format!("ulimit -f 1; exec '{gpt}' chat --lines --max-tokens 9 -j 2 --resume out");
    let command = sandbox.command("sh", ["-c", &script]).server(&server).env("GPT_LEDGER", "off");
    let input: String = (0..40).map(|n| if n == 0 { "slow\n" } else { "a\n" }).collect();
    let running = command.input(input);
    let running = thread::spawn(move || running.run());
    // A line beside it has 21 bytes and more: the first 23 fit, and half of the next.
    server.wait_for(1 + 24);
    let until = Instant::now() + Duration::from_secs(30);
    while fs::metadata(sandbox.path(".out.ahead")).unwrap().len() < 512 {
        assert!(Instant::now() < until, "the file is not full");
        thread::yield_now();
    }
    gate.open();
    let said = running.join().unwrap().to_string();
    assert!(said.ends_with("! gpt: .out.ahead: file too large\nexit 1\n"), "{said}");
    let out = sandbox.read("out");
    assert_eq!(out.lines().count(), server.requests().len(), "{out}");
}

/// A file may hold four of the five answers.
#[test]
fn what_cannot_be_written_where_it_belongs_is_kept_beside_it() {
    let reply = "x".repeat(900);
    let server = Server::answer(move |_, request| whole(&format!("{}{reply}", asked(request))));
    let sandbox = Sandbox::new();
    let command = |limit: &str| {
        let gpt = env!("CARGO_BIN_EXE_gpt");
        let script = format!(
            "ulimit -f {limit}; exec '{gpt}' chat --lines --max-tokens 999 -j 5 --resume out"
        );
        let run = sandbox.command("sh", ["-c", &script]).server(&server).env("GPT_LEDGER", "off");
        run.input("a\nb\nc\nd\ne\n").run()
    };
    let run = command("8");
    expect![[r#"
        ! gpt: estimate: 5 requests, 35 prompt + up to 4995 reply tokens, at most $0.060010 (gpt-5.6-terra)
        ! gpt: used: 5 answered, 0 failed; 50 prompt + 15 reply tokens, $0.000280
        ! gpt: not all answers could be written; to go on, give the same command again
        ! gpt: out: file too large
        exit 1
    "#]].assert_eq(&run.to_string());
    assert_eq!(server.requests().len(), 5);
    command("unlimited");
    let out = sandbox.read("out");
    let begins: Vec<&str> = out.lines().map(|line| &line[..1]).collect();
    assert_eq!((begins.concat().as_str(), server.requests().len()), ("abcde", 5));
}

/// Between two attempts, the second of which is booked and never sent.
#[test]
fn an_attempt_that_is_not_made_leaves_no_row() {
    let server = Server::answer(|_, _| Reply::raw(""));
    let sandbox = Sandbox::new();
    let mut child =
        sandbox.gpt(["chat", "--max-tokens", "9", "--retries", "9", "a"]).server(&server).spawn();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("trying again in") {
        assert!(err.read_line(&mut said).unwrap() > 0, "{said}");
    }
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(rows(&sandbox), vec!["unsettled"; server.requests().len()]);
}

/// What was answered before says nothing of how quick the server is.
#[test]
fn a_resumed_job_asks_as_many_at_once() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::answer(move |_, _| whole("new").slow(&held));
    let sandbox = Sandbox::new();
    sandbox.write("out", "old\n".repeat(300));
    let mut child = start(&sandbox, &server, &["-j", "8", "--resume", "out"], &"a\n".repeat(308));
    server.wait_for(8);
    gate.open();
    assert!(child.wait().unwrap().success());
    assert_eq!(sandbox.read("out"), "old\n".repeat(300) + &"new\n".repeat(8));
}
