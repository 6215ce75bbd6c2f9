//! The limits of one request, all checked before anything is sent.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::Server;

/// Nothing may reach the server.
#[track_caller]
fn refused(args: &[&str], expected: Expect) {
    let server = Server::start(vec![]);
    Sandbox::new().gpt([&["chat"], args].concat()).server(&server).check(expected);
    assert_eq!(server.requests().len(), 0, "something was sent");
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
    Sandbox::new().gpt(["chat", "--max-prompt-tokens", "7", "--dry-run", "hello"]).check(expect![
        [r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}]}
    "#]
    ]);
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
