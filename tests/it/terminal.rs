//! At a terminal, as `script` of util-linux makes one: what is shown there, and how it is left.

use std::io::Read;
use std::process::Command;

use expect_test::{Expect, expect};

use crate::replies::whole;
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// Other systems have another `script`.
fn has_script() -> bool {
    let version = Command::new("script").arg("--version").output();
    version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("util-linux"))
}

fn script(command: &str) -> [&str; 5] {
    ["-q", "-e", "-c", command, "/dev/null"]
}

/// What a terminal shows of a command's `gpt`, with its line breaks as they are elsewhere.
#[track_caller]
fn check(command: &str, answers: Vec<Reply>, expected: Expect) {
    if !has_script() {
        return;
    }
    let (server, sandbox) = (Server::start(answers), Sandbox::new());
    let command = command.replace("gpt ", concat!(env!("CARGO_BIN_EXE_gpt"), " "));
    let run = sandbox.command("script", script(&command)).server(&server).run();
    expected.assert_eq(&run.to_string().replace("\r\n", "\n"));
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let text = "a\u{9b}31m\u{1b}[2Jb\u{7f}";
    check(
        "gpt chat -q -n hi",
        vec![whole(text)],
        expect![[r#"
            a\u{9b}31m^[[2Jb^?
        "#]],
    );
    check(
        "gpt chat -q -n --json --no-stream hi",
        vec![whole(text)],
        expect![[r#"
        {"id":"c1","object":"chat.completion","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"a\u{9b}31m\u001b[2Jb^?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}
    "#]],
    );
}

#[test]
fn the_best_of_many_does_not_stream() {
    check(
        "gpt complete -q -n --best-of 2 --dry-run hi",
        vec![],
        expect![[r#"
            {"model":"gpt-5.6-terra","prompt":"hi","best_of":2}
        "#]],
    );
}

/// A signal in the middle of a line leaves no terminal behind that echoes nothing.
#[test]
fn sigterm_at_the_prompt_puts_the_terminal_back() {
    if !has_script() {
        return;
    }
    let (server, sandbox) = (Server::start(vec![]), Sandbox::new());
    let gpt = env!("CARGO_BIN_EXE_gpt");
    let command =
        format!("stty -g > before; sh -c 'echo $$ > pid; exec {gpt} chat -i'; stty -g > after");
    let shell = sandbox.command("script", script(&command)).server(&server);
    // Its input stays open.
    let mut child = shell.input("").spawn();
    let mut shown = Vec::new();
    let mut out = child.stdout.take().unwrap();
    while !String::from_utf8_lossy(&shown).contains("> ") {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        shown.push(byte[0]);
    }
    let pid = sandbox.read("pid");
    assert!(Command::new("kill").args(["-TERM", pid.trim()]).status().unwrap().success());
    out.read_to_end(&mut shown).unwrap();
    child.wait().unwrap();
    assert_eq!(sandbox.read("after"), sandbox.read("before"));
    assert!(String::from_utf8_lossy(&shown).contains("\u{1b}[?2004l"), "no bracketed paste");
}
