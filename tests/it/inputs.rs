//! What `gpt tokens` reads, and where it prints: files, directories, records, pipes.

use std::fs;

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

#[track_caller]
fn check(args: &[&str], input: impl Into<Vec<u8>>, expected: Expect) {
    Sandbox::new().gpt([&["tokens"], args].concat()).input(input).check(expected);
}

#[test]
fn files_get_a_line_each_and_a_total() {
    let sandbox = Sandbox::new();
    sandbox.write("one.txt", "one two three");
    sandbox.write("dir/two.txt", "four");
    sandbox.write("dir/.hidden", "five");
    sandbox.write("dir/picture.bin", "six\0seven");
    sandbox.write("dir/ignored.log", "eight");
    sandbox.write("dir/.ignore", "*.log\n");
    let check = |args: &[&str], expected: Expect| {
        sandbox.gpt([&["tokens"], args].concat()).check(expected);
    };
    check(
        &["one.txt"],
        expect![[r#"
        3	$0.000006	one.txt
    "#]],
    );
    check(
        &["one.txt", "dir/two.txt"],
        expect![[r#"
        3	$0.000006	one.txt
        1	$0.000002	dir/two.txt
        4	$0.000008	total
    "#]],
    );
    check(
        &["-c", "one.txt", "dir/two.txt"],
        expect![[r#"
        3
        1
    "#]],
    );
    check(
        &["--json", "one.txt", "dir/two.txt"],
        expect![[r#"
        {"file":"one.txt","tokens":3,"exact":true,"cost":0.000006,"model":"gpt-5.6-terra","encoding":"o200k_base"}
        {"file":"dir/two.txt","tokens":1,"exact":true,"cost":0.000002,"model":"gpt-5.6-terra","encoding":"o200k_base"}
        {"total":true,"tokens":4,"exact":true,"cost":0.000008,"model":"gpt-5.6-terra","encoding":"o200k_base"}
    "#]],
    );
    check(
        &["-r", "dir", "one.txt"],
        expect![[r#"
        1	$0.000002	dir/two.txt
        3	$0.000006	one.txt
        4	$0.000008	total
        ! gpt: 1 binary file was passed over
    "#]],
    );
    check(
        &["one.txt", "dir", "missing.txt"],
        expect![[r#"
        3	$0.000006	one.txt
        ! gpt: dir: is a directory; -r walks it
        ! gpt: missing.txt: no such file or directory
        exit 1
    "#]],
    );
    check(
        &["--ids", "one.txt", "dir/two.txt"],
        expect![[r#"
        690 1920 3407
        61745
    "#]],
    );
    check(
        &["--json", "--ids", "one.txt"],
        expect![[r#"
        {"file":"one.txt","tokens":3,"exact":true,"cost":0.000006,"model":"gpt-5.6-terra","encoding":"o200k_base","ids":[690,1920,3407]}
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_counted() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.write("one.txt", "one");
    let locked = sandbox.write("locked.txt", "two");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        return; // root reads everything
    }
    sandbox.gpt(["tokens", "locked.txt", "one.txt"]).check(expect![[r#"
        3	$0.000002	one.txt
        ! gpt: locked.txt: permission denied
        exit 1
    "#]]);
}

#[test]
fn records_get_a_count_each() {
    check(
        &["--lines"],
        "one\ntwo three\r\n\nfour",
        expect![[r#"
        1	$0.000002
        2	$0.000004
        0	$0.000000
        1	$0.000002
    "#]],
    );
    check(
        &["-0", "-c"],
        "one\ntwo\0three\0",
        expect![[r#"
        3
        1
    "#]],
    );
    check(
        &["--lines", "--ids"],
        "one\ntwo three\n",
        expect![[r#"
        690
        38397 3407
    "#]],
    );
    check(
        &["--lines", "--json"],
        "one\n",
        expect![[r#"
        {"index":1,"tokens":1,"exact":true,"cost":0.000002,"model":"gpt-5.6-terra","encoding":"o200k_base"}
    "#]],
    );
    check(
        &["--jsonl", "-m", "gpt-4o"],
        "{\"prompt\":\"hello world\"}\n{\"id\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"hello world\"}]}\n",
        expect![[r#"
            2	$0.000005
            9	$0.000023	"b"
        "#]],
    );
    check(
        &["--jsonl"],
        "{\"prompt\":\"a\"}\n{\"promt\":\"b\"}\n",
        expect![[r#"
        1	$0.000002

        ! gpt: record 2: neither "prompt" nor "messages" in it
        exit 2
    "#]],
    );
    check(
        &["--jsonl"],
        "{\"prompt\":\"a\"\n",
        expect![[r#"
            [line break]
            ! gpt: record 1: not a JSON record: EOF while parsing an object, column 13
            exit 2
        "#]],
    );
    check(
        &["--lines", "--max-tokens", "2"],
        "one\ntwo three\n",
        expect![[r#"
        1	$0.000002
        2	$0.000004
        ! gpt: 3 tokens are over --max-tokens 2; --truncate cuts
        exit 3
    "#]],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_none() {
    let sandbox = Sandbox::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |stdout: std::process::Stdio| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gpt"));
        command.args(["tokens", "--ids", "text"]).current_dir(sandbox.path("")).stdout(stdout);
        command.output().unwrap()
    };
    sandbox.write("text", "hello ".repeat(100_000));
    let output = run(full.into());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "gpt: standard output: no space left on device\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = run(writer.into());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}
