//! Answers that hold addresses: fetched without the key, and not from just anywhere.

use expect_test::{Expect, expect};

use crate::image::{PNG, bytes, check, files};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

fn at(url: &str) -> Reply {
    Reply::json(200, &format!("{{\"data\":[{{\"url\":\"{url}\"}}]}}"))
}

fn picture() -> Reply {
    Reply::new(200, "image/png", bytes())
}

const ARGS: [&str; 6] = ["image", "-q", "-m", "dall-e-3", "--retries=0", "a"];

#[test]
fn the_picture_is_fetched_without_the_key() {
    let store = Server::start(vec![Reply::redirect(302, "/b.png"), picture()]);
    let url = format!("http://{}/a.png?sig=x", store.address());
    let server = Server::start(vec![at(&url)]);
    let run = Sandbox::new().gpt(ARGS).env("OPENAI_API_KEY", "sk-1").server(&server).run();
    assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer sk-1"));
    let seen = store.requests();
    let paths: Vec<_> = seen.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/a.png?sig=x", "/b.png"]);
    assert!(seen.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn an_address_may_hold_its_picture() {
    check(
        &["-q", "-m", "dall-e-3", "a"],
        vec![at(&format!("data:image/png;base64,{PNG}"))],
        expect![[r#"
            (the picture)
            files: 
            requests: 1
            booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
        "#]],
    );
}

#[test]
fn base64_comes_in_many_dresses() {
    let store = Server::repeat(picture());
    let address = format!("http://{}/a.png", store.address());
    for item in [
        format!("{{\"b64_json\":\"data:image/png;base64,{PNG}\"}}"),
        format!("{{\"b64_json\":\"\\n{}\\r\\n{}\\n\",\"url\":null}}", &PNG[..75], &PNG[75..]),
        format!("{{\"b64_json\":\"{}\",\"url\":\"\"}}", PNG.trim_end_matches('=')),
        format!("{{\"b64_json\":\"\",\"url\":\"{address}\"}}"),
        format!("{{\"b64_json\":null,\"url\":\"{address}\",\"revised_prompt\":\"b\"}}"),
    ] {
        let server = Server::start(vec![Reply::json(200, &format!("{{\"data\":[{item}]}}"))]);
        let run = Sandbox::new().gpt(ARGS).server(&server).run();
        assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0), "{item}");
    }
}

/// The address, and what is said of it; the picture is paid for all the same.
#[track_caller]
fn check_refused(url: &str, expected: Expect) {
    check(&["-q", "-m", "dall-e-3", "-O", "a.png", "a"], vec![at(url)], expected);
}

#[test]
fn no_address_leads_to_files_or_private_networks() {
    check_refused(
        "file:///etc/passwd",
        expect![[r#"
        ! gpt: the picture's address is not fetched: "file" is neither http nor https
        exit 8
        files: 
        requests: 1
        booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
    "#]],
    );
    check_refused(
        "ftp://h/x",
        expect![[r#"
        ! gpt: the picture's address is not fetched: "ftp" is neither http nor https
        exit 8
        files: 
        requests: 1
        booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
    "#]],
    );
    check_refused(
        "http://10.0.0.1/x",
        expect![[r#"
            ! gpt: the picture did not come: 10.0.0.1 is not fetched: it is on a private network, where the API is not; its address is http://10.0.0.1/x
            exit 8
            files: 
            requests: 1
            booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
        "#]],
    );
    check_refused(
        "http://169.254.169.254/latest/meta-data",
        expect![[r#"
            ! gpt: the picture did not come: 169.254.169.254 is not fetched: it is on a private network, where the API is not; its address is http://169.254.169.254/latest/meta-data
            exit 8
            files: 
            requests: 1
            booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
        "#]],
    );
    check_refused(
        "http://[::ffff:192.168.0.1]/x",
        expect![[r#"
        ! gpt: the picture's address is not fetched: "[::ffff:192.168.0.1]" is not a host: it is a number, but no IPv4 address
        exit 8
        files: 
        requests: 1
        booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
    "#]],
    );
    check_refused(
        "",
        expect![[r#"
        ! gpt: the picture's address is not fetched: "" is not an address; it begins with http:// or https://
        exit 8
        files: 
        requests: 1
        booked: image,1,0.12,0,0,0,0,0,0.12,0.12,0,0,0,0,0,0
    "#]],
    );
    let store = Server::repeat(Reply::redirect(302, "http://192.168.0.1/x"));
    let server = Server::start(vec![at(&store.base_url())]);
    let mut run = Sandbox::new().gpt(ARGS).server(&server).run();
    run.err = run.err.replace(&store.address().to_string(), "[store]");
    expect![[r#"
        ! gpt: the picture did not come: 192.168.0.1 is not fetched: it is on a private network, where the API is not; its address is http://[store]/v1
        exit 8
    "#]].assert_eq(&run.to_string());
}

#[test]
fn what_is_fetched_has_to_be_a_picture_and_come_whole() {
    #[track_caller]
    fn check(answer: Reply, expected: Expect) {
        let store = Server::repeat(answer);
        let url = format!("http://{}/a.png", store.address());
        let (server, sandbox) = (Server::start(vec![at(&url)]), Sandbox::new());
        let mut run = sandbox.gpt(ARGS).server(&server).run();
        run.err = run.err.replace(&store.address().to_string(), "[store]");
        expected.assert_eq(&run.to_string());
        assert_eq!((run.out.len(), files(&sandbox).as_str()), (0, ""));
    }
    check(
        Reply::new(200, "text/html", "<html>sign in</html>"),
        expect![[r#"
        ! gpt: what came as a picture is HTML or XML, 20 bytes
        exit 8
    "#]],
    );
    check(
        Reply::new(403, "text/xml", "<Error>expired</Error>"),
        expect![[r#"
            ! gpt: the picture did not come: [store] answered 403; its address is http://[store]/a.png
            exit 8
        "#]],
    );
    check(
        Reply::redirect(302, "/again"),
        expect![[r#"
            ! gpt: the picture did not come: [store] redirects more than 5 times; its address is http://[store]/a.png
            exit 8
        "#]],
    );
    let end = picture().wire_len() - 5;
    check(
        picture().cut(end),
        expect![[r#"
            ! gpt: the picture did not come: the reply of [store] broke off: the other side closed the connection; its address is http://[store]/a.png
            exit 8
        "#]],
    );
    check(
        Reply::new(200, "image/png", &bytes()[..50]),
        expect![[r#"
        ! gpt: the reply is not complete: the PNG picture breaks off after 50 bytes
        exit 9
    "#]],
    );
}

#[test]
fn a_fetch_that_fails_is_tried_again_and_the_request_is_not() {
    let store = Server::start(vec![Reply::json(503, "").header("retry-after-ms", "1"), picture()]);
    let server = Server::start(vec![at(&format!("http://{}/a.png", store.address()))]);
    let args = ["image", "-q", "-m", "dall-e-3", "a"];
    let run = Sandbox::new().gpt(args).server(&server).run();
    assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    assert_eq!((server.requests().len(), store.requests().len()), (1, 2));
}

#[test]
fn a_picture_without_end_is_not_fetched_to_its_end() {
    let flood = Reply::flood(b"", &vec![0; 1 << 20], u64::MAX);
    let store = Server::repeat(flood);
    let server = Server::start(vec![at(&format!("http://{}/a.png", store.address()))]);
    let mut run = Sandbox::new().gpt(ARGS).server(&server).run();
    run.err = run.err.replace(&store.address().to_string(), "[store]");
    expect![[r#"
        ! gpt: the picture did not come: the reply of [store] is not read: it is longer than 134217728 bytes; its address is http://[store]/a.png
        exit 8
    "#]].assert_eq(&run.to_string());
}
