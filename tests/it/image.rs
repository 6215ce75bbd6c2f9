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
pub const USAGE: &str = r#""usage":{"input_tokens":9,"output_tokens":196,"total_tokens":205,
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
        ! gpt: n is 0; write a number from 1 to 1000
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
        ! gpt: --json writes no files but those of many records; leave out --output
        exit 2
        files: 
        requests: 0
        booked: 
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
fn the_model_is_named_by_flag_environment_or_config() {
    let sandbox = Sandbox::new();
    let model = |args: &[&str], variable: &str| {
        let args = [&["image", "--dry-run", "a"], args].concat();
        let run =
            sandbox.gpt(args).env("GPT_IMAGE_MODEL", variable).env("GPT_MODEL", "gpt-4o").run();
        let body: serde_json::Value = serde_json::from_slice(&run.out).unwrap();
        body["model"].as_str().unwrap().to_owned()
    };
    assert_eq!(model(&[], ""), "gpt-image-2");
    sandbox.write(
        ".config/gpt/config.toml",
        "image_model = \"gpt-image-1.5\"\n[profile.other]\nimage_model = \"sd-xl\"\n",
    );
    assert_eq!(model(&[], ""), "gpt-image-1.5");
    assert_eq!(model(&["-P", "other"], ""), "sd-xl");
    assert_eq!(model(&["-P", "other"], "flux"), "flux");
    assert_eq!(model(&["-m", "dall-e-2"], "flux"), "dall-e-2");
}

#[test]
fn a_prompt_is_text_and_not_nothing() {
    let sandbox = Sandbox::new();
    for (args, input) in [(&["image"][..], &b" \n"[..]), (&["image", ""], b"")] {
        let run = sandbox.gpt(args).input(input).run();
        let empty = "! gpt: the prompt is empty; give words, --file or standard input\nexit 2\n";
        assert_eq!(run.to_string(), empty);
    }
    let run = sandbox.gpt(["image", "a"]).input(b"caf\xe9".to_vec()).run();
    expect![[r#"
        ! gpt: standard input: not UTF-8 at byte 3; nothing was sent
        exit 2
    "#]]
    .assert_eq(&run.to_string());
}
