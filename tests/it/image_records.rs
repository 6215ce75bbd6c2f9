//! `gpt image --lines`: many pictures as one job, into files by pattern.

use std::fs;
use std::io::{BufRead, BufReader, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::{Expect, expect};

use crate::image::{PNG, booked, bytes, files, made};
use crate::sandbox::{Gpt, Sandbox};
use crate::server::{Gate, Reply, Server};
use crate::signals::signal;

const LOW: [&str; 5] = ["image", "--quality", "low", "--size", "1024x1024"];

/// Runs it, and tells what it said, the files it left and what is booked.
#[track_caller]
fn check(args: &[&str], input: &str, answers: Vec<Reply>, expected: Expect) {
    check_in(&Sandbox::new(), args, input, answers, expected);
}

#[track_caller]
fn check_in(sandbox: &Sandbox, args: &[&str], input: &str, answers: Vec<Reply>, expected: Expect) {
    let server = Server::start(answers);
    let run = gpt(sandbox, args, input).server(&server).run();
    let (sent, files, booked) = (server.requests().len(), files(sandbox), booked(sandbox));
    expected.assert_eq(&format!("{run}files: {files}\nrequests: {sent}\nbooked: {booked}\n"));
}

fn gpt(sandbox: &Sandbox, args: &[&str], input: &str) -> Gpt {
    sandbox.gpt([&LOW[..], args].concat()).input(input)
}

fn refused() -> Reply {
    Reply::json(400, r#"{"error":{"message":"no such thing"}}"#)
}

/// A server that refuses the prompt "bad", and makes one picture of any other.
fn server() -> Server {
    Server::answer(|_, request| match String::from_utf8_lossy(&request.body).contains("bad") {
        true => refused(),
        false => made(&[PNG]),
    })
}

#[test]
fn files_have_the_numbers_of_their_records() {
    check(
        &["--lines", "-O", "pic-%03d.png", "draw:"],
        "a\nb\n",
        vec![made(&[PNG]), made(&[PNG])],
        expect![[r#"
            pic-001.png
            pic-002.png
            ! gpt: estimate: 2 requests, ~6 prompt tokens + 2 pictures of ~196 tokens, at most $0.013328 (gpt-image-2)
            ! gpt: used: 2 answered, 0 failed; 18 prompt + 392 reply tokens, $0.011850
            files: pic-001.png pic-002.png
            requests: 2
            booked: image,2,0.01185,18,0,0,392,0,0.01185,0.013328,6,18,0,0,0,0
        "#]],
    );
    check(
        &["-q", "-0", "-N", "2", "-O", "pic-%d"],
        "a\nb\0c",
        vec![made(&[PNG, PNG]), made(&[PNG, PNG])],
        expect![[r#"
            pic-1.png
            pic-2.png[NUL]pic-3.png
            pic-4.png[NUL][no line break]
            files: pic-1.png pic-2.png pic-3.png pic-4.png
            requests: 2
            booked: image,2,0.01185,18,0,0,392,0,0.01185,0.026432,4,18,0,0,0,0
        "#]],
    );
    check(
        &["--lines", "-O", "%d.png"],
        "",
        vec![],
        expect![[r#"
        ! gpt: estimate: 0 requests, 0 prompt tokens + 0 pictures, at most $0.000000 (gpt-image-2)
        ! gpt: used: 0 answered, 0 failed; 0 prompt + 0 reply tokens, $0.000000
        files: 
        requests: 0
        booked: 
    "#]],
    );
}

/// What was asked does not depend on how many are asked at once.
#[test]
fn timing_names_no_file() {
    let prompts: Vec<_> =
        (1..=20).map(|n| if n == 7 { "bad".into() } else { n.to_string() }).collect();
    let input = prompts.join("\n");
    let outcomes = ["1", "4"].map(|jobs| {
        let (sandbox, server) = (Sandbox::new(), server());
        let args = ["-q", "--lines", "-j", jobs, "-O", "p-%02d.png"];
        let run = gpt(&sandbox, &args, &input).server(&server).run();
        assert_eq!(server.requests().len(), 20);
        (run.to_string(), files(&sandbox), booked(&sandbox))
    });
    assert_eq!(outcomes[0], outcomes[1]);
    let (said, files, booked) = &outcomes[0];
    expect![[r#"
        p-01.png
        p-02.png
        p-03.png
        p-04.png
        p-05.png
        p-06.png

        p-08.png
        p-09.png
        p-10.png
        p-11.png
        p-12.png
        p-13.png
        p-14.png
        p-15.png
        p-16.png
        p-17.png
        p-18.png
        p-19.png
        p-20.png
        ! gpt: record 7: [server] answered 400: no such thing
        exit 6
        p-01.png p-02.png p-03.png p-04.png p-05.png p-06.png p-08.png p-09.png p-10.png p-11.png p-12.png p-13.png p-14.png p-15.png p-16.png p-17.png p-18.png p-19.png p-20.png
        image,20,0.112575,171,0,0,3724,0,0.112575,0.12564,19,171,0,0,0,0
    "#]].assert_eq(&format!("{said}{files}\n{booked}\n"));
}

#[test]
fn a_file_holds_its_own_records_picture() {
    let sandbox = Sandbox::new();
    let server = Server::answer(|_, request| {
        let body = request.text();
        let prompt = body.split("\"prompt\":\"").nth(1).unwrap().split('"').next().unwrap();
        // The end of a picture may be followed by anything.
        let picture = [&bytes()[..], prompt.as_bytes()].concat();
        made(&[&STANDARD.encode(picture)])
    });
    let prompts: Vec<_> = (1..=30).map(|number| format!("<{number}>")).collect();
    let args = ["-q", "--lines", "-j", "8", "-O", "%d.png"];
    assert_eq!(gpt(&sandbox, &args, &prompts.join("\n")).server(&server).run().code, 0);
    for number in 1..=30 {
        let picture = fs::read(sandbox.path(format!("{number}.png"))).unwrap();
        assert!(picture.ends_with(format!("<{number}>").as_bytes()), "{number}");
    }
}

#[test]
fn a_failed_record_does_not_stop_the_others() {
    check(
        &["-q", "--lines", "-O", "%d.png"],
        "a\nb\nc\n",
        vec![made(&[PNG]), refused(), made(&[PNG])],
        expect![[r#"
            1.png

            3.png
            ! gpt: record 2: [server] answered 400: no such thing
            exit 6
            files: 1.png 3.png
            requests: 3
            booked: image,3,0.01185,18,0,0,392,0,0.01185,0.013216,2,18,0,0,0,0
        "#]],
    );
    check(
        &["-q", "--jsonl", "--json", "-N", "2", "-O", "%d.png"],
        "{\"prompt\":\"a\",\"id\":\"x\"}\n{\"prompt\":\"b\",\"id\":7}\n{\"prompt\":\"c\"}\n",
        vec![made(&[PNG, PNG]), made(&[PNG]), made(&[PNG, PNG])],
        expect![[r#"
            {"index":1,"id":"x","reply":["1.png","2.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":null}
            {"index":2,"id":7,"reply":["3.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":"the reply is not complete: 1 of 2 pictures came"}
            {"index":3,"id":null,"reply":["5.png","6.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":null,"digest":"af63de4c8601eff2"}
            ! gpt: record 2 (id 7): the reply is not complete: 1 of 2 pictures came
            exit 9
            files: 1.png 2.png 3.png 5.png 6.png
            requests: 3
            booked: image,3,0.017775,27,0,0,588,0,0.017775,0.039624,3,27,0,0,0,0
        "#]],
    );
    // What befalls all stops the job.
    check(
        &["-q", "--lines", "-O", "%d.png"],
        "a\nb\nc\n",
        vec![made(&[PNG]), Reply::json(401, r#"{"error":{"message":"no such key"}}"#)],
        expect![[r#"
            1.png

            ! gpt: record 2: [server] answered 401: no such key
            exit 5
            files: 1.png
            requests: 2
            booked: image,2,0.005925,9,0,0,196,0,0.005925,0.006608,1,9,0,0,0,0
        "#]],
    );
}

#[test]
fn what_could_not_be_written_is_not_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("pic-2.png", "mine");
    check_in(
        &sandbox,
        &["--lines", "-O", "pic-%d.png"],
        "a\nb\n",
        vec![],
        expect![[r#"
        ! gpt: record 2: pic-2.png: exists; --force overwrites it; nothing was sent
        exit 2
        files: pic-2.png
        requests: 0
        booked: 
    "#]],
    );
    assert_eq!(sandbox.read("pic-2.png"), "mine");
    let two = vec![made(&[PNG]), made(&[PNG])];
    check_in(
        &sandbox,
        &["-q", "--lines", "--force", "-O", "pic-%d.png"],
        "a\nb\n",
        two,
        expect![[r#"
        pic-1.png
        pic-2.png
        files: pic-1.png pic-2.png
        requests: 2
        booked: image,2,0.01185,18,0,0,392,0,0.01185,0.013216,2,18,0,0,0,0
    "#]],
    );
    check(
        &["--lines"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: pictures of many records become files with numbers: give -O 'image-%03d.png'
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "pic.png"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: pictures of many records become files with numbers: give -O 'image-%03d.png'
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "-"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: pictures of many records become files with numbers: give -O 'image-%03d.png'
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "nowhere/%d.png"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: record 1: nowhere/1.png: no such file or directory; nothing was sent
        exit 1
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "%d.png", "--show"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: --show draws no pictures of many records; leave it out
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "%d.png", "--edit", "-"],
        "a\n",
        vec![],
        expect![[r#"
        ! gpt: standard input has the records; give the picture to edit as a file
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
}

#[test]
fn a_bad_record_is_named() {
    check(
        &["--lines", "-O", "%d.png"],
        "a\n\nc\n",
        vec![],
        expect![[r#"
        ! gpt: record 2: its prompt is empty; nothing was sent
        exit 2
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--jsonl", "-O", "%d.png"],
        "{\"prompt\":\"a\"}\n{\"messages\":[{\"role\":\"user\",\"content\":\"b\"}],\"id\":\"m\"}\n",
        vec![],
        expect![[r#"
            ! gpt: record 2 (id "m"): a picture takes no "messages"; give a "prompt"; nothing was sent
            exit 2
            files: 
            requests: 0
            booked: 
        "#]],
    );
}

#[test]
fn the_whole_job_is_estimated_and_limited() {
    check(
        &["--lines", "--estimate", "-N", "2"],
        "a\nb\n",
        vec![],
        expect![[r#"
        2 requests, ~2 prompt tokens + 4 pictures of ~196 tokens, at most $0.026416 (gpt-image-2)
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "--estimate", "--json"],
        "a\nb\n",
        vec![],
        expect![[r#"
        {"model":"gpt-image-2","requests":2,"estimate":{"prompt_tokens":2,"exact":false,"pictures":2,"picture_tokens":196,"max_cost":0.013216},"price":{"rate":"5/1M:-","source":"table of 2026-11"}}
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["--lines", "-O", "%d.png", "--max-cost", "0.01"],
        "a\nb\n",
        vec![],
        expect![[r#"
        ! gpt: too dear: at most $0.013216, and --max-cost is $0.010000; take a lower --quality or a smaller --size, or raise --max-cost; nothing was sent
        exit 4
        files: 
        requests: 0
        booked: 
    "#]],
    );
    check(
        &["-m", "nobody", "--lines", "-O", "%d.png", "--max-cost", "1"],
        "a\nb\n",
        vec![],
        expect![[r#"
            ! gpt: record 1: no price for nobody: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE; nothing was sent
            exit 4
            files: 
            requests: 0
            booked: 
        "#]],
    );
}

#[test]
fn the_budget_stops_the_job() {
    check(
        &["--lines", "-O", "%d.png", "--budget", "0.02/day"],
        "a\nb\nc\nd\n",
        vec![made(&[PNG]), made(&[PNG]), made(&[PNG]), made(&[PNG])],
        expect![[r#"
            1.png
            2.png
            3.png

            ! gpt: estimate: 4 requests, ~4 prompt tokens + 4 pictures of ~196 tokens, at most $0.026432 (gpt-image-2)
            ! gpt: record 4: over the budget 0.02/day: this could cost $0.006608, and $0.017775 is spent, $0.000000 reserved or unsettled, $0.002225 left; wait for the next day, or raise it; 'gpt spend' tells more
            ! gpt: used: 3 answered, 1 failed; 27 prompt + 588 reply tokens, $0.017775
            ! gpt: to ask the failed ones again, put the output into a file and give the same command with --resume FILE
            exit 4
            files: 1.png 2.png 3.png
            requests: 3
            booked: image,3,0.017775,27,0,0,588,0,0.017775,0.019824,3,27,0,0,0,0
        "#]],
    );
}

#[test]
fn a_dry_run_prints_a_body_a_line() {
    check(
        &["--lines", "--dry-run", "draw:"],
        "a\nb\n",
        vec![],
        expect![[r#"
        {"model":"gpt-image-2","prompt":"draw:\n\na","size":"1024x1024","quality":"low"}
        {"model":"gpt-image-2","prompt":"draw:\n\nb","size":"1024x1024","quality":"low"}
        files: 
        requests: 0
        booked: 
    "#]],
    );
    let sandbox = Sandbox::new();
    sandbox.write("in.png", bytes());
    check_in(
        &sandbox,
        &["--lines", "--dry-run", "--edit", "in.png"],
        "red\nblue\n",
        vec![],
        expect![[r#"
            {"model":"gpt-image-2","prompt":"red","size":"1024x1024","quality":"low","image":["in.png"]}
            {"model":"gpt-image-2","prompt":"blue","size":"1024x1024","quality":"low","image":["in.png"]}
            files: in.png
            requests: 0
            booked: 
        "#]],
    );
}

#[test]
fn each_record_edits_the_same_pictures() {
    let (sandbox, server) = (Sandbox::new(), server());
    sandbox.write("in.png", bytes());
    let args = ["-q", "--lines", "-j", "2", "--edit", "in.png", "-O", "%d.png"];
    gpt(&sandbox, &args, "red\nblue\n").server(&server).check(expect![[r#"
        1.png
        2.png
    "#]]);
    for request in server.requests() {
        assert_eq!(request.path, "/v1/images/edits");
        assert!(request.body.windows(bytes().len()).any(|part| part == bytes()));
    }
}

#[test]
fn a_job_goes_on_where_it_stopped() {
    let sandbox = Sandbox::new();
    let args = ["-q", "--jsonl", "--json", "-O", "%d.png", "--resume", "out"];
    let input =
        "{\"prompt\":\"a\",\"id\":1}\n{\"prompt\":\"b\",\"id\":2}\n{\"prompt\":\"c\",\"id\":3}\n";
    let first = vec![made(&[PNG]), refused(), made(&[PNG])];
    check_in(
        &sandbox,
        &args,
        input,
        first,
        expect![[r#"
            ! gpt: record 2 (id 2): [server] answered 400: no such thing
            exit 6
            files: 1.png 3.png out
            requests: 3
            booked: image,3,0.01185,18,0,0,392,0,0.01185,0.013216,2,18,0,0,0,0
        "#]],
    );
    let moved =
        "{\"prompt\":\"b\",\"id\":2}\n{\"prompt\":\"a\",\"id\":1}\n{\"prompt\":\"c\",\"id\":3}\n";
    check_in(
        &sandbox,
        &[&args[..], &["--force"]].concat(),
        moved,
        vec![],
        expect![[r#"
            ! gpt: record 2 (id 1): its files have the numbers of record 1, which it was; give the records in their old order; nothing was sent
            exit 2
            files: 1.png 3.png out
            requests: 0
            booked: image,3,0.01185,18,0,0,392,0,0.01185,0.013216,2,18,0,0,0,0
        "#]],
    );
    check_in(
        &sandbox,
        &args,
        input,
        vec![made(&[PNG])],
        expect![[r#"
            files: 1.png 2.png 3.png out
            requests: 1
            booked: image,4,0.017775,27,0,0,588,0,0.017775,0.019824,3,27,0,0,0,0
        "#]],
    );
    expect![[r#"
        {"index":1,"id":1,"reply":["1.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":null}
        {"index":2,"id":2,"reply":["2.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":null}
        {"index":3,"id":3,"reply":["3.png"],"usage":{"prompt_tokens":9,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":196,"reasoning_tokens":0,"exact":true},"cost":0.005925,"error":null}
    "#]].assert_eq(&sandbox.read("out"));
}

#[test]
fn an_interrupted_job_keeps_what_is_under_way() {
    let (gate, sandbox) = (Gate::new(), Sandbox::new());
    let held = gate.clone();
    let server = Server::answer(move |index, _| match index {
        1 => made(&[PNG]).slow(&held),
        _ => made(&[PNG]),
    });
    let mut child = gpt(&sandbox, &["--lines", "-O", "%d.png"], "").server(&server).spawn();
    child.stdin.take().unwrap().write_all(b"a\nb\nc\n").unwrap();
    server.wait_for(2);
    signal(&child, "INT");
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("again") {
        assert!(err.read_line(&mut said).unwrap() > 0, "{said}");
    }
    gate.open();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), &ended.stdout[..]), (Some(130), &b"1.png\n2.png\n"[..]));
    assert_eq!(files(&sandbox), "1.png 2.png");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn what_has_an_address_is_fetched() {
    let sandbox = Sandbox::new();
    let server = Server::answer(|_, request| {
        if request.path == "/p.png" {
            return Reply::new(200, "image/png", bytes());
        }
        let host = request.header("host").unwrap();
        Reply::json(200, &format!(r#"{{"data":[{{"url":"http://{host}/p.png"}}]}}"#))
    });
    let args = ["-q", "--lines", "-j", "2", "-O", "%d.png"];
    gpt(&sandbox, &args, "a\nb\n").server(&server).check(expect![[r#"
        1.png
        2.png
    "#]]);
    assert_eq!(fs::read(sandbox.path("2.png")).unwrap(), bytes());
    assert_eq!(server.requests().len(), 4);
}
