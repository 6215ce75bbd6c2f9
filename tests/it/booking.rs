//! What a call leaves in the ledger, row by row.

use expect_test::{Expect, expect};
use rusqlite::Connection;

use crate::replies::{body, chunk, events, finish, refusal, stream, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// The rows after a call that gets these answers, without what differs from run to run.
#[track_caller]
fn check(args: &[&str], answers: Vec<Reply>, expected: &Expect) {
    let server = Server::start(answers);
    let sandbox = Sandbox::new();
    let args = [&["chat", "-q", "--max-tokens", "9", "hi"], args].concat();
    sandbox.gpt(args).server(&server).run();
    let ledger = Connection::open(sandbox.path(".local/state/gpt/ledger.db")).unwrap();
    let mut rows = ledger
        .prepare(
            "SELECT state || ', ' || coalesce(cost / 1000000 || ' micro', 'no bill')
               || ', ' || coalesce(usage_source, '-') || ', ' || coalesce(finish_reason, '-')
               || ', ' || coalesce(request_id, '-') || ', attempts ' || coalesce(attempts, '-')
               || coalesce(', again after ' || retry_of, '')
             FROM request ORDER BY id",
        )
        .unwrap();
    let rows = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows: Vec<String> = rows.map(Result::unwrap).collect();
    expected.assert_eq(&rows.join("\n"));
}

fn soon(reply: Reply) -> Reply {
    reply.header("retry-after-ms", "1")
}

#[test]
fn an_answer_is_settled_by_its_usage_or_by_our_count() {
    check(
        &[],
        vec![whole("yes").header("x-request-id", "req-1")],
        &expect!["settled, 56, server, stop, req-1, attempts 1"],
    );
    check(
        &["--stream"],
        vec![stream(&["yes"])],
        &expect!["settled, 56, server, stop, -, attempts 1"],
    );
    let unbilled = events([chunk("yes"), finish("stop"), "[DONE]".into()]);
    check(&["--stream"], vec![unbilled], &expect!["settled, 26, count, stop, -, attempts 1"]);
    check(
        &[],
        vec![Reply::json(200, &body("cut", "length"))],
        &expect!["settled, 56, server, length, -, attempts 1"],
    );
    let endless = events([chunk("one two three four five six seven"), chunk(" eight nine ten")]);
    check(&["--stream"], vec![endless], &expect!["settled, 122, count, -, -, attempts 1"]);
}

#[test]
fn what_was_not_served_costs_nothing() {
    check(
        &[],
        vec![refusal(401, "m", "c")],
        &expect!["settled, 0, server, refused, req-7, attempts 1"],
    );
    check(
        &["--retries", "1"],
        vec![soon(refusal(500, "m", "c")), soon(refusal(429, "m", "c"))],
        &expect!["settled, 0, server, refused, req-7, attempts 2"],
    );
    check(
        &[],
        vec![soon(refusal(500, "m", "c")), whole("yes")],
        &expect!["settled, 56, server, stop, -, attempts 2"],
    );
}

/// Each attempt that the server may have billed keeps a row of its own.
#[test]
fn what_may_have_been_served_stays_booked() {
    // The request was accepted: what was done until the error nobody knows.
    check(
        &["--stream"],
        vec![events([r#"{"error":{"message":"m"}}"#.into()])],
        &expect!["unsettled, no bill, -, -, -, attempts 1"],
    );
    check(
        &["--timeout", "0.3"],
        vec![Reply::hang()],
        &expect!["unsettled, no bill, -, -, -, attempts 1"],
    );
    let lost = || whole("yes").cut(0);
    check(
        &[],
        vec![lost(), soon(refusal(503, "m", "c")), whole("yes")],
        &expect![[r#"
        unsettled, no bill, -, -, -, attempts 1
        settled, 56, server, stop, -, attempts 2, again after 1"#]],
    );
    check(
        &["--retries", "1"],
        vec![lost(), lost()],
        &expect![[r#"
        unsettled, no bill, -, -, -, attempts 1
        unsettled, no bill, -, -, -, attempts 1, again after 1"#]],
    );
    check(
        &["--stream"],
        vec![events([chunk("one")])],
        &expect!["unsettled, no bill, -, -, -, attempts 1"],
    );
    check(&[], vec![Reply::json(200, "{}")], &expect!["unsettled, no bill, -, -, -, attempts 1"]);
}

/// A gateway that has lost sight of the server does not know what the server did.
#[test]
fn what_a_gateway_has_lost_stays_booked() {
    for status in [408, 502, 504, 520, 522, 524] {
        check(
            &["--retries", "1"],
            vec![soon(refusal(status, "m", "c")), whole("yes")],
            &expect![[r#"
                unsettled, no bill, -, -, req-7, attempts 1
                settled, 56, server, stop, -, attempts 1, again after 1"#]],
        );
    }
}

/// What two attempts could cost together is over the limit, though each is within it.
#[test]
fn a_limit_on_the_cost_holds_for_all_attempts_together() {
    let lost = || whole("yes").cut(0);
    check(
        &["--max-cost", "0.0002"],
        vec![lost(), whole("yes")],
        &expect!["unsettled, no bill, -, -, -, attempts 1"],
    );
    check(
        &["--max-cost", "0.00025"],
        vec![lost(), lost(), whole("yes")],
        &expect![[r#"
            unsettled, no bill, -, -, -, attempts 1
            unsettled, no bill, -, -, -, attempts 1, again after 1"#]],
    );
    // What was refused costs nothing, however often.
    check(
        &["--max-cost", "0.0002"],
        vec![soon(refusal(503, "m", "c")), soon(refusal(503, "m", "c")), whole("yes")],
        &expect!["settled, 56, server, stop, -, attempts 3"],
    );
}

/// The budget has room for one attempt only.
#[test]
fn a_budget_holds_for_another_attempt_too() {
    let budget = ["--budget", "0.0002/day", "--retries", "1"];
    check(
        &budget,
        vec![whole("yes").cut(0), whole("yes")],
        &expect!["unsettled, no bill, -, -, -, attempts 1"],
    );
}
