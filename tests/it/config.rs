//! The config file: what is wrong in it is told with its line, and budgets come in lists.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::settings::{CONFIG, home};

#[test]
fn a_wrong_config_is_named_with_its_line() {
    let check = |config: &str, expected: Expect| {
        home(config).gpt(["chat", "-q", "--dry-run", "hi"]).check(expected);
    };
    check(
        "model = \"m\"\n\nmodle = \"x\"\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 3: unknown field `modle`, expected one of `model`, `image_model`, `base_url`, `api_key_command`, `budget`, `prices`, `price`, `profile`
        exit 2
    "#]],
    );
    check(
        "[profile.p]\nbudgte = \"5/day\"\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 2: unknown field `budgte`, expected one of `model`, `image_model`, `base_url`, `api_key_command`, `budget`, `prices`, `price`, `profile`
        exit 2
    "#]],
    );
    check(
        "[price.\"m\"]\ninput = 1\noutput = 2\nimput = 3\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 4: unknown field `imput`, expected one of `input`, `output`, `cached`, `cache_write`
        exit 2
    "#]],
    );
    check(
        "model = 7\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 1: invalid type: integer `7`, expected a string
        exit 2
    "#]],
    );
    check(
        "model = \"m\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 1: invalid basic string, expected `"`
        exit 2
    "#]],
    );
    check(
        "budget = 5\n",
        expect![[r#"
            ! gpt: config [dir]/.config/gpt/config.toml: line 1: a budget is a text such as "5/day", or a list of them
            exit 2
        "#]],
    );
    check(
        "[price.\"gpt-5.6-terra\"]\ninput = \"cheap\"\noutput = 2\n",
        expect![[r#"
        ! gpt: config, price of gpt-5.6-terra: rate 'cheap' is no number of dollars; write 0.002, 0.002/1k or 2/1M:12/1M
        exit 2
    "#]],
    );
    check(
        "[profile.p.profile.q]\n",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: profile 'p': a profile holds no profiles
        exit 2
    "#]],
    );
    let sandbox = home("[profile.work]\n[profile.play]\n");
    sandbox.gpt(["chat", "--dry-run", "-P", "wrok", "hi"]).check(expect![[r#"
        ! gpt: no profile 'wrok' in the config; there are: play, work
        exit 2
    "#]]);
    let sandbox = Sandbox::new();
    sandbox.write(CONFIG, b"model = \"\xff\"");
    sandbox.gpt(["chat", "--dry-run", "hi"]).check(expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: it is not UTF-8
        exit 2
    "#]]);
    let sandbox = Sandbox::new();
    sandbox.write(".config/gpt/config.toml/x", "");
    sandbox.gpt(["chat", "--dry-run", "hi"]).check(expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: is a directory
        exit 1
    "#]]);
}

#[test]
fn budgets_come_in_lists() {
    let server = Server::start(vec![]);
    let check = |config: &str, env: &str, args: &[&str], expected: Expect| {
        let args = [&["chat", "-q", "--max-tokens", "5000", "hi"], args].concat();
        home(config).gpt(args).server(&server).env("GPT_BUDGET", env).check(expected);
    };
    check(
        "",
        "9/day,0.01/month",
        &[],
        expect![[r#"
            ! gpt: over the budget 0.01/month: this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.010000 left; --max-tokens 832 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
    check(
        "",
        "9/day 0.01/week",
        &[],
        expect![[r#"
            ! gpt: over the budget 0.01/week: this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.010000 left; --max-tokens 832 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
    check(
        "budget = \"0.01/total\"",
        "",
        &[],
        expect![[r#"
            ! gpt: over the budget 0.01/total: this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.010000 left; --max-tokens 832 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
    check(
        "budget = [\"9/day\", \"0.01/total\"]",
        "",
        &[],
        expect![[r#"
            ! gpt: over the budget 0.01/total: this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.010000 left; --max-tokens 832 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
    check(
        "budget = \"9/day\"",
        "",
        &["--budget", "0.01/day", "--tag", "t"],
        expect![[r#"
            ! gpt: over the budget 0.01/day of 't': this could cost $0.060014, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.010000 left; --max-tokens 832 would fit; 'gpt spend' tells more
            exit 4
        "#]],
    );
    check(
        "budget = \"9/dya\"",
        "",
        &[],
        expect![[r#"
            ! gpt: budget '9/dya' has a period that is none of ours; write dollars by day, week, month or total: 5/day
            exit 2
        "#]],
    );
    assert_eq!(server.requests().len(), 0);
}
