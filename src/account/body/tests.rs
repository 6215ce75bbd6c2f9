use serde_json::json;

use super::*;
use crate::account::models;

#[expect(clippy::needless_pass_by_value, reason = "it is always made on the spot")]
fn asked(model: &str, fields: Value) -> Result<Ask, BodyError> {
    let mut body = json!({"messages": [{"role": "user", "content": "Hello"}]});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    chat(&models::find(model), &body)
}

#[test]
fn whatever_costs_is_read_from_the_body() {
    let plain = Ask::plain(Count::exact(8), None);
    let check = |fields: Value, wanted: Ask| {
        assert_eq!(asked("gpt-4o", fields.clone()), Ok(wanted), "{fields}");
    };
    let cap = |cap| Ask { cap: Some(cap), ..plain.clone() };
    check(json!({}), plain.clone());
    check(json!({"max_tokens": 5}), cap(5));
    check(json!({"max_completion_tokens": 5}), cap(5));
    check(json!({"max_tokens": 5, "max_completion_tokens": 7}), cap(7));
    check(json!({"max_tokens": null}), plain.clone());
    // Some servers read a cap of 0 as none.
    check(json!({"max_tokens": 0}), plain.clone());
    check(json!({"n": 3}), Ask { replies: 3, ..plain.clone() });
    check(json!({"n": 0}), plain.clone());
    check(json!({"n": 2, "best_of": 5}), Ask { replies: 5, ..plain.clone() });
    check(json!({"service_tier": "auto"}), plain.clone());
    check(json!({"service_tier": "flex"}), Ask { tier: Tier::Flex, ..plain.clone() });
    check(json!({"service_tier": "fast"}), Ask { tier: Tier::Priority, ..plain.clone() });
    check(json!({"service_tier": 5}), Ask { tier: Tier::Unheard, ..plain.clone() });
    let predicted = Ask { beyond_cap: 2, ..plain.clone() };
    check(json!({"prediction": {"type": "content", "content": "a b"}}), predicted.clone());
    let parts = json!([{"type": "text", "text": "a"}, {"type": "text", "text": " b"}]);
    check(json!({"prediction": {"type": "content", "content": parts}}), predicted);
    check(json!({"modalities": ["text"]}), plain.clone());
    let media = Ask { media: true, ..plain.clone() };
    check(json!({"modalities": ["text", "audio"]}), media.clone());
    check(json!({"audio": {"voice": "x"}}), media);
    let fees = |what: &str| Ask { fees: Some(what.to_owned()), ..plain.clone() };
    check(json!({"web_search_options": {}}), fees("web_search_options"));
    check(json!({"models": ["gpt-6-astra"]}), fees("models"));
    check(json!({"plugins": [{"id": "web"}]}), fees("plugins"));
    check(json!({"enable_search": false, "plugins": null}), plain.clone());
    let kept = Ask { kept: true, ..plain.clone() };
    check(json!({"prompt_cache_options": {"mode": "implicit", "ttl": "12h"}}), kept.clone());
    check(json!({"prompt_cache_options": {"mode": "implicit", "ttl": "30m"}}), plain.clone());
    let breakpoint = json!({"mode": "explicit", "ttl": "12h"});
    let part = json!({"type": "text", "text": "Hello", "prompt_cache_breakpoint": breakpoint});
    check(json!({"messages": [{"role": "user", "content": [part]}]}), kept);
    check(json!({"temperature": 0.5, "stop": ["x"], "stream": true, "tools": []}), plain);
}

#[test]
fn tools_and_formats_that_an_option_brings_are_counted() {
    let function = json!({"name": "f", "parameters": {}});
    let tools = json!([{"type": "function", "function": function}]);
    let more = |fields| asked("gpt-4o", fields).unwrap().prompt.tokens > 30;
    assert!(more(json!({"tools": tools})));
    assert!(more(json!({"functions": [function]})));
    let schema = json!({"name": "answer", "schema": {"type": "object", "properties": {}}});
    assert!(more(json!({"response_format": {"type": "json_schema", "json_schema": schema}})));
    let plain = asked("gpt-4o", json!({"response_format": {"type": "json_object"}})).unwrap();
    assert_eq!(plain.prompt, Count::exact(8));
}

#[test]
fn what_is_billed_beyond_tokens_is_named() {
    let fees = |model, fields| asked(model, fields).unwrap().fees;
    let own = |model: &str| Some(format!("what {model} does on its own"));
    for model in ["gpt-5-search-api", "gpt-4o-search-preview-2025-03-11"] {
        assert_eq!(fees(model, json!({})), own(model));
    }
    assert_eq!(fees("gpt-5.6-terra", json!({})), None);
    let tools = json!({"tools": [{"type": "web_search"}]});
    assert_eq!(fees("gpt-5.6-terra", tools), Some("a tool of type web_search".to_owned()));
}

#[test]
fn caps_that_are_no_numbers_are_refused() {
    let check = |fields: Value, line: &str| {
        assert_eq!(asked("gpt-4o", fields), Err(BodyError(line.to_owned())));
    };
    check(json!({"max_tokens": -1}), "max_tokens is -1; write a whole number of 0 or more");
    check(json!({"n": 1.5}), "n is 1.5; write a whole number of 0 or more");
    check(
        json!({"max_completion_tokens": "5"}),
        "max_completion_tokens is \"5\"; write a whole number of 0 or more",
    );
    check(json!({"messages": 5}), "messages are no array; write [{\"role\": \"user\", ...}]");
}

#[test]
fn text_completions_are_read_with_every_shape_of_prompt() {
    let check = |body: Value, prompt: Count, cap: Option<u64>, replies: u64| {
        let ask = completion(&models::find("davinci-002"), &body);
        let wanted = Ask { replies, ..Ask::plain(prompt, cap) };
        assert_eq!(ask, Ok(wanted), "{body}");
    };
    check(json!({"prompt": "a b"}), Count::exact(2), None, 1);
    check(json!({"prompt": ["a b", "c"]}), Count::exact(3), None, 2);
    check(json!({"prompt": [5, 6, 7]}), Count::exact(3), None, 1);
    check(json!({"prompt": [[5, 6], [7]]}), Count::exact(3), None, 2);
    check(json!({"prompt": []}), Count::exact(0), None, 1);
    check(json!({}), Count::exact(1), None, 1);
    check(json!({"prompt": "a", "max_tokens": 5, "n": 2}), Count::exact(1), Some(5), 2);
    check(json!({"prompt": "a", "best_of": 4, "n": 2}), Count::exact(1), None, 4);
    check(json!({"prompt": ["a", "b"], "best_of": 4}), Count::exact(2), None, 8);
    check(json!({"prompt": "a", "max_tokens": 0, "echo": true}), Count::exact(1), Some(0), 1);
    check(json!({"prompt": "a", "suffix": "b c"}), Count::about(3, 19), None, 1);
    let wrong = "prompt is neither text nor token ids; write \"prompt\": \"...\"";
    for prompt in [json!(5), json!({}), json!([5, "a"]), json!([-1]), json!([["a"]]), json!(true)] {
        let ask = completion(&models::find("davinci-002"), &json!({"prompt": prompt}));
        assert_eq!(ask, Err(BodyError(wrong.to_owned())), "{prompt}");
    }
}
