//! The limits of one request, all checked before anything is sent.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A server that bills the whole cap of each choice, and the prompt at its dearest.
fn greedy(prompt: u64, written: u64) -> Server {
    Server::answer(move |_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let cap = ["max_completion_tokens", "max_tokens"].iter().find_map(|f| body[f].as_u64());
        let replies = body["n"].as_u64().unwrap_or(1);
        let choice = r#"{"message":{"content":"a"},"finish_reason":"stop"}"#;
        let choices = vec![choice; usize::try_from(replies).unwrap()].join(",");
        let reply = cap.unwrap() * replies;
        let usage = format!(
            r#"{{"prompt_tokens":{prompt},"completion_tokens":{reply},"prompt_tokens_details":
            {{"cache_write_tokens":{written}}}}}"#
        );
        Reply::json(200, &format!(r#"{{"choices":[{choices}],"usage":{usage}}}"#))
    })
}

/// Nothing may reach the server.
#[track_caller]
fn refused(args: &[&str], expected: Expect) {
    let server = Server::start(vec![]);
    Sandbox::new().gpt([&["chat"], args].concat()).server(&server).check(expected);
    assert_eq!(server.requests().len(), 0, "something was sent");
}

/// The body that would be sent.
#[track_caller]
fn sent(args: &[&str], expected: Expect) {
    Sandbox::new().gpt([args, &["--dry-run"]].concat()).check(expected);
}

#[test]
fn a_reply_cap_beyond_the_model() {
    refused(
        &["--max-tokens", "128001", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 128001 reply tokens, at most $1.536026 (gpt-5.6-terra)
        ! gpt: reply cap too high: 128001 tokens, and gpt-5.6-terra writes at most 128000; lower --max-tokens
        exit 3
    "#]],
    );
    refused(
        &["--max-tokens", "4097", "-m", "gpt-4", "hello"],
        expect![[r#"
        ! gpt: estimate: 8 prompt + up to 4097 reply tokens, at most $0.246060 (gpt-4)
        ! gpt: reply cap too high: 4097 tokens, and gpt-4 writes at most 4096; lower --max-tokens
        exit 3
    "#]],
    );
    refused(
        &["--max-tokens", "4097", "-m", "gpt-3.5-turbo", "hello"],
        expect![[r#"
        ! gpt: estimate: 8 prompt + up to 4097 reply tokens, at most $0.008210 (gpt-3.5-turbo)
        ! gpt: reply cap too high: 4097 tokens, and gpt-3.5-turbo writes at most 4096; lower --max-tokens
        exit 3
    "#]],
    );
    refused(
        &["-o", "max_tokens=128001", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 128001 reply tokens, at most $1.536026 (gpt-5.6-terra)
        ! gpt: reply cap too high: 128001 tokens, and gpt-5.6-terra writes at most 128000; lower --max-tokens
        exit 3
    "#]],
    );
}

#[test]
fn prompt_and_cap_beyond_the_context() {
    let long = "hello ".repeat(8000);
    let ask = |args: &[&str], expected: Expect| {
        let server = Server::start(vec![]);
        let args = [&["chat", "-m", "gpt-4"], args].concat();
        Sandbox::new().gpt(args).input(long.as_str()).server(&server).check(expected);
        assert_eq!(server.requests().len(), 0);
    };
    ask(
        &["--max-tokens", "1000"],
        expect![[r#"
        ! gpt: estimate: 8008 prompt + up to 1000 reply tokens, at most $0.300240 (gpt-4)
        ! gpt: over the context: 8008 prompt + 1000 reply tokens, and gpt-4 takes 8192 together; shorten the prompt or lower --max-tokens
        exit 3
    "#]],
    );
    ask(
        &["more", &long],
        expect![[r#"
        ! gpt: estimate: 16010 prompt + up to 0 reply tokens, at most $0.480300 (gpt-4)
        ! gpt: prompt too long: 16010 tokens, and gpt-4 takes 8192; shorten it, or take a model with a longer context
        exit 3
    "#]],
    );
}

#[test]
fn a_prompt_beyond_its_limit() {
    refused(
        &["--max-prompt-tokens", "6", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 128000 reply tokens, at most $1.536014 (gpt-5.6-terra)
        ! gpt: prompt over its limit: 7 tokens, and --max-prompt-tokens is 6; shorten it or raise the limit
        exit 3
    "#]],
    );
    refused(
        &["--max-prompt-tokens", "6", "-m", "gpt-6-sol", "hello"],
        expect![[r#"
        ! gpt: estimate: ~7 prompt + up to 128000 reply tokens, at most $1.280568 (gpt-6-sol)
        ! gpt: prompt over its limit: ~7 tokens, and --max-prompt-tokens is 6; shorten it or raise the limit
        exit 3
    "#]],
    );
    refused(
        &["--max-prompt-tokens", "six", "hello"],
        expect![[r#"
        ! gpt: invalid value 'six' for '--max-prompt-tokens <N>': invalid digit found in string; try '--help'
        exit 2
    "#]],
    );
    sent(
        &["chat", "--max-prompt-tokens", "7", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}]}
    "#]],
    );
}

#[test]
fn a_request_that_could_cost_too_much() {
    refused(
        &["--max-cost", "0.0001", "--max-tokens", "100", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 100 reply tokens, at most $0.001214 (gpt-5.6-terra)
        ! gpt: too dear: at most $0.001214, and --max-cost is $0.000100; lower --max-tokens to 7 or raise --max-cost
        exit 4
    "#]],
    );
    refused(
        &["--max-cost", "0.0001", "--max-tokens", "3", "-N", "3", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: too dear: at most $0.000122, and --max-cost is $0.000100; lower --max-tokens to 2 or raise --max-cost
        exit 4
    "#]],
    );
    refused(
        &["--max-cost", "0.00001", "hello"],
        expect![[r#"
        ! gpt: too dear: at most $0.000026, and --max-cost is $0.000010, too little for the prompt and one token of reply; shorten the prompt or raise --max-cost
        exit 4
    "#]],
    );
    refused(
        &["--max-cost", "0", "hello"],
        expect![[r#"
        ! gpt: too dear: at most $0.000026, and --max-cost is $0.000000, too little for the prompt and one token of reply; shorten the prompt or raise --max-cost
        exit 4
    "#]],
    );
}

#[test]
fn a_limit_on_what_has_no_price_is_none() {
    let limit = ["--max-cost", "1"];
    refused(
        &[&limit[..], &["-m", "mine", "hello"]].concat(),
        expect![[r#"
        ! gpt: no price for mine: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
        exit 4
    "#]],
    );
    refused(
        &[&limit[..], &["-m", "gpt-4o-search-preview", "hello"]].concat(),
        expect![[r#"
        ! gpt: no worst case for gpt-4o-search-preview: what gpt-4o-search-preview does on its own may be billed beyond its tokens; do without, or lift the cost limit
        exit 4
    "#]],
    );
    refused(
        &[&limit[..], &["-o", "service_tier=later", "hello"]].concat(),
        expect![[r#"
        ! gpt: no price for gpt-5.6-terra in this service tier: no limit can be held; name its price with --rate IN:OUT or leave service_tier out
        exit 4
    "#]],
    );
    refused(
        &[&limit[..], &["-o", "web_search_options={}", "hello"]].concat(),
        expect![[r#"
        ! gpt: no worst case for gpt-5.6-terra: web_search_options may be billed beyond its tokens; do without, or lift the cost limit
        exit 4
    "#]],
    );
    refused(
        &[&limit[..], &["-o", "models=[\"gpt-6-astra\"]", "hello"]].concat(),
        expect![[r#"
        ! gpt: no worst case for gpt-5.6-terra: models may be billed beyond its tokens; do without, or lift the cost limit
        exit 4
    "#]],
    );
    refused(
        &["--budget", "1/day", "-m", "mine", "hello"],
        expect![[r#"
        ! gpt: estimate: ~7 prompt tokens + a reply without a cap, at no known cost (default rate) (mine)
        ! gpt: no price for mine: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
        exit 4
    "#]],
    );
    refused(
        &["--budget", "1/day", "-o", "service_tier=later", "hello"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 128000 reply tokens, at no known cost (gpt-5.6-terra)
        ! gpt: no price for gpt-5.6-terra in this service tier: no limit can be held; name its price with --rate IN:OUT or leave service_tier out
        exit 4
    "#]],
    );
    // With a rate, but without a longest reply, there is no worst case either.
    refused(
        &["--budget", "1/day", "-m", "mine", "--rate", "1/1M", "hello"],
        expect![[r#"
        ! gpt: estimate: ~7 prompt tokens + a reply without a cap, at no known cost (mine)
        ! gpt: no worst case for mine: nothing says how long its prompt or its reply can be; set --max-tokens, and send pictures as files
        exit 4
    "#]],
    );
}

#[test]
fn what_is_no_limit_is_refused() {
    refused(
        &["--max-cost", "abc", "hello"],
        expect![[r#"
        ! gpt: --max-cost 'abc' is no sum of dollars; write 5 or 0.002
        exit 2
    "#]],
    );
    refused(
        &["--max-cost", "-1", "hello"],
        expect![[r#"
        ! gpt: --max-cost '-1' is negative; write a sum of 0 or more
        exit 2
    "#]],
    );
    refused(
        &["--max-cost", "1e-13", "hello"],
        expect![[r#"
        ! gpt: --max-cost '1e-13' is finer than a picodollar; write at most 12 decimals of a dollar
        exit 2
    "#]],
    );
    refused(
        &["--max-cost", "nan", "hello"],
        expect![[r#"
        ! gpt: --max-cost 'nan' is no sum of dollars; write 5 or 0.002
        exit 2
    "#]],
    );
    refused(
        &["--max-cost", "", "hello"],
        expect![[r#"
        ! gpt: --max-cost '' is no sum of dollars; write 5 or 0.002
        exit 2
    "#]],
    );
    refused(
        &["--max-tokens", "0", "hello"],
        expect![[r#"
        ! gpt: invalid value '0' for '--max-tokens <N>': 0 is not in 1..18446744073709551615; try '--help'
        exit 2
    "#]],
    );
    refused(
        &["--max-tokens", "-5", "hello"],
        expect![[r#"
        ! gpt: unexpected argument '-5' found; to pass '-5' as a value, use '-- -5'; try '--help'
        exit 2
    "#]],
    );
    refused(
        &["-o", "model=gpt-6-astra", "--max-cost", "1", "hello"],
        expect![[r#"
            ! gpt: -o 'model=gpt-6-astra' cannot be priced; choose the model with -m
            exit 2
        "#]],
    );
}

#[test]
fn without_a_cap_the_money_sets_one() {
    sent(
        &["chat", "--max-cost", "0.001", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":82}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "$0.001", "-N", "3", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"n":3,"max_completion_tokens":27}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-m", "gpt-4o", "hello"],
        expect![[r#"
        {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}],"max_tokens":98}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-m", "mine", "--rate", "1/1M:5/1M", "hello"],
        expect![[r#"
        {"model":"mine","messages":[{"role":"user","content":"hello"}],"max_tokens":143}
    "#]],
    );
    sent(
        &["complete", "--max-cost", "0.001", "-m", "davinci-002", "hello"],
        expect![[r#"
        {"model":"davinci-002","prompt":"hello","max_tokens":499}
    "#]],
    );
    sent(
        &["complete", "--max-cost", "0.001", "--best-of", "4", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","prompt":"hello","best_of":4,"max_tokens":20}
    "#]],
    );
    // More than a reply can be long.
    sent(
        &["chat", "--max-cost", "100", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":128000}
    "#]],
    );
    // A cap of the user's is theirs.
    sent(
        &["chat", "--max-cost", "0.001", "--max-tokens", "5", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":5}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-o", "max_tokens=5", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_tokens":5}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-o", "max_tokens=null", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_tokens":null,"max_completion_tokens":82}
    "#]],
    );
}

/// Whatever the limit, a server that bills all that the cap allows bills no more than the limit.
#[test]
fn a_server_that_bills_the_whole_cap_stays_within_the_limit() {
    let sandbox = Sandbox::new();
    let options = [&[][..], &["-N", "3"], &["-o", "n=2"], &["-o", "service_tier=priority"]];
    let mut asked = 0;
    for (text, tokens, written) in [("hello", 7, 0), (&"hello ".repeat(2000), 2007, 2007)] {
        let server = greedy(tokens, written);
        for limit in ["0.000026", "0.0001", "0.000999999999", "0.01", "1", "1.6", "9"] {
            for option in options {
                let args = ["chat", "-q", "--report", "report", "--max-cost", limit];
                let args = [&args[..], option].concat();
                let run = sandbox.gpt(args).input(text).server(&server).run();
                if run.code == 4 {
                    continue;
                }
                assert_eq!(run.code, 0, "{limit} {option:?}: {}", run.err);
                let report = sandbox.read("report");
                let line: Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
                let (cost, most) = (line["cost"].as_f64().unwrap(), limit.parse::<f64>().unwrap());
                assert!(cost > 0.0 && cost <= most, "{limit} {option:?}: {cost}");
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 40);
}

#[test]
fn a_server_that_ignores_its_cap_is_cut_off() {
    let choice =
        |text: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}"#);
    let flood = format!("data: {}\n\n", choice(" and on"));
    let server = Server::repeat(Reply::flood(b": hello\n\n", flood.as_bytes(), u64::MAX));
    Sandbox::new().gpt(["chat", "--stream", "--max-tokens", "5", "hello"]).server(&server).check(
        expect![[r#"
            [blank] and on and on and
            ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
}
