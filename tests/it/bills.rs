//! What an answered request cost: by whose usage, at whose price.

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A router may answer with another model than was asked.
#[test]
fn a_dearer_model_that_answers_is_billed_at_its_own_price() {
    #[track_caller]
    fn check(args: &[&str], answered: &str, used: &str) {
        let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
        let usage = r#"{"prompt_tokens":1000,"completion_tokens":500}"#;
        let body = format!(r#"{{"model":"{answered}","choices":[{choice}],"usage":{usage}}}"#);
        let server = Server::repeat(Reply::json(200, &body));
        let args = [&["chat", "-n", "-m", "gpt-4o", "hello"], args].concat();
        let run = Sandbox::new().gpt(args).server(&server).run();
        assert_eq!(run.err.lines().last(), Some(used));
    }
    let asked = "gpt: used: 1000 prompt + 500 reply tokens, $0.007500";
    check(&[], "gpt-4o-2024-08-06", asked);
    check(&[], "gpt-4o-mini", asked);
    check(&[], "mine", asked);
    check(&[], "gpt-5.5", "gpt: used: ~1000 prompt + ~500 reply tokens, ~$0.020000");
    let rate = ["--rate", "2.5/1M:10/1M"];
    check(&rate, "gpt-5.5", asked);
}

/// The bill in picodollars, from the server's usage.
#[track_caller]
fn bill(model: &str, usage: &str, tier: &str, cost: &str) {
    let sandbox = Sandbox::new();
    let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
    let body = format!(r#"{{"choices":[{choice}],"usage":{{{usage}}},"service_tier":{tier}}}"#);
    let server = Server::repeat(Reply::json(200, &body));
    let args = ["chat", "-q", "-n", "-m", model, "--report", "report", "hello"];
    let run = sandbox.gpt(args).server(&server).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let report = sandbox.read("report");
    let (_, rest) = report.split_once("\"cost\":").unwrap();
    assert_eq!(rest.split(',').next().unwrap(), cost, "{model} {usage} {tier}");
    // What the report says is what the books say.
    let books = sandbox.gpt(["spend", "--json"]).run();
    assert!(books.text().contains(&format!("\"cost\":{cost},")), "{}", books.text());
}

#[test]
fn the_bill_is_the_servers_usage_to_the_last_digit() {
    let plain = r#""prompt_tokens":1000,"completion_tokens":500"#;
    let details = |cached: u32, written: u32| {
        format!(
            r#"{plain},"prompt_tokens_details":{{"cached_tokens":{cached},
            "cache_write_tokens":{written}}}"#
        )
    };
    bill("gpt-4o", plain, "null", "0.0075");
    bill("gpt-4o", &details(600, 0), "null", "0.00675");
    bill("gpt-6-sol", &details(600, 0), "null", "0.00592");
    bill("gpt-6-sol", &details(600, 200), "null", "0.00602");
    // Reasoning is part of the reply; with some servers it is not, and the total tells.
    let reasoning = r#","completion_tokens_details":{"reasoning_tokens":400}"#;
    bill("gpt-4o", &format!("{plain}{reasoning}"), "null", "0.0075");
    bill("gpt-4o", &format!("{plain}{reasoning},\"total_tokens\":1900"), "null", "0.0115");
    // From the threshold on every rate of the request is another.
    let long = |prompt: u32, cached: u32| {
        format!(
            r#""prompt_tokens":{prompt},"completion_tokens":500,"prompt_tokens_details":
            {{"cached_tokens":{cached}}}"#
        )
    };
    bill("gpt-6-sol", &long(272_000, 0), "null", "0.549");
    bill("gpt-6-sol", &long(272_001, 0), "null", "1.095504");
    bill("gpt-6-sol", &long(300_000, 100_000), "null", "0.8475");
    // The tier that the server says it served.
    bill("gpt-5.6-sol", plain, r#""default""#, "0.014");
    bill("gpt-5.6-sol", plain, r#""flex""#, "0.007");
    bill("gpt-5.6-sol", plain, r#""priority""#, "0.028");
    bill("gpt-5.6-sol", plain, r#""unheard""#, "0.014");
}
