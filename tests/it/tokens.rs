//! `gpt tokens` from outside: counts, prices, forms of output.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

#[track_caller]
fn check(args: &[&str], input: impl Into<Vec<u8>>, expected: Expect) {
    Sandbox::new().gpt([&["tokens"], args].concat()).input(input).check(expected);
}

#[test]
fn standard_input_is_counted_and_priced() {
    check(
        &[],
        "hello world",
        expect![[r#"
        2	$0.000004
    "#]],
    );
    check(
        &[],
        "",
        expect![[r#"
        0	$0.000000
    "#]],
    );
    check(
        &["-"],
        "hello world",
        expect![[r#"
        2	$0.000004	-
    "#]],
    );
    check(
        &["-c"],
        "hello world",
        expect![[r#"
        2
    "#]],
    );
    check(
        &["--json"],
        "hello world",
        expect![[r#"
        {"tokens":2,"exact":true,"cost":0.000004,"model":"gpt-5.6-terra","encoding":"o200k_base"}
    "#]],
    );
    check(
        &["-m", "gpt-4"],
        "hello world",
        expect![[r#"
        2	$0.000060
    "#]],
    );
    check(
        &["-e", "p50k_base"],
        "hello world",
        expect![[r#"
        2	$0.000004
    "#]],
    );
}

#[test]
fn special_tokens_in_the_input_are_ordinary_text() {
    check(
        &["--ids"],
        "<|endoftext|>",
        expect![[r#"
        27 91 419 1440 919 91 29
    "#]],
    );
}

#[test]
fn bytes_that_are_not_utf8_are_counted() {
    check(
        &["-c"],
        b"caf\xe9 \xff\xfe\xfd",
        expect![[r#"
        6
    "#]],
    );
    check(
        &["--ids", "-e", "cl100k_base"],
        b"a\xe4\xb8b",
        expect![[r#"
        64 3574 65
    "#]],
    );
}

#[test]
fn a_rate_prices_the_tokens() {
    check(
        &["--rate", "0.01"],
        "hello world",
        expect![[r#"
        2	$0.000020
    "#]],
    );
    check(
        &["--rate", "3/1M:15/1M"],
        "hello world",
        expect![[r#"
        2	$0.000006
    "#]],
    );
    check(
        &["--rate", "-1"],
        "hello world",
        expect![[r#"
        ! gpt: rate '-1' is negative; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    check(
        &["--rate", "cheap"],
        "hello world",
        expect![[r#"
        ! gpt: rate 'cheap' is no number of dollars; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    check(
        &["-m", "gpt-3.5-turbo"],
        "hello world",
        expect![[r#"
        2	$0.000004
    "#]],
    );
}

#[test]
fn a_chat_counts_what_the_api_will_bill() {
    check(
        &["-c", "--chat"],
        "hello world",
        expect![[r#"
        8
    "#]],
    );
    check(
        &["-c", "--chat", "-m", "gpt-4o"],
        "hello world",
        expect![[r#"
        9
    "#]],
    );
    check(
        &["-c", "--chat", "-s", "You are terse.", "-m", "gpt-4o"],
        "hello world",
        expect![[r#"
        17
    "#]],
    );
    check(
        &["-s", "You are terse."],
        "hello world",
        expect![[r#"
        ! gpt: the following required arguments were not provided: --chat; try '--help'
        exit 2
    "#]],
    );
    let array = r#"[{"role":"user","content":"hello world"}]"#;
    check(
        &["-m", "gpt-4o", "--messages", "-"],
        array,
        expect![[r#"
        9	$0.000023
    "#]],
    );
    check(
        &["--messages", "-"],
        r#"{"role":"user","content":"hello world"}"#,
        expect![[r#"
        8	$0.000016
    "#]],
    );
    check(
        &["--messages", "-"],
        "hello",
        expect![[r#"
            ! gpt: -: line 1, column 1: not JSON: expected value; nothing was sent
            exit 2
        "#]],
    );
    check(
        &["--messages", "missing.json"],
        "",
        expect![[r#"
        ! gpt: missing.json: no such file or directory
        exit 1
    "#]],
    );
}

#[test]
fn an_estimate_is_marked_and_explained() {
    check(
        &["-m", "gpt-6-sol"],
        "hello world",
        expect![[r#"
            ~2	~$0.000004
            ! gpt: model 'gpt-6-sol' has no published encoding: counted with o200k_base, an estimate
        "#]],
    );
    check(
        &["-m", "mistral-large"],
        "hello world",
        expect![[r#"
            ~2	~$0.000004
            ! gpt: model 'mistral-large' is not known: counted with o200k_base and priced at the default of $0.002 per 1,000 tokens, an estimate
        "#]],
    );
    check(
        &["-q", "-m", "mistral-large", "-c"],
        "hello world",
        expect![[r#"
        ~2
    "#]],
    );
    check(
        &["-e", "utf8"],
        "hello world",
        expect![[r#"
        ! gpt: no encoding 'utf8'; there are: r50k_base, p50k_base, p50k_edit, cl100k_base, o200k_base, o200k_harmony
        exit 2
    "#]],
    );
}

#[test]
fn the_limit_is_for_the_total() {
    check(
        &["--max-tokens", "2"],
        "hello world",
        expect![[r#"
        2	$0.000004
    "#]],
    );
    check(
        &["--max-tokens", "1"],
        "hello world",
        expect![[r#"
        2	$0.000004
        ! gpt: 2 tokens are over --max-tokens 1; --truncate cuts
        exit 3
    "#]],
    );
    check(
        &["--max-tokens", "2", "--pass"],
        "hello world",
        expect![[r#"
        hello world[no line break]
    "#]],
    );
    check(
        &["--max-tokens", "1", "--pass"],
        "hello world",
        expect![[r#"
        ! gpt: 2 tokens are over --max-tokens 1; --truncate cuts
        exit 3
    "#]],
    );
    check(
        &["--max-tokens", "1", "--pass"],
        "hello ".repeat(100_000),
        expect![[r#"
        ! gpt: at least 21 tokens are over --max-tokens 1; --truncate cuts
        exit 3
    "#]],
    );
    check(
        &["--pass"],
        "hello world",
        expect![[r#"
        ! gpt: the following required arguments were not provided: --max-tokens <N>; try '--help'
        exit 2
    "#]],
    );
}

/// More than is held in memory passes, byte for byte.
#[test]
fn much_is_passed() {
    let text: Vec<u8> =
        b"It is, at last.\n\xFF\r\n".iter().copied().cycle().take(6 << 20).collect();
    let args = ["tokens", "--max-tokens", "9000000", "--pass"];
    let outcome = Sandbox::new().gpt(args).input(text.clone()).run();
    assert!(outcome.out == text, "{} bytes of {}", outcome.out.len(), text.len());
}

#[test]
fn a_wrong_record_does_not_stop_the_others() {
    let records = r#"{"prompt":"hello world","id":"first"}
{"prompt":3}

{"messages":[{"role":"user"}],"id":4}
{"prompt":"hello"}
"#;
    check(
        &["--jsonl"],
        records,
        expect![[r#"
        2	$0.000004	"first"


        6	$0.000012	4
        1	$0.000002
        ! gpt: record 2: not a JSON record: invalid type: integer `3`, expected a string, column 11
        ! gpt: record 3: not a JSON object, such as {"prompt": "..."}
        exit 2
    "#]],
    );
    check(
        &["--jsonl", "--json"],
        records,
        expect![[r#"
        {"index":1,"id":"first","tokens":2,"exact":true,"cost":0.000004,"model":"gpt-5.6-terra","encoding":"o200k_base"}
        {"index":2,"error":"record 2: not a JSON record: invalid type: integer `3`, expected a string, column 11"}
        {"index":3,"error":"record 3: not a JSON object, such as {\"prompt\": \"...\"}"}
        {"index":4,"id":4,"tokens":6,"exact":true,"cost":0.000012,"model":"gpt-5.6-terra","encoding":"o200k_base"}
        {"index":5,"tokens":1,"exact":true,"cost":0.000002,"model":"gpt-5.6-terra","encoding":"o200k_base"}
        ! gpt: record 2: not a JSON record: invalid type: integer `3`, expected a string, column 11
        ! gpt: record 3: not a JSON object, such as {"prompt": "..."}
        exit 2
    "#]],
    );
}

#[test]
fn models_are_compared() {
    let models = "gpt-4,gpt-4o,gpt-6-sol,text-davinci-003";
    check(
        &["--compare", models],
        "Привет, мир! 你好",
        expect![[r#"
        MODEL             ENCODING     TOKENS       COST
        gpt-4             cl100k_base      10  $0.000300
        gpt-4o            o200k_base        7  $0.000018
        gpt-6-sol         o200k_base       ~7  $0.000014
        text-davinci-003  p50k_base        18  $0.000036
    "#]],
    );
    check(
        &["--compare", "gpt-4,"],
        "hello world",
        expect![[r#"
        ! gpt: --compare: a model without a name; check the commas
        exit 2
    "#]],
    );
    check(
        &["--compare", "gpt-4o,gpt-4", "--json"],
        "hello world",
        expect![[r#"
        {"tokens":2,"exact":true,"cost":0.000005,"model":"gpt-4o","encoding":"o200k_base"}
        {"tokens":2,"exact":true,"cost":0.00006,"model":"gpt-4","encoding":"cl100k_base"}
    "#]],
    );
}

#[test]
fn ids_go_to_text_and_back() {
    check(
        &["--decode"],
        "24912 2375",
        expect![[r#"
        hello world[no line break]
    "#]],
    );
    check(
        &["--decode"],
        "[24912, 2375]\n",
        expect![[r#"
        hello world[no line break]
    "#]],
    );
    check(
        &["--decode", "-e", "cl100k_base"],
        "100257",
        expect![[r#"
        <|endoftext|>[no line break]
    "#]],
    );
    check(
        &["--decode"],
        "24912 999999 1",
        expect![[r#"
        ! gpt: id 2: '999999' is no token of o200k_base
        exit 2
    "#]],
    );
    check(
        &["--decode"],
        "24912 x",
        expect![[r#"
        ! gpt: id 2: 'x' is no token of o200k_base
        exit 2
    "#]],
    );
    check(&["--decode"], "", expect![""]);
}

#[test]
fn tokens_are_shown() {
    check(
        &["--show"],
        "The quick 🦊\njumps\x1b[0m\n\n",
        expect![[r#"
        The| quick| \xF0\x9F|\xA6|\x8A|\n
        j|umps|^[|[|0|m|\n\n
    "#]],
    );
    check(&["--show"], "", expect![""]);
}

#[test]
fn mistakes_are_one_line() {
    check(
        &["--max-tokens", "many"],
        "",
        expect![[r#"
        ! gpt: invalid value 'many' for '--max-tokens <N>': invalid digit found in string; try '--help'
        exit 2
    "#]],
    );
    check(
        &["--truncate", "5", "--split", "6"],
        "",
        expect![[r#"
        ! gpt: the argument '--truncate <N>' cannot be used with '--split <N>'; try '--help'
        exit 2
    "#]],
    );
    check(
        &["--tuncate", "5"],
        "",
        expect![[r#"
        ! gpt: unexpected argument '--tuncate' found; a similar argument exists: '--truncate'; try '--help'
        exit 2
    "#]],
    );
    check(
        &["--split", "0"],
        "",
        expect![[r#"
        ! gpt: invalid value '0' for '--split <N>': 0 is not in 1..18446744073709551615; try '--help'
        exit 2
    "#]],
    );
    check(
        &["--split", "5", "--overlap", "5"],
        "",
        expect![[r#"
        ! gpt: --overlap must be less than --split
        exit 2
    "#]],
    );
    check(
        &["--split", "5", "--output", "part"],
        "",
        expect![[r#"
        ! gpt: pattern 'part' needs one %d or %03d for the number; %% is a percent sign
        exit 2
    "#]],
    );
}
