//! Limits on money while several records are asked at once: nothing beyond them is spent, and
//! nothing within them is left out.

use expect_test::expect;

use crate::replies::{body, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

fn lines(count: usize) -> String {
    let numbers: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
    numbers.join("\n")
}

/// There is room for one worst case at a time, and for many real costs.
#[test]
fn who_has_no_room_in_a_budget_waits_for_what_is_under_way() {
    for jobs in ["1", "2", "8"] {
        let server = Server::repeat(whole("yes"));
        let args = ["chat", "--lines", "-q", "--max-tokens", "10000", "--budget", "0.2/total"];
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(args).arg("-j").arg(jobs).server(&server).input(lines(40));
        assert_eq!(run.run().to_string(), "yes\n".repeat(40), "-j {jobs}");
        assert_eq!(server.requests().len(), 40, "-j {jobs}");
    }
}

/// Of the first, one attempt may have been billed: beside it there is room for one request.
#[test]
fn who_has_no_room_within_max_cost_waits_as_well() {
    for jobs in ["1", "3"] {
        let server = Server::answer(|index, _| match index {
            0 => Reply::raw(""),
            _ => whole("yes"),
        });
        let args = ["chat", "--lines", "-q", "--max-tokens", "9", "--max-cost", "0.00037"];
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(args).arg("-j").arg(jobs).server(&server).input(lines(3));
        assert_eq!(run.run().to_string(), "yes\n".repeat(3), "-j {jobs}");
    }
}

#[test]
fn a_bill_beyond_the_cap_counts_whole() {
    let dear = || {
        let bill =
            body("dear", "stop").replace("\"completion_tokens\":3", "\"completion_tokens\":1000");
        Server::repeat(Reply::json(200, &bill))
    };
    let args = ["chat", "--lines", "--max-tokens", "10", "--max-cost", "0.02"];
    let server = dear();
    Sandbox::new().gpt(args).server(&server).input(lines(9)).check(expect![[r#"
        dear
        dear

        ! gpt: estimate: 9 requests, 63 prompt + up to 90 reply tokens, at most $0.001206 (gpt-5.6-terra)
        ! gpt: record 3: over --max-cost $0.020000: $0.024040 is spent or may be, as requests were repeated or billed beyond their cap, and this could cost $0.000134
        ! gpt: used: 2 answered, 1 failed; 20 prompt + 2000 reply tokens, $0.024040
        ! gpt: 6 records are left; to go on, put the output into a file and give the same command with --resume FILE
        exit 4
    "#]]);
    assert_eq!(server.requests().len(), 2);
    // Also where no other is left to be refused.
    Sandbox::new().gpt(args).server(&dear()).input(lines(2)).check(expect![[r#"
        dear
        dear
        ! gpt: estimate: 2 requests, 14 prompt + up to 20 reply tokens, at most $0.000268 (gpt-5.6-terra)
        ! gpt: used: 2 answered, 0 failed; 20 prompt + 2000 reply tokens, $0.024040
        ! gpt: over --max-cost $0.020000: $0.024040 is spent or may be, as requests were repeated or billed beyond their cap
        exit 4
    "#]]);
}
