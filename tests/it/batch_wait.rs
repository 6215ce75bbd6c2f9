//! `gpt batch status`, `wait`, `cancel` and `list`.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::batch::{batch, missing, seen, serve};
use crate::replies::refusal;
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};
use crate::signals::signal;

fn described(status: &str, total: u64, completed: u64) -> Reply {
    Reply::json(200, &batch(status, total, completed).to_string())
}

#[track_caller]
fn check(args: &[&str], server: &Server, expected: Expect) {
    let run = Sandbox::new().gpt([&["batch"], args].concat()).server(server).run();
    expected.assert_eq(&format!("{run}{}", seen(server)));
}

#[test]
fn a_state_is_a_line_or_the_servers_json() {
    let page = || serve(&[("batches/batch_1", described("in_progress", 30, 12))]);
    check(
        &["status", "batch_1"],
        &page(),
        expect![[r#"
        ID       STATUS       TOTAL  DONE  FAILED  CREATED
        batch_1  in_progress     30    12      18  2027-01-15T08:00:00Z
        GET /v1/batches/batch_1
    "#]],
    );
    let raw = "{\n  \"id\": \"batch_1\",\n  \"status\": \"x\\u001b[2J y\", \"input_file_id\": \"f\",\r\n  \"n\": 1.50}";
    let server = serve(&[("batches/batch_1", Reply::json(200, raw))]);
    check(
        &["status", "batch_1"],
        &server,
        expect![[r#"
        ID       STATUS  TOTAL  DONE  FAILED  CREATED
        batch_1  x[2Jy       0     0       0  1970-01-01T00:00:00Z
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        &["status", "--json", "batch_1"],
        &server,
        expect![[r#"
            {   "id": "batch_1",   "status": "x\u001b[2J y", "input_file_id": "f",    "n": 1.50}
            GET /v1/batches/batch_1
            GET /v1/batches/batch_1
        "#]],
    );
    check(
        &["status", "batch_1", "batch_2"],
        &page(),
        expect![[r#"
        ! gpt: [server] answered 404: nothing here [not_found]
        exit 6
        GET /v1/batches/batch_1
        GET /v1/batches/batch_2
    "#]],
    );
}

#[test]
fn what_is_cancelled_says_so() {
    let server = serve(&[("batches/batch_1/cancel", described("cancelling", 3, 1))]);
    check(
        &["cancel", "batch_1"],
        &server,
        expect![[r#"
        ID       STATUS      TOTAL  DONE  FAILED  CREATED
        batch_1  cancelling      3     1       2  2027-01-15T08:00:00Z
        POST /v1/batches/batch_1/cancel
    "#]],
    );
    let sent = &server.requests()[0];
    assert_eq!((sent.header("content-type"), sent.header("content-length")), (None, Some("0")));
    let done = refusal(400, "Cannot cancel a batch with status completed.", "c");
    check(
        &["cancel", "batch_1"],
        &serve(&[("batches/batch_1/cancel", done)]),
        expect![[r#"
        ! gpt: [server] answered 400: Cannot cancel a batch with status completed. (request req-7)
        exit 6
        POST /v1/batches/batch_1/cancel
    "#]],
    );
}

/// A server of 250 batches, in pages.
fn many() -> Server {
    Server::answer(|_, request| {
        let (_, query) = request.path.split_once('?').unwrap();
        let value = |name: &str| {
            let mut fields = query.split('&').filter_map(|field| field.split_once('='));
            fields.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
        };
        let limit: usize = value("limit").unwrap().parse().unwrap();
        let after = value("after").map_or(0, |id| id[6..].parse::<usize>().unwrap() + 1);
        let each = |number: usize| {
            let mut one = batch("completed", 1, 1);
            one["id"] = json!(format!("batch_{number}"));
            one
        };
        let data: Vec<Value> = (after..250).take(limit).map(each).collect();
        let more = after + data.len() < 250;
        Reply::json(200, &json!({"object": "list", "data": data, "has_more": more}).to_string())
    })
}

#[test]
fn a_list_is_read_page_by_page_as_far_as_asked() {
    for (limit, lines, pages) in [("1", 1, 1), ("99", 99, 1), ("100", 100, 1), ("101", 101, 2)] {
        let server = many();
        let args = ["batch", "list", "--json", "--limit", limit];
        let run = Sandbox::new().gpt(args).server(&server).run();
        assert_eq!((run.text().lines().count(), server.requests().len()), (lines, pages), "{run}");
    }
    let server = many();
    let run = Sandbox::new().gpt(["batch", "list", "--limit", "9999"]).server(&server).run();
    assert_eq!((run.text().lines().count(), server.requests().len()), (251, 3), "{run}");
    // A server without pages that says there is more is not asked for ever.
    let page = json!({"data": [batch("completed", 1, 1)], "has_more": true}).to_string();
    check(
        &["list"],
        &Server::repeat(Reply::json(200, &page)),
        expect![[r#"
        ID       STATUS     TOTAL  DONE  FAILED  CREATED
        batch_1  completed      1     1       0  2027-01-15T08:00:00Z
        GET /v1/batches?limit=100
        GET /v1/batches?limit=100&after=batch_1
    "#]],
    );
    check(
        &["list"],
        &Server::repeat(Reply::json(200, r#"{"data":[]}"#)),
        expect![[r#"
        ID  STATUS  TOTAL  DONE  FAILED  CREATED
        GET /v1/batches?limit=100
    "#]],
    );
    check(
        &["list"],
        &Server::repeat(missing()),
        expect![[r#"
        ! gpt: [server] answered 404: nothing here [not_found]
        exit 6
        GET /v1/batches?limit=100
    "#]],
    );
    check(
        &["list", "--limit", "0"],
        &Server::repeat(missing()),
        expect![[r#"
        ! gpt: invalid value '0' for '--limit <N>': 0 is not in 1..=10000; try '--help'
        exit 2
    "#]],
    );
}

#[test]
fn a_wait_ends_with_the_batch() {
    check(
        &["wait", "batch_1"],
        &Server::start(vec![described("completed", 3, 3)]),
        expect![[r#"
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
    "#]],
    );
    // That some requests have failed is for the results to tell.
    check(
        &["wait", "batch_1"],
        &Server::start(vec![described("completed", 3, 1)]),
        expect![[r#"
        ! gpt: 1 of 3 done, 2 failed, completed
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        &["wait", "batch_1"],
        &Server::start(vec![described("expired", 3, 1)]),
        expect![[r#"
        ! gpt: 1 of 3 done, 2 failed, expired
        ! gpt: batch_1 expired with 1 of 3 done
        exit 9
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        &["wait", "batch_1"],
        &Server::start(vec![described("cancelled", 3, 1)]),
        expect![[r#"
        ! gpt: 1 of 3 done, 2 failed, cancelled
        ! gpt: batch_1 cancelled with 1 of 3 done
        exit 9
        GET /v1/batches/batch_1
    "#]],
    );
    let mut failed = batch("failed", 0, 0);
    failed["errors"] = json!({"data": [{"code": "c1", "message": "m", "line": 7}]});
    let failed = Reply::json(200, &failed.to_string());
    check(
        &["wait", "-q", "batch_1"],
        &Server::start(vec![failed]),
        expect![[r#"
        ! gpt: batch_1 failed: line 7: m [c1]
        exit 6
        GET /v1/batches/batch_1
    "#]],
    );
}

#[test]
fn a_wait_goes_on_through_failures() {
    let replies = vec![
        described("validating", 0, 0),
        described("in_progress", 3, 1).cut(0),
        described("completed", 3, 3),
    ];
    check(
        &["wait", "batch_1"],
        &Server::start(replies),
        expect![[r#"
        ! gpt: 0 of 0 done, 0 failed, validating
        ! gpt: no connection to [server]: the other side closed the connection; waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        &["wait", "batch_1"],
        &Server::start(vec![missing()]),
        expect![[r#"
        ! gpt: [server] answered 404: nothing here [not_found]
        exit 6
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        &["wait", "batch_1"],
        &Server::start(vec![refusal(401, "m", "c")]),
        expect![[r#"
        ! gpt: [server] answered 401: m [c] (request req-7)
        exit 5
        GET /v1/batches/batch_1
    "#]],
    );
}

/// A gateway's page is not the end, nor a server that wants to be left alone for long.
#[test]
fn a_wait_outlasts_what_passes() {
    let check = |reply: Reply, expected: Expect| {
        let server = Server::start(vec![reply, described("completed", 3, 3)]);
        check(&["wait", "--max-wait", "0.5", "batch_1"], &server, expected);
    };
    check(
        Reply::new(200, "text/html", "<html>"),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is HTML, not JSON; is the base URL right?; waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        Reply::json(200, "{\"id\":"),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is not JSON (line 1, column 6); waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        refusal(429, "m", "c").header("retry-after", "300"),
        expect![[r#"
        ! gpt: [server] answered 429: m [c]; it asks to wait 300 s (request req-7); waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        refusal(503, "m", "c").header("retry-after", "300"),
        expect![[r#"
        ! gpt: [server] answered 503: m [c]; it asks to wait 300 s (request req-7); waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        refusal(408, "m", "c"),
        expect![[r#"
        ! gpt: [server] answered 408: m [c] (request req-7); waiting for it
        ! gpt: 3 of 3 done, 0 failed, completed
        GET /v1/batches/batch_1
        GET /v1/batches/batch_1
    "#]],
    );
    check(
        refusal(429, "m", "insufficient_quota"),
        expect![[r#"
        ! gpt: [server] answered 429: m [insufficient_quota] (request req-7)
        exit 7
        GET /v1/batches/batch_1
    "#]],
    );
}

#[test]
fn a_wait_is_bounded() {
    let going = || Server::repeat(described("in_progress", 3, 1));
    check(
        &["wait", "--max-wait", "0.5", "batch_1"],
        &going(),
        expect![[r#"
            ! gpt: 1 of 3 done, 2 failed, in_progress
            ! gpt: batch_1 is not done after 0.5 s: 1 of 3 done, 2 failed, in_progress; wait again
            exit 9
            GET /v1/batches/batch_1
            GET /v1/batches/batch_1
        "#]],
    );
    let down = || Server::repeat(refusal(503, "m", "c"));
    check(
        &["wait", "--max-wait", "0.5", "batch_1"],
        &down(),
        expect![[r#"
            ! gpt: [server] answered 503: m [c] (request req-7); waiting for it
            ! gpt: batch_1 cannot be looked at: [server] answered 503: m [c] (request req-7)
            exit 8
            GET /v1/batches/batch_1
            GET /v1/batches/batch_1
        "#]],
    );
    check(
        &["wait", "--max-wait", "0", "batch_1"],
        &going(),
        expect![[r#"
        ! gpt: --max-wait '0' is no number of seconds above 0
        exit 2
    "#]],
    );
}

#[test]
fn an_interrupted_wait_says_that_the_batch_goes_on() {
    for (name, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        // While the answer is awaited, and between two looks.
        for reply in [Reply::hang(), described("in_progress", 3, 1)] {
            let server = Server::start(vec![reply]);
            let sandbox = Sandbox::new();
            let args = ["batch", "wait", "-q", "batch_1"];
            let child = sandbox.gpt(args).server(&server).spawn();
            server.wait_for(1);
            signal(&child, name);
            let ended = child.wait_with_output().unwrap();
            let told = String::from_utf8(ended.stderr).unwrap();
            let line = format!("gpt: {word}; the server works on, 'gpt batch wait' waits again\n");
            assert_eq!((ended.status.code(), told), (Some(code), line));
        }
    }
}
