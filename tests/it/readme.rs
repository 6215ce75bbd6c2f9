//! Every example of the README and of the help texts, run by a real shell, with pipes and all,
//! against a server on loopback.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::expect;

use crate::sandbox::Sandbox;
use crate::server::{Received, Reply, Server};
use crate::{batch, image};

#[path = "../../src/wire/tests/peers.rs"]
#[allow(dead_code)]
mod peers;

const CHAT: &str = r#"{"model":"m","choices":[{"index":0,"message":{"role":"assistant",
    "content":"Fine."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#;
const TEXT: &str = r#"{"model":"m","choices":[{"index":0,"text":"Fine.","finish_reason":"stop"}],
    "usage":{"prompt_tokens":9,"completion_tokens":3}}"#;

/// The commands of a text that call the program; a comment or another tool's line is none.
fn examples(text: &str) -> Vec<String> {
    let text = text.replace("\ntarget/release/gpt ", "\ngpt ");
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter(|line| line.split(' ').any(|word| word == "gpt")).map(String::from).collect()
}

/// Runs each example in one home, where the files they speak of exist.
#[track_caller]
fn check(examples: &[String]) {
    let server = Server::answer(|_, request| match request.path.rsplit('/').next() {
        _ if request.path.ends_with("/chat/completions") => Reply::json(200, CHAT),
        Some("models") => Reply::json(200, r#"{"data":[{"id":"m"}]}"#),
        Some("generations" | "edits") => image::made(&[image::PNG; 4]),
        _ if request.path.contains("/files") || request.path.contains("/batches") => {
            batched(request)
        }
        _ => Reply::json(200, TEXT),
    });
    let socks = peers::socks_proxy(0, None);
    let sandbox = Sandbox::new();
    for file in ["report.txt", "alerts.json", "main.rs", "book.txt", "prompt.txt", "src/lib.rs"] {
        sandbox.write(file, "[1, 2, 3] is what it says. ".repeat(100));
    }
    sandbox.write(
        "records.jsonl",
        "{\"id\":\"a\",\"prompt\":\"hi\"}\n{\"id\":\"b\",\"prompt\":\"ho\"}\n",
    );
    for file in ["countries.txt", "cities.txt", "prompts.txt"] {
        sandbox.write(file, "France\nPeru\n");
    }
    sandbox.write("requests.jsonl", batch::requests(&["a", "b"]));
    sandbox.write("ids", "batch_1\n");
    let question = "{\"id\":\"q1\",\"prompt\":\"Why?\"}\n";
    sandbox.write("questions.jsonl", question);
    for file in ["room.jpg", "wall.png"] {
        sandbox.write(file, image::bytes());
    }
    let bin = sandbox.path("bin");
    let program = Path::new(env!("CARGO_BIN_EXE_gpt"));
    sandbox.write("bin/git", "#!/bin/sh\necho 'a diff'\n");
    make_runnable(&bin.join("git"));
    std::os::unix::fs::symlink(program, bin.join("gpt")).unwrap();
    for example in examples {
        let command = example
            .replace("http://127.0.0.1:8080/v1", &server.base_url())
            .replace("127.0.0.1:1080", &socks.address.to_string());
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(sandbox.path(""))
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("HOME", sandbox.path(""))
            .env("OPENAI_BASE_URL", server.base_url())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{example}\n{err}");
    }
}

/// A server that is done with a batch as soon as it has it.
fn batched(request: &Received) -> Reply {
    match request.path.as_str() {
        "/v1/files" => Reply::json(200, r#"{"id":"file-in"}"#),
        "/v1/files/file-in/content" => batch::file(&batch::requests(&["a", "b"])),
        "/v1/files/file-out/content" => {
            batch::file(&(batch::answer("b", "Fine.") + &batch::answer("a", "Fine.")))
        }
        "/v1/files/file-err/content" => batch::file(""),
        path if path.starts_with("/v1/batches?") => Reply::json(200, r#"{"data":[]}"#),
        _ => Reply::json(200, &batch::batch("completed", 2, 2).to_string()),
    }
}

fn make_runnable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn readme() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

#[test]
fn the_examples_of_the_readme_run() {
    let readme = readme();
    let blocks: Vec<&str> =
        readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    // The first block builds and tests, the one that installs is for make.
    let examples: Vec<String> = blocks[1..]
        .iter()
        .filter(|block| !block.contains("make"))
        .flat_map(|b| examples(b))
        .collect();
    assert!(examples.len() > 10, "{examples:?}");
    check(&examples);
}

/// The commands that have a page of their own, as they are typed, but for the program itself.
const COMMANDS: [&str; 14] = [
    "chat",
    "complete",
    "image",
    "batch",
    "batch submit",
    "batch status",
    "batch wait",
    "batch results",
    "batch cancel",
    "batch list",
    "tokens",
    "models",
    "spend",
    "help",
];

/// The examples of a help text are those of the page, and they run.
#[test]
fn the_examples_of_help_and_manual_run() {
    for command in COMMANDS.into_iter().chain([""]) {
        let words = command.split_ascii_whitespace().chain(["--help"]);
        let help = Sandbox::new().gpt(words).run();
        let printed = examples(help.text().split("Examples:").nth(1).unwrap_or_default());
        assert!(printed.len() > 1, "'gpt {command}' has no examples");
        let name = format!("gpt {command}").trim_end().replace(' ', "-");
        assert_eq!(printed, examples(&section(&page(&name), "EXAMPLES")), "{name}");
        check(&printed);
    }
}

#[test]
fn every_page_has_what_a_page_has() {
    for command in COMMANDS.into_iter().chain([""]) {
        let name = format!("gpt {command}").trim_end().replace(' ', "-");
        let page = page(&name);
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"] {
            assert!(!section(&page, heading).is_empty(), "{name}: {heading}");
        }
        // Help reads neither.
        for heading in ["ENVIRONMENT", "FILES"].iter().filter(|_| command != "help") {
            assert!(!section(&page, heading).is_empty(), "{name}: {heading}");
        }
    }
    let pages = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/man")).unwrap().count();
    assert_eq!(pages, COMMANDS.len() + 1);
}

/// A page of the manual, as it reads.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("man").join(format!("{name}.1"));
    let page = fs::read_to_string(path).unwrap();
    page.replace("\\-", "-").replace("\\*(Aq", "'").replace("\\\\", "\\")
}

fn section(page: &str, heading: &str) -> String {
    let mut parts = page.split("\n.SH ");
    let part = parts.find_map(|part| {
        part.replace("\"EXIT STATUS\"", "EXIT STATUS").strip_prefix(heading).map(String::from)
    });
    part.unwrap_or_default()
}

#[test]
fn the_config_of_readme_and_manual_is_one_that_is_read() {
    let readme = readme();
    let block = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<&str> = block.lines().map(str::trim).collect();
    let config = lines.join("\n");
    let page = page("gpt");
    let (_, shown) = page.split_once(".SH CONFIGURATION\n.nf\n").unwrap();
    assert_eq!(shown.split("\n.fi").next().unwrap(), config.trim_end());
    let sandbox = Sandbox::new();
    sandbox.write(".config/gpt/config.toml", &config);
    let price = |profile: &[&str]| {
        let words = ["chat", "-n", "--estimate", "--max-tokens", "1", "hi"];
        sandbox.gpt([&words, profile].concat()).run().to_string()
    };
    expect![[r#"
        7 prompt + up to 1 reply tokens, at most $0.000026 (gpt-5.6-terra)
    "#]]
    .assert_eq(&price(&[]));
    expect![[r#"
        ~7 prompt + up to 1 reply tokens, at most $0.000142 (my-model)
    "#]]
    .assert_eq(&price(&["-P", "local"]));
}

#[test]
fn the_first_command_prints_what_the_readme_says() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.gpt(["tokens"]).input("How much will this cost?\n").run();
    let printed = outcome.text().trim_end().replace('\t', "<tab>");
    assert!(readme().contains(&format!("`{printed}`")), "{printed}");
}
