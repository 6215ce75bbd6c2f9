//! A job that goes on where it stopped: what is answered is not asked again, and each record has
//! its one line in the end.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::thread;

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::replies::{refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Received, Reply, Server};

fn asked(request: &Received) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["messages"][0]["content"].as_str().unwrap().to_owned()
}

/// Goes on with `out`: what it holds then, and what was asked for that.
#[track_caller]
fn check(args: &[&str], input: &str, out: &str, expected: Expect) {
    let server = Server::answer(|_, request| match asked(request).as_str() {
        "bad" => refusal(400, "no such thing", "invalid_value"),
        text => whole(&format!("<{text}>")),
    });
    let sandbox = Sandbox::new();
    sandbox.write("out", out);
    let args = [&["chat", "--max-tokens", "9", "--resume", "out"], args].concat();
    let outcome = sandbox.gpt(args).server(&server).input(input).run();
    let asked: Vec<String> = server.requests().iter().map(asked).collect();
    let out = sandbox.read("out").replace('\0', "[NUL]\n");
    expected.assert_eq(&format!("{outcome}asked: {}\n{out}", asked.join(" ")));
    assert!(!sandbox.path(".out.part").exists() && !sandbox.path(".out.ahead").exists());
}

#[test]
fn lines_are_answers_by_their_place() {
    let lines = ["--lines"];
    check(
        &lines,
        "a\nb\nc\n",
        "",
        expect![[r#"
        ! gpt: estimate: 3 requests, 21 prompt + up to 27 reply tokens, at most $0.000366 (gpt-5.6-terra)
        ! gpt: used: 3 answered, 0 failed; 30 prompt + 9 reply tokens, $0.000168
        asked: a b c
        <a>
        <b>
        <c>
    "#]],
    );
    check(
        &lines,
        "a\nb\nc\n",
        "<a>\n",
        expect![[r#"
        ! gpt: estimate: 2 requests, 14 prompt + up to 18 reply tokens, at most $0.000244 (gpt-5.6-terra)
        ! gpt: used: 1 answered before, 2 answered, 0 failed; 20 prompt + 6 reply tokens, $0.000112
        asked: b c
        <a>
        <b>
        <c>
    "#]],
    );
    check(
        &lines,
        "a\nb\nc\n",
        "<a>\n<b",
        expect![[r#"
        ! gpt: estimate: 2 requests, 14 prompt + up to 18 reply tokens, at most $0.000244 (gpt-5.6-terra)
        ! gpt: used: 1 answered before, 2 answered, 0 failed; 20 prompt + 6 reply tokens, $0.000112
        asked: b c
        <a>
        <b>
        <c>
    "#]],
    );
    check(
        &lines,
        "a\nb\nc\n",
        "<a>\n\n<c>\n",
        expect![[r#"
        ! gpt: estimate: 1 request, 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: used: 2 answered before, 1 answered, 0 failed; 10 prompt + 3 reply tokens, $0.000056
        asked: b
        <a>
        <b>
        <c>
    "#]],
    );
    check(
        &lines,
        "a\nbad\nc\n",
        "<a>\n\n<c>\n",
        expect![[r#"
        ! gpt: estimate: 1 request, 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: record 2: [server] answered 400: no such thing [invalid_value] (request req-7)
        ! gpt: used: 2 answered before, 0 answered, 1 failed; 0 prompt + 0 reply tokens, $0.000000
        ! gpt: to ask the failed ones again, give the same command again
        exit 6
        asked: bad
        <a>

        <c>
    "#]],
    );
    check(
        &lines,
        "a\nb\nc\n",
        "<a>\n<b>\n<c>\n",
        expect![[r#"
        ! gpt: estimate: 0 requests, 0 prompt + up to 0 reply tokens, at most $0.000000 (gpt-5.6-terra)
        ! gpt: used: 3 answered before, 0 answered, 0 failed; 0 prompt + 0 reply tokens, $0.000000
        asked: 
        <a>
        <b>
        <c>
    "#]],
    );
    check(
        &["-0"],
        "a\0b\0c\0",
        "<a>\0\0",
        expect![[r#"
        ! gpt: estimate: 2 requests, 14 prompt + up to 18 reply tokens, at most $0.000244 (gpt-5.6-terra)
        ! gpt: used: 1 answered before, 2 answered, 0 failed; 20 prompt + 6 reply tokens, $0.000112
        asked: b c
        <a>[NUL]
        <b>[NUL]
        <c>[NUL]
    "#]],
    );
}

#[test]
fn json_lines_are_answers_by_id_or_by_place_and_content() {
    let json = ["--jsonl", "--json", "-q"];
    let input =
        "{\"prompt\":\"a\",\"id\":\"x\"}\n{\"prompt\":\"b\"}\n{\"prompt\":\"c\",\"id\":3}\n";
    let x = "{\"index\":1,\"id\":\"x\",\"reply\":\"A\",\"usage\":null,\"cost\":0,\"error\":null}\n";
    let b = "{\"index\":2,\"id\":null,\"reply\":\"B\",\"usage\":null,\"cost\":0,\"error\":null,\
        \"digest\":\"af63df4c8601f1a5\"}\n";
    let three = "{\"index\":3,\"id\":3,\"reply\":null,\"usage\":null,\"cost\":0,\"error\":\"e\"}\n";
    check(
        &json,
        input,
        &[x, b].concat(),
        expect![[r#"
        asked: c
        {"index":1,"id":"x","reply":"A","usage":null,"cost":0,"error":null}
        {"index":2,"id":null,"reply":"B","usage":null,"cost":0,"error":null,"digest":"af63df4c8601f1a5"}
        {"index":3,"id":3,"reply":"<c>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null}
    "#]],
    );
    check(
        &json,
        input,
        &[x, b, three].concat(),
        expect![[r#"
        asked: c
        {"index":1,"id":"x","reply":"A","usage":null,"cost":0,"error":null}
        {"index":2,"id":null,"reply":"B","usage":null,"cost":0,"error":null,"digest":"af63df4c8601f1a5"}
        {"index":3,"id":3,"reply":"<c>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null}
    "#]],
    );
    check(
        &json,
        input,
        &[x, "{\"index\":2,"].concat(),
        expect![[r#"
        asked: b c
        {"index":1,"id":"x","reply":"A","usage":null,"cost":0,"error":null}
        {"index":2,"id":null,"reply":"<b>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null,"digest":"af63df4c8601f1a5"}
        {"index":3,"id":3,"reply":"<c>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null}
    "#]],
    );
    // The same records, in another order.
    let other =
        "{\"prompt\":\"c\",\"id\":3}\n{\"prompt\":\"b\"}\n{\"prompt\":\"a\",\"id\":\"x\"}\n";
    check(
        &json,
        other,
        &[x, b].concat(),
        expect![[r#"
        asked: c
        {"index":1,"id":3,"reply":"<c>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null}
        {"index":2,"id":null,"reply":"B","usage":null,"cost":0,"error":null,"digest":"af63df4c8601f1a5"}
        {"index":3,"id":"x","reply":"A","usage":null,"cost":0,"error":null}
    "#]],
    );
}

#[test]
fn what_is_of_another_job_is_left_alone() {
    let lines = ["--lines"];
    check(
        &lines,
        "a\n",
        "<a>\n<b>\n",
        expect![[r#"
            ! gpt: out is of another job: 1 of its 2 answers are to records of this one; give the same input, or name another file; nothing was sent
            exit 2
            asked: 
            <a>
            <b>
        "#]],
    );
    check(
        &["--lines", "--json"],
        "a\n",
        "<a>\n",
        expect![[r#"
            ! gpt: out is no earlier output of this job: line 1 is none that --json writes; name another file; nothing was sent
            exit 2
            asked: 
            <a>
        "#]],
    );
    let other = "{\"index\":1,\"id\":\"y\",\"reply\":\"A\",\"error\":null}\n";
    check(
        &["--jsonl", "--json"],
        "{\"prompt\":\"a\",\"id\":\"x\"}\n",
        other,
        expect![[r#"
            ! gpt: out is of another job: 0 of its 1 answers are to records of this one; give the same input, or name another file; nothing was sent
            exit 2
            asked: 
            {"index":1,"id":"y","reply":"A","error":null}
        "#]],
    );
    check(
        &lines,
        "\u{7f}\n\n",
        "<a>\n",
        expect![[r#"
        ! gpt: record 2: its prompt is empty; nothing was sent
        exit 2
        asked: 
        <a>
    "#]],
    );
}

/// What is refused has not been touched, nor has what nobody knows to be ours.
#[test]
fn a_file_is_not_cut_before_the_job_is_sent() {
    let refuse = |args: &[&str], out: &str, expected: &str| {
        let server = Server::repeat(whole("x"));
        let sandbox = Sandbox::new();
        sandbox.write("out", out);
        let args = [&["chat", "--max-tokens", "9", "--resume", "out"], args].concat();
        let run = sandbox.gpt(args).server(&server).input("a\nb\n").run();
        assert_eq!(run.to_string(), expected, "{out:?}");
        assert_eq!((sandbox.read("out").as_str(), server.requests().len()), (out, 0));
    };
    let torn = "! gpt: out ends in the middle of a line, which may be no answer of this job; remove \
        the line if it is, else name another file; nothing was sent\nexit 2\n";
    for form in [&["--lines"][..], &["--lines", "--json"], &["-0"]] {
        refuse(form, "precious", torn);
    }
    for out in ["{\"my\":1", "{\"index\":1,\"name\":2}", "{\"index\":\"a"] {
        refuse(&["--lines", "--json"], out, torn);
    }
    let other = "! gpt: out is of another job: it has 3 lines, and this one 2 records; give \
        the same input, or name another file; nothing was sent\nexit 2\n";
    refuse(&["--lines"], "<a>\n<b>\nprecious", other);
    let dear = |worst: &str| {
        format!(
            "! gpt: too dear: at most ${worst}, and --max-cost is $0.000001, too little for the \
             prompt and one token of reply; shorten the prompt or raise --max-cost; nothing was \
             sent\nexit 4\n"
        )
    };
    let cost = ["--lines", "--max-cost", "0.000001"];
    let json = [&cost[..], &["--json"]].concat();
    refuse(&cost, "<a>\n<b", &dear("0.000122"));
    refuse(&json, "{\"index\":1,\"id", &dear("0.000244"));
}

#[test]
fn what_a_killed_run_has_left_is_put_together() {
    let check = |out: &str, ahead: &str, asked_for: &str| {
        let sandbox = Sandbox::new();
        let server = Server::answer(|_, request| whole(&format!("<{}>", asked(request))));
        sandbox.write("out", out);
        sandbox.write(".out.ahead", ahead);
        let args = ["chat", "--lines", "--max-tokens", "9", "-q", "--resume", "out"];
        sandbox.gpt(args).server(&server).input("a\nb\nc\nd\ne\n").check(expect![]);
        assert_eq!(sandbox.read("out"), "<a>\n<b>\n<c>\n<d>\n<e>\n", "{out:?} {ahead:?}");
        let asked: Vec<String> = server.requests().iter().map(asked).collect();
        assert_eq!(asked.concat(), asked_for, "{out:?} {ahead:?}");
        assert!(!sandbox.path(".out.ahead").exists() && !sandbox.path(".out.part").exists());
    };
    check("", "", "abcde");
    // What is not whole is asked again, even a first line: the other file tells that it is ours.
    check("<a", "", "abcde");
    check("<a>\n<b", &[&beside(3, "c"), "4 <d"].concat(), "bde");
    check(
        "<a>\n",
        &[(5, "e"), (3, "c"), (2, "b")].map(|(at, text)| beside(at, text)).concat(),
        "d",
    );
    // What was kept of another job is of no use.
    check("", &[beside(2, "other"), beside(3, "b"), beside(4, "d")].concat(), "abce");
    // The first run: the second record failed. The second run, which asked it again, was killed.
    check("<a>\n\n<c>\n<d>\n", &beside(2, "b"), "e");
    check("<a>\n<b>\n", &[beside(2, "b"), beside(3, "c")].concat(), "de");
}

#[test]
fn what_lies_beside_is_of_the_same_job_or_left_alone() {
    let check = |form: &str, ahead: &str, expected: Expect| {
        let sandbox = Sandbox::new();
        sandbox.write("out", "");
        sandbox.write(".out.ahead", ahead);
        let args = ["chat", "--lines", form, "--max-tokens", "9", "--resume", "out"];
        sandbox.gpt(args).input("a\nb\n").check(expected);
        assert_eq!(sandbox.read(".out.ahead"), ahead);
    };
    check(
        "-q",
        "precious\n",
        expect![[r#"
        ! gpt: .out.ahead is no earlier output of this job: line 1 has no number; name another file; nothing was sent
        exit 2
    "#]],
    );
    check(
        "--json",
        &beside(2, "b"),
        expect![[r#"
        ! gpt: .out.ahead is no earlier output of this job: line 1 is none that --json writes; name another file; nothing was sent
        exit 2
    "#]],
    );
    // Whoever has removed the file begins anew.
    let sandbox = Sandbox::new();
    let server = Server::answer(|_, request| whole(&format!("<{}>", asked(request))));
    let old = beside(1, "a").replace("<a>", "<old>");
    sandbox.write(".out.ahead", &old);
    let args = ["chat", "--lines", "--max-tokens", "9", "-q", "--resume", "out"];
    let dear = [&args[..], &["--max-cost", "0.000001"]].concat();
    let refused = sandbox.gpt(dear).server(&server).input("a\n").run().to_string();
    assert!(refused.ends_with("nothing was sent\nexit 4\n"), "{refused}");
    // A job that is refused changes nothing.
    assert!(!sandbox.path("out").exists());
    assert_eq!(sandbox.read(".out.ahead"), old);
    sandbox.gpt(args).server(&server).input("a\n").check(expect![]);
    assert_eq!(sandbox.read("out"), "<a>\n");
}

/// The answer to a record, as it is kept beside the output until its turn comes.
fn beside(index: u64, text: &str) -> String {
    let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{index} {digest:016x} <{text}>\n")
}

/// The first record is never answered, and the program is killed.
#[test]
fn answers_that_wait_for_their_turn_survive_a_kill() {
    for form in [&["--lines"][..], &["--lines", "--json"]] {
        let sandbox = Sandbox::new();
        let server = Server::answer(|_, request| match asked(request).as_str() {
            "a" => Reply::hang(),
            text => whole(&format!("<{text}>")),
        });
        let args =
            [&["chat", "--max-tokens", "9", "-q", "-j", "2", "--resume", "out"], form].concat();
        let mut child = sandbox.gpt(&args).server(&server).input("x").spawn();
        child.stdin.take().unwrap().write_all(b"a\nb\nc\nd\n").unwrap();
        server.wait_for(4);
        let ahead = || fs::read_to_string(sandbox.path(".out.ahead")).unwrap_or_default();
        while ahead().lines().count() < 3 {
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let server = Server::answer(|_, request| whole(&format!("<{}>", asked(request))));
        let run = sandbox.gpt(&args).server(&server).input("a\nb\nc\nd\n").run();
        assert_eq!((run.to_string().as_str(), server.requests().len()), ("", 1));
        let out = sandbox.read("out");
        let replies = out.lines().map(|line| match serde_json::from_str::<Value>(line) {
            Ok(line) => line["reply"].as_str().unwrap().to_owned(),
            Err(_) => line.to_owned(),
        });
        assert_eq!(replies.collect::<Vec<_>>(), ["<a>", "<b>", "<c>", "<d>"], "{out}");
        assert!(!sandbox.path(".out.ahead").exists());
    }
}

/// A link to a file that is yet to be made: what is kept lies beside that file.
#[test]
fn what_is_kept_lies_beside_the_file_and_not_the_link() {
    let sandbox = Sandbox::new();
    let server = Server::answer(|_, request| match asked(request).as_str() {
        "a" => Reply::hang(),
        text => whole(&format!("<{text}>")),
    });
    sandbox.write("there/other", "");
    symlink("there/file", sandbox.path("out")).unwrap();
    let args = ["chat", "--max-tokens", "9", "-q", "-j", "2", "--lines", "--resume", "out"];
    let mut child = sandbox.gpt(args).server(&server).input("x").spawn();
    child.stdin.take().unwrap().write_all(b"a\nb\nc\n").unwrap();
    server.wait_for(3);
    let ahead = || fs::read_to_string(sandbox.path("there/.file.ahead")).unwrap_or_default();
    while ahead().lines().count() < 2 {
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let server = Server::answer(|_, request| whole(&format!("<{}>", asked(request))));
    sandbox.gpt(args).server(&server).input("a\nb\nc\n").check(expect![]);
    assert_eq!(
        (sandbox.read("there/file").as_str(), server.requests().len()),
        ("<a>\n<b>\n<c>\n", 1)
    );
}

/// What a link leads to is written to, and the link stays one.
#[test]
fn a_link_stays_a_link() {
    let sandbox = Sandbox::new();
    let server = Server::answer(|_, request| whole(&format!("<{}>", asked(request))));
    sandbox.write("there/file", "<a>\n\n<c>\n");
    symlink("there/file", sandbox.path("out")).unwrap();
    let args = ["chat", "--lines", "--max-tokens", "9", "-q", "--resume", "out"];
    sandbox.gpt(args).server(&server).input("a\nb\nc\n").check(expect![]);
    assert_eq!(sandbox.read("there/file"), "<a>\n<b>\n<c>\n");
    assert!(sandbox.path("out").is_symlink());
}

#[test]
fn an_interrupted_job_ends_whole_and_says_how_to_go_on() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::answer(move |index, request| {
        let reply = whole(&format!("<{}>", asked(request)));
        if index == 2 { reply.slow(&held) } else { reply }
    });
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .gpt(["chat", "--lines", "--max-tokens", "9", "--resume", "out"])
        .server(&server)
        .input("x")
        .spawn();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"a\nb\nc\nd\ne\n").unwrap();
    drop(input);
    server.wait_for(3);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    // What is under way may end: it is waited for until it does.
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("again") {
        assert!(err.read_line(&mut said).unwrap() > 0, "{said}");
    }
    gate.open();
    let status = child.wait().unwrap();
    err.read_to_string(&mut said).unwrap();
    assert_eq!(status.code(), Some(130), "{said}");
    expect![[r#"
        gpt: estimate: 5 requests, 35 prompt + up to 45 reply tokens, at most $0.000610 (gpt-5.6-terra)
        gpt: stopping: waiting for what is under way; interrupt again to end at once
        gpt: used: 3 answered, 0 failed; 30 prompt + 9 reply tokens, $0.000168
        gpt: 2 records are left; to go on, give the same command again
        gpt: interrupted
    "#]].assert_eq(&said);
    let done = sandbox.read("out");
    assert!(done == "<a>\n<b>\n<c>\n", "{done}");
}

#[test]
fn a_file_that_cannot_hold_lines_is_refused() {
    let sandbox = Sandbox::new();
    let args = |out| ["chat", "--lines", "--max-tokens", "9", "--resume", out];
    sandbox.gpt(args("/dev/null")).input("a\n").check(expect![[r#"
        ! gpt: --resume /dev/null: it is not a file; nothing was sent
        exit 2
    "#]]);
    sandbox.gpt(args("no/such/place")).input("a\n").check(expect![[r#"
        ! gpt: no/such/place: no such file or directory; nothing was sent
        exit 1
    "#]]);
    sandbox.gpt(args(".")).input("a\n").check(expect![[r#"
        ! gpt: .: is a directory; nothing was sent
        exit 1
    "#]]);
}
