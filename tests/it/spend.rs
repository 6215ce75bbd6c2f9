//! `gpt spend` from outside, and the ledger behind it: what was billed adds up, what died stays
//! booked, and many at once never spend more than there is.

#![allow(clippy::needless_raw_string_hashes)]

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use expect_test::{Expect, expect};

use crate::sandbox::{Gpt, Sandbox};
use crate::server::{Gate, Reply, Server};

const ANSWER: &str = r#"{"id":"c1","object":"chat.completion","model":"gpt-5.6-terra",
    "choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":8,"completion_tokens":1,"total_tokens":9}}"#;

/// A call that costs at most $0.000614, and $0.000028 with the answer above.
fn call(sandbox: &Sandbox, server: &Server, options: &[&str]) -> Gpt {
    let words = ["chat", "-q", "--max-tokens", "50", "hello"];
    sandbox.gpt([&words, options].concat()).server(server)
}

/// What `gpt spend` prints, with every digit of a date or time as a 0.
#[track_caller]
fn check(sandbox: &Sandbox, options: &[&str], expected: &Expect) {
    let outcome = sandbox.gpt([&["spend"], options].concat()).run().to_string();
    let mut said = outcome.clone();
    for word in outcome.split_ascii_whitespace() {
        if word.len() >= 8
            && word.contains([':', '-'])
            && word.starts_with(|c: char| c.is_ascii_digit())
        {
            said = said.replace(word, &word.replace(|c: char| c.is_ascii_digit(), "0"));
        }
    }
    expected.assert_eq(&said);
}

#[test]
fn what_was_billed_adds_up() {
    let (sandbox, server) = (Sandbox::new(), Server::repeat(Reply::json(200, ANSWER)));
    call(&sandbox, &server, &[]).check(expect![[r#"
        hi
    "#]]);
    call(&sandbox, &server, &["--tag", "nightly"]).check(expect![[r#"
        hi
    "#]]);
    check(
        &sandbox,
        &[],
        &expect![[r#"
        MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED   DRIFT
        gpt-5.6-terra         2      16      2  $0.000056   $0.001228    4.6%  +14.3%
    "#]],
    );
    check(
        &sandbox,
        &["--by", "tag", "--since", "today"],
        &expect![[r#"
        TAG      REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED   DRIFT
        -               1       8      1  $0.000028   $0.000614    4.6%  +14.3%
        nightly         1       8      1  $0.000028   $0.000614    4.6%  +14.3%
        total           2      16      2  $0.000056   $0.001228    4.6%  +14.3%
    "#]],
    );
    check(
        &sandbox,
        &["--csv", "--by", "command"],
        &expect![[r#"
        command,requests,cost,prompt_tokens,cached_tokens,cache_write_tokens,reply_tokens,reasoning_tokens,answered_cost,answered_max_cost,estimated_prompt_tokens,billed_prompt_tokens,reserved_requests,reserved_max_cost,unsettled_requests,unsettled_max_cost
        chat,2,0.000056,16,0,0,2,0,0.000056,0.001228,14,16,0,0,0,0
    "#]],
    );
    check(
        &sandbox,
        &["--until", "2020-01-01", "--json"],
        &expect![[r#"
        {"since":null,"until":"2020-01-02T00:00:00+00:00","by":"model","groups":[],"total":{"requests":0,"cost":0,"prompt_tokens":0,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":0,"reasoning_tokens":0,"answered_cost":0,"answered_max_cost":0,"estimated_prompt_tokens":0,"billed_prompt_tokens":0,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":0,"unsettled_max_cost":0},"open":[]}
    "#]],
    );
    let lines = |locale| {
        let outcome = sandbox.gpt(["spend", "--plot"]).env("LC_ALL", locale).run();
        outcome.text().lines().skip(1).map(|line| line[16..].to_owned() + "\n").collect::<String>()
    };
    expect![[r#"
          0.000056 │█████████████████████████████████████████████████▌
                   └─────────────────────────┴──────────────────────────┴
                   $0                    $0.00003                $0.00006
    "#]]
    .assert_eq(&lines("C.UTF-8"));
    expect![[r#"
          0.000056 |##################################################
                   +-------------------------+--------------------------+
                   $0                    $0.00003                $0.00006
    "#]]
    .assert_eq(&lines("C"));
}

#[test]
fn what_was_killed_stays_booked_until_settled() {
    let (sandbox, gate) = (Sandbox::new(), Gate::new());
    let server = Server::repeat(Reply::json(200, ANSWER).slow(&gate));
    let budget = ["--budget", "0.001/day"];
    let mut killed = call(&sandbox, &server, &budget).spawn();
    server.wait_for(1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    gate.open();
    check(
        &sandbox,
        &[],
        &expect![[r#"
        MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
        gpt-5.6-terra         1       0      0  $0.000000   $0.000000       -      -

        unsettled: 1 request without an answer, at most $0.000614; gpt spend --settle ID USD
        ID  TIME                 COMMAND  TAG  MODEL          WORST CASE
         1  0000-00-00 00:00:00  chat     -    gpt-5.6-terra   $0.000614
    "#]],
    );
    call(&sandbox, &server, &budget).check(expect![[r#"
        ! gpt: over the budget 0.001/day: this could cost $0.000614, and $0.000000 is spent, $0.000614 reserved or unsettled, $0.000386 left; --max-tokens 31 would fit; 'gpt spend' tells more
        exit 4
    "#]]);
    check(&sandbox, &["--settle", "1", "0.0002"], &expect![[""]]);
    call(&sandbox, &server, &budget).check(expect![[r#"
        hi
    "#]]);
    check(
        &sandbox,
        &[],
        &expect![[r#"
        MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED   DRIFT
        gpt-5.6-terra         2       8      1  $0.000228   $0.000614    4.6%  +14.3%
    "#]],
    );
    check(
        &sandbox,
        &["--settle", "2", "0"],
        &expect![[r#"
        ! gpt: cannot settle request 2: the server's bill has settled it already
        exit 2
    "#]],
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn many_at_once_spend_no_more_than_there_is() {
    let (sandbox, gate) = (Sandbox::new(), Gate::new());
    let server = Server::repeat(Reply::json(200, ANSWER).slow(&gate));
    // Room for four at $0.000614.
    let options = ["--budget", "0.0025/day"];
    let (ended, end) = mpsc::channel();
    for _ in 0..12 {
        let (mut child, ended) = (call(&sandbox, &server, &options).spawn(), ended.clone());
        thread::spawn(move || ended.send(child.wait().unwrap().code()));
    }
    let codes = |count| -> Vec<_> {
        (0..count).map(|_| end.recv_timeout(Duration::from_secs(60)).unwrap()).collect()
    };
    // Eight are refused while the four others wait for their answers.
    assert_eq!(codes(8), [Some(4); 8]);
    server.wait_for(4);
    gate.open();
    assert_eq!(codes(4), [Some(0); 4]);
    assert_eq!(server.requests().len(), 4);
    check(
        &sandbox,
        &[],
        &expect![[r#"
        MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED   DRIFT
        gpt-5.6-terra         4      32      4  $0.000112   $0.002456    4.6%  +14.3%
    "#]],
    );
}

#[test]
fn without_a_ledger_nothing_was_spent() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.gpt(["spend"]).run();
    let place = sandbox.path(".local/state/gpt/ledger.db");
    let expected = format!("nothing was spent: there is no ledger at {}\n", place.display());
    assert_eq!((outcome.code, outcome.text()), (0, expected.as_str()));
    check(
        &sandbox,
        &["--json"],
        &expect![[r#"
        {"since":null,"until":null,"by":"model","groups":[],"total":{"requests":0,"cost":0,"prompt_tokens":0,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":0,"reasoning_tokens":0,"answered_cost":0,"answered_max_cost":0,"estimated_prompt_tokens":0,"billed_prompt_tokens":0,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":0,"unsettled_max_cost":0},"open":[]}
    "#]],
    );
    check(
        &sandbox,
        &["--settle", "1", "0"],
        &expect![[r#"
        ! gpt: cannot settle request 1: the ledger has no such request; gpt spend lists those that are unsettled
        exit 2
    "#]],
    );
    assert_eq!(fs::read_dir(sandbox.path("")).unwrap().count(), 0);
    sandbox.gpt(["spend"]).env("GPT_LEDGER", "off").check(expect![[r#"
        ! gpt: there is no ledger: GPT_LEDGER=off; set it to a path
        exit 1
    "#]]);
    sandbox.write("diary", "dear diary");
    sandbox.gpt(["spend"]).env("GPT_LEDGER", "diary").check(expect![[r#"
        ! gpt: cannot use the ledger diary: the file is something else, and was left alone; name another path
        exit 1
    "#]]);
    assert_eq!(sandbox.read("diary"), "dear diary");
}

#[test]
fn wrong_words_are_refused() {
    let sandbox = Sandbox::new();
    for options in [
        &["--since", "someday"][..],
        &["--since", "today", "--until", "yesterday"],
        &["--settle", "x", "1"],
        &["--settle", "1", "-1"],
        &["--settle", "1", "cheap"],
        &["--by", "colour"],
    ] {
        assert_eq!(sandbox.gpt([&["spend"], options].concat()).run().code, 2, "{options:?}");
    }
    check(
        &sandbox,
        &["--since", "someday"],
        &expect![[r#"
        ! gpt: --since: 'someday' is no time; write a date (2026-11-01), a time (2026-11-01T14:30), today, yesterday, week, month, 7d or 12h
        exit 2
    "#]],
    );
    check(
        &sandbox,
        &["--settle", "1", "cheap"],
        &expect![[r#"
        ! gpt: --settle: 'cheap' is no sum of dollars; write 5 or 0.002
        exit 2
    "#]],
    );
    // Of a request that there is.
    let server = Server::repeat(Reply::json(200, "{}"));
    call(&sandbox, &server, &[]).run();
    check(
        &sandbox,
        &["--settle", "1", "9300000"],
        &expect![[r#"
            ! gpt: --settle: more than $9.2 million; write what the request really cost
            exit 2
        "#]],
    );
}

#[test]
fn what_never_reached_a_server_is_no_drift() {
    let sandbox = Sandbox::new();
    let nobody = ["chat", "-q", "--retries", "0", "--base-url", "http://127.0.0.1:9/v1", "hi"];
    assert_eq!(sandbox.gpt(nobody).run().code, 8);
    sandbox.gpt(["spend"]).check(expect![[r#"
        MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
        gpt-5.6-terra         1       0      0  $0.000000   $0.000000       -      -
    "#]]);
}
