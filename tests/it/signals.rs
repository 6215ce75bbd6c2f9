//! Interrupted at any stage: what had come is printed and booked, and one signal is enough.

use std::io::{Read, Write};
use std::process::{Child, Command};

use serde_json::Value;

use crate::replies::{refusal, stream};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Reply, Server};

const SIGNALS: [(&str, i32); 2] = [("INT", 130), ("TERM", 143)];

pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// How it ended: code, output, lines on standard error, and the report.
fn end(child: Child, sandbox: &Sandbox) -> (Option<i32>, String, String, Value) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let report = serde_json::from_str(&sandbox.read("r")).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr), report)
}

fn start(sandbox: &Sandbox, args: &[&str], server: &Server) -> Child {
    let args = [&["chat", "--max-tokens", "9", "--report", "r", "hi"], args].concat();
    sandbox.gpt(args).server(server).spawn()
}

#[test]
fn in_the_middle_of_a_stream() {
    for (name, code) in SIGNALS {
        let gate = Gate::new();
        let server = Server::start(vec![stream(&["one", " two"]).gated(&gate)]);
        let sandbox = Sandbox::new();
        let mut child = start(&sandbox, &["-q", "--stream"], &server);
        let mut read = [0; 3];
        child.stdout.as_mut().unwrap().read_exact(&mut read).unwrap();
        signal(&child, name);
        let (ended, out, err, report) = end(child, &sandbox);
        assert_eq!((ended, out.as_str()), (Some(code), "\n"), "{err}");
        assert_eq!((&report["usage"]["reply_tokens"], &report["exit"]), (&1.into(), &code.into()));
        assert_eq!(report["finish_reason"], Value::Null);
    }
}

#[test]
fn while_waiting_for_the_answer() {
    for (name, code) in SIGNALS {
        let server = Server::start(vec![Reply::hang()]);
        let sandbox = Sandbox::new();
        let child = start(&sandbox, &["-q"], &server);
        server.wait_for(1);
        signal(&child, name);
        let (ended, out, err, report) = end(child, &sandbox);
        let word = if code == 130 { "interrupted" } else { "terminated" };
        assert_eq!((ended, out, err), (Some(code), String::new(), format!("gpt: {word}\n")));
        // Nobody knows what it cost.
        assert_eq!(report["usage"], Value::Null);
    }
}

#[test]
fn while_waiting_to_try_again() {
    for (name, code) in SIGNALS {
        let server = Server::start(vec![refusal(429, "m", "c").header("retry-after", "60")]);
        let sandbox = Sandbox::new();
        let mut child = start(&sandbox, &[], &server);
        let mut err = child.stderr.take().unwrap();
        let mut told = String::new();
        while !told.contains("trying again in 60.0 s") {
            let mut byte = [0];
            err.read_exact(&mut byte).unwrap();
            told.push(char::from(byte[0]));
        }
        signal(&child, name);
        let (ended, _, _, report) = end(child, &sandbox);
        assert_eq!((ended, &report["cost"]), (Some(code), &0.into()), "{report}");
    }
}

#[test]
fn while_reading_standard_input() {
    for (name, code) in SIGNALS {
        let server = Server::start(vec![]);
        let sandbox = Sandbox::new();
        // The report is opened before the input is read: by then signals are watched.
        let mut child = sandbox.gpt(["chat", "--report", "r"]).input("").server(&server).spawn();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"half a prompt").unwrap();
        while !sandbox.path("r").exists() {
            std::thread::yield_now();
        }
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        drop(input);
        assert_eq!(server.requests().len(), 0);
    }
}

/// Nobody reads the output, and the pipe is full.
#[test]
fn while_nobody_reads_the_output() {
    let text = "x".repeat(1 << 20);
    let server = Server::repeat(stream(&[&text]));
    let sandbox = Sandbox::new();
    let mut child = sandbox.gpt(["chat", "-q", "--stream", "hi"]).server(&server).spawn();
    let mut read = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut read).unwrap();
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
