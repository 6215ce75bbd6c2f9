//! `gpt help`: the same text as `--help`, and the exit codes.

use expect_test::expect;

use crate::sandbox::Sandbox;

/// `gpt help WORDS` prints what `gpt WORDS --help` prints.
#[track_caller]
fn check(words: &[&str]) {
    let sandbox = Sandbox::new();
    let asked = sandbox.gpt([&["help"], words].concat()).run();
    let option = sandbox.gpt([words, &["--help"]].concat()).run();
    assert_eq!((asked.code, &asked.err), (0, &option.err), "{words:?}");
    assert_eq!(asked.text(), option.text(), "{words:?}");
}

#[test]
fn help_is_what_the_option_prints() {
    check(&[]);
    for command in ["chat", "complete", "image", "batch", "tokens", "models", "spend", "help"] {
        check(&[command]);
    }
    check(&["batch", "submit"]);
}

#[test]
fn the_first_help_fits_a_screen() {
    let outcome = Sandbox::new().gpt(["--help"]).run();
    let lines: Vec<&str> = outcome.text().lines().collect();
    assert!(lines.len() <= 24, "{} lines", lines.len());
    let widest = lines.iter().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?}");
}

#[test]
fn exit_codes_are_a_topic() {
    Sandbox::new().gpt(["help", "exit-codes"]).check(expect![[r#"
        0         Done, and complete; also when the reader of our output left early.
        1         Something here failed: a file, a full disk, the ledger.
        2         The command line or the input is wrong; nothing was sent.
        3         Over a token limit or the model's context; nothing was sent.
        4         Over a cost limit or a budget, or no price to judge by; nothing was sent.
        5         No key, or the server refused it.
        6         The server refused the request.
        7         Rate-limited or out of quota, after the retries that made sense.
        8         The server or the network failed, after retries.
        9         The answer is not complete. What had arrived was printed.
        130, 143  Interrupted by SIGINT, SIGTERM.
    "#]]);
}

#[test]
fn an_unknown_topic_is_named() {
    Sandbox::new().gpt(["help", "tokenz"]).check(expect![[r#"
        ! gpt: no help on 'tokenz': it is no command; try 'gpt help'
        exit 2
    "#]]);
}
