use super::*;
use crate::account::estimate::estimate;
use crate::account::models;
use crate::account::price::{Price, Tier, choose};
use crate::account::rate;

fn dollars(text: &str) -> Picodollars {
    Picodollars::from_dollars(text).unwrap()
}

fn judged(model: &str, ask: &Ask, limits: &Limits) -> Result<(), Refusal> {
    let model = models::find(model);
    let price = choose(None, None, None, model.price.as_ref());
    check(&model, ask, &estimate(ask, &model, &price), limits)
}

fn ask(prompt: u64, cap: Option<u64>) -> Ask {
    Ask::plain(Count::exact(prompt), cap)
}

/// What is refused, and whether it is about money.
#[track_caller]
fn refuses(model: &str, ask: &Ask, limits: &Limits, money: bool, line: &str) {
    let refusal = judged(model, ask, limits).unwrap_err();
    assert_eq!(refusal.to_string(), line);
    assert_eq!(refusal.is_money(), money);
}

const NONE: Limits = Limits { prompt_tokens: None, cost: None, budget: false };

#[test]
fn a_model_takes_what_fits_its_context() {
    let allowed = |model, prompt, cap| {
        assert_eq!(judged(model, &ask(prompt, cap), &NONE), Ok(()), "{model}");
    };
    allowed("gpt-4o", 128_000, None);
    allowed("gpt-4o", 111_616, Some(16_384));
    allowed("gpt-5.6-terra", 922_000, Some(128_000));
    allowed("llama-3.3-70b", u64::MAX, Some(u64::MAX));
    let check = |model, prompt, cap, line| refuses(model, &ask(prompt, cap), &NONE, false, line);
    check(
        "gpt-4o",
        128_001,
        None,
        "prompt too long: 128001 tokens, and gpt-4o takes 128000; shorten it, or take a model with \
         a longer context",
    );
    check(
        "gpt-5.6-terra",
        922_001,
        Some(1),
        "prompt too long: 922001 tokens, and gpt-5.6-terra takes 922000; shorten it, or take a \
         model with a longer context",
    );
    check(
        "gpt-4o",
        111_617,
        Some(16_384),
        "over the context: 111617 prompt + 16384 reply tokens, and gpt-4o takes 128000 together; \
         shorten the prompt or lower --max-tokens",
    );
    check(
        "gpt-4o",
        25,
        Some(16_385),
        "reply cap too high: 16385 tokens, and gpt-4o writes at most 16384; lower --max-tokens",
    );
    check(
        "gpt-4o",
        u64::MAX,
        Some(1),
        "prompt too long: 18446744073709551615 tokens, and gpt-4o takes 128000; shorten it, or \
         take a model with a longer context",
    );
}

#[test]
fn a_prompt_is_held_against_its_limit_as_it_is_counted() {
    let limits = Limits { prompt_tokens: Some(100), ..NONE };
    assert_eq!(judged("gpt-4o", &ask(100, None), &limits), Ok(()));
    let line = "prompt over its limit: 101 tokens, and --max-prompt-tokens is 100; shorten it or \
                raise the limit";
    refuses("gpt-4o", &ask(101, None), &limits, false, line);
    let guess = |tokens, bound| Ask::plain(Count::about(tokens, bound), None);
    assert_eq!(judged("gpt-4o", &guess(100, 1000), &limits), Ok(()));
    let line = "prompt over its limit: ~101 tokens, and --max-prompt-tokens is 100; shorten it or \
                raise the limit";
    refuses("gpt-4o", &guess(101, 1000), &limits, false, line);
    let line = "prompt without a bound: ~50 tokens and pictures that cannot be counted from here, \
                and --max-prompt-tokens is 100; send pictures as files";
    refuses("gpt-4o", &guess(50, u64::MAX), &limits, false, line);
}

#[test]
fn a_request_may_not_cost_more_than_its_limit() {
    let cost = |limit| Limits { cost: Some(dollars(limit)), ..NONE };
    assert_eq!(judged("gpt-5.6-terra", &ask(25, Some(500)), &cost("0.00605")), Ok(()));
    let check = |limit, prompt, cap, line| {
        refuses("gpt-5.6-terra", &ask(prompt, cap), &cost(limit), true, line);
    };
    check(
        "0.006049",
        25,
        Some(500),
        "too dear: at most $0.006050, and --max-cost is $0.006049; lower --max-tokens to 499 or \
         raise --max-cost",
    );
    check(
        "0.000061",
        25,
        Some(500),
        "too dear: at most $0.006050, and --max-cost is $0.000061, too little for the prompt and \
         one token of reply; shorten the prompt or raise --max-cost",
    );
    check(
        "0",
        25,
        Some(500),
        "too dear: at most $0.006050, and --max-cost is $0.000000, too little for the prompt and \
         one token of reply; shorten the prompt or raise --max-cost",
    );
}

#[test]
fn a_limit_on_what_nobody_knows_is_no_limit() {
    let line = "no price for llama-3.3-70b: a limit on a guessed price is no limit; name its \
                price with --rate IN:OUT or --prices FILE";
    for limits in [Limits { cost: Some(dollars("5")), ..NONE }, Limits { budget: true, ..NONE }] {
        refuses("llama-3.3-70b", &ask(25, Some(5)), &limits, true, line);
        refuses("llama-3.3-70b", &ask(25, None), &limits, true, line);
        let tier = Ask { tier: Tier::Priority, ..ask(25, Some(5)) };
        let line = "no price for gpt-5-nano in this service tier: no limit can be held; name its \
                    price with --rate IN:OUT or leave service_tier out";
        refuses("gpt-5-nano", &tier, &limits, true, line);
        let search = Ask { fees: Some("plugins".to_owned()), ..ask(25, Some(5)) };
        let line = "no worst case for gpt-4o: plugins may be billed beyond its tokens; do without, \
                    or lift the cost limit";
        refuses("gpt-4o", &search, &limits, true, line);
        let line = "no worst case for gpt-5.5-cyber: nothing says how long its prompt or its reply \
                    can be; set --max-tokens, and send pictures as files";
        refuses("gpt-5.5-cyber", &ask(25, None), &limits, true, line);
    }
    assert_eq!(judged("llama-3.3-70b", &ask(25, None), &NONE), Ok(()));
}

#[test]
fn the_cap_is_what_the_money_allows() {
    let afford = |model: &str, price: Option<Price>, limit: &str, asks: &[Ask]| {
        let model = models::find(model);
        let price = choose(price, None, None, model.price.as_ref());
        let asks: Vec<_> =
            asks.iter().map(|ask| (ask.clone(), estimate(ask, &model, &price))).collect();
        affordable_cap(dollars(limit), &model, &asks)
    };
    let check = |model, limit, asks: &[Ask], cap| {
        assert_eq!(afford(model, None, limit, asks), Ok(cap), "{model} {limit}");
    };
    let one = |prompt| [ask(prompt, None)];
    check("gpt-5.6-terra", "0.00605", &one(25), Some(500));
    check("gpt-5.6-terra", "0.006049", &one(25), Some(499));
    check("gpt-5.6-terra", "0.000062", &one(25), Some(1));
    check("gpt-5.6-terra", "1000", &one(25), Some(128_000));
    check("gpt-3.5-turbo", "1000", &one(16_000), Some(385));
    check("gpt-5.6-terra", "0.00605", &[Ask { replies: 2, ..ask(25, None) }], Some(250));
    check("gpt-5.6-terra", "0.00605", &[ask(10, None), ask(15, None)], Some(250));
    // A guess leaves the money that its bound asks for, and the room that it is likely to need.
    let guess = [Ask::plain(Count::about(100_000, 120_000), None)];
    check("gpt-4o", "0.4", &guess, Some(10_000));
    check("gpt-4o", "100", &guess, Some(16_384));
    let full = [Ask::plain(Count::about(127_000, 200_000), None)];
    check("gpt-4o", "100", &full, Some(1000));

    let free = || Some(Price::flat(Source::Flag, rate::parse("0").unwrap()));
    assert_eq!(afford("llama-3.3-70b", free(), "1", &one(25)), Ok(None));
    assert_eq!(afford("gpt-4o", free(), "0", &one(25)), Ok(Some(16_384)));
    let cheap = || Some(Price::flat(Source::Flag, rate::parse("0.000000001").unwrap()));
    assert_eq!(afford("llama-3.3-70b", cheap(), "1", &one(0)), Ok(Some(1_000_000_000_000)));
    let reply = || Some(Price::flat(Source::Flag, rate::parse("1:0").unwrap()));
    let over = |worst, limit| {
        Err(Refusal::OverCost { worst: dollars(worst), limit: dollars(limit), affordable: 0 })
    };
    assert_eq!(afford("llama-3.3-70b", reply(), "0.024", &one(25)), over("0.025", "0.024"));
    assert_eq!(afford("llama-3.3-70b", reply(), "0.025", &one(25)), Ok(None));
    assert_eq!(afford("gpt-5.6-terra", None, "0.00006", &one(25)), over("0.000062", "0.00006"));
    assert_eq!(afford("gpt-5.6-terra", None, "0", &one(25)), over("0.000062", "0"));
    let no_price = Err(Refusal::NoPrice { model: "llama-3.3-70b".to_owned() });
    assert_eq!(afford("llama-3.3-70b", None, "1", &one(25)), no_price);
    let what = || "plugins".to_owned();
    let search = [Ask { fees: Some(what()), ..ask(25, None) }];
    let fees = Err(Refusal::Fees { model: "gpt-4o".to_owned(), what: what() });
    assert_eq!(afford("gpt-4o", None, "1", &search), fees);
    // A prompt without a bound cannot be afforded.
    let boundless = [Ask::plain(Count::about(5, u64::MAX), None)];
    let no_bound = Err(Refusal::NoBound { model: "gpt-5.5-cyber".to_owned() });
    assert_eq!(afford("gpt-5.5-cyber", None, "1", &boundless), no_bound);
}

/// The cap that the money allows is allowed, and one more is not.
#[test]
fn the_affordable_cap_is_the_largest() {
    for name in ["gpt-5.6-terra", "gpt-4o", "gpt-5-nano", "o3", "gpt-6-astra"] {
        let model = models::find(name);
        let price = model.price.clone().unwrap();
        for prompt in [0, 25, 1023, 1024, 100_000] {
            for limit in ["0.001", "0.0123", "0.5", "2.7182818"] {
                let limits = Limits { cost: Some(dollars(limit)), ..NONE };
                let open = ask(prompt, None);
                let asked = [(open.clone(), estimate(&open, &model, &price))];
                let allowed = |cap| {
                    let ask = ask(prompt, Some(cap));
                    check(&model, &ask, &estimate(&ask, &model, &price), &limits)
                };
                match affordable_cap(dollars(limit), &model, &asked) {
                    Ok(Some(cap)) => {
                        assert_eq!(allowed(cap), Ok(()), "{name} {prompt} {limit}");
                        assert!(allowed(cap + 1).is_err(), "{name} {prompt} {limit}");
                    }
                    refused => {
                        assert!(refused.is_err(), "{name} {prompt} {limit}");
                        assert!(allowed(1).is_err(), "{name} {prompt} {limit}");
                    }
                }
            }
        }
    }
}
