//! `gpt image`: pictures from prompts, into pipes and files, and what is refused or goes wrong.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A picture of one pixel.
pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA\
                       WjR9awAAAABJRU5ErkJggg==";
const USAGE: &str = r#""usage":{"input_tokens":9,"output_tokens":196,"total_tokens":205,
    "input_tokens_details":{"text_tokens":9,"image_tokens":0}}"#;

pub fn bytes() -> Vec<u8> {
    STANDARD.decode(PNG).unwrap()
}

/// An answer with these pictures.
pub fn made(pictures: &[&str]) -> Reply {
    let data: Vec<_> = pictures.iter().map(|text| format!("{{\"b64_json\":\"{text}\"}}")).collect();
    Reply::json(200, &format!("{{\"created\":1,\"data\":[{}],{USAGE}}}", data.join(",")))
}

/// The files there are, but for the ledger's.
pub fn files(sandbox: &Sandbox) -> String {
    let entries = fs::read_dir(sandbox.path(".")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != ".local").collect();
    names.sort();
    names.join(" ")
}

/// What is booked: requests, cost, unsettled cost.
pub fn booked(sandbox: &Sandbox) -> String {
    let run = sandbox.gpt(["spend", "--by", "command", "--csv"]).run();
    run.text().lines().skip(1).collect::<Vec<_>>().join("\n")
}

/// Runs `gpt image` with these arguments; what it said, the files it left, what is booked.
#[track_caller]
pub fn check(args: &[&str], answers: Vec<Reply>, expected: Expect) {
    let sandbox = Sandbox::new();
    check_in(&sandbox, args, answers, expected);
}

#[track_caller]
pub fn check_in(sandbox: &Sandbox, args: &[&str], answers: Vec<Reply>, expected: Expect) {
    let server = Server::start(answers);
    let args = [&["image"], args].concat();
    let mut run = sandbox.gpt(args).server(&server).run();
    if run.out == bytes() {
        run.out = b"(the picture)\n".to_vec();
    }
    let (sent, files, booked) = (server.requests().len(), files(sandbox), booked(sandbox));
    expected.assert_eq(&format!("{run}files: {files}\nrequests: {sent}\nbooked: {booked}\n"));
}

#[test]
fn a_picture_goes_into_a_pipe_as_it_is() {
    check(
        &["a", "red", "square", "--size", "1024x1024", "--quality", "low"],
        vec![made(&[PNG])],
        expect![[r#"
            (the picture)
            ! gpt: estimate: ~3 prompt tokens + 1 picture of ~196 tokens, at most $0.006696 (gpt-image-2)
            ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
            files: 
            requests: 1
            booked: image,1,0.005925,9,0,0,196,0,0.005925,0.006696,3,9,0,0,0,0
        "#]],
    );
    let server = Server::start(vec![made(&[PNG])]);
    let args = ["image", "-q", "--background", "opaque", "--format", "png", "-o", "user=me", "a"];
    let run = Sandbox::new().gpt(args).input("cat\n").server(&server).run();
    assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    let request = &server.requests()[0];
    assert_eq!(request.path, "/v1/images/generations");
    expect![[r#"{"model":"gpt-image-2","prompt":"a\n\ncat\n","background":"opaque","output_format":"png","user":"me"}"#]].assert_eq(&request.text());
}

#[test]
fn files_are_whole_and_named_after_what_they_hold() {
    let two = || vec![made(&[PNG, PNG])];
    check(
        &["-q", "-O", "square.png", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        square.png
        files: square.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-O", "square", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        square.png
        files: square.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-N", "2", "-O", "cat-%02d.png", "a"],
        two(),
        expect![[r#"
        cat-01.png
        cat-02.png
        files: cat-01.png cat-02.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-N", "2", "-O", "cat.png", "a"],
        two(),
        expect![[r#"
        cat-1.png
        cat-2.png
        files: cat-1.png cat-2.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-N", "2", "-O", "cat", "a"],
        two(),
        expect![[r#"
        cat-1.png
        cat-2.png
        files: cat-1.png cat-2.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-O", "square.jpg", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        square.jpg
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: square.jpg holds PNG, whatever its name says
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        files: square.jpg
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-O", "-", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        (the picture)
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
}

#[test]
fn nothing_is_overwritten_without_being_told() {
    let sandbox = Sandbox::new();
    sandbox.write("cat-2.png", "old");
    check_in(
        &sandbox,
        &["-q", "-N", "2", "-O", "cat.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: cat-2.png: exists; --force overwrites it; nothing was sent
        exit 2
        files: cat-2.png
        requests: 0
        booked: 
    "#]],
    );
    assert_eq!(sandbox.read("cat-2.png"), "old");
    let two = vec![made(&[PNG, PNG])];
    check_in(
        &sandbox,
        &["-q", "-N", "2", "-O", "cat.png", "--force", "a"],
        two,
        expect![[r#"
        cat-1.png
        cat-2.png
        files: cat-1.png cat-2.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    assert_eq!(fs::read(sandbox.path("cat-2.png")).unwrap(), bytes());
}

#[test]
fn a_name_taken_in_the_meantime_does_not_lose_the_picture() {
    let sandbox = Sandbox::new();
    let taken = sandbox.path("cat.png");
    let server = Server::answer(move |_, _| {
        fs::write(&taken, "mine").unwrap();
        made(&[PNG])
    });
    let run = sandbox.gpt(["image", "-q", "-O", "cat.png", "a"]).server(&server).run();
    assert_eq!((run.text(), run.code), ("cat-2.png\n", 0));
    assert_eq!(sandbox.read("cat.png"), "mine");
    assert_eq!(fs::read(sandbox.path("cat-2.png")).unwrap(), bytes());
}

#[test]
fn what_cannot_be_delivered_is_not_asked_for() {
    check(
        &["-N", "2", "a"],
        vec![],
        expect![[r#"
        ! gpt: 2 pictures do not fit into one pipe: give files with -O 'image-%d.png'; nothing was sent
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["-O", "nowhere/cat.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: nowhere/cat.png: no such file or directory; nothing was sent
        exit 1
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["-O", ".", "a"],
        vec![],
        expect![[r#"
        ! gpt: .: is a directory; nothing was sent
        exit 1
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--show", "a"],
        vec![],
        expect![[r#"
        ! gpt: --show needs a terminal on standard output or standard error
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["-n"],
        vec![],
        expect![[r#"
        ! gpt: the prompt is empty; give words, --file or standard input
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--seed", "1", "a"],
        vec![],
        expect![[r#"
        ! gpt: --seed says nothing of pictures; leave it out
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["-o", "n=0", "a"],
        vec![],
        expect![[r#"
        ! gpt: n is 0; write a number from 1 on
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--json", "-O", "cat.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: the argument '--json' cannot be used with '--output <FILE>'; try '--help'
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
}

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
        ! gpt: over the budget 0.006/day: this could cost $0.006608, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.006000 left; wait for the next day, or raise it; 'gpt spend' tells more
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
fn json_is_what_the_server_sent() {
    let server = Server::start(vec![made(&[PNG])]);
    let run = Sandbox::new().gpt(["image", "--json", "-q", "a"]).server(&server).run();
    let body = format!("{{\"created\":1,\"data\":[{{\"b64_json\":\"{PNG}\"}}],{USAGE}}}");
    assert_eq!((run.text(), run.code), (body.as_str(), 0));
}

#[test]
fn what_is_no_picture_is_not_called_one() {
    let html = "PGh0bWw+PC9odG1sPg==";
    check(
        &["-O", "a.png", "a"],
        vec![made(&[html])],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        ! gpt: what came as a picture is HTML or XML, 13 bytes
        exit 8
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    check(
        &["a"],
        vec![made(&["bm90aGluZw=="])],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        ! gpt: what came as a picture is no picture known here, 7 bytes
        exit 8
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    check(
        &["a"],
        vec![made(&[""])],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        ! gpt: what came as a picture is nothing, 0 bytes
        exit 8
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    // Base64 cut off, at any place: within a group of four, and between two of them.
    for end in [PNG.len() - 3, PNG.len() - 8, 40, 25] {
        let sandbox = Sandbox::new();
        let server = Server::start(vec![made(&[&PNG[..end]])]);
        let run = sandbox.gpt(["image", "-q", "-O", "a.png", "a"]).server(&server).run();
        assert_eq!((run.code, run.text(), files(&sandbox).as_str()), (9, "", ""), "{}", run.err);
        assert!(run.err.starts_with("gpt: the reply is not complete: "), "{}", run.err);
    }
    let page = Reply::new(200, "text/html", "<html><body>Welcome</body></html>");
    check(
        &["-O", "a.png", "a"],
        vec![page],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: the server's answer cannot be read: it is HTML, not JSON; is the base URL right?
        exit 8
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.800498
    "#]],
    );
    check(
        &["a"],
        vec![Reply::json(200, "{\"data\":[{\"b64_json\":\"iVBO")],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: the server's answer cannot be read: it is not JSON (line 1, column 26)
        exit 8
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.800498
    "#]],
    );
    check(
        &["a"],
        vec![Reply::json(200, "{\"data\":[]}")],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: the server's answer cannot be read: it holds no pictures
        exit 8
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.800498
    "#]],
    );
    let error = r#"{"error":{"message":"no","code":"moderation_blocked"}}"#;
    check(
        &["a"],
        vec![Reply::json(200, error)],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: the server reports an error: no [moderation_blocked]
        exit 8
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.800498
    "#]],
    );
    check(
        &["a"],
        vec![Reply::json(400, error)],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: [server] answered 400: no [moderation_blocked]
        exit 6
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0.800498,1,0,0,0,0,0
    "#]],
    );
    let whole = made(&[PNG]);
    let cut = whole.wire_len() - 20;
    check(
        &["--retries", "0", "-O", "a.png", "a"],
        vec![whole.cut(cut)],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: the reply of [server] broke off: the other side closed the connection
        exit 8
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.800498
    "#]],
    );
}

#[test]
fn one_picture_that_is_none_does_not_keep_the_others_back() {
    let answers = vec![made(&["bm90aGluZw==", PNG])];
    check(
        &["-q", "-N", "2", "-O", "a.png", "a"],
        answers,
        expect![[r#"
        a-2.png
        ! gpt: what came as a picture is no picture known here, 7 bytes
        exit 8
        files: a-2.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-N", "2", "-O", "a.png", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        a-1.png
        ! gpt: the reply is not complete: 1 of 2 pictures came
        exit 9
        files: a-1.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
}

#[test]
fn a_stream_gives_the_picture_in_the_end() {
    let event = |kind: &str, more: &str| {
        format!("{{\"type\":\"image_generation.{kind}\",\"b64_json\":\"{PNG}\"{more}}}")
    };
    let partial = event("partial_image", ",\"partial_image_index\":0");
    let completed = event("completed", &format!(",{}", USAGE.replace('\n', " ")));
    let args = ["-O", "a.png", "-o", "stream=true", "-o", "partial_images=1", "a"];
    check(
        &args,
        vec![Reply::sse(&[&partial, &completed])],
        expect![[r#"
        a.png
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7124 tokens, at most $0.803498 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        files: a.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.803498,1,9,0,0,0,0
    "#]],
    );
    check(
        &args,
        vec![Reply::sse(&[&partial])],
        expect![[r#"
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7124 tokens, at most $0.803498 (gpt-image-2)
        ! gpt: the reply is not complete: 0 of 1 pictures came
        exit 9
        files: 
        requests: 1
        booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0.803498
    "#]],
    );
    check(
        &args,
        vec![made(&[PNG])],
        expect![[r#"
        a.png
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7124 tokens, at most $0.803498 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        files: a.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.803498,1,9,0,0,0,0
    "#]],
    );
}

#[test]
fn a_full_disk_is_told() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    check(
        &["-q", "-O", "/dev/full", "a"],
        vec![made(&[PNG])],
        expect![[r#"
        ! gpt: /dev/full: no space left on device
        exit 1
        files: 
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
}
