//! What pictures cost: estimated, held against limits, booked.

use expect_test::expect;

use crate::image::{PNG, check, check_in, made};
use crate::sandbox::Sandbox;
use crate::server::Reply;

#[test]
fn limits_hold_before_anything_is_sent() {
    let low = ["--size", "1024x1024", "--quality", "low", "a"];
    check(
        &[&["--max-cost", "0.006"], &low[..]].concat(),
        vec![],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~196 tokens, at most $0.006608 (gpt-image-2)
        ! gpt: too dear: at most $0.006608, and --max-cost is $0.006000; take a lower --quality or a smaller --size, or raise --max-cost
        exit 4
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &[&["--max-cost", "0.007"], &low[..]].concat(),
        vec![made(&[PNG])],
        expect![[r#"
        (the picture)
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~196 tokens, at most $0.006608 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.006608,1,9,0,0,0,0
    "#]],
    );
    check(
        &[&["--budget", "0.006/day"], &low[..]].concat(),
        vec![],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~196 tokens, at most $0.006608 (gpt-image-2)
        ! gpt: over the budget 0.006/day: this could cost $0.006608, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.006000 left; ask for less, or raise it; 'gpt spend' tells more
        exit 4
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--max-cost", "1", "-m", "sd-xl", "a"],
        vec![],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture, at no known cost (default rate) (sd-xl)
        ! gpt: no price for sd-xl: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
        exit 4
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--max-cost", "1", "-o", "frame_count=4", "a"],
        vec![],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: no worst case for gpt-image-2: frame_count may be billed beyond its tokens; do without, or lift the cost limit
        exit 4
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--max-prompt-tokens", "1", "a red square"],
        vec![],
        expect![[r#"
        ! gpt: estimate: ~3 prompt tokens + 1 picture of ~7024 tokens, at most $0.800586 (gpt-image-2)
        ! gpt: prompt over its limit: ~3 tokens, and --max-prompt-tokens is 1; shorten it or raise the limit
        exit 3
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--estimate", "--json", "-m", "dall-e-3", "a"],
        vec![],
        expect![[r#"
        {"model":"dall-e-3","estimate":{"prompt_tokens":1,"exact":false,"pictures":1,"picture_tokens":null,"max_cost":0.12},"price":{"rate":"2/1M:2/1M","source":"default rate"}}
        files: 
        requests: 0
        booked: 
    "#]],
    );
}

#[test]
fn without_usage_the_listed_price_is_booked() {
    let answer = Reply::json(200, &format!("{{\"data\":[{{\"b64_json\":\"{PNG}\"}}]}}"));
    let args = ["-m", "dall-e-3", "--size", "1024x1024", "--quality", "hd", "a"];
    check(
        &args,
        vec![answer],
        expect![[r#"
        (the picture)
        ! gpt: estimate: ~1 prompt tokens + 1 picture, at most $0.080000 (dall-e-3)
        ! gpt: used: 1 picture, $0.080000
        files: 
        requests: 1
        booked: image,1,0.08,0,0,0,0,0,0.08,0.08,1,0,0,0,0,0
    "#]],
    );
}

#[test]
fn a_price_map_lists_pictures() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "prices.json",
        r#"{"hd/1024-x-1792/dall-e-3": {"mode": "image_generation", "input_cost_per_image": 0.2},
            "aiml/flux": {"litellm_provider": "aiml", "mode": "image_generation",
                "output_cost_per_image": 0.05},
            "bad": {"output_cost_per_image": "much"}}"#,
    );
    let with = ["--prices", "prices.json", "--max-cost", "0.1"];
    let flux = [&with[..], &["-m", "aiml/flux", "a"]].concat();
    check_in(
        &sandbox,
        &flux,
        vec![made(&[PNG])],
        expect![[r#"
            (the picture)
            ! gpt: estimate: ~1 prompt tokens + 1 picture, at most $0.050000 (aiml/flux)
            ! gpt: used: 9 prompt + 196 reply tokens, $0.050000
            files: prices.json
            requests: 1
            booked: image,1,0.05,9,0,0,196,0,0.05,0.05,1,9,0,0,0,0
        "#]],
    );
    let two = [&with[..], &["-q", "-m", "aiml/flux", "-N3", "-O", "a.png", "a"]].concat();
    check_in(
        &sandbox,
        &two,
        vec![],
        expect![[r#"
            ! gpt: too dear: at most $0.150000, and --max-cost is $0.100000; take a lower --quality or a smaller --size, or raise --max-cost
            exit 4
            files: prices.json
            requests: 0
            booked: image,1,0.05,9,0,0,196,0,0.05,0.05,1,9,0,0,0,0
        "#]],
    );
    let hd = ["-q", "-m", "dall-e-3", "--quality", "hd", "--size", "1024x1792", "a"];
    check_in(
        &sandbox,
        &[&with[..], &hd].concat(),
        vec![],
        expect![[r#"
            ! gpt: too dear: at most $0.200000, and --max-cost is $0.100000; take a lower --quality or a smaller --size, or raise --max-cost
            exit 4
            files: prices.json
            requests: 0
            booked: image,1,0.05,9,0,0,196,0,0.05,0.05,1,9,0,0,0,0
        "#]],
    );
    let unlisted = [&with[..], &["-q", "-m", "sd-xl", "a"]].concat();
    check_in(
        &sandbox,
        &unlisted,
        vec![],
        expect![[r#"
            ! gpt: no price for sd-xl: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE
            exit 4
            files: prices.json
            requests: 0
            booked: image,1,0.05,9,0,0,196,0,0.05,0.05,1,9,0,0,0,0
        "#]],
    );
    let bad = [&with[..], &["-q", "-m", "bad", "a"]].concat();
    check_in(
        &sandbox,
        &bad,
        vec![],
        expect![[r#"
            ! gpt: prices.json: price map: output_cost_per_image of bad is no number: "much"; write dollars as a number
            exit 2
            files: prices.json
            requests: 0
            booked: image,1,0.05,9,0,0,196,0,0.05,0.05,1,9,0,0,0,0
        "#]],
    );
}
