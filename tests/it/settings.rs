//! Flag, environment, profile, config, default: who wins; and what is wrong in them.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;

use expect_test::{Expect, expect};

use crate::replies::whole;
use crate::sandbox::Sandbox;
use crate::server::Server;

pub const CONFIG: &str = ".config/gpt/config.toml";

/// A home with this config.
pub fn home(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(CONFIG, config);
    sandbox
}

#[test]
fn the_model_comes_from_the_first_that_names_one() {
    let sandbox = home("model = \"of-config\"\n[profile.p]\nmodel = \"of-profile\"\n[profile.q]\n");
    let model = |args: &[&str], env: &str| {
        let args = [&["chat", "--dry-run", "hi"], args].concat();
        let body = sandbox.gpt(args).env("GPT_MODEL", env).run().to_string();
        body[10..body.find(',').unwrap() - 1].to_owned()
    };
    assert_eq!(model(&["-m", "of-flag", "-P", "p"], "of-env"), "of-flag");
    assert_eq!(model(&["-P", "p"], "of-env"), "of-env");
    assert_eq!(model(&["-P", "p"], ""), "of-profile");
    assert_eq!(model(&["-P", "q"], ""), "of-config");
    assert_eq!(model(&[], ""), "of-config");
    sandbox.write(CONFIG, "");
    assert_eq!(model(&[], ""), "gpt-5.6-terra");
}

#[test]
fn the_address_comes_from_the_first_that_names_one() {
    let server = Server::repeat(whole("yes"));
    let url = |name: &str| format!("http://{}/{name}", server.address());
    let sandbox = home(&format!(
        "base_url = \"{}\"\n[profile.p]\nbase_url = \"{}\"\n",
        url("config"),
        url("profile")
    ));
    let path = |args: &[&str], env: &[(&str, String)]| {
        let args = [&["chat", "-q", "hi"], args].concat();
        let gpt = env.iter().fold(sandbox.gpt(args), |gpt, (name, value)| gpt.env(name, value));
        let run = gpt.run();
        assert_eq!(run.code, 0, "{run}");
        server.requests().pop().unwrap().path.trim_end_matches("/chat/completions").to_owned()
    };
    let new = || ("OPENAI_BASE_URL", url("new"));
    let old = || ("OPENAI_API_BASE", url("old"));
    assert_eq!(path(&["--base-url", &url("flag/")], &[new(), old()]), "/flag");
    assert_eq!(path(&["-P", "p"], &[new(), old()]), "/new");
    assert_eq!(path(&["-P", "p"], &[("OPENAI_BASE_URL", String::new()), old()]), "/old");
    assert_eq!(path(&["-P", "p"], &[]), "/profile");
    assert_eq!(path(&[], &[]), "/config");
}

#[test]
fn the_key_comes_from_the_first_that_has_one() {
    let server = Server::repeat(whole("yes"));
    let sandbox = home(
        "api_key_command = \"echo config; echo more\"\n[profile.p]\napi_key_command = \"echo profile\"\n",
    );
    let file = sandbox.write("key", "  file \nsecond line\n");
    set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let key = |args: &[&str], env: &str| {
        let args = [&["chat", "-q", "hi"], args].concat();
        let run = sandbox.gpt(args).env("OPENAI_API_KEY", env).server(&server).run();
        assert_eq!(run.code, 0, "{run}");
        server.requests().pop().unwrap().header("authorization").map(str::to_owned)
    };
    let bearer = |name: &str| Some(format!("Bearer {name}"));
    assert_eq!(key(&["--api-key-file", "key", "-P", "p"], "env"), bearer("file"));
    assert_eq!(key(&["-P", "p"], "env"), bearer("env"));
    assert_eq!(key(&["-P", "p"], ""), bearer("profile"));
    assert_eq!(key(&[], ""), bearer("config"));
    sandbox.write(CONFIG, "");
    assert_eq!(key(&[], ""), None);
}

#[test]
fn a_key_that_cannot_be_had_is_5() {
    let check = |command: &str, expected: Expect| {
        let sandbox = home(&format!("api_key_command = \"{command}\"\n"));
        sandbox.gpt(["chat", "-q", "hi"]).check(expected);
    };
    check(
        "exit 3",
        expect![[r#"
        ! gpt: api_key_command: failed with exit status: 3
        exit 5
    "#]],
    );
    check(
        "true",
        expect![[r#"
        ! gpt: no key: api_key_command gave an empty line
        exit 5
    "#]],
    );
    check(
        "echo why >&2; false",
        expect![[r#"
        ! why
        ! gpt: api_key_command: failed with exit status: 1
        exit 5
    "#]],
    );
    // A command without end, and one whose output has none.
    let endless = home("api_key_command = \"exec sleep 1000\"\n");
    endless.gpt(["chat", "-q", "--timeout", "0.2", "hi"]).check(expect![[r#"
        ! gpt: api_key_command: gave no key within 0.2 s
        exit 5
    "#]]);
    check(
        "yes",
        expect![[r#"
        ! gpt: api_key_command: printed more than a key; its first line is to be the key
        exit 5
    "#]],
    );
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let file = sandbox.write("key", "sk-file");
    for mode in [0o640, 0o604, 0o644, 0o660] {
        set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let run = sandbox.gpt(["chat", "-q", "--api-key-file", "key", "hi"]).server(&server).run();
        assert_eq!(
            run.to_string(),
            "! gpt: key file key: others can read it; 'chmod 600' it\nexit 5\n"
        );
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn without_a_home_there_is_no_ledger() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let ask = |args: &[&str], ledger: &str| {
        let args = [&["chat", "--max-tokens", "9", "hi"], args].concat();
        sandbox
            .gpt(args)
            .server(&server)
            .env("HOME", "")
            .env("GPT_LEDGER", ledger)
            .run()
            .to_string()
    };
    expect![[r#"
        yes
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: warning: this call is not booked: neither GPT_LEDGER nor HOME says where it is
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]]
    .assert_eq(&ask(&[], ""));
    expect![[r#"
        yes
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]]
    .assert_eq(&ask(&[], "off"));
    expect![[r#"
        yes
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: warning: this call is not booked: cannot open the ledger /proc/none/ledger.db: no such file or directory; make it writable, or name another path
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]].assert_eq(&ask(&[], "/proc/none/ledger.db"));
    expect![[r#"
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: neither GPT_LEDGER nor HOME says where it is; nothing was sent
        exit 1
    "#]].assert_eq(&ask(&["--budget", "5/day"], ""));
    expect![[r#"
        ! gpt: estimate: 7 prompt + up to 9 reply tokens, at most $0.000122 (gpt-5.6-terra)
        ! gpt: a budget needs the ledger: it is off (GPT_LEDGER=off); nothing was sent
        exit 1
    "#]]
    .assert_eq(&ask(&["--budget", "5/day"], "off"));
}

#[test]
fn certificates_matter_to_tls_alone() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let run = |gpt: crate::sandbox::Gpt| gpt.env("SSL_CERT_FILE", "none.pem").run().to_string();
    assert_eq!(run(sandbox.gpt(["chat", "-q", "hi"]).server(&server)), "yes\n");
    let https = sandbox.gpt(["chat", "-q", "--base-url", "https://localhost:1/v1", "hi"]);
    expect![[r#"
        ! gpt: SSL_CERT_FILE none.pem: no such file or directory
        exit 1
    "#]]
    .assert_eq(&run(https));
}

#[test]
fn a_proxy_gets_the_request() {
    let sandbox = Sandbox::new();
    let asked = |args: &[&str], names: &[&str], except: &str| {
        let proxy = Server::start(vec![]);
        let url = format!("http://{}", proxy.address());
        let base = ["chat", "-q", "--retries", "0", "--base-url", "http://127.0.0.1:1/v1", "hi"];
        let args = args.iter().map(|arg| if *arg == "URL" { &url } else { *arg });
        let gpt = sandbox.gpt(base.into_iter().chain(args)).env("NO_PROXY", except);
        let run = names.iter().fold(gpt, |gpt, name| gpt.env(name, &url)).run();
        assert_eq!(run.code, 8, "{run}");
        proxy.requests().len()
    };
    assert_eq!(asked(&["--proxy", "URL"], &[], ""), 1);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        assert_eq!(asked(&[], &[name], ""), 1, "{name}");
        assert_eq!(asked(&["--proxy", ""], &[name], ""), 0, "{name}");
        assert_eq!(asked(&[], &[name], "127.0.0.1"), 0, "{name}");
    }
    assert_eq!(asked(&[], &["HTTPS_PROXY"], ""), 0);
}
