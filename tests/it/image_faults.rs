//! Answers to `gpt image` that are no pictures, or not all of them.

use expect_test::expect;

use crate::image::{PNG, check, files, made};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

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
            booked: image,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0
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
fn more_pictures_than_asked_for_are_told() {
    let args = ["-O", "a.png", "a"];
    check(
        &args,
        vec![made(&[PNG, PNG])],
        expect![[r#"
        a.png
        ! gpt: estimate: ~1 prompt tokens + 1 picture of ~7024 tokens, at most $0.800498 (gpt-image-2)
        ! gpt: 2 pictures came, 1 asked for: the rest is left out
        ! gpt: used: 9 prompt + 196 reply tokens, $0.005925
        files: a.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
}
