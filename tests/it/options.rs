//! Options of `gpt chat`: what becomes of them in the body, and in the estimate.

use expect_test::expect;

use crate::chat::sends;

#[test]
fn options_are_sent_as_they_were_given() {
    sends(
        &[
            "-m",
            "llama-4",
            "--temperature",
            "0.70",
            "--top-p",
            "1e-1",
            "--seed",
            "-7",
            "-N",
            "2",
            "--max-tokens",
            "5",
            "hi",
        ],
        "",
        expect![[r#"
            {"model":"llama-4","messages":[{"role":"user","content":"hi"}],"temperature":0.70,"top_p":1e-1,"seed":-7,"n":2,"max_tokens":5}
        "#]],
    );
    sends(
        &["--stop", "END", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stop":"END"}
    "#]],
    );
    sends(
        &["--stop", "END", "--stop", "\n", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stop":["END","\n"]}
    "#]],
    );
    sends(
        &["--stream", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}
    "#]],
    );
    sends(
        &["--stream", "--no-stream", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
    "#]],
    );
    sends(
        &["-o", "stream=true", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}
    "#]],
    );
    sends(
        &["--stream", "-o", "stream=false", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stream":false}
    "#]],
    );
    sends(
        &["--stream", "-o", "stream_options=null", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":null}
    "#]],
    );
    sends(
        &["-o", "reasoning_effort=ultra", "-o", "store=true", "-o", "metadata={\"a\": 1.50}", "hi"],
        "",
        expect![[r#"
            {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"ultra","store":true,"metadata":{"a":1.50}}
        "#]],
    );
    sends(
        &["-o", "user=a=b", "-o", "user=\"7\"", "-o", "x=", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"user":"7","x":""}
    "#]],
    );
}

#[test]
fn the_cap_goes_into_the_field_that_the_model_takes() {
    sends(
        &["-m", "gpt-5.6-terra", "--max-tokens", "5", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5}
    "#]],
    );
    sends(
        &["-m", "gpt-3.5-turbo", "--max-tokens", "5", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-3.5-turbo","messages":[{"role":"user","content":"hi"}],"max_tokens":5}
    "#]],
    );
    sends(
        &["-m", "gpt-3.5-turbo", "--max-tokens", "5", "--max-tokens-field", "new", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-3.5-turbo","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":5}
    "#]],
    );
    sends(
        &["-m", "o3", "--max-tokens", "5", "--max-tokens-field", "legacy", "hi"],
        "",
        expect![[r#"
        {"model":"o3","messages":[{"role":"user","content":"hi"}],"max_tokens":5}
    "#]],
    );
    sends(
        &["--max-cost", "0.0003", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":23}
    "#]],
    );
}

#[test]
fn nothing_slips_past_the_limits_in_an_option() {
    sends(
        &["--max-tokens", "5", "-o", "max_completion_tokens=900000", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":900000}
        ! gpt: reply cap too high: 900000 tokens, and gpt-5.6-terra writes at most 128000; lower --max-tokens
        exit 3
    "#]],
    );
    sends(
        &["--max-cost", "0.001", "-o", "max_tokens=9000", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_tokens":9000}
        ! gpt: too dear: at most $0.108014, and --max-cost is $0.001000; lower --max-tokens to 82 or raise --max-cost
        exit 4
    "#]],
    );
    sends(
        &["--max-cost", "0.001", "--max-tokens", "50", "-o", "n=9", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":50,"n":9}
        ! gpt: too dear: at most $0.005414, and --max-cost is $0.001000; lower --max-tokens to 9 or raise --max-cost
        exit 4
    "#]],
    );
    sends(
        &["-o", "model=gpt-6-astra", "hi"],
        "",
        expect![[r#"
        ! gpt: -o 'model=gpt-6-astra' cannot be priced; choose the model with -m
        exit 2
    "#]],
    );
    sends(
        &["-o", "max_tokens=many", "hi"],
        "",
        expect![[r#"
        ! gpt: max_tokens is "many"; write a whole number of 0 or more
        exit 2
    "#]],
    );
    sends(
        &["-o", "novalue", "hi"],
        "",
        expect![[r#"
        ! gpt: -o 'novalue' is not KEY=VALUE
        exit 2
    "#]],
    );
}
