//! What SECURITY.md promises, where no other test is about it; and that each promise has a test.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::replies::{body, choices, refusal, whole};
use crate::sandbox::{Gpt, Sandbox};
use crate::server::{Gate, Reply, Server};

const KEY: &str = "sk-0123456789abcdef";

/// The text of every file below a directory, in one piece.
fn everything(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&everything(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    text
}

/// Answers that repeat the key wherever a server has something to say.
fn echoes() -> Vec<Reply> {
    let message = format!("no such key: {KEY}");
    let long = format!("{} {KEY}", "a".repeat(590));
    let error = |text: &str| format!(r#"{{"error":{{"message":"{text}","code":"{KEY}"}}}}"#);
    let finish = body("fine", KEY).replace("m-1", KEY);
    vec![
        refusal(401, &message, KEY),
        refusal(400, &long, KEY),
        Reply::new(400, "text/plain", format!("{long} and more")),
        Reply::json(200, &error(&message)),
        Reply::json(200, &error(&long)),
        Reply::sse(&[&error(&message)]),
        Reply::json(200, &finish).header("x-request-id", KEY),
        Reply::sse(&[&finish.replace("message", "delta"), "[DONE]"]).header("x-request-id", KEY),
        Reply::redirect(301, &format!("http://127.0.0.1:9/{KEY}")),
        Reply::redirect(307, &format!("http://127.0.0.1:9/?{KEY}")),
    ]
}

#[test]
fn a_key_that_the_server_repeats_goes_nowhere() {
    for (index, echo) in echoes().into_iter().enumerate() {
        for stream in ["--stream", "--no-stream"] {
            let (server, sandbox) = (Server::repeat(echo.clone()), Sandbox::new());
            let args = ["chat", "-S", "s", "--retries", "0", "--report", "report", stream, "hi"];
            let run = sandbox.gpt(args).env("OPENAI_API_KEY", KEY).server(&server).run();
            let seen = &server.requests()[0];
            assert_eq!(seen.header("authorization"), Some(&*format!("Bearer {KEY}")));
            let told = format!("{run}{}", everything(&sandbox.path("")));
            assert!(told.contains("\"attempts\":1"), "answer {index}: {told}");
            // Nor a part of it, where a long text is cut.
            assert!(!told.contains(&KEY[..9]), "answer {index}: {run}");
        }
    }
}

#[test]
fn a_key_that_the_server_repeats_to_many_goes_nowhere() {
    for (index, echo) in echoes().into_iter().enumerate() {
        let (server, sandbox) = (Server::repeat(echo), Sandbox::new());
        let args = ["chat", "--lines", "--json", "--retries", "0", "--report", "report"];
        let gpt = sandbox.gpt(args).input("hi\n").env("OPENAI_API_KEY", KEY).server(&server);
        let run = gpt.run();
        let told = format!("{run}{}", everything(&sandbox.path("")));
        assert!(told.contains("\"index\":"), "answer {index}: {told}");
        assert!(!told.contains(&KEY[..9]), "answer {index}: {run}");
    }
}

#[test]
fn no_address_shows_its_password() {
    let address = |option: &str, text: &str| {
        let args = ["chat", "-q", "-n", "--retries", "0", option, text, "hi"];
        let run = Sandbox::new().gpt(args).env("OPENAI_API_KEY", KEY).run();
        assert!(matches!(run.code, 2 | 8), "{run}");
        assert!(!run.to_string().contains("hidden"), "{run}");
    };
    for text in [
        "u:hidden@host",
        "http://u:hidden@host",
        "ftp://u:hidden@host",
        "u:hidden://host",
        "http://u:hidden@host/#f",
        "http://u:hidden/b@host",
        "http://u:hidden@ho st",
        "http://u:hidden@host:1x",
    ] {
        address("--base-url", text);
    }
    for text in [
        "u:hidden@ho st",
        "http://u:hidden/b@host",
        "http://u:hidden@127.0.0.1:1",
        "ftp://u:hidden@host",
        "u:hidden://host",
        "http://u:hidden@host:1x",
        "http://u:hidden%zz@127.0.0.1:1",
        "socks5://u:hidden@127.0.0.1:1",
    ] {
        address("--proxy", text);
    }
}

/// While a request is under way, as `ps` and `/proc` tell it.
#[test]
#[cfg(target_os = "linux")]
fn no_other_process_sees_the_key() {
    let (gate, sandbox) = (Gate::new(), Sandbox::new());
    let server = Server::repeat(whole("yes").slow(&gate));
    let file = sandbox.write("key", KEY);
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let mut child =
        sandbox.gpt(["chat", "-n", "--api-key-file", "key", "hi"]).server(&server).spawn();
    server.wait_for(1);
    for part in ["cmdline", "environ", "comm"] {
        let told = fs::read(format!("/proc/{}/{part}", child.id())).unwrap();
        assert!(!String::from_utf8_lossy(&told).contains(KEY), "{part}");
    }
    gate.open();
    assert!(child.wait().unwrap().success());
}

/// The command that gives the key is the one program that is started, and with the key in the
/// environment not even that.
#[test]
fn the_key_command_runs_only_when_it_is_needed() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let config = "api_key_command = \"env > seen; echo sk-from-command\"\n";
    sandbox.write(".config/gpt/config.toml", config);
    let run = |gpt: Gpt| assert_eq!(gpt.server(&server).run().code, 0);
    run(sandbox.gpt(["chat", "-n", "hi"]).env("OPENAI_API_KEY", KEY));
    run(sandbox.gpt(["chat", "-n", "--dry-run", "hi"]));
    run(sandbox.gpt(["chat", "-n", "--estimate", "hi"]));
    assert!(!sandbox.path("seen").exists());
    run(sandbox.gpt(["chat", "-n", "hi"]));
    assert!(!sandbox.read("seen").contains("sk-"));
}

/// What looks like a file, a command, an address or a variable is sent as it stands.
#[test]
fn nothing_in_the_input_is_obeyed() {
    let (server, other) = (Server::repeat(whole("yes")), Server::repeat(whole("no")));
    let sandbox = Sandbox::new();
    sandbox.write("secret", "never-sent");
    let bait =
        format!("@secret $(touch made) `touch made` ${{HOME}} file://secret {}", other.base_url());
    let part = |url: &str| {
        format!(
            r#"{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{url}"}}}}]}}"#
        )
    };
    let pictures =
        [format!("{}/a.png", other.base_url()), "file:///etc/passwd".into(), "secret".into()];
    let messages = pictures.iter().map(|url| part(url) + "\n").collect::<String>();
    sandbox.write("messages", &messages);
    let args = ["chat", "-m", "gpt-4o", "--messages", "messages", "-s", &bait, "--", &bait];
    let run = sandbox.gpt(args).input(bait.as_str()).server(&server).run();
    assert_eq!(run.code, 0, "{run}");
    let sent = server.requests()[0].text();
    assert_eq!(sent.matches("$(touch made)").count(), 3, "{sent}");
    assert!(pictures.iter().all(|url| sent.contains(url.as_str())), "{sent}");
    assert!(!sent.contains("never-sent") && !sent.contains("root:"), "{sent}");
    assert!(other.requests().is_empty());
    assert!(!sandbox.path("made").exists());
}

#[test]
fn walking_follows_no_link() {
    let sandbox = Sandbox::new();
    sandbox.write("out/secret", "one two three");
    sandbox.write("in/a", "one");
    symlink(sandbox.path("out"), sandbox.path("in/directory")).unwrap();
    symlink(sandbox.path("out/secret"), sandbox.path("in/file")).unwrap();
    let run = sandbox.gpt(["tokens", "-r", "-c", "in"]).run();
    assert_eq!(run.to_string(), "1\n");
}

#[test]
fn what_is_kept_is_the_owners_alone() {
    let (server, sandbox) = (Server::repeat(whole("yes")), Sandbox::new());
    let run = sandbox.gpt(["chat", "-n", "-S", "trip", "hi"]).server(&server).run();
    assert_eq!(run.code, 0, "{run}");
    let mode = |path: &str| {
        let mode = fs::metadata(sandbox.path(".local/state/gpt").join(path)).unwrap();
        mode.permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("sessions"), 0o700);
    assert_eq!(mode("sessions/trip.jsonl"), 0o600);
    assert_eq!(mode("ledger.db"), 0o600);
}

#[test]
fn a_report_holds_no_prompt_and_no_reply() {
    let (server, sandbox) = (Server::repeat(whole("a-reply")), Sandbox::new());
    let args = ["chat", "-n", "--report", "report", "-s", "a-system", "a-prompt"];
    let run = sandbox.gpt(args).env("OPENAI_API_KEY", KEY).server(&server).run();
    assert_eq!(run.code, 0, "{run}");
    let report = sandbox.read("report");
    for secret in ["a-reply", "a-system", "a-prompt", KEY] {
        assert!(!report.contains(secret), "{report}");
    }
}

/// `script` of util-linux makes a terminal; other systems have another one.
fn has_script() -> bool {
    let version = std::process::Command::new("script").arg("--version").output();
    version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("util-linux"))
}

/// Whoever wrote it: a server's reply, error or list, a file's name or content, an option.
#[test]
fn nothing_that_is_shown_moves_the_cursor() {
    if !has_script() {
        return;
    }
    let bad = "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    let raw = "\\u001b[2J\u{9b}31m\u{202e}";
    let odd = format!(r#"{{"index":0,"message":{{"content":"{raw}"}},"finish_reason":"{raw}"}}"#);
    let answers = [
        whole(bad),
        Reply::json(200, &choices(&odd).replace("m-1", raw)),
        refusal(400, raw, raw),
        Reply::json(200, &format!(r#"{{"error":{{"message":"{raw}"}}}}"#)),
        Reply::json(200, &format!("no JSON {bad}")),
        Reply::sse(&[&format!("no JSON {bad}")]),
        Reply::new(500, "text/plain", bad),
    ];
    let sandbox = Sandbox::new();
    sandbox.write("name\u{1b}[2J", format!("{bad}\u{0}\u{8}"));
    sandbox.write("bytes", b"\x9b31m \xff \x1b[2J");
    let show = |command: &str, server: &Server| {
        let command = format!("{} {command}", env!("CARGO_BIN_EXE_gpt"));
        let run = sandbox.command("script", ["-q", "-e", "-c", &command, "/dev/null"]);
        let shown = run.env("NO_COLOR", "1").server(server).run().text().to_owned();
        let wrong = |c: char| (c.is_control() && !"\r\n\t".contains(c)) || c == '\u{202e}';
        assert!(!shown.contains(wrong) && !shown.is_empty(), "{command}: {shown:?}");
    };
    for answer in answers {
        let server = Server::repeat(answer);
        for options in ["", "--no-stream", "--json", "--json --no-stream"] {
            show(&format!("chat -n --retries 0 {options} hi"), &server);
        }
    }
    let server = Server::repeat(Reply::json(200, &format!(r#"{{"data":[{{"id":"{raw}"}}]}}"#)));
    for command in [
        "models --remote",
        "models --remote --json",
        "tokens name*",
        "tokens --json name*",
        "tokens --show bytes",
        "tokens --truncate 9 bytes",
        "tokens --truncate 9 name*",
        "tokens --split 2 name*",
        "tokens --max-tokens 99 --pass name*",
        "tokens none-of-the-name*\u{1b}[2J",
        "chat -n --dry-run -m '\u{1b}[2J' hi",
        "chat -n -S '\u{1b}[2J' --tag '\u{1b}[2J' hi",
        "chat -n -f '\u{1b}[2J' hi",
        "'\u{1b}[2J'",
        "spend --by tag",
        "spend --csv",
    ] {
        show(command, &server);
    }
}

/// Every promise is a line that names at least one test, and every test it names exists.
#[test]
fn every_promise_has_its_test() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(top.join("SECURITY.md")).unwrap();
    let (promised, _) = page.split_once("## What is not promised").unwrap();
    let sources = sources(&top.join("src")) + &sources(&top.join("tests/it"));
    let mut count = 0;
    for promise in promised.split("\n- ").skip(1) {
        let named = promise.split('`').skip(1).step_by(2);
        let words = |name: &&str| {
            name.contains('_')
                && name.bytes().all(|b| b"_0123456789".contains(&b) || b.is_ascii_lowercase())
        };
        let tests: Vec<&str> =
            named.filter(words).filter(|name| *name != "api_key_command").collect();
        assert!(!tests.is_empty(), "no test for: {promise}");
        for test in tests {
            let definition = format!("\nfn {test}() {{");
            let inner = format!("\n    fn {test}() {{");
            assert!(sources.contains(&definition) || sources.contains(&inner), "no test {test}");
            count += 1;
        }
    }
    assert!(count > 20, "{count} tests");
}

fn sources(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}
