//! Budgets: what they cover, since when, and that nothing is sent that could break one.

use expect_test::{Expect, expect};

use crate::sandbox::{Gpt, Sandbox};
use crate::server::{Gate, Reply, Server};

const ANSWER: &str = r#"{"choices":[{"message":{"content":"Hi."},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":7,"completion_tokens":10}}"#;

/// A call that costs $0.000134, and never more.
const CALL: [&str; 6] = ["chat", "-q", "--max-tokens", "10", "-n", "hello"];

/// A home where calls are answered, and billed in full.
struct Office {
    sandbox: Sandbox,
    server: Server,
}

impl Office {
    fn new() -> Self {
        Self { sandbox: Sandbox::new(), server: Server::repeat(Reply::json(200, ANSWER)) }
    }

    fn call(&self, args: &[&str]) -> Gpt {
        self.sandbox.gpt([&CALL[..], args].concat()).server(&self.server)
    }

    /// How many of so many calls are let through; the others are refused with exit 4.
    #[track_caller]
    fn passing(&self, calls: usize, args: &[&str], budget: &str) -> usize {
        let before = self.server.requests().len();
        let codes = (0..calls).map(|_| self.call(args).env("GPT_BUDGET", budget).run().code);
        let codes: Vec<_> = codes.collect();
        let sent = self.server.requests().len() - before;
        assert_eq!(codes, [vec![0; sent], vec![4; calls - sent]].concat());
        sent
    }
}

#[test]
fn a_budget_is_spent_to_its_last_call_and_not_beyond() {
    for period in ["day", "week", "month", "total"] {
        let flag = format!("0.000402/{period}");
        assert_eq!(Office::new().passing(4, &["--budget", &flag], ""), 3, "{period}");
        assert_eq!(Office::new().passing(4, &[], &flag), 3, "{period}");
        let short = format!("0.000401999999/{period}");
        assert_eq!(Office::new().passing(4, &["--budget", &short], ""), 2, "{period}");
    }
}

#[test]
fn a_refusal_has_the_figures() {
    let office = Office::new();
    let refused = |args: &[&str], expected: Expect| office.call(args).check(expected);
    office.call(&[]).run();
    refused(
        &["--budget", "0.0002/day"],
        expect![[r#"
        ! gpt: over the budget 0.0002/day: this could cost $0.000134, and $0.000134 is spent, $0.000000 reserved or unsettled, $0.000066 left; --max-tokens 4 would fit; 'gpt spend' tells more
        exit 4
    "#]],
    );
    refused(
        &["--budget", "0.0001/total"],
        expect![[r#"
            ! gpt: over the budget 0.0001/total: this could cost $0.000134, and $0.000134 is spent, $0.000000 reserved or unsettled, $0.000000 left; ask for less, or raise it; 'gpt spend' tells more
            exit 4
        "#]],
    );
    refused(
        &["--tag", "a", "--budget", "0.0001/week"],
        expect![[r#"
        ! gpt: over the budget 0.0001/week of 'a': this could cost $0.000134, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.000100 left; --max-tokens 7 would fit; 'gpt spend' tells more
        exit 4
    "#]],
    );
    refused(
        &["--budget", "1/day", "--budget", "0.0002/month"],
        expect![[r#"
        ! gpt: over the budget 0.0002/month: this could cost $0.000134, and $0.000134 is spent, $0.000000 reserved or unsettled, $0.000066 left; --max-tokens 4 would fit; 'gpt spend' tells more
        exit 4
    "#]],
    );
    assert_eq!(office.server.requests().len(), 1);
}

#[test]
fn all_of_several_budgets_hold() {
    let flags = ["--budget", "1/day", "--budget", "0.000268/total"];
    assert_eq!(Office::new().passing(3, &flags, ""), 2);
    assert_eq!(Office::new().passing(3, &[], "1/day 0.000268/month"), 2);
    assert_eq!(Office::new().passing(3, &[], "0.000268/month,1/day"), 2);
    assert_eq!(Office::new().passing(3, &[], " \t0.000268/week\n"), 2);
    // One on the command line does not lift one of the environment.
    assert_eq!(Office::new().passing(3, &["--budget", "9/day"], "0.000134/total"), 1);
}

#[test]
fn the_config_sets_budgets_too() {
    let home = |config: &str| {
        let office = Office::new();
        office.sandbox.write(".config/gpt/config.toml", config);
        office
    };
    assert_eq!(home(r#"budget = "0.000134/day""#).passing(2, &[], ""), 1);
    assert_eq!(home(r#"budget = ["1/day", "0.000134/total"]"#).passing(2, &[], ""), 1);
    assert_eq!(home(r#"budget = "1/day 0.000134/total""#).passing(2, &[], ""), 1);
    // A variable that is set and empty, or blank, is none.
    assert_eq!(home(r#"budget = "0.000134/day""#).passing(2, &[], "  "), 1);
    // The environment goes before the config, the profile too.
    assert_eq!(home(r#"budget = "0.000134/day""#).passing(3, &[], "0.000268/day"), 2);
    let profile = "budget = \"0.000134/day\"\n[profile.rich]\nbudget = \"0.000268/day\"\n";
    assert_eq!(home(profile).passing(3, &["-P", "rich"], ""), 2);
}

/// A budget of the command line is its tag's; one of the environment is everybody's.
#[test]
fn a_tag_has_a_budget_of_its_own() {
    let office = Office::new();
    let budget = ["--budget", "0.000268/day"];
    let tagged = |tag| [&budget[..], &["--tag", tag]].concat();
    assert_eq!(office.passing(3, &tagged("a"), ""), 2);
    assert_eq!(office.passing(3, &tagged("b"), ""), 2);
    // Without a tag it covers what has one as well.
    assert_eq!(office.passing(1, &budget, ""), 0);
    assert_eq!(office.passing(1, &tagged(""), ""), 0);
    assert_eq!(office.passing(1, &["--budget", "0.00067/day"], ""), 1);
    // A new tag is no way around the environment's.
    assert_eq!(office.passing(2, &["--tag", "c"], "0.000804/day"), 1);
}

#[test]
fn no_budget_holds_without_the_ledger() {
    let office = Office::new();
    office.sandbox.write("file", "not a directory");
    office.sandbox.write("diary", "no ledger\n");
    let with = |ledger: &str, args: &[&str], expected: Expect| {
        let args = [&["chat", "--max-tokens", "10", "-n", "hello"], args].concat();
        office.sandbox.gpt(args).server(&office.server).env("GPT_LEDGER", ledger).check(expected);
    };
    with(
        "off",
        &["--budget", "1/day"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: it is off (GPT_LEDGER=off); nothing was sent
        exit 1
    "#]],
    );
    with(
        "file/ledger.db",
        &["--budget", "1/day"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: cannot open the ledger file/ledger.db: not a directory; make it writable, or name another path; nothing was sent
        exit 1
    "#]],
    );
    with(
        "diary",
        &["--budget", "1/day"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: cannot use the ledger diary: the file is something else, and was left alone; name another path; nothing was sent
        exit 1
    "#]],
    );
    with(
        "/dev/null",
        &["--budget", "1/day"],
        expect![[r#"
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: cannot open the ledger /dev/null: it is not a file; make it writable, or name another path; nothing was sent
        exit 1
    "#]],
    );
    assert!(office.server.requests().is_empty());
    with(
        "off",
        &[],
        expect![[r#"
        Hi.
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: used: 7 prompt + 10 reply tokens, $0.000134
    "#]],
    );
    with(
        "file/ledger.db",
        &[],
        expect![[r#"
        Hi.
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: warning: this call is not booked: cannot open the ledger file/ledger.db: not a directory; make it writable, or name another path
        ! gpt: used: 7 prompt + 10 reply tokens, $0.000134
    "#]],
    );
    with(
        "diary",
        &[],
        expect![[r#"
        Hi.
        ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
        ! gpt: warning: this call is not booked: cannot use the ledger diary: the file is something else, and was left alone; name another path
        ! gpt: used: 7 prompt + 10 reply tokens, $0.000134
    "#]],
    );
    assert_eq!(office.server.requests().len(), 3);
}

/// What is under way counts at its worst case, however cheap it turns out to be.
#[test]
fn what_is_under_way_is_reserved() {
    let gate = Gate::new();
    let cheap = ANSWER.replace("\"completion_tokens\":10", "\"completion_tokens\":1");
    let sandbox = Sandbox::new();
    let server = Server::repeat(Reply::json(200, &cheap).slow(&gate));
    let call = || sandbox.gpt(CALL).env("GPT_BUDGET", "0.000268/day").server(&server);
    let under_way: Vec<_> = (0..2).map(|_| call().spawn()).collect();
    server.wait_for(2);
    call().check(expect![[r#"
        ! gpt: over the budget 0.000268/day: this could cost $0.000134, and $0.000000 is spent, $0.000268 reserved or unsettled, $0.000000 left; wait for the next day, or raise it; 'gpt spend' tells more
        exit 4
    "#]]);
    gate.open();
    for mut call in under_way {
        assert!(call.wait().unwrap().success());
    }
    call().check(expect![[r#"
        Hi.
    "#]]);
    assert_eq!(server.requests().len(), 3);
}

/// A crowd on one budget; `tests/attack` has larger ones, and kills among them.
#[test]
fn a_crowd_never_breaks_a_budget() {
    let gate = Gate::new();
    let sandbox = Sandbox::new();
    let server = Server::repeat(Reply::json(200, ANSWER).slow(&gate));
    let call = || sandbox.gpt(CALL).env("GPT_BUDGET", "0.00067/day").server(&server).spawn();
    let crowd: Vec<_> = (0..16).map(|_| call()).collect();
    server.wait_for(5);
    let mut codes: Vec<_> = std::thread::scope(|scope| {
        let ends: Vec<_> =
            crowd.into_iter().map(|mut c| scope.spawn(move || c.wait().unwrap().code())).collect();
        // The eleven who are refused need no answer.
        gate.open();
        ends.into_iter().map(|end| end.join().unwrap()).collect()
    });
    codes.sort_unstable();
    assert_eq!(codes, [vec![Some(0); 5], vec![Some(4); 11]].concat());
    assert_eq!(server.requests().len(), 5);
}
