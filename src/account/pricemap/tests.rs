use super::*;

const MAP: &str = r#"{
    "sample_spec": {"input_cost_per_token": "a number", "max_input_tokens": "max input tokens"},
    "plain": {"input_cost_per_token": 2e-06, "output_cost_per_token": 1.2e-05},
    "whole": {"input_cost_per_token": 1, "output_cost_per_token": 0, "max_tokens": 8192.0},
    "noisy": {"input_cost_per_token": 1.2500000000000002e-07, "output_cost_per_token": 5E-7},
    "fine": {"input_cost_per_token": 1.00000001e-06},
    "empty": {},
    "nulls": {"input_cost_per_token": null, "max_input_tokens": null, "max_output_tokens": 7},
    "output only": {"output_cost_per_token": 1e-06},
    "text": {"input_cost_per_token": "0.002"},
    "negative": {"input_cost_per_token": 1e-6, "output_cost_per_token_batches": -1e-6},
    "huge": {"input_cost_per_token": 1e30},
    "words": {"input_cost_per_token": 1e-6, "max_input_tokens": "8192"},
    "list": {"input_cost_per_token": [1]},
    "steps": {"input_cost_per_token": 1e-6, "tiered_pricing": []},
    "million": {"input_cost_per_token": 1e6, "output_cost_per_token": 1e6},
    "gpt-4o": {"input_cost_per_token": 2e-6, "litellm_provider": "openai"},
    "groq/llama": {"input_cost_per_token": 3e-6, "litellm_provider": "groq"},
    "ft:gpt-4o": {"input_cost_per_token": 4e-6},
    "by the request": {"input_cost_per_token": 1e-6, "input_cost_per_request": 5e-3},
    "no fee": {"input_cost_per_token": 1e-6, "input_cost_per_request": 0.0},
    "sonar": {"input_cost_per_token": 1e-6, "litellm_provider": "perplexity"},
    "full": {
        "mode": "chat", "input_cost_per_token": 4e-6, "output_cost_per_token": 20e-6,
        "cache_read_input_token_cost": 4e-7, "cache_creation_input_token_cost": 5e-6,
        "cache_creation_input_token_cost_above_1hr": 9e-6,
        "cache_creation_input_token_cost_above_12hr": 10e-6,
        "output_cost_per_reasoning_token": 21e-6, "input_cost_per_audio_token": 40e-6,
        "output_cost_per_audio_token": 80e-6, "input_cost_per_image_token": 8e-6,
        "input_cost_per_token_above_128k_tokens": 6e-6,
        "input_cost_per_token_above_272k_tokens": 8e-6,
        "output_cost_per_token_above_272k_tokens": 30e-6,
        "input_cost_per_token_flex": 2e-6, "output_cost_per_token_flex": 10e-6,
        "input_cost_per_token_above_272k_tokens_flex": 4e-6,
        "input_cost_per_token_priority": 8e-6,
        "input_cost_per_token_decisions": 0.0, "input_cost_per_second": 1, "supports_vision": true,
        "max_input_tokens": 272000, "max_output_tokens": 128000, "max_tokens": 1
    }
}"#;

#[track_caller]
fn price(model: &str) -> Price {
    entry(MAP, model).unwrap().unwrap().price.unwrap()
}

#[track_caller]
fn check(model: &str, tier: Tier, prompt: u64, kind: Kind, picodollars: u128) {
    let rate = price(model).rates(tier, prompt).unwrap().of(kind);
    assert_eq!(rate, Some(Picodollars(picodollars)));
}

#[test]
fn rates_are_read_as_published() {
    check("plain", Tier::Standard, 1, Kind::Input, 2_000_000);
    check("plain", Tier::Standard, 1, Kind::Output, 12_000_000);
    check("whole", Tier::Standard, 1, Kind::Input, 1_000_000_000_000);
    check("whole", Tier::Standard, 1, Kind::Output, 0);
    check("noisy", Tier::Standard, 1, Kind::Input, 125_000);
    check("noisy", Tier::Standard, 1, Kind::Output, 500_000);
    check("fine", Tier::Standard, 1, Kind::Input, 1_000_001);
    assert_eq!(price("plain").source, Source::Map);
}

#[test]
fn tiers_and_thresholds_are_read_by_their_suffixes() {
    check("full", Tier::Standard, 128_000, Kind::Input, 4_000_000);
    check("full", Tier::Standard, 128_001, Kind::Input, 6_000_000);
    check("full", Tier::Standard, 128_001, Kind::Output, 20_000_000);
    check("full", Tier::Standard, 272_001, Kind::Input, 8_000_000);
    check("full", Tier::Standard, 272_001, Kind::Output, 30_000_000);
    check("full", Tier::Standard, 1, Kind::Cached, 400_000);
    check("full", Tier::Standard, 1, Kind::Written, 5_000_000);
    check("full", Tier::Standard, 1, Kind::Kept, 10_000_000);
    check("full", Tier::Standard, 1, Kind::Reasoning, 21_000_000);
    check("full", Tier::Standard, 300_000, Kind::AudioIn, 40_000_000);
    check("full", Tier::Flex, 1, Kind::AudioOut, 80_000_000);
    check("full", Tier::Flex, 1, Kind::Input, 2_000_000);
    check("full", Tier::Flex, 1, Kind::PictureIn, 8_000_000);
    // A tier that does not list a discount on cached tokens has none, and writes at full price.
    check("full", Tier::Flex, 1, Kind::Cached, 2_000_000);
    check("full", Tier::Flex, 1, Kind::Written, 5_000_000);
    check("full", Tier::Flex, 272_001, Kind::Input, 4_000_000);
    check("full", Tier::Flex, 272_001, Kind::Output, 30_000_000);
    check("full", Tier::Priority, 1, Kind::Input, 8_000_000);
    check("full", Tier::Priority, 1, Kind::Output, 20_000_000);
    assert_eq!(price("full").rates(Tier::Ultrafast, 1), None);
}

#[test]
fn entries_are_found_by_name_provider_and_base() {
    check("gpt-4o", Tier::Standard, 1, Kind::Input, 2_000_000);
    check("openai/gpt-4o", Tier::Standard, 1, Kind::Input, 2_000_000);
    check("groq/llama", Tier::Standard, 1, Kind::Input, 3_000_000);
    check("ft:gpt-4o:org::id", Tier::Standard, 1, Kind::Input, 4_000_000);
    // Whose gpt-4o is not said; whose llama neither; and no prefix is a name.
    for model in ["azure/gpt-4o", "llama", "gpt-4", "gpt-4o-mini", "sample_spec", ""] {
        assert_eq!(entry(MAP, model), Ok(None), "{model}");
    }
}

#[test]
fn fields_are_optional() {
    let read = |model| entry(MAP, model).unwrap().unwrap();
    let nothing = Entry { price: None, longest_prompt: None, longest_reply: None, has_fees: false };
    assert_eq!(read("empty"), nothing);
    assert_eq!(read("nulls"), Entry { longest_reply: Some(7), ..nothing.clone() });
    assert_eq!(read("output only"), nothing);
    assert_eq!(read("steps"), nothing);
    assert_eq!(read("whole").longest_reply, Some(8192));
    let full = read("full");
    assert_eq!((full.longest_prompt, full.longest_reply), (Some(272_000), Some(128_000)));
    assert!(read("sonar").has_fees);
    assert!(read("by the request").has_fees);
    assert!(!read("no fee").has_fees);
}

#[test]
fn what_is_wrong_is_named() {
    let check = |model: &str, line: &str| {
        assert_eq!(entry(MAP, model), Err(MapError(format!("price map: {line}"))));
    };
    let end = "; write dollars as a number";
    check("text", &format!("input_cost_per_token of text is no number: \"0.002\"{end}"));
    check("list", &format!("input_cost_per_token of list is no number: [1]{end}"));
    check("huge", &format!("input_cost_per_token of huge is out of range: 1e30{end}"));
    let field = "output_cost_per_token_batches of negative";
    check("negative", &format!("{field} is negative: -1e-6{end}"));
    check("words", "max_input_tokens of words is \"8192\"; write a whole number");
    let check = |map: &str, start: &str| {
        let error = entry(map, "gpt-4o").unwrap_err().to_string();
        assert!(error.starts_with(start), "{error}");
    };
    check("", "no price map: EOF while parsing a value at line 1 column 0");
    check("[]", "no price map: invalid type: sequence, expected an object of models");
    check("{\"a\": {}} {}", "no price map: trailing characters");
    check("{\"gpt-4o\": 5}", "no price map: invalid type: integer `5`, expected a map");
}

#[test]
fn no_figure_overflows() {
    let rates = price("million").rates(Tier::Standard, u64::MAX).unwrap();
    let cost = rates.of(Kind::Input).unwrap().times(u64::MAX).times(u64::MAX);
    assert_eq!(cost, Picodollars(u128::MAX));
    assert_eq!(price("million").prompt_cost(3).to_string(), "3000000.000000");
}
