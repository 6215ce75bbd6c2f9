//! Streams from outside: each piece is printed when it arrives, whatever the server's framing.

use std::io::{BufRead, BufReader, Read};

use expect_test::{Expect, expect};

use crate::replies::{chunk, events, finish, stream, usage, whole};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Reply, Server};

#[track_caller]
fn check(args: &[&str], answer: Reply, expected: Expect) {
    let server = Server::start(vec![answer]);
    let args = [&["chat", "-q", "--stream", "hi"], args].concat();
    Sandbox::new().gpt(args).server(&server).check(expected);
}

#[test]
fn each_piece_is_printed_when_it_arrives() {
    for (args, first) in [(&[][..], "one"), (&["--json"], "{")] {
        let gate = Gate::new();
        let server = Server::start(vec![stream(&["one", " two"]).gated(&gate)]);
        let sandbox = Sandbox::new();
        let args = [&["chat", "-q", "--stream", "hi"], args].concat();
        let mut child = sandbox.gpt(args).server(&server).spawn();
        let mut out = child.stdout.take().unwrap();
        let mut read = vec![0; first.len()];
        out.read_exact(&mut read).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), first);
        gate.open();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success());
        if first == "one" {
            assert_eq!(rest, " two\n");
        }
    }
}

#[test]
fn a_line_is_printed_with_its_line_break() {
    for (pieces, first) in [(["one\n\n", "two"], "one\n"), (["one\n", "\ntwo"], "one\n")] {
        let gate = Gate::new();
        let (server, sandbox) = (Server::start(vec![stream(&pieces).gated(&gate)]), Sandbox::new());
        let mut child = sandbox.gpt(["chat", "-q", "--stream", "hi"]).server(&server).spawn();
        let mut out = child.stdout.take().unwrap();
        let mut read = vec![0; first.len()];
        out.read_exact(&mut read).unwrap();
        assert_eq!(read, first.as_bytes());
        gate.open();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), child.wait().unwrap().success()), ("\ntwo\n", true));
    }
}

#[test]
fn the_text_ends_in_one_line_break() {
    for (pieces, printed) in [
        (&["\n", "\n", "one"][..], "\n\none\n"),
        (&["\n", "\n"], "\n"),
        (&["", "one\n"], "one\n"),
        (&["one\n\n\n", "two\n\n"], "one\n\n\ntwo\n"),
        (&["one\n", "\n", "two", "\n", "\n"], "one\n\ntwo\n"),
        (&["one"], "one\n"),
        (&[], "\n"),
    ] {
        let (server, sandbox) = (Server::start(vec![stream(pieces)]), Sandbox::new());
        let run = sandbox.gpt(["chat", "-q", "--stream", "hi"]).server(&server).run();
        assert_eq!((run.text(), run.code), (printed, 0), "{run}");
    }
}

#[test]
fn json_is_a_chunk_a_line() {
    check(
        &["--json"],
        stream(&["one"]),
        expect![[r#"
        {"model":"m-1","choices":[{"index":0,"delta":{"content":"one"}}]}
        {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
        {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}
    "#]],
    );
    let multi = b"data: {\"choices\":\ndata:  [{\"delta\":{\"content\":\"a\"},\ndata: \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    check(
        &["--json"],
        Reply::pieces(&[multi]),
        expect![[r#"
        {"choices":  [{"delta":{"content":"a"}, "finish_reason":"stop"}]}
    "#]],
    );
    check(
        &["--json"],
        events([chunk("a"), "{\"error\":{\"message\":\"m\"}}".into()]),
        expect![[r#"
        {"model":"m-1","choices":[{"index":0,"delta":{"content":"a"}}]}
        {"error":{"message":"m"}}
        ! gpt: the reply is not complete: the server reports an error: m
        exit 9
    "#]],
    );
}

#[test]
fn choices_come_one_after_the_other() {
    let second =
        r#"{"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"2"}}]}"#;
    let ends = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"stop"}]}"#;
    let answer = events([chunk("1"), second.into(), ends.into(), "[DONE]".into()]);
    check(
        &["-N", "2"],
        answer,
        expect![[r#"
        12
        ---
        b
    "#]],
    );
}

#[test]
fn a_server_that_does_not_stream_is_understood() {
    check(
        &[],
        whole("all at once"),
        expect![[r#"
        all at once
    "#]],
    );
}

/// Comments, every kind of line break, names of events, and cuts between any two bytes.
#[test]
fn a_server_that_always_streams_is_understood() {
    let (server, sandbox) = (Server::repeat(stream(&["one", " two"])), Sandbox::new());
    for (args, printed) in [(&[][..], "one two\n"), (&["-N", "1"], "one two\n")] {
        let args = [&["chat", "-q", "hi"], args].concat();
        assert_eq!(sandbox.gpt(args).server(&server).run().to_string(), printed);
    }
}

#[test]
fn events_are_understood_however_they_are_cut() {
    let text = format!(
        ": hello\r\n\r\nevent: x\rdata:{}\r\r\ndata: {}\n\n:\n\ndata: {}\n\ndata: [DONE]\n\n",
        chunk("é\u{1b}"),
        chunk("[1mß"),
        finish("stop")
    );
    let bytes = text.as_bytes();
    let expected = "é\u{1b}[1mß\n";
    let sandbox = Sandbox::new();
    let run = |answer: Reply| {
        let server = Server::start(vec![answer]);
        sandbox.gpt(["chat", "-q", "--stream", "hi"]).server(&server).run().to_string()
    };
    assert_eq!(run(Reply::pieces(&bytes.chunks(1).collect::<Vec<_>>())), expected);
    for cut in (1..bytes.len()).step_by(7) {
        let (one, other) = bytes.split_at(cut);
        assert_eq!(run(Reply::pieces(&[one, other])), expected, "cut at {cut}");
    }
}

#[test]
fn usage_need_not_come_last_nor_alone() {
    let with_choice = usage().replace("[]", r#"[{"index":0,"delta":{}}]"#);
    let moderation = r#"{"choices":[],"usage":null,"moderation":{}}"#.to_owned();
    let answer = events([chunk("a"), with_choice, finish("stop"), moderation, "[DONE]".into()]);
    let server = Server::start(vec![answer]);
    let run = Sandbox::new().gpt(["chat", "--stream", "hi"]).server(&server).run();
    expect![[r#"
        a
        ! gpt: estimate: 7 prompt + up to 128000 reply tokens, at most $1.536014 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]]
    .assert_eq(&run.to_string());
}

#[test]
fn a_reader_that_leaves_is_no_failure_and_is_billed() {
    let gate = Gate::new();
    let server = Server::start(vec![stream(&["one\n", "two\n", "three\n"]).gated(&gate)]);
    let sandbox = Sandbox::new();
    let mut child =
        sandbox.gpt(["chat", "--stream", "--report", "r", "hi"]).server(&server).spawn();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    gate.step();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "one\n");
    drop(out);
    gate.open();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    // Nothing but the estimate and the bill; how much had come is the pipe's affair.
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 2);
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("r")).unwrap();
    let fields = (&report["exit"], &report["usage"]["exact"]);
    assert_eq!(fields, (&0.into(), &false.into()), "{report}");
}

#[test]
fn a_full_disk_is_1() {
    for args in [
        &["chat", "-q", "hi"][..],
        &["chat", "-q", "--json", "hi"],
        &["chat", "-q", "--stream", "hi"],
    ] {
        let server = Server::repeat(if args.contains(&"--stream") {
            stream(&["a", "b"])
        } else {
            whole("a")
        });
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(args).server(&server).output("/dev/full").run();
        assert_eq!(run.to_string(), "! gpt: standard output: no space left on device\nexit 1\n");
    }
}

/// Something comes all the time, and yet the time for everything is over.
#[test]
fn a_trickle_does_not_outlast_the_deadline() {
    let server = Server::start(vec![Reply::flood(b"", b": still here\n", u64::MAX)]);
    let sandbox = Sandbox::new();
    let args = ["chat", "-q", "--stream", "--timeout", "0.5", "--retries", "0", "hi"];
    let run = sandbox.gpt(args).server(&server).run();
    let expected = "! gpt: no complete answer from [server] within 0.5 s\nexit 8\n";
    assert_eq!(run.to_string(), expected);
}
