//! `gpt batch results` when what comes is not what was hoped for; once in the books, however often.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::batch::{
    answer, batch, file, holding, refused, request, requests, rows, seen, serve, submit, taking,
};
use crate::replies::body;
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A home where a batch of these requests is booked.
fn booked(ids: &[&str], args: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    let args = [&["-q"], args].concat();
    let run = submit(&sandbox, &args, &requests(ids)).server(&taking()).run();
    assert_eq!(run.to_string(), "batch_1\n");
    sandbox
}

#[track_caller]
fn check(ids: &[&str], args: &[&str], server: &Server, expected: Expect) {
    let sandbox = booked(ids, &[]);
    let args = [&["batch", "results", "batch_1"], args].concat();
    let run = sandbox.gpt(args).server(server).run();
    expected.assert_eq(&format!("{run}{}", rows(&sandbox)));
}

#[test]
fn json_tells_all_of_each() {
    let errors = refused("b", 500);
    let server = holding(
        &batch("completed", 3, 2),
        &requests(&["a", "b", "c"]),
        &(answer("c", "a\nb") + &answer("a", "one")),
        &errors,
    );
    check(
        &["a", "b", "c"],
        &["--json", "-q"],
        &server,
        expect![[r#"
        {"index":1,"id":"a","reply":"one","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.0000275,"error":null}
        {"index":2,"id":"b","reply":null,"usage":null,"cost":null,"error":"answered 500: no [c]"}
        {"index":3,"id":"c","reply":"a\nb","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.0000275,"error":null}
        ! gpt: request 2 ('b'): answered 500: no [c]
        exit 8
        batch, settled, at most 172500, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
}

#[test]
fn a_reply_that_is_cut_is_printed_and_told() {
    let cut = |id: &str| {
        let body: Value = serde_json::from_str(&body("half", "length")).unwrap();
        let response = json!({"status_code": 200, "body": body});
        json!({"custom_id": id, "response": response, "error": null}).to_string() + "\n"
    };
    let output = cut("a") + &answer("b", "two");
    let server = holding(&batch("completed", 2, 2), &requests(&["a", "b"]), &output, "");
    check(
        &["a", "b"],
        &[],
        &server,
        expect![[r#"
        half
        two
        ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
        ! gpt: request 1 ('a'): the reply is not complete: it was cut at its cap
        exit 9
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    check(
        &["a", "b"],
        &["--allow-incomplete"],
        &server,
        expect![[r#"
        half
        two
        ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
}

/// What makes the bill doubtful leaves the batch booked at its worst case.
#[test]
fn what_cannot_be_read_is_told() {
    let ids = ["a", "b", "c"];
    let input = requests(&ids);
    let whole = ids.map(|id| answer(id, id)).concat();
    let check = |output: &str, expected: Expect| {
        check(&ids, &[], &holding(&batch("completed", 3, 3), &input, output, ""), expected);
    };
    check(
        &(answer("a", "1") + "<html>\n" + &answer("c", "3")),
        expect![[r#"
            1

            3
            ! gpt: file-out, line 2: no answer that can be read
            ! gpt: batch_1 stays booked at its worst case: 1 of its result lines cannot be read; 'gpt spend --settle 1 USD' books what it cost
            ! gpt: batch_1: 1 of 3 requests have no answer: the results do not hold it
            exit 9
            batch, reserved, at most 172500, 1.25/1M:5/1M, batch_1
        "#]],
    );
    check(
        &whole[..whole.len() - 20],
        expect![[r#"
            a
            b

            ! gpt: file-out, line 3: no answer that can be read
            ! gpt: batch_1 stays booked at its worst case: 1 of its result lines cannot be read; 'gpt spend --settle 1 USD' books what it cost
            ! gpt: batch_1: 1 of 3 requests have no answer: the results do not hold it
            exit 9
            batch, reserved, at most 172500, 1.25/1M:5/1M, batch_1
        "#]],
    );
    check(
        &(answer("a", "1") + &answer("b", "2")),
        expect![[r#"
        1
        2

        ! gpt: batch_1 stays booked at its worst case: 2 answers came of 3; 'gpt spend --settle 1 USD' books what it cost
        ! gpt: batch_1: 1 of 3 requests have no answer: the results do not hold it
        exit 9
        batch, reserved, at most 172500, 1.25/1M:5/1M, batch_1
    "#]],
    );
    check(
        &whole.replace("\"usage\"", "\"uses\""),
        expect![[r#"
            a
            b
            c
            ! gpt: used: ~30 prompt + ~3 reply tokens, ~$0.000053 (batch_1)
            batch, settled, at most 172500, cost 52500, 30+3, 1.25/1M:5/1M, completed, batch_1
        "#]],
    );
    // Every request has its answer: what else is there is told, and no more.
    check(
        &(whole.clone() + "<html>\n"),
        expect![[r#"
        a
        b
        c
        ! gpt: file-out, line 4: no answer that can be read
        ! gpt: used: 30 prompt + 9 reply tokens, $0.000083 (batch_1)
        batch, settled, at most 172500, cost 82500, 30+9, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    // The first answer counts, and what nobody asked for is billed.
    check(
        &(whole.clone() + &answer("b", "again")),
        expect![[r#"
        a
        b
        c
        ! gpt: file-out, line 4: another answer to 'b'
        ! gpt: used: 30 prompt + 9 reply tokens, $0.000083 (batch_1)
        batch, settled, at most 172500, cost 82500, 30+9, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    check(
        &(whole + &answer("x", "strange")),
        expect![[r#"
        a
        b
        c
        ! gpt: file-out, line 4: nobody asked for 'x'
        ! gpt: used: 40 prompt + 12 reply tokens, $0.000110 (batch_1)
        batch, settled, at most 172500, cost 110000, 40+12, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
}

/// What a server does not count, and what it does not say of its answers, may have cost more.
#[test]
fn what_may_have_cost_more_stays_booked() {
    let ids = ["a", "b"];
    let mut uncounted = batch("completed", 2, 2);
    uncounted.as_object_mut().unwrap().remove("request_counts");
    let input = requests(&ids);
    let all = answer("a", "1") + &answer("b", "2");
    check(
        &ids,
        &[],
        &holding(&uncounted, &input, &answer("a", "1"), ""),
        expect![[r#"
        1

        ! gpt: batch_1 stays booked at its worst case: 1 of its requests are in none of its files; 'gpt spend --settle 1 USD' books what it cost
        ! gpt: batch_1: 1 of 2 requests have no answer: the results do not hold it
        exit 9
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
    check(
        &ids,
        &[],
        &holding(&uncounted, &input, &all, ""),
        expect![[r#"
        1
        2
        ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    check(
        &ids,
        &[],
        &holding(&uncounted, &input, &(all.clone() + "{\n"), ""),
        expect![[r#"
        1
        2
        ! gpt: file-out, line 3: no answer that can be read
        ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    let silent = all.replace("\"usage\"", "\"uses\"");
    let server = serve(&[
        ("batches/batch_1", Reply::json(200, &batch("completed", 2, 2).to_string())),
        ("files/file-out/content", file(&silent)),
        ("files/file-err/content", file("")),
    ]);
    check(
        &ids,
        &["-q"],
        &server,
        expect![[r#"
        1
        2
        ! gpt: batch_1 stays booked at its worst case: 2 of its answers do not say what they have used; 'gpt spend --settle 1 USD' books what it cost
        exit 9
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
}

/// On one line, as those of a job are.
#[test]
fn line_breaks_of_a_reply_are_folded() {
    let output = answer("a", "l1\r\nl2\n\nl3\n");
    let server = holding(&batch("completed", 1, 1), &request("a"), &output, "");
    let run = booked(&["a"], &[]).gpt(["batch", "results", "-q", "batch_1"]).server(&server).run();
    assert_eq!(run.to_string(), "l1 l2 l3\n");
}

#[test]
fn a_long_line_comes_whole() {
    let long = "x".repeat(3 << 20);
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", &long), "");
    let sandbox = booked(&["a"], &[]);
    let run = sandbox.gpt(["batch", "results", "batch_1"]).server(&server).run();
    assert_eq!((run.code, run.out.len()), (0, long.len() + 1), "{}", run.err);
}

#[test]
fn a_download_that_breaks_is_begun_again() {
    let input = requests(&["a", "b"]);
    let output = answer("a", "one") + &answer("b", "two");
    let mut times = 0;
    let described = batch("completed", 2, 2).to_string();
    let server = Server::answer(move |_, request| {
        times += usize::from(request.path.contains("file-out"));
        match request.path.as_str() {
            "/v1/files/file-out/content" if times == 1 => file(&output).cut(300),
            "/v1/files/file-out/content" => file(&output),
            "/v1/files/file-in/content" => file(&input),
            "/v1/files/file-err/content" => file(""),
            _ => Reply::json(200, &described),
        }
    });
    check(
        &["a", "b"],
        &["-q"],
        &server,
        expect![[r#"
        one
        two
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    let described = batch("completed", 2, 2).to_string();
    let server = serve(&[
        ("batches/batch_1", Reply::json(200, &described)),
        ("files/file-in/content", file(&requests(&["a", "b"]))),
        ("files/file-out/content", file(&answer("a", "one")).cut(150)),
    ]);
    check(
        &["a", "b"],
        &["--retries", "0"],
        &server,
        expect![[r#"
        ! gpt: the reply of [server] broke off: the other side closed the connection
        exit 8
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]],
    );
}

#[test]
fn without_its_requests_the_order_is_that_of_the_answers() {
    let server = serve(&[
        ("batches/batch_1", Reply::json(200, &batch("completed", 2, 2).to_string())),
        ("files/file-out/content", file(&(answer("b", "two") + &answer("a", "one")))),
        ("files/file-err/content", file("")),
    ]);
    check(
        &["a", "b"],
        &[],
        &server,
        expect![[r#"
        two
        one
        ! gpt: batch_1: its requests are gone, so order is lost: [server] answered 404: nothing here [not_found]
        ! gpt: used: 20 prompt + 6 reply tokens, $0.000055 (batch_1)
        batch, settled, at most 115000, cost 55000, 20+6, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
}

#[test]
fn what_is_not_over_has_no_results() {
    for status in ["validating", "in_progress", "finalizing", "cancelling"] {
        let server = holding(&batch(status, 2, 1), "", "", "");
        let sandbox = booked(&["a", "b"], &[]);
        let run = sandbox.gpt(["batch", "results", "batch_1"]).server(&server).run();
        let said = format!("is {status}, 1 of 2 done; 'gpt batch wait batch_1' waits");
        assert_eq!(run.to_string(), format!("! gpt: batch_1 {said}\nexit 9\n"));
        assert_eq!(rows(&sandbox), "batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1\n");
    }
}

#[test]
fn the_rate_of_the_submission_is_that_of_the_bill() {
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    let sandbox = booked(&["a"], &["--rate", "2/1M:8/1M"]);
    sandbox.gpt(["batch", "results", "batch_1"]).server(&server).check(expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000044 (batch_1)
    "#]]);
    expect![[r#"
        batch, settled, at most 92000, cost 44000, 10+3, 2/1M:8/1M, completed, batch_1
    "#]]
    .assert_eq(&rows(&sandbox));
}

/// So is a price that a file or the config named, which may be another by now.
#[test]
fn the_price_of_the_submission_is_that_of_the_bill() {
    let map = |input: &str| {
        format!(
            r#"{{"gpt-4o":{{"input_cost_per_token":{input},"output_cost_per_token":8e-6,
            "cache_read_input_token_cost":1e-6,"litellm_provider":"openai"}}}}"#
        )
    };
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    let sandbox = Sandbox::new();
    sandbox.write("then.json", map("4e-6"));
    sandbox.write("now.json", map("6e-6"));
    let args = ["-q", "--prices", "then.json"];
    assert_eq!(submit(&sandbox, &args, &request("a")).server(&taking()).run().code, 0);
    let run = sandbox.gpt(["batch", "results", "batch_1"]).env("GPT_PRICES", "now.json");
    run.server(&server).check(expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000064 (batch_1)
    "#]]);
    let run = sandbox.gpt(["batch", "results", "batch_1", "--prices", "now.json"]).server(&server);
    run.check(expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000084 (batch_1)
    "#]]);
    expect![[r#"
        batch, settled, at most 112000, cost 64000, 10+3, 4/1M:8/1M cached 1/1M, completed, batch_1
    "#]]
    .assert_eq(&rows(&sandbox));
}

/// A server has several names; another server's row is not taken for its.
#[test]
fn a_batch_is_found_under_another_name_of_its_server() {
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    let elsewhere = server.base_url().replace("127.0.0.1", "localhost");
    let check = |sandbox: &Sandbox, expected: Expect| {
        let run = sandbox.gpt(["batch", "results", "batch_1"]).env("OPENAI_BASE_URL", &elsewhere);
        expected.assert_eq(&format!("{}{}", run.run(), rows(sandbox)));
    };
    let sandbox = booked(&["a"], &[]);
    check(
        &sandbox,
        expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000028 (batch_1)
        batch, settled, at most 57500, cost 27500, 10+3, 1.25/1M:5/1M, completed, batch_1
    "#]],
    );
    let sandbox = booked(&["a"], &[]);
    assert_eq!(submit(&sandbox, &["-q"], &request("a")).server(&taking()).run().code, 0);
    check(
        &sandbox,
        expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000028 (batch_1)
        ! gpt: batch_1 is not in this ledger
        batch, reserved, at most 57500, 1.25/1M:5/1M, batch_1
        batch, reserved, at most 57500, 1.25/1M:5/1M, batch_1
    "#]],
    );
}

/// Nobody knew whether it was made; its file tells which row is its own.
#[test]
fn a_batch_whose_making_was_not_answered_is_found_by_its_file() {
    let sandbox = Sandbox::new();
    let replies = vec![Reply::json(200, r#"{"id":"file-in"}"#), Reply::json(200, "").cut(0)];
    let lost = submit(&sandbox, &["-q"], &request("a")).server(&Server::start(replies)).run();
    assert_eq!(lost.code, 8);
    assert_eq!(rows(&sandbox), "batch, unsettled, at most 57500, 1.25/1M:5/1M, file-in\n");
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    sandbox.gpt(["batch", "results", "-q", "batch_1"]).server(&server).check(expect![[r#"
        one
    "#]]);
    expect![[r#"
        batch, settled, at most 57500, cost 27500, 10+3, 1.25/1M:5/1M, completed, batch_1
    "#]]
    .assert_eq(&rows(&sandbox));
}

#[test]
fn two_at_once_settle_it_once() {
    let output = answer("a", "one");
    let server = holding(&batch("completed", 1, 1), &request("a"), &output, "");
    let sandbox = booked(&["a"], &[]);
    let run = || sandbox.gpt(["batch", "results", "-q", "batch_1"]).server(&server).spawn();
    for child in [run(), run(), run(), run()] {
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!((ended.stdout.as_slice(), told.as_str()), (&b"one\n"[..], ""));
    }
    expect![[r#"
        batch, settled, at most 57500, cost 27500, 10+3, 1.25/1M:5/1M, completed, batch_1
    "#]]
    .assert_eq(&rows(&sandbox));
}

#[test]
fn a_batch_of_another_ledger_is_printed_and_not_booked() {
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    let sandbox = Sandbox::new();
    sandbox.gpt(["batch", "results", "batch_1"]).server(&server).check(expect![[r#"
        one
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000028 (batch_1)
        ! gpt: batch_1 is not in this ledger
    "#]]);
    assert_eq!(rows(&sandbox), "");
}

#[test]
fn several_batches_are_one_after_the_other() {
    let server = holding(&batch("completed", 1, 1), &request("a"), &answer("a", "one"), "");
    let sandbox = booked(&["a"], &[]);
    let ids = ["batch", "results", "--json", "-q", "batch_1", "batch_1"];
    sandbox.gpt(ids).server(&server).check(expect![[r#"
        {"index":1,"id":"a","reply":"one","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.0000275,"error":null}
        {"index":2,"id":"a","reply":"one","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.0000275,"error":null}
    "#]]);
}

/// Where the API's files lie elsewhere, the key does not follow; neither does an id lead there.
#[test]
fn the_key_stays_with_the_server() {
    let elsewhere = Server::repeat(file("stolen"));
    let away = format!("{}/x", elsewhere.base_url());
    let server = serve(&[
        ("batches/batch_1", Reply::json(200, &batch("completed", 1, 1).to_string())),
        ("files/file-in/content", Reply::redirect(302, &away)),
        ("files/file-out/content", Reply::redirect(302, &away)),
    ]);
    let sandbox = booked(&["a"], &[]);
    let key = "sk-test-0123456789";
    let run = sandbox.gpt(["batch", "results", "batch_1"]).env("OPENAI_API_KEY", key);
    let run = run.server(&server).run();
    assert_eq!(run.code, 6, "{run}");
    assert!(elsewhere.requests().is_empty() && !run.to_string().contains(key), "{run}");

    for bad in ["../models", "a/b", "a?b", "..", ""] {
        let run = sandbox.gpt(["batch", "status", bad]).server(&server).run();
        let said = format!("'{bad}' is no batch's id; 'gpt batch list' has them");
        assert_eq!(run.to_string(), format!("! gpt: {said}\nexit 2\n"));
    }
    let mut lying = batch("completed", 1, 1);
    lying["output_file_id"] = json!("../../secret");
    let server = serve(&[("batches/batch_1", Reply::json(200, &lying.to_string()))]);
    let run = sandbox.gpt(["batch", "results", "batch_1"]).server(&server).run();
    assert_eq!((run.code, seen(&server).as_str()), (8, "GET /v1/batches/batch_1\n"));
}

/// What `gpt chat --jsonl --dry-run` writes is what `submit` takes, at the same figures but for
/// the price.
#[test]
fn the_dry_run_of_many_records_is_a_file_of_requests() {
    let sandbox = Sandbox::new();
    let records = "{\"prompt\":\"three more words\",\"id\":\"a\"}\n{\"prompt\":\"and more\"}\n";
    let args = ["chat", "--jsonl", "--dry-run", "-m", "gpt-4o", "--max-tokens", "9"];
    let written = sandbox.gpt(args).input(records).run();
    assert_eq!(written.code, 0, "{written}");
    expect![[r#"
        {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"three more words"}],"max_tokens":9}}
        {"custom_id":"record-2","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"and more"}],"max_tokens":9}}
    "#]].assert_eq(written.text());
    submit(&sandbox, &["--estimate"], written.text()).check(expect![[r#"
        2 requests, 19 prompt + up to 18 reply tokens, at most $0.000114 (gpt-4o, batch)
    "#]]);
}

/// What `submit` would refuse, a dry run does not write.
#[test]
fn a_dry_run_writes_what_submit_takes() {
    let check = |args: &[&str], records: &str, expected: Expect| {
        let args = [&["chat", "--jsonl", "--dry-run", "--max-tokens", "9"], args].concat();
        Sandbox::new().gpt(args).input(records).check(expected);
    };
    let two = "{\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"id\":\"record-1\"}\n";
    check(
        &[],
        two,
        expect![[r#"
        ! gpt: record 2 (id "record-1"): record 1 has the same id; nothing was sent
        exit 2
    "#]],
    );
    let two = "{\"prompt\":\"a\",\"id\":\"record-2\"}\n{\"prompt\":\"b\"}\n";
    check(
        &[],
        two,
        expect![[r#"
        ! gpt: record 2: record 1 has the same id, record-2; give this one an id as well; nothing was sent
        exit 2
    "#]],
    );
    check(
        &[],
        "{\"prompt\":\"a\",\"id\":\"\"}\n",
        expect![[r#"
        ! gpt: record 1 (id ""): "custom_id" is ""; write a text; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["-o", "stream=true"],
        "{\"prompt\":\"a\"}\n",
        expect![[r#"
        ! gpt: record 1: a batch cannot stream; leave "stream" out; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["-o", "service_tier=flex"],
        "{\"prompt\":\"a\"}\n",
        expect![[r#"
        ! gpt: record 1: a batch is a service tier of its own; leave "service_tier" out; nothing was sent
        exit 2
    "#]],
    );
}
