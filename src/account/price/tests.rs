use super::*;
use crate::account::rate;

fn rates(input: u128, output: u128) -> Rates {
    let mut rates = Rates::default();
    rates.set(Kind::Input, Picodollars(input));
    rates.set(Kind::Output, Picodollars(output));
    rates
}

/// Standard 10/20; flex 5/10 and priority 20/40 below the threshold alone; batch 4/8 on both sides.
fn tiered() -> Price {
    let mut price = Price::new(Source::Map, &rates(10, 20));
    price.add(0, Tier::Flex, &rates(5, 10));
    price.add(0, Tier::Priority, &rates(20, 40));
    price.add(0, Tier::Batch, &rates(4, 8));
    price.add(1000, Tier::Standard, &rates(15, 60));
    price.add(1000, Tier::Batch, &rates(7, 14));
    price
}

#[test]
fn a_request_is_repriced_strictly_above_the_threshold() {
    let price = tiered();
    let check = |tier, prompt, wanted: Option<(u128, u128)>| {
        let both = |rates: Rates| {
            let of = |kind| rates.of(kind).unwrap().0;
            (of(Kind::Input), of(Kind::Output))
        };
        assert_eq!(price.rates(tier, prompt).map(both), wanted, "{tier:?} {prompt}");
    };
    check(Tier::Standard, 0, Some((10, 20)));
    check(Tier::Standard, 1000, Some((10, 20)));
    check(Tier::Standard, 1001, Some((15, 60)));
    check(Tier::Standard, u64::MAX, Some((15, 60)));
    check(Tier::Batch, 1000, Some((4, 8)));
    check(Tier::Batch, 1001, Some((7, 14)));
    // Not listed for long prompts: the dearer of the tier's own and the long standard rates.
    check(Tier::Flex, 1000, Some((5, 10)));
    check(Tier::Flex, 1001, Some((15, 60)));
    check(Tier::Priority, 1001, Some((20, 60)));
    // Not listed at all.
    check(Tier::Ultrafast, 1, None);
    check(Tier::Unheard, 1, None);
}

#[test]
fn a_cheaper_tier_that_is_not_listed_costs_the_standard_rate() {
    let price = Price::new(Source::Table, &rates(10, 20));
    for tier in [Tier::Standard, Tier::Batch, Tier::Flex] {
        assert_eq!(price.rates(tier, 1), Some(rates(10, 20)));
    }
    for tier in [Tier::Priority, Tier::Ultrafast, Tier::Unheard] {
        assert_eq!(price.rates(tier, 1), None);
    }
}

/// What is written of a tier and read again bills the same for any length.
#[test]
fn a_price_that_was_written_is_read_again() {
    #[track_caller]
    fn check(price: &Price, tier: Tier, text: &str) {
        assert_eq!(price.written(tier), text);
        let read = Price::read(text, &price.source.to_string()).unwrap();
        assert_eq!(read.source, price.source);
        for prompt in [0, 1, 1000, 1001, u64::MAX] {
            assert_eq!(read.rates(tier, prompt), price.rates(tier, prompt), "{tier:?} {prompt}");
        }
    }
    let flat = Price::flat(Source::Flag, rate::parse("2/1M:12/1M").unwrap());
    check(&flat, Tier::Batch, "2/1M:12/1M");
    check(&flat.with(Kind::Cached, Picodollars(1)), Tier::Batch, "2/1M:12/1M cached 0.000001/1M");
    check(&tiered(), Tier::Batch, "0.000004/1M:0.000008/1M; above 1000: 0.000007/1M:0.000014/1M");
    check(&Price::announced(), Tier::Batch, "2/1M:2/1M");
    for model in ["gpt-4o", "gpt-5.6-terra", "gpt-4"] {
        let price = crate::account::models::find(model).price.unwrap();
        check(&price, Tier::Batch, &price.written(Tier::Batch));
    }
    for text in ["", "-", "2/1M:12/1M cached", "2/1M; above x: 1", "1 new 2", "1; above 9"] {
        assert_eq!(Price::read(text, "config"), None, "{text}");
    }
}

#[test]
fn between_two_lengths_the_dearest_counts() {
    let price = tiered();
    let dearest = |least, most| {
        let rates = price.dearest(Tier::Standard, least, most).unwrap();
        rates.of(Kind::Input).unwrap().0
    };
    assert_eq!(dearest(0, 1000), 10);
    assert_eq!(dearest(0, 1001), 15);
    assert_eq!(dearest(1001, 1001), 15);
    assert_eq!(dearest(0, u64::MAX), 15);
    // A discount on long prompts is none as long as the prompt may be a short one.
    let mut discounted = tiered();
    discounted.add(2000, Tier::Standard, &rates(1, 1));
    let dearest = |least, most| {
        let rates = discounted.dearest(Tier::Standard, least, most).unwrap();
        (rates.of(Kind::Input).unwrap().0, rates.of(Kind::Output).unwrap().0)
    };
    assert_eq!(dearest(0, 5000), (15, 60));
    assert_eq!(dearest(2001, 5000), (1, 1));
}

#[test]
fn kinds_without_a_rate_cost_what_they_are_part_of() {
    let mut rates = rates(10, 20);
    for (kind, wanted) in
        Kind::ALL.into_iter().zip([10, 10, 10, 10, 20, 20, 10, 10, 20, 10, 10, 20])
    {
        assert_eq!(rates.of(kind), Some(Picodollars(wanted)), "{kind:?}");
    }
    rates.set(Kind::Written, Picodollars(12));
    rates.set(Kind::PictureIn, Picodollars(16));
    assert_eq!(rates.of(Kind::Kept), Some(Picodollars(12)));
    assert_eq!(rates.of(Kind::PictureCached), Some(Picodollars(16)));
    assert_eq!(Rates::default().of(Kind::AudioCached), None);
}

#[test]
fn the_first_source_found_is_taken() {
    let rate = rate::parse("1/1M:2/1M").unwrap();
    let price = |source| Some(Price::flat(source, rate));
    let table = price(Source::Table).unwrap();
    let check = |flag, config, map, table: Option<&Price>, wanted| {
        assert_eq!(choose(flag, config, map, table).source, wanted);
    };
    let [flag, config, map] = [Source::Flag, Source::Config, Source::Map].map(price);
    check(flag, config.clone(), map.clone(), Some(&table), Source::Flag);
    check(None, config, map.clone(), Some(&table), Source::Config);
    check(None, None, map, Some(&table), Source::Map);
    check(None, None, None, Some(&table), Source::Table);
    check(None, None, None, None, Source::Default);
}

#[test]
fn a_flat_price_is_the_same_for_every_tier_and_length() {
    let price = Price::flat(Source::Flag, rate::parse("2/1M:12/1M").unwrap());
    for tier in Tier::PRICED.into_iter().chain([Tier::Unheard]) {
        let rates = price.rates(tier, u64::MAX).unwrap();
        assert_eq!(rates.to_string(), "2/1M:12/1M");
    }
    assert_eq!(Price::announced().prompt_cost(1000).to_string(), "0.002000");
    assert_eq!(Price::announced().rates(Tier::Flex, 1).unwrap().to_string(), "2/1M:2/1M");
    assert_eq!(price.regional().rates(Tier::Standard, 1).unwrap().to_string(), "2.2/1M:13.2/1M");
}

#[test]
fn tiers_are_known_by_the_names_of_the_api() {
    let check = |name, tier| assert_eq!(Tier::named(name), tier, "{name}");
    check("auto", Tier::Standard);
    check("default", Tier::Standard);
    check("flex", Tier::Flex);
    check("priority", Tier::Priority);
    check("fast", Tier::Priority);
    check("ultrafast", Tier::Ultrafast);
    check("batch", Tier::Batch);
    check("scale", Tier::Unheard);
    check("", Tier::Unheard);
}
