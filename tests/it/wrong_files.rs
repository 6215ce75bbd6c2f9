//! Files that are not there, or not what they should be: each with its exit code and its one line.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

#[test]
fn a_wrong_file_is_2_and_a_missing_one_1() {
    let sandbox = Sandbox::new();
    sandbox.write("latin1", b"caf\xe9");
    for (name, text) in [
        ("object", "{}"),
        ("word", "hello"),
        ("empty", ""),
        ("none", "[]"),
        ("texts", r#"["a"]"#),
        ("roleless", r#"[{"content":"a"}]"#),
        ("number", r#"[{"role":"user","content":7}]"#),
        ("cut", r#"[{"role":"user","content":"a"}"#),
    ] {
        sandbox.write(name, text);
    }
    let check = |args: &[&str], expected: Expect| {
        sandbox.gpt([&["chat", "-q"], args].concat()).check(expected);
    };
    check(
        &["-f", "latin1"],
        expect![[r#"
        ! gpt: latin1: not UTF-8 at byte 3; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--system-file", "latin1", "hi"],
        expect![[r#"
        ! gpt: latin1: not UTF-8 at byte 3; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "object", "hi"],
        expect![[r#"
        ! gpt: object: message 1 is none: it is to be an object with a "role"; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "word", "hi"],
        expect![[r#"
            ! gpt: word: line 1, column 1: not JSON: expected value; nothing was sent
            exit 2
        "#]],
    );
    check(
        &["--messages", "empty", "hi"],
        expect![[r#"
        ! gpt: empty: no messages in it; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "none", "hi"],
        expect![[r#"
        ! gpt: none: no messages in it; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "texts", "hi"],
        expect![[r#"
        ! gpt: texts: message 1 is none: it is to be an object with a "role"; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "roleless", "hi"],
        expect![[r#"
        ! gpt: roleless: message 1 is none: it is to be an object with a "role"; nothing was sent
        exit 2
    "#]],
    );
    check(
        &["--messages", "number", "hi"],
        expect![[r#"
        ! gpt: message 1 has a content that is neither text nor parts
        exit 2
    "#]],
    );
    check(
        &["--messages", "cut", "hi"],
        expect![[r#"
            ! gpt: cut: line 1, column 30: not JSON: EOF while parsing a list; nothing was sent
            exit 2
        "#]],
    );
    check(
        &["--messages", "missing", "hi"],
        expect![[r#"
        ! gpt: missing: no such file or directory; nothing was sent
        exit 1
    "#]],
    );
    check(
        &["-f", "missing", "hi"],
        expect![[r#"
        ! gpt: missing: no such file or directory; nothing was sent
        exit 1
    "#]],
    );
    check(
        &["-f", ".", "hi"],
        expect![[r#"
        ! gpt: .: is a directory; nothing was sent
        exit 1
    "#]],
    );
}
