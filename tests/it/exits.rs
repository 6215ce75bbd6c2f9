//! What is refused before anything is sent: each with its exit code and its one line.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::Server;

/// Wrong from the start: no request arrives.
#[track_caller]
fn refuses(args: &[&str], input: impl Into<Vec<u8>>, expected: Expect) {
    let server = Server::start(vec![]);
    Sandbox::new()
        .gpt([&["chat", "-q"], args].concat())
        .input(input)
        .server(&server)
        .check(expected);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_wrong_command_line_is_2() {
    refuses(
        &["--temperature", "hot", "hi"],
        "",
        expect![[r#"
        ! gpt: --temperature 'hot' is not a number
        exit 2
    "#]],
    );
    refuses(
        &["-m", "", "hi"],
        "",
        expect![[r#"
        ! gpt: a value is required for '--model <MODEL>' but none was supplied; try '--help'
        exit 2
    "#]],
    );
    refuses(
        &["-o", "stream=1", "hi"],
        "",
        expect![[r#"
        ! gpt: -o stream=1: stream is true or false
        exit 2
    "#]],
    );
    refuses(
        &["--top-p", "", "hi"],
        "",
        expect![[r#"
        ! gpt: --top-p '' is not a number
        exit 2
    "#]],
    );
    refuses(
        &["--max-tokens", "0", "hi"],
        "",
        expect![[r#"
        ! gpt: invalid value '0' for '--max-tokens <N>': 0 is not in 1..18446744073709551615; try '--help'
        exit 2
    "#]],
    );
    refuses(
        &["--max-tokens", "-5", "hi"],
        "",
        expect![[r#"
        ! gpt: unexpected argument '-5' found; to pass '-5' as a value, use '-- -5'; try '--help'
        exit 2
    "#]],
    );
    refuses(
        &["--timeout", "0", "hi"],
        "",
        expect![[r#"
        ! gpt: --timeout '0' is no number of seconds above 0
        exit 2
    "#]],
    );
    refuses(
        &["--timeout", "nan", "hi"],
        "",
        expect![[r#"
        ! gpt: --timeout 'nan' is no number of seconds above 0
        exit 2
    "#]],
    );
    refuses(
        &["--max-cost", "cheap", "hi"],
        "",
        expect![[r#"
            ! gpt: --max-cost 'cheap' is no sum of dollars; write 5 or 0.002
            exit 2
        "#]],
    );
    refuses(
        &["--budget", "5/year", "hi"],
        "",
        expect![[r#"
            ! gpt: budget '5/year' has a period that is none of ours; write dollars by day, week, month or total: 5/day
            exit 2
        "#]],
    );
}

#[test]
fn a_wrong_address_is_2() {
    refuses(
        &["--base-url", "localhost:80", "hi"],
        "",
        expect![[r#"
        ! gpt: base URL: "localhost:80" is not an address; it begins with http:// or https://
        exit 2
    "#]],
    );
    refuses(
        &["--base-url", "ftp://x/", "hi"],
        "",
        expect![[r#"
        ! gpt: base URL: "ftp" is neither http nor https
        exit 2
    "#]],
    );
    refuses(
        &["--base-url", "http://me:pass@x/", "hi"],
        "",
        expect![[r#"
        ! gpt: base URL: the address holds a user name or password; give the key as a key
        exit 2
    "#]],
    );
    refuses(
        &["--proxy", "gopher://x/", "hi"],
        "",
        expect![[r#"
        ! gpt: "gopher" is no proxy that is known; http, https, socks5 and socks5h are
        exit 2
    "#]],
    );
    refuses(
        &["--no-such", "hi"],
        "",
        expect![[r#"
        ! gpt: unexpected argument '--no-such' found; to pass '--no-such' as a value, use '-- --no-such'; try '--help'
        exit 2
    "#]],
    );
    refuses(
        &["-P", "none", "hi"],
        "",
        expect![[r#"
        ! gpt: no profile 'none' in the config; there are: none
        exit 2
    "#]],
    );
}

#[test]
fn a_wrong_input_is_2() {
    refuses(
        &[],
        "",
        expect![[r#"
        ! gpt: the prompt is empty; give words, --file or standard input
        exit 2
    "#]],
    );
    refuses(
        &[],
        " \n",
        expect![[r#"
        ! gpt: the prompt is empty; give words, --file or standard input
        exit 2
    "#]],
    );
    refuses(
        &[""],
        "",
        expect![[r#"
        ! gpt: the prompt is empty; give words, --file or standard input
        exit 2
    "#]],
    );
    refuses(
        &[],
        &b"abc\xff\xfe"[..],
        expect![[r#"
        ! gpt: standard input: not UTF-8 at byte 3; nothing was sent
        exit 2
    "#]],
    );
    refuses(
        &[],
        &b"\xe4\xb8"[..],
        expect![[r#"
        ! gpt: standard input: not UTF-8 at byte 0; nothing was sent
        exit 2
    "#]],
    );
}

#[test]
fn over_a_limit_is_3_or_4() {
    refuses(
        &["--max-prompt-tokens", "3", "hi"],
        "",
        expect![[r#"
        ! gpt: prompt over its limit: 7 tokens, and --max-prompt-tokens is 3; shorten it or raise the limit
        exit 3
    "#]],
    );
    refuses(
        &["--max-tokens", "999999999", "hi"],
        "",
        expect![[r#"
        ! gpt: reply cap too high: 999999999 tokens, and gpt-5.6-terra writes at most 128000; lower --max-tokens
        exit 3
    "#]],
    );
    refuses(
        &["-m", "gpt-3.5-turbo", "--max-tokens", "4096", "-"],
        "word ".repeat(13_000),
        expect![[r#"
        ! gpt: over the context: 13009 prompt + 4096 reply tokens, and gpt-3.5-turbo takes 16385 together; shorten the prompt or lower --max-tokens
        exit 3
    "#]],
    );
    refuses(
        &["--max-cost", "0.00000001", "hi"],
        "",
        expect![[r#"
        ! gpt: too dear: at most $0.000026, and --max-cost is $0.000001, too little for the prompt and one token of reply; shorten the prompt or raise --max-cost
        exit 4
    "#]],
    );
    refuses(
        &["--max-cost", "0.001", "--max-tokens", "5000", "hi"],
        "",
        expect![[r#"
        ! gpt: too dear: at most $0.060014, and --max-cost is $0.001000; lower --max-tokens to 82 or raise --max-cost
        exit 4
    "#]],
    );
    refuses(
        &["--max-cost", "1", "-m", "llama", "hi"],
        "",
        expect![[r#"
        ! gpt: no price for llama: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
        exit 4
    "#]],
    );
    refuses(
        &["--budget", "0.0001/day", "--max-tokens", "5000", "hi"],
        "",
        expect![[r#"
            ! gpt: over the budget 0.0001/day: this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.000100 left; --max-tokens 7 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
}

#[test]
fn no_key_is_5() {
    let sandbox = Sandbox::new();
    sandbox.gpt(["chat", "-q", "hi"]).check(expect![[r#"
        ! gpt: no key: set OPENAI_API_KEY, give --api-key-file, or put api_key_command into the config
        exit 5
    "#]]);
    sandbox.gpt(["chat", "-q", "--base-url", "http://10.255.255.1/v1", "hi"]).check(expect![[r#"
        ! gpt: no key: set OPENAI_API_KEY, give --api-key-file, or put api_key_command into the config
        exit 5
    "#]]);
    sandbox.gpt(["chat", "-q", "--api-key-file", "none", "hi"]).check(expect![[r#"
        ! gpt: key file none: no such file or directory
        exit 5
    "#]]);
    sandbox.gpt(["chat", "-q", "hi"]).env("OPENAI_API_KEY", "a b").check(expect![[r#"
        ! gpt: the API key holds a blank, a line break or a byte that is not ASCII
        exit 5
    "#]]);
    sandbox.write("key", "sk-file");
    sandbox.gpt(["chat", "-q", "--api-key-file", "key", "hi"]).check(expect![[r#"
        ! gpt: key file key: others can read it; 'chmod 600' it
        exit 5
    "#]]);
}
