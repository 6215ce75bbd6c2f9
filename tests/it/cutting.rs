//! `gpt tokens --truncate` and `--split` from outside.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

#[track_caller]
fn check(args: &[&str], input: impl Into<Vec<u8>>, expected: Expect) {
    Sandbox::new().gpt([&["tokens"], args].concat()).input(input).check(expected);
}

#[test]
fn either_end_is_kept() {
    check(
        &["--truncate", "3"],
        "one two three four five\n",
        expect![[r#"
        one two three[no line break]
    "#]],
    );
    check(
        &["--truncate", "2", "--keep", "tail"],
        "one\ntwo\nthree\n",
        expect![[r#"
            three
        "#]],
    );
    check(&["--truncate", "0"], "one two", expect![""]);
    check(
        &["--truncate", "9"],
        "one two",
        expect![[r#"
        one two[no line break]
    "#]],
    );
    check(
        &["--truncate", "2"],
        "a🦊b",
        expect![[r#"
        a[no line break]
    "#]],
    );
    check(
        &["--keep", "tail"],
        "one two",
        expect![[r#"
        ! gpt: the following required arguments were not provided: --truncate <N>; try '--help'
        exit 2
    "#]],
    );
}

#[test]
fn pieces_are_ended_by_nul() {
    check(
        &["--split", "2"],
        "one two three four five",
        expect![[r#"
        one two[NUL] three four[NUL] five[NUL][no line break]
    "#]],
    );
    check(
        &["--split", "2", "--overlap", "1"],
        "one two three",
        expect![[r#"
        one two[NUL] two three[NUL][no line break]
    "#]],
    );
    check(
        &["--split", "1"],
        "a🦊b",
        expect![[r#"
        a[NUL][no line break]
        ! gpt: a single character is more than 1 tokens; split by more
        exit 3
    "#]],
    );
    check(&["--split", "2"], "", expect![""]);
}

#[test]
fn pieces_go_to_files_that_are_not_overwritten() {
    let sandbox = Sandbox::new();
    let split = |args: &[&str]| {
        let all = [&["tokens", "--split", "2", "--output", "part-%03d.txt"], args].concat();
        sandbox.gpt(all).input("one two three four five")
    };
    split(&[]).check(expect![""]);
    let parts = ["part-001.txt", "part-002.txt", "part-003.txt"].map(|name| sandbox.read(name));
    assert_eq!(parts, ["one two", " three four", " five"]);
    split(&[]).check(expect![[r#"
        ! gpt: part-001.txt: file exists; --force replaces it
        exit 1
    "#]]);
    split(&["--force"]).check(expect![""]);
}
