//! `gpt image -O`: files that are whole or not there, and never over another.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::expect;

use crate::image::{PNG, booked, bytes, check, check_in, files, made};
use crate::sandbox::Sandbox;
use crate::server::Server;

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
fn a_full_disk_is_told() {
    if !Path::new("/dev/full").exists() {
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

/// A picture of many bytes: what follows a picture's end is nobody's business.
fn large() -> String {
    STANDARD.encode([bytes(), vec![0; 3 << 20]].concat())
}

#[test]
fn a_file_over_its_limit_is_told_and_nothing_is_left_of_it() {
    let (sandbox, server) = (Sandbox::new(), Server::start(vec![made(&[&large()])]));
    let script =
        format!("ulimit -f 2048; exec '{}' image -q -O a.png a", env!("CARGO_BIN_EXE_gpt"));
    let run = sandbox.command("sh", ["-c", &script]).server(&server).run();
    let (files, booked) = (files(&sandbox), booked(&sandbox));
    expect![[r#"
        ! gpt: a.png: file too large
        exit 1
        files: 
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]]
    .assert_eq(&format!("{run}files: {files}\nbooked: {booked}\n"));
}

#[test]
fn standard_output_by_its_other_names_gets_the_picture_alone() {
    for name in ["/dev/stdout", "/dev/fd/1"] {
        let (sandbox, server) = (Sandbox::new(), Server::start(vec![made(&[PNG])]));
        let run = sandbox.gpt(["image", "-q", "-O", name, "a"]).server(&server).run();
        assert_eq!((run.out, run.err.as_str(), run.code), (bytes(), "", 0));
    }
    let (sandbox, server) = (Sandbox::new(), Server::start(vec![made(&[PNG])]));
    let script = format!("exec '{}' image -q -O /dev/fd/3 a 3>a.png", env!("CARGO_BIN_EXE_gpt"));
    let run = sandbox.command("sh", ["-c", &script]).server(&server).run();
    assert_eq!((run.text(), run.code), ("/dev/fd/3\n", 0), "{}", run.err);
    assert_eq!(fs::read(sandbox.path("a.png")).unwrap(), bytes());
}

#[test]
fn a_link_is_written_through_and_stays() {
    let sandbox = Sandbox::new();
    sandbox.write("dir/real.png", "old");
    symlink("dir/real.png", sandbox.path("link.png")).unwrap();
    symlink("nowhere/real.png", sandbox.path("stray.png")).unwrap();
    check_in(
        &sandbox,
        &["-q", "-O", "link.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: link.png: exists; --force overwrites it; nothing was sent
        exit 2
        files: dir link.png stray.png
        requests: 0
        booked: 
    "#]],
    );
    check_in(
        &sandbox,
        &["-q", "-O", "stray.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: stray.png: exists; --force overwrites it; nothing was sent
        exit 2
        files: dir link.png stray.png
        requests: 0
        booked: 
    "#]],
    );
    let answer = vec![made(&[PNG])];
    check_in(
        &sandbox,
        &["-q", "--force", "-O", "link.png", "a"],
        answer,
        expect![[r#"
        link.png
        files: dir link.png stray.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    assert_eq!(fs::read(sandbox.path("dir/real.png")).unwrap(), bytes());
    assert!(sandbox.path("link.png").is_symlink());
}

#[test]
fn a_percent_sign_is_doubled() {
    let args = ["-q", "-O", "100%%.png", "a"];
    check(
        &args,
        vec![made(&[PNG])],
        expect![[r#"
        100%.png
        files: 100%.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,0.800498,1,9,0,0,0,0
    "#]],
    );
    let args = ["-q", "-N2", "-O", "100%%-%02d", "a"];
    check(
        &args,
        vec![made(&[PNG, PNG])],
        expect![[r#"
        100%-01.png
        100%-02.png
        files: 100%-01.png 100%-02.png
        requests: 1
        booked: image,1,0.005925,9,0,0,196,0,0.005925,1.600988,1,9,0,0,0,0
    "#]],
    );
    check(
        &["-q", "-O", "100%.png", "a"],
        vec![],
        expect![[r#"
        ! gpt: pattern '100%.png' needs one %d or %03d for the number; %% is a percent sign
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
}
