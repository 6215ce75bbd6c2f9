//! Sums, rates and price maps at random.

use super::money::Picodollars;
use super::{pricemap, rate};
use crate::mutate::check_text;

#[test]
fn a_sum_is_read_exactly_or_not_at_all() {
    let examples = ["0.002", "5", ".5", "1e-7", "12.000000000001", "1000000000000", "4E+02"];
    check_text(&examples, 5000, |text| {
        if let Ok(sum) = Picodollars::from_dollars(text) {
            assert_eq!(Picodollars::from_dollars(&sum.exact()), Ok(sum));
            let printed = Picodollars::from_dollars(&sum.to_string()).expect("six decimals");
            assert!(printed >= sum && printed.0 - sum.0 < 1_000_000, "rounded up, and once");
            assert_eq!(Picodollars::from_published_float(text), Ok(sum));
        }
        let _ = Picodollars::from_published_float(text);
    });
}

#[test]
fn a_rate_is_at_most_a_dollar_a_token() {
    let examples = ["0.002", "2/1M:12/1M", "0.002/1k", "1e-3:0", "2/1m"];
    check_text(&examples, 5000, |text| match rate::parse(text) {
        Ok(rate) => assert!(rate.input.max(rate.output) <= Picodollars::DOLLAR),
        Err(why) => assert!(why.to_string().starts_with(&format!("rate '{text}' "))),
    });
}

#[test]
fn a_price_map_has_the_price_or_says_where_it_is_wrong() {
    let examples = [
        r#"{"m":{"input_cost_per_token":4e-07,"output_cost_per_token":1.6e-06,
            "cache_read_input_token_cost":1e-07,"max_input_tokens":1000,"max_tokens":"100",
            "litellm_provider":"openai","input_cost_per_token_above_200k_tokens":8e-07}}"#,
        r#"{"sample_spec":{"a":"b"},"p/m":{"input_cost_per_token":null},"m":{}}"#,
        r#"{"m":{"input_cost_per_token_batches":1,"input_cost_per_token":2,"tiered_pricing":[]}}"#,
    ];
    check_text(&examples, 3000, |text| match pricemap::entry(text, "m") {
        Ok(entry) => {
            let priced = entry.is_some_and(|entry| entry.price.is_some());
            assert!(!priced || text.contains("input_cost_per_token"));
        }
        Err(why) => {
            let why = why.to_string();
            assert!(why.contains(" line ") || why.contains(" of m "), "{why}");
        }
    });
}
