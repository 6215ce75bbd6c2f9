//! `gpt image --stream`: previews, and the picture in the end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::expect;

use crate::image::{PNG, USAGE, bytes, check, check_in, made};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

fn partial() -> String {
    format!(
        "{{\"type\":\"image_generation.partial_image\",\"partial_image_index\":0,\
         \"b64_json\":\"{PNG}\"}}"
    )
}

fn completed(picture: &str) -> String {
    let usage = USAGE.replace('\n', " ");
    format!("{{\"type\":\"image_generation.completed\",\"b64_json\":\"{picture}\",{usage}}}")
}

#[test]
fn a_stream_gives_the_picture_in_the_end() {
    let (partial, completed) = (partial(), completed(PNG));
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
fn json_of_a_stream_is_an_event_a_line() {
    let (partial, completed) = (partial(), completed(PNG));
    let server = Server::start(vec![Reply::sse(&[&partial, &completed])]);
    let run = Sandbox::new().gpt(["image", "-q", "--json", "--stream", "a"]).server(&server).run();
    assert_eq!((run.text(), run.code), (&*format!("{partial}\n{completed}\n"), 0));
    let sent = r#"{"model":"gpt-image-2","prompt":"a","stream":true}"#;
    assert_eq!(server.requests()[0].text(), sent);
}

/// A picture of 30 MB in one event.
#[test]
fn an_event_may_hold_a_large_picture() {
    let large = STANDARD.encode([bytes(), vec![0; 30_000_000]].concat());
    let (sandbox, server) =
        (Sandbox::new(), Server::start(vec![Reply::sse(&[&completed(&large)])]));
    let args = ["image", "-q", "-O", "a.png", "-o", "stream=true", "a"];
    let run = sandbox.gpt(args).server(&server).run();
    assert_eq!((run.text(), run.err.as_str(), run.code), ("a.png\n", "", 0));
    let length = std::fs::metadata(sandbox.path("a.png")).unwrap().len();
    assert_eq!(length, 30_000_000 + bytes().len() as u64);
}

#[test]
fn the_picture_of_an_edit_may_come_as_a_stream() {
    let sandbox = Sandbox::new();
    sandbox.write("room.png", bytes());
    let events = [partial(), completed(PNG)].map(|event| event.replace("_generation", "_edit"));
    let args = ["-O", "a.png", "--edit", "room.png", "-o", "stream=true", "green"];
    check_in(
        &sandbox,
        &args,
        vec![Reply::sse(&[&events[0], &events[1]])],
        expect![[r#"
        a.png
        ! gpt: estimate: ~1501 prompt tokens + 1 picture of ~7024 tokens, at most $0.866066 (gpt-image-2)
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005952
        files: a.png room.png
        requests: 1
        booked: image,1,0.005952,9,0,0,196,0,0.005952,0.866066,1501,9,0,0,0,0
    "#]],
    );
}
