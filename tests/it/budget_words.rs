//! What is no budget, on the command line, in the environment and in the config: nothing is sent.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::Server;

const CALL: [&str; 3] = ["chat", "-n", "hello"];

#[test]
fn what_is_no_budget_is_refused() {
    let refused = |budget: &str, expected: Expect| {
        let (sandbox, server) = (Sandbox::new(), Server::start(vec![]));
        let call = |args: &[&str]| sandbox.gpt([&CALL, args].concat()).server(&server);
        call(&["--budget", budget]).check(expected);
        assert_eq!(call(&[]).env("GPT_BUDGET", budget).run().code, 2, "{budget}");
        assert!(server.requests().is_empty());
    };
    refused(
        "5/fortnight",
        expect![[r#"
        ! gpt: budget '5/fortnight' has a period that is none of ours; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "5",
        expect![[r#"
        ! gpt: budget '5' has no period; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "day",
        expect![[r#"
        ! gpt: budget 'day' has no period; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "/day",
        expect![[r#"
        ! gpt: budget '/day' is no number of dollars; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "five/day",
        expect![[r#"
        ! gpt: budget 'five/day' is no number of dollars; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "-5/day",
        expect![[r#"
        ! gpt: budget '-5/day' is negative; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "5/day/5",
        expect![[r#"
        ! gpt: budget '5/day/5' has a period that is none of ours; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "5/Day",
        expect![[r#"
        ! gpt: budget '5/Day' has a period that is none of ours; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "5€/day",
        expect![[r#"
        ! gpt: budget '5€/day' is no number of dollars; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "1e-13/day",
        expect![[r#"
        ! gpt: budget '1e-13/day' is finer than a picodollar; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "1e13/day",
        expect![[r#"
        ! gpt: budget '1e13/day' is more than a million million dollars; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
}

#[test]
fn a_config_that_means_something_else_sends_nothing() {
    let refused = |config: &str, expected: Expect| {
        let (sandbox, server) = (Sandbox::new(), Server::start(vec![]));
        sandbox.write(".config/gpt/config.toml", config);
        sandbox.gpt(CALL).server(&server).check(expected);
        assert!(server.requests().is_empty());
    };
    refused(
        "budgets = \"5/day\"",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 1: unknown field `budgets`, expected one of `model`, `image_model`, `base_url`, `api_key_command`, `budget`, `prices`, `price`, `profile`
        exit 2
    "#]],
    );
    refused(
        "budget = 5",
        expect![[r#"
            ! gpt: config [dir]/.config/gpt/config.toml: line 1: a budget is a text such as "5/day", or a list of them
            exit 2
        "#]],
    );
    refused(
        "budget = \"5/fortnight\"",
        expect![[r#"
        ! gpt: budget '5/fortnight' has a period that is none of ours; write dollars by day, week, month or total: 5/day
        exit 2
    "#]],
    );
    refused(
        "[limits]\nbudget = \"5/day\"",
        expect![[r#"
        ! gpt: config [dir]/.config/gpt/config.toml: line 1: unknown field `limits`, expected one of `model`, `image_model`, `base_url`, `api_key_command`, `budget`, `prices`, `price`, `profile`
        exit 2
    "#]],
    );
}
