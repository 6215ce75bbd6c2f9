//! Whole reports, from the words of the command line to the text.

#![allow(clippy::unwrap_used, clippy::needless_raw_string_hashes)]

mod charts;
mod times;

use clap::Parser;
use expect_test::{Expect, expect};
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::*;
use crate::args::{Arguments, Command};
use crate::books::{Bill, Entry, Error, Reservation, Settlement, Usage};

/// Berlin, without asking the system for it.
fn now() -> Zoned {
    at("2026-11-03T12:00:00Z")
}

fn at(text: &str) -> Zoned {
    let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    text.parse::<Timestamp>().unwrap().to_zoned(berlin)
}

fn plan(words: &[&str]) -> anyhow::Result<Plan> {
    let arguments = Arguments::try_parse_from([&["gpt", "spend"], words].concat()).unwrap();
    let Command::Spend(args) = arguments.command else { panic!() };
    Plan::new(&args, &now())
}

struct Books {
    directory: TempDir,
    ledger: Ledger,
}

fn books() -> Books {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&directory.path().join("ledger.db")).unwrap();
    Books { directory, ledger }
}

impl Books {
    fn path(&self) -> PathBuf {
        self.directory.path().join("ledger.db")
    }

    /// A request with a worst case of a cent.
    fn reserve(&mut self, time: &str, model: &str, tag: Option<&str>) -> RowId {
        let time = at(time).timestamp().as_millisecond();
        let entry = Entry {
            time,
            deadline: time,
            retry_of: None,
            command: "chat",
            tag,
            model,
            host: "api.openai.com",
            prompt_tokens: 100,
            reply_tokens: 500,
            exact: true,
            price: "2/1M:12/1M",
            price_source: "table of 2026-11",
            worst_case: 10_000_000_000,
            requests: 1,
        };
        match self.ledger.reserve(&entry, &[]).unwrap() {
            Reservation::Booked(id) => id,
            Reservation::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    fn settle(&mut self, id: RowId, prompt: u64, cost: u128) {
        let usage = Usage { prompt, reply: 20, ..Usage::default() };
        let bill = Some(Bill { cost, usage: Some(usage) });
        self.ledger.settle(id, &Settlement { bill, ..Settlement::default() }).unwrap();
    }

    #[track_caller]
    fn check(&self, words: &[&str], expected: &Expect) {
        self.check_drawn(words, true, expected);
    }

    #[track_caller]
    fn check_drawn(&self, words: &[&str], unicode: bool, expected: &Expect) {
        expected.assert_eq(&plan(words).unwrap().text(&self.path(), &now(), unicode).unwrap());
    }
}

#[test]
fn requests_that_were_booked_together_are_one_line_and_counted() {
    let mut books = books();
    books.reserve("2026-11-02T08:00:00Z", "o4-mini", None);
    let several = "UPDATE request SET requests = 20";
    let ledger = rusqlite::Connection::open(books.path()).unwrap();
    ledger.execute(several, []).unwrap();
    books.reserve("2026-11-02T08:00:01Z", "o4-mini", None);
    books.check(
        &[],
        &expect![[r#"
        MODEL    REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
        o4-mini        21       0      0  $0.000000   $0.000000       -      -

        reserved: 21 requests under way, at most $0.020000
        ID  TIME                 COMMAND            TAG  MODEL    WORST CASE
         1  2026-11-02 09:00:00  chat, 20 requests  -    o4-mini   $0.010000
         2  2026-11-02 09:00:01  chat               -    o4-mini   $0.010000
    "#]],
    );
}

/// Two models, three tags, four days, a refused request, one that died and one under way.
fn some() -> Books {
    let mut books = books();
    let id = books.reserve("2026-10-30T23:30:00Z", "gpt-5.6-terra", Some("nightly"));
    books.settle(id, 100, 1_234_567_890);
    let id = books.reserve("2026-11-02T08:00:00Z", "gpt-5.6-terra", Some("nightly"));
    books.settle(id, 100, 8_000_000_000);
    let id = books.reserve("2026-11-02T09:00:00Z", "o4-mini", Some("a,\"b\"\n"));
    books.settle(id, 93, 400_000_000);
    let id = books.reserve("2026-11-02T22:59:59Z", "o4-mini", None);
    let refused = Settlement { bill: Some(Bill::default()), ..Settlement::default() };
    books.ledger.settle(id, &refused).unwrap();
    let id = books.reserve("2026-11-02T23:00:00Z", "gpt-5.6-terra", None);
    let request_id = Some("req_7");
    books.ledger.settle(id, &Settlement { request_id, ..Settlement::default() }).unwrap();
    books.reserve("2026-11-03T11:59:00Z", "o4-mini", Some("nightly"));
    books
}

#[test]
fn tables() {
    some().check(
        &[],
        &expect![[r#"
            MODEL          REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
            gpt-5.6-terra         3     200     40  $0.009235   $0.020000   46.2%   0.0%
            o4-mini               3      93     20  $0.000400   $0.010000    4.0%  -7.0%
            total                 6     293     60  $0.009635   $0.030000   32.1%  -2.3%

            reserved: 1 request under way, at most $0.010000
            ID  TIME                 COMMAND  TAG      MODEL    WORST CASE
             6  2026-11-03 12:59:00  chat     nightly  o4-mini   $0.010000

            unsettled: 1 request without an answer, at most $0.010000; gpt spend --settle ID USD
            ID  TIME                 COMMAND  TAG  MODEL          WORST CASE
             5  2026-11-03 00:00:00  chat     -    gpt-5.6-terra   $0.010000
        "#]],
    );
    some().check(
        &["--by", "day"],
        &expect![[r#"
            DAY         REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
            2026-10-31         1     100     20  $0.001235   $0.010000   12.3%   0.0%
            2026-11-02         3     193     40  $0.008400   $0.020000   42.0%  -3.5%
            2026-11-03         2       0      0  $0.000000   $0.000000       -      -
            total              6     293     60  $0.009635   $0.030000   32.1%  -2.3%

            reserved: 1 request under way, at most $0.010000
            ID  TIME                 COMMAND  TAG      MODEL    WORST CASE
             6  2026-11-03 12:59:00  chat     nightly  o4-mini   $0.010000

            unsettled: 1 request without an answer, at most $0.010000; gpt spend --settle ID USD
            ID  TIME                 COMMAND  TAG  MODEL          WORST CASE
             5  2026-11-03 00:00:00  chat     -    gpt-5.6-terra   $0.010000
        "#]],
    );
    some().check(
        &["--by", "tag", "--until", "yesterday"],
        &expect![[r#"
        TAG      REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
        -               1       0      0  $0.000000   $0.000000       -      -
        a,"b"\n         1      93     20  $0.000400   $0.010000    4.0%  -7.0%
        nightly         2     200     40  $0.009235   $0.020000   46.2%   0.0%
        total           4     293     60  $0.009635   $0.030000   32.1%  -2.3%
    "#]],
    );
    some().check(
        &["--by", "command", "--since", "2026-11-02", "--until", "2026-11-02"],
        &expect![[r#"
            COMMAND  REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
            chat            3     193     40  $0.008400   $0.020000   42.0%  -3.5%
        "#]],
    );
}

#[test]
fn exports() {
    some().check(&["--json", "--since", "month"], &expect![[r#"
        {"since":"2026-11-01T00:00:00+01:00","until":null,"by":"model","groups":[{"model":"gpt-5.6-terra","requests":2,"cost":0.008,"prompt_tokens":100,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":20,"reasoning_tokens":0,"answered_cost":0.008,"answered_max_cost":0.01,"estimated_prompt_tokens":100,"billed_prompt_tokens":100,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":1,"unsettled_max_cost":0.01},{"model":"o4-mini","requests":3,"cost":0.0004,"prompt_tokens":93,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":20,"reasoning_tokens":0,"answered_cost":0.0004,"answered_max_cost":0.01,"estimated_prompt_tokens":100,"billed_prompt_tokens":93,"reserved_requests":1,"reserved_max_cost":0.01,"unsettled_requests":0,"unsettled_max_cost":0}],"total":{"requests":5,"cost":0.0084,"prompt_tokens":193,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":40,"reasoning_tokens":0,"answered_cost":0.0084,"answered_max_cost":0.02,"estimated_prompt_tokens":200,"billed_prompt_tokens":193,"reserved_requests":1,"reserved_max_cost":0.01,"unsettled_requests":1,"unsettled_max_cost":0.01},"open":[{"id":5,"state":"unsettled","requests":1,"time":"2026-11-03T00:00:00+01:00","command":"chat","tag":null,"model":"gpt-5.6-terra","request_id":"req_7","max_cost":0.01},{"id":6,"state":"reserved","requests":1,"time":"2026-11-03T12:59:00+01:00","command":"chat","tag":"nightly","model":"o4-mini","request_id":null,"max_cost":0.01}]}
    "#]]);
    some().check(&["--json", "--by", "tag", "--until", "2026-10-31T12:00"], &expect![[r#"
        {"since":null,"until":"2026-10-31T12:00:00+01:00","by":"tag","groups":[{"tag":"nightly","requests":1,"cost":0.00123456789,"prompt_tokens":100,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":20,"reasoning_tokens":0,"answered_cost":0.00123456789,"answered_max_cost":0.01,"estimated_prompt_tokens":100,"billed_prompt_tokens":100,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":0,"unsettled_max_cost":0}],"total":{"requests":1,"cost":0.00123456789,"prompt_tokens":100,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":20,"reasoning_tokens":0,"answered_cost":0.00123456789,"answered_max_cost":0.01,"estimated_prompt_tokens":100,"billed_prompt_tokens":100,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":0,"unsettled_max_cost":0},"open":[]}
    "#]]);
    some().check(&["--csv", "--by", "tag"], &expect![[r#"
        tag,requests,cost,prompt_tokens,cached_tokens,cache_write_tokens,reply_tokens,reasoning_tokens,answered_cost,answered_max_cost,estimated_prompt_tokens,billed_prompt_tokens,reserved_requests,reserved_max_cost,unsettled_requests,unsettled_max_cost
        ,2,0,0,0,0,0,0,0,0,0,0,0,0,1,0.01
        "a,""b""
        ",1,0.0004,93,0,0,20,0,0.0004,0.01,100,93,0,0,0,0
        nightly,3,0.00923456789,200,0,0,40,0,0.00923456789,0.02,200,200,1,0.01,0,0
    "#]]);
}

#[test]
fn nothing_was_spent() {
    let mut books = books();
    for words in [&[][..], &["--plot"], &["--by", "day"]] {
        books.check(words, &expect![["nothing was spent\n"]]);
    }
    books.check(&["--json"], &expect![[r#"
        {"since":null,"until":null,"by":"model","groups":[],"total":{"requests":0,"cost":0,"prompt_tokens":0,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":0,"reasoning_tokens":0,"answered_cost":0,"answered_max_cost":0,"estimated_prompt_tokens":0,"billed_prompt_tokens":0,"reserved_requests":0,"reserved_max_cost":0,"unsettled_requests":0,"unsettled_max_cost":0},"open":[]}
    "#]]);
    books.check(&["--csv"], &expect![[r#"
        model,requests,cost,prompt_tokens,cached_tokens,cache_write_tokens,reply_tokens,reasoning_tokens,answered_cost,answered_max_cost,estimated_prompt_tokens,billed_prompt_tokens,reserved_requests,reserved_max_cost,unsettled_requests,unsettled_max_cost
    "#]]);
    books.reserve("2026-11-03T11:59:00Z", "o4-mini", None);
    books.check(&["--until", "yesterday"], &expect![["nothing was spent\n"]]);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("no/ledger.db");
    let text = plan(&[]).unwrap().text(&path, &now(), true).unwrap();
    assert_eq!(text, format!("nothing was spent: there is no ledger at {}\n", path.display()));
    let zeros = plan(&["--csv"]).unwrap().text(&path, &now(), true).unwrap();
    assert_eq!(zeros.lines().count(), 1);
    assert!(!path.parent().unwrap().exists());
}

#[track_caller]
fn check_settle(books: &Books, id: &str, dollars: &str, expected: Result<(), (Exit, &str)>) {
    let words = [id.to_owned(), dollars.to_owned()];
    let error = settle(&books.path(), &words).map_err(|error| {
        let failure: &crate::exit::Failure = error.downcast_ref().unwrap();
        (failure.exit, failure.message.clone())
    });
    assert_eq!(error, expected.map_err(|(exit, message)| (exit, message.to_owned())));
}

#[test]
fn settling_by_hand() {
    let mut books = books();
    let id = books.reserve("2026-11-02T12:00:00Z", "o4-mini", None);
    books.settle(id, 100, 0);
    let id = books.reserve("2026-11-02T12:00:00Z", "o4-mini", None);
    let usage = |message: &'static str| Err((Exit::Usage, message));
    let waits =
        usage("cannot settle request 2: it is still under way; wait for its end, or end it");
    check_settle(&books, "2", "0.0035", waits);
    books.ledger.settle(id, &Settlement::default()).unwrap();
    check_settle(&books, "2", "0.0035", Ok(()));
    check_settle(&books, "2", "$.004", Ok(()));
    let settled = usage("cannot settle request 1: the server's bill has settled it already");
    check_settle(&books, "1", "0", settled);
    let unknown = usage(
        "cannot settle request 3: the ledger has no such request; gpt spend lists those that are \
         unsettled",
    );
    check_settle(&books, "3", "0", unknown);
    for id in ["0", "-1", "x", "", "1.0", "9223372036854775808"] {
        let message = format!("--settle: '{id}' is no number of a request; gpt spend lists them");
        check_settle(&books, id, "0", Err((Exit::Usage, &message)));
    }
    let negative = usage("--settle: '-1' is negative; write a sum of 0 or more");
    check_settle(&books, "2", "-1", negative);
    books.check(
        &[],
        &expect![[r#"
        MODEL    REQUESTS  PROMPT  REPLY       COST  WORST CASE  BILLED  DRIFT
        o4-mini         2     100     20  $0.004000   $0.010000    0.0%   0.0%
    "#]],
    );

    std::fs::remove_file(books.path()).unwrap();
    check_settle(&books, "3", "0", unknown);
    assert!(!books.path().exists());
    std::fs::write(books.path(), "my diary\n").unwrap();
    let error = Error::NotALedger { path: books.path() }.to_string();
    check_settle(&books, "3", "0", Err((Exit::Local, &error)));
}
