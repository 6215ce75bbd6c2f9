//! `gpt image --edit`: pictures that go along.

use expect_test::expect;

use crate::image::{PNG, bytes, check_in, made};
use crate::sandbox::Sandbox;
use crate::server::Server;

/// The beginning of a PNG of this size.
fn sized(width: u8, height: u8) -> Vec<u8> {
    let mut picture = bytes();
    (picture[19], picture[23]) = (width, height);
    picture
}

#[test]
fn pictures_go_as_a_form() {
    let sandbox = Sandbox::new();
    sandbox.write("dir/room.png", bytes());
    sandbox.write("wall.png", bytes());
    let server = Server::start(vec![made(&[PNG])]);
    let args = ["image", "-q", "--edit", "dir/room.png", "--mask", "wall.png", "-N1", "green"];
    let run = sandbox.gpt(args).server(&server).run();
    assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    let request = &server.requests()[0];
    assert_eq!(request.path, "/v1/images/edits");
    let form = String::from_utf8_lossy(&request.body).replace("\r\n", "\n");
    let shown = form.replace(&*String::from_utf8_lossy(&bytes()).replace("\r\n", "\n"), "(PNG)");
    expect![[r#"
        --gpt-form-0000000000000000
        content-disposition: form-data; name="model"

        gpt-image-2
        --gpt-form-0000000000000000
        content-disposition: form-data; name="prompt"

        green
        --gpt-form-0000000000000000
        content-disposition: form-data; name="n"

        1
        --gpt-form-0000000000000000
        content-disposition: form-data; name="image"; filename="room.png"
        content-type: image/png

        (PNG)
        --gpt-form-0000000000000000
        content-disposition: form-data; name="mask"; filename="wall.png"
        content-type: image/png

        (PNG)
        --gpt-form-0000000000000000--
    "#]]
    .assert_eq(&shown);
}

#[test]
fn several_pictures_and_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.write("b.png", bytes());
    let server = Server::start(vec![made(&[PNG])]);
    let args = ["image", "-q", "--edit", "-", "--edit", "b.png", "join them"];
    let run = sandbox.gpt(args).input(bytes()).server(&server).run();
    assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    let form = String::from_utf8_lossy(&server.requests()[0].body).into_owned();
    let heads: Vec<_> = form.lines().filter(|line| line.contains("disposition")).collect();
    expect![[r#"
        content-disposition: form-data; name="model"
        content-disposition: form-data; name="prompt"
        content-disposition: form-data; name="image[]"; filename="image.png"
        content-disposition: form-data; name="image[]"; filename="b.png""#]]
    .assert_eq(&heads.join("\n"));
}

#[test]
fn what_cannot_be_edited_is_not_sent() {
    let sandbox = Sandbox::new();
    sandbox.write("room.png", sized(4, 3));
    sandbox.write("wall.png", sized(3, 4));
    sandbox.write("note.txt", "no picture");
    let args = ["--edit", "room.png", "--mask", "wall.png", "green"];
    check_in(
        &sandbox,
        &args,
        vec![],
        expect![[r#"
        ! gpt: mask wall.png is 3x4, and room.png is 4x3; make them the same size; nothing was sent
        exit 2
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
    check_in(
        &sandbox,
        &["--edit", "note.txt", "green"],
        vec![],
        expect![[r#"
        ! gpt: note.txt: no PNG, JPEG, WebP or GIF picture; nothing was sent
        exit 2
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
    check_in(
        &sandbox,
        &["--edit", "missing.png", "green"],
        vec![],
        expect![[r#"
        ! gpt: missing.png: no such file or directory; nothing was sent
        exit 1
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
    check_in(
        &sandbox,
        &["--mask", "wall.png", "green"],
        vec![],
        expect![[r#"
        ! gpt: the following required arguments were not provided: --edit <IMAGE>; try '--help'
        exit 2
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
    check_in(
        &sandbox,
        &["--dry-run", "--edit", "room.png", "green"],
        vec![],
        expect![[r#"
        {"model":"gpt-image-2","prompt":"green","image":["room.png"]}
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
    let args = ["--max-cost", "0.01", "--quality", "low", "--edit", "room.png", "green"];
    check_in(
        &sandbox,
        &args,
        vec![],
        expect![[r#"
        ! gpt: estimate: ~1501 prompt tokens + 1 picture of ~196 tokens, at most $0.087806 (gpt-image-2)
        ! gpt: too dear: at most $0.087806, and --max-cost is $0.010000; take a lower --quality or a smaller --size, or raise --max-cost
        exit 4
        files: note.txt room.png wall.png
        requests: 0
        booked: 
    "#]],
    );
}
