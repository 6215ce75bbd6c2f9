//! Where a price comes from: first found, first taken.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

const CONFIG: &str = r#"
[price."gpt-4o"]
input = 0.003
output = "30/1M"
cached = "0.5/1M"
"#;

const MAP: &str = r#"{"sample_spec": {"input_cost_per_token": "a number"},
    "gpt-4o": {"input_cost_per_token": 4e-06, "output_cost_per_token": 0.00004},
    "other/model": {"input_cost_per_token": 1, "output_cost_per_token": "free"}}"#;

/// The price in a `--report`, which is the ledger's as well.
#[track_caller]
fn check(args: &[&str], env: &[(&str, &str)], config: &str, expected: Expect) {
    let usage = r#"{"prompt_tokens":1000,"completion_tokens":500}"#;
    let server = server(usage);
    let sandbox = Sandbox::new();
    sandbox.write("map.json", MAP);
    sandbox.write(".config/gpt/config.toml", config);
    let args = [&["chat", "-q", "-n", "--report", "report", "hello"], args].concat();
    let mut call = sandbox.gpt(args).server(&server);
    for (name, value) in env {
        call = call.env(name, value);
    }
    let run = call.run();
    assert_eq!(run.code, 0, "{}", run.err);
    let line: Value = serde_json::from_str(&sandbox.read("report")).unwrap();
    expected.assert_eq(&format!("{} {}", line["price"], line["cost"]));
}

fn server(usage: &str) -> Server {
    let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
    Server::repeat(Reply::json(200, &format!(r#"{{"choices":[{choice}],"usage":{usage}}}"#)))
}

#[test]
fn the_first_price_that_is_found_is_taken() {
    let map = ["-m", "gpt-4o", "--prices", "map.json"];
    check(
        &["-m", "gpt-4o"],
        &[],
        "",
        expect![[r#"{"rate":"2.5/1M:10/1M","source":"table of 2026-11"} 0.0075"#]],
    );
    check(&map, &[], "", expect![[r#"{"rate":"4/1M:40/1M","source":"price map"} 0.024"#]]);
    check(
        &["-m", "gpt-4o"],
        &[("GPT_PRICES", "map.json")],
        "",
        expect![[r#"{"rate":"4/1M:40/1M","source":"price map"} 0.024"#]],
    );
    check(
        &["-m", "gpt-4o"],
        &[],
        "prices = 'map.json'",
        expect![[r#"{"rate":"4/1M:40/1M","source":"price map"} 0.024"#]],
    );
    check(&map, &[], CONFIG, expect![[r#"{"rate":"3/1M:30/1M","source":"config"} 0.018"#]]);
    let rate = [&map[..], &["--rate", "1/1M:2/1M"]].concat();
    check(&rate, &[], CONFIG, expect![[r#"{"rate":"1/1M:2/1M","source":"--rate"} 0.002"#]]);
    check(
        &["-m", "mine"],
        &[("GPT_PRICES", "map.json")],
        CONFIG,
        expect![[r#"{"rate":"2/1M:2/1M","source":"default rate"} 0.003"#]],
    );
    check(
        &["-m", "mine", "--rate", "0.002"],
        &[],
        "",
        expect![[r#"{"rate":"2/1M:2/1M","source":"--rate"} 0.003"#]],
    );
    check(
        &["-m", "gpt-3.5-turbo"],
        &[],
        "",
        expect![[r#"{"rate":"2/1M:2/1M","source":"table of 2026-11"} 0.003"#]],
    );
    check(&[], &[], "", expect![[r#"{"rate":"2/1M:12/1M","source":"table of 2026-11"} 0.008"#]]);
}

#[test]
fn a_price_that_is_none_is_refused() {
    let refused = |args: &[&str], config: &str, expected: Expect| {
        let server = Server::start(vec![]);
        let sandbox = Sandbox::new();
        sandbox.write("map.json", MAP);
        sandbox.write("list.json", "[1]");
        sandbox.write("noise.json", [0xff, 0xfe]);
        sandbox.write("half.json", "{\"gpt-4o\": {\"input_cost_per_token\": 1e-6}}");
        sandbox.write("text.json", "{\"gpt-4o\": {\"input_cost_per_token\": \"2e-6\"}}");
        sandbox.write(".config/gpt/config.toml", config);
        let args = [&["chat", "-n", "-m", "gpt-4o", "hello"], args].concat();
        sandbox.gpt(args).server(&server).check(expected);
        assert!(server.requests().is_empty());
    };
    refused(
        &["--rate", "-1"],
        "",
        expect![[r#"
        ! gpt: rate '-1' is negative; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &["--rate", "two"],
        "",
        expect![[r#"
        ! gpt: rate 'two' is no number of dollars; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &["--rate", "2/1M:"],
        "",
        expect![[r#"
        ! gpt: rate '2/1M:' is no number of dollars; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &["--rate", "2/10"],
        "",
        expect![[r#"
        ! gpt: rate '2/10' is neither per 1k nor per 1M tokens; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &["--rate", "2000"],
        "",
        expect![[r#"
        ! gpt: rate '2000' is over a dollar a token; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &["--prices", "text.json"],
        "",
        expect![[r#"
        ! gpt: text.json: price map: input_cost_per_token of gpt-4o is no number: "2e-6"; write dollars as a number
        exit 2
    "#]],
    );
    refused(
        &["--prices", "list.json"],
        "",
        expect![[r#"
        ! gpt: list.json: no price map: invalid type: sequence, expected an object of models at line 1 column 0; one JSON object is wanted
        exit 2
    "#]],
    );
    refused(
        &["--prices", "noise.json"],
        "",
        expect![[r#"
        ! gpt: price map noise.json: not UTF-8 at byte 0
        exit 2
    "#]],
    );
    // A rate for one way only.
    refused(
        &["--prices", "half.json", "--max-cost", "1", "--max-tokens", "5"],
        "",
        expect![[r#"
            ! gpt: estimate: 8 prompt + up to 5 reply tokens, at no known cost (gpt-4o)
            ! gpt: no price for gpt-4o: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
            exit 4
        "#]],
    );
    refused(
        &["--prices", "missing.json"],
        "",
        expect![[r#"
        ! gpt: price map missing.json: no such file or directory
        exit 1
    "#]],
    );
    refused(
        &[],
        "[price.gpt-4o]\ninput = -1\noutput = 2",
        expect![[r#"
        ! gpt: config, price of gpt-4o: rate '-1' is negative; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    refused(
        &[],
        "[price.gpt-4o]\ninput = 1",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 1: missing field `output`
        exit 2
    "#]],
    );
    refused(
        &[],
        "[price.gpt-4o]\ninput = true\noutput = 1",
        expect![[r#"
            ! gpt: config [dir]/.config/gpt/config.toml: line 2: a rate is a number, or a text such as "2/1M"
            exit 2
        "#]],
    );
    refused(
        &[],
        "[price.\"gpt-4o\"]\ninputs = 1\noutput = 1",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 2: unknown field `inputs`, expected one of `input`, `output`, `cached`, `cache_write`
        exit 2
    "#]],
    );
}

#[test]
fn prices_of_a_map_without_a_price_leave_the_table_in_force() {
    let sandbox = Sandbox::new();
    sandbox.write("map.json", r#"{"gpt-4o":{"max_tokens":100}}"#);
    let args = ["chat", "--estimate", "-m", "gpt-4o", "--prices", "map.json", "hello"];
    sandbox.gpt(args).check(expect![[r#"
        8 prompt + up to 16384 reply tokens, at most $0.163860 (gpt-4o)
    "#]]);
}

#[test]
fn where_data_stays_in_a_region_it_costs_a_tenth_more() {
    let estimate = |url: &str, args: &[&str], expected: Expect| {
        let args = [&["chat", "--estimate", "--max-tokens", "100", "hello"], args].concat();
        Sandbox::new().gpt(args).env("OPENAI_BASE_URL", url).check(expected);
    };
    estimate(
        "https://api.openai.com/v1",
        &[],
        expect![[r#"
        7 prompt + up to 100 reply tokens, at most $0.001214 (gpt-5.6-terra)
    "#]],
    );
    estimate(
        "https://eu.api.openai.com/v1",
        &[],
        expect![[r#"
        7 prompt + up to 100 reply tokens, at most $0.001336 (gpt-5.6-terra)
    "#]],
    );
    estimate(
        "https://eu.api.openai.com/v1",
        &["--rate", "1/1M"],
        expect![[r#"
        7 prompt + up to 100 reply tokens, at most $0.000107 (gpt-5.6-terra)
    "#]],
    );
    estimate(
        "https://eu.api.openai.com.example/v1",
        &[],
        expect![[r#"
        7 prompt + up to 100 reply tokens, at most $0.001214 (gpt-5.6-terra)
    "#]],
    );
}
