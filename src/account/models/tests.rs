use std::collections::BTreeMap;

use serde_json::Value;
use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};

use super::*;

#[test]
fn the_table_is_sorted_aligned_and_without_ambiguity() {
    let header = TABLE.lines().find(|line| line.starts_with("# model ")).unwrap();
    let columns = words(&header.replacen("# model", "model  ", 1));
    let mut before = "";
    // The last line ends the file, and each line before it begins where the one before it ended.
    assert_eq!((TABLE.len() - START) % WIDTH, 0);
    assert_eq!(TABLE.lines().filter(|line| !line.starts_with('#')).count(), lines().count());
    for line in lines() {
        let cells = words(line);
        let name = &line[..cells[0].1];
        assert!(before < name, "{before} and {name} are out of order, or the same");
        before = name;
        assert_eq!(cells.len(), columns.len(), "{name}");
        for (cell, column) in cells.iter().zip(&columns) {
            let aligned = cell.0 == column.0 || cell.1 == column.1;
            assert!(aligned, "{name}: {} is not aligned", &line[cell.0..cell.1]);
        }
    }
}

/// Where the words of a line begin and end.
fn words(line: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in line.split(' ') {
        if !word.is_empty() {
            words.push((at, at + word.len()));
        }
        at += word.len() + 1;
    }
    words
}

#[test]
fn every_cell_means_something() {
    let number = |cell: &str| cell.parse::<u64>().is_ok();
    let dollars = |cell: &str| Picodollars::from_dollars_per(cell, 6).is_ok();
    let factor = |cell: &str| factor(&Rates::default(), cell).is_some();
    let list = |cell: &str, counts: &[usize]| {
        let cells: Vec<_> = cell.split('/').collect();
        counts.contains(&cells.len()) && cells.iter().all(|cell| *cell == "-" || dollars(cell))
    };
    let beyond = |cell: &str| cell == "-" || factor(cell);
    let tier = |cell: &str| {
        let (short, long) = cell.split_once('>').unwrap_or((cell, "-"));
        (factor(short) || list(short, &[4, 5])) && beyond(long)
    };
    let long = |cell: &str| {
        let (above, factors) = cell.split_once(':').unwrap();
        number(above) && factors.split('/').all(factor) && factors.split('/').count() == 2
    };
    for line in lines() {
        let check = |at: usize, meant: &dyn Fn(&str) -> bool| {
            let cell = line.split_ascii_whitespace().nth(at).unwrap();
            assert!(cell == "-" || meant(cell), "{line}: {cell}");
        };
        check(1, &|cell| Encoding::named(cell).is_some());
        let framings = ["chat", "chat0301", "reasoning", "text", "image", "other", "unknown"];
        check(2, &|cell| framings.contains(&cell));
        (3..6).for_each(|at| check(at, &number));
        (6..10).for_each(|at| check(at, &dollars));
        check(10, &long);
        (11..15).for_each(|at| check(at, &tier));
        (15..17).for_each(|at| check(at, &|cell| list(cell, &[3])));
        check(17, &|cell| Sight::read(cell).is_some());
        check(18, &|cell| cell.split(',').all(|flag| matches!(flag, "searches" | "regional")));
        check(19, &|cell| is_date(&format!("-{cell}")) && cell.len() == 10);
        check(20, &|cell| matches!(cell, "old" | "new"));
    }
}

#[test]
fn names_are_found_with_a_date_or_as_a_family() {
    let check = |name: &str, listed: bool, context: Option<u64>, input: Option<u128>| {
        let model = find(name);
        let rate = model.price.and_then(|price| price.rates(Tier::Standard, 1)?.of(Kind::Input));
        let figures = (model.listed, model.context, rate);
        assert_eq!(figures, (listed, context, input.map(Picodollars)), "{name}");
        assert_eq!(model.name, name);
    };
    check("gpt-5.6-terra", true, Some(1_050_000), Some(2_000_000));
    check("gpt-5.6-terra-2026-06-27", true, Some(1_050_000), Some(2_000_000));
    check("gpt-4o-2024-08-06", true, Some(128_000), Some(2_500_000));
    check("gpt-4o-2024-05-13", true, Some(128_000), Some(5_000_000));
    check("gpt-4o-mini-2024-07-18", true, Some(128_000), Some(150_000));
    check("gpt-4-0314", true, Some(8192), Some(30_000_000));
    check("ft:gpt-4o-2024-08-06:acme::abc123", true, Some(128_000), Some(3_750_000));
    // What the tutorials called by these names cost $0.002 per 1,000 then.
    check("gpt-3.5-turbo", true, Some(16_385), Some(2_000_000));
    check("gpt-3.5-turbo-0301", true, Some(4096), Some(2_000_000));
    check("gpt-3.5-turbo-0613", true, Some(4096), Some(2_000_000));
    check("text-davinci-003", true, Some(4097), Some(2_000_000));
    check("gpt-3.5-turbo-0125", true, Some(16_385), Some(500_000));
    // A new member of a family may cost anything.
    check("gpt-5.6-terra-max", false, None, None);
    check("gpt-5.9", false, None, None);
    check("gpt-4o-giant", false, None, None);
    check("gpt-5.6-terra-20260627", false, None, None);
    check("ft:gpt-4.1:acme", false, Some(1_047_576), None);
    check("openai/gpt-4o", false, Some(128_000), None);
    check("llama-3.3-70b", false, None, None);
    check("", false, None, None);
    check("ft:", false, None, None);
    assert!(find(DEFAULT).listed);
    assert_eq!(find("gpt-7-nova").encoding, Encoding::O200k);
    assert!(!find("gpt-7-nova").published);
    assert!(!find("gpt-6.1-sol").published);
    assert_eq!(find("gpt-6.1-sol").cap_field, CapField::New);
    assert_eq!(find("gpt-4o").cap_field, CapField::Legacy);
    assert_eq!(find("o3-2025-04-16").cap_field, CapField::New);
    assert_eq!(find("gpt-5.9").cap_field, CapField::New);
}

/// tiktoken's own table, which tiktoken-rs carries, is the oracle: by name, with any suffix, and
/// fine-tuned.
#[test]
fn encodings_are_those_of_tiktoken() {
    let ours = lines().map(|line| line.split(' ').next().unwrap().trim_end_matches('*'));
    let theirs = ["gpt-3.5", "gpt-35-turbo", "gpt2", "gpt-2", "code-davinci-edit-001", "o5", "o4"];
    for base in ours.chain(theirs) {
        for name in ["", "-2024-05-13", "-x", "x", "-mini"].map(|end| format!("{base}{end}")) {
            check_encoding(&name);
            check_encoding(&format!("ft:{name}:org:name:id"));
        }
    }
}

#[track_caller]
fn check_encoding(name: &str) {
    let wanted = get_tokenizer(name).map(|tokenizer| match tokenizer {
        Tokenizer::O200kHarmony => Encoding::O200kHarmony,
        Tokenizer::O200kBase => Encoding::O200k,
        Tokenizer::Cl100kBase => Encoding::Cl100k,
        Tokenizer::P50kBase => Encoding::P50k,
        Tokenizer::R50kBase | Tokenizer::Gpt2 => Encoding::R50k,
        Tokenizer::P50kEdit => Encoding::P50kEdit,
    });
    let model = find(name);
    let base = name.strip_prefix("ft:").map_or(name, |name| name.split(':').next().unwrap());
    // tiktoken knows a few names only as they stand, not with a date behind them; and none of a
    // fine-tuned model that is itself fine-tuned.
    if wanted.is_none() && (base.ends_with("-2024-05-13") || base.starts_with("ft:")) {
        return;
    }
    assert_eq!(model.published.then_some(model.encoding), wanted, "{name}");
}

/// Every model that the published price map has, with exactly its figures.
#[test]
fn figures_are_those_of_the_price_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/facts/openai_prices.json");
    let Ok(map) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let models: BTreeMap<String, Value> = serde_json::from_str(&map).unwrap();
    let mut checked = 0;
    for (name, entry) in &models {
        let of_a_picture = name.contains("-x-") || name.starts_with("openai/");
        if name == "sample_spec" || of_a_picture {
            continue;
        }
        let (model, theirs) = (find(name), super::super::pricemap::entry(&map, name).unwrap());
        let theirs = theirs.unwrap();
        checked += 1;
        assert!(model.listed, "{name}");
        if let Some(ends) = entry["deprecation_date"].as_str() {
            assert_eq!(model.ends, Some(ends), "{name}");
        }
        assert_eq!(model.longest_prompt, entry["max_input_tokens"].as_u64(), "{name}");
        assert_eq!(model.longest_reply, entry["max_output_tokens"].as_u64(), "{name}");
        let sees = entry["supports_vision"] == true && entry["mode"] != "image_generation";
        assert!(!sees || model.sight.is_some(), "{name} sees");
        assert_eq!(model.regional, entry["regional_processing_uplift_multiplier_eu"] == 1.1);
        // The tutorials' price stands, whatever it came to be.
        if name == "gpt-3.5-turbo" {
            continue;
        }
        assert_eq!(model.price.is_some(), theirs.price.is_some(), "{name}");
        for field in entry.as_object().unwrap().keys() {
            check_rate(&model, name, field, &entry[field]);
        }
        if let (Some(ours), Some(theirs)) = (&model.price, &theirs.price) {
            check_absent(name, ours, theirs, entry);
        }
    }
    assert!(checked > 150, "{checked}");
}

/// One field of the file is the rate that the table has.
fn check_rate(model: &Model, name: &str, field: &str, value: &Value) {
    let Some((kind, above, tier)) = super::super::pricemap::meaning(field) else { return };
    let price = model.price.as_ref().unwrap();
    let ours = price.rates(tier, above + 1).unwrap().own(kind);
    let theirs = Picodollars::from_published_float(&value.to_string()).unwrap();
    assert_eq!(ours, Some(theirs), "{name}: {field}");
}

/// What the file does not list costs what the map's reader makes of that, tier by tier.
fn check_absent(name: &str, ours: &Price, theirs: &Price, entry: &Value) {
    for tier in Tier::PRICED {
        for prompt in [1, 272_000, 272_001, 1_000_000] {
            let (ours, theirs) = (ours.rates(tier, prompt), theirs.rates(tier, prompt));
            assert_eq!(ours.is_some(), theirs.is_some(), "{name} {tier:?} {prompt}");
            let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
            for kind in Kind::ALL {
                // To keep is listed for few models; where it is not, twice the writing stands in.
                if kind == Kind::Kept && entry.get("cache_creation_input_token_cost").is_some() {
                    continue;
                }
                assert_eq!(ours.of(kind), theirs.of(kind), "{name} {tier:?} {prompt} {kind:?}");
            }
        }
    }
}
