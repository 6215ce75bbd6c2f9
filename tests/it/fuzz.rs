//! Files and options at random, read by the program itself: it answers or refuses, in one line with
//! the code that says so, and never panics. What is pure is tried in its own room, and more often.

use crate::mutate::check;
use crate::sandbox::{Outcome, Sandbox};

/// Each case is a process.
const CASES: u64 = 60;

/// An answer, or a refusal in one line that names one of the places.
#[track_caller]
fn judge(run: &Outcome, codes: &[i32], places: &[&str]) {
    assert!(codes.contains(&run.code), "{run}");
    if run.code != 0 {
        assert!(run.err.starts_with("gpt: ") && run.err.lines().count() == 1, "{run}");
        assert!(run.code != 2 || places.iter().any(|place| run.err.contains(*place)), "{run}");
    }
}

/// `input` as a file, which is then read.
fn file(name: &str, places: &[&str], args: &[&str], codes: &[i32], examples: &[&[u8]]) {
    let sandbox = Sandbox::new();
    check(examples, CASES, |input| {
        sandbox.write(name, input);
        judge(&sandbox.gpt(args).run(), codes, places);
    });
}

#[test]
fn a_config() {
    file(
        ".config/gpt/config.toml",
        &["config", "budget '", "base URL: "],
        &["chat", "-q", "-n", "--dry-run", "hi"],
        &[0, 2, 4],
        &[
            b"model = \"m\"\nbudget = [\"5/day\", \"50/month\"]\n[price.\"m\"]\ninput = \"0.5/1M\"\n\
              output = 1.5e-3\n[profile.local]\nbase_url = \"http://127.0.0.1:1/v1\"\n",
            b"image_model = \"i\"\napi_key_command = '''x'''\n[profile]\na.model = \"b\"\n",
        ],
    );
}

#[test]
fn a_conversation() {
    let turn = "{\"role\":\"system\",\"content\":\"s\"}\n{\"role\":\"user\",\"content\":\"a\"}\n\
                {\"role\":\"assistant\",\"content\":\"b\"}\n";
    let args = ["chat", "-q", "-n", "--dry-run", "-S", "./talk", "hi"];
    file("talk", &["talk"], &args, &[0, 2, 3], &[turn.as_bytes(), turn.repeat(2).as_bytes()]);
}

#[test]
fn a_price_map() {
    let map = br#"{"gpt-4o":{"input_cost_per_token":4e-07,"output_cost_per_token":1.6e-06,
        "max_input_tokens":100,"litellm_provider":"openai"},"other":{"mode":"chat"}}"#;
    let args = ["tokens", "-m", "gpt-4o", "--prices", "map", "map"];
    file("map", &["map"], &args, &[0, 2], &[map]);
}

#[test]
fn a_schema() {
    let schema = br#"{"name":"s","strict":true,"schema":{"type":"object","properties":{"a":
        {"type":["string","null"],"enum":["x"]}},"required":["a"],"$defs":{"b":{"$ref":"/a"}}}}"#;
    file(
        "schema",
        &["schema"],
        &["chat", "-q", "-n", "--estimate", "--schema", "schema", "hi"],
        &[0, 2, 3],
        &[schema],
    );
}

#[test]
fn token_ids() {
    let sandbox = Sandbox::new();
    let examples: [&[u8]; 3] = [b"15339 1917", b"[15339, 1917]\n", b"199999 0 4294967296 -1"];
    check(&examples, CASES, |input| {
        let run = sandbox.gpt(["tokens", "--decode", "-e", "o200k_base"]).input(input).run();
        judge(&run, &[0, 2], &["id "]);
    });
}

/// An option that has a little language of its own.
fn option(name: &str, args: &[&str], examples: &[&[u8]]) {
    let sandbox = Sandbox::new();
    check(examples, CASES / 4, |input| {
        let text = String::from_utf8_lossy(input).replace('\0', "");
        let run = sandbox.gpt(args).arg(format!("{name}={text}")).run();
        judge(&run, &[0, 2, 3, 4], &[""]);
    });
}

#[test]
fn options() {
    let chat = ["chat", "-q", "-n", "--estimate", "hi"];
    option("--budget", &chat, &[b"5/day", b"$0.5/total", b"1e-3/week"]);
    option("--rate", &["tokens", "/dev/null"], &[b"2/1M:12/1M", b"0.002/1k"]);
    option("--timeout", &chat, &[b"600", b"0.5", b"1e3"]);
    option("--option", &chat, &[b"top_k=40", b"a={\"b\":[1]}", b"n=2"]);
    let times: [&[u8]; 4] = [b"2026-11-01", b"7d", b"2026-11-01T14:30", b"9223372036854775807w"];
    option("--since", &["spend"], &times);
}
