//! `gpt batch submit`: what is told and booked when the way to the server breaks in the middle.

use std::io::Write;

use expect_test::{Expect, expect};

use crate::batch::{missing, request, requests, rows, seen, submit, taking};
use crate::replies::refusal;
use crate::sandbox::Sandbox;
use crate::server::{Gate, Reply, Server};
use crate::signals::signal as send;

/// What becomes of a submission to a server that does so at this address.
#[track_caller]
fn check(path: &'static str, replies: Vec<Reply>, expected: Expect) {
    let mut replies = replies.into_iter();
    let server = Server::answer(move |_, request| match request.path.as_str() {
        found if found == path => replies.next().unwrap_or_else(missing),
        "/v1/files" => Reply::json(200, r#"{"id":"file-in1"}"#),
        _ => Reply::json(200, r#"{"id":"batch_1","status":"x","input_file_id":"file-in1"}"#),
    });
    let sandbox = Sandbox::new();
    let run = submit(&sandbox, &["-q"], &requests(&["a", "b"])).server(&server).run();
    expected.assert_eq(&format!("{run}{}{}", seen(&server), rows(&sandbox)));
}

fn soon(reply: Reply) -> Reply {
    reply.header("retry-after-ms", "1")
}

#[test]
fn an_upload_may_be_tried_again() {
    let up = || Reply::json(200, r#"{"id":"file-in1"}"#);
    check(
        "/v1/files",
        vec![soon(refusal(503, "m", "c")), up()],
        expect![[r#"
        batch_1
        POST /v1/files
        POST /v1/files
        POST /v1/batches
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
    check(
        "/v1/files",
        vec![up().cut(0), up()],
        expect![[r#"
        batch_1
        POST /v1/files
        POST /v1/files
        POST /v1/batches
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
    check(
        "/v1/files",
        vec![refusal(400, "too large", "c")],
        expect![[r#"
        ! gpt: [server] answered 400: too large [c] (request req-7)
        exit 6
        POST /v1/files
        batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused
    "#]],
    );
    check(
        "/v1/files",
        vec![refusal(401, "m", "c")],
        expect![[r#"
        ! gpt: [server] answered 401: m [c] (request req-7)
        exit 5
        POST /v1/files
        batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused
    "#]],
    );
    check(
        "/v1/files",
        vec![Reply::json(200, r#"{"id":"../x"}"#)],
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is JSON of another kind (line 1, column 13)
        exit 8
        POST /v1/files
        batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused
    "#]],
    );
    check(
        "/v1/files",
        vec![Reply::redirect(307, "http://127.0.0.1:9/v1/files")],
        expect![[r#"
        ! gpt: [server] redirects to http://127.0.0.1:9, where neither key nor prompt follow; set the base URL to it if that is right
        exit 6
        POST /v1/files
        batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused
    "#]],
    );
}

#[test]
fn a_batch_is_not_made_twice() {
    let made =
        || Reply::json(200, r#"{"id":"batch_1","status":"validating","input_file_id":"file-in1"}"#);
    check(
        "/v1/batches",
        vec![soon(refusal(429, "m", "c")), made()],
        expect![[r#"
        batch_1
        POST /v1/files
        POST /v1/batches
        POST /v1/batches
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
    check(
        "/v1/batches",
        vec![made().cut(0), made()],
        expect![[r#"
        ! gpt: the connection to [server] broke before a reply came: the other side closed the connection; whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells
        exit 8
        POST /v1/files
        POST /v1/batches
        batch, unsettled, at most 115000, 1.25/1M:5/1M, file-in1
    "#]],
    );
    check(
        "/v1/batches",
        vec![made().cut(120), made()],
        expect![[r#"
        ! gpt: the reply of [server] broke off: the other side closed the connection; whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells
        exit 8
        POST /v1/files
        POST /v1/batches
        batch, unsettled, at most 115000, 1.25/1M:5/1M, file-in1
    "#]],
    );
    check(
        "/v1/batches",
        vec![soon(refusal(504, "m", "c")), made()],
        expect![[r#"
        ! gpt: [server] answered 504: m [c] (request req-7); whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells
        exit 8
        POST /v1/files
        POST /v1/batches
        batch, unsettled, at most 115000, 1.25/1M:5/1M, file-in1
    "#]],
    );
    // Only a refusal says that no batch was made.
    for status in [409, 500, 503] {
        let server = Server::answer(move |_, request| match request.path.as_str() {
            "/v1/files" => Reply::json(200, r#"{"id":"file-in1"}"#),
            _ => soon(refusal(status, "m", "c")),
        });
        let sandbox = Sandbox::new();
        let run = submit(&sandbox, &["-q"], &request("a")).server(&server).run();
        let told = format!(
            "! gpt: [server] answered {status}: m [c] (request req-7); whether a batch was made of \
             file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells\n"
        );
        assert!(run.to_string().starts_with(&told), "{run}");
        assert_eq!(seen(&server), "POST /v1/files\nPOST /v1/batches\n");
        let booked = "batch, unsettled, at most 57500, 1.25/1M:5/1M, file-in1\n";
        assert_eq!(rows(&sandbox), booked);
    }
    check(
        "/v1/batches",
        vec![Reply::json(200, "{}")],
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is JSON of another kind (line 1, column 2); whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells
        exit 8
        POST /v1/files
        POST /v1/batches
        batch, unsettled, at most 115000, 1.25/1M:5/1M, file-in1
    "#]],
    );
    check(
        "/v1/batches",
        vec![refusal(400, "no such endpoint", "c")],
        expect![[r#"
        ! gpt: [server] answered 400: no such endpoint (request req-7)
        exit 6
        POST /v1/files
        POST /v1/batches
        batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused
    "#]],
    );
}

/// Killed before a batch was made: booked at its worst case until somebody says otherwise.
#[test]
fn what_dies_in_an_upload_stays_booked() {
    for (signal, code) in [("KILL", None), ("TERM", Some(143)), ("INT", Some(130))] {
        let server = Server::start(vec![Reply::hang()]);
        let sandbox = Sandbox::new();
        let mut child = submit(&sandbox, &["-q"], "").server(&server).spawn();
        child.stdin.take().unwrap().write_all(requests(&["a", "b"]).as_bytes()).unwrap();
        server.wait_for(1);
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), code);
        let expected = match signal {
            "KILL" => "batch, reserved, at most 115000, 1.25/1M:5/1M\n",
            _ => "batch, settled, at most 115000, cost 0, 1.25/1M:5/1M, refused\n",
        };
        assert_eq!(rows(&sandbox), expected);
    }
}

/// One batch more than 50,000 lines come to, and the second is refused.
#[test]
fn a_file_that_is_too_long_becomes_two_batches() {
    let mut all = String::new();
    for id in 0..50_001 {
        all += &request(&id.to_string());
    }
    let server = taking();
    let sandbox = Sandbox::new();
    submit(&sandbox, &[], &all).server(&server).check(expect![[r#"
        batch_1
        batch_2
        ! gpt: estimate: 50001 requests, 500010 prompt + up to 450009 reply tokens, at most $2.875058 (gpt-4o, batch)
        ! gpt: submitted: batch_1, 50000 requests
        ! gpt: submitted: batch_2, 1 request
    "#]]);
    let received = server.requests();
    let lines = |place: usize| received[place].text().matches("custom_id").count();
    assert_eq!((lines(0), lines(2)), (50_000, 1));
    assert!(received[2].text().contains(&request("50000")));

    let mut uploads = 0;
    let server = Server::answer(move |_, request| {
        uploads += usize::from(request.path.ends_with("/files"));
        match request.path.as_str() {
            "/v1/files" if uploads > 1 => refusal(400, "quota", "c"),
            "/v1/files" => Reply::json(200, r#"{"id":"file-in1"}"#),
            _ => Reply::json(200, r#"{"id":"batch_1","status":"x","input_file_id":"file-in1"}"#),
        }
    });
    let sandbox = Sandbox::new();
    submit(&sandbox, &["-q"], &all).server(&server).check(expect![[r#"
        batch_1
        ! gpt: [server] answered 400: quota [c] (request req-7); 1 of 2 batches were submitted (batch_1), the lines from 50001 on were not: 'tail -n +50001' has them
        exit 6
    "#]]);
    expect![[r#"
        batch, reserved, at most 2875000000, 1.25/1M:5/1M, batch_1
        batch, settled, at most 57500, cost 0, 1.25/1M:5/1M, refused
    "#]]
    .assert_eq(&rows(&sandbox));
}

/// Of what may have become a batch the lines are not to be sent again; those behind it are.
#[test]
fn what_may_be_submitted_is_not_advised_to_be_sent_again() {
    let mut all = String::new();
    for id in 0..100_001 {
        all += &request(&id.to_string());
    }
    for (fails_at, expected) in [
        (
            1,
            expect![[r#"
                ! gpt: the connection to [server] broke before a reply came: the other side closed the connection; whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells; the file has the lines 1 to 50000; no batch was submitted before it, the lines from 50001 on were not: 'tail -n +50001' has them
                exit 8
                batch, unsettled, at most 2875000000, 1.25/1M:5/1M, file-in1
                batch, settled, at most 2875000000, cost 0, 1.25/1M:5/1M, refused
                batch, settled, at most 57500, cost 0, 1.25/1M:5/1M, refused
            "#]],
        ),
        (
            2,
            expect![[r#"
                batch_1
                ! gpt: the connection to [server] broke before a reply came: the other side closed the connection; whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells; the file has the lines 50001 to 100000; 1 of 3 batches were submitted (batch_1), the lines from 100001 on were not: 'tail -n +100001' has them
                exit 8
                batch, reserved, at most 2875000000, 1.25/1M:5/1M, batch_1
                batch, unsettled, at most 2875000000, 1.25/1M:5/1M, file-in1
                batch, settled, at most 57500, cost 0, 1.25/1M:5/1M, refused
            "#]],
        ),
        (
            3,
            expect![[r#"
                batch_1
                batch_1
                ! gpt: the connection to [server] broke before a reply came: the other side closed the connection; whether a batch was made of file file-in1 nobody knows, so it stays booked; 'gpt batch list' tells; the file has the lines 100001 to 100001; 2 of 3 batches were submitted (batch_1, batch_1)
                exit 8
                batch, reserved, at most 2875000000, 1.25/1M:5/1M, batch_1
                batch, reserved, at most 2875000000, 1.25/1M:5/1M, batch_1
                batch, unsettled, at most 57500, 1.25/1M:5/1M, file-in1
            "#]],
        ),
    ] {
        let mut uploads = 0;
        let server = Server::answer(move |_, request| {
            uploads += usize::from(request.path.ends_with("/files"));
            match request.path.as_str() {
                "/v1/files" => Reply::json(200, r#"{"id":"file-in1"}"#),
                _ if uploads == fails_at => Reply::json(200, "{}").cut(0),
                _ => Reply::json(200, r#"{"id":"batch_1","status":"x","input_file_id":"f"}"#),
            }
        });
        let sandbox = Sandbox::new();
        let run = submit(&sandbox, &["-q"], &all).server(&server).run();
        expected.assert_eq(&format!("{run}{}", rows(&sandbox)));
    }
}

/// An id that cannot be printed is told of, and the batch stays booked.
#[test]
fn an_id_is_not_lost() {
    let sandbox = Sandbox::new();
    sandbox.write("r.jsonl", requests(&["a"]));
    let server = taking();
    let run = submit(&sandbox, &["-q", "r.jsonl"], "").server(&server).output("/dev/full");
    run.check(expect![[r#"
        ! gpt: batch_1 was submitted, and could not be printed
        ! gpt: standard output: no space left on device
        exit 1
    "#]]);
    expect![[r#"
        batch, reserved, at most 57500, 1.25/1M:5/1M, batch_1
    "#]]
    .assert_eq(&rows(&sandbox));
}

#[test]
fn what_is_uploaded_is_what_was_checked() {
    let gate = Gate::new();
    let server = Server::start(vec![
        Reply::json(200, r#"{"id":"file-in1"}"#).slow(&gate),
        Reply::json(200, r#"{"id":"batch_1","status":"x","input_file_id":"file-in1"}"#),
    ]);
    let sandbox = Sandbox::new();
    let input = requests(&["a"]);
    // Blank lines and what is around a line are not sent; a last line without its end has one.
    sandbox.write("r.jsonl", format!("\n  {}\r\n\n{}", input.trim_end(), request("b").trim_end()));
    let child = submit(&sandbox, &["-q", "r.jsonl"], "").server(&server).spawn();
    gate.wait_arrived(1);
    gate.open();
    assert!(child.wait_with_output().unwrap().status.success());
    let upload = server.requests()[0].text();
    assert!(upload.contains(&format!("\r\n\r\n{input}{}\r\n--gpt", request("b"))), "{upload}");
}
