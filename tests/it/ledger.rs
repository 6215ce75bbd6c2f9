//! What becomes of a request in the books, however it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::server::{Gate, Reply, Server, nobody};

const USAGE: &str = r#""usage":{"prompt_tokens":7,"completion_tokens":10}"#;

/// At most $0.000134: seven tokens of prompt, ten of reply.
const CALL: [&str; 6] = ["chat", "-q", "--max-tokens", "10", "-n", "hello"];

fn answer() -> Reply {
    let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
    Reply::json(200, &format!(r#"{{"choices":[{choice}],{USAGE}}}"#))
}

fn delta(text: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}"#)
}

const FINISH: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

fn last() -> String {
    format!(r#"{{"choices":[],{USAGE}}}"#)
}

/// What the books say: so many requests, what they cost, what is reserved, what is unsettled.
fn books(sandbox: &Sandbox) -> String {
    let run = sandbox.gpt(["spend", "--json"]).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(run.text()).unwrap();
    let total = &report["total"];
    let mut text = format!("{}: spent {}", total["requests"], total["cost"]);
    for state in ["reserved", "unsettled"] {
        let requests = &total[format!("{state}_requests")];
        if requests != 0 {
            let amount = &total[format!("{state}_max_cost")];
            text.push_str(&format!(", {requests} {state} {amount}"));
        }
    }
    text
}

/// One call against a server that answers by this script, and what is booked then.
#[track_caller]
fn check(args: &[&str], script: Vec<Reply>, code: i32, expected: &str) {
    let sandbox = Sandbox::new();
    let server = Server::start(script);
    let run = sandbox.gpt([&CALL[..], args].concat()).server(&server).run();
    assert_eq!(run.code, code, "{}", run.err);
    assert_eq!(books(&sandbox), expected);
}

#[test]
fn what_the_server_refuses_costs_nothing() {
    for (status, code) in [(400, 6), (401, 5), (403, 5), (404, 6), (422, 6), (429, 7), (500, 8)] {
        let refusal = Reply::json(status, r#"{"error":{"message":"no"}}"#);
        check(&["--retries", "0"], vec![refusal], code, "1: spent 0");
    }
    let sandbox = Sandbox::new();
    let nobody = nobody();
    let args = [&CALL[..], &["--retries", "0", "--base-url", &nobody]].concat();
    assert_eq!(sandbox.gpt(args).run().code, 8);
    assert_eq!(books(&sandbox), "1: spent 0");
}

#[test]
fn what_may_have_been_served_stays_booked_at_its_worst_case() {
    let once = ["--retries", "0"];
    check(&once, vec![Reply::raw("")], 8, "1: spent 0, 1 unsettled 0.000134");
    check(&once, vec![answer().cut(60)], 8, "1: spent 0, 1 unsettled 0.000134");
    check(&once, vec![Reply::json(504, "{}")], 8, "1: spent 0, 1 unsettled 0.000134");
    check(&once, vec![Reply::json(408, "{}")], 6, "1: spent 0, 1 unsettled 0.000134");
    check(&once, vec![Reply::json(200, "no JSON")], 8, "1: spent 0, 1 unsettled 0.000134");
    let error = r#"{"error":{"message":"upstream"}}"#;
    check(&once, vec![Reply::json(200, error)], 8, "1: spent 0, 1 unsettled 0.000134");
    check(&["--timeout", "0.3"], vec![Reply::hang()], 8, "1: spent 0, 1 unsettled 0.000134");
}

#[test]
fn an_attempt_that_may_have_been_billed_has_a_row_of_its_own() {
    let hung_up = || Reply::raw("");
    check(&[], vec![hung_up(), answer()], 0, "2: spent 0.000134, 1 unsettled 0.000134");
    check(&[], vec![hung_up(), hung_up(), hung_up()], 8, "3: spent 0, 3 unsettled 0.000402");
    let busy = || Reply::json(429, "{}").header("retry-after-ms", "1");
    check(&[], vec![busy(), busy(), answer()], 0, "1: spent 0.000134");
    check(&[], vec![busy(), hung_up(), answer()], 0, "2: spent 0.000134, 1 unsettled 0.000134");
    // The budget has room for one: there is no second attempt, and the error is the first one's.
    check(&["--budget", "0.0002/day"], vec![hung_up()], 8, "1: spent 0, 1 unsettled 0.000134");
    check(&["--budget", "0.0002/day"], vec![busy(), answer()], 0, "1: spent 0.000134");
}

#[test]
fn a_stream_is_settled_by_its_usage_or_stays_booked() {
    let stream = |events: &[&str], code, expected| {
        check(&["--stream"], vec![Reply::sse(events)], code, expected);
    };
    let (hi, last) = (delta("Hi."), last());
    stream(&[&hi, FINISH, &last, "[DONE]"], 0, "1: spent 0.000134");
    stream(&[&hi, FINISH, &last], 9, "1: spent 0.000134");
    // By our own count: seven and two.
    stream(&[&hi, FINISH, "[DONE]"], 0, "1: spent 0.000038");
    // Broken off: what more it wrote nobody knows.
    stream(&[&hi], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&[&hi, "[DONE]"], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&["[DONE]"], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&[], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&[&hi, r#"{"error":{"message":"overloaded"}}"#], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&[r#"{"error":{"message":"overloaded"}}"#], 8, "1: spent 0, 1 unsettled 0.000134");
    // What it had counted until then is no bill.
    let so_far = hi.replace("]}", r#"],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#);
    stream(&[&so_far], 9, "1: spent 0, 1 unsettled 0.000134");
    stream(&[&so_far, &hi], 9, "1: spent 0, 1 unsettled 0.000134");
}

#[test]
fn a_server_that_ignores_the_cap_is_booked_at_the_cap() {
    let flood = format!("data: {}\n\n", delta(" and on"));
    let reply = Reply::flood(b": hello\n\n", flood.as_bytes(), u64::MAX);
    check(&["--stream"], vec![reply], 9, "1: spent 0.000134");
}

/// Of what was asked and not sent back nobody here knows the length.
#[test]
fn choices_that_are_not_seen_are_not_counted_by_us() {
    let uncounted = r#"{"choices":[{"text":"Hi.","finish_reason":"stop"}]}"#;
    let check = |args: &[&str], expected: &str| {
        let sandbox = Sandbox::new();
        let server = Server::repeat(Reply::json(200, uncounted));
        let args = [&["complete", "-q", "--max-tokens", "10", "-n", "hello"], args].concat();
        assert_eq!(sandbox.gpt(args).server(&server).run().code, 0);
        assert_eq!(books(&sandbox), expected);
    };
    check(&[], "1: spent 0.000026");
    check(&["--best-of", "3"], "1: spent 0, 1 unsettled 0.000362");
}

/// A call that gets a signal once the server holds its reply (after the first piece of it, if it
/// has several), and what is booked then.
#[track_caller]
fn stopped(args: &[&str], reply: &Reply, expected: &str) {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let gate = Gate::new();
        let sandbox = Sandbox::new();
        let streams = args.contains(&"--stream");
        let reply = reply.clone();
        let server = Server::repeat(if streams { reply.gated(&gate) } else { reply.slow(&gate) });
        let mut child = sandbox.gpt([&CALL[..], args].concat()).server(&server).spawn();
        gate.wait_arrived(1);
        if streams {
            child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        }
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(books(&sandbox), expected);
    }
}

fn kill(child: &Child, signal: &str) {
    let status = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

#[test]
fn what_is_interrupted_is_booked_with_what_had_arrived() {
    let (hi, last) = (delta("Hi."), last());
    let pieces = Reply::sse(&[&hi, FINISH, &last, "[DONE]"]);
    stopped(&["--stream"], &pieces, "1: spent 0.000038");
    // Nothing had arrived, but it was sent.
    stopped(&[], &answer(), "1: spent 0, 1 unsettled 0.000134");
}

#[test]
fn an_interrupted_wait_between_attempts_costs_nothing() {
    let sandbox = Sandbox::new();
    let busy = Reply::json(429, "{}").header("retry-after", "100");
    let server = Server::repeat(busy);
    let mut child = sandbox.gpt(["chat", "-n", "hello"]).server(&server).spawn();
    let said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.take_while(|line| !line.contains("trying again")).count() > 0);
    kill(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(books(&sandbox), "1: spent 0");
}

#[test]
fn a_reader_that_leaves_pays_for_what_it_got() {
    let gate = Gate::new();
    let sandbox = Sandbox::new();
    let more = format!("data: {}\n\n", delta(" and on"));
    let flood = Reply::flood(more.as_bytes(), more.as_bytes(), u64::MAX).gated(&gate);
    let server = Server::repeat(flood);
    let args = ["chat", "-q", "--max-tokens", "100000", "--stream", "-n", "hello"];
    let mut child = sandbox.gpt(args).server(&server).spawn();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    drop(child.stdout.take());
    gate.open();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // How much more came before it was noticed is chance; the worst case would be $1.2.
    let booked = books(&sandbox);
    assert!(booked.starts_with("1: spent 0.0") && !booked.contains("unsettled"), "{booked}");
}

/// kill -9 after the request was read: the ledger opens, and the request is in it.
#[test]
fn a_killed_process_leaves_its_worst_case_behind() {
    let gate = Gate::new();
    let sandbox = Sandbox::new();
    let server = Server::repeat(answer().slow(&gate));
    let mut child = sandbox.gpt(CALL).server(&server).spawn();
    server.wait_for(1);
    kill(&child, "KILL");
    child.wait().unwrap();
    assert_eq!(books(&sandbox), "1: spent 0, 1 unsettled 0.000134");
}

#[test]
fn the_books_hold_no_prompt_and_no_reply_and_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let server = Server::repeat(answer());
    let call = sandbox.gpt(["chat", "-q", "--tag", "diary", "secret-prompt"]).server(&server);
    assert_eq!(call.env("OPENAI_API_KEY", "sk-secret-key").run().code, 0);
    let mut content = Vec::new();
    for file in fs::read_dir(sandbox.path(".local/state/gpt")).unwrap() {
        let path = file.unwrap().path();
        content.extend(fs::read(&path).unwrap());
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let holds = |text: &str| content.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("diary"));
    for secret in ["secret-prompt", "Hi.", "sk-secret-key"] {
        assert!(!holds(secret), "{secret} is in the ledger");
    }
}

#[test]
fn counting_and_estimating_open_no_ledger() {
    let sandbox = Sandbox::new();
    sandbox.write("diary", "no ledger\n");
    let quiet = |args: &[&str]| {
        for ledger in ["", "diary", "off"] {
            let run = sandbox.gpt(args).input("hello").env("GPT_LEDGER", ledger).run();
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{args:?}");
        }
    };
    quiet(&["tokens"]);
    quiet(&["tokens", "--chat", "--json"]);
    quiet(&["chat", "--estimate", "--budget", "9/day"]);
    quiet(&["chat", "--dry-run", "--budget", "9/day"]);
    assert!(!sandbox.path(".local").exists());
}
