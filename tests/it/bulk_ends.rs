//! What ends a job before its time, and what does not.

use std::process::Command;

use expect_test::expect;

use crate::replies::{refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server, nobody};

const LINES: [&str; 5] = ["chat", "--lines", "--max-tokens", "9", "--json"];

#[test]
fn a_server_that_takes_no_more_for_long_is_asked_once() {
    for (header, value) in [("retry-after", "3600"), ("x-should-retry", "false")] {
        let slow = refusal(429, "slow down", "rate_limit_exceeded").header(header, value);
        let server = Server::repeat(slow);
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(["chat", "--lines", "-q", "--max-tokens", "9"]).server(&server);
        let run = run.input("a\nb\nc\nd\n").run();
        let asks = if header == "retry-after" { "; it asks to wait 3600 s" } else { "" };
        assert_eq!(
            run.to_string(),
            format!(
                "[line break]\n! gpt: record 1: [server] answered 429: slow down \
                 [rate_limit_exceeded]{asks} (request req-7)\nexit 7\n"
            )
        );
        assert_eq!(server.requests().len(), 1);
    }
}

/// Only the attempts themselves count against `--timeout`.
#[test]
fn a_pause_may_take_longer_than_a_request() {
    let server = Server::answer(|index, _| match index {
        0..4 => refusal(429, "slow down", "rate_limit_exceeded").header("retry-after-ms", "1100"),
        _ => whole("yes"),
    });
    let args = ["chat", "--lines", "-q", "--max-tokens", "9", "-j", "4", "--timeout", "1"];
    let run = Sandbox::new().gpt(args).server(&server).input("a\nb\nc\nd\n").run();
    assert_eq!(run.to_string(), "yes\n".repeat(4));
}

/// What befalls all is no record's fault: they have more patience together than one alone.
#[test]
fn a_server_that_refuses_all_for_a_while_loses_no_record() {
    let server = Server::answer(|index, _| match index {
        0..40 => refusal(429, "slow down", "rate_limit_exceeded").header("retry-after-ms", "1"),
        _ => whole("yes"),
    });
    let args = ["chat", "--lines", "-q", "--max-tokens", "9", "-j", "8"];
    let run = Sandbox::new().gpt(args).server(&server).input("a\n".repeat(20)).run();
    assert_eq!(run.to_string(), "yes\n".repeat(20));
    assert_eq!(server.requests().len(), 60);
}

#[test]
fn however_often_a_record_is_tried_it_is_told_in_a_line() {
    let slow = || refusal(429, "slow down", "rate_limit_exceeded").header("retry-after-ms", "1");
    let busy = || refusal(503, "busy", "x").header("retry-after-ms", "1");
    let server = Server::answer(move |index, _| match index {
        0..3 | 4 | 6 => slow(),
        3 | 7.. => busy(),
        _ => whole("yes"),
    });
    let args = ["chat", "--lines", "--max-tokens", "9", "-j", "1", "--retries", "9"];
    let run = Sandbox::new().gpt(args).server(&server).input("a\nb\n").run();
    expect![[r#"
        yes

        ! gpt: estimate: 2 requests, 14 prompt + up to 18 reply tokens, at most $0.000244 (gpt-5.6-terra)
        ! gpt: record 1: [server] answered 429: slow down [rate_limit_exceeded] (request req-7); tried again 3 times
        ! gpt: record 1: [server] answered 503: busy [x] (request req-7); tried again
        ! gpt: record 1: [server] answered 429: slow down [rate_limit_exceeded] (request req-7); tried again
        ! gpt: record 2: [server] answered 429: slow down [rate_limit_exceeded] (request req-7); tried again
        ! gpt: record 2: [server] answered 503: busy [x] (request req-7); tried again 9 times
        ! gpt: record 2: [server] answered 503: busy [x] (request req-7)
        ! gpt: used: 1 answered, 1 failed; 10 prompt + 3 reply tokens, $0.000056
        ! gpt: to ask the failed ones again, put the output into a file and give the same command with --resume FILE
        exit 8
    "#]].assert_eq(&run.to_string());
}

#[test]
fn where_nobody_is_few_find_out() {
    let run = Sandbox::new()
        .gpt(["chat", "--lines", "--max-tokens", "9", "--retries", "0"])
        .env("OPENAI_BASE_URL", nobody())
        .input("a\n".repeat(100))
        .run();
    let said = run.err.lines().map(|line| match line.split_once("127.0.0.1:") {
        Some((before, after)) => format!("{before}[server]{}", &after[after.find(':').unwrap()..]),
        None => line.to_owned(),
    });
    expect![[r#"
        gpt: estimate: 100 requests, 700 prompt + up to 900 reply tokens, at most $0.012200 (gpt-5.6-terra)
        gpt: record 1: no connection to [server]: connection refused
        gpt: record 2: no connection to [server]: connection refused
        gpt: record 3: no connection to [server]: connection refused; so it was 3 times in a row
        gpt: used: 0 answered, 3 failed; 0 prompt + 0 reply tokens, $0.000000
        gpt: 97 records are left; to go on, put the output into a file and give the same command with --resume FILE"#]].assert_eq(&said.collect::<Vec<_>>().join("\n"));
    assert_eq!(run.code, 8);
}

#[test]
fn a_report_that_cannot_be_written_ends_the_job() {
    let server = Server::repeat(whole("yes"));
    let args = ["chat", "--lines", "-q", "--max-tokens", "9", "--report", "/dev/full"];
    Sandbox::new().gpt(args).server(&server).input("a\nb\nc\n").check(expect![[r#"
        yes
        ! gpt: record 1: report: no space left on device
        exit 1
    "#]]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn no_more_are_asked_at_once_than_files_may_be_open() {
    let server = Server::repeat(whole("yes"));
    let script = format!(
        "ulimit -n 64 && exec '{}' chat --lines --max-tokens 9 -j 50",
        env!("CARGO_BIN_EXE_gpt")
    );
    let sandbox = Sandbox::new();
    let run = sandbox.command("sh", ["-c", &script]).server(&server).input("a\n".repeat(60));
    let run = run.run();
    assert_eq!(run.text(), "yes\n".repeat(60));
    expect![[r#"
        gpt: estimate: 60 requests, 420 prompt + up to 540 reply tokens, at most $0.007320 (gpt-5.6-terra)
        gpt: -j 50 takes more open files than the 64 that are allowed (ulimit -n): 16 at once
        gpt: used: 60 answered, 0 failed; 600 prompt + 180 reply tokens, $0.003360
    "#]].assert_eq(&run.err);
    let connections = server.requests().iter().map(|request| request.connection).max();
    assert!(connections < Some(16), "{connections:?}");
}

#[test]
fn where_all_is_answered_no_key_is_needed() {
    let sandbox = Sandbox::new();
    sandbox.write("out", "yes\nno\n");
    sandbox
        .gpt(["chat", "--lines", "--max-tokens", "9", "--resume", "out"])
        .env("OPENAI_BASE_URL", "https://api.invalid/v1")
        .input("a\nb\n")
        .check(expect![[r#"
            ! gpt: estimate: 0 requests, 0 prompt + up to 0 reply tokens, at most $0.000000 (gpt-5.6-terra)
            ! gpt: used: 2 answered before, 0 answered, 0 failed; 0 prompt + 0 reply tokens, $0.000000
        "#]]);
    assert_eq!(sandbox.read("out"), "yes\nno\n");
    sandbox
        .gpt(["chat", "--lines", "--max-tokens", "9", "--resume", "out", "-q"])
        .env("OPENAI_BASE_URL", "https://api.invalid/v1")
        .input("a\nb\nc\n")
        .check(expect![[r#"
            ! gpt: no key: set OPENAI_API_KEY, give --api-key-file, or put api_key_command into the config
            exit 5
        "#]]);
}

#[test]
fn input_that_cannot_be_read_is_told_as_that() {
    let sandbox = Sandbox::new();
    let script = format!("exec '{}' {} < /", env!("CARGO_BIN_EXE_gpt"), LINES.join(" "));
    sandbox.command("sh", ["-c", &script]).check(expect![[r#"
        ! gpt: standard input: is a directory; nothing was sent
        exit 1
    "#]]);
}

#[test]
fn a_job_that_is_terminated_waits_for_nothing() {
    let server = Server::answer(|index, _| if index == 0 { whole("yes") } else { Reply::hang() });
    let sandbox = Sandbox::new();
    let args = ["chat", "--lines", "--max-tokens", "9", "a", "--resume", "out"];
    let mut child = sandbox.gpt(args).server(&server).input("x").spawn();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a\nb\nc\n").unwrap();
    server.wait_for(2);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    expect![[r#"
        gpt: estimate: 3 requests, 27 prompt + up to 27 reply tokens, at most $0.000378 (gpt-5.6-terra)
        gpt: record 2: terminated
        gpt: used: 1 answered, 1 failed; 10 prompt + 3 reply tokens, $0.000056, and up to $0.000126 for requests without an answer
        gpt: 1 record is left; to go on, give the same command again
        gpt: terminated
    "#]].assert_eq(&String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(143));
}

#[test]
fn a_job_that_is_interrupted_in_a_pause_says_why_it_paused() {
    let told = || {
        let slow = || refusal(429, "slow down", "rate_limit_exceeded").header("retry-after", "60");
        let server = Server::answer(move |_, _| slow());
        let sandbox = Sandbox::new();
        let args = ["chat", "--lines", "--max-tokens", "9", "a"];
        let mut child = sandbox.gpt(args).server(&server).input("x").spawn();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a\n").unwrap();
        server.wait_for(1);
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        String::from_utf8(output.stderr).unwrap()
    };
    // It may be interrupted before it has read the answer.
    let told = (0..20).map(|_| told()).find(|told| told.contains(" 429"));
    let told = told.expect("none of them said it");
    let (_, of_record) = told.split_once("\ngpt: record 1: ").unwrap();
    assert!(of_record.contains("answered 429: slow down"), "{told}");
    assert!(of_record.contains("\ngpt: record 1: interrupted"), "{told}");
    assert!(!told.contains("tried again"), "{told}");
}
