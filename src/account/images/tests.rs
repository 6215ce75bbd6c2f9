use super::*;
use crate::account::models;
use crate::account::price::choose;
use crate::account::pricemap::{entry, listing};
use crate::account::rate;

const WISH: Wish = Wish {
    prompt: "a red square",
    inputs: 0,
    choices: 1,
    quality: Some("high"),
    size: Some("1024x1024"),
    partial: 0,
};

fn priced(model: &str) -> (Model, Price) {
    let model = models::find(model);
    let price = choose(None, None, None, model.price.as_ref());
    (model, price)
}

#[test]
fn pictures_are_estimated_at_their_worst() {
    let check = |model: &str, wish: Wish, line: &str| {
        let (model, price) = priced(model);
        assert_eq!(estimate(&wish, &model, &price).to_string(), line);
    };
    // Twelve bytes of text at 8, 7902 tokens at 30 dollars a million.
    let line = "~3 prompt tokens + 1 picture of ~7024 tokens, at most $0.237156";
    check("gpt-image-2", WISH, line);
    let line = "~3 prompt tokens + 2 pictures of ~7324 tokens, at most $0.492216";
    check("gpt-image-2", Wish { choices: 2, partial: 3, ..WISH }, line);
    let line = "~1503 prompt tokens + 1 picture of ~7024 tokens, at most $0.302692";
    check("gpt-image-2", Wish { inputs: 1, ..WISH }, line);
    let line = "~3 prompt tokens + 1 picture of ~7024 tokens, at most $0.800586";
    check("gpt-image-2", Wish { quality: None, size: None, ..WISH }, line);
    // The tokens are a little dearer than what is listed.
    let line = "~3 prompt tokens + 1 picture of 4160 tokens, at most $0.133216";
    check("gpt-image-1.5", WISH, line);
    check(
        "dall-e-3",
        Wish { quality: Some("hd"), ..WISH },
        "~3 prompt tokens + 1 picture, at most $0.080000",
    );
    let line = "~3 prompt tokens + 1 picture, at no known cost (default rate)";
    check("sd-xl", WISH, line);
    check(
        "gpt-image-2.5-flare",
        Wish { quality: None, ..WISH },
        "~3 prompt tokens + 1 picture, at no known cost",
    );
}

#[test]
fn pictures_are_held_against_the_limits() {
    let check_at = |model: &str, wish: Wish, cost: Option<&str>, budget: bool| {
        let (model, price) = priced(model);
        let cost = cost.map(|cost| Picodollars::from_dollars(cost).unwrap());
        let limits = Limits { cost, budget, ..Limits::default() };
        check(&estimate(&wish, &model, &price), &model, &limits).map_err(|no| no.to_string())
    };
    assert_eq!(check_at("gpt-image-2", WISH, Some("0.237156"), false), Ok(()));
    let line = "no worst case for gpt-image-2.5-flare: nobody has published what such pictures \
                cost; name --quality and --size, list them in --prices FILE, or lift the cost limit";
    let max = Wish { quality: Some("max"), ..WISH };
    assert_eq!(check_at("gpt-image-2.5-flare", max, None, true), Err(line.to_owned()));
    let hd = Wish { quality: Some("hd"), ..WISH };
    assert_eq!(check_at("dall-e-3", hd, Some("0.08"), true), Ok(()));
    assert_eq!(check_at("sd-xl", WISH, None, false), Ok(()));
    assert!(check_at("sd-xl", WISH, None, true).unwrap_err().starts_with("no price for sd-xl"));
    let over = "too dear: at most $0.237156, and --max-cost is $0.237155; take a lower --quality \
                or a smaller --size, or raise --max-cost";
    assert_eq!(check_at("gpt-image-2", WISH, Some("0.237155"), false), Err(over.to_owned()));
}

#[test]
fn pictures_are_billed_by_usage_or_as_listed() {
    let check = |model: &str, usage: Option<&Usage>, made: u64, line: &str| {
        let (model, price) = priced(model);
        let wish = Wish { quality: Some("hd"), ..WISH };
        let wish = if model.name == "dall-e-3" { wish } else { WISH };
        assert_eq!(bill_pictures(&wish, &model, &price, usage, made).to_string(), line);
    };
    let usage = Usage { prompt: 10, reply: 7024, picture_out: 7024, ..Usage::default() };
    let line = "10 prompt + 7024 reply tokens, $0.210770";
    check("gpt-image-2", Some(&usage), 1, line);
    let line = "~3 prompt + ~14048 reply tokens, ~$0.421455";
    check("gpt-image-2", None, 2, line);
    check("dall-e-3", None, 2, "0 prompt + 0 reply tokens, $0.160000");
    let (model, _) = priced("dall-e-3");
    let flag = Price::flat(Source::Flag, rate::parse("1/1M").unwrap());
    let bill = bill_pictures(&WISH, &model, &flag, None, 1);
    assert_eq!(bill.to_string(), "~3 prompt + ~0 reply tokens, ~$0.000003");
}

/// What a price map lists by the picture goes before our table, and bounds what may be billed
/// where there is no price by the token.
#[test]
fn a_price_map_lists_pictures() {
    const MAP: &str = r#"{
        "gpt-image-1-mini": {"mode": "image_generation", "input_cost_per_token": 2e-06,
            "input_cost_per_image_token": 2.5e-06, "output_cost_per_image_token": 8e-06},
        "low/1024-x-1024/gpt-image-1-mini": {"mode": "image_generation",
            "input_cost_per_image": 0.007},
        "flux": {"mode": "image_generation", "output_cost_per_image": 0.05}
    }"#;
    #[track_caller]
    fn check(model: &str, wish: Wish, estimated: &str, billed: &str) {
        let mut model = models::find(model);
        let map = entry(MAP, &model.name).unwrap().and_then(|entry| entry.price);
        model.listing = listing(MAP, &model.name).unwrap();
        let price = choose(None, None, map, model.price.as_ref());
        assert_eq!(estimate(&wish, &model, &price).to_string(), estimated);
        let usage = Usage { prompt: 10, reply: 200, picture_out: 200, ..Usage::default() };
        let bills = [None, Some(&usage)]
            .map(|usage| bill_pictures(&wish, &model, &price, usage, 2).to_string());
        assert_eq!(bills.join("; "), billed);
    }
    let two = Wish { choices: 2, ..WISH };
    let low = Wish { quality: Some("low"), ..two };
    check(
        "gpt-image-1-mini",
        low,
        "~3 prompt tokens + 2 pictures, at most $0.014030",
        "0 prompt + 0 reply tokens, $0.014000; 10 prompt + 200 reply tokens, $0.001620",
    );
    // Previews are tokens; of the listed qualities our table knows a dearer one.
    check(
        "gpt-image-1-mini",
        Wish { quality: None, partial: 3, ..two },
        "~3 prompt tokens + 2 pictures, at most $0.076830",
        "~0 prompt + ~0 reply tokens, ~$0.072000; 10 prompt + 200 reply tokens, $0.001620",
    );
    check(
        "gpt-image-1-mini",
        two,
        "~3 prompt tokens + 2 pictures, at no known cost",
        "~3 prompt + ~0 reply tokens, ~$0.000006; 10 prompt + 200 reply tokens, $0.001620",
    );
    check(
        "flux",
        two,
        "~3 prompt tokens + 2 pictures, at most $0.100000",
        "0 prompt + 0 reply tokens, $0.100000; 10 prompt + 200 reply tokens, $0.100000",
    );
}

#[test]
fn tokens_that_cost_nothing_need_no_count() {
    let model = models::find("sd-xl");
    let free = Price::flat(Source::Flag, rate::parse("0").unwrap());
    let estimate = estimate(&WISH, &model, &free);
    assert_eq!(estimate.to_string(), "~3 prompt tokens + 1 picture, at most $0.000000");
}

/// Text and pictures in, cached or not, and pictures out have rates of their own.
#[test]
fn pictures_are_billed_as_published() {
    let usage = Usage {
        prompt: 1000,
        picture_in: 600,
        cached: 100,
        reply: 7024,
        picture_out: 7024,
        ..Usage::default()
    };
    for (model, line) in [
        // 300 * 5 + 100 * 1.25 + 600 * 8 + 7024 * 30
        ("gpt-image-2", "$0.217145"),
        ("gpt-image-2.5-sunburst", "$0.217145"),
        ("gpt-image-2.5-flare", "$0.217145"),
        // 300 * 5 + 100 * 1.25 + 600 * 8 + 7024 * 32
        ("gpt-image-1.5", "$0.231193"),
        // 300 * 2 + 100 * 0.2 + 600 * 2.5 + 7024 * 8
        ("gpt-image-1-mini", "$0.058312"),
        // 300 * 5 + 100 * 1.25 + 600 * 10 + 7024 * 40
        ("gpt-image-1", "$0.288585"),
    ] {
        let (model, price) = priced(model);
        let bill = bill_pictures(&WISH, &model, &price, Some(&usage), 1);
        assert_eq!(bill.to_string(), format!("1000 prompt + 7024 reply tokens, {line}"));
    }
}

/// The published price map's prices by the picture are in our table, to the last digit.
#[test]
fn listed_pictures_are_those_of_the_price_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/facts/openai_prices.json");
    let Ok(map) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let keys: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&map).unwrap();
    let mut checked = 0;
    for (key, entry) in &keys {
        let cells: Vec<_> = key.split('/').collect();
        let [quality, size, name] = cells[..] else { continue };
        let size = size.replace("-x-", "x");
        let listed = entry["input_cost_per_image"].to_string();
        let listed = Picodollars::from_dollars(&listed).unwrap();
        let making = making(&models::find(name), Some(quality), Some(&size));
        assert_eq!(making.listed, Some(listed), "{key}");
        let read = listing(&map, name).unwrap().dearest(Some(quality), Some(&size));
        assert_eq!(read, Some(listed), "{key}");
        checked += 1;
    }
    assert!(checked >= 30, "{checked}");
}
