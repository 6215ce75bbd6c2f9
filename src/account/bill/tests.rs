use super::*;
use crate::account::models;
use crate::account::price::choose;
use crate::account::rate;

fn table(model: &str) -> Price {
    models::find(model).price.unwrap()
}

fn usage(prompt: u64, cached: u64, written: u64, reply: u64) -> Usage {
    Usage { prompt, cached, written, reply, ..Usage::default() }
}

#[track_caller]
fn check(model: &str, tier: Tier, usage: &Usage, dollars: &str) {
    let bill = bill(usage, &table(model), tier, true);
    assert!(bill.exact);
    assert_eq!(bill.cost, Picodollars::from_dollars(dollars).unwrap(), "{}", bill.cost);
}

/// The figures that the published price map's own calculator gives.
#[test]
fn bills_are_those_of_the_oracle() {
    let tier = Tier::Standard;
    check("gpt-4o", tier, &usage(1000, 0, 0, 500), "0.0075");
    check("gpt-4o", tier, &usage(1000, 600, 0, 500), "0.00675");
    check("gpt-6-sol", tier, &usage(1000, 600, 0, 500), "0.00592");
    check("gpt-6-sol", tier, &usage(1000, 600, 200, 500), "0.00602");
    check("gpt-6-sol", tier, &usage(272_000, 0, 0, 500), "0.549");
    check("gpt-6-sol", tier, &usage(272_001, 0, 0, 500), "1.095504");
    check("gpt-6-sol", tier, &usage(300_000, 100_000, 0, 500), "0.8475");
    check("gpt-5.6-sol", Tier::Flex, &usage(1000, 0, 0, 500), "0.007");
    check("gpt-5.6-sol", Tier::Priority, &usage(1000, 0, 0, 500), "0.028");
    check("gpt-5.6-terra", tier, &usage(25, 0, 0, 7), "0.000134");
    // Reasoning is part of the reply; the batch is half of it all.
    let thought = Usage { reasoning: 400, ..usage(1000, 600, 200, 500) };
    check("gpt-6-sol", tier, &thought, "0.00602");
    check("gpt-6-sol", Tier::Batch, &thought, "0.00301");
    check("gpt-4o", Tier::Batch, &usage(1000, 600, 0, 500), "0.00375");
    check("gpt-4o", tier, &Usage::default(), "0");
    // Written to be kept for hours: twice as dear.
    let kept = Usage { kept: true, ..usage(1000, 600, 200, 500) };
    check("gpt-6-sol", tier, &kept, "0.00652");
}

#[test]
fn pictures_and_audio_have_rates_of_their_own() {
    let tier = Tier::Standard;
    let sound = Usage { audio_in: 60, audio_out: 30, ..usage(100, 0, 0, 50) };
    check("gpt-audio", tier, &sound, "0.00414");
    let picture = Usage { picture_in: 1000, picture_out: 7024, ..usage(1010, 0, 0, 7024) };
    check("gpt-image-2", tier, &picture, "0.21877");
    // Of what was cached the text comes first: nobody says what it was.
    let cached = Usage { cached: 500, ..picture };
    check("gpt-image-2", tier, &cached, "0.2157925");
    // Where pictures have no rate, they are prompt like all else.
    check("gpt-4o", tier, &Usage { picture_in: 425, ..usage(1000, 600, 0, 500) }, "0.00675");
}

#[test]
fn a_usage_that_cannot_be_is_billed_for_its_totals() {
    let tier = Tier::Standard;
    check("gpt-4o", tier, &usage(1000, 5000, 5000, 500), "0.00625");
    check("gpt-6-sol", tier, &Usage { reasoning: 900, ..usage(0, 0, 9, 500) }, "0.005");
    let sound = Usage { audio_in: u64::MAX, picture_in: u64::MAX, ..usage(100, 0, 0, 0) };
    check("gpt-audio", tier, &sound, "0.0032");
    let most = u64::MAX;
    let all = Usage { reasoning: most, ..usage(most, most, most, most) };
    // Cached at 0.4, and the reply at 15 dollars a million.
    let dear = Picodollars(400_000 + 15_000_000).times(most);
    assert_eq!(bill(&all, &table("gpt-6-sol"), tier, true).cost, dear);
    let million = rate::Rate { input: Picodollars(u128::MAX), output: Picodollars(u128::MAX) };
    let price = Price::flat(Source::Map, million);
    assert_eq!(bill(&all, &price, tier, true).cost, Picodollars(u128::MAX));
}

#[test]
fn a_bill_says_how_sure_it_is_and_whose_rate_it_was() {
    let check = |price: &Price, tier, by_server, line: &str| {
        assert_eq!(bill(&usage(25, 0, 0, 7), price, tier, by_server).to_string(), line);
    };
    let terra = table("gpt-5.6-terra");
    check(&terra, Tier::Standard, true, "25 prompt + 7 reply tokens, $0.000134");
    check(&terra, Tier::Standard, false, "~25 prompt + ~7 reply tokens, ~$0.000134");
    check(&terra, Tier::Unheard, true, "~25 prompt + ~7 reply tokens, ~$0.000134");
    let announced = choose(None, None, None, None);
    let line = "25 prompt + 7 reply tokens, $0.000064 (default rate)";
    check(&announced, Tier::Standard, true, line);
    check(&announced, Tier::Unheard, true, line);
    // No rate for replies: what is known of the cost is no bill.
    let input_only = table("text-embedding-3-small");
    check(&input_only, Tier::Standard, true, "25 prompt + 7 reply tokens, $0.000001");
    let none = table("gpt-image-1-mini");
    check(&none, Tier::Standard, true, "~25 prompt + ~7 reply tokens, ~$0.000050");
}

#[test]
fn a_million_bills_add_up_exactly() {
    let one = bill(&usage(1, 0, 0, 0), &table("gpt-5-nano"), Tier::Batch, true).cost;
    assert_eq!(one, Picodollars(25_000));
    let sum: Picodollars = std::iter::repeat_n(one, 1_000_000).sum();
    assert_eq!(sum.to_string(), "0.025000");
}
