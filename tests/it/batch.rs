//! `gpt batch` from a file of requests to their answers, and what stands in the books meanwhile.

use expect_test::{Expect, expect};
use rusqlite::Connection;
use serde_json::json;

use crate::replies::body;
use crate::sandbox::{Gpt, Sandbox};
use crate::server::{Received, Reply, Server};

/// A request of nine tokens and a reply of nine at most: $0.00007125 at half of gpt-4o's price.
pub fn request(id: &str) -> String {
    let body = json!({
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "three more words"}],
        "max_tokens": 9,
    });
    line(id, &body)
}

pub fn line(id: &str, body: &serde_json::Value) -> String {
    let url = "/v1/chat/completions";
    json!({"custom_id": id, "method": "POST", "url": url, "body": body}).to_string() + "\n"
}

pub fn requests(ids: &[&str]) -> String {
    ids.iter().map(|id| request(id)).collect()
}

/// An answer of 10 prompt and 3 reply tokens: $0.0000275.
pub fn answer(id: &str, text: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(&body(text, "stop")).unwrap();
    let response = json!({"status_code": 200, "request_id": "r", "body": body});
    json!({"id": "x", "custom_id": id, "response": response, "error": null}).to_string() + "\n"
}

/// A request that was refused with this status.
pub fn refused(id: &str, status: u16) -> String {
    let body = json!({"error": {"message": "no", "code": "c"}});
    let response = json!({"status_code": status, "request_id": "r", "body": body});
    json!({"id": "x", "custom_id": id, "response": response, "error": null}).to_string() + "\n"
}

/// A request that was never carried out.
pub fn undone(id: &str, code: &str) -> String {
    let error = json!({"code": code, "message": "not done"});
    json!({"id": "x", "custom_id": id, "response": null, "error": error}).to_string() + "\n"
}

/// A batch in this state, with all its files.
pub fn batch(status: &str, total: u64, completed: u64) -> serde_json::Value {
    let failed = total - completed;
    json!({
        "id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions",
        "input_file_id": "file-in", "output_file_id": "file-out", "error_file_id": "file-err",
        "status": status, "created_at": 1_800_000_000, "completed_at": 1_800_000_090,
        "request_counts": {"total": total, "completed": completed, "failed": failed},
    })
}

/// What a server has under its addresses; anything else is not found.
pub fn serve(pages: &[(&str, Reply)]) -> Server {
    let pages: Vec<(String, Reply)> =
        pages.iter().map(|(path, reply)| (format!("/v1/{path}"), reply.clone())).collect();
    Server::answer(move |_, request| {
        let page = pages.iter().find(|(path, _)| *path == request.path);
        page.map_or_else(missing, |(_, reply)| reply.clone())
    })
}

pub fn missing() -> Reply {
    Reply::json(404, r#"{"error":{"message":"nothing here","code":"not_found"}}"#)
}

/// A server that has a batch in this state, with these files.
pub fn holding(batch: &serde_json::Value, input: &str, output: &str, errors: &str) -> Server {
    serve(&[
        ("batches/batch_1", Reply::json(200, &batch.to_string())),
        ("files/file-in/content", file(input)),
        ("files/file-out/content", file(output)),
        ("files/file-err/content", file(errors)),
    ])
}

pub fn file(content: &str) -> Reply {
    Reply::new(200, "application/octet-stream", content)
}

/// A server that takes whatever is submitted.
pub fn taking() -> Server {
    let mut made = 0;
    Server::answer(move |_, request| match request.path.as_str() {
        "/v1/files" => {
            made += 1;
            Reply::json(200, &format!(r#"{{"id":"file-in{made}","object":"file"}}"#))
        }
        "/v1/batches" => {
            let status = "validating";
            let batch = json!({"id": format!("batch_{made}"), "status": status,
                "input_file_id": format!("file-in{made}"), "created_at": 1_800_000_000});
            Reply::json(200, &batch.to_string())
        }
        _ => missing(),
    })
}

pub fn submit(sandbox: &Sandbox, args: &[&str], input: &str) -> Gpt {
    sandbox.gpt([&["batch", "submit"], args].concat()).input(input)
}

/// The rows of the ledger, without what differs from run to run.
pub fn rows(sandbox: &Sandbox) -> String {
    let path = sandbox.path(".local/state/gpt/ledger.db");
    if !path.exists() {
        return "no ledger\n".to_owned();
    }
    let ledger = Connection::open(path).unwrap();
    let mut rows = ledger
        .prepare(
            "SELECT command || ', ' || state || ', at most ' || (worst_case / 1000)
               || coalesce(', cost ' || (cost / 1000), '')
               || coalesce(', ' || prompt || '+' || reply, '') || ', ' || price
               || coalesce(', ' || finish_reason, '') || coalesce(', ' || request_id, '')
               || CASE WHEN tag = '' THEN '' ELSE ', ' || tag END
             FROM request ORDER BY id",
        )
        .unwrap();
    let rows = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|row| row.unwrap() + "\n").collect()
}

/// What the server saw, a request a line.
pub fn seen(server: &Server) -> String {
    let told = |request: Received| format!("{} {}\n", request.method, request.path);
    server.requests().into_iter().map(told).collect()
}

/// Submits, and gets the results of what the server then has.
#[track_caller]
fn check(ids: &[&str], batch: &serde_json::Value, output: &str, errors: &str, expected: Expect) {
    let sandbox = Sandbox::new();
    let input = requests(ids);
    let submitted = submit(&sandbox, &["-q"], &input).server(&taking()).run();
    assert_eq!(submitted.to_string(), "batch_1\n");
    let server = holding(batch, &input, output, errors);
    let mut told = String::new();
    // The second time changes nothing.
    for args in [&["batch", "results", "batch_1"][..], &["batch", "results", "-q", "batch_1"]] {
        told += &format!("{}{}", sandbox.gpt(args).server(&server).run(), rows(&sandbox));
    }
    expected.assert_eq(&told);
}

#[test]
fn from_a_file_to_its_answers() {
    let server = taking();
    let sandbox = Sandbox::new();
    let input = requests(&["a", "b"]);
    sandbox.write("requests.jsonl", &input);
    submit(&sandbox, &["--tag", "t", "requests.jsonl"], "").server(&server).check(expect![[r#"
        batch_1
        ! gpt: estimate: 2 requests, 20 prompt + up to 18 reply tokens, at most $0.000115 (gpt-4o, batch)
        ! gpt: submitted: batch_1, 2 requests
    "#]]);
    expect![[r#"
        POST /v1/files
        POST /v1/batches
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1, t
    "#]]
    .assert_eq(&(seen(&server) + &rows(&sandbox)));
    let received = server.requests();
    let upload = received[0].text();
    assert!(upload.contains("name=\"purpose\"\r\n\r\nbatch\r\n"), "{upload}");
    assert!(upload.contains(&format!("\r\n\r\n{input}\r\n--gpt-form-")), "{upload}");
    assert_eq!(
        received[1].text(),
        r#"{"input_file_id":"file-in1","endpoint":"/v1/chat/completions","completion_window":"24h"}"#
    );
}

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let output = answer("c", "three") + &answer("a", "one\ntwo\n") + &answer("b", "");
    check(
        &["a", "b", "c"],
        &batch("completed", 3, 3),
        &output,
        "",
        expect![[r#"
            one two

            three
            ! gpt: used: 30 prompt + 9 reply tokens, $0.000083 (batch_1)
            batch, settled, at most 172500, cost 82500, 30+9, 1.25/1M:5/1M, completed, batch_1
            one two

            three
            batch, settled, at most 172500, cost 82500, 30+9, 1.25/1M:5/1M, completed, batch_1
        "#]],
    );
}

#[test]
fn a_failure_keeps_its_place() {
    let output = answer("d", "four") + &answer("a", "one");
    let errors = refused("c", 400) + &refused("b", 429);
    check(
        &["a", "b", "c", "d"],
        &batch("completed", 4, 2),
        &output,
        &errors,
        expect![[r#"
            one


            four
            ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
            ! gpt: request 2 ('b'): answered 429: no [c]
            ! gpt: request 3 ('c'): answered 400: no [c]
            exit 7
            batch, settled, at most 230000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
            one


            four
            ! gpt: request 2 ('b'): answered 429: no [c]
            ! gpt: request 3 ('c'): answered 400: no [c]
            exit 7
            batch, settled, at most 230000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
        "#]],
    );
}

#[test]
fn what_was_done_before_the_end_is_had_and_billed() {
    let output = answer("b", "two");
    let errors = undone("a", "batch_expired");
    let ids = ["a", "b", "c"];
    check(
        &ids,
        &batch("expired", 3, 1),
        &output,
        &errors,
        expect![[r#"
            [line break]
            two

            ! gpt: used: 10 prompt + 3 reply tokens, $0.000028 (batch_1)
            ! gpt: request 1 ('a'): not done [batch_expired]
            ! gpt: batch_1: 1 of 3 requests have no answer: the batch expired
            exit 9
            batch, settled, at most 172500, cost 27500, 10+3, 1.25/1M:5/1M, expired, batch_1
            [line break]
            two

            ! gpt: request 1 ('a'): not done [batch_expired]
            ! gpt: batch_1: 1 of 3 requests have no answer: the batch expired
            exit 9
            batch, settled, at most 172500, cost 27500, 10+3, 1.25/1M:5/1M, expired, batch_1
        "#]],
    );
    check(
        &ids,
        &batch("cancelled", 3, 1),
        &output,
        "",
        expect![[r#"
            [line break]
            two

            ! gpt: used: 10 prompt + 3 reply tokens, $0.000028 (batch_1)
            ! gpt: batch_1: 2 of 3 requests have no answer: the batch was cancelled
            exit 9
            batch, settled, at most 172500, cost 27500, 10+3, 1.25/1M:5/1M, cancelled, batch_1
            [line break]
            two

            ! gpt: batch_1: 2 of 3 requests have no answer: the batch was cancelled
            exit 9
            batch, settled, at most 172500, cost 27500, 10+3, 1.25/1M:5/1M, cancelled, batch_1
        "#]],
    );
}

#[test]
fn a_batch_that_failed_costs_nothing() {
    let mut failed = batch("failed", 0, 0);
    failed["errors"] = json!({"data": [{"code": "c", "message": "no such model", "line": 1}]});
    failed["output_file_id"] = json!(null);
    failed["error_file_id"] = json!(null);
    check(
        &["a", "b"],
        &failed,
        "",
        "",
        expect![[r#"
            [line break]

            ! gpt: used: 0 prompt + 0 reply tokens, $0.000000 (batch_1)
            ! gpt: batch_1: 2 of 2 requests have no answer: the batch failed: line 1: no such model
            exit 6
            batch, settled, at most 115000, cost 0, 0+0, 1.25/1M:5/1M, failed, batch_1
            [line break]

            ! gpt: batch_1: 2 of 2 requests have no answer: the batch failed: line 1: no such model
            exit 6
            batch, settled, at most 115000, cost 0, 0+0, 1.25/1M:5/1M, failed, batch_1
        "#]],
    );
}
