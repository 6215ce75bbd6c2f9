use super::*;
use crate::account::bill::{Usage, bill};
use crate::account::models;
use crate::account::price::{Tier, choose};
use crate::account::rate;

fn estimated(model: &str, ask: &Ask) -> Estimate {
    let model = models::find(model);
    estimate(ask, &model, &choose(None, None, None, model.price.as_ref()))
}

fn ask(prompt: u64, cap: u64) -> Ask {
    Ask::plain(Count::exact(prompt), Some(cap))
}

#[track_caller]
fn check(model: &str, ask: &Ask, worst: Option<&str>) {
    let worst = worst.map(|worst| Picodollars::from_dollars(worst).unwrap());
    assert_eq!(estimated(model, ask).worst, worst);
}

#[test]
fn the_worst_case_is_the_whole_prompt_uncached_and_the_reply_at_its_cap() {
    let line = estimated("gpt-5.6-terra", &ask(25, 500)).to_string();
    assert_eq!(line, "25 prompt + up to 500 reply tokens, at most $0.006050");
    check("gpt-5.6-terra", &ask(25, 500), Some("0.00605"));
    check("gpt-5.6-terra", &Ask { replies: 3, ..ask(25, 500) }, Some("0.01805"));
    check("gpt-5.6-terra", &Ask { beyond_cap: 10, ..ask(25, 500) }, Some("0.00617"));
    check("gpt-5.6-terra", &ask(0, 0), Some("0"));
    check("gpt-4o", &ask(1000, 500), Some("0.0075"));
    check("gpt-4o", &Ask { tier: Tier::Batch, ..ask(1000, 500) }, Some("0.00375"));
    check("gpt-5.6-sol", &Ask { tier: Tier::Flex, ..ask(1000, 500) }, Some("0.007"));
    check("gpt-5.6-sol", &Ask { tier: Tier::Priority, ..ask(1000, 500) }, Some("0.028"));
    check("gpt-4o", &Ask { tier: Tier::Unheard, ..ask(1000, 500) }, None);
    check("gpt-4o", &Ask { fees: Some(String::new()), ..ask(1000, 500) }, None);
}

/// From 1,024 tokens on a server may write a prompt to its cache unasked, at a quarter more.
#[test]
fn a_prompt_that_may_be_cached_is_priced_as_written() {
    check("gpt-5.6-terra", &ask(1023, 0), Some("0.002046"));
    check("gpt-5.6-terra", &ask(1024, 0), Some("0.00256"));
    check("gpt-5.6-terra", &Ask { kept: true, ..ask(1023, 0) }, Some("0.002046"));
    check("gpt-5.6-terra", &Ask { kept: true, ..ask(1024, 0) }, Some("0.00512"));
    // No fee for writing before gpt-5.6.
    check("gpt-5.5", &ask(1024, 0), Some("0.00512"));
}

#[test]
fn a_long_prompt_reprices_all_of_it() {
    check("gpt-6-sol", &ask(272_000, 500), Some("0.685"));
    check("gpt-6-sol", &ask(272_001, 500), Some("1.367505"));
    check("gpt-5.5", &ask(272_000, 500), Some("1.375"));
    check("gpt-5.5", &ask(272_001, 500), Some("2.74251"));
    // A guess is judged by its bound.
    let about = Ask::plain(Count::about(100, 272_001), Some(500));
    check("gpt-6-sol", &about, Some("1.367505"));
}

#[test]
fn a_guess_is_priced_at_its_bound_and_no_higher_than_the_model_takes() {
    check("gpt-4o", &Ask::plain(Count::about(10, 1000), Some(500)), Some("0.0075"));
    check("gpt-4o", &Ask::plain(Count::about(10, u64::MAX), Some(500)), Some("0.325"));
    // Nothing says what this model takes.
    let boundless = Ask::plain(Count::about(10, u64::MAX), Some(500));
    check("llama-3.3-70b", &boundless, None);
    let line = estimated("llama-3.3-70b", &boundless).to_string();
    assert_eq!(line, "~10 prompt + up to 500 reply tokens, at no known cost (default rate)");
}

/// A server of one's own: no limit can be broken, whatever the length.
#[test]
fn what_is_free_needs_no_bound() {
    let free = |rate: &str, prompt| {
        let price = Price::flat(Source::Flag, rate::parse(rate).unwrap());
        estimate(&Ask::plain(prompt, None), &models::find("llama-3.3-70b"), &price).worst
    };
    let endless = Count::about(10, u64::MAX);
    assert_eq!(free("0", Count::exact(10)), Some(Picodollars::ZERO));
    assert_eq!(free("0", endless), Some(Picodollars::ZERO));
    assert_eq!(free("1/1M:0", Count::exact(10)), Some(Picodollars(10_000_000)));
    assert_eq!(free("1/1M:0", endless), None);
    assert_eq!(free("0:1/1M", Count::exact(10)), None);
}

#[test]
fn without_a_cap_the_model_bounds_its_reply() {
    let no_cap = |prompt| Ask::plain(Count::exact(prompt), None);
    let check = |model: &str, prompt, cap, room, line: &str| {
        let estimate = estimated(model, &no_cap(prompt));
        assert_eq!((estimate.cap, estimate.room), (cap, room), "{model}");
        assert_eq!(estimate.to_string(), line);
    };
    let line = "25 prompt + up to 128000 reply tokens, at most $1.536050";
    check("gpt-5.6-terra", 25, Some(128_000), Some(1_049_975), line);
    let line = "16000 prompt + up to 385 reply tokens, at most $0.032770";
    check("gpt-3.5-turbo", 16_000, Some(385), Some(385), line);
    let line = "9000 prompt + up to 0 reply tokens, at most $0.270000";
    check("gpt-4", 9000, Some(0), Some(0), line);
    let line = "25 prompt tokens + a reply without a cap, at no known cost (default rate)";
    check("llama-3.3-70b", 25, None, None, line);
    let guess = Ask::plain(Count::about(100_000, 200_000), None);
    let estimate = estimated("gpt-4o", &guess);
    assert_eq!((estimate.cap, estimate.room), (Some(16_384), Some(28_000)));
}

#[test]
fn audio_is_priced_as_audio() {
    let media = |prompt, cap| Ask { media: true, ..ask(prompt, cap) };
    check("gpt-audio", &ask(1000, 500), Some("0.0075"));
    check("gpt-audio", &media(1000, 500), Some("0.064"));
    check("gpt-4o", &media(1000, 500), Some("0.0075"));
}

#[test]
fn nothing_overflows() {
    let rate = rate::Rate { input: Picodollars(10u128.pow(18)), output: Picodollars(u128::MAX) };
    let price = Price::flat(Source::Map, rate);
    let most = Ask { replies: u64::MAX, beyond_cap: u64::MAX, ..ask(u64::MAX - 1, u64::MAX) };
    let estimate = estimate(&most, &models::find("x"), &price);
    assert_eq!(estimate.worst, Some(Picodollars(u128::MAX)));
    assert_eq!(estimate.reply_tokens(), Some(u64::MAX));
}

/// Whatever a server can bill for a prompt and a reply within what was counted, it is no more than
/// we said: every way to split them, for every model and tier.
#[test]
fn no_bill_exceeds_its_estimate() {
    let mut checked = 0;
    for model in models::all().filter(|model| model.price.is_some()) {
        for tier in Tier::PRICED {
            for (least, most) in [(10, 10), (1500, 1500), (300_000, 300_000), (10, 300_000)] {
                for (media, kept) in [(false, false), (false, true), (true, false), (true, true)] {
                    let exact = Count::exact(most);
                    let prompt = if least == most { exact } else { Count::about(least, most) };
                    let ask = Ask { tier, media, kept, ..Ask::plain(prompt, Some(500)) };
                    checked += check_every_bill(&model, &ask, least);
                }
            }
        }
    }
    assert!(checked > 100_000, "{checked}");
}

/// How many bills there were to check.
fn check_every_bill(model: &Model, ask: &Ask, least: u64) -> u64 {
    let price = model.price.clone().unwrap();
    let Some(worst) = estimate(ask, model, &price).worst else { return 0 };
    let most = ask.prompt.bound.min(model.longest_prompt.unwrap_or(u64::MAX));
    let lengths = [least, most, 1024, 272_001];
    let mut checked = 0;
    for prompt in lengths.into_iter().filter(|prompt| (least..=most).contains(prompt)) {
        for part in 0..32 {
            let usage = split(ask, prompt, part);
            let cost = bill(&usage, &price, ask.tier, true).cost;
            assert!(cost <= worst, "{} {usage:?}: {cost} over {worst}", model.name);
            checked += 1;
        }
    }
    checked
}

/// One of the ways to split a prompt and a reply into kinds, as far as the request allows it.
fn split(ask: &Ask, prompt: u64, part: u64) -> Usage {
    let of = |bit: u64, tokens: u64| if part >> bit & 1 == 1 { tokens } else { 0 };
    let media = |bit, tokens| if ask.media { of(bit, tokens) } else { 0 };
    // Nothing shorter is ever written to a cache.
    let cacheable = if prompt < CACHEABLE { 0 } else { prompt };
    Usage {
        prompt,
        cached: of(0, cacheable / 2),
        written: of(1, cacheable),
        kept: ask.kept && part >> 2 & 1 == 1,
        picture_in: media(3, prompt / 2),
        audio_in: media(4, prompt / 3),
        reply: 500,
        reasoning: of(0, 200),
        picture_out: media(3, 250),
        audio_out: media(4, 250),
    }
}
